"""VPC endpoints: whose policy binds a request, and what becomes of an answer that hangs on the way it takes.

A policy of an endpoint binds what comes through it and nothing else. Which way a request takes is in no file; it is known
where `aws:SourceVpce` is: given with the question, or demanded by the statement that grants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from iamlint.graph.favorable import Context
from iamlint.iam.request import PolicySet
from iamlint.model.policy import Policy, PolicyKind, Statement
from iamlint.source.value import Text, Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Endpoints: TypeAlias = "tuple[tuple[str, Policy], ...]"
"""The policies by the ids of their endpoints, as `key` writes these."""

SOURCE = "aws:sourcevpce"
_MARK = ":vpc-endpoint/"
_PLAIN = frozenset(
    f"{how}{operator}"
    for how, operators in (
        (
            "",
            ("stringequals", "stringequalsignorecase", "stringnotequals", "stringnotequalsignorecase", "stringnotequalsifexists"),
        ),
        ("foranyvalue:", ("stringequals", "stringequalsignorecase")),
        ("forallvalues:", ("stringnotequals", "stringnotequalsignorecase")),
    )
    for operator in operators
)
"""Operators that answer alike for a request without an endpoint and for one through an endpoint that they do not name."""


def endpoint_id(arn: Value) -> Value | None:
    """Return the id that an endpoint's ARN ends in, None for anything else."""
    parts = arn.parts if isinstance(arn, Text) else (arn,)
    for index, part in enumerate(parts):
        if isinstance(part, str) and _MARK in part:
            return concat([part.partition(_MARK)[2], *parts[index + 1 :]])
    return None


def policy_of(documents: list[tuple[Policy, bool]]) -> Policy:
    """Return the policy of one endpoint from its documents, each with whether the endpoint is known to be a gateway.

    An endpoint has one policy. Which of several is in force is not known, so whatever one of them says is open. The Amazon VPC
    guide (*Principals for gateway endpoints*) knows no other principal than `*` there: what names one is open as well.
    """
    contested = Unknown("another declaration writes the policy of this endpoint too") if len(documents) > 1 else None
    statements: list[Statement] = []
    for policy, is_gateway in documents:
        for statement in policy.statements:
            open_part = contested or (_NAMED if is_gateway and _names_somebody(statement) else None)
            statements.append(statement if open_part is None or statement.opaque is not None else _opened(statement, open_part))
    first = documents[0][0]
    if len(documents) == 1 and all(map(_is_same, statements, first.statements)):
        return first
    made = Policy(PolicyKind.ENDPOINT, first.name, first.document, first.origin, first.ref, first.unit)
    made.statements = tuple(statements)
    return made


_NAMED = Unknown("what a gateway endpoint makes of a principal other than `*` is not described")


def _names_somebody(statement: Statement) -> bool:
    principals = statement.principals or ()
    return statement.principals_negated or (bool(principals) and all(one.value != "*" for one in principals))


def _opened(one: Statement, part: Unknown) -> Statement:
    return Statement(
        one.policy, one.index, one.effect, one.sid, one.actions, one.actions_negated, one.resources, one.resources_negated,
        one.principals, one.principals_negated, one.conditions, part,
    )  # fmt: skip


def _is_same(left: Statement, right: Statement) -> bool:
    return left is right


def through(policies: PolicySet, context: Context, endpoints: Endpoints) -> PolicySet:
    """Return the policies, with that of the endpoint that the context names."""
    source = context.get(SOURCE)
    if not isinstance(source, tuple) or len(source) != 1:
        return policies
    name = key(source[0])
    policy = next((policy for id, policy in endpoints if id == name), None)
    return policies if policy is None else policies._replace(endpoint=(policy,))


def statements_of(endpoints: Endpoints) -> Iterator[Statement]:
    """Yield every statement of the endpoints' policies."""
    for _, policy in endpoints:
        yield from policy.statements


def ways(statements: Iterable[Statement], context: Context, endpoints: Endpoints) -> list[Context]:
    """Return the context once for every way that statements tell apart: one without an endpoint, then each that they name.

    Nothing is returned where the way is given, where no statement names an endpoint of the repository, or where one tells yet
    other ways apart (by a pattern, or a key that may be missing).
    """
    if not endpoints or not isinstance(context.get(SOURCE), Unknown):
        return []
    named: dict[str, Value] = {}
    for statement in statements:
        if any(_takes_in(value) for value in statement.resources or ()):
            return []
        for condition in statement.conditions:
            if condition.key.lower() == SOURCE:
                if condition.operator.lower() not in _PLAIN:
                    return []
                named.update((key(value), value) for value in condition.values)
            elif any(map(_takes_in, condition.values)):
                return []
    if not any(id in named for id, _ in endpoints):
        return []
    return [{**context, SOURCE: ()}, *({**context, SOURCE: (value,)} for value in named.values())]


def _takes_in(value: Value) -> bool:
    return SOURCE in key(value).lower()


def in_words(ways: Iterable[Mapping[str, object]]) -> str:
    """Return the endpoints of some contexts as a condition."""
    names = [f"`{key(way[SOURCE][0])}`" for way in ways]  # type: ignore[index]
    return "allowed if `aws:SourceVpce` is " + " or ".join(names)
