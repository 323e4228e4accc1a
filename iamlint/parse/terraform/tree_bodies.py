"""Bodies as tree-sitter finds them, for what only it can tell: where an attribute ends that is not HCL as we read it."""

from __future__ import annotations

from iamlint.parse.terraform.blocks import Attribute, Block
from iamlint.source.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Body = tuple[dict[str, Attribute], list[Block]]


def read_tree(text: bytes, path: str, source: bytes, offset: int) -> Body | None:
    """Return what a text holds, which starts at `offset` of its file's source; None when tree-sitter finds an error in it."""
    root = _parser().parse(text).root_node
    if root.has_error:
        return None
    for child in root.children:
        if child.type == "body":
            return read_body(child, source, path, offset)
    return {}, []


def _parser() -> Any:
    global _PARSER
    if _PARSER is None:
        import tree_sitter
        import tree_sitter_hcl

        _PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
    return _PARSER


_PARSER: Any = None


def read_body(body: Any, source: bytes, path: str, offset: int) -> Body:
    """Return what a body holds that tree-sitter found without an error in what starts at `offset`."""
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    for child in body.children:
        kind = child.type
        if kind == "attribute":
            parts = child.children
            name_node = parts[0]
            start, end = name_node.start_byte + offset, name_node.end_byte + offset
            name = source[start:end].decode("utf-8", "replace")
            place = Place(path, (), "value", (start, end))
            attributes.setdefault(name, Attribute(name, place, source, parts[-1].start_byte + offset))
        elif kind == "block":
            blocks.append(_read_block(child, source, path, offset))
    return attributes, blocks


def _read_block(node: Any, source: bytes, path: str, offset: int) -> Block:
    kind = ""
    labels: list[str] = []
    body = None
    first = node.start_byte + offset
    end = first
    for part in node.children:
        name = part.type
        if name == "identifier" or name == "string_lit":
            start, end = part.start_byte + offset, part.end_byte + offset
            text = source[start:end].decode("utf-8", "replace").strip('"')
            if start == first:
                kind = text
            else:
                labels.append(text)
        elif name == "body":
            body = [part, offset]
            break
    return Block(kind, tuple(labels), Place(path, (), "value", (first, end)), source, body)
