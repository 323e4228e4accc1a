"""Who may change who is in a group: administrators and owners (`may administer`)."""

from __future__ import annotations

from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import EdgeKind, Node
from iamlint.graph.link_identity import Identities
from iamlint.model.estate import Estate
from iamlint.model.identity import Administration, Group
from iamlint.parse.identity.entra_roles import GUARDIANS
from iamlint.source.value import Unknown, key


def link_administration(estate: Estate, builder: GraphBuilder, identities: Identities) -> None:
    """Add `may administer` edges. Who administers all groups is led to those that give access, which are few."""
    grants = estate.all(Administration)
    if not grants:
        return
    giving = {edge.source.id: edge.source for edge in builder.edges.of(EdgeKind.MAPPED_TO, EdgeKind.ASSIGNED_TO)}
    for grant in grants:
        holder = _holder(grant, identities)
        if holder is None and isinstance(grant.holder, str) and "@" in grant.holder and grant.holder_kind in ("user", "any"):
            holder = identities.add_person(grant.holder, grant.place, None)
        if holder is None:
            reason = grant.holder.reason if isinstance(grant.holder, Unknown) else f"`{key(grant.holder)}` is in no file"
            builder.unknown(f"who is `{grant.role}` is not known: {reason}", grant.place)
            continue
        for group in _groups(grant, giving, identities, builder):
            if grant.role not in GUARDIANS and any(isinstance(fact, Group) and fact.guarded for fact in group.facts):
                continue
            reason = f"owns `{group.name}`" if grant.role == "owner" else f"may change `{group.name}` as `{grant.role}`"
            builder.edge(holder, group, EdgeKind.MAY_ADMINISTER, reason, grant.place, detail=grant.role)


def _holder(grant: Administration, identities: Identities) -> Node | None:
    found: Node | None = None
    if grant.holder_kind in ("group", "any"):
        found = identities.group(grant.holder, grant.provider)
    if found is None and grant.holder_kind in ("bot", "any"):
        found = identities.bot(grant.holder)
    if found is None and grant.holder_kind in ("user", "any"):
        found = identities.person(grant.holder, grant.provider)
    return found


def _groups(grant: Administration, giving: dict[str, Node], identities: Identities, builder: GraphBuilder) -> list[Node]:
    if grant.groups is None:
        return [node for node_id, node in sorted(giving.items()) if identities.provider_of.get(node_id) == grant.provider]
    found = []
    for name in grant.groups:
        node = identities.group(name, grant.provider)
        if node is not None:
            found.append(node)
        else:
            builder.unknown(f"which group `{key(grant.holder)}` administers is not in the repository", grant.place)
    return found
