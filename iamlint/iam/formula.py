"""What a set of policies demands before it allows a request, as a formula over its statements (docs/semantics.md, B3–B16).

In conjunctive form: of each clause at least one statement must match, of the denies none. Which clauses there are hangs on
the shape of the request: who asks, in whose account, and whether the resource's own policy must allow.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from iamlint.iam.actions import expand
from iamlint.iam.caller import read_caller
from iamlint.iam.catalogue import catalogue
from iamlint.iam.key_values import Who
from iamlint.iam.request import PolicySet
from iamlint.iam.statements import CompiledStatement, compile_policy
from iamlint.iam.terms import ANYHOW, Part, Terms
from iamlint.model.policy import Condition, Effect, Layer, Policy, PolicyKind, Statement
from iamlint.source.place import Origin
from iamlint.source.record import NamedTuple

_DIRECT, _NOT_DELEGATED, _DELEGATED = frozenset(("direct",)), frozenset(("direct", "role")), ANYHOW


class Shape(NamedTuple):
    """What about a request decides which layers must agree."""

    is_aws: bool
    same_account: bool
    is_linked: bool
    is_federated_user: bool
    is_role: bool


class Clause(NamedTuple):
    """Statements of which at least one must match; `layer` is where most of them stand."""

    layer: Layer
    parts: list[Part]


class Formula(NamedTuple):
    """What a set of policies demands."""

    clauses: list[Clause]
    denies: list[Part]


def shape_of(who: Who) -> Shape:
    """Return the shape of this caller's requests."""
    caller = read_caller(who[0])
    return Shape(
        caller.is_aws,
        caller.is_aws and caller.account == who[1],
        caller.is_service_linked,
        caller.kind == "federated_user",
        caller.kind in ("role", "session"),
    )


def formula(policies: PolicySet, terms: Terms, shape: Shape, resource_must: bool) -> Formula:
    """Return what the policies demand; `resource_must`: an identity policy alone is not enough (semantics B9, B10).

    Not for an account's root user, whom neither identity policies nor boundaries concern.
    """
    bounded = bool(policies.boundary) and shape.is_aws

    def held(
        layer: Iterable[Policy] | None, effect: Effect, grades: frozenset[str] | None = None, only: int | None = None
    ) -> list[Part]:
        other = Effect.DENY if effect is Effect.ALLOW else Effect.ALLOW
        return [
            terms.part(one, effect, grades, bounded, only)
            for policy in layer or ()
            for one in compile_policy(policy)
            if one.effect is not other
        ]

    resource = () if policies.resource is None else (policies.resource,)
    clauses: list[Clause] = []
    denies: list[Part] = []
    if shape.is_aws:
        direct = held(resource, Effect.ALLOW, _DIRECT) if shape.same_account else []
        identity = held(policies.identity, Effect.ALLOW)
        if shape.same_account:
            clauses.append(Clause(Layer.IDENTITY, identity + held(resource, Effect.ALLOW, _NOT_DELEGATED)))
            if resource_must:
                clauses.append(Clause(Layer.RESOURCE, held(resource, Effect.ALLOW, _DELEGATED)))
        else:
            clauses.append(Clause(Layer.IDENTITY, identity))
            clauses.append(Clause(Layer.RESOURCE, held(resource, Effect.ALLOW, ANYHOW)))
        if policies.boundary:
            clauses.append(Clause(Layer.BOUNDARY, held(policies.boundary, Effect.ALLOW) + direct))
        if policies.session or (shape.is_federated_user and Layer.SESSION not in policies.not_seen):
            clauses.append(Clause(Layer.SESSION, held(policies.session, Effect.ALLOW) + direct))
        for layer in (policies.identity, policies.boundary, policies.session):
            denies += held(layer, Effect.DENY)
        if not shape.is_linked:
            for level in policies.scp:
                clauses.append(Clause(Layer.SCP, held(level, Effect.ALLOW)))
                denies += held(level, Effect.DENY)
    else:
        clauses.append(Clause(Layer.RESOURCE, held(resource, Effect.ALLOW, ANYHOW)))
    if policies.endpoint:
        clauses.append(Clause(Layer.ENDPOINT, held(policies.endpoint, Effect.ALLOW, ANYHOW)))
        denies += held(policies.endpoint, Effect.DENY, ANYHOW)
    denies += held(resource, Effect.DENY, ANYHOW)
    if not shape.is_linked and policies.rcp:
        reached = terms.actions_of(sorted(catalogue().rcp_services))
        for level in policies.rcp:
            denies += held(level, Effect.DENY, ANYHOW, reached)
    return Formula(clauses, denies)


# --- what stands in no policy -----------------------------------------------------------------------------------------


@cache
def everything() -> Policy:
    """Return an identity policy that allows everything."""
    return made(Effect.ALLOW, ("*",), ("*",))


@cache
def anywhere() -> CompiledStatement:
    """Return a statement about every request."""
    return compile_policy(everything())[0]


@cache
def refused() -> tuple[CompiledStatement, ...]:
    """Return what the services themselves refuse, or always allow, so that no policy makes a difference (semantics B16)."""
    known = catalogue()
    changing = tuple(name for name in known.names(expand("iam:*")) if known.access_level(name) not in ("Read", "List", None))
    return _compiled(
        made(Effect.DENY, changing, ("arn:*:iam::aws:policy/*", "arn:*:iam::*:role/aws-reserved/*")),
        made(Effect.DENY, ("kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"), ("arn:*:kms:*:*:alias/aws/*",)),
        made(Effect.DENY, ("sts:GetCallerIdentity",), ("*",)),
    )


@cache
def refused_to_roles() -> tuple[CompiledStatement, ...]:
    """Return what is refused to a role that assumes a role: more than an hour (semantics B16)."""
    hour = Condition("NumericGreaterThan", "sts:DurationSeconds", ("3600",), ())
    return _compiled(made(Effect.DENY, ("sts:AssumeRole",), ("*",), (hour,)))


@cache
def roles() -> CompiledStatement:
    """Return a statement about every role, whatever is done with it."""
    return _compiled(made(Effect.ALLOW, ("*",), ("arn:*:iam::*:role/*",)))[0]


@cache
def owned() -> tuple[CompiledStatement, ...]:
    """Return statements about what belongs to its own policy: an identity policy alone is not enough (semantics B9, B10)."""
    return _compiled(
        made(Effect.DENY, ("sts:*",), ("arn:*:iam::*:role/*",)),
        made(Effect.DENY, ("kms:*",), ("arn:*:kms:*:*:key/*",)),
    )


def made(effect: Effect, actions: tuple[str, ...], resources: tuple[str, ...], conditions: tuple[Condition, ...] = ()) -> Policy:
    """Return a policy of one statement."""
    policy = Policy(PolicyKind.IDENTITY, "made", {}, Origin(""), "made", "")
    policy.version = "2012-10-17"
    policy.statements = (Statement(policy, 0, effect, None, actions, False, resources, False, None, False, conditions),)
    return policy


def _compiled(*policies: Policy) -> tuple[CompiledStatement, ...]:
    return tuple(compile_policy(policy)[0] for policy in policies)
