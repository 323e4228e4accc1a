"""`who_can` with `exactly`, `at_most`, `includes`: everybody who may."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.graph.elements import Certainty, EdgeKind, NodeKind, Reached
from iamlint.policytest.case import Named, PolicyTest
from iamlint.policytest.naming import find, request_context, scopes, unlisted_action
from iamlint.policytest.result import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph
    from iamlint.policytest.run import Bench


def who(test: PolicyTest, bench: Bench) -> Iterator[Failure]:
    """Yield a failure for everybody who may and should not, and for everybody who should and may not."""
    if test.who_can is None:
        return
    graph, asked, context = bench.graph, test.who_can, request_context(test.given)
    found: dict[str, Reached] = {}
    yield from unlisted_action(test, asked)
    for resource in scopes(graph, asked, test.given):
        for item in graph.who_can(asked.action, resource, context, some=True):
            known = found.get(item.node.id)
            if known is None or known.certainty is Certainty.UNKNOWN:
                found[item.node.id] = item
            if bench.exercised is not None:
                bench.exercised.path(item.path)
                if not item.path and not resource.startswith("project:"):  # a path to AWS ends before the statement that decides
                    bench.exercised.answer(graph.can(item.node, asked.action, resource, context, some=True))
    wanted = {*_ids(graph, test.exactly), *_ids(graph, test.includes)}
    if test.exactly is not None or test.includes is not None:
        for named in (*(test.exactly or ()), *(test.includes or ())):
            yield from _missing(test, graph, named, found)
    if test.exactly is not None or test.at_most is not None:
        allowed = wanted | _ids(graph, test.at_most)
        for item in found.values():
            if not _is_covered(item, allowed, graph):
                yield from _extra(test, item)


def _missing(test: PolicyTest, graph: AccessGraph, named: Named, found: dict[str, Reached]) -> Iterator[Failure]:
    node = find(graph, named)
    item = found.get(node.id)
    if item is None:
        yield Failure(f"`{node.id}` may not do {test.who_can}", "allowed", "not allowed", named.place)
    elif item.certainty is Certainty.UNKNOWN and not test.unknown_ok:
        message = f"it is unknown whether `{node.id}` may do {test.who_can}"
        yield Failure(message, "allowed", "unknown", named.place, item.path)


def _extra(test: PolicyTest, item: Reached) -> Iterator[Failure]:
    assert test.who_can is not None
    if item.certainty is Certainty.UNKNOWN:
        if not test.unknown_ok:
            message = f"it is unknown whether `{item.node.id}`, which is not listed, may do {test.who_can}"
            yield Failure(message, "nobody else", f"perhaps `{item.node.id}`", test.who_can.place, item.path)
        return
    message = f"`{item.node.id}`, which is not listed, may do {test.who_can}"
    yield Failure(message, "nobody else", f"`{item.node.id}`", test.who_can.place, item.path)


def _is_covered(item: Reached, allowed: set[str], graph: AccessGraph) -> bool:
    """Return whether a principal is listed, may only by becoming one that is, or is a way by which the listed ones may.

    A group is such a way when its known members are all listed: it does nothing by itself.
    """
    if item.node.id in allowed or any(edge.target.id in allowed for edge in item.path):
        return True
    if item.node.kind is not NodeKind.GROUP:
        return False
    members = [edge.source.id for edge in graph.in_edges(item.node, EdgeKind.MEMBER_OF)]
    return bool(members) and all(member in allowed for member in members)


def _ids(graph: AccessGraph, named: tuple[Named, ...] | None) -> set[str]:
    return {find(graph, item).id for item in named or ()}
