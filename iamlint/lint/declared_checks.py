"""What rules declared in YAML ask: `require`, `never` and `only`, decided as every other question is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from iamlint.graph.elements import Certainty, EdgeKind, Node, NodeKind
from iamlint.iam.actions import expand, statement_bits
from iamlint.iam.request import Decision
from iamlint.lint.finding import Finding
from iamlint.lint.paths import path_because
from iamlint.model.policy import Effect, Policy, PolicyKind, Statement
from iamlint.source.globs import glob_matches, is_glob
from iamlint.source.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.graph.access_graph import AccessGraph
    from iamlint.iam.request import Request

_KINDS = (PolicyKind.IDENTITY, PolicyKind.RESOURCE)


def require(graph: AccessGraph, asked: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield each statement that, together with the denies beside it, allows one of the actions without the condition.

    Exact where `compare` is (semantics C1); what cannot be decided is no finding.
    """
    from iamlint.iam.compare import at_most

    actions = _listed(asked["actions"])
    wanted = 0
    for action in actions:
        wanted |= expand(action)
    for policy in graph.policies(*_KINDS):
        governed = graph.attached_to(policy)
        spared = _listed(asked.get("except"))
        if spared and governed and all(_is_one_of(graph, node, spared) for node in governed):
            continue
        limit: Policy | None = None
        denies = tuple(statement for statement in policy.statements if statement.effect is Effect.DENY)
        for statement in policy.statements:
            if statement.effect is not Effect.ALLOW or statement.opaque is not None or not statement_bits(statement) & wanted:
                continue
            limit = limit or _limit(policy, actions, _listed(asked.get("resources")), asked["condition"])
            beyond = at_most(_with_statements(policy, (statement, *denies)), limit)
            if beyond.found:
                words = _request_words(beyond.witness)
                message = f"{words} is allowed without the condition that `{'`, `'.join(actions)}` needs"
                yield Finding(message, _place_of(statement, wanted), subject=str(statement.sid or statement.index))


def never(graph: AccessGraph, asked: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield each node of `who` that reaches something of `reaches`, or may do `do` on `on`, with the path."""
    sources = _nodes(graph, _listed(asked["who"]))
    if "do" in asked:
        for node in sources:
            answer = graph.can(node, asked["do"], asked["on"], some=True)
            if answer.decision is Decision.ALLOW:
                place = answer.path[-1].place if answer.path else None
                if place is None and answer.determining:
                    place = answer.determining[0].place()
                message = f"`{node.id}` may do `{asked['do']}` on `{asked['on']}`"
                yield Finding(message, place or node.place or Place(""), path_because(answer.path), subject=node.id)
        return
    targets = {node.id for node in _nodes(graph, _listed(asked["reaches"]))}
    for node in sources:
        for reached in graph.reach(node):
            if reached.node.id in targets and reached.certainty is not Certainty.UNKNOWN:
                place = reached.path[-1].place or node.place or Place("")
                message = f"`{node.id}` reaches `{reached.node.id}`"
                yield Finding(message, place, path_because(reached.path), subject=f"{node.id} {reached.node.id}")


def only(graph: AccessGraph, asked: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield everybody who may and is not listed; one who only may by becoming a listed one, or whose members all are, is."""
    allowed = _listed(asked["who"])
    for item in graph.who_can(asked["do"], asked["on"], some=True):
        if item.certainty is Certainty.UNKNOWN or any(_is_one_of(graph, node, allowed) for node in _along(item.node, item.path)):
            continue
        if item.node.kind is NodeKind.GROUP:
            members = [edge.source for edge in graph.in_edges(item.node, EdgeKind.MEMBER_OF)]
            if members and all(_is_one_of(graph, member, allowed) for member in members):
                continue
        place = item.path[-1].place if item.path else None
        message = f"`{item.node.id}`, which is not listed, may do `{asked['do']}` on `{asked['on']}`"
        yield Finding(message, place or item.node.place or Place(""), path_because(item.path), subject=item.node.id)


def _along(node: Node, path: Iterable[Any]) -> list[Node]:
    return [node, *(edge.target for edge in path if edge.target.kind is not NodeKind.PROJECT)]


def _nodes(graph: AccessGraph, patterns: Sequence[str]) -> list[Node]:
    return [node for node in graph.nodes() if _is_one_of(graph, node, patterns)]


def _is_one_of(graph: AccessGraph, node: Node, patterns: Sequence[str]) -> bool:
    """Return whether a node is meant: by a pattern of ids, by its id, or by a unique ending of it."""
    for pattern in patterns:
        if is_glob(pattern):
            if glob_matches(pattern, node.id) or (pattern.startswith("arn:") and glob_matches(pattern, node.name)):
                return True
        elif pattern in (node.id, node.name) or node.id.endswith(("/" + pattern, ":" + pattern)):
            return True
    return False


def _limit(policy: Policy, actions: Sequence[str], resources: Sequence[str], condition: Mapping[str, Any]) -> Policy:
    """Return a policy of the same kind that allows everything but these actions without the condition."""
    from iamlint.parse.policy import parse_policy
    from iamlint.source.place import Origin

    principal = {"Principal": "*"} if policy.kind is PolicyKind.RESOURCE else {}
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", **principal, "NotAction": list(actions), "Resource": "*"},
        {"Effect": "Allow", **principal, "Action": list(actions), "Resource": "*", "Condition": dict(condition)},
    ]
    if resources:
        statements.append({"Effect": "Allow", **principal, "Action": list(actions), "NotResource": list(resources)})
    document = {"Version": "2012-10-17", "Statement": statements}
    return parse_policy(document, Origin(""), kind=policy.kind, name="what the rule requires", ref="rule", unit="")


def _with_statements(policy: Policy, statements: tuple[Statement, ...]) -> Policy:
    made = Policy(policy.kind, policy.name, policy.document, policy.origin, policy.ref, policy.unit, policy.arn, policy.tags)
    made.version = policy.version
    made.statements = statements
    return made


def _place_of(statement: Statement, wanted: int) -> Place:
    """Return the place of the first action pattern that names one of the actions."""
    for number, action in enumerate(statement.actions):
        if not statement.actions_negated and isinstance(action, str) and expand(action) & wanted:
            return statement.action_place(number)
    return statement.place("NotAction") if statement.actions_negated else statement.place()


def _request_words(witness: Request | None) -> str:
    if witness is None:
        return "a request"
    return f"`{witness.action}` on `{witness.resource}`" if witness.resource is not None else f"`{witness.action}`"


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())
