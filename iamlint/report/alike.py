"""Very many findings of one rule at one place: people see a few, programs all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from iamlint.lint.finding import Diagnostic

MOST = 20
OF_MANY = 3


def few_of_many(listed: Iterable[Diagnostic]) -> Iterator[tuple[list[Diagnostic], int]]:
    """Yield the diagnostics by rule and place: those that are shown, and how many there are beside them.

    So many are at one place where each of many people crosses a border there. Each stays a finding of its own, with its own
    fingerprint: whoever joins them is new to a baseline and to `--since`, and whoever leaves makes nothing new.
    """
    for _, run in groupby(listed, key=_rule_and_place):
        alike = list(run)
        shown = alike if len(alike) <= MOST else alike[:OF_MANY]
        yield shown, len(alike) - len(shown)


def _rule_and_place(diagnostic: Diagnostic) -> tuple[str, str, int, int]:
    span = diagnostic.span
    return diagnostic.rule, diagnostic.path, span.line, span.column
