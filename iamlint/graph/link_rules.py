"""Group rules into the graph: the people of the repository whom a rule certainly takes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import EdgeKind, Node
from iamlint.graph.link_identity import Identities
from iamlint.model.estate import Estate
from iamlint.model.identity import Membership, Person
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def link_rules(estate: Estate, builder: GraphBuilder, identities: Identities) -> None:
    """Add `member of` edges for the people and groups that a rule certainly takes in. Others may match: they are not known."""
    rules = [
        one
        for one in estate.kept(Membership)  # no list of memberships is a rule
        if isinstance(one, Membership) and one.dynamic is not None and one.language is not None
    ]
    if not rules:
        return
    people: dict[str, list[Person]] = {}
    for person in estate.all(Person):
        if person.declared and person.profile:
            people.setdefault(person.provider, []).append(person)
    for membership in rules:
        group = identities.group(membership.group, membership.provider)
        if group is not None:
            _link(membership, group, people.get(membership.provider, []), builder, identities)


def _link(membership: Membership, group: Node, people: list[Person], builder: GraphBuilder, identities: Identities) -> None:
    rule = membership.dynamic or ""
    reason = f"is a member of `{group.name}` by the rule `{rule}`"
    decide, asked = _reading(membership.language or "", rule)
    for name in asked:
        member = identities.group(name, membership.provider)
        if member is not None and member is not group:
            builder.edge(member, group, EdgeKind.MEMBER_OF, reason, membership.place)
    if decide is None:
        return
    excluded = {key(value) for value in membership.excluded}
    for person in people:
        if decide(person.profile) is not True or (excluded and excluded.intersection(map(key, (person.email, *person.ids)))):
            continue
        node = identities.person(person.email, person.provider)
        if node is not None and node.id not in identities.signed_out:
            builder.edge(node, group, EdgeKind.MEMBER_OF, reason, membership.place)


def _reading(language: str, rule: str) -> tuple[Callable[[Mapping[str, Any]], bool | None] | None, tuple[str, ...]]:
    """Return what decides the rule for a profile, and the groups of which one is enough."""
    if language == "okta":
        from iamlint.parse.identity.okta_expressions import compiled, groups_asked

        asked = groups_asked(rule)
        return (None if asked else compiled(rule)), asked
    if language == "entra":
        from iamlint.parse.identity.entra_rules import compiled

        return compiled(rule), ()
    return None, ()
