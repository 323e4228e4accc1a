"""Diagnostics that go from one process to another arrive as they were."""

from __future__ import annotations

import pickle

from iamlint.lint.finding import Confidence, Diagnostic, Related, Severity
from iamlint.project.columns import packed, unpacked
from iamlint.source.place import Span

PLAIN = Diagnostic(
    "IAM001", "malformed-policy", Severity.ERROR, Confidence.HIGH, "no `Version`", "a.json", Span(1, 2, 3, 4), (), "", "0f"
)
ARGUED = PLAIN._replace(
    severity=Severity.NOTE,
    confidence=Confidence.LOW,
    span=Span(7, 1, 7, 9),
    related=(Related("because of this", "b.yaml", Span(5, 6, 5, 8)), Related("and this", "c.tf", Span(1, 1, 2, 1))),
    help="say it",
    suppressed="known",
    variants=("prod", "test"),
)


def test_diagnostics_arrive_as_they_were() -> None:
    sent = [PLAIN, ARGUED, PLAIN]
    arrived = unpacked(pickle.loads(pickle.dumps(packed(sent))))
    assert arrived == sent
    assert {type(one) for one in arrived} == {Diagnostic}
    assert [type(one.span) for one in arrived] == [Span] * 3
    assert arrived[1].severity is Severity.NOTE
    assert arrived[1].related[0].span.end_column == 8


def test_no_diagnostics_arrive_as_none() -> None:
    assert unpacked(packed([])) == []
