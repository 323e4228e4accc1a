"""YAML as most people write it, line by line and without libyaml: block mappings and lists whose values stand on one line.

What is read here means what libyaml says it means, values and marks alike (`tests/unit/source/test_yaml_lines.py` compares the
two). Anything else, also whatever is wrong, is left to libyaml: anchors, aliases, merge keys, complex keys, keys that stand
twice, escapes, texts and brackets that go on over several lines, several documents, tabs, and keys beyond ASCII without quotes.
"""

from __future__ import annotations

import re

from iamlint.source.regex import regex
from iamlint.source.yaml_brackets import read_brackets
from iamlint.source.yaml_scalars import PLAIN, NotSimple, tag_key, tagged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

_KEY = r"(?>[A-Za-z0-9_/][A-Za-z0-9_./@$*+=-]{0,200}(?:::?[A-Za-z0-9_./@$*+=-]{1,200}){0,20})|'[^']{0,200}'|\"[^\"\\]{0,200}\""
_TAG = r"![A-Za-z][A-Za-z0-9]{0,50}(?:::[A-Za-z0-9]{1,50})?"
_FIRST = r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|-(?=[A-Za-z0-9.$_/(]))"

_LINE = regex(
    r" *+(?:#.*+)?"  # says nothing
    r"|( *+)((?:-(?: ++|$))*+)"  # 1 indentation, 2 dashes
    rf"(?:({_KEY}):(?= |$) *+)?"  # 3
    rf"(?:({_TAG})(?= |$) *+)?"  # 4
    rf"(?:({_FIRST}[^ :#]*+(?:(?: ++(?!#|$)|:(?! |$)|(?<! )#)[^ :#]*+)*+)"  # 5 a plain text
    r"|('(?:[^']++|'')*+'|\"(?:[^\"\\]++|\\[nt\"\\])*+\")|([\[{].*+)|([|>]-?))?"  # 6, 7 brackets, 8 the head of a text below
    r" *+(?:(?<= )#.*+)?"
)
_ESCAPE = regex(r"\\(.)")
_PRINTABLE = b"\n" + bytes(range(0x20, 0x7F))
_HEAD = regex(r"--- *+(?:(?<= )#.*+)?")
_DEPTH = 40


Line: TypeAlias = "tuple[int, int, tuple[int, ...], str | None, int, int, str | None, int, int, Any, int, int]"
"""What a line says: its length with the line's end, its indentation, for each dash the column of what follows it, the key with
where it starts and where the colon behind it ends, the tag with where it starts, the kind of value, the value with where it
starts and ends. Columns are counted from 0."""

_NOTHING, _TEXT, _BRACKETS, _BELOW = range(4)


class _Lines(dict[str, "Line | None"]):
    """What lines say, None for those that say nothing; each is read once: configuration repeats itself."""

    def __missing__(self, line: str) -> Line | None:
        read = self[line] = _line(line)
        return read


_lines = _Lines()
_MOST_LINES = 50_000


def read_lines(text: str) -> tuple[Any, list[int]] | None:
    """Return the only document of a text with its marks (`iamlint.source.reading`); None where it takes libyaml."""
    # Printable letters of every script mean nothing to YAML; its other line ends, tabs and odd spaces are not printable.
    rest = text.encode().translate(None, _PRINTABLE)  # several times as fast as looking at each letter
    if rest and not text.replace("\n", "").isprintable():
        return None
    try:
        return _read(text)
    except NotSimple:
        return None


def _read(text: str) -> tuple[Any, list[int]]:
    if len(_lines) > _MOST_LINES:
        _lines.clear()
    known = _lines
    lines = text.split("\n")
    marks: list[int] = []
    mark = marks.extend
    # The collection at hand: its column, whether it is a mapping, its value and its mark; at first what holds the document.
    root: list[Any] = []
    indent, is_map, at = -1, False, -1
    held: Any = root
    stack: list[tuple[int, bool, Any, int]] = []
    waits = True  # for the value of the key or dash that came last
    key: Any = None
    key_end = 0
    tag: str | None = None
    tag_at = tail = 0  # where the last tag starts, where the last text ends
    following = 0
    skipped = _after_head(lines) if "---" in text else 0  # lines before this one say nothing more
    for number, line in enumerate(lines):
        if number < skipped or (read := known[line]) is None:
            following += len(line) + 1
            continue
        size, column, dashes, new_key, key_from, key_to, new_tag, tag_from, kind, value, start, end = read
        begin = following
        following += size
        opens = waits
        if waits:
            if column <= indent and (column < indent or not is_map or not dashes):
                _put(held, is_map, key, _empty(is_map, tag))
                mark((key_end, key_end, 0) if tag is None else (tag_at, tail, 0))
                opens = waits = False
                tag = None
        elif column > indent:
            raise NotSimple  # the text of the line before goes on
        if not opens:
            while indent > column or (not is_map and not dashes and indent == column):
                # a list may stand as far to the right as the key that holds it
                inside = len(marks) - at
                marks[at + 1], marks[at + 2] = tail, inside - 2 if is_map else 2 - inside
                indent, is_map, held, at = stack.pop()
            if indent != column or (is_map if dashes else not is_map):
                raise NotSimple
        for dash_to in dashes:
            if opens:
                child: Any = []
                _put(held, is_map, key, child if tag is None else {tag: child})
                stack.append((indent, is_map, held, at))
                if len(stack) > _DEPTH:
                    raise NotSimple
                indent, is_map, held, at = column, False, child, len(marks)
                mark((begin + column if tag is None else tag_at, 0, 0))
                tag = None
            column = dash_to
            opens = waits = True
        if new_key is not None:
            if opens:
                child = {}
                _put(held, is_map, key, child if tag is None else {tag: child})
                stack.append((indent, is_map, held, at))
                if len(stack) > _DEPTH:
                    raise NotSimple
                indent, is_map, held, at = column, True, child, len(marks)
                mark((begin + column if tag is None else tag_at, 0, 0))
                tag = None
            elif new_key in held:
                raise NotSimple
            key = new_key
            key_end = tail = begin + key_to
            mark((begin + key_from, key_end - 1, 0))
            waits = True
        elif not waits:
            raise NotSimple
        if new_tag is not None:
            if tag is not None:
                raise NotSimple
            tag, tag_at = new_tag, begin + tag_from
            tail = begin + start
        if kind == _TEXT:
            tail = begin + end
        elif kind == _NOTHING:
            continue
        elif kind == _BELOW:
            value, skipped = _text_below(lines, number + 1, indent, line[start : start + 2])
            tail = following + sum(map(len, lines[number + 1 : skipped])) + skipped - number - 2
        else:
            value, tail = read_brackets(line, start, begin, tag, tag_at, marks)
            _put(held, is_map, key, value)
            tag, waits = None, False
            continue
        if tag is None:
            mark((begin + start, tail, 0))
        else:
            value = tagged(tag, value)
            mark((tag_at, tail, 0))
            tag = None
        if is_map:
            held[key] = value
        else:
            held.append(value)
        waits = False
    if waits:
        _put(held, is_map, key, _empty(is_map, tag))
        mark((key_end, key_end, 0) if tag is None else (tag_at, tail, 0))
    while stack:
        inside = len(marks) - at
        marks[at + 1], marks[at + 2] = tail, inside - 2 if is_map else 2 - inside
        indent, is_map, held, at = stack.pop()
    if not isinstance(root[0], (dict, list)):
        raise NotSimple  # the document is a text
    return root[0], marks


def _empty(is_map: bool, tag: str | None) -> Any:
    """Return what it means that nothing is written; a list's item that is missing is left alone."""
    if tag is not None:
        return tagged(tag, "")
    if not is_map:
        raise NotSimple
    return None


def _put(held: Any, is_map: bool, key: Any, value: Any) -> None:
    if is_map:
        held[key] = value
    else:
        held.append(value)


def _after_head(lines: list[str]) -> int:
    """Return how many lines the head of the document takes."""
    for number, line in enumerate(lines):
        if _HEAD.fullmatch(line) is not None:
            return number + 1
        if line.lstrip(" ")[:1] not in ("", "#"):
            break
    return 0


def _line(line: str) -> Line | None:
    """Return what a line says, None when it says nothing."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise NotSimple
    spans = match.regs
    if spans[1][0] < 0:
        return None
    at = indent = spans[1][1]
    dashes = []
    for dash in line[at : spans[2][1]].split("-")[1:]:
        at += 1 + len(dash)
        dashes.append(at)
    key = match[3]
    if key is not None and key[0] in "'\"":
        key = key[1:-1]
    tag = match[4]
    kind, value, (start, end) = _NOTHING, None, spans[2 if tag is None else 4][::-1]
    if spans[5][0] >= 0:
        kind, value, (start, end) = _TEXT, match[5], spans[5]
        if tag is None:
            value = PLAIN.get(value, value)
    elif spans[6][0] >= 0:
        kind, value, (start, end) = _TEXT, match[6][1:-1], spans[6]
        if match[6][0] == "'":
            value = value.replace("''", "'")
        elif "\\" in value:
            value = _ESCAPE.sub(_escaped, value)
    elif spans[7][0] >= 0:
        kind, (start, end) = _BRACKETS, spans[7]
    elif spans[8][0] >= 0:
        kind, (start, end) = _BELOW, spans[8]
    return (
        len(line) + 1, indent, tuple(dashes), key, spans[3][0], spans[3][1] + 1, None if tag is None else tag_key(tag),
        spans[4][0], kind, value, start, end,
    )  # fmt: skip


def _escaped(match: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t"}.get(match[1], match[1])


def _text_below(lines: list[str], first: int, indent: int, head: str) -> tuple[str, int]:
    """Return the text that stands from the line `first` on, deeper than `indent`, and the number of the line behind it."""
    if first == len(lines):
        raise NotSimple
    depth = len(lines[first]) - len(lines[first].lstrip(" "))
    if depth <= indent or depth == len(lines[first]):
        raise NotSimple
    margin = " " * depth
    taken: list[str] = []
    number = first
    for number in range(first, len(lines)):
        line = lines[number]
        if not line.startswith(margin):
            if line.strip(" "):
                break
            line = ""
        elif line.isspace():
            if len(line) > depth:
                raise NotSimple  # spaces that belong to the text
            line = ""
        else:
            line = line[depth:]
        taken.append(line)
    else:
        if lines[-1]:
            raise NotSimple  # nothing ends the last line
        number = len(lines)
    while not taken[-1]:
        taken.pop()
    text = "\n".join(taken) if head[0] == "|" else _folded(taken)
    return text if head.endswith("-") else f"{text}\n", number


def _folded(lines: list[str]) -> str:
    """Return lines as one, where an empty one stands for a line's end; lines that are set in keep theirs, and are left alone."""
    if any(line[:1] == " " or line[-1:] == " " for line in lines):
        raise NotSimple
    folded = lines[0]
    empty = 0
    for line in lines[1:]:
        if line:
            folded += ("\n" * empty or " ") + line
            empty = 0
        else:
            empty += 1
    return folded
