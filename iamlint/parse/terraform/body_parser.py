"""Bodies of blocks, read without tree-sitter."""

from __future__ import annotations

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Attribute, Block
from iamlint.parse.terraform.expression_parser import DEEPEST, ExpressionParser


class BodyParser(ExpressionParser):
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
