"""Files of HCL: tree-sitter finds blocks and attributes; a broken block is one problem and the rest is read."""

from __future__ import annotations

import re
from typing import Any

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.expression_parser import DEEPEST, ExpressionParser, parse_expression
from iamlint.source.place import Place
from iamlint.source.problem import Problem

LARGEST_FILE = 8_000_000
_HEADER = re.compile(
    rb"^(?:resource|data|module|variable|locals|output|provider|terraform|moved|import|removed|check|ephemeral)\b"
    rb'(?:[ \t]+(?:"[^"\n]*"|[A-Za-z_][\w-]*))*[ \t]*\{',
    re.MULTILINE,
)
_LABEL = re.compile(rb'"([^"\n]*)"|([A-Za-z_][\w-]*)')


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
            self._node = parse_expression(self._source, self.path, self.start)
        return self._node


class Block:
    """A block: its type, labels, attributes and the blocks inside."""

    __slots__ = ("_attributes", "_blocks", "_body", "_source", "broken", "labels", "path", "place", "type")

    def __init__(self, type: str, labels: tuple[str, ...], place: Place, source: bytes, body: Any = None) -> None:
        self.type = type
        self.labels = labels
        self.place = place
        self.path = place.path
        self.broken = False
        self._source = source
        self._body = body  # a node of tree-sitter, until somebody looks inside
        self._attributes: dict[str, Attribute] = {}
        self._blocks: list[Block] = []

    def _open(self) -> None:
        if self._body is not None:
            body, self._body = self._body, None
            self._attributes, self._blocks = _read_body(body, self._source, self.path)

    @property
    def attributes(self) -> dict[str, Attribute]:
        """The attributes by name."""
        self._open()
        return self._attributes

    @property
    def blocks(self) -> list[Block]:
        """The blocks inside, in order."""
        self._open()
        return self._blocks

    def filled(self, attributes: dict[str, Attribute], blocks: list[Block]) -> Block:
        """Return this block with another content."""
        block = Block(self.type, self.labels, self.place, self._source)
        block._attributes, block._blocks = attributes, blocks
        block.broken = self.broken
        return block

    def overridden(self, other: Block) -> Block:
        """Return this block with what a block of an override file says instead."""
        replaced = {inner.type for inner in other.blocks}
        kept = [inner for inner in self.blocks if inner.type not in replaced]
        merged = self.filled({**self.attributes, **other.attributes}, kept + other.blocks)
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
_KEPT = 2_000_000


def read_file(source: bytes, path: str) -> FileSyntax:
    """Return what an HCL file says; files already read in this process are not read again."""
    global _parsed_bytes
    known = _PARSED.get((path, source))
    if known is None:
        known = _parse(source, path)
        _parsed_bytes += len(source)
        if _parsed_bytes > _KEPT:
            _PARSED.clear()
            _parsed_bytes = len(source)
        _PARSED[path, source] = known
    return known


def _parse(source: bytes, path: str) -> FileSyntax:
    result = FileSyntax(path)
    if len(source) > LARGEST_FILE:
        result.problems.append(
            Problem("IL001", f"the file is larger than {LARGEST_FILE // 1_000_000} MB and is not read", Place(path))
        )
        return result
    if source.startswith(b"\xef\xbb\xbf"):
        source = b"   " + source[3:]
    root = _parser().parse(source).root_node
    if not root.has_error:
        for child in root.children:
            if child.type == "body":
                result.attributes, result.blocks = _read_body(child, source, path)
        return result
    try:
        result.attributes, result.blocks = _BodyParser(source, path).body(0)
    except s.SyntaxProblem:
        _recover(source, path, result)
    return result


def _parser() -> Any:
    global _PARSER
    if _PARSER is None:
        import tree_sitter
        import tree_sitter_hcl

        _PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
    return _PARSER


_PARSER: Any = None


def _read_body(body: Any, source: bytes, path: str) -> tuple[dict[str, Attribute], list[Block]]:
    """Read a body that tree-sitter found without an error."""
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    for child in body.children:
        kind = child.type
        if kind == "attribute":
            parts = child.children
            name_node = parts[0]
            start, end = name_node.start_byte, name_node.end_byte
            name = source[start:end].decode("utf-8", "replace")
            place = Place(path, (), "value", (start, end))
            attributes.setdefault(name, Attribute(name, place, source, parts[-1].start_byte))
        elif kind == "block":
            blocks.append(_read_block(child, source, path))
    return attributes, blocks


def _read_block(node: Any, source: bytes, path: str) -> Block:
    kind = ""
    labels: list[str] = []
    body = None
    first = node.start_byte
    end = first
    for part in node.children:
        name = part.type
        if name == "identifier" or name == "string_lit":
            text = source[part.start_byte : part.end_byte].decode("utf-8", "replace").strip('"')
            if part.start_byte == first:
                kind = text
            else:
                labels.append(text)
            end = part.end_byte
        elif name == "body":
            body = part
            break
    return Block(kind, tuple(labels), Place(path, (), "value", (first, end)), source, body)


def _recover(source: bytes, path: str, result: FileSyntax) -> None:
    """Read a broken file block by block: one problem for each that is broken."""
    starts = [match.start() for match in _HEADER.finditer(source)]
    if not starts or source[: starts[0]].strip():
        starts.insert(0, 0)
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(source)
        try:
            attributes, blocks = _BodyParser(source, path, start, end).body(0)
        except s.SyntaxProblem as problem:
            result.problems.append(Problem("IL002", f"this is not HCL: {problem.message}", problem.place))
            header = _HEADER.match(source, start)
            if header:
                words = [
                    (found.group(1) or found.group(2)).decode("utf-8", "replace") for found in _LABEL.finditer(header.group())
                ]
                span = (start, start + len(header.group().rstrip(b"{ \t")))
                block = Block(words[0], tuple(words[1:]), Place(path, (), "value", span), source)
                block.broken = True
                result.blocks.append(block)
            continue
        result.blocks.extend(blocks)
        for name, attribute in attributes.items():
            result.attributes.setdefault(name, attribute)


class _BodyParser(ExpressionParser):
    """Reads bodies without tree-sitter, for files in which that found an error: its word where HCL ends is exact."""

    def body(self, depth: int) -> tuple[dict[str, Attribute], list[Block]]:
        """Return what a body holds, up to its `}` or the end."""
        if depth > DEEPEST:
            raise self.fail(f"blocks are nested more than {DEEPEST} deep")
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        while True:
            self.lines = True
            self.skip()
            self.lines = False
            if self.position >= self.end:
                if depth:
                    raise self.fail("the block is not closed")
                return attributes, blocks
            if depth and self.source.startswith(b"}", self.position):
                return attributes, blocks
            start = self.position
            name = self.name()
            if name is None:
                raise self.fail("expected the name of an attribute or block")
            named = self.place(start)
            self.skip()
            if self.source.startswith(b"=", self.position) and not self.source.startswith(b"==", self.position):
                self.position += 1
                self.skip()
                at = self.position
                attributes.setdefault(name, Attribute(name, named, self.source, at, self.expression()))
                self.skip()
                after = self.source[self.position : self.position + 1] if self.position < self.end else b""
                if after not in (b"\n", b"", b"}"):
                    raise self.fail("expected the end of the line after the expression")
                continue
            blocks.append(self._block(name, start, depth))

    def _block(self, name: str, start: int, depth: int) -> Block:
        labels: list[str] = []
        header_end = self.position
        while not self.looking_at(b"{"):
            if self.looking_at(b'"'):
                node = self.quoted()
                if not isinstance(node, s.Const):
                    raise self.fail("a label of a block cannot be a template", start)
                labels.append(str(node.located.value))
            else:
                label = self.name()
                if label is None:
                    raise self.fail("expected `{` or `=`")
                labels.append(label)
            header_end = self.position
        self.position += 1
        block = Block(name, tuple(labels), self.place(start, header_end), self.source)
        attributes, blocks = self.body(depth + 1)
        self.lines = False
        self.expect(b"}", "a block")
        return block.filled(attributes, blocks)
