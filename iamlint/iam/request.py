"""What is asked of the decision procedure, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.model.policy import Layer, Policy, Statement
from iamlint.source.record import NamedTuple
from iamlint.source.str_enum import StrEnum
from iamlint.source.value import Unknown, Value


class Decision(StrEnum):
    """The answer in one word (semantics A2)."""

    ALLOW = "allow"
    EXPLICIT_DENY = "explicit_deny"
    IMPLICIT_DENY = "implicit_deny"
    UNKNOWN = "unknown"


class RequestPrincipal(NamedTuple):
    """Who asks. `kind` is `AWS`, `Service`, `Federated`, `Anonymous` or `CanonicalUser`.

    `value`: the ARN (user, role, assumed-role session, federated user, root) for `AWS`, the service's name
    (`lambda.amazonaws.com`) for `Service`, the provider's ARN or name for `Federated`, the id for `CanonicalUser`.
    """

    kind: str
    value: Value


class Request(NamedTuple):
    """One request. `resource` None: the action has no resource.

    A context key that is not given is absent; one given as `Unknown` may or may not be there. Keys are compared ignoring case.
    """

    principal: RequestPrincipal
    action: str
    resource: Value | None
    resource_account: Value | None = None
    context: Mapping[str, tuple[Value, ...] | Unknown] = {}


class PolicySet(NamedTuple):
    """The policies that apply, by layer. None: the layer is not set. `scp` and `rcp` are levels, root first.

    `not_seen` names layers that the repository does not hold: restricting ones count as open, granting ones as absent,
    and the verdict lists them as assumed (semantics A3).
    """

    identity: tuple[Policy, ...] | None = None
    resource: Policy | None = None
    boundary: tuple[Policy, ...] | None = None
    session: tuple[Policy, ...] | None = None
    scp: tuple[tuple[Policy, ...], ...] = ()
    rcp: tuple[tuple[Policy, ...], ...] = ()
    endpoint: tuple[Policy, ...] | None = None
    not_seen: frozenset[Layer] = frozenset()


class Verdict(NamedTuple):
    """The full answer. `determining`: the statements that decided; for unknown, those that hang on an unknown.

    `residual`: for unknown, when it would be allowed, in words; None when it never is and only the kind of deny is open.
    """

    decision: Decision
    determining: tuple[Statement, ...]
    blocked_by: tuple[Layer, ...]
    residual: str | None
    seen: tuple[Layer, ...]
    assumed: tuple[Layer, ...]
