"""Where a file's blocks stand, by patterns over its bytes: most blocks are never looked into, so most are never parsed.

The patterns take a file only when its layout leaves no doubt: every block starts at the start of a line with a word that
Terraform knows, ends with a `}` alone at the start of a line (or on its own first line), has as many `{` as `}`, and
between blocks stand only blanks and comments. Anything else is for the parser.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_HEADER = re.compile(
    rb"(resource|data|module|variable|locals|output|provider|terraform|moved|import|removed|check|ephemeral)"
    rb'((?:[ \t]++(?:"[^"\n\\$%]*+"|[A-Za-z_][\w-]*+))*+)[ \t]*+\{'
)
_LABEL = re.compile(rb'"([^"\n]*)"|([A-Za-z_][\w-]*)')
_BETWEEN = re.compile(rb"(?:[ \t\r]*+(?:(?:#|//)[^\n]*+)?\n)*+(?:[ \t\r]*+(?:(?:#|//)[^\n]*+)?\Z)?")
_LINE_END = re.compile(rb"[ \t\r]*+(?:(?:#|//)[^\n]*+)?(?:\n|\Z)")
_ONE_LINE = re.compile(rb'(?:[^{}\n"#/]++|"[^"\n\\${}%]*+")*+\}')
_HEREDOC = re.compile(rb"<<-?([A-Za-z_][\w-]*)[ \t]*\r?\n")


class Outlined(NamedTuple):
    """A block: its type and labels, the span of its header, and the span between its braces."""

    type: str
    labels: tuple[str, ...]
    header: tuple[int, int]
    body: tuple[int, int]


def outline(source: bytes) -> list[Outlined] | None:
    """Return a file's blocks in order; None when only the parser can tell them."""
    if (b"/*" in source and _has_long_comment(source)) or b"\0" in source:
        return None
    size = len(source)
    found: list[Outlined] = []
    heredocs = b"<<" in source
    position = _between(source, 0)
    while position < size:
        header = _HEADER.match(source, position)
        if header is None:
            return None
        start = header.end()
        end = _end_of(source, start, heredocs)
        if end is None:
            return None
        labels = header.group(2)
        names = tuple((one or two).decode("utf-8", "replace") for one, two in _LABEL.findall(labels)) if labels else ()
        last = header.end(2)
        found.append(Outlined(header.group(1).decode(), names, (position, last), (start, end)))
        after = _LINE_END.match(source, end + 1)
        if after is None:
            return None
        position = _between(source, after.end())
    return found


def _has_long_comment(source: bytes) -> bool:
    """Return whether a `/*` may start a comment: it does not stand inside quotes, as in `"arn:aws:s3:::logs/*"`."""
    at = source.find(b"/*")
    while at >= 0:
        line = source.rfind(b"\n", 0, at) + 1
        if (source.count(b'"', line, at) - source.count(b'\\"', line, at)) % 2 == 0:
            return True
        at = source.find(b"/*", at + 2)
    return False


def _between(source: bytes, position: int) -> int:
    match = _BETWEEN.match(source, position)
    return match.end() if match else position


def _end_of(source: bytes, start: int, heredocs: bool) -> int | None:
    """Return where the `}` of a block stands whose `{` ends at `start`."""
    line = _LINE_END.match(source, start)
    if line is None:
        one = _ONE_LINE.match(source, start)
        return one.end() - 1 if one else None
    position = line.end() - 1
    opened = 0
    while True:
        end = source.find(b"\n}", position)
        if end < 0:
            return None
        if heredocs:
            heredoc = _HEREDOC.search(source, position, end)
            if heredoc is not None:
                before = source[source.rfind(b"\n", 0, heredoc.start()) + 1 : heredoc.start()]
                if b"#" in before or b"//" in before or b'"' in before:
                    return None
                last = re.compile(rb"^[ \t]*" + heredoc.group(1) + rb"[ \t]*\r?$", re.MULTILINE).search(source, heredoc.end())
                if last is None:
                    return None
                opened += _braces(source, position, heredoc.start())
                position = last.end() - 1 if source[last.end() - 1 : last.end()] == b"\r" else last.end()
                continue
        return end + 1 if opened + _braces(source, position, end) == 0 else None


def _braces(source: bytes, start: int, end: int) -> int:
    return source.count(b"{", start, end) - source.count(b"}", start, end)


SOURCE = re.compile(rb'^[ \t]*source[ \t]*=[ \t]*(?:"([^"\n\\$%]*)"[ \t\r]*(?:(?:#|//)[^\n]*)?$)?', re.MULTILINE)


def plain_source(source: bytes, span: tuple[int, int]) -> str | None:
    """Return the `source` of a module call, when it is written once and plainly; None when only the parser can tell."""
    written = SOURCE.findall(source, *span)
    if len(written) != 1 or not written[0] or source.find(b"<<", *span) >= 0:
        return None
    text: str = written[0].decode("utf-8", "replace")
    return text
