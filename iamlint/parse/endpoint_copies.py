"""VPC endpoints that the AWS command line prints and that code, or another printout, declares too: they are one endpoint.

They are for sure where the id is the same, or where service, VPC and policy are, all of them known, and no other endpoint has
these three. Then the policy counts once, where the code writes it. Two policies of one id that differ both stay: which of them
is in force is not known (`iamlint.graph.endpoints`).
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from iamlint.model.estate import Facts
from iamlint.model.policy import Attachment, Layer, Policy
from iamlint.source.value import Unknown, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PRINTED = "aws-output"
"""The kind of units that are what the AWS command line printed."""

_MARK = ":vpc-endpoint/"


def without_printed_copies(units: Iterable[Facts]) -> list[Facts]:
    """Return the units, those that print endpoints without what others declare of these."""
    units = sorted(units, key=lambda facts: facts.unit)
    printed = [one for facts in units if facts.kind == PRINTED for one in _endpoints(facts)]
    if not printed:
        return units
    coded = [one for facts in units if facts.kind != PRINTED for one in _endpoints(facts)]
    gone: set[int] = set()
    told: dict[int, Attachment] = {}  # the printed endpoint that one of the code is
    by_id: dict[str, list[Attachment]] = {}
    for one in coded:
        by_id.setdefault(_id(one), []).append(one)
    for one in printed:
        same = by_id.setdefault(_id(one), [])
        if any(_document(one) is not None and _document(one) == _document(other) for other in same):
            gone.add(id(one.policy))
        else:
            same.append(one)
    left = [one for one in printed if id(one.policy) not in gone]
    unnamed = [one for one in coded if not _id(one)]
    for one in unnamed:
        alike = [other for other in left if _is_alike(one, other)]
        if len(alike) == 1 and sum(_is_alike(other, alike[0]) for other in unnamed) == 1:
            gone.add(id(alike[0].policy))
            told[id(one.policy)] = alike[0]
    return [_settled(facts, gone, told) for facts in units] if gone else units


def _endpoints(facts: Facts) -> list[Attachment]:
    return [item for item in facts.items if isinstance(item, Attachment) and item.layer is Layer.ENDPOINT]


def _id(one: Attachment) -> str:
    """Return the id of an endpoint, empty where a part of it is not known."""
    id = key(one.target).rpartition(_MARK)[2]
    return id if id.startswith("vpce-") and "⟨" not in id else ""


def _is_alike(one: Attachment, other: Attachment) -> bool:
    """Return whether service, VPC and policy are known of both, and the same."""
    known = len(one.serves) == 2 and all(isinstance(value, str) and value for value in one.serves)
    return known and one.serves == other.serves and _document(one) is not None and _document(one) == _document(other)


def _document(one: Attachment) -> Any:
    """Return the policy as written, None where a part of it is not known."""
    document = None if one.policy is None else one.policy.document
    return document if isinstance(document, dict) and _is_known(document) else None


def _is_known(value: Any) -> bool:
    if isinstance(value, dict):
        return all("⟨" not in name and _is_known(item) for name, item in value.items())
    if isinstance(value, list):
        return all(map(_is_known, value))
    return value is None or isinstance(value, (str, int, float))


def _settled(facts: Facts, gone: set[int], told: dict[int, Attachment]) -> Facts:
    """Return a unit without the endpoints that are gone, and with the ids that a printout tells."""
    if facts.kind == PRINTED:
        kept = [item for item in facts.items if id(item if isinstance(item, Policy) else _policy(item)) not in gone]
    else:
        kept = [_named(item, told.get(id(_policy(item)))) for item in facts.items]
    if all(new is old for new, old in zip(kept, facts.items, strict=False)) and len(kept) == len(facts.items):
        return facts
    made = copy(facts)
    if facts.kind == PRINTED:
        dropped = [item for item in facts.items if isinstance(item, Policy) and id(item) in gone]
        made.full -= len(dropped)
        made.resolved -= sum(len(policy.statements) + 1 for policy in dropped)
    made.items = kept
    return made


def _policy(item: Any) -> Policy | None:
    return item.policy if isinstance(item, Attachment) and item.layer is Layer.ENDPOINT else None


def _named(item: Any, printed: Attachment | None) -> Any:
    if printed is None:
        return item
    account = printed.account if isinstance(item.account, Unknown) else item.account
    return item._replace(target=printed.target, account=account, known_as=item.target)
