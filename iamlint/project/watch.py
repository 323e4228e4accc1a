"""Waiting for a change in a folder, by looking: no events to lose, and the same on every file system."""

from __future__ import annotations

import os
from collections.abc import Callable

from iamlint.project.discovery import walked

Stamps = dict[str, tuple[int, int]]


def stamps(root: str) -> Stamps:
    """Return modification time and size of every file below a folder that is no tool's own."""
    found: Stamps = {}
    for path in walked(root, ""):
        try:
            status = os.stat(os.path.join(root, path))
        except OSError:
            continue
        found[path] = (status.st_mtime_ns, status.st_size)
    return found


def wait_for_change(root: str, known: Stamps, pause: Callable[[], None]) -> Stamps:
    """Return the stamps as soon as they differ from the known ones and have come to rest; `pause` waits between looks."""
    while True:
        pause()
        now = stamps(root)
        if now != known:
            while True:
                pause()
                after = stamps(root)
                if after == now:
                    return now
                now = after
