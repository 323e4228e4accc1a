"""Boxes: products of sets, one bit set for each dimension; what of one box lies in some and outside of others."""

from __future__ import annotations

from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Box: TypeAlias = "tuple[int, ...]"


class TooManyError(Exception):
    """The search was given up."""


class Budget:
    """How many steps a search may still take."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Take off what was used. Raises `TooManyError` when nothing is left."""
        self.left -= steps
        if self.left < 0:
            raise TooManyError


def outside(box: Box, others: Sequence[Box], budget: Budget) -> Box | None:
    """Return a box whose points all lie in `box` and in none of the others, or None: they cover it. Raises `TooManyError`.

    The box is divided along one of the others, so what is left of it is disjoint and each part meets fewer of them.
    """
    if not all(box):
        return None
    todo = [(box, list(others))]
    while todo:
        box, near = todo.pop()
        budget.spend(len(near))
        kept = []
        covered = False
        for other in near:
            inside = True
            for mine, theirs in zip(box, other, strict=True):
                common = mine & theirs
                if not common:
                    break
                if common != mine:
                    inside = False
            else:
                if inside:
                    covered = True
                    break
                kept.append(other)
        if covered:
            continue
        if not kept:
            return box
        other = min(kept, key=lambda one: sum(1 for mine, theirs in zip(box, one, strict=True) if mine & ~theirs))
        kept = [one for one in kept if one is not other]
        rest = box
        for index, theirs in enumerate(other):
            beyond = rest[index] & ~theirs
            if beyond:
                todo.append(((*rest[:index], beyond, *rest[index + 1 :]), kept))
                rest = (*rest[:index], rest[index] & theirs, *rest[index + 1 :])
    return None


def within(box: Box, clauses: Sequence[Sequence[Box]], others: Sequence[Box], budget: Budget) -> Box | None:
    """Return a box whose points all lie in `box`, in one box of each clause, and in none of the others, or None.

    Raises `TooManyError`.
    """
    if not all(box):
        return None
    open_clauses: list[list[Box]] = []
    for clause in clauses:
        budget.spend(len(clause))
        met = [common for common in (tuple(map(int.__and__, box, one)) for one in clause) if all(common)]
        if not met:
            return None
        if box not in met:
            open_clauses.append(met)
    found = outside(box, others, budget)  # what is covered without regard to clauses is covered with it
    if found is None or not open_clauses:
        return found
    smallest = min(open_clauses, key=len)
    rest = [clause for clause in open_clauses if clause is not smallest]
    for one in smallest:
        found = within(one, rest, others, budget)
        if found is not None:
            return found
    return None
