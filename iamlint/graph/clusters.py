"""Service accounts of Kubernetes: one name in two clusters is two identities, each with the tokens of its own issuer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, Reached
from iamlint.graph.trust_answers import WEB_IDENTITY
from iamlint.model.aws import AwsRole
from iamlint.model.policy import Effect
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph

_BEGINNING = "bot:k8s/"


def spanned(graph: AccessGraph, node: Node, nearest: dict[str, Reached], is_wanted: Callable[[Node], bool]) -> dict[str, Reached]:
    """Return the nearest thing of each environment that one identity reaches; `nearest` where one cluster is all there is.

    Empty when each of the clusters leads to one environment only.
    """
    steps = _steps(graph, node)
    for cluster in _clusters(steps):
        found: dict[str, Reached] = {}
        for reached in _reached(graph, [edge for edge, issuers in steps.items() if not issuers or cluster in issuers], is_wanted):
            label = reached.node.environment
            if label is not None:
                found.setdefault(label.value, reached)
        if len(found) > 1:
            return found
        nearest = {}
    return nearest


def is_elsewhere(graph: AccessGraph, path: tuple[Edge, ...], is_wanted: Callable[[Node], bool]) -> bool:
    """Return whether a path begins in another cluster than the one that leads its source to its own environment."""
    steps = _steps(graph, path[0].source)
    clusters, first, own = _clusters(steps), steps.get(path[0]) or frozenset(), path[0].source.environment
    if not first or own is None or len(clusters) < 2:
        return False
    at_home = {
        cluster
        for cluster in clusters
        for reached in _reached(graph, [edge for edge, issuers in steps.items() if cluster in issuers], is_wanted)
        if reached.node.environment is not None and reached.node.environment.value == own.value
    }
    return bool(at_home) and at_home.isdisjoint(first)


def _steps(graph: AccessGraph, node: Node) -> dict[Edge, frozenset[str]]:
    """Return the edges of a service account with the issuers that their roles trust, none where any cluster's token may do."""
    if not node.id.startswith(_BEGINNING):
        return {}
    edges = [edge for edge in graph.out_edges(node) if edge.certainty is not Certainty.UNKNOWN]
    return {edge: _issuers(edge) for edge in edges}


def _clusters(steps: Mapping[Edge, frozenset[str]]) -> list[str]:
    """Return the issuers when there are several, none otherwise."""
    found = sorted(frozenset[str]().union(*steps.values()))
    return found if len(found) > 1 else []


def _issuers(edge: Edge) -> frozenset[str]:
    if edge.kind is not EdgeKind.MAY_ASSUME or edge.detail != WEB_IDENTITY:
        return frozenset()
    return frozenset(
        key(principal.value).partition(":oidc-provider/")[2].rstrip("/")
        for role in edge.target.facts
        if isinstance(role, AwsRole) and role.trust is not None
        for statement in role.trust.statements
        if statement.effect is Effect.ALLOW
        for principal in statement.principals or ()
        if ":oidc-provider/" in key(principal.value)
    )


def _reached(graph: AccessGraph, edges: list[Edge], is_wanted: Callable[[Node], bool]) -> list[Reached]:
    """Return what some edges lead to, the nearest first."""
    found = [Reached(edge.target, (edge,), edge.certainty, frozenset()) for edge in edges if is_wanted(edge.target)]
    for edge in edges:
        for further in graph.reach_some(edge.target, is_wanted, Certainty.ASSUMED):
            found.append(Reached(further.node, (edge, *further.path), further.certainty, further.capabilities))
    return sorted(found, key=lambda reached: len(reached.path))
