"""Crossings of environments and teams, gathered into what a reader should see as one finding."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.graph.elements import Edge, Node, NodeKind
from iamlint.graph.queries import Crossing
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple

_WEIGHT = {NodeKind.PROJECT: 0, NodeKind.CREDENTIAL: 1, NodeKind.ROLE: 2, NodeKind.RESOURCE: 3}


class Border(NamedTuple):
    """Everything that one node reaches across one line of one file: the step to cut.

    `targets` come weightiest first (projects, credentials, roles, resources), and `path` leads to the first of them.
    """

    source: Node
    at: Place
    targets: tuple[Node, ...]
    path: tuple[Edge, ...]

    def others(self) -> str:
        """Return the further targets in words: empty, ` and 1 more`, ` and 3 more`."""
        return f" and {len(self.targets) - 1} more" if len(self.targets) > 1 else ""


def borders(crossings: Iterable[Crossing]) -> list[Border]:
    """Return the crossings gathered by who crosses and by the line to cut, in order of the source's id."""
    gathered: dict[tuple[str, Place], list[Crossing]] = {}
    for crossing in crossings:
        gathered.setdefault((crossing.source.id, _line_to_cut(crossing)), []).append(crossing)
    found = []
    for (_, place), together in sorted(gathered.items(), key=lambda item: (item[0][0], repr(item[0][1]))):
        together.sort(key=lambda crossing: (_WEIGHT.get(crossing.target.kind, 9), len(crossing.path), crossing.target.id))
        targets = dict.fromkeys(crossing.target for crossing in together)
        found.append(Border(together[0].source, place, tuple(targets), together[0].path))
    return found


def _line_to_cut(crossing: Crossing) -> Place:
    """Return the last written step before the target; an organization opens its projects by itself, so not that one."""
    for edge in reversed(crossing.path):
        if edge.place is not None and edge.source.kind is not NodeKind.PROJECT:
            return edge.place
    return crossing.source.place or crossing.target.place or Place("")
