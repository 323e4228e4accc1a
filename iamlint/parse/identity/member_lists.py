"""Memberships of one list as one value: how the readers keep what a directory has most of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iamlint.model.estate import Facts
from iamlint.model.identity import Membership, MembershipList
from iamlint.source.place import Place, Route
from iamlint.source.value import Value


class MemberLists:
    """Makes lists of memberships for one document. Equal lists of names are kept once: people come in classes."""

    def __init__(self, provider: str, unit: str) -> None:
        self._provider = provider
        self._unit = unit
        self._names: dict[tuple[Value, ...], tuple[Value, ...]] = {}

    def groups_of(
        self, member: Value, kind: str, groups: Sequence[tuple[int, Value]], place: Place, below: Route = (), *,
        exclusive: bool = False,
    ) -> list[Membership | MembershipList]:  # fmt: skip
        """Return the memberships of one member, as one list: the groups with their indices in the list at `place`."""
        return self._made(None, member, kind, groups, place, below, exclusive)

    def members_of(
        self, group: Value, members: Iterable[tuple[int, Value, str]], place: Place, below: Route = (), *, exclusive: bool = True
    ) -> list[Membership | MembershipList]:
        """Return the memberships in one group, a list for each run of members of one kind."""
        made: list[Membership | MembershipList] = []
        run: list[tuple[int, Value]] = []
        last = ""
        for index, member, kind in members:
            if kind != last and run:
                made += self._made(group, None, last, run, place, below, exclusive)
                run = []
            run.append((index, member))
            last = kind
        return made + self._made(group, None, last, run, place, below, exclusive)

    def _made(
        self, group: Value | None, member: Value | None, kind: str, found: Sequence[tuple[int, Value]], place: Place,
        below: Route, exclusive: bool,
    ) -> list[Membership | MembershipList]:  # fmt: skip
        if not found:
            return []
        names: tuple[Value, ...] = tuple([name for _, name in found])
        names = self._names.setdefault(names, names)
        whole = found[-1][0] == len(found) - 1
        indices = () if whole else tuple([index for index, _ in found])
        made = MembershipList(
            self._provider, group, member, names, kind, place, self._unit, exclusive, below=below, indices=indices
        )
        return [made] if len(names) > 1 else [made.single(0)]


def gather(facts: Facts) -> None:
    """Put memberships that follow one another in one group, or of one member, into lists."""
    singles = [item for item in facts.items if isinstance(item, (Membership, MembershipList))]
    made = list(gathered(singles))
    if len(made) < len(singles):
        facts.items = [item for item in facts.items if not isinstance(item, (Membership, MembershipList))] + made


def gathered(items: Iterable[Membership | MembershipList]) -> Iterator[Membership | MembershipList]:
    """Yield the same memberships in the same order, in as few lists as they make."""
    run: list[Membership] = []
    of_group = of_member = True
    for item in items:
        if isinstance(item, Membership) and item.dynamic is None:
            if run and _kind(run[0]) == _kind(item):
                in_group = of_group and _is_same(run[0].group, item.group)
                by_member = of_member and _is_same(run[0].member, item.member)
                if in_group or by_member:
                    of_group, of_member = in_group, by_member
                    run.append(item)
                    continue
            yield from _listed(run, of_group)
            run, of_group, of_member = [item], True, True
            continue
        yield from _listed(run, of_group)
        run = []
        yield item
    yield from _listed(run, of_group)


def _listed(run: list[Membership], of_group: bool) -> Iterator[Membership | MembershipList]:
    if len(run) < 2:
        yield from run
        return
    first = run[0]
    names = tuple([one.member if of_group else one.group for one in run])
    place, below, indices, places = _places([one.place for one in run])
    yield MembershipList(
        first.provider, first.group if of_group else None, None if of_group else first.member, names, first.member_kind,
        place, first.unit, first.exclusive, below, indices, places,
    )  # fmt: skip


def _places(places: list[Place]) -> tuple[Place, Route, tuple[int, ...], tuple[Place, ...]]:
    """Return how a list says where its names are written: at their indices in one list if they are, else each by itself."""
    first, route = places[0], places[0].route
    differing = [index for index, pair in enumerate(zip(route, places[1].route, strict=False)) if pair[0] != pair[1]]
    if len(differing) == 1:
        at = differing[0]
        before, below = first._replace(route=route[:at]), route[at + 1 :]
        indices = tuple([step for one in places if len(one.route) == len(route) and isinstance(step := one.route[at], int)])
        if len(indices) == len(places) and all(
            one == before._replace(route=(*before.route, index, *below)) for one, index in zip(places, indices, strict=True)
        ):
            return before, below, () if indices == tuple(range(len(indices))) else indices, ()
    return first, (), (), tuple(places)


def _is_same(one: Value, other: Value) -> bool:
    return one == other if isinstance(one, str) else one is other  # two unknowns of one symbol may have other reasons


def _kind(membership: Membership) -> tuple[str, str, str, bool]:
    return membership.provider, membership.member_kind, membership.unit, membership.exclusive
