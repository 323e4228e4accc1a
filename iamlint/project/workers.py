"""Parses units, and runs rules, in several processes when the work is worth it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from iamlint.model.estate import Facts
from iamlint.project.discovery import DiskFiles
from iamlint.project.shares import Share, processes
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.lint.engine import Crash, RuleFinding
    from iamlint.lint.finding import Diagnostic
    from iamlint.parse.units import Unit
    from iamlint.project.contexts import Contexts
    from iamlint.project.session import RootedFiles, Session

WORTH_FORKING = 1 << 20
"""Below this many bytes a second process costs what it saves (measured: a fork, and its facts sent back, take some 30 ms)."""

MANY_ITEMS = 3000
"""Rules over an estate of fewer model values are done before a fork has copied what it writes to."""


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


class Reported(NamedTuple):
    """What the rules of a run found: findings, or where these were diagnosed as well, diagnostics; and which rules crashed."""

    findings: list[RuleFinding]
    diagnostics: list[Diagnostic]
    crashes: list[Crash]


def run_rules_of(session: Session, diagnose: Callable[[list[RuleFinding]], list[Diagnostic]] | None) -> Reported:
    """Return what the selected rules of a session find, in order of rule id, and which rules crashed.

    Where several processes share the rules, each turns what it found into diagnostics, one for each finding in their order, with
    `diagnose` (None: this needs all findings together).
    """
    from iamlint.lint.engine import Crash, Outcome, run_rule, run_rules, selected, together

    settings, graph, jobs, timings = session.rule_settings, session.graph, session.options.jobs, session.options.timings
    rules = selected(session.rules, settings)
    workers = min(processes(jobs), len(rules))
    many = sum(len(facts.items) for facts in session.facts) > MANY_ITEMS
    if workers < 2 or timings is not None or not (many or jobs > 1):
        findings, crashes = run_rules(graph, rules, settings, timings)
        return Reported(findings, [], crashes)

    def outcome(number: int) -> Outcome:
        return run_rule(graph, rules[number], settings)

    def asked_for_today(asked: bool) -> None:
        if asked:
            _ = session.today  # the cache must know that the answer hangs on it

    def diagnosed(outcomes: dict[int, Outcome]) -> dict[int, tuple[list[Diagnostic], str | None]]:
        assert diagnose is not None
        numbers = sorted(outcomes)
        findings, _ = together([rules[number] for number in numbers], [outcomes[number] for number in numbers], settings)
        made = iter(diagnose(findings))
        return {number: (list(islice(made, len(outcomes[number].findings))), outcomes[number].crash) for number in numbers}

    share = Share(len(rules), outcome, workers, lambda: "today" in session.__dict__, asked_for_today)
    if diagnose is None:
        findings, crashes = together(rules, share.run(), settings)
        return Reported(findings, [], crashes)
    share.closing = diagnosed
    results = share.run()
    crashes = [
        Crash(loaded.rule, loaded.plugin, crash) for loaded, (_, crash) in zip(rules, results, strict=True) if crash is not None
    ]
    return Reported([], [made for diagnostics, _ in results for made in diagnostics], crashes)
