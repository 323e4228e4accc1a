"""What the tests of templates share: reading one from text."""

from textwrap import dedent
from typing import Any

from iamlint.model.estate import Facts
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.units import Unit, parse_unit
from iamlint.source.files import MemoryFiles
from iamlint.source.locate import locate
from iamlint.source.place import Place

ACCOUNT = "111111111111"


def parse(text: str, account: str | None = ACCOUNT, path: str = "stack.yaml", **context: Any) -> Facts:
    """Return the facts of a template."""
    files = MemoryFiles({path: dedent(text)})
    known = Context(path, account or unknown_account(path), region="eu-west-1", **context)
    return parse_unit(Unit("document", path, (path,)), files, known)


def items(facts: Facts, kind: type) -> list[Any]:
    """Return the facts' values of one type."""
    return [item for item in facts.items if isinstance(item, kind)]


def written(text: str, place: Place) -> str:
    """Return the text that a place covers; of one line only."""
    span = locate(place, dedent(text).encode())
    lines = dedent(text).split("\n")
    assert span.line == span.end_line
    return lines[span.line - 1][span.column - 1 : span.end_column - 1]
