"""What has no format of its own: answers of providers; policy documents alone, in lists, or as the AWS CLI prints them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from iamlint.model.estate import Facts
from iamlint.model.policy import Policy, PolicyKind
from iamlint.parse.context import Context
from iamlint.parse.policy import parse_policy
from iamlint.parse.policy_kind import find_documents, is_policy_alone, policy_kind_of
from iamlint.source.place import Origin, Route
from iamlint.source.problem import Unresolved
from iamlint.source.regex import regex
from iamlint.source.value import Unknown, concat, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Found: TypeAlias = "tuple[Route, dict[str, Any], str | None]"  # a document: its route, itself, the key that it stands under

_LISTED = frozenset(f"{kind}{form}" for kind in ("User", "Group", "Role") for form in ("", "s", "DetailList"))
"""The fields under which the AWS command line prints IAM entities."""


def parse_loose(value: Any, origin: Origin, context: Context, data: bytes) -> Facts:
    """Return what a provider's answer says, else every policy document inside a value; without either the facts have no kind.

    `data` are the bytes of the file.
    """
    facts = Facts(context.unit, "", (origin.path,))
    if is_policy_alone(value, origin.path):
        _add_policies([((), value, None)], value, origin, context, data, facts)
        return facts
    if (exported := _export(value, origin, context)) is not None:
        return exported
    if _is_construct_tree(value):
        facts.kind = "cdk"
        return facts
    if isinstance(value, dict) and not _LISTED.isdisjoint(value):
        from iamlint.parse.aws_output import is_iam_listing, parse_iam_listing

        if is_iam_listing(value):
            return parse_iam_listing(value, origin, context)
    if (endpoints := _endpoints(value, origin, context)) is not None:
        return endpoints
    _add_policies(find_documents(value), value, origin, context, data, facts)
    return facts


def _add_policies(found: Iterable[Found], value: Any, origin: Origin, context: Context, data: bytes, facts: Facts) -> None:
    """Add the policies that documents inside a value make."""
    path = origin.path
    is_json = path.endswith(".json")
    texts_are_known = _fills_in_nothing(data, is_json=is_json)
    calls: bool | None = None  # looked for when first asked, since policies written plainly call no function
    reference = path + (f"#{origin.document}" if origin.document else "")
    for route, document, key in found:
        facts.kind = "policy"
        kind = policy_kind_of(document, path, context.policy_kinds)
        if key == "AssumeRolePolicyDocument":
            kind = PolicyKind.TRUST
        if kind is None:
            continue
        name = (_holder(value, route) if route else None) or _stem(path)
        ref = reference + "#" + "/".join(map(str, route)) if route else reference
        below = origin.below(route) if route else origin
        policy = parse_policy(document, below, kind=kind, name=name, ref=ref, unit=context.unit)
        is_known = False
        if texts_are_known:
            if is_json and _is_written_plainly(policy):
                is_known = True
            else:
                if calls is None:
                    calls = _may_call(data, is_json=is_json)
                is_known = not calls
        if not is_known:
            filled = fill_placeholders(document, below)
            if filled is document:
                is_known = is_json  # JSON itself holds nothing unknown
            else:
                policy = parse_policy(filled, below, kind=kind, name=name, ref=ref, unit=context.unit)
        facts.add(policy)
        if is_known:
            facts.resolved += len(policy.statements)
            facts.full += 1
        else:
            _count(facts)


def _is_construct_tree(value: Any) -> bool:
    """Return whether a document is the `tree.json` that the CDK writes beside its templates, whose resources it repeats."""
    return isinstance(value, dict) and isinstance(value.get("tree"), dict) and str(value.get("version")).startswith("tree-")


def _endpoints(value: Any, origin: Origin, context: Context) -> Facts | None:
    """Return what the AWS command line prints about endpoints of VPCs, None when the document is no such thing."""
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, dict) or first.keys().isdisjoint(("VpcEndpoints", "VpcEndpoint", "VpcEndpointId")):
        return None
    from iamlint.parse.aws_endpoint_output import is_endpoint_listing, parse_endpoint_listing

    return parse_endpoint_listing(value, origin, context) if is_endpoint_listing(value) else None


def _export(value: Any, origin: Origin, context: Context) -> Facts | None:
    """Return what an answer of an identity or telemetry provider's interface says, None when the document is no such thing."""
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, dict) or "Statement" in first:
        return None
    if "data" in first:
        from iamlint.parse.telemetry.lightstep_export import is_lightstep_export, parse_lightstep_export

        if is_lightstep_export(value):
            return parse_lightstep_export(value, origin, context)
        from iamlint.parse.telemetry.datadog_export import is_datadog_export, parse_datadog_export

        if is_datadog_export(value):
            return parse_datadog_export(value, origin, context)
    if "teams" in first or "teamId" in first:
        from iamlint.parse.telemetry.grafana_export import is_grafana_export, parse_grafana_export

        if is_grafana_export(value):
            return parse_grafana_export(value, origin, context)
    from iamlint.parse.identity.exports import may_be_export, parse_export

    return parse_export(value, origin, context) if may_be_export(value) else None


def _count(facts: Facts) -> None:
    """Count the newest policy as understood, or say what in it is not known."""
    policy = facts.items[-1]
    found = unknowns(policy.document)
    if not found:
        facts.resolved += len(policy.statements)
    facts.tally(unknown.reason for unknown in found)
    for reason in dict.fromkeys(unknown.reason for unknown in found):
        place = next((unknown.place for unknown in found if unknown.reason == reason and unknown.place), policy.place)
        facts.unresolved.append(Unresolved(reason, place))


def _holder(value: Any, route: Route) -> str | None:
    """Return the name that stands beside a document or above it: `PolicyName`, `RoleName`."""
    here = value
    name: str | None = None
    for step in route:
        if isinstance(here, Mapping):
            for key in ("PolicyName", "RoleName", "Name"):
                if isinstance(here.get(key), str):
                    name = here[key]
        here = here[step]
    return name


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0] or path


_PLACEHOLDER = regex(r"\$\{([^{}]*)\}")
_POLICY_VARIABLE = regex(r"[*?$]|[\w.\-/]+:[^\s?{}]+(\s*,\s*'[^']*')?|\s*|\s*aws:[^{}]*")
"""What stands in a policy variable. The last two are faulty ones, and no template's: an expression does not start with `aws:`."""


def fill_placeholders(document: dict[str, Any], origin: Origin) -> dict[str, Any]:
    """Return the document with `${bucket}` and `Fn::GetAtt` unknown: something else fills them in.

    Policy variables hold a colon, and stay.
    """
    return _filled(document, origin, ()) if _has_placeholder(document) else document


def _is_written_plainly(policy: Policy) -> bool:
    """Return whether a document holds texts alone where something unknown may stand (`Statement.is_plain`)."""
    document, statements = policy.document, policy.statements
    for name, value in document.items():
        if name == "Statement":
            if len(statements) != (len(value) if type(value) is list else 1):
                return False
        elif type(value) is not str:
            return False
    for statement in statements:  # noqa: SIM110  asked of very many
        if not statement.is_plain:
            return False
    return True


def _fills_in_nothing(data: bytes, *, is_json: bool) -> bool:
    """Return whether a look at the bytes of a file tells that AWS alone fills in what stands in its texts as `${…}`."""
    # One sign alone is found much faster than two.
    if b"\0" in data or (b"\\" in data and b"\\u" in data) or (not is_json and b"{{" in data):
        return False
    if b"$" not in data or b"${" not in data:
        return True
    if not is_json or b"\\" in data or not data.isascii():
        return False
    names = {piece.partition(b"}")[0] for piece in data.split(b"${")[1:]}
    return all(map(_is_variable, names)) or not _holds_placeholder(data.decode("ascii"))


def _may_call(data: bytes, *, is_json: bool) -> bool:
    """Return whether a file may call functions of CloudFormation."""
    if is_json:  # where names stand in quotes, and a long text is found faster than a short one
        return b'"Fn::' in data or b'"Ref"' in data
    return b"Fn::" in data or b"Ref" in data or b"!" in data


@lru_cache(maxsize=1_000)
def _is_variable(name: bytes) -> bool:
    return _POLICY_VARIABLE.fullmatch(name.decode("ascii")) is not None


def _holds_placeholder(text: str) -> bool:
    return any(not _POLICY_VARIABLE.fullmatch(name) for name in set(_PLACEHOLDER.findall(text)))


def _has_placeholder(value: Any) -> bool:
    if isinstance(value, str):
        return "${" in value and _holds_placeholder(value)
    if isinstance(value, dict):
        return _called(value) is not None or any(_has_placeholder(item) for item in value.values())
    return isinstance(value, list) and any(_has_placeholder(item) for item in value)


def _called(value: dict[str, Any]) -> str | None:
    """Return the function of CloudFormation by which a mapping is to be replaced: the document is a part of some template."""
    return next((name for name in value if name.startswith("Fn::") or (name == "Ref" and len(value) == 1)), None)


def _filled(value: Any, origin: Origin, route: Route) -> Any:
    if isinstance(value, dict):
        name = _called(value)
        if name is not None:
            reason = f"what `{name}` gives is known in the template that takes the file in"
            return Unknown(reason, origin.at(route), f"{origin.path}:{name} {value[name]!r}")
        return {name: _filled(item, origin, (*route, name)) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, origin, (*route, index)) for index, item in enumerate(value)]
    if not isinstance(value, str) or not _has_placeholder(value):
        return value
    parts: list[str | Unknown] = []
    for number, piece in enumerate(_PLACEHOLDER.split(value)):
        if number % 2 == 0:
            parts.append(piece)
        elif _POLICY_VARIABLE.fullmatch(piece):
            parts.append(f"${{{piece}}}")
        else:
            reason = f"`${{{piece}}}` is filled in where the file is used"
            parts.append(Unknown(reason, origin.at(route), f"{origin.path}:{piece}"))
    return concat(parts)
