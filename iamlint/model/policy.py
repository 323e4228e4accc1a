"""Policy documents: statements, principals, conditions, and what a document is attached to."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.source.place import Origin, Place, Route
from iamlint.source.record import NamedTuple
from iamlint.source.str_enum import StrEnum
from iamlint.source.value import Text, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Effect(StrEnum):
    """What a statement does when it matches."""

    ALLOW = "Allow"
    DENY = "Deny"


class PolicyKind(StrEnum):
    """What a document is for; it decides the grammar and the layer in which it counts."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"
    BOUNDARY = "boundary"
    SCP = "scp"
    RCP = "rcp"
    SESSION = "session"
    ENDPOINT = "endpoint"  # of a VPC endpoint: it only narrows what comes through it


class PrincipalPattern(NamedTuple):
    """One principal of a statement: `kind` is `AWS`, `Service`, `Federated`, `CanonicalUser`, or `*` for a bare star.

    `"Principal": "*"` has kind `*`; `{"AWS": "*"}` has kind `AWS` and value `*` (they differ in trust policies).
    """

    kind: str
    value: Value
    route: Route


class Condition(NamedTuple):
    """One operator with one key. `operator` is as written (`ForAllValues:StringLikeIfExists`); values as text.

    Booleans and numbers are given as JSON writes them (`true`, `3600`). `unknown` values stand among `values`.
    """

    operator: str
    key: str
    values: tuple[Value, ...]
    route: Route


class Statement:
    """One statement of a policy, as far as it can be read; what is malformed is left out and stays in the document.

    Exactly one of `actions` / `not_actions` is written in a valid document: `actions_negated` tells which.
    `resources` is None where the document kind has none (trust policies). `principals` is None in identity policies.
    `is_plain`: written as nearly all are, which spares rules a second look. It has Effect, Action and Resource, perhaps Sid and
    Condition, nothing else; the Sid is letters and digits; actions and resources are texts, none is empty, and every action
    names a service or is `*`; the condition is an object of operators and these of keys, none empty, and none a function of
    CloudFormation. What is not known can then only stand inside of texts.
    """

    __slots__ = (
        "actions", "actions_negated", "conditions", "effect", "index", "is_plain", "may_be_absent", "opaque", "policy",
        "principals", "principals_negated", "resources", "resources_negated", "sid",
    )  # fmt: skip

    def __init__(
        self,
        policy: Policy,
        index: int | None,
        effect: Effect | Unknown | None,
        sid: Value | None,
        actions: tuple[Value, ...],
        actions_negated: bool,
        resources: tuple[Value, ...] | None,
        resources_negated: bool,
        principals: tuple[PrincipalPattern, ...] | None,
        principals_negated: bool,
        conditions: tuple[Condition, ...],
        opaque: Unknown | None = None,
        is_plain: bool = False,
    ) -> None:
        self.policy = policy
        self.index = index  # None: `Statement` is a single object and not a list
        self.effect = effect  # None: missing or neither Allow nor Deny
        self.sid = sid
        self.actions = actions
        self.actions_negated = actions_negated
        self.resources = resources
        self.resources_negated = resources_negated
        self.principals = principals
        self.principals_negated = principals_negated
        self.conditions = conditions
        self.is_plain = is_plain
        self.opaque = opaque  # set when a whole element (or the statement itself) is unknown
        self.may_be_absent = False  # whether it is known what it says, and not whether it is there

    @property
    def route(self) -> Route:
        """Return the route of this statement inside its document."""
        return ("Statement",) if self.index is None else ("Statement", self.index)

    def doubt(self, why: Unknown) -> None:
        """Take in that nobody knows whether the statement is there."""
        self.opaque = self.opaque or why
        self.may_be_absent = True

    def place(self, *route: str | int, part: str = "value") -> Place:
        """Return the place of something in this statement: `place("Action", 0)`; the statement itself without a route."""
        return self.policy.origin.at(self.route + route, part)

    def action_place(self, index: int) -> Place:
        """Return the place of the action pattern with this number, list or single text alike."""
        return self._element_place("NotAction" if self.actions_negated else "Action", index)

    def resource_place(self, index: int) -> Place:
        """Return the place of the resource pattern with this number, list or single text alike."""
        return self._element_place("NotResource" if self.resources_negated else "Resource", index)

    def _element_place(self, element: str, index: int) -> Place:
        raw = self.policy.statement_document(self.index).get(element)
        return self.policy.origin.at((*self.route, element, index) if isinstance(raw, list) else (*self.route, element))


class Policy:
    """A policy document, with where each part of it stands.

    `document` is the plain value as read (`Unknown` and `Text` inside where parts are unknown); `origin` turns a route
    inside it into a place. `arn` is None for inline policies and loose documents; `ref` names the declaration
    (`infra/prod#aws_iam_policy.app`, `policies/app.json`) and is unique in the estate.
    """

    __slots__ = ("arn", "document", "kind", "name", "origin", "ref", "statements", "tags", "unit", "version")

    def __init__(
        self,
        kind: PolicyKind,
        name: Value,
        document: Any,
        origin: Origin,
        ref: str,
        unit: str,
        arn: Value | None = None,
        tags: Mapping[str, Value] | None = None,
    ) -> None:
        self.kind = kind
        self.name = name
        self.document = document
        self.origin = origin
        self.ref = ref
        self.unit = unit
        self.arn = arn
        self.tags = tags or {}
        self.version: Value | None = None
        self.statements: tuple[Statement, ...] = ()

    @property
    def place(self) -> Place:
        """Return the place of the document as a whole."""
        return self.origin.at()

    def statement_document(self, index: int | None) -> dict[str, Any]:
        """Return the raw statement with this number (None: the single statement), or an empty one."""
        statements = self.document.get("Statement") if isinstance(self.document, dict) else None
        if index is not None and isinstance(statements, list) and index < len(statements):
            statements = statements[index]
        return statements if isinstance(statements, dict) else {}


class Layer(StrEnum):
    """A step of the decision, named as in `blocked_by` (cli.md)."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    ENDPOINT = "endpoint"


class Attachment(NamedTuple):
    """A policy bound to what it governs.

    `target_kind` is `role`, `user`, `group`, `permission_set`, `account`, `ou`, `root` or `resource`; `target` its name or ARN
    (a name is meant in `account`); of a VPC endpoint `endpoint` (`gateway` if it is known to be one) and its ARN.
    Exactly one of `policy` (inline) and `policy_arn` (managed) is set.
    `exclusive`: the declaration claims to be the only one (`aws_iam_policy_attachment`, `_exclusive` resources).
    `made`: no line of the file asks for it, a transform such as SAM adds it by itself.
    `serves`: of a VPC endpoint, its service and its VPC. `known_as`: its ARN in the code, where a printout told the real one.
    """

    layer: Layer
    target_kind: str
    target: Value
    account: Value
    place: Place
    unit: str
    policy: Policy | None = None
    policy_arn: Value | None = None
    exclusive: bool = False
    made: bool = False
    serves: tuple[Value, ...] = ()
    known_as: Value | None = None


class Authority(NamedTuple):
    """A declaration that keeps off what it does not list: whatever else is attached, applying it takes away again.

    `of` is `role`, `user` or `group` (`name`: theirs) with `what` `managed` (`listed`: ARNs of policies) or `inline` (names of
    policies); or `policy` (`name`: its ARN), and then `listed` are its holders as `role/name`.
    """

    of: str
    name: Value
    what: str
    listed: tuple[Value, ...]
    account: Value
    place: Place
    unit: str
    declared_by: str


__all__ = [
    "Attachment", "Authority", "Condition", "Effect", "Layer", "Policy", "PolicyKind", "PrincipalPattern", "Statement", "Text",
    "Unknown", "Value",
]  # fmt: skip
