"""Access gained over the edges of the graph: memberships, trust, credentials, and the telemetry projects behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from iamlint.change.aws_rows import State
from iamlint.change.rows import Path, Row, scope_of
from iamlint.graph.builder import LEVEL
from iamlint.graph.elements import ID_PREFIX, Certainty, EdgeKind, Node, NodeKind, Reached
from iamlint.graph.queries import IDENTITIES
from iamlint.graph.reach import path_certainty
from iamlint.graph.walked import is_walked

_STEPS = (
    EdgeKind.MEMBER_OF, EdgeKind.ASSIGNED_TO, EdgeKind.MAY_ASSUME, EdgeKind.HOLDS, EdgeKind.MAY_READ_SECRET, EdgeKind.MAY_BECOME,
    EdgeKind.ACTS_FOR,
)  # fmt: skip
"""Edges that are access by themselves."""

_HUB = re.compile(r"^(provider:[^/]+/[^/]+)/[0-9a-f]{8}$")
_MEMO = 4096
_ACTING = IDENTITIES | {NodeKind.PROVIDER, NodeKind.ACCOUNT}

Capability = tuple[str, str]
"""The name of a telemetry scope and what may be done in it."""


class Reaches:
    """What the nodes of one side reach, computed for those that a change may concern."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._by_name: dict[str, dict[str, Reached]] = {}
        self._capabilities: dict[str, dict[Capability, Path]] = {}

    def of(self, name: str) -> Mapping[str, Reached]:
        """Return what a node reaches, by name."""
        if name not in self._by_name:
            node = self.state.by_name.get(name)
            reached = [] if node is None else self.state.graph.reach(node)
            if len(self._by_name) >= _MEMO:
                self._by_name.clear()  # of a hundred thousand people the paths would take most of the memory
            self._by_name[name] = {named(self.state, item.node): item for item in reached}
        return self._by_name[name]

    def surely(self, name: str, target: str) -> bool:
        """Return whether a node reaches another one, or is it, by a way of which no part is unknown."""
        if name == target:
            return name in self.state.by_name
        found = self.of(name).get(target)
        return found is not None and found.certainty is not Certainty.UNKNOWN

    def capabilities(self, name: str) -> Mapping[Capability, Path]:
        """Return what a node may do in telemetry, each with the surest, then shortest path that gives it."""
        if name not in self._capabilities:
            self._capabilities[name] = self._find_capabilities(name)
        return self._capabilities[name]

    def _find_capabilities(self, name: str) -> dict[Capability, Path]:
        node = self.state.by_name.get(name)
        found: dict[Capability, Path] = {}
        if node is None:
            return found
        graph = self.state.graph
        before: dict[int, Path] = {node.number: (), **{item.node.number: item.path for item in self.of(name).values()}}
        scopes = [item.node for item in self.of(name).values() if item.node.kind is NodeKind.PROJECT]
        for scope in scopes:
            for edge in graph.in_edges(scope):
                if edge.source.number not in before:
                    continue
                path = (*before[edge.source.number], edge)
                for capability in edge.capabilities:
                    _keep(found, (self.state.name(scope.id), capability), path)
        for scope in scopes:  # what holds for an organization holds for its projects
            for edge in graph.out_edges(scope):
                if edge.target.kind is NodeKind.PROJECT:
                    for (target, capability), path in list(found.items()):
                        if target == self.state.name(scope.id):
                            _keep(found, (self.state.name(edge.target.id), capability), (*path, edge))
        return found


def _keep(found: dict[Capability, Path], about: Capability, path: Path) -> None:
    known = found.get(about)
    if known is None or _rank(path) < _rank(known):
        found[about] = path


def _rank(path: Path) -> tuple[int, int, tuple[str, ...]]:
    return (LEVEL[path_certainty(path)], len(path), tuple(edge.target.id for edge in path))


def changed_nodes(left: State, right: State) -> list[str]:
    """Return the names of the identities from which some path leads over an edge that only one side has, sorted."""
    here, there = _Access(left), _Access(right)
    found: set[str] = set()
    for state, own, other in ((left, here, there), (right, there, here)):
        starts = sorted(own.beyond(other))
        if starts:
            nodes = state.graph.nodes()
            before = [nodes[number] for number in state.graph.walks.ancestors(starts)]
            found |= {named(state, node) for node in before if node.kind in _ACTING}
    return sorted(found)


class _Access:
    """The edges of one side that are access, by what they say; plain memberships by member, since most are such."""

    def __init__(self, state: State) -> None:
        self.groups: dict[str, tuple[int, frozenset[str]]] = {}
        names: dict[tuple[Node, ...], frozenset[str]] = {}  # people come in classes
        for node in state.graph.nodes():
            groups = state.graph.groups_of(node)
            if groups:
                found = names.get(groups)
                if found is None:
                    found = names[groups] = frozenset(named(state, group) for group in groups)
                self.groups.setdefault(named(state, node), (node.number, found))
        self.edges: dict[tuple[object, ...], int] = {}
        for edge in state.graph.single_edges():
            is_unknown = edge.certainty is Certainty.UNKNOWN
            if edge.kind is EdgeKind.MEMBER_OF and not is_unknown:
                continue
            if edge.kind is EdgeKind.ACTS_FOR or (edge.kind is not EdgeKind.IN_ENVIRONMENT and is_walked(edge)):
                where = (named(state, edge.source), named(state, edge.target), edge.kind, edge.capabilities, is_unknown)
                self.edges.setdefault(where, edge.source.number)

    def beyond(self, other: _Access) -> set[int]:
        """Return the numbers of the nodes that have an edge here which is not on the other side."""
        nobody: tuple[int, frozenset[str]] = (0, frozenset())
        found = {number for where, number in self.edges.items() if where not in other.edges}
        return found | {
            number for name, (number, groups) in self.groups.items() if not groups <= other.groups.get(name, nobody)[1]
        }


def graph_rows(more: Reaches, less: Reaches, names: Iterable[str], is_loss: bool) -> Iterator[tuple[bool, Row]]:
    """Yield what nodes reach on the first side and not on the second; False before what is not known.

    What was unknown and is certain now is gained. What was certain and is unknown now is not known to be lost.
    """
    listed = list(names)
    yield from _step_rows(more, less, listed, is_loss)
    acting = tuple(ID_PREFIX[kind] for kind in IDENTITIES)
    yield from _telemetry_rows(more, less, [name for name in listed if name.startswith(acting)], is_loss)


def _step_rows(more: Reaches, less: Reaches, names: list[str], is_loss: bool) -> Iterator[tuple[bool, Row]]:
    state = more.state
    direct: set[tuple[str, str]] = set()
    new_groups: set[str] = set()
    for name in names:
        node = state.by_name.get(name)
        for edge in state.graph.out_edges(node, *_STEPS) if node is not None else ():
            target = named(state, edge.target)
            is_unknown = edge.certainty is Certainty.UNKNOWN
            may = _may_have(less, name, target, edge.kind)
            if less.surely(name, target) or (may and (is_unknown or edge.kind is EdgeKind.ACTS_FOR)):
                continue
            direct.add((name, target))
            if edge.kind is EdgeKind.MEMBER_OF:
                new_groups.add(name)
            yield not (is_unknown or (may and is_loss)), _row(name, target, (edge,))
    for name in sorted(new_groups):
        more.capabilities(name)  # will be asked for, and is found by what is looked through here
        for target, reached in sorted(more.of(name).items()):
            path = reached.path
            if reached.node.kind is not NodeKind.ROLE or len(path) < 2 or less.surely(name, target):
                continue
            group = named(state, path[-1].source)
            if any(edge.kind is not EdgeKind.MEMBER_OF for edge in path[:-1]) or (group, target) in direct:
                continue
            yield reached.certainty is not Certainty.UNKNOWN, _row(name, target, path)


def _may_have(side: Reaches, source: str, target: str, kind: EdgeKind) -> bool:
    """Return whether a side has such an edge, unknown or not."""
    node = side.state.by_name.get(source)
    edges = () if node is None else side.state.graph.out_edges(node, kind)
    return any(named(side.state, edge.target) == target for edge in edges)


def _row(name: str, target: str, path: Path) -> Row:
    last = path[-1]
    action = last.detail if last.detail.startswith("sts:") else last.kind.value
    return Row(name, action, target, scope_of(last.target), condition_of(path), path)


def _telemetry_rows(more: Reaches, less: Reaches, names: list[str], is_loss: bool) -> Iterator[tuple[bool, Row]]:
    gained: dict[str, dict[Capability, Path]] = {}
    for name in names:
        had = less.capabilities(name)
        gained[name] = {
            about: path
            for about, path in more.capabilities(name).items()
            if about not in had or (_is_unknown(had[about]) and not _is_unknown(path))
        }
    for name in names:
        had = less.capabilities(name)
        for (scope, capability), path in sorted(gained[name].items()):
            wide = _wider_scope(more.state, path)
            if wide is not None and ((wide, capability) in gained[name] or (wide, capability) in had):
                continue
            if _is_explained(more, less, gained, name, (scope, capability), path):
                continue
            row = Row(name, capability, scope, scope_of(path[-1].target), condition_of(path), path)
            yield not (_is_unknown(path) or (is_loss and (scope, capability) in had)), row


def _is_explained(
    more: Reaches, less: Reaches, gained: Mapping[str, Mapping[Capability, Path]], name: str, about: Capability, path: Path
) -> bool:
    """Return whether something on the way gained it, and was reached before: what it gained says it all."""
    for edge in path[1:]:
        between = named(more.state, edge.source)
        if edge.source.kind in IDENTITIES and between != name and about in gained.get(between, ()) and less.surely(name, between):
            return True
    return False


def _wider_scope(state: State, path: Path) -> str | None:
    """Return the organization by which a path leads to a project."""
    source = path[-1].source
    return state.name(source.id) if source.kind is NodeKind.PROJECT else None


def condition_of(path: Path) -> str | None:
    """Return what must hold along a path, in words."""
    return " and ".join(dict.fromkeys(edge.condition for edge in path if edge.condition)) or None


def _is_unknown(path: Path) -> bool:
    return path_certainty(path) is Certainty.UNKNOWN


def named(state: State, node: Node) -> str:
    """Return the name of a node on both sides; a node that stands for several ones is named without its members."""
    name = state.name(node.id)
    if node.kind is NodeKind.PROVIDER:
        return _HUB.sub(r"\1", name)
    return name
