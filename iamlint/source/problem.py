"""Problems: what a reader or parser says of input that it could not understand. Never raised, always returned."""

from __future__ import annotations

from iamlint.source.place import Place
from iamlint.source.record import NamedTuple


class Problem(NamedTuple):
    """Something wrong with the input itself, under one of the reserved ids `IL0xx` (`iamlint.lint.reserved`)."""

    id: str
    message: str
    at: Place
    help: str = ""
    because: tuple[tuple[Place, str], ...] = ()


class Unresolved(NamedTuple):
    """Something that bears on access and could not be known from the files: a line of the run's coverage."""

    reason: str
    at: Place
