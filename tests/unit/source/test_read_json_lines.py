"""JSON lines: every line is a document, and places are those of the file."""

from __future__ import annotations

from iamlint.source.locate import locate
from iamlint.source.place import Place
from iamlint.source.read_json_lines import read_json_lines

TEXT = '{"a": 1}\n\n  {"é": {"b": [1, "x"]}}\r\n{"broken": \n{"c": 2}'


def test_every_line_is_a_document() -> None:
    readings = read_json_lines(TEXT.encode(), "a.jsonl")
    assert [(reading.value, reading.document) for reading in readings] == [
        ({"a": 1}, 0), ({"é": {"b": [1, "x"]}}, 1), (None, 2), ({"c": 2}, 3),
    ]  # fmt: skip
    (problem,) = readings[2].problems
    assert problem.at.document == 2


def test_places_are_those_of_the_file() -> None:
    span = locate(Place("a.jsonl", ("é", "b", 1), document=1), TEXT.encode())
    assert (span.line, span.column, span.end_column) == (3, 19, 22)
    (problem,) = read_json_lines(TEXT.encode(), "a.jsonl")[2].problems
    assert locate(problem.at, TEXT.encode()).line == 4


def test_marks_of_byte_order_and_of_other_encodings() -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        data = TEXT.encode(encoding)
        assert [reading.value for reading in read_json_lines(data, "a.ndjson")][1] == {"é": {"b": [1, "x"]}}
        span = locate(Place("a.ndjson", ("é", "b", 1), document=1), data)
        assert (span.line, span.column) == (3, 19)
