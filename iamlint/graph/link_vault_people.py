"""Vault's identity store into the graph: entities, groups, and the people and groups that auth methods bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import EdgeKind, Node
from iamlint.graph.link_identity import Identities
from iamlint.graph.link_vault import outsider
from iamlint.model.vault import VaultHolder
from iamlint.source.value import key

PROVIDER = "vault"


def link_holders(
    holders: Iterable[VaultHolder], builder: GraphBuilder, identities: Identities, permit: Callable[[Node, VaultHolder], None]
) -> None:
    """Add who is in which group of Vault, and what each may read by its own policies.

    An entity is the person behind its accounts where the estate knows one, else a bot, `vault/entity/NAME`.
    """
    nodes: dict[str, list[Node]] = {}
    listed = list(holders)
    for holder in listed:
        found = _nodes(holder, builder, identities)
        for id_ in holder.ids:
            nodes[key(id_)] = found
        for node in found:
            if node.id not in identities.signed_out:
                permit(node, holder)
    for holder in listed:
        if holder.kind != "group":
            continue
        (group,) = _nodes(holder, builder, identities)
        for member, place in holder.members:
            for node in nodes.get(key(member), ()):
                _member(node, group, builder, identities, place)
            if key(member) not in nodes:
                builder.unknown(f"who is in the group `{group.name}` is not known", place)
        for name, provider, place in holder.aliases:
            outside = outsider("team", name, provider, place, builder, identities)
            if outside is not None:
                _member(outside, group, builder, identities, place)


def _member(node: Node, group: Node, builder: GraphBuilder, identities: Identities, place: Place) -> None:
    if node is not group and node.id not in identities.signed_out:
        builder.edge(node, group, EdgeKind.MEMBER_OF, f"is a member of `{group.name}`", place)


def _nodes(holder: VaultHolder, builder: GraphBuilder, identities: Identities) -> list[Node]:
    if holder.kind in ("user", "team"):
        found = outsider(holder.kind, holder.name, holder.provider, holder.place, builder, identities)
        return [found] if found is not None else []
    if holder.kind == "group":
        known = identities.group(holder.name, PROVIDER)
        if known is None or identities.provider_of[known.id] != PROVIDER:
            known = identities.add_group(PROVIDER, holder.name, holder.place, None)
        return [known]
    people: dict[str, Node] = {}
    for name, provider, place in holder.aliases:
        person = identities.person(name, provider or None) or identities.bot(name)
        if person is None and isinstance(name, str) and "@" in name:
            person = identities.add_person(name, place, None)
        if person is not None:
            people.setdefault(person.id, person)
    if not people:
        name = f"{PROVIDER}/entity/{key(holder.name)}"
        return [identities.bot(name) or identities.add_bot(name, holder.place, None)]
    return list(people.values())


TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.source.place import Place
