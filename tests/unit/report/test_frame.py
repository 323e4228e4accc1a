"""Carets stand under what a finding points at, whatever the line holds."""

from __future__ import annotations

import estates
import pytest

from iamlint.report.frame import Frames
from iamlint.report.run import RunReport, UnresolvedLine
from iamlint.source.place import Span

TEXT = (
    '\tname: "😀 wide" # x\nminified: '
    + "a" * 500
    + "NEEDLE"
    + "b" * 500
    + "\nmulti: [\n  one,\n  two,\n  three,\n  four\n]\napi_key: hunter2\n"
)


@pytest.fixture(scope="module")
def frames() -> Frames:
    report = estates.report({"policies/a.yaml": TEXT})
    assert isinstance(report, RunReport)
    assert UnresolvedLine is not None
    return Frames(report)


def marked(frames: Frames, span: Span) -> list[str]:
    """Return what stands above the carets (in cells: a wide character is two)."""
    return [
        line.text.replace("😀", "😀 ")[line.start : line.start + line.width] for line in frames.frame("policies/a.yaml", span)
    ]


def test_tabs_and_wide_characters_shift_the_carets(frames: Frames):
    start = TEXT.index("wide") + 1
    assert marked(frames, Span(1, start, 1, start + 4)) == ["wide"]


def test_a_minified_line_is_cut_around_the_span(frames: Frames):
    column = TEXT.splitlines()[1].index("NEEDLE") + 1
    (line,) = frames.frame("policies/a.yaml", Span(2, column, 2, column + 6))
    assert len(line.text) < 150
    assert line.text.startswith("…")
    assert line.text[line.start : line.start + line.width] == "NEEDLE"


def test_a_long_span_shows_four_lines(frames: Frames):
    assert marked(frames, Span(3, 8, 8, 2)) == ["[", "one,", "two,", "three,"]


def test_a_secret_is_blacked_out_and_its_carets_stay(frames: Frames):
    (line,) = frames.frame("policies/a.yaml", Span(9, 10, 9, 17))
    assert line.text == "api_key: *******"
    assert (line.start, line.width) == (9, 7)


@pytest.mark.parametrize("span", [Span(1, 1, 1, 1), Span(99, 1, 99, 4), Span(1, 500, 1, 900), Span(9, 1, 12, 1)])
def test_a_span_outside_the_file_is_no_error(frames: Frames, span: Span):
    frames.frame("policies/a.yaml", span)


def test_a_file_that_is_gone_has_no_frame(frames: Frames):
    assert frames.frame("gone.json", Span(1, 1, 1, 2)) == []
