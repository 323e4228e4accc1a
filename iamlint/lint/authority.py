"""Attachments that a declaration elsewhere takes away again, since it claims to list all of their kind."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.iam.patterns import equal_value
from iamlint.model.policy import Attachment, Authority, Layer
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph


class Contested(NamedTuple):
    """An attachment, and a declaration that keeps it off."""

    attachment: Attachment
    authority: Authority


def contested_attachments(graph: AccessGraph) -> Iterator[Contested]:
    """Yield every attachment that a declaration of the same account does not list and so takes away, with that declaration."""
    authorities = graph.estate.all(Authority)
    if not authorities:
        return
    found: dict[tuple[str, str, str], list[Authority]] = {}
    for authority in authorities:
        found.setdefault((authority.of, authority.what, key(authority.name)), []).append(authority)
    for attachment in graph.estate.all(Attachment):
        if attachment.layer is not Layer.IDENTITY or attachment.target_kind not in ("role", "user", "group"):
            continue
        what = "inline" if attachment.policy is not None else "managed"
        by_holder = found.get((attachment.target_kind, what, key(attachment.target)), [])
        by_policy = [] if attachment.policy_arn is None else found.get(("policy", what, key(attachment.policy_arn)), [])
        for authority in (*by_holder, *by_policy):
            if _keeps_off(authority, attachment):
                yield Contested(attachment, authority)
                break


def _keeps_off(authority: Authority, attachment: Attachment) -> bool:
    if authority.unit != attachment.unit and equal_value(authority.account, attachment.account) is not True:
        return False
    if authority.unit == attachment.unit and equal_value(authority.account, attachment.account) is False:
        return False
    entry: Value | None = attachment.policy_arn
    if authority.of == "policy":
        target = attachment.target
        entry = None if isinstance(target, Unknown) else concat([f"{attachment.target_kind}/", target])
    elif attachment.policy is not None:
        entry = attachment.policy.name
    return entry is not None and all(equal_value(entry, listed) is False for listed in authority.listed)
