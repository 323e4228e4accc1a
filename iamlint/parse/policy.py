"""Policy documents: plain values become `Policy` with its statements."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern

from iamlint.model.policy import Condition, Effect, Policy, PolicyKind, PrincipalPattern, Statement
from iamlint.source.place import Origin
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def parse_policy(
    document: Any,
    origin: Origin,
    *,
    kind: PolicyKind,
    name: Value,
    ref: str,
    unit: str,
    arn: Value | None = None,
    tags: Mapping[str, Value] | None = None,
    maybe: Mapping[int, Unknown] | None = None,
) -> Policy:
    """Return the policy that a document makes. Never raises: what is malformed is left out and stays in `document`.

    An unknown action or resource stands among the statement's actions or resources. What has no such field (an unknown
    principal element, condition, statement or document) makes the statement opaque: it may not match where the rest does.
    So does `maybe`, which says by index why nobody knows whether a statement is there.
    """
    policy = Policy(kind, name, document, origin, ref, unit, arn, tags)
    if isinstance(document, dict):
        version = document.get("Version")
        policy.version = version if isinstance(version, (str, Text, Unknown)) else None
        written = document.get("Statement")
        if isinstance(written, list):
            policy.statements = tuple(
                [_statement(policy, index, item) for index, item in enumerate(written) if isinstance(item, (dict, Unknown, Text))]
            )
        elif isinstance(written, (dict, Unknown, Text)):
            policy.statements = (_statement(policy, None, written),)
    elif isinstance(document, (Unknown, Text)):
        policy.statements = (_statement(policy, None, document),)
    if maybe:
        for statement in policy.statements:
            why = maybe.get(statement.index or 0)
            if why is not None:
                statement.doubt(why)
    return policy


def _statement(policy: Policy, index: int | None, written: Any) -> Statement:
    if not isinstance(written, dict):
        whole = _first_unknown(written)
        return Statement(policy, index, whole, None, (), False, (), False, None, False, (), whole)
    plain = _plain_statement(policy, index, written)
    if plain is not None:
        return plain
    opaque: Unknown | None = None
    get = written.get

    raw = get("Effect")
    effect: Effect | Unknown | None
    if raw == "Allow":
        effect = Effect.ALLOW
    elif raw == "Deny":
        effect = Effect.DENY
    elif isinstance(raw, (Unknown, Text)):
        effect = _first_unknown(raw)
    else:
        effect = None

    actions_negated = "NotAction" in written and "Action" not in written
    actions = texts_of(get("NotAction" if actions_negated else "Action"))

    resources_negated = "NotResource" in written and "Resource" not in written
    resources: tuple[Value, ...] | None
    if policy.kind is PolicyKind.TRUST:
        resources, resources_negated = None, False
    elif "Resource" in written or resources_negated:
        resources = texts_of(get("NotResource" if resources_negated else "Resource"))
        if policy.kind is PolicyKind.RESOURCE:
            resources = tuple(map(_in_full, resources))
    else:
        resources = None if policy.kind in _OF_THEIR_OWN else ()

    principals: tuple[PrincipalPattern, ...] | None = None
    principals_negated = "NotPrincipal" in written and "Principal" not in written
    if principals_negated or "Principal" in written:
        element = "NotPrincipal" if principals_negated else "Principal"
        principals, opaque = _principals(written[element], element)

    conditions: tuple[Condition, ...] = ()
    if "Condition" in written:
        conditions, unknown = _conditions(written["Condition"])
        opaque = opaque or unknown

    sid = get("Sid")
    return Statement(
        policy,
        index,
        effect,
        sid if isinstance(sid, (str, Text, Unknown)) else None,
        actions,
        actions_negated,
        resources,
        resources_negated,
        principals,
        principals_negated,
        conditions,
        opaque,
    )


def _plain_statement(policy: Policy, index: int | None, written: dict[Any, Any]) -> Statement | None:
    """Return the statement if it is written as nearly all are (`Statement.is_plain`); else None, and it is read with care."""
    get = written.get
    effect, actions, resources, sid = get("Effect"), get("Action"), get("Resource"), get("Sid")
    has_conditions = "Condition" in written
    if (
        (effect != "Allow" and effect != "Deny")
        or actions is None or resources is None or policy.kind is PolicyKind.TRUST
        or len(written) != 3 + has_conditions + ("Sid" in written)
        or (sid is not None and (type(sid) is not str or not sid.isascii() or not (sid.isalnum() or not sid)))
        or (sid is None and "Sid" in written)
    ):  # fmt: skip
        return None
    actions, resources = _known_texts(actions), _known_texts(resources)
    if not actions or not resources or "" in resources or [text for text in actions if ":" not in text and text != "*"]:
        return None
    conditions = _plain_conditions(written["Condition"]) if has_conditions else ()
    if conditions is None:
        return None
    return Statement(
        policy, index, _EFFECTS[effect], sid, actions, False, resources, False, None, False, conditions, None, is_plain=True
    )


def _plain_conditions(written: Any) -> tuple[Condition, ...] | None:
    """Return the conditions of an object of operators, and these of keys, if none of it is empty and every value is a text."""
    if type(written) is not dict or not written:
        return None
    found = []
    for operator, keys in written.items():
        if type(keys) is not dict or not keys or type(operator) is not str or operator[:4] == "Fn::":
            return None
        for key, values in keys.items():
            if type(key) is not str or key == "Ref" or key[:4] == "Fn::":  # what CloudFormation replaces
                return None
            if type(values) is str:
                texts: tuple[str, ...] = (values,)
            elif type(values) is list and set(map(type, values)) == _TEXT:
                texts = tuple(values)
            else:
                return None
            found.append(Condition(operator, key, texts, ("Condition", operator, key)))
    return tuple(found)


_TEXT = {str}
_OF_THEIR_OWN = (PolicyKind.RESOURCE, PolicyKind.ENDPOINT)  # without `Resource` they speak of what they are attached to
_EFFECTS = {"Allow": Effect.ALLOW, "Deny": Effect.DENY}


def _known_texts(raw: Any) -> tuple[str, ...] | None:
    """Return an element's texts, one or a list alike, or None if anything in it is no text.

    Policies repeat each other's texts massively. Equal ones become one text, in the document too: it is read again and again.
    """
    if type(raw) is str:
        return (intern(raw),)
    if type(raw) is not list:
        return None
    try:
        raw[:] = texts = tuple(map(intern, raw))
    except TypeError:
        return None
    return texts


def texts_of(raw: Any) -> tuple[Value, ...]:
    """Return an element's texts, one or a list alike; what is neither text nor unknown is left out."""
    if type(raw) is str:
        return (raw,)
    if isinstance(raw, list):
        return tuple([item for item in raw if type(item) is str or isinstance(item, (Text, Unknown))])
    return (raw,) if isinstance(raw, (str, Text, Unknown)) else ()


_SHORT = "execute-api:/"
_FULL = "arn:*:execute-api:*:*:*/"


def _in_full(resource: Value) -> Value:
    """Return what API Gateway makes of a resource in the policy of an API, where the rest of the ARN may be left out.

    API Gateway Developer Guide, "API Gateway resource policy examples": `execute-api:/stage/METHOD/path`, of the API itself.
    """
    first = resource.parts[0] if isinstance(resource, Text) else resource
    if not isinstance(first, str) or not first.startswith(_SHORT):
        return resource
    rest = _FULL + first[len(_SHORT) :]
    return concat([rest, *resource.parts[1:]]) if isinstance(resource, Text) else rest


def _principals(raw: Any, element: str) -> tuple[tuple[PrincipalPattern, ...], Unknown | None]:
    if raw == "*":
        return (PrincipalPattern("*", "*", (element,)),), None
    if isinstance(raw, (Unknown, Text)):
        return (), _first_unknown(raw)
    if not isinstance(raw, dict):
        return (), None
    found: list[PrincipalPattern] = []
    for kind, written in raw.items():
        if isinstance(written, list):
            for number, item in enumerate(written):
                value = _scalar(item)
                if value is not None:
                    found.append(PrincipalPattern(kind, value, (element, kind, number)))
        else:
            value = _scalar(written)
            if value is not None:
                found.append(PrincipalPattern(kind, value, (element, kind)))
    return tuple(found), None


def _conditions(raw: Any) -> tuple[tuple[Condition, ...], Unknown | None]:
    if isinstance(raw, (Unknown, Text)):
        return (), _first_unknown(raw)
    if not isinstance(raw, dict):
        return (), None
    found: list[Condition] = []
    opaque: Unknown | None = None
    for operator, keys in raw.items():
        if isinstance(keys, dict):
            for key, written in keys.items():
                values = written if isinstance(written, list) else (written,)
                texts = tuple(value for value in map(_scalar, values) if value is not None)
                found.append(Condition(operator, key, texts, ("Condition", operator, key)))
        elif isinstance(keys, (Unknown, Text)):
            opaque = opaque or _first_unknown(keys)
    return tuple(found), opaque


def _scalar(raw: Any) -> Value | None:
    """Return a value as the text that JSON writes for it, or None when it is no scalar."""
    if isinstance(raw, (str, Text, Unknown)):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (int, float)):
        return str(raw)
    return None


def _first_unknown(raw: Unknown | Text) -> Unknown:
    if isinstance(raw, Unknown):
        return raw
    return next(part for part in raw.parts if isinstance(part, Unknown))
