"""Parses units in several processes when the work is worth it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from iamlint.model.estate import Facts
from iamlint.project.discovery import DiskFiles
from iamlint.project.shares import Share, processes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.units import Unit
    from iamlint.project.contexts import Contexts
    from iamlint.project.session import RootedFiles

WORTH_FORKING = 1 << 20
"""Below this many bytes a second process costs what it saves (measured: a fork, and its facts sent back, take some 30 ms)."""


def parse_units(units: Sequence[Unit], files: RootedFiles, contexts: Contexts, jobs: int, progress: Any) -> list[Facts]:
    """Return the facts of the units, in their order. `jobs` 0: as many workers as cores when the work is worth it."""

    def facts(number: int) -> Facts:
        return _facts(units[number], files, contexts)

    workers = min(processes(jobs), len(units))
    if workers > 1 and (jobs > 1 or _bytes(units, files) > WORTH_FORKING):
        return _parse_shared(units, files, facts, workers, progress)
    parsed = []
    for number in range(len(units)):
        parsed.append(facts(number))
        if progress is not None:
            progress(number + 1, len(units))
    return parsed


def _facts(unit: Unit, files: RootedFiles, contexts: Contexts) -> Facts:
    """Return the facts of one unit; files on disk keep what it read beside its own file."""
    from iamlint.parse.units import parse_unit

    context = contexts.of(unit.path)
    if not isinstance(files, DiskFiles):
        return parse_unit(unit, files, context)
    files.reader = unit.path if unit.kind == "document" else ""
    facts = parse_unit(unit, files, context)
    files.reader = None
    return facts


def _bytes(units: Sequence[Unit], files: RootedFiles) -> int:
    return sum(len(files.read(path) or b"") for unit in units for path in unit.files)


def _parse_shared(
    units: Sequence[Unit], files: RootedFiles, facts: Callable[[int], Facts], workers: int, progress: Any
) -> list[Facts]:
    def looked_at() -> tuple[list[str], list[str], set[str]]:
        return (
            [path for path in files.asked() if path not in read],
            [folder for folder in files.folders() if folder not in listed],
            getattr(files, "shared", set()),
        )

    def look_at(seen: tuple[list[str], list[str], set[str]]) -> None:
        # What a fork looked at counts for the cache too, and code frames want the content.
        for path in seen[0]:
            files.read(path)
        for folder in seen[1]:
            files.under(folder)
        # The fork read them earlier than this process does: what changed in between must not be remembered.
        late = getattr(files, "from_forks", None)
        if late is not None:
            files.shared |= seen[2]  # type: ignore[attr-defined]
            late.update(seen[0], (f"{folder}/" for folder in seen[1]))

    share = Share(len(units), facts, workers, looked_at, look_at, progress)
    # What all will import is imported before the process is copied.
    first = {unit.kind: number for number, unit in reversed(list(enumerate(units)))}
    share.known.update({number: facts(number) for number in first.values()})
    read, listed = set(files.asked()), set(files.folders())
    parsed: list[Facts] = share.run()
    return parsed
