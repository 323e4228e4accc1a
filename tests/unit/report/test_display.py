"""User text made safe to show."""

from __future__ import annotations

import json

import pytest

from iamlint.report.display import clean, clean_json, count


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("größe → ok", "größe → ok"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines\r\tx", "two\\nlines\\r\\tx"),
        ("c1 \x9b31m", "c1 \\x9b31m"),
        ("bidi \u202egnp", "bidi \\u202egnp"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("lone \ud800", "lone \\ud800"),
    ],
)
def test_nothing_that_steers_a_terminal_passes(text: str, shown: str):
    assert clean(text) == shown


def test_cleaned_json_means_the_same():
    value = {"a": "\x7f\x9b\u202e😀\U000e0041\u2028", "b\u200b": ["\x1b"]}
    text = clean_json(json.dumps(value, ensure_ascii=False, indent=1))
    assert json.loads(text) == value
    assert not any(character in text for character in "\x1b\x7f\x9b\u202e\u2028\u200b\U000e0041")
    assert "😀" in text


def test_counts_have_their_nouns():
    assert [count(number, "file") for number in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
