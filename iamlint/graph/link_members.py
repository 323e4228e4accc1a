"""Who is a member of what: memberships one by one, and lists of them as rows of the graph's edges."""

from __future__ import annotations

from iamlint.graph.builder import GraphBuilder, why_unknown
from iamlint.graph.edge_list import membership_reason
from iamlint.graph.elements import Certainty, EdgeKind, Node
from iamlint.model.estate import Estate
from iamlint.model.identity import Membership, MembershipList
from iamlint.source.value import Unknown, Value, is_known, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.link_identity import Identities


class Members:
    """Adds the `member of` edges that the estate declares. A list comes to the edges that its memberships one by one come to."""

    def __init__(self, builder: GraphBuilder, identities: Identities) -> None:
        self._builder = builder
        self._identities = identities
        self._reasons: dict[str, str] = {}  # one text for all members of a group
        # The classes of lists; by the tuple of names itself first, since readers keep equal ones once.
        self._alike: dict[str, dict[int, int]] = {}
        self._classes: dict[tuple[str, tuple[Value, ...]], int] = {}
        self._known_groups = 0

    def link(self, estate: Estate) -> None:
        """Add the edges of the estate's memberships, in the order declared."""
        for item in estate.kept(Membership):
            if isinstance(item, Membership):
                self._single(item)
            elif item.group is None:
                self._groups_of_one(item)
            else:
                self._members_of_one(item)

    # lists

    def _groups_of_one(self, listed: MembershipList) -> None:
        member: Node | None
        if listed.member_kind == "user" and listed.member is not None:
            member = self._identities.person(listed.member, listed.provider)
        else:
            member = None if listed.member is None else self._find(listed.member_kind, listed.member, listed.provider)
        alike = self._class_of(listed.provider, listed.names) if member is not None else None
        edges = self._builder.edges
        if member is None or alike is None or (listed.member_kind != "user" and member in edges.classes[alike]):
            self._singles(listed)
        elif not (signed_out := self._identities.signed_out) or member.id not in signed_out:
            edges.add_groups(member, alike, listed)

    def _class_of(self, provider: str, names: tuple[Value, ...]) -> int | None:
        """Return the class of who is in the groups of these names, None when one of them is in no file yet."""
        if self._known_groups != self._identities.known_groups:  # what a name means hangs on which groups there are
            self._classes.clear()
            self._alike.clear()
            self._known_groups = self._identities.known_groups
        same = self._alike.get(provider)
        if same is None:
            same = self._alike[provider] = {}
        known = same.get(id(names))
        if known is None:
            known = self._classes.get((provider, names))
            if known is None:
                found = [self._identities.group(name, provider) for name in names]
                groups = tuple(group for group in found if group is not None)
                if len(groups) < len(found):
                    return None
                known = self._classes[provider, names] = self._builder.edges.new_class(groups)
            same[id(names)] = known
        return known

    def _members_of_one(self, listed: MembershipList) -> None:
        assert listed.group is not None
        group = self._identities.group(listed.group, listed.provider)
        if group is None:
            if isinstance(listed.group, Unknown):
                self._singles(listed)
                return
            group = self._identities.add_group(listed.provider, listed.group, listed.place_of(0), None)
        members: list[Node] = []
        numbers: list[int] = []
        for number, name in enumerate(listed.names):
            member = self._find(listed.member_kind, name, listed.provider)
            if member is None and listed.member_kind != "user":
                break  # it may be made a group, which may change what other names mean
            if member is None:
                member = self._member(listed.single(number))
            if member is not None and member is not group and member.id not in self._identities.signed_out:
                members.append(member)
                numbers.append(number)
        else:
            if members:
                some = None if len(numbers) == len(listed.names) else tuple(numbers)
                self._builder.edges.add_members(tuple(members), group, listed, some)
            return
        self._singles(listed)

    def _singles(self, listed: MembershipList) -> None:
        for membership in listed.singles():
            self._single(membership)

    # one by one

    def _single(self, membership: Membership) -> None:
        group = self._identities.group(membership.group, membership.provider)
        if group is None:
            if isinstance(membership.group, Unknown):
                reason = f"which group has this member is not known: {membership.group.reason}"
                self._builder.unknown(reason, membership.place)
                return
            group = self._identities.add_group(membership.provider, membership.group, membership.place, None)
        member = self._find(membership.member_kind, membership.member, membership.provider) or self._member(membership)
        if member is None or member is group or member.id in self._identities.signed_out:
            return
        reason = self._reasons.get(group.id) or self._reasons.setdefault(group.id, membership_reason(group))
        if membership.dynamic is None:
            self._builder.edge(member, group, EdgeKind.MEMBER_OF, reason, membership.place)
        else:
            is_rule = not membership.dynamic.startswith("a request for ")
            condition = f"the rule `{membership.dynamic}` holds" if is_rule else membership.dynamic
            self._builder.edge(
                member, group, EdgeKind.MEMBER_OF, reason, membership.place, condition=condition, certainty=Certainty.UNKNOWN
            )

    def _find(self, kind: str, name: Value, provider: str) -> Node | None:
        found: Node | None = None
        if kind in ("user", "any"):
            found = self._identities.person(name, provider)
        if found is None and kind in ("group", "any"):
            found = self._identities.group(name, provider)
        if found is None and kind in ("bot", "any"):
            found = self._identities.bot(name)
        return found

    def _member(self, membership: Membership) -> Node | None:
        """Return the node of a member that nothing declares, None for one that is not known."""
        member, kind = membership.member, membership.member_kind
        if membership.dynamic is None and not is_known(member):
            reason = f"who is a member of `{key(membership.group)}` is not known: {why_unknown([member])}"
            self._builder.unknown(reason, membership.place)
            return None if isinstance(member, Unknown) else self._mentioned(kind, member, membership)
        if not isinstance(member, str) or not member:
            return None
        return self._mentioned(kind, member, membership)

    def _mentioned(self, kind: str, member: Value, membership: Membership) -> Node:
        if kind == "group":
            return self._identities.add_group(membership.provider, member, membership.place, None)
        if kind == "bot":
            return self._identities.add_bot(member, membership.place, None)
        return self._identities.add_person(member, membership.place, None)
