"""Ways up: who makes itself an administrator, gets into another account, or comes by a telemetry credential."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.builder import LEVEL
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, NodeKind, is_uncapped
from iamlint.graph.escalation_ask import Asker
from iamlint.graph.escalation_base import has_everything, is_administrator
from iamlint.graph.walked import is_walked
from iamlint.lint.paths import path_because
from iamlint.model.telemetry import TelemetryCredential
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

_SURE = LEVEL[Certainty.ASSUMED]
_MOST_SHOWN = 8
Found: TypeAlias = "tuple[Node, Node, list[tuple[Edge, ...]]]"
"""Who, what it gains, and the paths to it."""


class Ascent(NamedTuple):
    """What identities gain by escalation, all of them by the same statements.

    `steps` are the first steps, one a method, the surest and shortest first; `path` leads by the first of them to `targets[0]`.
    """

    who: tuple[Node, ...]
    targets: tuple[Node, ...]
    steps: tuple[Edge, ...]
    path: tuple[Edge, ...]
    at: Place

    @property
    def methods(self) -> tuple[str, ...]:
        """Return the ids of the methods."""
        return tuple(dict.fromkeys(step.method for step in self.steps if step.method))

    def names(self) -> str:
        """Return whom it is about: "`role:a`", "`role:a` and 3 more"."""
        more = f" and {len(self.who) - 1} more" if len(self.who) > 1 else ""
        return f"`{self.who[0].id}`{more}"

    def by(self) -> str:
        """Return the methods in words: "`iam-005`", "`iam-005`, `iam-009` and 4 more"."""
        shown = ", ".join(f"`{method}`" for method in self.methods[:_MOST_SHOWN])
        return shown + (f" and {len(self.methods) - _MOST_SHOWN} more" if len(self.methods) > _MOST_SHOWN else "")

    def because(self) -> list[tuple[Place, str]]:
        """Return the argument: the first way whole, then the first step of each further one, then who else."""
        steps = path_because(self.path)
        for step in self.steps[1:_MOST_SHOWN]:
            words = f"or, by `{step.method}`: it {step.reason}"
            if step.condition:
                words += f", if {step.condition}"
            if step.assumed:
                words += f" (assumed open: {', '.join(step.assumed)})"
            steps.append((step.place or self.at, words))
        for node in self.who[1:_MOST_SHOWN]:
            steps.append((node.place or self.at, f"`{node.id}` may do the same"))
        return steps


def administrator_ascents(graph: AccessGraph) -> list[Ascent]:
    """Return who makes itself an administrator of which account, and how."""
    found: list[Found] = []
    climbing = _climbing(graph)
    if not climbing:
        return []
    account_of = _accounts(graph)
    tops = _tops(graph)
    ways = {node.number: path for node, path in graph.walks.toward([top.number for top in tops], _SURE)}
    for node, edges in climbing.items():
        by_account: dict[str, list[tuple[Edge, ...]]] = {}
        for edge in edges:
            tail = ways.get(edge.target.number)
            if tail is not None and all(step.source is not node and step.target is not node for step in tail):
                top = tail[-1].target if tail else edge.target
                by_account.setdefault(key(account_of.get(top.id, top.name)), []).append((edge, *tail))
        for paths in by_account.values():
            paths.sort(key=lambda path: (max(LEVEL[step.certainty] for step in path), len(path)))
            found.append((node, paths[0][-1].target, paths))
    return _gathered(found)


def credential_ascents(graph: AccessGraph) -> list[Ascent]:
    """Return who comes by telemetry credentials only through escalation."""
    tokens = [
        node for node in graph.nodes(NodeKind.CREDENTIAL) if any(isinstance(fact, TelemetryCredential) for fact in node.facts)
    ]  # fmt: skip
    climbing = _climbing(graph)
    if not tokens or not climbing:
        return []
    closure = graph.closure(tokens, Certainty.ASSUMED)
    found: list[Found] = []
    for node, edges in climbing.items():
        gained = [edge for edge in edges if closure.bits(edge.target) or edge.target in tokens]
        if not gained:
            continue
        own = _without_escalation(graph, node)
        for token in dict.fromkeys(token for edge in gained for token in (edge.target, *closure.reached(edge.target))):
            if token.number in own or token not in tokens:
                continue
            paths = [(edge, *tail) for edge in gained if (tail := graph.shortest_path(edge.target, token)) is not None]
            paths = [path for path in paths if all(LEVEL[step.certainty] <= _SURE for step in path)]
            if paths:
                paths.sort(key=lambda path: (max(LEVEL[step.certainty] for step in path), len(path)))
                found.append((node, token, paths[:1]))
    return _gathered(found)


def account_ascents(graph: AccessGraph) -> list[Ascent]:
    """Return who gets into another account only through escalation."""
    climbing = _climbing(graph)
    account_of = _accounts(graph)
    crossings: dict[int, list[Edge]] = {}
    for edge in graph.edges(EdgeKind.MAY_ASSUME) if climbing else ():
        left, right = account_of.get(edge.source.id), account_of.get(edge.target.id)
        if isinstance(left, str) and isinstance(right, str) and left != right and LEVEL[edge.certainty] <= _SURE:
            crossings.setdefault(edge.source.number, []).append(edge)
    if not crossings:
        return []
    ways = {node.number: path for node, path in graph.walks.toward(list(crossings), _SURE)}
    found: list[Found] = []
    for node, edges in climbing.items():
        home = account_of.get(node.id)
        own: set[int] | None = None
        for edge in edges:
            tail = ways.get(edge.target.number)
            if tail is None or any(step.source is node for step in tail):
                continue
            end = tail[-1].target if tail else edge.target
            for crossing in crossings[end.number]:
                if account_of.get(crossing.target.id) == home or end is node:
                    continue
                own = _without_escalation(graph, node) if own is None else own
                if crossing.target.number not in own:
                    found.append((node, crossing.target, [(edge, *tail, crossing)]))
    nearest: dict[tuple[str, str], Found] = {}
    for entry in sorted(found, key=lambda entry: len(entry[2][0])):
        nearest.setdefault((entry[0].id, key(account_of[entry[1].id])), entry)
    return _gathered(nearest.values())


def provider_ascents(graph: AccessGraph) -> list[Ascent]:
    """Return who may replace an identity provider that roles trust."""
    found: list[Found] = [
        (edge.source, edge.target, [(edge,)])
        for edge in graph.edges(EdgeKind.MAY_BECOME) if edge.method == "idp-saml" and LEVEL[edge.certainty] <= _SURE
    ]  # fmt: skip
    return _gathered(found)


def _climbing(graph: AccessGraph) -> dict[Node, list[Edge]]:
    """Return the steps up of each identity, as far as they are sure."""
    found: dict[Node, list[Edge]] = {}
    for edge in graph.edges(EdgeKind.MAY_BECOME):
        if edge.method and LEVEL[edge.certainty] <= _SURE and not is_administrator(edge.source) and not is_uncapped(edge.source):
            found.setdefault(edge.source, []).append(edge)
    return found


def _accounts(graph: AccessGraph) -> dict[str, Value]:
    return {node_id: principal.account for node_id, principal in graph.policy_index.aws.principals.items()}


def administrators(graph: AccessGraph) -> set[int]:
    """Return the numbers of the identities that are administrators already."""
    aws = graph.policy_index.aws
    return {
        principal.node.number
        for node_id, attached in aws.attached.items()
        if (principal := aws.principals[node_id]).kind != "group"
        and has_everything(principal, attached, Asker(principal, attached))
    }


def _tops(graph: AccessGraph) -> list[Node]:
    whole = administrators(graph)
    return [node for node in graph.nodes() if node.number in whole or is_administrator(node)]


def _without_escalation(graph: AccessGraph, node: Node) -> set[int]:
    """Return what a node reaches without raising its rights."""
    met = {node.number}
    queue = [node]
    for reached in queue:
        for edge in graph.out_edges(reached):
            if edge.kind is not EdgeKind.MAY_BECOME and is_walked(edge) and edge.target.number not in met:
                met.add(edge.target.number)
                queue.append(edge.target)
    return met


def _gathered(found: Iterable[Found]) -> list[Ascent]:
    """Return one ascent for those that gain the same by the same methods at the same place, and one for several targets."""
    by_node: dict[tuple[str, Place], tuple[Node, list[Node], list[tuple[Edge, ...]]]] = {}
    for node, target, paths in found:
        at = paths[0][0].place or node.place or Place("")
        entry = by_node.setdefault((node.id, at), (node, [], []))
        entry[1].append(target)
        entry[2].extend(paths)
    together: dict[object, list[tuple[Node, list[Node], list[tuple[Edge, ...]]]]] = {}
    for (_, at), entry in by_node.items():
        methods = tuple(dict.fromkeys(path[0].method for path in entry[2]))
        together.setdefault((at, methods, tuple(target.id for target in entry[1])), []).append(entry)
    return [_ascent(entries) for entries in together.values()]


def _ascent(entries: list[tuple[Node, list[Node], list[tuple[Edge, ...]]]]) -> Ascent:
    entries.sort(key=lambda entry: entry[0].id)
    node, targets, paths = entries[0]
    steps = {step.method: step for step in reversed([path[0] for path in paths])}
    ordered = tuple(dict.fromkeys(steps[path[0].method] for path in paths))
    at = paths[0][0].place or node.place or Place("")
    return Ascent(tuple(entry[0] for entry in entries), tuple(dict.fromkeys(targets)), ordered, paths[0], at)


__all__ = [
    "Ascent", "account_ascents", "administrator_ascents", "administrators", "credential_ascents", "provider_ascents",
]  # fmt: skip
