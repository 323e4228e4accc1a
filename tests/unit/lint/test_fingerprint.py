"""Fingerprints stay when lines move, and differ between findings."""

from __future__ import annotations

from iamlint.lint.finding import Diagnostic
from iamlint.project.memory import memory_session

POLICY = """\
Version: "2012-10-17"
Statement:
  - {Sid: One, Effect: Allow, Action: "s3:*", Resource: "*"}
  - {Sid: Two, Effect: Allow, Action: ["s3:*", "ec2:*"], Resource: "*"}
"""


def diagnostics(text: str, path: str = "p.yaml") -> list[Diagnostic]:
    return [made for made in memory_session({path: text}).check().diagnostics if made.rule == "IAM102"]


def test_moved_lines_change_no_fingerprint() -> None:
    before = [made.fingerprint for made in diagnostics(POLICY)]
    moved = POLICY.replace("Statement:\n", "Statement:\n  # a comment\n\n").replace("- {Sid: Two", "\n  - {Sid: Two")
    after = diagnostics(moved)
    assert [made.fingerprint for made in after] == before
    assert [made.span.line for made in after] != [made.span.line for made in diagnostics(POLICY)]


def test_each_finding_has_its_own() -> None:
    found = diagnostics(POLICY)
    assert len({made.fingerprint for made in found}) == len(found) == 2
    assert {made.fingerprint for made in diagnostics(POLICY, "q.yaml")}.isdisjoint(made.fingerprint for made in found)


def test_a_statement_with_a_sid_keeps_its_fingerprint_when_another_is_put_before_it() -> None:
    first = '  - {Sid: Zero, Effect: Allow, Action: "s3:GetObject", Resource: "*"}\n'
    more = POLICY.replace("Statement:\n", f"Statement:\n{first}")
    assert [made.fingerprint for made in diagnostics(more)] == [made.fingerprint for made in diagnostics(POLICY)]


def test_a_name_that_is_no_text_has_one_too() -> None:
    (first, second) = (diagnostics(POLICY, path) for path in ("policies/\udcff.yaml", "policies/\udcfe.yaml"))
    assert first[0].fingerprint != second[0].fingerprint
