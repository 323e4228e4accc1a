"""A comparison of two states, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.change.rows import AccessDiff, Row
from iamlint.report.diff_view import AnswersOf, entries, people, summary
from iamlint.report.display import clean

_SECTIONS = (("gained", "+"), ("lost", "-"), ("unknown", "?"))


def render(diff: AccessDiff, answers: AnswersOf) -> str:
    """Return the comparison as text: gained, lost, unknown, each class with its path."""
    lines = [*body(diff, answers), summary(diff)]
    return "".join(f"{clean(line)}\n" for line in lines)


def body(diff: AccessDiff, answers: AnswersOf, indent: str = "") -> list[str]:
    """Return the lines of the three sections, without the empty ones."""
    lines: list[str] = []
    for name, mark in _SECTIONS:
        rows: tuple[Row, ...] = getattr(diff, name)
        if rows:
            lines += [f"{indent}{name}", *(f"{indent}{line}" for line in _section(rows, mark, answers)), ""]
    return lines


def _section(rows: Iterable[Row], mark: str, answers: AnswersOf) -> Iterable[str]:
    principal = ""
    for entry in entries(rows):
        if entry.principal != principal:
            principal = entry.principal
            yield f"  {people(principal)}"
        scope = f"  [{entry.scope}]" if entry.scope else ""
        yield f"  {mark} {', '.join(entry.actions)} on {entry.resource}{scope}"
        if entry.condition and mark == "?":
            yield f"      not decided: {entry.condition}"
        elif entry.condition:
            yield f"      when {entry.condition}"
        yield from (
            line for line in answers(entry.row).path_lines(entry.path, indent="      ") if not _is_repeated(line, entry.condition)
        )


def _is_repeated(line: str, condition: str | None) -> bool:
    return condition is not None and line.strip() == f"if {condition}"
