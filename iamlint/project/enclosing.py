"""The block of text around a place: the statement, resource or list entry to which a marked word belongs."""

from __future__ import annotations

_REACH = 4_000
"""So far, in characters, a block is looked for in each direction."""


def enclosing(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch of the nearest `{…}` around another stretch, or of the YAML list entry, or of its lines.

    Brackets inside texts count as brackets: nothing but the identity of a finding depends on it.
    """
    if text[start : start + 1] == "{" or "\n" in text[start:end]:
        return start, end
    before = _backward(text, start)
    after = _forward(text, end) if before is not None else None
    if before is not None and after is not None:
        return before, after
    return _entry(text, start, end)


def _backward(text: str, start: int) -> int | None:
    depth = 0
    for at in range(start - 1, max(-1, start - _REACH), -1):
        character = text[at]
        if character == "}":
            depth += 1
        elif character == "{":
            if depth == 0:
                return at
            depth -= 1
    return None


def _forward(text: str, end: int) -> int | None:
    depth = 0
    for at in range(end, min(len(text), end + _REACH)):
        character = text[at]
        if character == "{":
            depth += 1
        elif character == "}":
            if depth == 0:
                return at + 1
            depth -= 1
    return None


def _entry(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the nearest list entry (`- …`) that is indented less than the line of the stretch, or is that line."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    top, at = first, first
    indent = _indent(text[first:last]) + 1
    while True:
        stop = text.find("\n", at)
        line = text[at : len(text) if stop < 0 else stop]
        if line.strip() and _indent(line) < indent:
            indent = _indent(line)
            if line.lstrip().startswith("- "):
                top = at
                break
        if at == 0 or first - at > _REACH:
            return first, last
        at = text.rfind("\n", 0, at - 1) + 1
    while last < len(text) and last - first < _REACH:
        stop = text.find("\n", last + 1)
        stop = len(text) if stop < 0 else stop
        line = text[last + 1 : stop]
        if line.strip() and _indent(line) <= indent:
            break
        last = stop
    return top, last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
