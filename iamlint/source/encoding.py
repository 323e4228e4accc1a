"""Bytes of a file as text, and the way back from a character to its byte."""

from __future__ import annotations

import codecs

from iamlint.source.place import Place
from iamlint.source.problem import Problem
from iamlint.source.record import NamedTuple

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is a prefix of it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Decoded(NamedTuple):
    """A file's text without its byte order mark. Characters are counted from 0 after the mark."""

    text: str
    encoding: str
    mark: int  # bytes of the byte order mark

    def byte(self, character: int) -> int:
        """Return the offset in the file of the character with this number."""
        return self.mark + len(self.text[:character].encode(self.encoding, "surrogatepass"))


def decode(data: bytes, path: str, limit: int) -> Decoded | Problem:
    """Return the text of a file, or the problem (`IL001`, `IL007`) that keeps anybody from reading it."""
    if len(data) > limit:
        return Problem(
            "IL007",
            f"the file is larger than the {limit // (1024 * 1024)} MiB that are read",
            Place(path),
            "exclude it under `inputs`, or split it",
        )
    encoding, mark = _encoding(data)
    try:
        text = data[mark:].decode(encoding) if mark else data.decode(encoding)
    except UnicodeDecodeError as error:
        start = mark + error.start
        if encoding == "utf-8" and _looks_binary(data):
            return Problem("IL001", "the file is binary, not text", Place(path))
        return Problem(
            "IL001",
            f"the file is not {encoding.upper()} text: byte {start} cannot be decoded",
            Place(path, span=(start, min(start + 1, len(data)))),
            "save the file as UTF-8",
        )
    if "\0" in text:
        at = text.index("\0")
        start = Decoded(text, encoding, mark).byte(at)
        return Problem("IL001", "the file is binary, not text: it holds a NUL byte", Place(path, span=(start, start + 1)))
    return Decoded(text, encoding, mark)


def decode_leniently(data: bytes) -> Decoded:
    """Return the text of a file whatever it holds; what cannot be decoded is shown as `�`, one for each byte or more."""
    encoding, mark = _encoding(data)
    return Decoded(data[mark:].decode(encoding, "replace"), encoding, mark)


def _encoding(data: bytes) -> tuple[str, int]:
    if data[:1] in (b"\xef", b"\xfe", b"\xff", b"\0"):
        for mark, encoding in _MARKS:
            if data.startswith(mark):
                return encoding, len(mark)
    return "utf-8", 0


def _looks_binary(data: bytes) -> bool:
    head = data[:4096]
    control = sum(1 for byte in head if byte < 9 or 13 < byte < 32)
    return control * 50 > len(head)
