"""The grammar of policy documents, per kind: what AWS refuses, or reads differently from its author.

Sources: IAM User Guide, *Grammar of the IAM JSON policy language*; Organizations User Guide, *SCP syntax*, *RCP syntax*.
"""

from __future__ import annotations

from collections.abc import Iterator
from re import compile as compile_pattern

from iamlint.model.policy import Policy, PolicyKind
from iamlint.source.near import nearest
from iamlint.source.place import LeftOut, Route
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, Value
from iamlint.source.value import key as value_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSIONS = ("2012-10-17", "2008-10-17")
_TOP = ("Version", "Id", "Statement")
_ELEMENTS = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
_PRINCIPALS = ("AWS", "Service", "Federated", "CanonicalUser")
_SID = compile_pattern(r"[A-Za-z0-9]*\Z")
_FREE_SIDS = (PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.ENDPOINT)
_NO_PRINCIPAL = (PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP)
_WORDS = {
    PolicyKind.IDENTITY: "an identity policy", PolicyKind.RESOURCE: "a resource policy", PolicyKind.TRUST: "a trust policy",
    PolicyKind.BOUNDARY: "a permissions boundary", PolicyKind.SCP: "a service control policy",
    PolicyKind.RCP: "a resource control policy", PolicyKind.SESSION: "a session policy",
    PolicyKind.ENDPOINT: "the policy of a VPC endpoint",
}  # fmt: skip


class Fault(NamedTuple):
    """One way in which a document breaks the grammar, at a route inside it.

    `lost`: what is written there is missing from the statements as `parse_policy` reads them.
    """

    message: str
    route: Route
    help: str = ""
    part: str = "value"
    lost: bool = False
    empty: LeftOut | None = None  # what was written for an element that is missing


def grammar_faults(policy: Policy) -> Iterator[Fault]:
    """Yield the faults of a document of its kind, in reading order. What is unknown is no fault."""
    document = policy.document
    if _unknown(document):
        return
    if not isinstance(document, dict):
        yield Fault("this policy is not an object with `Version` and `Statement`", ())
        return
    for name in document:
        if name not in _TOP:
            yield _unknown_element(name, (name,), _TOP, "a policy document")
    version = document.get("Version")
    if "Version" in document and not _unknown(version) and version not in VERSIONS:
        yield Fault(f"`{_shown(version)}` is not a policy version", ("Version",), f"write `{VERSIONS[0]}`")
    if "Statement" not in document:
        yield Fault("this policy has no `Statement`", ())
        return
    yield from _statements(document["Statement"], policy)


def _statements(statements: Any, policy: Policy) -> Iterator[Fault]:
    plain = [one for one in policy.statements if one.is_plain] if policy.kind is PolicyKind.IDENTITY else []
    if isinstance(statements, list) and len(plain) == len(statements):  # nearly all are
        yield from _repeated_sids(policy)
        return
    numbers = {one.index for one in plain}
    maybe = {one.index for one in policy.statements if one.may_be_absent}  # perhaps there in place of each other
    listed: list[tuple[int | None, Any]] = list(enumerate(statements)) if isinstance(statements, list) else [(None, statements)]
    sids: dict[str, int] = {}
    for number, statement in listed:
        route: Route = ("Statement",) if number is None else ("Statement", number)
        if not isinstance(statement, dict):
            if not _unknown(statement):
                yield Fault("this statement is not an object", route, lost=True)
            continue
        if number not in numbers:
            yield from _statement(statement, route, policy)
        sid = statement.get("Sid")
        if isinstance(sid, str) and sid and number not in maybe:
            sids[sid] = sids.get(sid, 0) + 1
            if sids[sid] == 2:
                yield _repeated(sid, route)


def _repeated_sids(policy: Policy) -> Iterator[Fault]:
    sids = [one.sid for one in policy.statements if one.sid and not one.may_be_absent]
    if len(set(sids)) < len(sids):
        seen: dict[Value, int] = {}
        for one in policy.statements:
            if one.sid and not one.may_be_absent:
                seen[one.sid] = seen.get(one.sid, 0) + 1
                if seen[one.sid] == 2:
                    yield _repeated(one.sid, one.route)


def _repeated(sid: Value, route: Route) -> Fault:
    return Fault(f"`{sid}` is the `Sid` of an earlier statement already", (*route, "Sid"))


def _statement(statement: dict[Any, Any], route: Route, policy: Policy) -> Iterator[Fault]:
    kind = policy.kind
    for name in statement:
        if name not in _ELEMENTS:
            yield _unknown_element(name, (*route, name), _ELEMENTS, "a statement")
    effect = statement.get("Effect")
    if "Effect" not in statement:
        yield Fault("this statement has no `Effect`", route, "write `Allow` or `Deny`", lost=True)
    elif not _unknown(effect) and effect not in ("Allow", "Deny"):
        help = "write `Allow` or `Deny`, with a capital letter"
        yield Fault(f"`{_shown(effect)}` is no effect", (*route, "Effect"), help, lost=True)
    sid = statement.get("Sid")
    if kind not in _FREE_SIDS and isinstance(sid, str) and not _SID.match(sid):
        yield Fault(f"`{sid}` is no `Sid`: only letters and digits are allowed in {_WORDS[kind]}", (*route, "Sid"))
    yield from _choice(statement, route, "Action", policy, required=True)
    yield from _resources(statement, route, policy)
    yield from _principals(statement, route, policy)
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        if name in statement:
            yield from _texts(statement[name], (*route, name), name)
    if "Condition" in statement:
        yield from _condition(statement["Condition"], (*route, "Condition"))
    if kind is PolicyKind.RCP and effect == "Allow":
        yield Fault("a resource control policy can only deny", (*route, "Effect"))
    if kind is PolicyKind.RCP and _has(statement, "NotAction"):
        yield Fault("a resource control policy knows no `NotAction`", (*route, "NotAction"), "name the actions", "key")


def _choice(statement: dict[Any, Any], route: Route, name: str, policy: Policy, *, required: bool) -> Iterator[Fault]:
    opposite = f"Not{name}"
    if _has(statement, name) and _has(statement, opposite):
        later = [element for element in statement if element in (name, opposite)][1]
        yield Fault(f"this statement has both `{name}` and `{opposite}`", (*route, later), "keep one of them", "key", lost=True)
    elif required and name not in statement and opposite not in statement:
        lost = name != "Principal"
        empty = policy.origin.left_out((*route, name)) or policy.origin.left_out((*route, opposite))
        if empty is None:
            yield Fault(f"this statement has neither `{name}` nor `{opposite}`", route, lost=lost)
        else:
            message = f"`{empty.name}` is empty, so this statement has neither `{name}` nor `{opposite}`"
            yield Fault(message, route, "an empty list is left out of the document", lost=lost, empty=empty)


def _resources(statement: dict[Any, Any], route: Route, policy: Policy) -> Iterator[Fault]:
    kind = policy.kind
    if kind is PolicyKind.TRUST:
        for name in ("Resource", "NotResource"):
            if _has(statement, name):
                help = "remove it: the resource of a trust policy is the role it belongs to"
                yield Fault(f"a trust policy has no `{name}`", (*route, name), help, "key")
        return
    # A repository policy of ECR has no Resource, so a resource policy cannot be asked for one.
    needed = kind in (PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.RCP)
    yield from _choice(statement, route, "Resource", policy, required=needed)


def _principals(statement: dict[Any, Any], route: Route, policy: Policy) -> Iterator[Fault]:
    kind = policy.kind
    written = [name for name in ("Principal", "NotPrincipal") if _has(statement, name)]
    if kind in _NO_PRINCIPAL:
        for name in written:
            yield Fault(f"{_WORDS[kind]} has no `{name}`", (*route, name), "its principal is whoever it is attached to", "key")
        return
    yield from _choice(statement, route, "Principal", policy, required=True)
    if kind in (PolicyKind.TRUST, PolicyKind.RCP) and _has(statement, "NotPrincipal"):
        yield Fault(f"{_WORDS[kind]} knows no `NotPrincipal`", (*route, "NotPrincipal"), "", "key")
    for name in written:
        value = statement[name]
        at = (*route, name)
        if kind is PolicyKind.RCP and name == "Principal" and not _unknown(value) and value != "*":
            yield Fault("the principal of a resource control policy is always `*`", at)
        elif isinstance(value, dict):
            for key, entry in value.items():
                if key not in _PRINCIPALS:
                    yield _unknown_element(key, (*at, key), _PRINCIPALS, "a principal")
                else:
                    yield from _texts(entry, (*at, key), key)
        elif not _unknown(value) and value != "*":
            help = 'write `"*"` or an object such as `{"AWS": …}`'
            yield Fault(f"`{_shown(value)}` is no principal", at, help, lost=True)


def _texts(value: Any, route: Route, name: str) -> Iterator[Fault]:
    for number, item in enumerate(value if isinstance(value, list) else [value]):
        at = (*route, number) if isinstance(value, list) else route
        if _unknown(item):
            continue
        if not isinstance(item, str):
            yield Fault(f"`{name}` holds `{_shown(item)}`, which is no text", at, lost=True)
        elif name in ("Action", "NotAction") and item != "*" and ":" not in item:
            yield Fault(f"`{item}` is no action: the service is missing", at, "write `service:Action`, such as `s3:GetObject`")


def _condition(condition: Any, route: Route) -> Iterator[Fault]:
    if _unknown(condition):
        return
    if not isinstance(condition, dict):
        yield Fault("`Condition` is not an object of operators", route, lost=True)
        return
    for operator, tests in condition.items():
        if not isinstance(tests, dict) and not _unknown(tests):
            yield Fault(f"`{operator}` is not an object of condition keys", (*route, operator), lost=True)
        elif isinstance(tests, dict):
            for key, values in tests.items():
                if isinstance(values, dict):
                    help = "write a text or a list of texts"
                    yield Fault(f"the value of `{key}` is an object", (*route, operator, key), help, lost=True)


def _unknown_element(name: Any, route: Route, known: tuple[str, ...], where: str) -> Fault:
    near = nearest(str(name), known)
    return Fault(f"`{name}` is no element of {where}", route, f"did you mean `{near}`?" if near else "", "key", lost=True)


def _has(statement: dict[Any, Any], name: str) -> bool:
    """Return whether a statement has an element: one that is not known at all may be null, which is none."""
    return name in statement and not isinstance(statement[name], Unknown)


def _unknown(value: Any) -> bool:
    return isinstance(value, Unknown | Text)


def _shown(value: Any) -> str:
    """Return a value as JSON writes it, at most sixty characters of it; a text without quotes."""
    if isinstance(value, str):
        return value[:60]
    from json import dumps

    return dumps(value, ensure_ascii=False, default=value_key)[:60]
