"""Policy documents: plain values become `Policy` with its statements; which documents are policies, and of what kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from sys import intern
from typing import Any

from iamlint.model.policy import Condition, Effect, Policy, PolicyKind, PrincipalPattern, Statement
from iamlint.source.place import Origin, Route
from iamlint.source.value import Text, Unknown, Value


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
) -> Policy:
    """Return the policy that a document makes. Never raises: what is malformed is left out and stays in `document`.

    An unknown action or resource stands among the statement's actions or resources. What has no such field (an unknown
    principal element, condition, statement or document) makes the statement opaque: it may not match where the rest does.
    """
    policy = Policy(kind, name, document, origin, ref, unit, arn, tags)
    if isinstance(document, dict):
        version = document.get("Version")
        policy.version = version if isinstance(version, (str, Text, Unknown)) else None
        written = document.get("Statement")
        if isinstance(written, list):
            policy.statements = tuple(
                _statement(policy, index, item) for index, item in enumerate(written) if isinstance(item, (dict, Unknown, Text))
            )
        elif isinstance(written, (dict, Unknown, Text)):
            policy.statements = (_statement(policy, None, written),)
    elif isinstance(document, (Unknown, Text)):
        policy.statements = (_statement(policy, None, document),)
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
    actions = _texts(get("NotAction" if actions_negated else "Action"))

    resources_negated = "NotResource" in written and "Resource" not in written
    resources: tuple[Value, ...] | None
    if policy.kind is PolicyKind.TRUST:
        resources, resources_negated = None, False
    elif "Resource" in written or resources_negated:
        resources = _texts(get("NotResource" if resources_negated else "Resource"))
    else:
        resources = None if policy.kind is PolicyKind.RESOURCE else ()

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
    if not actions or not resources or "" in resources or not all(map(_names_service.__getitem__, actions)):
        return None
    conditions: tuple[Condition, ...] = ()
    if has_conditions:
        written_conditions = written["Condition"]
        if not _is_plain_condition(written_conditions):
            return None
        conditions, _ = _conditions(written_conditions)
    return Statement(
        policy, index, _EFFECTS[effect], sid, actions, False, resources, False, None, False, conditions, None, is_plain=True
    )


def _is_plain_condition(written: Any) -> bool:
    """Return whether a condition is an object of operators, these of keys, and none of it is empty or unknown."""
    if type(written) is not dict or not written:
        return False
    for keys in written.values():
        if type(keys) is not dict or not keys:
            return False
        for values in keys.values():
            if values == [] or isinstance(values, (dict, Unknown, Text)):
                return False
    return True


class _NamesService(dict[str, bool]):
    """Whether an action pattern is `*` or names a service: asked once of each text."""

    def __missing__(self, action: str) -> bool:
        if len(self) > _MOST_TEXTS:
            self.clear()
        found = self[action] = ":" in action or action == "*"
        return found


_MOST_TEXTS = 100_000
_names_service = _NamesService()
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


def _texts(raw: Any) -> tuple[Value, ...]:
    """Return an element's texts, one or a list alike; what is neither text nor unknown is left out."""
    if type(raw) is str:
        return (raw,)
    if isinstance(raw, list):
        return tuple([item for item in raw if type(item) is str or isinstance(item, (Text, Unknown))])
    return (raw,) if isinstance(raw, (str, Text, Unknown)) else ()


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


# Which values are policy documents, and what they are for.


def is_policy(value: Any) -> bool:
    """Return whether a value is a policy document, be it a malformed one."""
    if not isinstance(value, dict) or "Statement" not in value:
        return False
    written = value["Statement"]
    if value.get("Version") in ("2012-10-17", "2008-10-17"):
        return isinstance(written, (list, dict, Unknown, Text))
    for statement in written if isinstance(written, list) else (written,):
        if isinstance(statement, dict) and not _STATEMENT_KEYS.isdisjoint(statement):
            return True
    return False


_STATEMENT_KEYS = frozenset(("Effect", "Action", "NotAction"))


def policy_kind_of(document: Any, path: str, kinds: Iterable[tuple[str, PolicyKind]] = ()) -> PolicyKind | None:
    """Return what a document is for: by configuration (globs of paths), by content, then by the words of its path.

    None: the value is no policy document.
    """
    if not isinstance(document, dict) or "Statement" not in document:
        return None
    for glob, kind in kinds:
        if _covers(glob, path):
            return kind
    if not is_policy(document):
        return None
    hint = _kind_of_path(path)
    has_principal, only_assumes = _content(document)
    if has_principal:
        if only_assumes:
            return PolicyKind.TRUST
        return PolicyKind.RCP if hint is PolicyKind.RCP else PolicyKind.RESOURCE
    if hint is PolicyKind.TRUST:
        return PolicyKind.TRUST if only_assumes else PolicyKind.IDENTITY
    if hint is None or hint is PolicyKind.RESOURCE:
        return PolicyKind.IDENTITY
    return hint


def _content(document: Mapping[str, Any]) -> tuple[bool, bool]:
    """Return whether a statement names principals, and whether all of them only speak of assuming a role."""
    written = document["Statement"]
    statements = [item for item in (written if isinstance(written, list) else [written]) if isinstance(item, dict)]
    has_principal = any("Principal" in item or "NotPrincipal" in item for item in statements)
    only_assumes = bool(statements) and all(
        "Resource" not in item
        and "NotResource" not in item
        and (actions := _texts(item.get("Action")))
        and all(isinstance(action, str) and action.lower() in _ASSUMING for action in actions)
        for item in statements
    )
    return has_principal, only_assumes


_ASSUMING = frozenset((
    "sts:*", "sts:assumerole", "sts:assumerole*", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml", "sts:tagsession",
    "sts:setsourceidentity", "sts:setcontext", "sts:assumeroot",
))  # fmt: skip


_POLICIES = frozenset(("policy", "policies"))


def _kind_of_path(path: str) -> PolicyKind | None:
    words = [word.lower() for word in _WORDS.findall(path)]
    pairs = set(pairwise(words))
    stems = [part.lower() for part in re.split(r"[/.]", path)]
    if not {"scp", "scps"}.isdisjoint(words) or ("service", "control") in pairs:
        return PolicyKind.SCP
    if not {"rcp", "rcps"}.isdisjoint(words) or (("resource", "control") in pairs and not _POLICIES.isdisjoint(words)):
        return PolicyKind.RCP
    if not {"boundary", "boundaries"}.isdisjoint(words):
        return PolicyKind.BOUNDARY
    if ("session", "policy") in pairs or ("session", "policies") in pairs or not {"session", "sessions"}.isdisjoint(stems):
        return PolicyKind.SESSION
    if not {"trust", "assume"}.isdisjoint(words):
        return PolicyKind.TRUST
    return PolicyKind.RESOURCE if "resource" in words else None


_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def _covers(glob: str, path: str) -> bool:
    """Return whether a configured glob covers a path, as everywhere in the configuration: a folder covers what is in it."""
    from fnmatch import fnmatchcase

    glob = glob.rstrip("/")
    return fnmatchcase(path, glob) or fnmatchcase(path, f"{glob}/*") or fnmatchcase(f"/{path}", f"*/{glob}")


# Documents inside other files: `aws iam get-policy-version`, `get-role`, lists of policies.


def find_documents(value: Any, limit: int = 200_000) -> list[tuple[Route, dict[str, Any], str | None]]:
    """Return the policy documents inside a value: route, document, and the key that it stands under (None at the root).

    Does not look inside a document it has found. Bounded by `limit` values.
    """
    found: list[tuple[Route, dict[str, Any], str | None]] = []
    pending: list[tuple[Route, Any, str | None]] = [((), value, None)]
    for _ in range(limit):
        if not pending:
            break
        route, item, key = pending.pop()
        if isinstance(item, dict):
            if is_policy(item):
                found.append((route, item, key))
            else:
                pending.extend(
                    ((*route, name), below, name) for name, below in reversed(item.items()) if isinstance(below, (dict, list))
                )
        elif isinstance(item, list):
            pending.extend(
                ((*route, number), item[number], key)
                for number in range(len(item) - 1, -1, -1)
                if isinstance(item[number], (dict, list))
            )
    return found
