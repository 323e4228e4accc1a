"""Pickled messages through a pipe, from a process that does not wait for the reader to one that reads in between."""

from __future__ import annotations

import os
from io import BytesIO
from pickle import HIGHEST_PROTOCOL, dump, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LENGTH = 8  # bytes in which the length of a message stands before it
_ROOM = 1 << 20
"""What a pipe holds where the system lets it; the 64 KiB that it holds otherwise are a third of what is sent in a turn."""


class Outbox:
    """The end of the pipe at which messages are sent.

    Each is pickled by itself: what a pickler remembers of all grows until looking there takes longer than to say texts again.
    """

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._stream = BytesIO()
        self._sent = 0
        os.set_blocking(pipe, False)

    def send(self, message: Any) -> None:
        """Send a message, or as much of it and of earlier ones as the pipe has room for."""
        stream, start = self._stream, self._stream.tell()
        stream.write(bytes(_LENGTH))
        dump(message, stream, HIGHEST_PROTOCOL)
        end = stream.tell()
        stream.seek(start)
        stream.write((end - start - _LENGTH).to_bytes(_LENGTH, "little"))
        stream.seek(end)
        self._push()

    def close(self) -> None:
        """Wait until everything is sent."""
        os.set_blocking(self._pipe, True)
        self._push()
        os.close(self._pipe)

    def _push(self) -> None:
        with self._stream.getbuffer() as written:
            while self._sent < len(written):
                try:
                    self._sent += os.write(self._pipe, written[self._sent :])
                except BlockingIOError:
                    return


class Inbox:
    """The end of the pipe at which messages arrive, which stand in `messages` in their order."""

    def __init__(self, pipe: int) -> None:
        self.messages: list[Any] = []
        self._pipe = pipe
        self._stream = BytesIO()
        self._arrived = self._read = 0
        _make_room(pipe)

    def look(self) -> None:
        """Take what has arrived, without waiting for more."""
        os.set_blocking(self._pipe, False)
        self._take()

    def wait(self) -> None:
        """Take what arrives until the other end is closed. Half a message at the end is none."""
        os.set_blocking(self._pipe, True)
        self._take()

    def close(self) -> None:
        """Take nothing more."""
        if self._pipe >= 0:
            os.close(self._pipe)
        self._pipe = -1

    def _take(self) -> None:
        stream = self._stream
        stream.seek(self._arrived)
        try:
            while piece := os.read(self._pipe, _ROOM):
                self._arrived += stream.write(piece)
        except BlockingIOError:
            pass
        while self._arrived - self._read >= _LENGTH:
            stream.seek(self._read)
            end = self._read + _LENGTH + int.from_bytes(stream.read(_LENGTH), "little")
            if end > self._arrived:
                return
            self.messages.append(load(stream))  # noqa: S301  from a copy of this process
            self._read = end


def _make_room(pipe: int) -> None:
    try:
        from fcntl import F_SETPIPE_SZ, fcntl

        fcntl(pipe, F_SETPIPE_SZ, _ROOM)
    except (ImportError, OSError):
        pass  # no Linux, or the user has filled many pipes: it takes more turns
