"""Facts of one unit, and the estate: the facts of all units together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from iamlint.model.policy import Policy
from iamlint.source.place import Place
from iamlint.source.problem import Problem, Unresolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from typing import Any, TypeVar

    T = TypeVar("T")


class Facts:
    """What one unit declares: model values in the order met, problems, and the coverage of the reading.

    A unit is what can be parsed alone (a policy document, a template, a root module, a manifest, a workflow file).
    `resolved` counts what bears on access and was fully understood; `unresolved` lists the rest with reasons.
    `full` counts the resources that were fully understood; `partly` holds, for each resource of which a part is not known,
    the reasons; `missed` the reason for each that could not be read at all. A parser that tells no resources apart leaves
    them as they are: then each value counts as one (`resources`).
    `marks` are those of the documents in the unit's own file, where reading it has left any (`iamlint.source.reading`).
    `off` holds what a default of the files themselves keeps from being there: it is no part of what is known or not.
    `calls` holds, for each resource that stands in a module, its name in the unit, its place and the calls that lead there.
    """

    __slots__ = (
        "calls", "files", "full", "items", "kind", "marks", "missed", "off", "partly", "problems", "resolved", "unit",
        "unresolved",
    )  # fmt: skip

    def __init__(self, unit: str, kind: str = "", files: Iterable[str] = ()) -> None:
        self.unit = unit
        self.kind = kind
        self.files = tuple(files)  # every file that was read for it
        self.items: list[Any] = []
        self.problems: list[Problem] = []
        self.unresolved: list[Unresolved] = []
        self.resolved = 0
        self.calls: list[tuple[str, Place, tuple[Place, ...]]] = []
        self.full = 0
        self.partly: list[tuple[str, ...]] = []
        self.missed: list[str] = []
        self.off: list[Unresolved] = []
        self.marks: dict[int, array[int]] = {}

    def tally(self, reasons: Iterable[str]) -> None:
        """Count one resource that bears on access: fully understood when there is no reason why a part is not known."""
        if given := tuple(dict.fromkeys(reasons)) if reasons else ():
            self.partly.append(given)
        else:
            self.full += 1

    def resources(self) -> tuple[int, list[tuple[str, ...]], list[str]]:
        """Return how many resources are fully known, and the reasons for each that is known in part, or not at all."""
        if self.full or self.partly or self.missed:
            return self.full, self.partly, self.missed
        partly: list[tuple[str, ...]] = [(line.reason,) for line in self.unresolved]
        if not self.items:
            return 0, [], [line.reason for line in self.unresolved]
        return max(0, self.size - len(partly)), partly, []

    def add(self, item: Any) -> None:
        """Add a model value."""
        self.items.append(item)

    @property
    def size(self) -> int:
        """How many values are declared: those that a list holds as one (`MembershipList`) count each."""
        return len(self.items) + sum(len(item.names) - 1 for item in self.items if hasattr(type(item), "stands_for"))


class Estate:
    """Everything parsed from the repository. Independent of the order in which units were parsed."""

    def __init__(self, units: Iterable[Facts]) -> None:
        self.units = sorted(units, key=lambda facts: (facts.unit, facts.kind))
        self._by_type: dict[type, list[Any]] = {}
        self._single: dict[type, list[Any]] = {}  # of the types of which some are kept in lists: one by one
        self._listed: set[type] = set()
        kept: dict[type, list[Any]] = {}  # by the type of what is kept
        for facts in self.units:
            for item in facts.items:
                found = kept.get(type(item))
                if found is None:
                    found = kept[type(item)] = self._start(type(item))
                found.append(item)

    def _start(self, kept: type) -> list[Any]:
        kind = kept
        if hasattr(kept, "stands_for"):
            kind = kept.stands_for()
            self._listed.add(kind)
        return self._by_type.setdefault(kind, [])

    def all(self, kind: type[T]) -> list[T]:
        """Return every value of a type, ordered by unit, then as declared."""
        if kind not in self._listed:
            return self._by_type.get(kind, [])
        if kind not in self._single:
            self._single[kind] = [
                one for item in self._by_type[kind] for one in ((item,) if type(item) is kind else item.singles())
            ]
        return self._single[kind]

    def kept(self, kind: type[T]) -> list[Any]:
        """Return the same as they are kept: a value of the type, or a list that stands for several (`MembershipList`)."""
        return self._by_type.get(kind, [])

    def named(self, kind: str) -> list[Any]:
        """Return every value of the type of this name: for who would import the type only to find that there is none."""
        return next((self.all(known) for known in self._by_type if known.__name__ == kind), [])

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """Every policy document once, ordered by unit, then as declared; also those that other values hold."""
        found: dict[int, Policy] = {}
        without: set[type] = set()  # types of which no value holds a policy: all of a directory's
        for facts in self.units:
            for item in facts.items:
                kind = type(item)
                if kind in without:
                    continue
                policy: Policy | None = None
                if kind is Policy:
                    policy = item
                elif (field := _HOLDERS.get(kind.__name__)) is not None:
                    policy = getattr(item, field)
                else:
                    without.add(kind)
                if policy is not None:
                    found.setdefault(id(policy), policy)
        return tuple(found.values())

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


_HOLDERS = {"AwsRole": "trust", "AwsResource": "policy", "Attachment": "policy"}
"""Which field of which model value holds a policy; by name, since importing the types costs a hook on one document too much."""
