"""Who is declared to be in which group, asked so that the lists of a whole directory need not be taken apart."""

from __future__ import annotations

from collections.abc import Container, Iterator

from iamlint.graph.access_graph import AccessGraph
from iamlint.model.identity import Membership
from iamlint.source.value import key


def memberships_of_kind(graph: AccessGraph, kind: str) -> Iterator[Membership]:
    """Yield the memberships of members that are said to be of a kind."""
    for item in graph.estate.kept(Membership):
        if item.member_kind == kind:
            yield from (item,) if isinstance(item, Membership) else item.singles()


def group_rules(graph: AccessGraph) -> Iterator[Membership]:
    """Yield the memberships that a rule makes (`dynamic`)."""
    for item in graph.estate.kept(Membership):
        if isinstance(item, Membership) and item.dynamic is not None:  # no list is a rule
            yield item


def groups_fed(graph: AccessGraph) -> set[str]:
    """Return the names and ids by which memberships name their groups."""
    found: set[str] = set()
    for item in graph.estate.kept(Membership):
        if item.group is not None:
            found.add(key(item.group))
        else:
            found.update(map(key, item.names))
    return found


def memberships_elsewhere(graph: AccessGraph, known: Container[str]) -> Iterator[Membership]:
    """Yield the memberships that name their group by a text that is not one of the known ones."""
    for item in graph.estate.kept(Membership):
        if item.group is not None:
            if isinstance(item.group, str) and item.group not in known:
                yield from (item,) if isinstance(item, Membership) else item.singles()
        else:
            for number, name in enumerate(item.names):
                if isinstance(name, str) and name not in known:
                    yield item.single(number)
