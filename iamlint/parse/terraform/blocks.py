"""Files of HCL, block by block: a broken block is one problem and the rest is read."""

from __future__ import annotations

from functools import cache

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.expression_parser import parse_expression, plain_expression
from iamlint.parse.terraform.file_text import no_text
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.no_hcl import ENCRYPTED, is_encrypted, not_hcl
from iamlint.parse.terraform.outline import outline, plain_source
from iamlint.source.place import Place
from iamlint.source.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.terraform.body_parser import BodyParser

LARGEST_FILE = 8_000_000


class Attribute:
    """`name = expression`; the expression is read when it is first asked for."""

    __slots__ = ("_node", "_source", "name", "path", "place", "start")

    def __init__(self, name: str, place: Place, source: bytes, start: int, node: s.Node = None) -> None:
        self.name = name
        self.place = place
        self.path = place.path
        self.start = start
        self._source = source
        self._node = node

    def written(self) -> str:
        """Return the attribute as it is written: its name and the rest of the line, or of the lines of its expression."""
        try:
            span = self.node().place.span
        except s.SyntaxProblem:
            span = (self.start, self.start)
        return f"{self.name} {self._source[slice(*span)].decode('utf-8', 'replace')}"

    def node(self) -> s.Node:
        """Return the expression. Raises `SyntaxProblem`."""
        if self._node is None:
            source, path, start = self._source, self.path, self.start
            self._node = plain_expression(source, path, start) or parse_expression(source, path, start)
        return self._node

    def literal(self) -> Located | None:
        """Return the value, when it is written as a literal of the plainest kind."""
        if self._node is None:
            self._node = plain_expression(self._source, self.path, self.start)
        return self._node.located if type(self._node) is s.Const else None


class Block:
    """A block: its type, labels, attributes and the blocks inside. It is read when somebody looks inside."""

    __slots__ = (
        "_attributes", "_blocks", "_body", "_broken", "_called", "_problems", "_source", "labels", "parts", "path", "place",
        "type",
    )  # fmt: skip

    def __init__(
        self,
        type: str,
        labels: tuple[str, ...],
        place: Place,
        source: bytes,
        body: Any = None,
        problems: list[Problem] | None = None,
    ) -> None:
        self.type = type
        self.labels = labels
        self.place = place
        self.path = place.path
        self._source = source
        self._body = body  # until somebody looks inside: [node of tree-sitter, its offset], or the span between the braces
        self._problems = problems  # where what is wrong inside is put
        self._broken = False
        self.parts: Any = None  # what `bodies` makes of it, once
        self._called: str | bool | None = False  # the `source` of a module call; False until somebody asks
        self._attributes: dict[str, Attribute] = {}
        self._blocks: list[Block] = []

    def _open(self) -> None:
        body, self._body = self._body, None
        if isinstance(body, list):
            from iamlint.parse.terraform.tree_bodies import read_body

            self._attributes, self._blocks = read_body(body[0], self._source, self.path, body[1])
            return
        try:
            self._attributes, self._blocks = _read_span(self._source, self.path, body)
        except s.SyntaxProblem as problem:
            self._broken = True
            if self._problems is not None:
                self._problems.append(not_hcl(problem, self._source))

    @property
    def broken(self) -> bool:
        """Whether the block cannot be read."""
        if self._body is not None:
            self._open()
        return self._broken

    @broken.setter
    def broken(self, broken: bool) -> None:
        self._broken = broken

    @property
    def attributes(self) -> dict[str, Attribute]:
        """The attributes by name."""
        if self._body is not None:
            self._open()
        return self._attributes

    @property
    def blocks(self) -> list[Block]:
        """The blocks inside, in order."""
        if self._body is not None:
            self._open()
        return self._blocks

    def mentions(self, name: bytes) -> bool:
        """Return whether a name may stand in the block."""
        return not isinstance(self._body, tuple) or self._source.find(name, *self._body) >= 0

    def source(self) -> str | None:
        """Return the `source` of a module call, when it is plain text."""
        if self._called is False:
            self._called = self._plain_source()
        return self._called  # type: ignore[return-value]

    def _plain_source(self) -> str | None:
        if isinstance(self._body, tuple):
            plain = plain_source(self._source, self._body)
            if plain is not None:
                return plain
        attribute = self.attributes.get("source")
        if attribute is None:
            return None
        try:
            node = attribute.node()
        except s.SyntaxProblem:
            return None
        return node.located.value if isinstance(node, s.Const) and isinstance(node.located.value, str) else None

    @property
    def stands_for(self) -> str:
        """Return the type of the blocks that this one writes: for a `dynamic` block its label."""
        return self.type if self.type != "dynamic" else self.labels[0] if self.labels else ""

    def filled(self, attributes: dict[str, Attribute], blocks: list[Block]) -> Block:
        """Return this block with another content."""
        block = Block(self.type, self.labels, self.place, self._source).holding(attributes, blocks)
        block.broken = self.broken
        return block

    def holding(self, attributes: dict[str, Attribute], blocks: list[Block]) -> Block:
        """Return this block, which nobody has looked into, with its content."""
        self._attributes, self._blocks = attributes, blocks
        return self

    def overridden(self, other: Block) -> Block:
        """Return this block with what a block of an override file says instead (Terraform: "Override Files").

        Blocks replace all of their type, `dynamic` or not; only a `lifecycle` is merged.
        """
        replaced = {inner.stands_for for inner in other.blocks}
        kept = [inner for inner in self.blocks if inner.stands_for not in replaced]
        lifecycle = next((inner for inner in self.blocks if inner.type == "lifecycle"), None)
        added = [lifecycle.overridden(inner) if lifecycle and inner.type == "lifecycle" else inner for inner in other.blocks]
        merged = self.filled({**self.attributes, **other.attributes}, kept + added)
        merged.broken = self.broken or other.broken
        return merged


class FileSyntax:
    """What a file says: blocks, attributes outside of blocks (variable files), problems."""

    __slots__ = ("attributes", "blocks", "path", "problems")

    def __init__(self, path: str) -> None:
        self.path = path
        self.blocks: list[Block] = []
        self.attributes: dict[str, Attribute] = {}
        self.problems: list[Problem] = []


_PARSED: dict[tuple[str, bytes], FileSyntax] = {}
_parsed_bytes = 0
_KEPT = 3_000_000


def read_file(source: bytes, path: str) -> FileSyntax:
    """Return what an HCL file says; files already read in this process are not read again, if they were asked for lately."""
    global _parsed_bytes
    known = _PARSED.pop((path, source), None)
    if known is None:
        known = _parse(source, path)
        _parsed_bytes += len(source)
        while _parsed_bytes > _KEPT and _PARSED:
            oldest = next(iter(_PARSED))
            _parsed_bytes -= len(oldest[1])
            del _PARSED[oldest]
    _PARSED[path, source] = known
    return known


def _parse(source: bytes, path: str) -> FileSyntax:
    result = FileSyntax(path)
    if len(source) > LARGEST_FILE:
        message = f"the file is larger than the {LARGEST_FILE // 1_000_000} MB that are read"
        result.problems.append(Problem("IL007", message, Place(path), "exclude it under `inputs`, or split it"))
        return result
    if is_encrypted(source):
        result.problems.append(Problem("IL002", ENCRYPTED, Place(path)))
        return result
    unreadable = no_text(source, path)
    if unreadable is not None:
        result.problems.append(unreadable)
        if unreadable.at.span is None:
            return result
    if source.startswith(b"\xef\xbb\xbf"):
        source = b"   " + source[3:]
    outlined = outline(source)
    if outlined is not None:
        for kind, labels, header, body in outlined:
            place = Place(path, (), "value", header)
            result.blocks.append(Block(kind, labels, place, source, body, result.problems))
        return result
    try:
        result.attributes, result.blocks = _read_span(source, path, (0, len(source)))
    except s.SyntaxProblem:
        from iamlint.parse.terraform.broken_file import recover

        recover(source, path, result)
    return result


@cache
def _body_parser() -> type[BodyParser]:
    from iamlint.parse.terraform.body_parser import BodyParser  # it knows this module; to import it for each block is slow

    return BodyParser


def _read_span(source: bytes, path: str, span: tuple[int, int]) -> tuple[dict[str, Attribute], list[Block]]:
    """Read what stands between a block's braces, or all of a file. Raises `SyntaxProblem`."""
    try:
        return _body_parser()(source, path, *span).body(0)
    except s.SyntaxProblem:
        # An expression that cannot be read spoils its attribute only, when tree-sitter finds where the attribute ends.
        from iamlint.parse.terraform.tree_bodies import read_tree

        found = read_tree(source[slice(*span)], path, source, span[0])
        if found is None:
            raise
        return found
