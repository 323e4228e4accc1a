"""How much of the access that a repository gives its policy tests exercise.

What counts is what gives or takes access: each statement of a policy, each entry of a trust policy, each role mapping, each
role bound by hand, and each other edge by which somebody reaches something. It is exercised when a test's answer rested on
it: a determining statement, or a step of a path. A mere deny for want of a statement exercises nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamlint.graph.elements import Edge, EdgeKind, NodeKind
from iamlint.model.policy import PolicyKind, Statement
from iamlint.policytest.exercised import Exercised
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph

STATEMENT, TRUST, MAPPING, BINDING, EDGE = "statement", "trust entry", "mapping", "binding", "edge"
KINDS = (STATEMENT, TRUST, MAPPING, BINDING, EDGE)
"""What is counted, in the order of reports."""

_NO_ACCESS = frozenset({EdgeKind.OWNS, EdgeKind.IN_ENVIRONMENT, EdgeKind.ATTACHED, EdgeKind.STORED_IN, EdgeKind.MAY_BECOME})
"""Edges that give nothing by themselves; what somebody may become rests on statements, which are counted."""

_NO_PRINCIPALS = frozenset({NodeKind.PROJECT, NodeKind.PROVIDER})
"""An organization that holds its projects and a service that runs as a role are asked about by no test."""


class Item(NamedTuple):
    """One thing that gives or takes access, where it stands, and the numbers of the tests that exercised it."""

    kind: str
    what: str
    place: Place
    tests: frozenset[int]


class PolicyCoverage(NamedTuple):
    """Every item, ordered by place."""

    items: tuple[Item, ...]

    def of(self, kind: str | None = None) -> tuple[int, int]:
        """Return how many items (of one kind) were exercised, and how many there are."""
        chosen = [item for item in self.items if kind is None or item.kind == kind]
        return sum(bool(item.tests) for item in chosen), len(chosen)

    @property
    def percent(self) -> float:
        """Return the share that was exercised; 100 where there is nothing to exercise."""
        exercised, total = self.of()
        return 100.0 * exercised / total if total else 100.0


def policy_coverage(graphs: Iterable[AccessGraph], exercised: Exercised) -> PolicyCoverage:
    """Return what the tests exercised of the declarations of some graphs (one, or one a variant).

    What AWS declares stands in no file and is left out.
    """
    found: dict[tuple[str, Place], Item] = {}
    steps = _steps(exercised)
    for graph in graphs:
        _collect(graph, exercised, steps, found)
    return PolicyCoverage(tuple(sorted(found.values(), key=_order)))


def _collect(
    graph: AccessGraph,
    exercised: Exercised,
    steps: Mapping[str, list[tuple[Place, set[int]]]],
    found: dict[tuple[str, Place], Item],
) -> None:
    statements = set()
    for policy in graph.policies():
        if not policy.place.path or not graph.attached_to(policy):
            continue  # a document that governs nothing decides nothing, so no test could exercise it
        if policy.kind is PolicyKind.ENDPOINT:
            continue  # it decides only where a test says by which way a request comes
        for statement in policy.statements:
            place = statement.place()
            statements.add(place)
            tests = set(exercised.statements.get(place, ()))
            for step, by in steps.get(place.path, ()):
                if _holds(place, step):  # who is admitted stands inside of the entry that admits
                    tests |= by
            kind = TRUST if statement.policy.kind is PolicyKind.TRUST else STATEMENT
            _add(found, Item(kind, _statement_words(statement), place, frozenset(tests)))
    for edge in graph.edges():
        if edge.place is None or not edge.place.path or edge.kind in _NO_ACCESS or edge.place in statements:
            continue
        if edge.source.kind in _NO_PRINCIPALS or edge.target.kind is NodeKind.ACCOUNT:
            continue
        if edge.target.kind is NodeKind.PROJECT and not edge.capabilities:
            continue  # a role that permits nothing by itself (`Organization Restricted Member`)
        tests = exercised.edges.get((edge.kind, edge.place), set())
        _add(found, Item(_kind(edge), f"{edge.source.id} {edge.reason}", edge.place, frozenset(tests)))


def by_file(items: Iterable[Item]) -> Mapping[str, list[Item]]:
    """Return the items of each file, in the order of files."""
    files: dict[str, list[Item]] = {}
    for item in items:
        files.setdefault(item.place.path, []).append(item)
    return dict(sorted(files.items()))


def _steps(exercised: Exercised) -> dict[str, list[tuple[Place, set[int]]]]:
    steps: dict[str, list[tuple[Place, set[int]]]] = {}
    for (_, place), tests in exercised.edges.items():
        steps.setdefault(place.path, []).append((place, tests))
    return steps


def _holds(outer: Place, inner: Place) -> bool:
    if outer.span is not None and inner.span is not None:
        return outer.span[0] <= inner.span[0] and inner.span[1] <= outer.span[1]
    return (
        outer.span is None and inner.span is None and outer.document == inner.document
        and inner.route[: len(outer.route)] == outer.route
    )  # fmt: skip


def _add(found: dict[tuple[str, Place], Item], item: Item) -> None:
    """Keep one item for each kind and place: a declaration that makes many edges is one declaration."""
    known = found.get((item.kind, item.place))
    if known is not None:
        item = known._replace(tests=known.tests | item.tests)
    found[item.kind, item.place] = item


def _kind(edge: Edge) -> str:
    if edge.kind is EdgeKind.MAPPED_TO:
        return MAPPING
    return BINDING if edge.kind is EdgeKind.GRANTS else EDGE


def _statement_words(statement: Statement) -> str:
    effect = getattr(statement.effect, "value", "unknown effect")
    sid = f" `{key(statement.sid)}`" if statement.sid is not None else ""
    return f"{effect} statement{sid} of `{key(statement.policy.name)}`"


def _order(item: Item) -> tuple[object, ...]:
    place = item.place
    return (place.path, place.document, place.span or (0, 0), [(isinstance(step, int), step) for step in place.route], item.kind)
