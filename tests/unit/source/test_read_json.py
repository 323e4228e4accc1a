"""JSON files: values, and what is said of files that are none."""

import pytest

from iamlint.source.locate import locate
from iamlint.source.read_json import read_json


def problem(data: bytes) -> tuple[str, str, str]:
    """Return id, message and the text that the problem points at."""
    reading = read_json(data, "policy.json")
    assert len(reading.problems) == 1
    found = reading.problems[0]
    where = data[slice(*found.at.span)].decode("utf-8", "replace") if found.at.span else ""
    return found.id, found.message, where


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": [1, 2.5, true, null, "x"]}', {"a": [1, 2.5, True, None, "x"]}),
        (b'\xef\xbb\xbf{"a":\r\n\t"tabs and CRLF"}\r\n', {"a": "tabs and CRLF"}),
        ('{"a": "ä😀"}'.encode("utf-16"), {"a": "ä😀"}),
        (b"\xfe\xff" + '{"a": 1}'.encode("utf-16-be"), {"a": 1}),
        ('{"ä": "😀"}'.encode(), {"ä": "😀"}),
        (b'{"a": "\\ud83d\\ude00 \\ud800"}', {"a": "😀 �"}),
        (b'{"\\ud800": 1}', {"�": 1}),
        (b'"only a text"', "only a text"),
        (b"[" * 100 + b"]" * 100, eval("[" * 100 + "]" * 100)),
    ],
)
def test_values_are_as_written(data: bytes, value: object) -> None:
    reading = read_json(data, "policy.json")
    assert reading[:3] == (value, 0, ())


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"a": [1, 2,]}', ("IL002", "the file is not JSON: a comma before the closing bracket", ",")),
        (b'{"a": 1,\n}', ("IL002", "the file is not JSON: a comma before the closing bracket", ",")),
        (b'{"a": 1, // why\n "b": 2}', ("IL002", "the file is not JSON: a comment", "// why")),
        (b'// why\n{"a": 1}', ("IL002", "the file is not JSON: a comment", "// why")),
        (b'{"a": 1 /* why */}', ("IL002", "the file is not JSON: a comment", "/* why */}")),
        (b"{'a': 1}", ("IL002", "the file is not JSON: text in single quotes", "'")),
        (b'{"a": hunter2}', ("IL002", "the file is not JSON: a bare word where a value is expected", "h")),
        (b'{"a": "x" "b": 1}', ("IL002", "the file is not JSON: a text where `,` or a closing bracket is expected", '"')),
        (b'{"a" 1}', ("IL002", "the file is not JSON: a bare word where `:` is expected", "1")),
        (b'{"a": 1}\n{"b": 2}', ("IL002", "the file is not JSON: `{` after the end of the document", "{")),
        (b'{"a": "x', ("IL002", "the file is not JSON: a text that does not end", '"')),
        (b'{"a": "x\ny"}', ("IL002", "the file is not JSON: a line break or control character inside a text", "\n")),
        (b'{"a": "\\q"}', ("IL002", "the file is not JSON: an unknown escape in a text", "\\")),
        (b'{"a": [1', ("IL002", "the file is not JSON: it ends too early", "1")),
        (b'{"a": NaN}', ("IL002", "`NaN` is no JSON value", "NaN")),
        (b'{"a": ${jsonencode(x)}}', ("IL002", "the file is a template, not JSON", "$")),
        (b'{"a": {{ x }}}', ("IL002", "the file is a template, not JSON", "{")),
        (b"", ("IL002", "the file is empty", "")),
        (b" \n", ("IL002", "the file is empty", "")),
        (b"7" * 5000, ("IL002", "the file holds a number of thousands of digits", "")),
        (b"\x00\x01\x02", ("IL001", "the file is binary, not text: it holds a NUL byte", "\x00")),
        (bytes(range(128, 256)) + bytes(range(32)) * 9, ("IL001", "the file is binary, not text", "")),
        (b'{"a": "caf\xe9"}', ("IL001", "the file is not UTF-8 text: byte 10 cannot be decoded", "�")),
        (b"[" * 10_000, ("IL007", "the file nests deeper than 100 levels", "[")),
        (b"[" * 10_000 + b"]" * 10_000, ("IL007", "the file nests deeper than 100 levels", "[")),
        (b'{"a":' * 101 + b'"]]}}[["' + b"}" * 101, ("IL007", "the file nests deeper than 100 levels", "{")),
    ],
)
def test_what_is_no_json_is_one_problem_at_its_place(data: bytes, expected: tuple[str, str, str]) -> None:
    assert problem(data) == expected
    assert read_json(data, "policy.json").value is None


def test_a_file_beyond_the_bound_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iamlint.source.read_json.MAX_JSON_BYTES", 1024 * 1024)
    assert problem(b" " * (1024 * 1024 + 1)) == ("IL007", "the file is larger than the 1 MiB that are read", "")


def test_a_duplicate_key_points_at_both_and_the_last_one_counts() -> None:
    data = '{"ä": {"Effect": "Allow",\n "Effect": "Deny"}, "b": [{"c": 1, "d": 2, "c": 3}]}'.encode()
    reading = read_json(data, "policy.json")
    assert reading.value == {"ä": {"Effect": "Deny"}, "b": [{"c": 3, "d": 2}]}
    shown = [
        (found.id, found.message, tuple(locate(found.at, data))[:2], tuple(locate(found.because[0][0], data))[:2])
        for found in reading.problems
    ]
    assert shown == [
        ("IL004", "key `Effect` stands twice in one object; only the last one counts", (2, 2), (1, 8)),
        ("IL004", "key `c` stands twice in one object; only the last one counts", (2, 44), (2, 28)),
    ]


def test_equal_keys_that_are_spelled_differently_are_duplicates() -> None:
    assert [found.id for found in read_json(b'{"a": 1, "\\u0061": 2}', "x.json").problems] == ["IL004"]


def test_brackets_inside_texts_do_not_count_as_depth() -> None:
    data = b'["' + b"[" * 500 + b'", "' + b"}" * 500 + b'"]'
    assert read_json(data, "x.json").problems == ()


def test_a_secret_is_not_quoted_in_a_message() -> None:
    for data in (
        b'{"token": s3cr3t}',
        b'{"token": "s3cr3t" "s3cr3t"}',
        b'{"token": "a" s3cr3t}',
        b"{s3cr3t: 1}",
        b'{"a": 1} s3cr3t',
    ):
        for found in read_json(data, "x.json").problems:
            assert "s3cr3t" not in found.message + found.help
