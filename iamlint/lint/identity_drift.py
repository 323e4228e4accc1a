"""An identity provider's export beside what is declared: who is in which group, who may use which application, who is active.

An answer that lists a group's people lists all of them. Where a declaration only adds members (`okta_group_memberships`
without `track_all_users`), others may have been added elsewhere, and only those are told who are declared and not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.lint.drift import Drift
from iamlint.model.estate import Facts
from iamlint.model.identity import Application, ApplicationAssignment, Group, Membership, MembershipList, Person
from iamlint.model.telemetry import ScopeMapping
from iamlint.source.place import Place
from iamlint.source.value import Value, is_known, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph

LIVE = frozenset({
    "datadog-export", "grafana-export",  # teams of the vendors' own
    "entra-export", "github-export", "google-export", "identity-center-export", "keycloak-export", "okta-export", "scim",
})  # fmt: skip
"""The kinds of units that hold how things are, and no declaration."""

_COMPARED = (Membership, MembershipList, ApplicationAssignment, Person)

Named = tuple[str, str]
"""Provider and name."""


def identity_drift(graph: AccessGraph) -> Iterator[Drift]:
    """Yield where the export of an identity provider differs from what is declared of the same provider (SYNC102)."""
    units = graph.estate.units
    if not any(facts.kind in LIVE for facts in units):
        return
    apart = [facts for facts in units if facts.kind not in LIVE]
    if not any(isinstance(item, _COMPARED) for facts in apart for item in facts.items):
        return  # an export alone, which may hold a whole directory
    names = _Names(units)
    declared = _Side(apart, names)
    live = _Side([facts for facts in units if facts.kind in LIVE], names, declared)
    yield from _lists(live.members, declared.members, "`{0}` is in the group `{1}`")
    yield from _lists(live.assigned, declared.assigned, "`{0}` may use the application `{1}`")
    for person, (status, place) in sorted(declared.status.items()):
        is_so = live.status.get(person)
        if is_so is not None and is_so[0] != status:
            message = f"`{person[1]}` is {is_so[0]} in the live export, and declared as {status}"
            yield Drift(message, is_so[1], ((place, "the declaration"),), f"status {person[1]}")


class _Listed:
    """Who is in one list. `is_all`: nobody else is. `is_open`: a rule adds others."""

    __slots__ = ("is_all", "is_open", "members", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.members: dict[str, tuple[str, Place]] = {}
        self.is_all = False
        self.is_open = False


class _Names:
    """The names of groups, applications and people, by every text that refers to them."""

    def __init__(self, units: list[Facts]) -> None:
        self._names: dict[tuple[str, type, str], str] = {}
        for facts in units:
            for item in facts.items:
                if isinstance(item, (Group, Application, Person)):
                    name = item.name if isinstance(item, Group) else item.label if isinstance(item, Application) else item.email
                    if is_known(name):
                        for ref in (name, *item.ids):
                            self._names.setdefault((item.provider, type(item), key(ref).casefold()), key(name))

    def of(self, provider: str, kind: type, reference: Value) -> str | None:
        """Return the name of what a reference means, or None."""
        return self._names.get((provider, kind, key(reference).casefold()))


class _Side:
    """What some units say, by names; with `other`, only of the groups of which that side speaks."""

    def __init__(self, units: list[Facts], names: _Names, other: _Side | None = None) -> None:
        self._name = names.of
        self._wanted = None if other is None else other.members.keys()
        self.members: dict[Named, _Listed] = {}
        self.assigned: dict[Named, _Listed] = {}
        self.status: dict[Named, tuple[str, Place]] = {}
        for facts in units:
            for item in facts.items:
                if isinstance(item, ScopeMapping) and item.team is not None:
                    self._filled(item)
                elif isinstance(item, Membership):
                    self._member(item, facts.kind == "manifest")
                elif isinstance(item, MembershipList):
                    self._list(item, facts.kind == "manifest")
                elif isinstance(item, ApplicationAssignment):
                    self._assigned(item)
                elif isinstance(item, Person) and is_known(item.email) and is_known(item.status) and item.declared:
                    self.status[item.provider, key(item.email).casefold()] = (key(item.status), item.place)

    def _list(self, listed: MembershipList, is_all: bool) -> None:
        for number in range(len(listed.names)) if listed.group is None or self._group(listed.provider, listed.group) else ():
            if listed.group is not None or self._group(listed.provider, listed.names[number]):
                self._member(listed.single(number), is_all)

    def _group(self, provider: str, reference: Value) -> str | None:
        """Return the name of the group that a reference means, None for one that does not matter."""
        group = self._name(provider, Group, reference)
        return group if group is not None and (self._wanted is None or (provider, group) in self._wanted) else None

    def _filled(self, item: ScopeMapping) -> None:
        """Note that whoever signs in with an attribute is put into a team."""
        team = self._group(item.vendor, item.team or "")
        if team is not None:
            self.members.setdefault((item.vendor, team), _Listed(item.place)).is_open = True

    def _member(self, item: Membership, is_all: bool) -> None:
        group = self._group(item.provider, item.group)
        if group is None:
            return
        listed = self.members.setdefault((item.provider, group), _Listed(item.place))
        kinds = {"user": (Person,), "group": (Group,)}.get(item.member_kind, (Person, Group))
        member = next((name for kind in kinds if (name := self._name(item.provider, kind, item.member)) is not None), None)
        if item.dynamic is not None or (member is None and not is_known(item.member)):
            listed.is_open = True  # a rule, or somebody whom no file names
            return
        listed.is_all = listed.is_all or item.exclusive or is_all
        member = member or key(item.member)
        listed.members[member.casefold()] = (member, item.place)

    def _assigned(self, item: ApplicationAssignment) -> None:
        application = self._name(item.provider, Application, item.application)
        member = self._name(item.provider, Group if item.member_kind == "group" else Person, item.member)
        if application is None or item.member_kind != "group":
            return
        listed = self.assigned.setdefault((item.provider, application), _Listed(item.place))
        listed.is_all = listed.is_all or item.exclusive
        if member is None:
            listed.is_open = True
        else:
            listed.members[member.casefold()] = (member, item.place)


def _lists(live: dict[Named, _Listed], declared: dict[Named, _Listed], words: str) -> Iterator[Drift]:
    for about in sorted(live.keys() & declared.keys()):
        so, said = live[about], declared[about]
        if not so.is_all:
            continue
        if said.is_all and not said.is_open:
            for name in sorted(so.members.keys() - said.members.keys()):
                member, place = so.members[name]
                message = f"{words.format(member, about[1])} in the live export, and nothing declares it"
                yield Drift(message, place, ((said.place, "who is declared"),), f"{about[1]} {name}")
        if so.is_open:
            continue
        for name in sorted(said.members.keys() - so.members.keys()):
            member, place = said.members[name]
            message = f"{words.format(member, about[1])} as declared, and not in the live export"
            yield Drift(message, place, ((so.place, "who is there"),), f"{about[1]} {name}")
