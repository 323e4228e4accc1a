"""Runs policy tests against the access graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from iamlint.graph.asked_action import UnknownAction
from iamlint.graph.find import AmbiguousNode, UnknownNode
from iamlint.policytest.case import PolicyTest
from iamlint.policytest.decisions import decisions
from iamlint.policytest.reaching import disjoint, reaching
from iamlint.policytest.result import CaseResult, Failure, Outcome
from iamlint.policytest.who import who
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph
    from iamlint.policytest.exercised import Exercised
    from iamlint.source.place import Place


class Bench(NamedTuple):
    """What tests are run on: the graph, the lines (first, last) of a place in it, and what is to be recorded, if anything."""

    graph: AccessGraph
    lines: Callable[[Place], tuple[int, int]]
    exercised: Exercised | None = None


def run_tests(tests: Iterable[PolicyTest], bench: Bench) -> list[CaseResult]:
    """Return the result of each test, in the order given."""
    return [run_test(test, bench) for test in tests]


def run_test(test: PolicyTest, bench: Bench) -> CaseResult:
    """Return the result of one test: all its assertions are tried, whatever the first one says."""
    failures = tuple(_failures(test, bench))
    if test.todo is None:
        return CaseResult(test, Outcome.FAILED if failures else Outcome.PASSED, failures)
    if failures:
        return CaseResult(test, Outcome.TODO, failures)
    passes = Failure("the test passes now", "to fail, as its `todo` says", "it holds; drop the `todo`", test.place)
    return CaseResult(test, Outcome.FAILED, (passes,))


def _failures(test: PolicyTest, bench: Bench) -> Iterator[Failure]:
    for question in (decisions, reaching, who, disjoint):
        try:
            yield from question(test, bench)
        except (UnknownNode, AmbiguousNode) as error:
            place = getattr(error, "place", test.place)
            yield Failure(str(error), "a node of the graph", "none" if isinstance(error, UnknownNode) else "several", place)
        except UnknownAction as error:
            place = getattr(error, "place", test.place)
            yield Failure(f"{error}; {error.help}", "an action or a capability", "none", place)
