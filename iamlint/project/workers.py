"""Parses units in worker processes when the work is worth it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from iamlint.model.estate import Facts
from iamlint.project.discovery import DiskFiles

if TYPE_CHECKING:
    from iamlint.parse.units import Unit
    from iamlint.project.contexts import Contexts
    from iamlint.project.session import RootedFiles

WORTH_FORKING = 1 << 20
"""Below this many bytes a second process costs what it saves (measured: a fork, and its facts sent back, take some 30 ms)."""

_MOST_BATCHES = 4096
_NUMBER = 4  # bytes in which the number of a batch is handed out


def parse_units(units: Sequence[Unit], files: RootedFiles, contexts: Contexts, jobs: int, progress: Any) -> list[Facts]:
    """Return the facts of the units, in their order. `jobs` 0: as many workers as cores when the work is worth it."""
    workers = min(jobs or _cores(), len(units))
    if workers > 1 and hasattr(os, "fork") and (jobs > 1 or _bytes(units, files) > WORTH_FORKING):
        return _Shared(units, files, contexts, workers, progress).parse()
    parsed = []
    for number, unit in enumerate(units):
        parsed.append(_facts(unit, files, contexts))
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


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _bytes(units: Sequence[Unit], files: RootedFiles) -> int:
    return sum(len(files.read(path) or b"") for unit in units for path in unit.files)


class _Shared:
    """Units parsed by this process and some forks of it.

    A fork has everything that its parent has, so only the numbers of batches go to it, through one pipe from which all
    take, and only facts come back. (A pool of `concurrent.futures` leaves this process idle, and starts in the time in which
    a hundred small units are parsed.) A fork that dies costs nothing but time: what it did not deliver is parsed here.
    """

    def __init__(self, units: Sequence[Unit], files: RootedFiles, contexts: Contexts, workers: int, progress: Any) -> None:
        self.units = units
        self.files = files
        self.contexts = contexts
        self.workers = workers
        self.progress = progress
        batches = max(min(len(units), workers * 24, _MOST_BATCHES), len(units) // 64)
        self.size = -(-len(units) // min(batches, _MOST_BATCHES))
        self.batches = -(-len(units) // self.size)

    def parse(self) -> list[Facts]:
        """Return the facts of the units, in their order."""
        import signal

        # What all will import is imported before the process is copied.
        parsed = self._first_of_each_kind()
        tasks, given = os.pipe()
        os.write(given, b"".join(number.to_bytes(_NUMBER, "little") for number in range(self.batches)))
        os.close(given)
        children: list[tuple[int, int]] = []
        try:
            children.extend(self._fork(tasks, parsed) for _ in range(self.workers - 1))
            self._work(tasks, parsed)
            while children:
                self._take_from(children[-1][1], parsed)
                os.waitpid(children[-1][0], 0)
                children.pop()
        finally:
            os.close(tasks)
            for child, _ in children:  # this process is being interrupted
                os.kill(child, signal.SIGTERM)
                os.waitpid(child, 0)
        return [parsed[number] if number in parsed else self._facts(number) for number in range(len(self.units))]

    def _first_of_each_kind(self) -> dict[int, Facts]:
        first = {unit.kind: number for number, unit in reversed(list(enumerate(self.units)))}
        return {number: self._facts(number) for number in first.values()}

    def _facts(self, number: int) -> Facts:
        return _facts(self.units[number], self.files, self.contexts)

    def _work(self, tasks: int, parsed: dict[int, Facts]) -> None:
        """Parse batches until none are left."""
        while len(given := os.read(tasks, _NUMBER)) == _NUMBER:
            start = int.from_bytes(given, "little") * self.size
            for number in range(start, min(start + self.size, len(self.units))):
                if number not in parsed:
                    parsed[number] = self._facts(number)
            if self.progress is not None:
                self.progress(min(start + self.size, len(self.units)), len(self.units))

    def _fork(self, tasks: int, known: dict[int, Facts]) -> tuple[int, int]:
        """Start a process that parses batches; return its id and the pipe through which its facts come."""
        facts_from, facts_to = os.pipe()
        child = os.fork()
        if child:
            os.close(facts_to)
            return child, facts_from
        try:
            os.close(facts_from)
            self._serve(tasks, facts_to, known)
        finally:
            os._exit(0)  # nothing of what this copy inherited may be written or taken apart a second time

    def _serve(self, tasks: int, facts_to: int, known: dict[int, Facts]) -> None:
        import gc
        import pickle

        gc.disable()  # collecting would only write to the pages that are still shared
        self.progress = None
        read, listed = set(self.files.asked()), set(self.files.folders())
        parsed = dict(known)
        self._work(tasks, parsed)
        own = {number: facts for number, facts in parsed.items() if number not in known}
        paths = [path for path in self.files.asked() if path not in read]
        folders = [folder for folder in self.files.folders() if folder not in listed]
        with os.fdopen(facts_to, "wb") as stream:
            stream.write(pickle.dumps((own, paths, folders, getattr(self.files, "shared", set())), pickle.HIGHEST_PROTOCOL))

    def _take_from(self, facts_from: int, parsed: dict[int, Facts]) -> None:
        """Add what a fork found. What it looked at counts for the cache too, and code frames want the content."""
        import pickle

        with os.fdopen(facts_from, "rb") as stream:
            sent = stream.read()
        try:
            own, paths, folders, shared = pickle.loads(sent)  # noqa: S301  from a copy of this process
        except (EOFError, pickle.UnpicklingError):
            return
        parsed.update(own)
        for path in paths:
            self.files.read(path)
        for folder in folders:
            self.files.under(folder)
        # The fork read them earlier than this process does: what changed in between must not be remembered.
        late = getattr(self.files, "from_forks", None)
        if late is not None:
            self.files.shared |= shared  # type: ignore[attr-defined]
            late.update(paths, (f"{folder}/" for folder in folders))
