"""Bodies of blocks: what a pattern takes for a plain attribute is what reading the whole expression would give."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.parse.terraform import body_parser
from iamlint.parse.terraform.body_parser import BodyParser
from iamlint.parse.terraform.syntax import SyntaxProblem

PIECES = [
    '"', '"a"', '"${a.b}"', '"$${a}"', '"%{ if a }b%{ endif }"', '"a\\n"', '"a\\q"', '"$"', '"%%{"', "$", "%", "{", "}", "[", "]",
    "a", "a.b", "a.b[0]", 'a["k"]', "a.*.b", "a[*].b", "!a", "-1", "1", "1.5", "007", "true", "null", " ", "  ", "\t", "\n", "\r\n",
    "# c", "// c", "/* c */", "<<EOF\nx\nEOF\n", " ? ", " : ", " == ", ",", "=", "==", ".", "é", "f(a)", "for", "\\", "x = 1\n",
    'y = "z"\n', 'w "l" {\n', "v {\n", "b = a.b\n", 'c = "${d}" # e\n',
]  # fmt: skip
NEVER = re.compile(rb"(?!)")


def shape(attributes: dict[str, Any], blocks: list[Any]) -> Any:
    named = [(name, attribute.place, attribute.start) for name, attribute in attributes.items()]
    return named, [(block.type, block.labels, block.place, shape(block.attributes, block.blocks)) for block in blocks]


def read(text: bytes) -> Any:
    try:
        return shape(*BodyParser(text, "main.tf").body(0))
    except SyntaxProblem as problem:
        return problem.message, problem.place


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_plain_attributes_are_what_the_parser_reads(pieces: list[str]) -> None:
    text = ("name = " + "".join(pieces)).encode()
    quickly = read(text)
    plain, body_parser._PLAIN_ATTRIBUTE = body_parser._PLAIN_ATTRIBUTE, NEVER
    try:
        assert quickly == read(text)
    finally:
        body_parser._PLAIN_ATTRIBUTE = plain


@pytest.mark.parametrize("value", ['"a"', '"a${b.c}"', "a.b.c", 'a[0]["k"].d', "!a.b", "-1", "true", '"a" # why', "a // why"])
def test_the_pattern_takes_what_most_attributes_are(value: str) -> None:
    assert body_parser._PLAIN_ATTRIBUTE.fullmatch(f"  # before\n  name = {value}\n".encode())


@pytest.mark.parametrize("value", ["", '"a" "b"', '"${', '"a', "a.", "a ? b", "[", "<<EOF", '"\\q"', "a == b", "1.5.2", '"%{"'])
def test_the_pattern_leaves_the_rest_to_the_parser(value: str) -> None:
    assert not body_parser._PLAIN_ATTRIBUTE.match(f"name = {value}\n".encode())


def test_a_block_without_labels_ends_its_header_with_its_name() -> None:
    _, blocks = BodyParser(b"rule   {\n}\n", "main.tf").body(0)
    assert blocks[0].place.span == (0, 4)


def test_labels_are_read_without_tree_sitter() -> None:
    _, blocks = BodyParser(b'dynamic "rule" {\n}\nother name "x" {\n}\n', "main.tf").body(0)
    assert [(block.type, block.labels) for block in blocks] == [("dynamic", ("rule",)), ("other", ("name", "x"))]


def test_the_pattern_takes_linear_time() -> None:
    text = b"name = " + b'"' + b"${a.b}$ %" * 20_000
    assert not body_parser._PLAIN_ATTRIBUTE.match(text)
    text = b"# c\n" * 20_000 + b"name = a" + b".b" * 20_000 + b"["
    assert not body_parser._PLAIN_ATTRIBUTE.match(text)
