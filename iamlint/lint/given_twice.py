"""Who has the same access by several policies: attached policies that add nothing to the others of their holder."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.graph.elements import Node, NodeKind
from iamlint.iam.actions import certain_bits, statement_bits
from iamlint.model.policy import Attachment, Effect, Layer, Policy
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph

_MOST = 20
"""More policies than AWS lets one identity have; looking at all of them together is not free."""


class GivenTwice(NamedTuple):
    """A policy that adds nothing to `others`, which its holder has too; `place` is where it is attached."""

    holder: Node
    policy: Policy
    others: tuple[Policy, ...]
    place: Place


def given_twice(graph: AccessGraph) -> Iterator[GivenTwice]:
    """Yield the policies of roles and users without which these could do the same, by what the policies say.

    A policy with a deny is left out, and so is one of which something is not known, or that no line of a file asks for.
    """
    attachments: dict[str, list[Attachment]] = {}
    for attachment in graph.estate.all(Attachment):
        if attachment.layer is Layer.IDENTITY:
            attachments.setdefault(key(attachment.target), []).append(attachment)
    known: dict[tuple[tuple[int, ...], frozenset[int]], list[tuple[Policy, tuple[Policy, ...]]]] = {}
    bits: dict[int, tuple[int, int]] = {}
    seen: set[tuple[str, Place]] = set()
    for kind in (NodeKind.ROLE, NodeKind.USER):
        for node in graph.nodes(kind):
            policies = tuple({id(policy): policy for policy in graph.policy_index.of(node).identity}.values())
            if not 2 <= len(policies) <= _MOST:
                continue
            here = attachments.get(node.name, ())
            made = [attachment for attachment in here if attachment.made]
            fixed = frozenset(id(policy) for policy in policies if any(_is_of(one, policy) for one in made))
            marked = tuple(map(id, policies)), fixed
            if marked not in known:
                known[marked] = list(_superfluous(policies, fixed, bits))
            for policy, others in known[marked]:
                for attachment in here:
                    if _is_of(attachment, policy) and (policy.ref, attachment.place) not in seen:
                        seen.add((policy.ref, attachment.place))
                        yield GivenTwice(node, policy, others, attachment.place)
                        break


def _superfluous(
    policies: tuple[Policy, ...], fixed: frozenset[int], bits: dict[int, tuple[int, int]]
) -> Iterator[tuple[Policy, tuple[Policy, ...]]]:
    """Yield the policies that can go, with those that remain.

    `fixed`: what nobody can take away; `bits`: the actions of policies as far as they are known, to which more are added.
    """
    left = list(policies)
    for policy in policies:
        if id(policy) not in bits:
            bits[id(policy)] = _bits(policy)
    for policy in sorted(policies, key=lambda one: bits[id(one)][1].bit_count()):  # of two that cover each other the narrow one
        others = [other for other in left if other is not policy]
        certain, may = bits[id(policy)]
        union = 0
        for other in others:
            union |= bits[id(other)][0]
        if id(policy) in fixed or not may or may & ~union or certain != may or not _only_allows(policy):
            continue
        if _adds_nothing((policy, *others), tuple(others)):
            left.remove(policy)
            able = (other for other in others if not may & ~bits[id(other)][0])  # another one lacks an action
            alone = next((other for other in able if _covers(other, policy)), None)
            yield policy, tuple(others) if alone is None else (alone,)


def _covers(other: Policy, policy: Policy) -> bool:
    return _only_allows(other) and _adds_nothing((policy,), (other,))


def _adds_nothing(wider: tuple[Policy, ...], policies: tuple[Policy, ...]) -> bool:
    from iamlint.iam.compare import beyond  # most holders have no two policies that it need be asked about
    from iamlint.iam.request import PolicySet

    return beyond(PolicySet(identity=wider), PolicySet(identity=policies)).found is False


def _bits(policy: Policy) -> tuple[int, int]:
    certain = may = 0
    for statement in policy.statements:
        if statement.effect is Effect.ALLOW:
            possible = statement_bits(statement)
            is_known = statement.opaque is None and set(map(type, statement.actions)) <= {str}
            certain |= possible if is_known else certain_bits(statement)
            may |= possible
    return certain, may


def _only_allows(policy: Policy) -> bool:
    return all(one.effect is Effect.ALLOW and one.opaque is None for one in policy.statements)


def _is_of(attachment: Attachment, policy: Policy) -> bool:
    if attachment.policy is not None:
        return attachment.policy is policy
    return attachment.policy_arn is not None and policy.arn is not None and key(attachment.policy_arn) == key(policy.arn)
