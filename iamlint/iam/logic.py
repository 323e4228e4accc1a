"""Three-valued logic: True, False, and None for what hangs on an unknown."""

from __future__ import annotations

from collections.abc import Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Ternary: TypeAlias = "bool | None"


def both(*values: Ternary) -> Ternary:
    """Return whether all hold."""
    result: Ternary = True
    for value in values:
        if value is False:
            return False
        if value is None:
            result = None
    return result


def either(*values: Ternary) -> Ternary:
    """Return whether at least one holds."""
    result: Ternary = False
    for value in values:
        if value is True:
            return True
        if value is None:
            result = None
    return result


def opposite(value: Ternary) -> Ternary:
    """Return the negation."""
    return None if value is None else not value


def agreed(values: Iterable[Ternary]) -> Ternary:
    """Return the value that all have in common, else None."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
