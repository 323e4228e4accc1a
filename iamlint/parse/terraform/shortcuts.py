"""Short ways through expressions of common shapes: lists of texts, texts with references in them, heredocs without any.

Each gives what the general reader of `expression_parser` and `template_parser` gives, or None where that must decide.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import partial
from itertools import accumulate

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.extent import closing_of
from iamlint.parse.terraform.located import Located, Quoted, Segment
from iamlint.source.place import Place, new_place
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import overload

    from iamlint.parse.terraform.expression_parser import ExpressionParser

_TEXTS = regex(rb'\[[ \t\r\n]*+(?:"[ !#&-\[\]-~]*+"[ \t\r\n]*+(?:,[ \t\r\n]*+|(?=\])))++\]')
_TEXT = regex(rb'"([^"]*+)"')
_MIXED = regex(rb'"[ !#&-\[\]-~]*+(?:\$\{[A-Za-z_][A-Za-z0-9_-]*+(?:\.[A-Za-z_][A-Za-z0-9_-]*+)*+\}[ !#&-\[\]-~]*+)++"')
_PIECE = regex(rb"\$\{([^}]*+)\}|[^$]++")
_SIGN = regex(rb"[$%](?:\{|[^{\n]\r?\n)")
"""A sign that begins a sequence, or that the general reader sets apart: the last but one character of its line."""
new_const = partial(tuple.__new__, s.Const)
new_ref = partial(tuple.__new__, s.Ref)
new_access = partial(tuple.__new__, s.Access)
"""Make nodes of a tuple of all their fields, as `new_place` does."""
_SPACES = " \t\n\r\v\f\x85\xa0"
CONSTANTS = {"true": True, "false": False, "null": None}
WORDS = (b"true", b"false", b"null")
_ITEM = regex(
    rb"(?:[ \t\r\n]++|(?:#|//)[^\n]*+)*+"
    rb'(?:([A-Za-z_][A-Za-z0-9_-]*+)|("[ !#&-\[\]-~]*+"))[ \t]*+(?:=(?![=>])|:(?!:))[ \t]*+'
    rb'(?:("[ !#&-\[\]-~]*+")|(0|[1-9][0-9]{0,14})|([A-Za-z_][A-Za-z0-9_-]*+(?:\.[A-Za-z_][A-Za-z0-9_-]*+)*+))'
    rb"(?=[ \t]*+(?:(,)|\}|\r?\n|\#))"
)
"""A plain key of an object with a plain value, the blanks before it, and the comma or the end of the line after it."""


def read_texts(parser: ExpressionParser) -> s.TupleExpr | None:
    """Read a list of nothing but texts."""
    source, start = parser.source, parser.position
    whole = _TEXTS.match(source, start, parser.end)
    if whole is None:
        return None
    path = parser.path
    parser.position = end = whole.end()
    items: list[s.Node] = []
    for text in _TEXT.finditer(source, start, end):
        place = new_place((path, (), "value", text.span(), 0))
        items.append(new_const((Quoted(text.group(1).decode(), place), place)))
    return s.TupleExpr(tuple(items), new_place((path, (), "value", (start, end), 0)))


def read_items(parser: ExpressionParser, items: list[tuple[s.Node, s.Node]]) -> None:
    """Read items of an object as long as they are plain, commas and blanks between them included."""
    source, path, end, position = parser.source, parser.path, parser.end, parser.position
    while (item := _ITEM.match(source, position, end)) is not None:
        name, quoted, text, digits, names, _ = item.groups()
        at = new_place((path, (), "value", item.span(1 if quoted is None else 2), 0))
        value: s.Node
        if names is None:
            place = new_place((path, (), "value", item.span(4 if text is None else 3), 0))
            value = new_const((Located(int(digits), place) if text is None else Quoted(text[1:-1].decode(), place), place))
        else:
            words = names.split(b".")
            if words[0] in WORDS:
                if len(words) > 1:
                    break
                place = Place(path, (), "value", item.span(5))
                value = s.Const(Located(CONSTANTS[names.decode()], place), place)
            else:
                value = reference(words, path, item.start(5))
        items.append((new_const((Located((name or quoted[1:-1]).decode(), at), at)), value))
        position = item.end() if item.end(6) < 0 else item.end(6)
    parser.position = position


def read_mixed(parser: ExpressionParser) -> s.Template | None:
    """Read a text in which nothing but references stands between `${` and `}`."""
    source, start = parser.source, parser.position
    whole = _MIXED.match(source, start, parser.end)
    if whole is None:
        return None
    path = parser.path
    end = whole.end()
    parts: list[s.Part] = []
    for piece in _PIECE.finditer(source, start + 1, end - 1):
        place = new_place((path, (), "value", piece.span(), 0))
        written = piece.group(1)
        if written is None:
            parts.append(s.Chunk(piece.group().decode(), place, False))
            continue
        names = written.split(b".")
        if names[0] in WORDS:
            return None
        parts.append(s.Interpolation(reference(names, path, piece.start() + 2), place))
    parser.position = end
    wrap = len(parts) == 1 and isinstance(parts[0], s.Interpolation)
    return s.Template(tuple(parts), wrap, Place(path, (), "value", (start, end)))


def reference(names: list[bytes], path: str, start: int) -> s.Ref | s.Access:
    """Return the reference that names with points between them make."""
    end = start + len(names[0])
    root = new_ref((names[0].decode(), new_place((path, (), "value", (start, end), 0))))
    if len(names) == 1:
        return root
    for name in names[1:]:
        end += 1 + len(name)
    steps = tuple([_STEPS.get(name) or step(name) for name in names[1:]])
    return new_access((root, steps, new_place((path, (), "value", (start, end), 0))))


_STEPS: dict[bytes, s.Attr] = {}
_MOST_STEPS = 5_000


def step(name: bytes) -> s.Attr:
    """Return the step by a name, the same for all that are written so."""
    made = _STEPS.get(name)
    if made is None:
        if len(_STEPS) >= _MOST_STEPS:
            _STEPS.clear()
        made = _STEPS[name] = s.Attr(name.decode())
    return made


def read_literal_heredoc(parser: ExpressionParser, opening: re.Match[bytes]) -> s.Heredoc | None:
    """Read a heredoc in which nothing is to be evaluated."""
    source, start = parser.source, opening.end()
    closing = closing_of(opening.group(2)).search(source, start)
    if closing is None or closing.end() > parser.end:
        return None
    raw = source[start : closing.start()]
    if (b"$" in raw or b"%" in raw) and _SIGN.search(raw) is not None:
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    fewest = 0
    lines = text.split("\n")[:-1]
    if opening.group(1):
        indents = [len(line) - len(line.lstrip(_SPACES)) for line in lines if line.strip(_SPACES)]
        fewest = min(indents, default=0)
        if fewest:
            text = "".join([f"{line[fewest:]}\n" if line.strip(_SPACES) else f"{line}\n" for line in lines])
    first = parser.position
    parser.position = closing.start() + len(closing.group().rstrip())
    place = parser.place(first)
    segments = LineSegments(parser.path, start, raw, fewest) if lines else ()
    return s.Heredoc(Located(text, place, segments=segments), len(lines) + len(text) // 1000, place)


class LineSegments(Sequence[Segment]):
    """The lines of a literal heredoc as segments of its text, each made when somebody asks for it.

    `raw` is what the file says from `start` on; lines that are not blank lost `fewest` characters of indentation.
    """

    __slots__ = ("_cuts", "_ends", "_starts", "fewest", "path", "raw", "start")

    def __init__(self, path: str, start: int, raw: bytes, fewest: int) -> None:
        self.path = path
        self.start = start
        self.raw = raw
        self.fewest = fewest
        self._ends: list[int] | None = None  # where each line ends in the text
        self._starts: list[int] = []  # where each line starts in the file
        self._cuts: list[int] = []  # what each line lost

    def __reduce__(self) -> tuple[type[LineSegments], tuple[str, int, bytes, int]]:
        return LineSegments, (self.path, self.start, self.raw, self.fewest)

    def _lines(self) -> list[int]:
        if self._ends is None:
            lines = self.raw.decode().split("\n")[:-1]
            sizes = [len(line) + 1 for line in lines]
            self._cuts = [self.fewest and self.fewest * bool(line.strip(_SPACES)) for line in lines]
            self._ends = list(accumulate([size - cut for size, cut in zip(sizes, self._cuts, strict=True)]))
            if not self.raw.isascii():
                sizes = [len(line) + 1 for line in self.raw.split(b"\n")[:-1]]
            self._starts = list(accumulate(sizes, initial=self.start))
        return self._ends

    def around(self, at: int) -> Segment | None:
        """Return the line in which a character of the text stands."""
        ends = self._lines()
        index = bisect_right(ends, at)
        return self[index] if index < len(ends) else None

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, index: int) -> Segment: ...
        @overload
        def __getitem__(self, index: slice) -> Sequence[Segment]: ...

    def __getitem__(self, index: int | slice) -> Segment | Sequence[Segment]:
        ends = self._lines()
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(ends)))]
        index = range(len(ends))[index]
        place = Place(self.path, (), "value", (self._starts[index] + self._cuts[index], self._starts[index + 1]))
        return Segment(ends[index - 1] if index else 0, ends[index], place, True)

    def __len__(self) -> int:
        return self.raw.count(b"\n")
