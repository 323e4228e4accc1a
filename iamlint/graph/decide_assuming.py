"""Who may assume a role without being an identity of AWS: services and federated identities, by its trust policy alone.

`sts:AssumeRoleWithWebIdentity` and `sts:AssumeRoleWithSAML` need no policy of the caller, who has none (docs/semantics.md, B8),
and a service has none either. What the trust policy lets in is decided where the graph is joined; these are its edges.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.graph.aws_index import Principal
from iamlint.graph.decide import Answer, is_aws_service
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, NodeKind, Reached
from iamlint.graph.perhaps import perhaps_declared
from iamlint.graph.reach import path_certainty
from iamlint.iam.actions import statement_bits
from iamlint.iam.catalogue import catalogue
from iamlint.iam.request import Decision
from iamlint.model.policy import Effect, Policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph

_NO_PRINCIPALS = frozenset({NodeKind.PROJECT, NodeKind.ENVIRONMENT, NodeKind.TEAM, NodeKind.RESOURCE, NodeKind.POLICY})
_ACTIONS = ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")
_BY_FOLDED = {action.casefold(): action for action in _ACTIONS}


def ways_in(graph: AccessGraph, action: str, resource: str | None) -> list[Edge]:
    """Return the edges by which services and federated identities assume a role by an action, nothing for other questions."""
    asked, text = _BY_FOLDED.get(action.casefold()), (resource or "").removeprefix("role:")
    aws = graph.policy_index.aws
    role = aws.principal(text) if asked is not None and text else None
    if asked is not None and (role is None or role.fact is None):
        meant = perhaps_declared(aws, text)
        role = meant if isinstance(meant, Principal) else role
    if asked is None or role is None or role.kind != "role":
        return []
    trust = aws.trusts.get(role.node.id)
    if trust is None:
        return []
    edges = [
        edge for edge in graph.edges(EdgeKind.MAY_ASSUME) if edge.target is role.node and edge.source.id not in aws.principals
    ]
    return [edge for edge in edges if _is_by(edge, asked, trust)]


def _is_by(edge: Edge, action: str, trust: Policy) -> bool:
    """Return whether an edge rests on an allow of this action: the statement at its place, else all that are for such callers."""
    kind = "Service" if is_aws_service(edge.source) else "Federated"
    named: set[str] = set()
    at_place: set[str] = set()
    for statement in trust.statements:
        principals = [one for one in statement.principals or () if one.kind in (kind, "*")]
        if statement.effect is Effect.ALLOW and principals:
            bits = statement_bits(statement)
            found = {name for name in _ACTIONS if (number := catalogue().number_of(name)) is not None and bits >> number & 1}
            named |= found
            if edge.place in (statement.place(), *(statement.place(*one.route) for one in principals)):
                at_place |= found
    return action in (at_place or named)


def assuming(graph: AccessGraph, node: Node, edges: list[Edge]) -> Iterator[Answer]:
    """Yield an answer for each of these edges that a node can take, itself or as what it can become."""
    if not edges:
        return
    arrivals = {reached.node.id: reached.path for reached in graph.reach(node)} | {node.id: ()}
    for edge in edges:
        if edge.source.id in arrivals:
            path = (*arrivals[edge.source.id], edge)
            unknown = path_certainty(path) is Certainty.UNKNOWN
            residual = f"allowed if {edge.condition}" if edge.condition else "part of the way is unknown" if unknown else None
            yield Answer(Decision.ALLOW if residual is None else Decision.UNKNOWN, residual=residual, path=path)


def who_assumes(graph: AccessGraph, edges: list[Edge]) -> Iterator[Reached]:
    """Yield who can take one of these edges, with the path."""
    for edge in edges:
        own = path_certainty((edge,))
        if edge.condition:
            own = Certainty.UNKNOWN
        yield Reached(edge.source, (edge,), own, frozenset())
        for reached in graph.reached_by(edge.source):
            if reached.node.kind in _NO_PRINCIPALS:
                continue
            worse = Certainty.UNKNOWN if own is Certainty.UNKNOWN else path_certainty((*reached.path, edge))
            yield Reached(reached.node, (*reached.path, edge), worse, frozenset())
