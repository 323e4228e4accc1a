"""What is written where: standard output and error, colors, progress."""

from __future__ import annotations

import os
import sys
from time import monotonic

from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO


def write(text: str, output: str | None = None) -> None:
    """Write a report to a file, or to standard output as UTF-8; a reader that goes away is no error."""
    write_bytes(encoded(text), output)


def encoded(text: str) -> bytes:
    """Return a report as the bytes that are written."""
    return text.encode("utf-8", "backslashreplace")


def write_bytes(data: bytes | memoryview, output: str | None = None) -> None:
    """Write the bytes of a report to a file, or to standard output; a reader that goes away is no error."""
    if output and output != "-":
        try:
            with open(output, "wb") as file:
                file.write(data)
        except OSError as error:
            raise UsageError(f"`{output}` cannot be written: {error.strerror}") from None
        return
    stream = sys.stdout
    try:
        binary = getattr(stream, "buffer", None)
        if binary is None:  # replaced by something that takes text only
            stream.write(bytes(data).decode())
        else:
            stream.flush()
            binary.write(data)
            binary.flush()
    except BrokenPipeError:
        silence(stream)
    except OSError as error:
        silence(stream)
        raise UsageError(f"standard output cannot be written: {error.strerror}") from None


def open_closed() -> None:
    """Give the process the standard streams that it was started without: what is written there goes nowhere.

    Else the next file that is opened would get their number.
    """
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            try:
                os.fstat(number)
            except OSError:
                handle = os.open(os.devnull, os.O_RDWR)
                if handle != number:
                    os.dup2(handle, number)
                    os.close(handle)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", errors="backslashreplace"))  # noqa: SIM115


def silence(stream: IO[str]) -> None:
    """Let nothing more be written to a stream whose reader went away, so that the interpreter's exit stays quiet."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass


def wants_color(output: str | None = None) -> bool:
    """Return whether to color what goes to standard output: `NO_COLOR`, then `FORCE_COLOR`, then whether it is a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return not output and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


class Progress:
    """A bar on standard error, only on a terminal and only after a second. Call it with what is done and the total."""

    _WIDTH = 30

    def __init__(self) -> None:
        self._started = monotonic()
        self._last = 0.0
        self._shown = False
        self.is_active = sys.stderr.isatty() and not os.environ.get("CI")

    def __call__(self, done: int, total: int) -> None:
        """Show how far the run is."""
        now = monotonic()
        if not self.is_active or not total or now - self._started < 1 or (now - self._last < 0.1 and done < total):
            return
        self._last, self._shown = now, True
        filled = self._WIDTH * done // total
        sys.stderr.write(f"\r[{'#' * filled}{'.' * (self._WIDTH - filled)}] {done}/{total} units")
        sys.stderr.flush()

    def close(self) -> None:
        """Take the bar away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
