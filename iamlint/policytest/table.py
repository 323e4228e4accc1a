"""Tables of parameters: one written test, run once for each row, with `<column>` replaced in every text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlint.source.near import nearest
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLACEHOLDER = regex(r"<([A-Za-z_][\w-]*)>")


class TableError(Exception):
    """A table that cannot be applied; the text says why, `help` what to do, `route` where below the test."""

    def __init__(self, message: str, help: str = "", route: tuple[str | int, ...] = ("parameters",)) -> None:
        super().__init__(message)
        self.help = help
        self.route = route


def rows_of(entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the test as it is for each row of its table; a test without one as it stands. Raises `TableError`."""
    if "parameters" not in entry:
        yield dict(entry)
        return
    table = [row for row in entry["parameters"] if isinstance(row, dict)]
    columns = list(dict.fromkeys(name for row in table for name in row))
    if not columns:
        raise TableError("the table has no columns")
    for number, row in enumerate(table):
        for column in columns:
            if column not in row:
                raise TableError(f"row {number + 1} has no `{column}`", route=("parameters", number))
            if not isinstance(row[column], str | int | float):
                raise TableError(f"`{column}` in row {number + 1} is no text", route=("parameters", number, column))
    rest = {name: value for name, value in entry.items() if name != "parameters"}
    used = set(_names(rest))
    for name in used - set(columns):
        near = nearest(name, columns)
        raise TableError(f"`<{name}>` is no column of the table", f"did you mean `<{near}>`?" if near else "", ())
    for column in columns:
        if column not in used:
            raise TableError(f"no text of the test has `<{column}>`", "write it where its value belongs, or drop the column")
    for row in table:
        texts = {column: _as_text(row[column]) for column in columns}
        filled = _filled(rest, texts)
        if not set(_names(rest["name"])):
            filled["name"] = f"{rest['name']} [{', '.join(f'{column}={texts[column]}' for column in columns)}]"
        yield filled


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _PLACEHOLDER.findall(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _names(key)
            yield from _names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)


def _filled(value: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: texts[match[1]], value)
    if isinstance(value, dict):
        return {_filled(key, texts): _filled(item, texts) for key, item in value.items()}
    return [_filled(item, texts) for item in value] if isinstance(value, list) else value


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
