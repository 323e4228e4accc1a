"""What came of a policy test."""

from __future__ import annotations

from iamlint.graph.elements import Edge
from iamlint.policytest.case import PolicyTest
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.str_enum import StrEnum


class Outcome(StrEnum):
    """How a test ended. `todo`: it fails, and says itself that it does."""

    PASSED = "passed"
    FAILED = "failed"
    TODO = "todo"


class Failure(NamedTuple):
    """One assertion that does not hold: what was expected, what is, and the path that shows it."""

    message: str
    expected: str
    actual: str
    at: Place
    path: tuple[Edge, ...] = ()
    determining: tuple[tuple[str, Place], ...] = ()  # words and place of each statement that decided


class CaseResult(NamedTuple):
    """A test with its failures, in the order in which they are written."""

    test: PolicyTest
    outcome: Outcome
    failures: tuple[Failure, ...]
