"""Forks that end when the process ends that began them, however it ends."""

from __future__ import annotations

import os


def end_with(pipe: int) -> None:
    """End this process as soon as nobody holds the other end of a pipe: the system sends it a signal then.

    A process that is killed can tell its forks nothing, and a fork that is at work looks at no pipe.
    """
    import _signal  # type: ignore[import-not-found]  # `signal` would make enumerations of all its numbers

    try:
        import fcntl

        if hasattr(fcntl, "F_SETSIG"):  # Linux
            fcntl.fcntl(pipe, fcntl.F_SETSIG, _signal.SIGKILL)
        else:  # SIGIO, which other systems throw away where nobody waits for it
            _signal.signal(_signal.SIGIO, lambda number, frame: os._exit(1))
        fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    except (ImportError, OSError):
        pass  # a system that has no such signal: the fork ends with the work that it has taken
