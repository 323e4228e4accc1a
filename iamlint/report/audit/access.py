"""Who can do what in each telemetry project, and by which path: one row a class of people, with every step's file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.builder import LEVEL, weakest
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, NodeKind
from iamlint.model.telemetry import ADMINISTER, CAPABILITIES
from iamlint.report.answers import Answers
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_JOINING = (EdgeKind.MEMBER_OF, EdgeKind.ASSIGNED_TO)
_JOINED = frozenset({NodeKind.USER, NodeKind.BOT})

Path = tuple[Edge, ...]


class Held(NamedTuple):
    """What somebody may do in a scope by one path."""

    node: Node
    path: Path
    capabilities: frozenset[str]

    @property
    def certainty(self) -> Certainty:
        """Return how sure the path is."""
        return weakest(*(edge.certainty for edge in self.path))


def access(graph: AccessGraph, answers: Answers) -> list[dict[str, Any]]:
    """Return every telemetry project with its owner, its environment, and who may do what there."""
    projects = [project for project in graph.nodes(NodeKind.PROJECT) if not graph.queries.is_organization(project)]
    held = [by_class(holders(graph, project)) for project in projects]
    # All at once: a file of a directory names the members of many groups, and one of mappings all projects.
    answers.prepare(
        chain(
            (edge for items in held for item in items for edge in item.path),
            (edge for group in graph.nodes(NodeKind.GROUP) for edge in _joining(graph, group)),
        ),
        projects,
    )
    return [
        answers.node(project) | answers.labels(project) | {"access": classes(graph, items, answers)}
        for project, items in zip(projects, held, strict=True)
    ]


def holders(graph: AccessGraph, project: Node) -> Iterator[Held]:
    """Yield who may do what in a project, once for each path that gives something that no better one gives."""
    by_node: dict[int, dict[tuple[object, ...], tuple[Node, Path, set[str]]]] = {}
    for capability in CAPABILITIES:
        for reached in graph.who_can(capability, project.id):
            by_path = by_node.setdefault(reached.node.number, {})
            about = tuple((edge.source.number, edge.target.number, edge.kind, edge.place) for edge in reached.path)
            by_path.setdefault(about, (reached.node, reached.path, set()))[2].add(capability)
    for by_path in by_node.values():
        for node, path, capabilities in by_path.values():
            if path:
                yield Held(node, path, frozenset(capabilities))


def by_class(found: Iterable[Held]) -> list[Held]:
    """Return the groups that hold something, and of the others those who hold it by another way than by such a group."""
    held = list(found)
    groups = {item.node.number for item in held if item.node.kind is NodeKind.GROUP}
    return [
        item
        for item in held
        if item.node.kind is NodeKind.GROUP or item.path[0].kind not in _JOINING or item.path[0].target.number not in groups
    ]


def classes(graph: AccessGraph, held: Sequence[Held], answers: Answers) -> list[dict[str, Any]]:
    """Return the holders as rows: a group with everybody who is in it, and each of the others by themselves.

    Whoever has more by another way than by a group has a row for that way too.
    """
    rows = []
    for item in held:
        is_group = item.node.kind is NodeKind.GROUP
        rows.append(
            {
                "who": item.node.id,
                "kind": item.node.kind.value,
                "people": _members(graph, item.node, answers) if is_group else [],
                "capabilities": [name for name in CAPABILITIES if name in item.capabilities],
                "certainty": item.certainty.value,
                "condition": _conditions(item.path),
                "assumed": sorted({word for edge in item.path for word in edge.assumed}),
                "path": answers.path(item.path),
            }
        )
    order = {kind: number for number, kind in enumerate(("group", "user", "bot", "role"))}
    return sorted(
        rows, key=lambda row: (LEVEL[Certainty(row["certainty"])], order.get(row["kind"], 9), row["who"], str(row["path"]))
    )


def _members(graph: AccessGraph, group: Node, answers: Answers) -> list[dict[str, Any]]:
    """Return who is in a group, with the place that says so. A group in a group has a row of its own."""
    found = []
    for edge in _joining(graph, group):
        file, line = answers.where(edge.place)
        found.append(
            {"id": edge.source.id, "certainty": edge.certainty.value, "condition": edge.condition, "file": file, "line": line}
        )
    return sorted(found, key=lambda row: (row["id"], row["line"] or 0))


def _joining(graph: AccessGraph, group: Node) -> list[Edge]:
    return [edge for edge in graph.in_edges(group, *_JOINING) if edge.source.kind in _JOINED]


def _conditions(path: Iterable[Edge]) -> str | None:
    return " and ".join(dict.fromkeys(edge.condition for edge in path if edge.condition)) or None


def administrators(graph: AccessGraph, answers: Answers) -> list[dict[str, Any]]:
    """Return who administers: telemetry organizations, groups of the identity provider, AWS accounts."""
    from iamlint.lint.escalation import administrators as aws_administrators

    found: list[dict[str, Any]] = []
    for scope in graph.nodes(NodeKind.PROJECT):
        if graph.queries.is_organization(scope):
            for edge in graph.in_edges(scope):
                if ADMINISTER in edge.capabilities:
                    found += _administrator(graph, edge.source, edge, "telemetry organization", scope.id, answers)
    for edge in graph.edges(EdgeKind.MAY_ADMINISTER):
        found += _administrator(graph, edge.source, edge, "identity provider", edge.target.id, answers)
    numbers = aws_administrators(graph)
    for node in graph.nodes():
        if node.number in numbers and node.kind in (NodeKind.ROLE, NodeKind.USER, NodeKind.GROUP):
            account = next((edge.target.id for edge in graph.out_edges(node) if edge.target.kind is NodeKind.ACCOUNT), None)
            found += _administrator(graph, node, None, "AWS", account or node.id, answers)
    return sorted(found, key=lambda row: (row["of"], row["scope"], row["who"]))


def _administrator(
    graph: AccessGraph, node: Node, edge: Edge | None, of: str, scope: str, answers: Answers
) -> Iterator[dict[str, Any]]:
    file, line = answers.where(edge.place if edge is not None else node.place)
    behind = sorted({item.node.id for item in graph.reached_by(node) if item.node.kind in (NodeKind.USER, NodeKind.BOT)})
    yield {
        "of": of,
        "scope": scope,
        "who": node.id,
        "reason": edge.reason if edge is not None else "may do everything in the account",
        "certainty": edge.certainty.value if edge is not None else "certain",
        "reached_by": behind,
        "file": file,
        "line": line,
    }
