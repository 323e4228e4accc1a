"""Where an expression ends is told without reading it, and is where reading it ends; else it is not told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import read_file
from iamlint.parse.terraform.expression_parser import ExpressionParser
from iamlint.parse.terraform.extent import end_of_expression

TOLD = [
    "1",
    '"a b"',
    "var.a + 2 * (3 - var.b)",
    "var.a ? [1, 2] : [3]  # why",
    '{ a = "}", b = [1, 2], "c" : { d = 1 } } // end',
    '[\n  "a", # one ]\n  "b", // two ]\n]',
    'merge(\n  var.tags,\n  { Name = "x-${var.env}-${lookup(var.a, "k")}" },\n)',
    '"${var.a["b"]}${each.key}"',
    '"a $${b} $d 5% \\" \\\\"',
    '[for k, v in var.a : "${k}=${v}" if v != null]',
    "var.a[0].b[*].c",
    "!(a / b < c) && d",
    '<<EOT\n}{ ( "\n# no comment\n  EOT2\nEOT',
    "<<-EOT\n    a ${var.b} $x 5%\n    EOT",
    "jsonencode({\n  a = <<-EOT\n    }\n    EOT\n  b = 1\n})",
    "f(<<A\n)\nA\n)",
    '[f(1, # )\n  2), [{ a = "]" }, (3)], {\n  b = [] // {\n}]',
]
NOT_TOLD = [
    "[1, 2",
    "(1]",
    "[(1]",
    "{ a = [1) }",
    '"a',
    '"${f({ a = "b" })}"',
    '"%{ if a }b%{ endif }"',
    "1 /* more */",
    "{ a = /* } */ 1 }",
    "<<EOT\nno end\n",
    "<<EOT\n%{ for a in b }\n%{ endfor }\nEOT",
    '<<EOT\n${f("\nEOT\n")}\nEOT',
    "}",
    "[" * 90 + "]" * 90,
]


def read_until(source: bytes) -> int | None:
    """Return where reading an expression ends, and its line with it; None where the line holds more than an expression."""
    parser = ExpressionParser(source, "x.tf")
    parser.expression()
    parser.skip()
    return parser.position if source.startswith(b"\n", parser.position) else None


@pytest.mark.parametrize("text", TOLD)
def test_the_end_that_is_told_is_the_one_that_is_read(text: str) -> None:
    source = f"{text}\nnext = 1\n".encode()
    assert end_of_expression(source, 0, len(source)) == read_until(source) == len(text.encode())


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_only_reading_tells_is_not_told(text: str) -> None:
    assert end_of_expression(f"{text}\nnext = 1\n".encode(), 0, len(f"{text}\nnext = 1\n")) is None


PIECES = [
    '"',
    "a",
    "1",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    " = ",
    ",",
    "\n",
    "${",
    "%{",
    "$",
    "<<E\n",
    "E\n",
    "#",
    "//",
    "/*",
    "*/",
    "\\",
    ".",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_whatever_is_written_the_end_is_the_one_that_is_read(text: str) -> None:
    source = f"{text}\nnext = 1\n".encode()
    told = end_of_expression(source, 0, len(source))
    try:
        read = read_until(source)
    except s.SyntaxProblem:
        return
    if read is not None:
        assert told in (None, read)


def test_an_attribute_that_is_not_read_spoils_no_other() -> None:
    source = b'resource "aws_iam_role" "r" {\n  broken = [1 2]\n  name   = "r"\n}\n'
    (block,) = read_file(source, "main.tf").blocks
    assert not block.broken
    assert [(name, attribute.literal() is not None) for name, attribute in block.attributes.items()] == [
        ("broken", False), ("name", True),
    ]  # fmt: skip
    with pytest.raises(s.SyntaxProblem):
        block.attributes["broken"].node()
