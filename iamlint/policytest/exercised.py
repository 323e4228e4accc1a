"""What policy tests exercised: the statements that decided, and the edges that led to an answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from iamlint.graph.elements import Edge, EdgeKind
from iamlint.source.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.decide import Answer


class Exercised:
    """Collects by place, test by test; `begin` says whose answers follow.

    What stands in a file that a fixture replaces is not recorded: it is not what the repository says.
    """

    def __init__(self) -> None:
        self.statements: dict[Place, set[int]] = {}
        self.edges: dict[tuple[EdgeKind, Place], set[int]] = {}
        self._test = 0
        self._replaced: Collection[str] = ()

    def begin(self, test: int, replaced: Collection[str] = ()) -> None:
        """Say which test asks now, by its number, and which files it replaces."""
        self._test = test
        self._replaced = replaced

    def answer(self, answer: Answer) -> None:
        """Record the determining statements of a decision and the steps of its path."""
        for statement in answer.determining:
            place = statement.place()
            if place.path not in self._replaced:
                self.statements.setdefault(place, set()).add(self._test)
        self.path(answer.path)

    def path(self, edges: Iterable[Edge]) -> None:
        """Record the steps of a path that an answer rests on."""
        for edge in edges:
            if edge.place is not None and edge.place.path not in self._replaced:
                self.edges.setdefault((edge.kind, edge.place), set()).add(self._test)
