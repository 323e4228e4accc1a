"""Keeps the folder of remembered answers small: what nobody asked for in a month goes, then the oldest beyond a bound.

At most once a day, and after a run that had to work anyway. Any number of runs may do it at once: an entry that is gone is one
that was never there, and whoever reads it at that moment has it open. Only files that are named as ours are touched.
"""

from __future__ import annotations

import os
import re

from iamlint.project.cache_folder import cache_folder
from iamlint.source.record import NamedTuple

DAY = 86_400.0
MOST_DAYS = 30
MOST_ENTRIES = 3_000
MOST_BYTES = 256 * 1024 * 1024
_ABANDONED = 3_600.0
"""A file that is being written is whole within seconds; one of an hour ago belongs to a run that was killed."""

_OURS = r"(?:[0-9a-f]{16}\.(?:seen|report|answer|places)|last-failed-[0-9a-f]{32}\.json)"
_ENTRY = re.compile(_OURS)
_UNFINISHED = re.compile(_OURS + r"\.\d+")
_MARK = "pruned"
"""A file whose time says when this was last done."""


class Pruned(NamedTuple):
    """What was removed."""

    entries: int
    bytes: int


def prune(now: float, folder: str | None = None) -> Pruned:
    """Remove old entries of the folder of remembered answers (default: the user's), unless that was done within a day."""
    folder = folder or cache_folder()
    try:
        if not _is_due(os.path.join(folder, _MARK), now):
            return Pruned(0, 0)
        with os.scandir(folder) as listed:
            found = [(entry.stat(follow_symlinks=False), entry.path) for entry in listed if _is_ours(entry, now)]
    except OSError:
        return Pruned(0, 0)
    found.sort(key=lambda one: (one[0].st_mtime, one[1]), reverse=True)
    size, removed, freed = 0, 0, 0
    for number, (status, path) in enumerate(found):
        size += status.st_size
        old = now - status.st_mtime > MOST_DAYS * DAY or _UNFINISHED.fullmatch(os.path.basename(path)) is not None
        if old or number >= MOST_ENTRIES or size > MOST_BYTES:
            try:
                os.remove(path)
            except OSError:
                continue  # another run was faster, or somebody reads it on a system that minds
            removed, freed = removed + 1, freed + status.st_size
    return Pruned(removed, freed)


def _is_due(mark: str, now: float) -> bool:
    """Return whether a day has passed, and say to other runs that it is being done."""
    try:
        if 0 <= now - os.stat(mark).st_mtime < DAY:
            return False
        os.utime(mark, (now, now))
    except FileNotFoundError:
        with open(mark, "ab"):
            pass
        os.utime(mark, (now, now))
    return True


def _is_ours(entry: os.DirEntry[str], now: float) -> bool:
    if not entry.is_file(follow_symlinks=False):
        return False
    if _UNFINISHED.fullmatch(entry.name) is not None:
        return now - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED
    return _ENTRY.fullmatch(entry.name) is not None
