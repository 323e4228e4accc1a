"""The size of policy documents as AWS counts it, and which of them share a quota."""

from __future__ import annotations

import json
from collections.abc import Iterable

from iamlint.model.estate import Estate
from iamlint.model.policy import Attachment, Layer, Policy
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_UNKNOWN = regex("⟨[^⟨⟩]*⟩")


def characters(policy: Policy) -> int:
    """Return how long a document is without white space between its elements; what is unknown counts as nothing.

    So do statements of which nobody knows whether they are there.
    """
    document = policy.document
    maybe = {one.index for one in policy.statements if one.may_be_absent}
    if maybe - {None}:
        document = {**document, "Statement": [one for index, one in enumerate(document["Statement"]) if index not in maybe]}
    try:
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, default=_known_part)
    except (ValueError, RecursionError):
        return 0
    return len(_UNKNOWN.sub("", text)) if "⟨" in text else len(text)  # the keys of conditions may be known in part


def _known_part(value: Any) -> str:
    return "".join(part for part in value.parts if isinstance(part, str)) if isinstance(value, Text) else ""


class Inline(NamedTuple):
    """The inline policies of one role, user, group or permission set, which share a quota."""

    kind: str
    name: str
    policies: tuple[Policy, ...]


def inline_policies(estate: Estate) -> Iterable[Inline]:
    """Return the inline identity policies by whom they belong to, in order of declaration."""
    found: dict[tuple[str, str, str], dict[int, Policy]] = {}
    for attachment in estate.all(Attachment):
        if attachment.policy is None or attachment.layer is not Layer.IDENTITY or isinstance(attachment.target, Unknown):
            continue
        owner = (attachment.target_kind, key(attachment.target), key(attachment.account))
        found.setdefault(owner, {})[id(attachment.policy)] = attachment.policy
    return [Inline(kind, name, tuple(policies.values())) for (kind, name, _), policies in found.items()]
