"""Whether a principal may do something, itself or as anything that it can become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamlint.graph.builder import LEVEL
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, NodeKind, Reached, is_uncapped
from iamlint.graph.reach import path_certainty
from iamlint.graph.walked import GRANTING
from iamlint.iam.request import Decision
from iamlint.model.policy import Layer, Statement
from iamlint.model.telemetry import CAPABILITIES
from iamlint.source.globs import glob_matches, is_glob
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from iamlint.graph.access_graph import AccessGraph

Principal: TypeAlias = "Node | str"
TELEMETRY = "telemetry:"
PROJECT = "project:"


class Answer(NamedTuple):
    """A decision with its reasons. `path` leads to the scope, or to the identity that may; `assumed` names what was not seen."""

    decision: Decision
    determining: tuple[Statement, ...] = ()
    blocked_by: tuple[Layer, ...] = ()
    residual: str | None = None
    path: tuple[Edge, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def may_allow(self) -> bool:
        """Return whether it is allowed, or may be: unknown without a condition means that only the kind of deny is open (B1)."""
        return self.decision is Decision.ALLOW or (self.decision is Decision.UNKNOWN and self.residual is not None)


def can(
    graph: AccessGraph, principal: Principal, action: str, resource: str | None, context: Mapping[str, Any], *, some: bool
) -> Answer:
    """Decide one question; see `AccessGraph.can`. Raises `UnknownNode` or `AmbiguousNode` for the principal."""
    node = principal if isinstance(principal, Node) else graph.find(principal)
    if is_telemetry(action, resource):
        return _telemetry(graph, node, action, resource or PROJECT + "*", some)
    from iamlint.graph.decide_aws import can_aws

    return can_aws(graph, node, action, resource, context, some=some)


def who_can(graph: AccessGraph, action: str, resource: str | None, context: Mapping[str, Any], *, some: bool) -> list[Reached]:
    """Return who may or might do something; see `AccessGraph.who_can`."""
    if is_telemetry(action, resource):
        found = _who_telemetry(graph, action, resource or PROJECT + "*", some)
    else:
        from iamlint.graph.decide_aws import who_can_aws

        found = who_can_aws(graph, action, resource, context, some=some)
    return [reached for reached in found if not is_uncapped(reached.node)]


def is_telemetry(action: str, resource: str | None) -> bool:
    """Return whether the question is about a telemetry scope and not about AWS."""
    return action.casefold().startswith(TELEMETRY) or (resource or "").startswith(PROJECT)


def capabilities_of(action: str) -> frozenset[str]:
    """Return the telemetry capabilities that an action pattern names."""
    return frozenset(capability for capability in CAPABILITIES if glob_matches(action.casefold(), capability))


class _Target(NamedTuple):
    """One scope that the resource pattern names; `project` None stands for projects that no file names."""

    name: str
    project: Node | None
    organizations: tuple[Node, ...]


def _targets(graph: AccessGraph, resource: str) -> tuple[list[_Target], bool]:
    """Return the scopes that a resource names, and whether it may also mean projects that no file names."""
    text = resource if resource.startswith(PROJECT) else PROJECT + resource
    organizations = tuple(node for node in graph.nodes(NodeKind.PROJECT) if _is_organization(node))
    matching = [node for node in graph.nodes(NodeKind.PROJECT) if not _is_organization(node) and _names(text, node)]
    found = [_Target(node.id, node, _owners(graph, node)) for node in matching]
    open_ended = is_glob(text)
    if not found or open_ended:
        vendor = text.removeprefix(PROJECT).partition("/")[0]
        fitting = tuple(node for node in organizations if glob_matches(vendor, node.id.removeprefix(PROJECT).partition("/")[0]))
        found.append(_Target(text, None, fitting))
    return found, open_ended


def _names(text: str, node: Node) -> bool:
    if glob_matches(text, node.id):
        return True
    return "/" not in text and glob_matches(text.removeprefix(PROJECT), node.name)


def _owners(graph: AccessGraph, project: Node) -> tuple[Node, ...]:
    return tuple(edge.source for edge in graph.in_edges(project, EdgeKind.GRANTS) if edge.source.kind is NodeKind.PROJECT)


def _is_organization(node: Node) -> bool:
    return node.id.endswith("/*")


def _telemetry(graph: AccessGraph, node: Node, action: str, resource: str, some: bool) -> Answer:
    """Decide each capability on each scope that is named, and put the answers together."""
    wanted = sorted(capabilities_of(action))
    if not wanted:
        return Answer(Decision.IMPLICIT_DENY, residual=f"no telemetry capability is called `{action}`")
    targets, _ = _targets(graph, resource)
    paths = _Paths(graph, node)
    return combine([paths.answer(capability, target) for target in targets for capability in wanted], some)


def combine(answers: Iterable[Answer], some: bool) -> Answer:
    """Return one answer for several: for all of them, or for any one of them."""
    listed = list(answers)
    rank = _SOME if some else _ALL
    best = min(listed, key=lambda answer: _ranked(answer, rank), default=Answer(Decision.IMPLICIT_DENY))
    assumed = tuple(dict.fromkeys(word for answer in listed for word in answer.assumed)) if not some else best.assumed
    return best._replace(assumed=assumed)


def _ranked(answer: Answer, rank: Mapping[Decision, float]) -> float:
    """Return the rank of a decision; one that is never allowed ranks with the denies."""
    is_deny = answer.decision is Decision.UNKNOWN and not answer.may_allow
    return rank[Decision.EXPLICIT_DENY] + 0.5 if is_deny else rank[answer.decision]


_SOME = {Decision.ALLOW: 0, Decision.UNKNOWN: 1, Decision.EXPLICIT_DENY: 2, Decision.IMPLICIT_DENY: 3}
_ALL = {Decision.EXPLICIT_DENY: 0, Decision.IMPLICIT_DENY: 1, Decision.UNKNOWN: 2, Decision.ALLOW: 3}


class _Paths:
    """Paths from one node to telemetry scopes, by what the last step grants."""

    def __init__(self, graph: AccessGraph, node: Node) -> None:
        self._graph = graph
        self._node = node
        self._granting = _granting_paths(graph, node)
        self._scopes = _itself(node)

    def answer(self, capability: str, target: _Target) -> Answer:
        """Decide one capability on one scope."""
        if self._node in self._scopes and (self._node is target.project or self._node in target.organizations):
            return Answer(Decision.ALLOW)
        best: tuple[Edge, ...] | None = None
        for path in self._granting:
            last = path[-1]
            if capability not in last.capabilities:
                continue
            full = _extended(self._graph, path, target)
            if full is not None and (best is None or _order(full) < _order(best)):
                best = full
        if best is None:
            return Answer(Decision.IMPLICIT_DENY)
        assumed = tuple(dict.fromkeys(word for edge in best for word in edge.assumed))
        if path_certainty(best) is Certainty.UNKNOWN:
            reasons = [edge.condition or edge.reason for edge in best if edge.certainty is Certainty.UNKNOWN]
            return Answer(Decision.UNKNOWN, residual="allowed if " + " and ".join(reasons), path=best, assumed=assumed)
        conditions = [edge.condition for edge in best if edge.condition]
        return Answer(
            Decision.ALLOW, residual="when " + " and ".join(conditions) if conditions else None, path=best, assumed=assumed
        )


def _itself(node: Node) -> tuple[Node, ...]:
    return (node,) if node.kind is NodeKind.PROJECT else ()


def _granting_paths(graph: AccessGraph, node: Node) -> list[tuple[Edge, ...]]:
    """Return the best path to every edge by which the node gets something in a telemetry scope."""
    paths: list[tuple[Edge, ...]] = []
    arrivals = [Reached(node, (), Certainty.CERTAIN, frozenset()), *graph.reach(node)]
    for reached in arrivals:
        if reached.node.kind is NodeKind.PROJECT:
            continue
        for edge in graph.out_edges(reached.node):
            if edge.kind in GRANTING and edge.capabilities:
                paths.append((*reached.path, edge))
    return paths


def _extended(graph: AccessGraph, path: tuple[Edge, ...], target: _Target) -> tuple[Edge, ...] | None:
    """Return the path up to the scope, over the organization where it ends there; None when it leads elsewhere."""
    scope = path[-1].target
    if scope is target.project:
        return path
    if scope in target.organizations:
        if target.project is None:
            return path
        onward = next(edge for edge in graph.out_edges(scope, EdgeKind.GRANTS) if edge.target is target.project)
        return (*path, onward)
    if "⟨" in scope.id and not _is_organization(scope) and may_be(scope, target.name):
        # The name of that project is not known: it may be this one.
        last = path[-1]._replace(
            certainty=Certainty.UNKNOWN, condition=f"`{scope.name}` is `{target.name.removeprefix(PROJECT)}`"
        )
        return (*path[:-1], last)
    return None


def may_be(scope: Node, name: str) -> bool:
    """Return whether a project whose name is partly unknown may be meant by a name or pattern."""
    parts: list[str] = []
    rest = scope.id
    while "⟨" in rest:
        known, _, tail = rest.partition("⟨")
        parts.append(known)
        rest = tail.partition("⟩")[2]
    pattern = "*".join([*parts, rest])
    return True if is_glob(name) else glob_matches(pattern, name)


def _order(path: tuple[Edge, ...]) -> tuple[int, int]:
    return LEVEL[path_certainty(path)], len(path)


def _who_telemetry(graph: AccessGraph, action: str, resource: str, some: bool) -> list[Reached]:
    """Return who has each capability on each scope that is named, or any of them."""
    wanted = sorted(capabilities_of(action))
    targets, _ = _targets(graph, resource)
    answers = [_who(graph, capability, target) for target in targets for capability in wanted]
    if not answers:
        return []
    best = answers[0]
    for answer in answers[1:]:
        if some:
            for number, reached in answer.items():
                known = best.get(number)
                if known is None or _order(reached.path) < _order(known.path):
                    best[number] = reached
        else:
            both = best.keys() & answer.keys()
            best = {number: max(best[number], answer[number], key=lambda reached: LEVEL[reached.certainty]) for number in both}
    capabilities = frozenset(wanted)
    return [best[number]._replace(capabilities=capabilities) for number in sorted(best)]


def _who(graph: AccessGraph, capability: str, target: _Target) -> dict[int, Reached]:
    """Return who has one capability on one scope, by number: one walk back from everything that gives it."""
    giving: list[tuple[Edge, ...]] = []
    scopes = [*target.organizations, *((target.project,) if target.project is not None else ())]
    scopes += [node for node in graph.nodes(NodeKind.PROJECT) if "⟨" in node.id and node not in scopes]
    for scope in scopes:
        for edge in graph.in_edges(scope):
            if edge.kind in GRANTING and capability in edge.capabilities:
                full = _extended(graph, (edge,), target)
                if full is not None:
                    giving.append(full)
    found: dict[int, Reached] = {}
    for limit, certainty in enumerate(_CERTAINTIES):
        seeds: dict[int, tuple[Edge, ...]] = {}
        for path in sorted(giving, key=_order):
            if LEVEL[path_certainty(path)] <= limit:
                seeds.setdefault(path[0].source.number, path)
        for node, path in graph.walks.toward(sorted(seeds), limit, found):
            if node.kind in _NO_PRINCIPALS or is_aws_service(node):
                continue
            last = path[-1].target if path else node
            found[node.number] = Reached(node, (*path, *seeds[last.number]), certainty, frozenset())
    return found


_CERTAINTIES = (Certainty.CERTAIN, Certainty.ASSUMED, Certainty.UNKNOWN)


def is_aws_service(node: Node) -> bool:
    """Return whether the node is a service that runs as a role: somebody else decides what it does there."""
    return node.kind is NodeKind.PROVIDER and node.name.endswith((".amazonaws.com", ".amazonaws.com.cn"))


_NO_PRINCIPALS = frozenset({NodeKind.PROJECT, NodeKind.ENVIRONMENT, NodeKind.TEAM, NodeKind.RESOURCE, NodeKind.POLICY})
