"""Parses units in worker processes when the work is worth it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from iamlint.model.estate import Facts

if TYPE_CHECKING:
    from iamlint.parse.units import Unit
    from iamlint.project.contexts import Contexts
    from iamlint.project.session import RootedFiles

WORTH_FORKING = 6 << 20
"""Below this many bytes a pool costs more than it saves (measured: a pool loses under a second of work)."""


def parse_units(units: Sequence[Unit], files: RootedFiles, contexts: Contexts, jobs: int, progress: Any) -> list[Facts]:
    """Return the facts of the units, in their order. `jobs` 0: as many workers as cores when the work is worth it."""
    from iamlint.parse.units import parse_unit

    workers = jobs or (os.cpu_count() or 1)
    if workers > 1 and len(units) > 1 and hasattr(os, "fork") and (jobs > 1 or _bytes(units, files) > WORTH_FORKING):
        return _forked(units, files, contexts, workers, progress)
    parsed = []
    for number, unit in enumerate(units):
        parsed.append(parse_unit(unit, files, contexts.of(unit.path)))
        if progress is not None:
            progress(number + 1, len(units))
    return parsed


def _bytes(units: Sequence[Unit], files: RootedFiles) -> int:
    return sum(len(files.read(path) or b"") for unit in units for path in unit.files)


def _forked(units: Sequence[Unit], files: RootedFiles, contexts: Contexts, workers: int, progress: Any) -> list[Facts]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    global _work  # the forked workers inherit it: nothing but numbers and facts crosses the pipe
    _work = (units, files, contexts)
    batch = max(1, len(units) // (workers * 8))
    parsed: list[Facts] = []
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        for facts, read, listed in pool.map(_parse_one, range(len(units)), chunksize=batch):
            parsed.append(facts)
            # What a worker looked at counts for the cache too, and code frames want the content.
            for path in read:
                files.read(path)
            for folder in listed:
                files.under(folder)
            if progress is not None:
                progress(len(parsed), len(units))
    return parsed


_work: Any = None


def _parse_one(number: int) -> tuple[Facts, list[str], list[str]]:
    from iamlint.parse.units import parse_unit

    units, files, contexts = _work
    known, folders = set(files.asked()), set(files.folders())
    facts = parse_unit(units[number], files, contexts.of(units[number].path))
    return facts, [path for path in files.asked() if path not in known], [path for path in files.folders() if path not in folders]
