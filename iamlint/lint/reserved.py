"""The reserved ids `IL0xx`: what iamlint says about the run itself. They cannot be selected away.

Each is a `Rule` whose check never fires, so that reports, `rules list` and the documentation treat them like any rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.lint.finding import Confidence, Finding, Severity
from iamlint.lint.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

UNREADABLE = "IL001"
NOT_THE_FORMAT = "IL002"
SCHEMA = "IL003"
DUPLICATE_KEY = "IL004"
UNKNOWN_KIND = "IL005"
UNRESOLVED = "IL006"
TOO_LARGE = "IL007"
CRASHED = "IL010"
USELESS_SUPPRESSION = "IL020"
UNEXPLAINED_SUPPRESSION = "IL021"
EXPIRED_SUPPRESSION = "IL022"
STALE_BASELINE = "IL023"
REFUSED_SUPPRESSION = "IL024"
IDLE_RULE = "IL025"

INCOMPLETE = frozenset({UNREADABLE, NOT_THE_FORMAT, SCHEMA, DUPLICATE_KEY, UNKNOWN_KIND, TOO_LARGE})
"""The ids that mean: some input could not be understood, so the answer is incomplete (exit code 3)."""


def _never(graph: Any) -> Iterator[Finding]:
    """Find nothing: the engine itself reports these."""
    return iter(())


def _reserved(id: str, name: str, severity: Severity, doc: str) -> Rule:
    return Rule(id, name, severity, Confidence.HIGH, "0.1.0", _never, (), (), doc=doc)


RESERVED: dict[str, Rule] = {
    item.id: item
    for item in (
        _reserved(UNREADABLE, "unreadable-file", Severity.ERROR,
                  "A file could not be read: it is binary, not UTF-8, or the system refused it.\n\n"
                  "What it holds is missing from the answer, so the run ends with exit code 3."),
        _reserved(NOT_THE_FORMAT, "not-the-format-it-claims", Severity.ERROR,
                  "A file is not the JSON, YAML or HCL that its name promises.\n\n"
                  "Only the broken part is lost; the rest of the run goes on, and ends with exit code 3."),
        _reserved(SCHEMA, "schema-violation", Severity.ERROR,
                  "A manifest, policy test or configuration says something that its schema does not know.\n\n"
                  "The message names the nearest field that exists."),
        _reserved(DUPLICATE_KEY, "duplicate-key", Severity.ERROR,
                  "One key stands twice in one object, so the earlier value is silently lost.\n\n"
                  "AWS and most readers keep only the last one; an author who wrote both meant both."),
        _reserved(UNKNOWN_KIND, "unknown-kind", Severity.ERROR,
                  "A document with `apiVersion: iamlint/v1` has a kind that does not exist."),
        _reserved(UNRESOLVED, "unresolved-expression", Severity.WARNING,
                  "Something that bears on access cannot be known from the files (reported with `--strict` only).\n\n"
                  "Every run lists these as its coverage; `--strict` makes each of them count."),
        _reserved(TOO_LARGE, "input-beyond-bounds", Severity.ERROR,
                  "An input is larger, deeper or more repetitive than iamlint will follow.\n\n"
                  "The bound keeps hostile input from taking the run with it; what lies beyond it is missing from the answer."),
        _reserved(CRASHED, "rule-crashed", Severity.ERROR,
                  "A rule failed with an error of its own; the other rules ran. The run ends with exit code 4."),
        _reserved(USELESS_SUPPRESSION, "useless-suppression", Severity.WARNING,
                  "A suppression that suppresses nothing: the finding is gone, or the id or place is wrong."),
        _reserved(UNEXPLAINED_SUPPRESSION, "unexplained-suppression", Severity.WARNING,
                  "A suppression without a reason, which nobody can review later."),
        _reserved(EXPIRED_SUPPRESSION, "expired-suppression", Severity.WARNING,
                  "A suppression past its `until` date: it no longer suppresses anything."),
        _reserved(REFUSED_SUPPRESSION, "refused-suppression", Severity.WARNING,
                  "A suppression that the configuration does not let count: it stands in a comment where comments may not, "
                  "or in a file that none of the owners of suppressions owns.\n\n"
                  "Write it under `ignores` in the configuration, and let an owner review it."),
        _reserved(IDLE_RULE, "idle-rule", Severity.WARNING,
                  "A rule declared in YAML lies in no folder under `rule-paths`, so it never runs."),
        _reserved(STALE_BASELINE, "stale-baseline-entry", Severity.NOTE,
                  "An entry of the baseline whose finding is gone: a new one like it would be hidden unseen.\n\n"
                  "`iamlint baseline` writes the file anew."),
    )
}  # fmt: skip
"""Every reserved rule, by id."""
