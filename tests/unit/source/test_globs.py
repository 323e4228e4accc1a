"""Globs of names cover what `*` and `?` say, case and all, in no time that grows with a power of the text."""

from __future__ import annotations

from time import process_time

import pytest

from iamlint.source.globs import glob_matches


@pytest.mark.parametrize(
    ("pattern", "text", "covered"),
    [
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get*", "s3:PutObject", False),
        ("s3:Get*", "S3:GetObject", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("*.tf", "main.tf", True),
        ("*.tf", "main.tf.json", False),
        ("**", "", True),
        ("", "", True),
        ("", "a", False),
        ("[ab]", "a", False),
        ("a*b*c", "axxbyybzc", True),
    ],
)
def test_a_pattern_covers_whole_texts(pattern: str, text: str, covered: bool) -> None:
    assert glob_matches(pattern, text) is covered


def test_many_stars_end_soon() -> None:
    started = process_time()
    assert not glob_matches("*a" * 200 + "b", "a" * 5000)
    assert process_time() - started < 5
