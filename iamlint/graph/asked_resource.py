"""What a question says is acted upon: a declared thing or something inside of it, which the policy around it guards."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.graph.aws_index import Principal
from iamlint.graph.perhaps import not_told, perhaps_declared
from iamlint.graph.secret_names import SECRET_SUFFIX, same_secret, secret_forms, written_suffixes
from iamlint.iam.arns import account_in
from iamlint.model.policy import Policy
from iamlint.source.globs import is_glob
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph
    from iamlint.graph.aws_index import Aws, Resource
    from iamlint.graph.endpoints import Endpoints

BEHIND = "policy of the bucket behind the access point"

_BEGINS = {
    "s3": "/",
    "s3-outposts": "/object/",
    "s3tables": "/table/",
    "es": "/",
    "dynamodb": "/index/",
    "execute-api": "/",
}
"""How the ARN goes on behind that of the resource whose policy decides, by service. Streams and consumers have their own."""

_WHOLE = {"execute-api": "/*"}
"""What the ARN of the resource itself ends in."""


class AskedResource(NamedTuple):
    """What is acted upon: the text asked for, the values that are evaluated for it, its account, and the policy on it."""

    text: str | None
    forms: tuple[Value | None, ...]  # from the exact one to one that says more
    account: Value | None
    policy: Policy | None
    declared: bool
    assumed: tuple[str, ...] = ()
    endpoints: Endpoints = ()

    @property
    def governed_by(self) -> Value | None:
        """The account whose resource control policies govern it, None for the caller's own."""
        if self.account is not None or self.text is None or self.declared:
            return self.account
        return account_in(self.text) or None


def asked_resource(graph: AccessGraph, resource: str | None) -> AskedResource:
    """Return what a resource's text means: a node's name, an ARN, a pattern of ARNs."""
    if resource is None or resource == "*":
        return AskedResource(resource, (resource,), None, None, False)
    text = resource
    for prefix in ("resource:", "role:", "user:"):
        if text.startswith(prefix + "arn:"):
            text = text.removeprefix(prefix)
    aws = graph.policy_index.aws
    known, rest = aws.resource(text) or aws.resources.get(f"resource:{text}"), ""
    if known is None:
        known, rest = _around(aws, text) or (None, "")
    if is_glob(text) and known is None:
        account = account_in(text)
        return AskedResource(text, (_open(text),), account if account and not is_glob(account) else None, None, False)
    role = aws.principal(text) if known is None else None
    meant = perhaps_declared(aws, text) if known is None and (role is None or role.fact is None) else None
    if meant is not None:
        own = aws.trusts.get(meant.node.id) if isinstance(meant, Principal) else meant.policy
        return AskedResource(text, _written(aws, text), account_in(text) or meant.account, own, True, not_told(meant))
    if role is not None:
        return AskedResource(text, (role.arn,), role.account, aws.trusts.get(role.node.id), role.fact is not None)
    if known is None and ":secret:" in text:
        known = next((r for r in aws.resources.values() if r.fact is not None and same_secret(text, r.arn)), None)
    if known is not None:
        is_own = rest or not text.startswith("arn:") or key(known.arn) == text
        forms: tuple[Value, ...] = (concat([known.arn, _open(rest) if rest else ""]),) if is_own else (text,)
        if known.kind.startswith("secretsmanager"):
            suffix = text[-7:] if SECRET_SUFFIX.search(text) and same_secret(text[:-7], known.arn) else None
            suffixes = {known.node.name: (suffix,)} if suffix else written_suffixes(aws)
            forms = tuple(form for each in secret_forms(known.arn, known.fact is not None, suffixes) for form in each)
        behind = (BEHIND,) if ":accesspoint/" in text else ()
        return AskedResource(text, forms, known.account or None, known.policy, known.fact is not None, behind)
    return AskedResource(text, _written(aws, text), None, None, False)


def _written(aws: Aws, text: str) -> tuple[Value, ...]:
    """Return what an ARN stands for as it is written: of a secret, also with the six characters that AWS adds."""
    if ":secret:" not in text:
        return (text,)
    return tuple(form for each in secret_forms(text, False, written_suffixes(aws)) for form in each)


def _open(pattern: str) -> Value:
    """Return a pattern as a text whose stars and question marks stand for something that is not known."""
    parts: list[str | Unknown] = []
    literal = ""
    for index, character in enumerate(pattern):
        if character in "*?":
            parts += [literal, Unknown("any text that the pattern matches", None, f"{pattern}[{index}]")]
            literal = ""
        else:
            literal += character
    return concat([*parts, literal])


def _around(aws: Aws, text: str) -> tuple[Resource, str] | None:
    """Return the nearest resource around what an ARN or pattern names, with what the text says behind the resource's ARN."""
    service = text.split(":", 3)[2] if text.count(":") >= 5 else ""
    begins = _BEGINS.get(service)
    if begins is None:
        return None
    for at in _slashes(text):
        head, rest = text[:at], text[at:]
        if is_glob(head) or not rest.startswith(begins):
            continue
        found = aws.resource(head + _WHOLE.get(service, ""))
        if found is not None:
            return found, rest
    return None


def _slashes(text: str) -> list[int]:
    """Return where the slashes of an ARN are, the last first; those of names that are not known (`⟨a/main#x⟩`) are none."""
    return list(_found(text))[::-1]


def _found(text: str) -> Iterator[int]:
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "⟨") - (letter == "⟩")
        if letter == "/" and not depth:
            yield at
