"""Where an expression ends, told by its brackets, quotes and line ends: most expressions of a file are never evaluated."""

from __future__ import annotations

import re

from iamlint.source.regex import regex

DEEPEST = 80
"""How deep brackets may be nested here: deeper ones are read, which is bounded by `expression_parser`."""

_INTERPOLATION = rb'\$\{[^"{}\n]*+(?:"[^"\\$%%{}\n]*+"[^"{}\n]*+)*+\}'
_BUT_LINES = rb'/(?![/*])|<(?!<)|(?:#|//)[^\n]*+|"(?:[^"\\$%%\n]++|\\[^\n]|\$(?!\{)|%%(?!\{)|%b)*+"' % _INTERPOLATION
_FLAT = rb'(?:[^"#/<(){}\[\]\\]++|%b)*+' % _BUT_LINES
_GROUP = rb"\(%b\)|\[%b\]|\{%b\}" % (_FLAT, _FLAT, _FLAT)
_REST = regex(rb'(?:[^"#/<\n(){}\[\]\\]++|%b|%b)*+' % (_BUT_LINES, _GROUP))
"""Everything up to the next bracket in which there are others, heredoc or end of a line; texts in which at most simple things
are evaluated."""
_INSIDE = regex(rb'(?:[^"#/<(){}\[\]\\]++|%b|%b)*+' % (_BUT_LINES, _GROUP))
"""The same inside of brackets, where lines do not end anything."""
_HEREDOC = regex(rb"<<-?([A-Za-z_][A-Za-z0-9_-]*+)[ \t]*+\r?\n")
_SIMPLE = regex(rb"[^$%%]++|\$(?!\{)|%%(?!\{)|%b" % _INTERPOLATION)
_CLOSES = {0x29: 0x28, 0x5D: 0x5B, 0x7D: 0x7B}
_OPENS = frozenset(_CLOSES.values())


def end_of_expression(source: bytes, start: int, end: int) -> int | None:
    """Return where the line ends on which the expression at `start` ends; None when only reading it tells.

    An expression outside of brackets ends with its line. It may still turn out to be none when it is read.
    """
    position = start
    open_: list[int] = []
    while True:
        rest = _INSIDE if open_ else _REST
        position = rest.match(source, position, end).end()  # type: ignore[union-attr]  # it matches nothing at least
        if position >= end:
            return None if open_ else end
        mark = source[position]
        if mark == 0x0A:
            return position
        if mark in _OPENS:
            if len(open_) > DEEPEST:
                return None
            open_.append(mark)
            position += 1
        elif mark in _CLOSES:
            if not open_ or open_.pop() != _CLOSES[mark]:
                return None
            position += 1
        elif (heredoc := _HEREDOC.match(source, position, end)) is not None:
            closing = closing_of(heredoc[1]).search(source, heredoc.end(), end)
            if closing is None or not _is_simple(source[heredoc.end() : closing.start()]):
                return None
            position = closing.end()
        else:
            return None


def _is_simple(text: bytes) -> bool:
    """Return whether nothing is evaluated in a heredoc that could hold its end."""
    if b"${" not in text and b"%{" not in text:
        return True
    return sum(map(len, _SIMPLE.findall(text))) == len(text)


def closing_of(marker: bytes) -> re.Pattern[bytes]:
    """Return the pattern of the line that ends a heredoc."""
    found = _closings.get(marker)
    if found is None:
        if len(_closings) > _MOST:
            _closings.clear()
        found = _closings[marker] = re.compile(rb"^[ \t]*" + re.escape(marker) + rb"[ \t\r]*(?=\n|\Z)", re.MULTILINE)
    return found


_closings: dict[bytes, re.Pattern[bytes]] = {}
_MOST = 64
