"""Short ways through common expressions give what the general reader gives: the same syntax, places, values and faults."""

from __future__ import annotations

import pickle
import re
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.parse.terraform import embedded, expression_parser, json_text, template_parser
from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.expression_parser import parse_expression
from iamlint.parse.terraform.expressions import evaluate
from iamlint.parse.terraform.frames import Budget, Frame
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.shortcuts import LineSegments
from iamlint.source.place import Place

NEVER = re.compile(rb"(?!)")


def steps_of(node: s.Node) -> tuple[Any, ...]:
    budget = Budget(1_000_000, "infra")
    value = evaluate(node, Frame(SimpleNamespace(budget=budget)))
    return value.value, value.place, list(value.segments), value.tree, budget.left


def shape(node: Any) -> Any:
    """Return a node as plain tuples; literal text of several lines by its value, which may be kept in two ways."""
    if isinstance(node, s.Heredoc) or (isinstance(node, s.Template) and all(isinstance(part, s.Chunk) for part in node.parts)):
        return ("text", *steps_of(node))
    if isinstance(node, Located):
        return ("value", node.value, type(node.value), node.place, list(node.segments))
    if isinstance(node, Place) or not isinstance(node, tuple):
        return node
    return (type(node).__name__, *map(shape, node))


def read(text: bytes) -> Any:
    try:
        return shape(parse_expression(text, "main.tf"))
    except s.SyntaxProblem as problem:
        return problem.message, problem.place


def both(text: bytes) -> Any:
    quickly = read(text)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("read_texts", "read_mixed", "read_literal_heredoc", "read_items"):
            patch.setattr(expression_parser, name, lambda *_: None)
        patch.setattr(expression_parser, "_KEY", NEVER)
        patch.setattr(expression_parser, "_TERMS", frozenset())
        patch.setattr(template_parser, "_REFERENCE", NEVER)
        assert quickly == read(text)
    return quickly


PIECES = [
    '"a"', '"${a.b}"', '"a-${b}-c"', '"${true}"', '"${a}"', '"${a.0}"', '"${ a }"', '"$"', '"a\\n"', '"é"', '"', "${", "}", "[", "]",
    "{", "a", "a.b", "true", "for", "for x in y : x", "a = 1", '"k" = "v"', "k : v", "null = 2", "(a) = 3", "é = 1", "k =\n", "a => b",
    "a == b", "a::b(c)", " ", "\n", "\r\n", ",", ", ", "# c\n", "// c\n", "/* c */", " ? ", "=", ":", "f(", ")", "1", "...",
    "<<EOT\nx\nEOT\n", "<<-EOT\n    a\n\n      b\n    EOT\n", "<<-E\n  a ${b}\n  E\n", "<<E\n", "<<-E\n\ta\n  b\nE", "<<-E\n \xa0a\n  b\n  E\n",
]  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from(["", "[", "{", "f(", "{\n"]))
def test_expressions(pieces: list[str], start: str) -> None:
    both((start + "".join(pieces) + {"[": "]", "{": "}", "f(": ")", "{\n": "}"}.get(start, "")).encode())


@pytest.mark.parametrize(
    "text",
    [
        b'["s3:GetObject", "s3:PutObject"]', b'[\n  "a",\n  "b",\n]', b'["a" "b"]', b'["a",,"b"]', b'["a", # why\n "b"]', b'[""]',
        b'"a-${var.b}-${local.c}"', b'"${var.b}"', b'"${null}x"', b'"a" == "b"', b'["a"\n, b]', b'f("a"\n)', b'"$${a}"', b'"a${b}$"',
        b'{ a = 1, "b" : 2 }', b"{\n # first\n  a =\n  1\n}", b"{ for = 1 }", b"{ a == b = 1 }", b"{ a => b }", b"{ true = 1 }",
    ],
)  # fmt: skip
def test_what_they_are_for(text: bytes) -> None:
    both(text)


@pytest.mark.parametrize(
    "lines",
    [
        b"", b"{}\n", b"    a\n      b\n", b"  a\n\n  b\n", b"  \n", b"\n", b"a\r\n b\r\n", b"\tx\n  y\n", "    é\n    b\n".encode(),
        b"  \x85a\n", "  \xa0a\n   b\n".encode(), b"  $a %b\n", b"  a\x0bb\n\x0c c\n", b"  a\n EOTX\n", "  \u2028a\n  b\n".encode(),
        b"  $${a}\n", b"  %%{a}\n", b"  ${a}\n", b"  \xff\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("opening", [b"<<EOT\n", b"<<-EOT\n", b"<<-EOT \r\n"])
@pytest.mark.parametrize("closing", [b"EOT\n", b"  EOT\n", b"\tEOT  \r\n", b"EOT", b"EOT\n  EOT\n", b"NOT\n"])
def test_heredocs(opening: bytes, lines: bytes, closing: bytes) -> None:
    both(opening + lines + closing)


def test_the_lines_of_a_heredoc_cross_a_pipe_small() -> None:
    node = parse_expression(b"<<-EOT\n" + b"    line\n" * 1000 + b"    EOT\n", "main.tf")
    assert isinstance(node, s.Heredoc)
    segments = node.located.segments
    assert isinstance(segments, LineSegments)
    again = pickle.loads(pickle.dumps(segments))
    assert list(again) == list(segments)
    assert len(again) == 1000
    assert again[3].place.span == (7 + 3 * 9 + 4, 7 + 4 * 9)


DOCUMENTS = [
    "{}", "[]", "1", "-0", "007", "1.50", "1e3", "1.e3", "NaN", "-Infinity", "Infinity", "true", "nul", '"a"', '"a\\u0041"', '"\\ud800"',
    '"\t"', '{"a": 1, "b": [1, {"c": null}]}', '{"a": 1, "b": 2, "a": 3}', '{"a": 1,}', "[1,]", " {} ", "\ufeff{}", "{} x", "", '{"é": "ü"}',
    "9" * 299, "9" * 301, "-" + "9" * 300, "[" * 101 + "]" * 101, "[" * 100 + "]" * 100, '{"a": "[[["}', '"' + "[" * 200 + '"',
]  # fmt: skip


@pytest.mark.parametrize("text", DOCUMENTS)
def test_json_is_the_same_with_and_without_positions(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def document() -> tuple[Any, str]:
        found = embedded.read_embedded(Located(text, Place("main.tf", (), "value", (0, 1))))
        return found.document, repr(found.document) + repr(found.problem)

    monkeypatch.setattr(json_text, "_asked", 100)
    quickly = document()
    monkeypatch.setattr(embedded, "quick_json", lambda text: json_text.NOT_PLAIN)
    assert quickly == document() or text == "NaN"
    assert quickly[1] == document()[1]


@pytest.mark.parametrize("text", ["a\n", "  a\n\n    bé\n  c\n", "\n", "", "    x\n  y\n   \n"])
@pytest.mark.parametrize("fewest", [0, 2])
def test_the_line_of_a_character_is_the_first_that_ends_behind_it(text: str, fewest: int) -> None:
    lines = LineSegments("main.tf", 10, text.encode(), fewest)
    found = list(lines)
    assert len(found) == len(lines) == text.count("\n")
    size = found[-1].end if found else 0
    for at in range(size):
        assert lines.around(at) == next(line for line in found if line.end > at)
    assert lines.around(size) is None
    assert [text.encode()[line.place.span[0] - 10 : line.place.span[1] - 10].decode() for line in found if line.place.span] == [
        line[fewest:] if line.strip() else line for line in text.splitlines(keepends=True)
    ]
    assert lines[0:2] == found[0:2]
