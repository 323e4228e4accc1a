"""Facts of one unit, and the estate: the facts of all units together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from iamlint.source.problem import Problem, Unresolved

T = TypeVar("T")


class Facts:
    """What one unit declares: model values in the order met, problems, and the coverage of the reading.

    A unit is what can be parsed alone (a policy document, a template, a root module, a manifest, a workflow file).
    `resolved` counts what bears on access and was fully understood; `unresolved` lists the rest with reasons.
    """

    __slots__ = ("files", "items", "kind", "problems", "resolved", "unit", "unresolved")

    def __init__(self, unit: str, kind: str = "", files: Iterable[str] = ()) -> None:
        self.unit = unit
        self.kind = kind
        self.files = tuple(files)  # every file that was read for it
        self.items: list[Any] = []
        self.problems: list[Problem] = []
        self.unresolved: list[Unresolved] = []
        self.resolved = 0

    def add(self, item: Any) -> None:
        """Add a model value."""
        self.items.append(item)


class Estate:
    """Everything parsed from the repository. Independent of the order in which units were parsed."""

    def __init__(self, units: Iterable[Facts]) -> None:
        self.units = sorted(units, key=lambda facts: (facts.unit, facts.kind))
        self._by_type: dict[type, list[Any]] = {}
        for facts in self.units:
            for item in facts.items:
                self._by_type.setdefault(type(item), []).append(item)

    def all(self, kind: type[T]) -> list[T]:
        """Return every value of a type, ordered by unit, then as declared."""
        return self._by_type.get(kind, [])

    def types(self) -> frozenset[str]:
        """Return the names of the types of which there is a value."""
        return frozenset(kind.__name__ for kind in self._by_type)

    def problems(self) -> Iterator[Problem]:
        """Yield what could not be read, unit by unit."""
        for facts in self.units:
            yield from facts.problems

    def unresolved(self) -> Iterator[Unresolved]:
        """Yield what could not be known, unit by unit."""
        for facts in self.units:
            yield from facts.unresolved
