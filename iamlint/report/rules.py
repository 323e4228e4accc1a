"""The catalogue of rules as a table."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from iamlint.lint.settings import LoadedRule
from iamlint.report.display import clean


def rules_table(loaded: Sequence[LoadedRule], selected: Collection[str]) -> str:
    """Return one line a rule; the ones that a run would not use are marked."""
    rows = [
        (
            item.rule.id,
            item.rule.name,
            item.rule.severity.value,
            ("" if item.rule.id in selected else "(off) ")
            + ("" if item.plugin == "iamlint" else f"[{item.plugin}] ")
            + item.rule.summary,
        )
        for item in loaded
    ]
    return columns(rows)


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as aligned columns, each row cleaned for a terminal."""
    cleaned = [[clean(cell) for cell in row] for row in rows]
    widths = [max(len(row[index]) for row in cleaned) for index in range(len(cleaned[0]))] if cleaned else []
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cleaned]
    return "".join(f"{line}\n" for line in lines)
