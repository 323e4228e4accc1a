"""The edges of a graph in the order met, many of them kept as rows and fans: most of a directory are plain memberships."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, compress, count
from operator import itemgetter

from iamlint.graph.edge_fans import Fan
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from iamlint.model.identity import MembershipList

    Ends: TypeAlias = "Node | tuple[Node, ...]"
    Kept: TypeAlias = "Edge | Fan | int"
    """An edge, a fan of which it is one, or its number."""


def membership_reason(group: Node) -> str:
    """Return the reason of a plain membership."""
    return f"is a member of `{group.name}`"


class Edges(Sequence[Edge]):
    """Edges by number. Those of rows and fans become `Edge` values when somebody asks for them, equal ones each time.

    A row holds the edges that one list of memberships makes: from one member to many groups, or from many members to one
    group. Members of the same groups are a class: `classes` holds the groups of each.
    """

    def __init__(self) -> None:
        self.made: list[Edge] = []  # all but those of rows and fans
        self.fans: list[Fan] = []
        self._fan_starts = array("i")
        self.numbers = array("i")  # of `made`
        self._starts = array("i")  # the number of the first edge of each row
        self._members: list[Ends] = []
        self._numbers_of_members = array("i")  # once nodes have their final numbers
        self._groups = array("i")  # the class of a row of one member; of a row of one group, -1 - its index in `_single_groups`
        self._lists: list[MembershipList] = []
        self._of_member = bytearray()  # whether a row is one of a member, and not of a group
        self._single_groups: list[Node] = []
        self.classes: list[tuple[Node, ...]] = []
        self._sizes = array("i")  # of the classes
        self._names: dict[int, tuple[int, ...]] = {}  # row → which names of its list make an edge, where not all do
        self._size = 0

    def append(self, edge: Edge) -> None:
        """Add an edge."""
        self.made.append(edge)
        self.numbers.append(self._size)
        self._size += 1

    def add_fan(self, edge: Edge, targets: tuple[Node, ...]) -> None:
        """Add edges to several targets that differ in nothing else; `edge` is the first. See `Fan` for what may be one."""
        if len(targets) < _MANY:
            for target in targets:
                self.append(edge._replace(target=target))
            return
        self.fans.append(Fan(self._size, edge, targets))
        self._fan_starts.append(self._size)
        self._size += len(targets)

    def new_class(self, groups: tuple[Node, ...]) -> int:
        """Return the number of a class of members: those of all of these groups, in this order."""
        self.classes.append(groups)
        self._sizes.append(len(groups))
        return len(self.classes) - 1

    def add_groups(self, member: Node, alike: int, listed: MembershipList) -> None:
        """Add the edges from a member to the groups of a list, which are those of a class."""
        self._starts.append(self._size)
        self._of_member.append(1)
        self._members.append(member)
        self._groups.append(alike)
        self._lists.append(listed)
        self._size += self._sizes[alike]

    def add_members(
        self, members: tuple[Node, ...], group: Node, listed: MembershipList, names: tuple[int, ...] | None = None
    ) -> None:
        """Add the edges from the members of a list to their group; `names` are the numbers of those meant, if not all are."""
        if names is not None:
            self._names[len(self._starts)] = names
        self._starts.append(self._size)
        self._of_member.append(0)
        self._members.append(members)
        self._single_groups.append(group)
        self._groups.append(-len(self._single_groups))
        self._lists.append(listed)
        self._size += len(members)

    def rows_of_members(self) -> Iterator[tuple[int, int, int]]:
        """Yield each row of one member: the number of the first edge, the number of the member, its class."""
        if len(self._numbers_of_members) != len(self._members):
            self._numbers_of_members = array("i", [-1 if isinstance(one, tuple) else one.number for one in self._members])
        rows: Any = zip(self._starts, self._numbers_of_members, self._groups, strict=True)
        return compress(rows, self._of_member)

    def rows_of_groups(self) -> Iterator[tuple[int, tuple[Node, ...], Node]]:
        """Yield each row of one group: the number of the first edge, the members, the group."""
        if not self._single_groups:
            return iter(())
        rows: Any = zip(self._starts, self._members, strict=True)
        single = compress(rows, (not of_member for of_member in self._of_member))
        return ((start, members, group) for (start, members), group in zip(single, self._single_groups, strict=True))

    # as a sequence

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self.at(one) for one in range(*number.indices(self._size))]
        return self.at(number)

    def at(self, number: int) -> Edge:
        """Return the edge of a number."""
        if not self._starts and not self.fans:
            return self.made[number]
        if number < 0:
            number += self._size
        if not 0 <= number < self._size:
            raise IndexError(number)
        row = bisect_right(self._starts, number) - 1
        if row >= 0 and number < self._starts[row] + self._length(row):
            return self._edge(row, number - self._starts[row])
        at = bisect_right(self._fan_starts, number) - 1
        if at >= 0 and number < self._fan_starts[at] + len(self.fans[at].targets):
            return self.fans[at].to(self.fans[at].targets[number - self._fan_starts[at]])
        return self.made[bisect_left(self.numbers, number)]

    def __iter__(self) -> Iterator[Edge]:
        return self._all(rows=True)

    def singles(self) -> Iterator[Edge]:
        """Yield the edges but those of rows, in order."""
        return self._all(rows=False)

    def count_singles(self) -> int:
        """Return how many these are."""
        return len(self.made) + sum(len(fan.targets) for fan in self.fans)

    def _all(self, *, rows: bool) -> Iterator[Edge]:
        for piece in self._pieces(rows=rows):
            if isinstance(piece, list):
                yield from piece
            elif isinstance(piece, int):
                yield from (self._edge(piece, number) for number in range(self._length(piece)))
            else:
                yield from piece.edges()

    def _pieces(self, *, rows: bool = True) -> Iterator[list[Edge] | Fan | int]:
        """Yield rows by their index, if they are wanted, fans, and between them the edges that are in none."""
        begun: Iterable[tuple[int, Fan | int]] = zip(self._starts, count()) if rows else ()
        if self.fans:
            begun = merge(begun, zip(self._fan_starts, self.fans, strict=True), key=itemgetter(0))
        done = 0
        for start, piece in begun:
            before = bisect_left(self.numbers, start, done)
            if before > done:
                yield self.made[done:before]
                done = before
            yield piece
        yield self.made[done:] if done else self.made

    def _groups_at(self, row: int) -> Ends:
        number = self._groups[row]
        return self.classes[number] if number >= 0 else self._single_groups[-1 - number]

    def _length(self, row: int) -> int:
        members, groups = self._members[row], self._groups_at(row)
        return len(groups) if isinstance(groups, tuple) else len(members) if isinstance(members, tuple) else 1

    def _edge(self, row: int, number: int) -> Edge:
        member, group = self._members[row], self._groups_at(row)
        if isinstance(member, tuple):
            member = member[number]
        if isinstance(group, tuple):
            group = group[number]
        names = self._names.get(row)
        place = self._lists[row].place_of(number if names is None else names[number])
        return tuple.__new__(Edge, (  # a million of them are read: half the time of the call
            member, group, EdgeKind.MEMBER_OF, membership_reason(group), place,
            None, Certainty.CERTAIN, frozenset(), None, (), "",
        ))  # fmt: skip

    # by kind and by end

    def kinds(self) -> set[EdgeKind]:
        """Return the kinds of which there is an edge."""
        found = {edge.kind for edge in self.made} | {fan.kind for fan in self.fans}
        return found | {EdgeKind.MEMBER_OF} if self._starts else found

    def of(self, *kinds: EdgeKind) -> Iterator[Edge]:
        """Yield the edges of some kinds, in order."""
        if EdgeKind.MEMBER_OF not in kinds and all(fan.kind not in kinds for fan in self.fans):
            return (edge for edge in self.made if edge.kind in kinds)
        return (edge for edge in self._all(rows=EdgeKind.MEMBER_OF in kinds) if edge.kind in kinds)

    def sources_of(self, *kinds: EdgeKind) -> dict[str, Node]:
        """Return the nodes from which edges of some kinds lead, by id; memberships of rows aside."""
        found = {edge.source.id: edge.source for edge in self.made if edge.kind in kinds}
        found.update((fan.source.id, fan.source) for fan in self.fans if fan.kind in kinds)
        return found

    def members_of(self, wanted: Container[str]) -> Iterator[Edge]:
        """Yield the memberships in the groups of some ids, in order."""
        is_there = any(group.id in wanted for group in chain(self._single_groups, *self.classes))
        edges = self.of(EdgeKind.MEMBER_OF) if is_there else self.made
        return (edge for edge in edges if edge.kind is EdgeKind.MEMBER_OF and edge.target.id in wanted)

    def groups(self) -> set[str]:
        """Return the ids of the groups that have members."""
        used = {number for number in self._groups if number >= 0}
        found = {group.id for group in chain(self._single_groups, *(self.classes[number] for number in used))}
        return found | {edge.target.id for edge in self.made if edge.kind is EdgeKind.MEMBER_OF}

    def by_source(self) -> dict[int, list[Kept]]:
        """Return the edges by the number of their source, in order; of a row of one member its index, as -1 - index.

        Of a row of one group, the edges' numbers.
        """
        found: dict[int, list[Kept]] = {}
        for piece in self._pieces():
            if isinstance(piece, list):
                for edge in piece:
                    found.setdefault(edge.source.number, []).append(edge)
            elif isinstance(piece, Fan):
                found.setdefault(piece.source.number, []).append(piece)
            elif isinstance(members := self._members[piece], tuple):
                for number, member in enumerate(members, self._starts[piece]):
                    found.setdefault(member.number, []).append(number)
            else:
                found.setdefault(members.number, []).append(-1 - piece)
        return found

    def by_target(self, *, rows: bool = True) -> dict[int, list[Kept]]:
        """Return the edges by the number of their target, in order; those of rows, if they are wanted, as their numbers."""
        found: dict[int, list[Kept]] = {}
        for piece in self._pieces(rows=rows):
            if isinstance(piece, list):
                for edge in piece:
                    found.setdefault(edge.target.number, []).append(edge)
            elif isinstance(piece, Fan):
                for target in piece.targets:
                    found.setdefault(target.number, []).append(piece)
            elif isinstance(groups := self._groups_at(piece), tuple):
                for number, group in enumerate(groups, self._starts[piece]):
                    found.setdefault(group.number, []).append(number)
            else:
                start = self._starts[piece]
                found.setdefault(groups.number, []).extend(range(start, start + self._length(piece)))
        return found

    def made_of(self, found: Iterable[Kept], kinds: Collection[EdgeKind], target: Node | None = None) -> list[Edge]:
        """Return what `by_source` or, for a target, `by_target` gave as edges, those of some kinds (none: of all)."""
        edges: list[Edge] = []
        with_rows = not kinds or EdgeKind.MEMBER_OF in kinds
        for item in found:
            if not isinstance(item, int):
                if kinds and item.kind not in kinds:
                    continue
                if isinstance(item, Fan):
                    edges += item.edges() if target is None else (item.to(target),)
                else:
                    edges.append(item)
            elif with_rows and item >= 0:
                row = bisect_right(self._starts, item) - 1
                edges.append(self._edge(row, item - self._starts[row]))
            elif with_rows:
                edges += [self._edge(-1 - item, number) for number in range(self._length(-1 - item))]
        return edges

    def groups_in(self, found: Sequence[Kept], unknown: bool = False) -> tuple[Node, ...]:
        """Return the groups of what `by_source` gave, where it is not known only if `unknown`; no edge is made for it."""
        if len(found) == 1 and isinstance(row := found[0], int) and row < 0:
            groups = self._groups_at(-1 - row)
            return groups if isinstance(groups, tuple) else (groups,)
        direct: list[Node] = []
        for item in found:
            if isinstance(item, int):
                at = self._groups_at(bisect_right(self._starts, item) - 1 if item >= 0 else -1 - item)
                direct += at if isinstance(at, tuple) else (at,)
            elif isinstance(item, Edge) and item.kind is EdgeKind.MEMBER_OF and (unknown or item.certainty in _SURE):
                direct.append(item.target)
        return tuple(direct)


_SURE = (Certainty.CERTAIN, Certainty.ASSUMED)
_MANY = 3
"""So many edges alike are kept as a fan: of fewer, the edges themselves take less."""
