"""Bodies of blocks: their attributes and the blocks inside."""

from __future__ import annotations

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Attribute, Block
from iamlint.parse.terraform.expression_parser import DEEPEST, ExpressionParser
from iamlint.parse.terraform.extent import end_of_expression
from iamlint.source.place import Place, new_place
from iamlint.source.regex import regex

_REFERENCE = (
    rb"[A-Za-z_][A-Za-z0-9_-]*+"
    rb'(?:\.(?:[A-Za-z_][A-Za-z0-9_-]*+|\*|[0-9]++)|\[(?:[0-9]++|\*|"[^"\\$%\n]++")\])*+'
)
_PLAIN_ATTRIBUTE = regex(
    rb"(?:[ \t\r\n]++|(?:#|//)[^\n]*+)*+([A-Za-z_][A-Za-z0-9_-]*+)[ \t]*+=[ \t]*+"
    rb'(!?+%b|-?+[0-9]++|"(?:[^"\\$%%\n]++|\\[nrt"\\]|\$\{%b\}|\$(?![${])|%%(?![%%{]))*+")'
    rb"[ \t]*+(?:(?:#|//)[^\n]*+)?+(?:\r?\n|\Z)" % (_REFERENCE, _REFERENCE)
)
"""A line `name = value` of the plainest kind: the value is surely an expression, so it need not be read yet."""
_LABELS = rb'(?:[ \t]++(?:"[ !#&-\[\]-~]*+"|[A-Za-z_][A-Za-z0-9_-]*+))*+'
_OTHER = regex(
    rb"(?:[ \t\r\n]++|(?:#|//)[^\n]*+)*+"
    rb"(?:([A-Za-z_][A-Za-z0-9_-]*+)(?:[ \t]*+=(?!=)[ \t]*+|(%b)[ \t]*+(\{))|(\}))" % _LABELS
)
"""`name =`, whatever comes then; the header of a block, with plain labels, up to its `{`; or the `}` of the block around."""
_LABEL = regex(rb'"([^"]*+)"|([^ \t"]++)')


class BodyParser(ExpressionParser):
    """Reads bodies. Expressions are read later, those aside of which only reading tells where they end."""

    def body(self, depth: int) -> tuple[dict[str, Attribute], list[Block]]:
        """Return what a body holds, up to its `}` or the end."""
        if depth > DEEPEST:
            raise self.fail(f"blocks are nested more than {DEEPEST} deep")
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        source, path = self.source, self.path
        while True:
            plain = _PLAIN_ATTRIBUTE.match(source, self.position, self.end)
            if plain is not None:
                self.position = plain.end()
                name = plain.group(1).decode()
                if name not in attributes:
                    named = new_place((path, (), "value", plain.span(1), 0))
                    attributes[name] = Attribute(name, named, source, plain.start(2))
                continue
            begun = _OTHER.match(source, self.position, self.end)
            if begun is not None and begun.lastindex == 1:
                ended = end_of_expression(source, begun.end(), self.end)
                if ended is not None:
                    self.position = ended
                    name = begun.group(1).decode()
                    if name not in attributes:
                        named = new_place((path, (), "value", begun.span(1), 0))
                        attributes[name] = Attribute(name, named, source, begun.end())
                    continue
            elif begun is not None and begun.lastindex == 4:
                if depth:
                    self.position = begun.start(4)
                    return attributes, blocks
            elif begun is not None:
                self.position = begun.end()
                labels = tuple([(quoted or bare).decode() for quoted, bare in _LABEL.findall(begun.group(2))])
                blocks.append(self._inside(begun.group(1).decode(), labels, (begun.start(1), begun.end(2)), depth))
                continue
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
            blocks.append(self._block(name, named, depth))

    def _block(self, name: str, named: Place, depth: int) -> Block:
        labels: list[str] = []
        start, header_end = named.span or (0, 0)
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
        return self._inside(name, tuple(labels), (start, header_end), depth)

    def _inside(self, kind: str, labels: tuple[str, ...], header: tuple[int, int], depth: int) -> Block:
        """Read a block after its `{`."""
        attributes, blocks = self.body(depth + 1)
        self.lines = False
        self.expect(b"}", "a block")
        return Block(kind, labels, Place(self.path, (), "value", header), self.source).holding(attributes, blocks)
