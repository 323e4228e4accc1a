"""Lists and mappings of YAML in brackets that open and close on one line, without libyaml."""

from __future__ import annotations

from iamlint.source.regex import regex
from iamlint.source.yaml_scalars import PLAIN, NotSimple, tag_key, tagged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TOKEN = regex(
    r" *+(?:([\[{])|([\]}])|(,)"  # 1 opens, 2 closes, 3
    r"|(![A-Za-z][A-Za-z0-9]{0,50}(?:::[A-Za-z0-9]{1,50})?)(?= )"  # 4 a tag
    r"|('(?:[^']++|'')*+'|\"[^\"\\]*+\")"  # 5
    r"|((?:[A-Za-z0-9_./$(<=~^;+]|-(?=[A-Za-z0-9.$_/(]))"  # 6 a plain text
    r"[^ :#,\[\]{}?]*+(?:(?: ++(?=[^ :#,\[\]{}?])|:(?=[^ #,\[\]{}?]))[^ :#,\[\]{}?]*+)*+))"
)
_REST = regex(r" *+(?:(?<= )#.*+)?")
_OPENS, _CLOSES, _COMMA, _TAG, _QUOTED, _PLAIN = range(1, 7)
_DEPTH = 20


def read_brackets(line: str, at: int, begin: int, tag: str | None, tag_at: int, marks: list[int]) -> tuple[Any, int]:
    """Return what the bracket in column `at` opens, with the tag before it, and where it ends; add its marks.

    The line begins at `begin`, the tag stands at `tag_at`. Raises `NotSimple`.
    """
    token = _TOKEN.match
    stack: list[tuple[Any, int]] = []
    held: Any = None  # the collection at hand, and its mark
    mark = -1
    root: Any = None
    key: str | None = None
    needs = True  # a value, or in a mapping a key
    while True:
        match = token(line, at)
        if match is None or match.lastindex is None:
            raise NotSimple
        kind = match.lastindex
        start, at = match.span(kind)
        in_map = type(held) is dict
        if kind == _COMMA:
            if needs:
                raise NotSimple
            needs = True
        elif kind == _CLOSES:
            if held is None or in_map is not (line[start] == "}") or (needs and held) or key is not None or tag is not None:
                raise NotSimple
            inside = len(marks) - mark
            marks[mark + 1], marks[mark + 2] = begin + at, inside - 2 if in_map else 2 - inside
            held, mark = stack.pop()
            needs = False
            if not stack:
                if _REST.fullmatch(line, at) is None:
                    raise NotSimple
                return root, begin + at
        elif not needs:
            raise NotSimple
        elif kind == _TAG:
            if tag is not None or (in_map and key is None):
                raise NotSimple
            tag, tag_at = tag_key(match[kind]), begin + start
        elif in_map and key is None:
            key = _text(match[kind])
            if kind == _OPENS or key in held or line[at : at + 2] != ": ":
                raise NotSimple
            marks.extend((begin + start, begin + at, 0))
            at += 1
        else:
            value: Any
            where = begin + start if tag is None else tag_at
            child: Any = None
            if kind == _OPENS:
                value = child = {} if match[kind] == "{" else []
            else:
                value = _text(match[kind])
                if kind == _PLAIN and tag is None:
                    value = PLAIN.get(value, value)
            if tag is not None:
                value = {tag: value} if kind == _OPENS else tagged(tag, value)
            if held is None:
                root = value
            elif in_map:
                held[key] = value
            else:
                held.append(value)
            tag = key = None
            if kind == _OPENS:
                stack.append((held, mark))
                if len(stack) > _DEPTH:
                    raise NotSimple
                held, mark = child, len(marks)
                marks.extend((where, 0, 0))
            else:
                marks.extend((where, begin + at, 0))
                needs = False


def _text(written: str) -> str:
    if written[0] == "'":
        return written[1:-1].replace("''", "'")
    return written[1:-1] if written[0] == '"' else written
