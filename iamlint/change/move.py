"""A move from one telemetry vendor to another: who sees with the new one what they saw with the old one, and who does not.

Scopes of the two vendors correspond where the new one says what it replaces, else where they have the same name. The
organization corresponds to the organization.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlint.change.aws_rows import State
from iamlint.change.canonical import Canon
from iamlint.change.diff import together
from iamlint.change.graph_rows import Reaches, condition_of, named
from iamlint.change.names import same_nodes
from iamlint.change.rows import AccessDiff, Path, Row, scope_of
from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import Certainty, Node, NodeKind
from iamlint.graph.reach import path_certainty
from iamlint.model.identity import NOT_FEDERATING
from iamlint.model.telemetry import TelemetryProject
from iamlint.source.record import NamedTuple
from iamlint.source.value import key

_SEEING = (NodeKind.USER, NodeKind.GROUP, NodeKind.BOT, NodeKind.ROLE)

Sight = dict[tuple[str, str], Path]
"""By capability and the id of a scope, the path that gives it."""


class Counterparts(NamedTuple):
    """Which scopes of the new vendor take the place of which of the old one, by node id, both ways."""

    of_old: Mapping[str, tuple[str, ...]]
    of_new: Mapping[str, tuple[str, ...]]


def vendors_of(graph: AccessGraph) -> set[str]:
    """Return the vendors of which the graph has a scope."""
    return {node.id.removeprefix("project:").partition("/")[0] for node in graph.nodes(NodeKind.PROJECT)}


def move_diff(old: AccessGraph, new: AccessGraph, source: str, target: str) -> AccessDiff:
    """Return who gains and who loses sight of what when `target` in the new state takes the place of `source` in the old one."""
    canon = Canon({}, {})
    before = State(old, canon, same_nodes(old, new, canon))
    after = State(new, canon, None)
    pairs = counterparts(old, new, source, target)
    names = sorted(_seeing(before, source) | _seeing(after, target))
    olds, news = Reaches(before), Reaches(after)
    had = {name: _sight(olds, name, source) for name in names}
    has = {name: _sight(news, name, target) for name in names}
    gained: list[tuple[bool, Row]] = []
    lost: list[tuple[bool, Row]] = []
    for name in names:
        gained += _missing(name, has[name], had[name], pairs.of_new, f"it takes the place of no scope of `{source}`", False)
        lost += _missing(name, had[name], has[name], pairs.of_old, f"no scope of `{target}` takes its place", True)
    unknown = sorted((row for sure, row in (*gained, *lost) if not sure), key=lambda row: row.order)
    return AccessDiff(
        tuple(together(_without_members([row for sure, row in gained if sure], after), after)),
        tuple(together(_without_members([row for sure, row in lost if sure], before), before)),
        tuple(unknown),
    )


def counterparts(old: AccessGraph, new: AccessGraph, source: str, target: str) -> Counterparts:
    """Return which scopes correspond."""
    olds, news = _scopes(old, source), _scopes(new, target)
    replaced = {
        node.id: {key(text).removeprefix("project:") for text in declared}
        for node in news
        if (declared := [text for fact in node.facts if isinstance(fact, TelemetryProject) for text, _ in fact.replaces])
    }
    claimed = {text for names in replaced.values() for text in names}
    of_old: dict[str, list[str]] = {}
    of_new: dict[str, list[str]] = {}
    for one in olds:
        texts = {one.id.removeprefix("project:"), f"{source}/{one.name}"}
        for other in news:
            if one.id.endswith("/*") or other.id.endswith("/*"):
                same = one.id.endswith("/*") and other.id.endswith("/*")
            elif other.id in replaced:
                same = bool(texts & replaced[other.id])
            else:
                same = other.name == one.name and not texts & claimed
            if same:
                of_old.setdefault(one.id, []).append(other.id)
                of_new.setdefault(other.id, []).append(one.id)
    return Counterparts({a: tuple(b) for a, b in of_old.items()}, {a: tuple(b) for a, b in of_new.items()})


def _scopes(graph: AccessGraph, vendor: str) -> list[Node]:
    return [node for node in graph.nodes(NodeKind.PROJECT) if node.id.startswith(f"project:{vendor}/")]


def _seeing(state: State, vendor: str) -> set[str]:
    """Return the names of people, groups of the identity provider, bots and roles that reach a scope of a vendor."""
    nodes = state.graph.nodes()
    found = (nodes[number] for number in state.graph.walks.ancestors([node.number for node in _scopes(state.graph, vendor)]))
    return {
        named(state, node)
        for node in found
        if node.kind in _SEEING and not (node.kind is NodeKind.GROUP and _provider(node) in NOT_FEDERATING)
    }


def _provider(node: Node) -> str:
    return node.id.removeprefix("group:").partition("/")[0]


def _sight(reaches: Reaches, name: str, vendor: str) -> Sight:
    start = f"project:{vendor}/"
    found = reaches.capabilities(name)
    return {(capability, scope): path for (scope, capability), path in found.items() if scope.startswith(start)}


def _missing(
    name: str, more: Sight, less: Sight, pairs: Mapping[str, tuple[str, ...]], alone: str, is_old: bool
) -> Iterator[tuple[bool, Row]]:
    """Yield what one side gives and the other does not in the corresponding scopes; False before what is not known."""
    for (capability, scope), path in sorted(more.items()):
        others = pairs.get(scope, ())
        kept = [less.get((capability, other)) for other in others]
        if others and all(one is not None and not _is_unknown(one) for one in kept):
            continue
        if _is_unknown(path) and any(one is not None for one in kept):
            continue  # unknown on both sides
        wide = path[-1].source.id if path and path[-1].source.kind is NodeKind.PROJECT else None
        if wide is not None and (capability, wide) in more and not any(kept) and _is_open(capability, wide, less, pairs):
            continue  # said of the organization
        condition = condition_of(path)
        if not others:
            condition = f"{condition} and {alone}" if condition else alone
        elif any(one is not None and not _is_unknown(one) for one in kept):
            still = [other for other, one in zip(others, kept, strict=True) if one is not None and not _is_unknown(one)]
            part = f"it stays on {', '.join(f'`{other}`' for other in still)}"
            condition = f"{condition} and {part}" if condition else part
        sure = not _is_unknown(path) and not any(one is not None and _is_unknown(one) for one in kept)
        yield sure, Row(name, capability, scope, scope_of(path[-1].target), condition, path, is_old)


def _is_open(capability: str, wide: str, less: Sight, pairs: Mapping[str, tuple[str, ...]]) -> bool:
    """Return whether the other side does not have the organization's capability: then a row of the organization says it."""
    return not any((capability, other) in less for other in pairs.get(wide, ()))


def _is_unknown(path: Path) -> bool:
    return path_certainty(path) is Certainty.UNKNOWN


def _without_members(rows: list[Row], state: State) -> list[Row]:
    """Return the rows without those of members whose group has the same row."""
    said = {row.about for row in rows}
    return [
        row
        for row in rows
        if not any(
            (named(state, edge.source), row.action, row.resource) in said
            for edge in row.path[1:]
            if edge.source.kind is NodeKind.GROUP and named(state, edge.source) != row.principal
        )
    ]
