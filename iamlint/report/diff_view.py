"""Rows of a comparison as a reader takes them in: actions of one kind together, each with its place in the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from iamlint.change.rows import AccessDiff, Path, Row
from iamlint.report.answers import Answers
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

AnswersOf = Callable[[Row], Answers]
"""What writes the places of a row: those of the old state, or of the new one."""


_MANY = 4
"""So many principals with the same access are shown as one class, with the path of the first."""


class Entry(NamedTuple):
    """What one class of principals may do on one resource: all actions that come by the same path."""

    principal: str
    actions: tuple[str, ...]
    resource: str
    scope: str | None
    condition: str | None
    path: Path
    row: Row


def entries(rows: Iterable[Row]) -> list[Entry]:
    """Return the rows with the actions together that differ in nothing else, in order; many alike principals as one class."""
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        way = tuple((edge.source.id, edge.target.id, edge.place) for edge in row.path)
        found.setdefault((row.principal, row.resource, row.scope, row.condition, way, row.is_old), []).append(row)
    listed = [
        Entry(first.principal, tuple(row.action for row in rows), first.resource, first.scope, first.condition, first.path, first)
        for first, rows in ((rows[0], rows) for rows in found.values())
    ]
    alike: dict[tuple[object, ...], list[Entry]] = {}
    for entry in listed:
        shape = tuple((edge.kind, edge.certainty) for edge in entry.path)
        kind = entry.principal.partition(":")[0]
        about = (kind, entry.actions, entry.resource, entry.scope, entry.condition, shape, entry.row.is_old)
        alike.setdefault(about, []).append(entry)
    classes: list[Entry] = []
    for members in alike.values():
        if len(members) >= _MANY:
            classes.append(members[0]._replace(principal=", ".join(member.principal for member in members)))
        else:
            classes += members
    return sorted(classes, key=lambda entry: entry.row.order)


def people(principal: str, most: int = 5) -> str:
    """Return the principals of a class in words: all when they are few."""
    names = principal.split(", ")
    return principal if len(names) <= most else f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"


def summary(diff: AccessDiff) -> str:
    """Return the counts in words: `3 gained, 1 lost`."""
    if diff.is_empty:
        return "no access was gained or lost"
    counts = {name: len(entries(getattr(diff, name))) for name in diff._fields}
    return ", ".join(f"{number} {name}" for name, number in counts.items() if number)


def to_json(diff: AccessDiff, answers: AnswersOf) -> dict[str, Any]:
    """Return the comparison with the keys of the contract."""
    return {
        "gained": [_row(row, answers) for row in diff.gained],
        "lost": [_row(row, answers) for row in diff.lost],
        "unknown": [_row(row, answers) for row in diff.unknown],
    }


def _row(row: Row, answers: AnswersOf) -> dict[str, Any]:
    return {
        "principal": row.principal,
        "action": row.action,
        "resource": row.resource,
        "scope": row.scope,
        "condition": row.condition,
        "path": answers(row).path(row.path),
    }


def selects(selector: str, rows: Sequence[Row]) -> bool:
    """Return whether a glob covers who, what, on what or the scope of some row; an empty one covers every row."""
    from fnmatch import fnmatchcase

    if not selector:
        return bool(rows)
    return any(
        fnmatchcase(text, selector)
        for row in rows
        for text in (*row.principal.split(", "), row.action, row.resource, row.scope or "")
    )
