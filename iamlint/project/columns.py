"""Diagnostics on the way from one process to another: column by column, which takes a quarter of pickling each of them."""

from __future__ import annotations

from functools import partial
from itertools import chain
from operator import itemgetter

from iamlint.lint.finding import Diagnostic
from iamlint.source.place import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeAlias

    Columns: TypeAlias = "list[Sequence[Any]]"

_SPAN = Diagnostic._fields.index("span")
_WIDTH = len(Span._fields)


def packed(diagnostics: Sequence[Diagnostic]) -> Columns:
    """Return the fields of all diagnostics, one field after the other; that of their spans as numbers in a row."""
    columns: Columns = [list(map(itemgetter(field), diagnostics)) for field in range(len(Diagnostic._fields))]
    columns[_SPAN] = list(chain.from_iterable(columns[_SPAN]))
    return columns


def unpacked(columns: Columns) -> list[Diagnostic]:
    """Return the diagnostics of which these are the columns, in their order."""
    numbers = iter(columns[_SPAN])
    spans = map(partial(tuple.__new__, Span), zip(*[numbers] * _WIDTH, strict=True))
    fields = [*columns[:_SPAN], spans, *columns[_SPAN + 1 :]]
    return list(map(partial(tuple.__new__, Diagnostic), zip(*fields, strict=True)))
