"""What a git command prints, without the import of `subprocess`, which costs more than git does; several may run at once."""

from __future__ import annotations

import os

_LARGE_PIPE = 1 << 20
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ of Linux


class Running:
    """A git command that runs beside this process."""

    def __init__(self, arguments: list[str]) -> None:
        self._arguments = arguments
        self._process: int | None = None
        self._output = -1
        if not hasattr(os, "posix_spawnp"):  # Windows
            return
        self._output, write_end = os.pipe()
        _widen(write_end)
        try:
            self._process = os.posix_spawnp(
                "git",
                ["git", *arguments],
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, write_end, 1),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                ],
            )
        except OSError:
            os.close(self._output)
        finally:
            os.close(write_end)

    def output(self) -> bytes | None:
        """Wait for its end and return what it printed; None when it failed, or when there is no git."""
        if not hasattr(os, "posix_spawnp"):
            return _with_subprocess(self._arguments)
        if self._process is None:
            return None
        pieces = []
        while piece := os.read(self._output, _LARGE_PIPE):
            pieces.append(piece)
        os.close(self._output)
        _, status = os.waitpid(self._process, 0)
        self._process = None
        return b"".join(pieces) if status == 0 else None


def git(arguments: list[str]) -> bytes | None:
    """Return what a git command prints; None when it fails, or when there is no git."""
    return Running(arguments).output()


def distrusts(folder: str) -> bool:
    """Return whether git refuses to read the repository around a folder, since the folder belongs to somebody else."""
    import subprocess  # asked when git has failed, and never before

    words = ["git", "-C", folder, "rev-parse", "--git-dir"]
    try:
        done = subprocess.run(words, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"})  # noqa: S603
    except OSError:
        return False
    return done.returncode != 0 and b"dubious ownership" in done.stderr


def distrusted(folder: str) -> tuple[str, str]:
    """Return what to say then, and what helps."""
    return (
        f"git reads nothing of `{folder}`, which belongs to another user",
        f"say that it is safe: `git config --global --add safe.directory {folder}`",
    )


def listing(root: str, folder: str) -> list[str]:
    """Return the command that lists a folder of a work tree: what is tracked, and what is not tracked and not ignored."""
    return ["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder or "."]


def _widen(pipe: int) -> None:
    """Let git print a long list without waiting for us to read it."""
    try:
        from fcntl import fcntl

        fcntl(pipe, _SET_PIPE_SIZE, _LARGE_PIPE)
    except (ImportError, OSError):
        pass


def _with_subprocess(arguments: list[str]) -> bytes | None:
    import subprocess

    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False)  # noqa: S603, S607  fixed words
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
