"""Populations of roles, users and compute, sorted by how the statements of an identity treat them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from iamlint.graph.ask import Granted
from iamlint.graph.elements import Node
from iamlint.graph.grant_index import literal_head
from iamlint.iam.arns import arn_matches
from iamlint.iam.logic import Ternary, either, opposite
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value, key

NO_TAGS: Mapping[str, Value] = {}


class Member(NamedTuple):
    """One of a population: the ARN that is acted on, the node that is gained by it, and what to call it in a reason."""

    arn: Value
    node: Node
    tags: Mapping[str, Value] = NO_TAGS
    boundary: Value | None = None
    shown: str = ""

    @property
    def words(self) -> str:
        """Return what to call it in a reason."""
        return self.shown or f"`{self.node.name}`"


class Group(NamedTuple):
    """Members on which one identity may act alike."""

    members: tuple[Member, ...]
    found: Granted


class Test(NamedTuple):
    """The resources of one statement. `grants`: it stands in an identity policy and allows."""

    grants: bool
    negated: bool
    resources: tuple[Value, ...]

    def matches(self, arn: Value) -> Ternary:
        """Return whether the statement is about the thing."""
        if not self.resources:
            return None
        answer = either(*(arn_matches(text, arn) for text in self.resources))
        return opposite(answer) if self.negated else answer


class Population:
    """Members by the literal beginning of what their ARN names, so that a pattern finds its own without asking all."""

    def __init__(self, members: Iterable[Member]) -> None:
        self.members = tuple(members)
        self._heads: list[tuple[str, int]] = []
        self._rest: list[int] = []  # those whose name is not known to its end
        for number, member in enumerate(self.members):
            head = literal_head(member.arn)
            if head is not None and key(member.arn).endswith(head):
                self._heads.append((head, number))
            else:
                self._rest.append(number)
        self._heads.sort()
        self._classes: dict[object, tuple[tuple[Member, ...], ...]] = {}

    def classes(self, tests: tuple[Test, ...]) -> tuple[tuple[Member, ...], ...]:
        """Return the members that some granting statement may match, sorted by which statements match them."""
        found = self._classes.get(tests)
        if found is None:
            sorted_by: dict[tuple[Ternary, ...], list[Member]] = {}
            for number in self._candidates(tests):
                member = self.members[number]
                marks = tuple(test.matches(member.arn) for test in tests)
                if any(mark is not False and test.grants for mark, test in zip(marks, tests, strict=True)):
                    sorted_by.setdefault(marks, []).append(member)
            found = self._classes[tests] = tuple(tuple(members) for members in sorted_by.values())
        return found

    def all_of(self, found: Granted) -> list[Group]:
        """Return everybody as one group."""
        return [Group(self.members, found)]

    def _candidates(self, tests: tuple[Test, ...]) -> Iterable[int]:
        found = set(self._rest)
        for test in tests:
            for text in test.resources if test.grants else ():
                head = literal_head(text)
                if test.negated or head is None or not head:
                    return range(len(self.members))
                at = bisect_left(self._heads, (head, -1))
                while at < len(self._heads) and self._heads[at][0].startswith(head):
                    found.add(self._heads[at][1])
                    at += 1
        return sorted(found)
