"""Text of a document in which a placeholder is put in its place: `replace(….json, "%TOPIC%", arn)`, `format(….json, arn)`.

The structure goes the same way as its text, so that a policy keeps the place of every token. This is done only where it comes
to the same: the placeholder stands inside of strings, and neither it nor what replaces it means anything to JSON.
"""

from __future__ import annotations

from collections.abc import Callable

from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.values import derived
from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, Value, concat, key

_PLAIN = regex(r"[\w./:%@#~*?=+\- ]+")
"""Characters that JSON text has as they are, and that do not end a string."""
_VERB = regex(r"%(?:\[\d+\])?([^\[])")


class Reshaped(Located):
    """A structure made of another one; `source` is the latter."""

    __slots__ = ("source",)

    def __init__(self, located: Located, source: Located) -> None:
        super().__init__(located.value, located.place, keys=located.keys)
        self.source = source


def replaced(tree: Located, search: str, put: Value) -> Located | None:
    """Return a structure with every occurrence of a text replaced, None when its text would not become that of a structure."""
    if not _PLAIN.fullmatch(search) or not _is_plain(put) or search.strip(" /") != search or len(search) < 3:
        return None  # between slashes stands a regular expression

    def change(value: str) -> Value:
        pieces = value.split(search)
        return concat([part for piece in pieces for part in (put, piece)][1:]) if len(pieces) > 1 else value

    return _changed(tree, search, change, "replace")


def filled_in(tree: Located, values: list[Located]) -> Located | None:
    """Return a structure whose verbs `%s` all mean one text, None when they may mean different ones."""
    texts = [value.value for value in values]
    put = texts[0] if texts and isinstance(texts[0], (str, Text, Unknown)) else None
    if put is None or not _is_plain(put) or any(not isinstance(other, type(put)) or key(other) != key(put) for other in texts):
        return None

    def change(value: str) -> Value | None:
        pieces = _VERB.split(value)
        if any(verb not in ("s", "%") for verb in pieces[1::2]) or any("%" in piece for piece in pieces[::2]):
            return None
        return concat([piece if n % 2 == 0 else put if piece == "s" else "%" for n, piece in enumerate(pieces)])

    return _changed(tree, "%", change, "format")


def _is_plain(value: Value) -> bool:
    parts = value.parts if isinstance(value, Text) else (value,)
    return all(isinstance(part, Unknown) or _PLAIN.fullmatch(part) is not None for part in parts)


def _changed(tree: Located, mark: str, change: Callable[[str], Value | None], name: str) -> Located | None:
    """Return a structure with changed strings; None when the mark stands in a key or in what is no string."""
    value = tree.value
    if isinstance(value, dict):
        items = {key: _changed(item, mark, change, name) for key, item in value.items() if mark not in key}
        if len(items) < len(value) or any(item is None for item in items.values()):
            return None
        if all(item is value[key] for key, item in items.items()):
            return tree
        return Reshaped(Located(items, tree.place, keys=tree.keys), tree)
    if isinstance(value, list):
        listed = [_changed(item, mark, change, name) for item in value]
        if any(item is None for item in listed):
            return None
        return tree if all(new is old for new, old in zip(listed, value, strict=True)) else Located(listed, tree.place)
    if isinstance(value, (Unknown, Text)):
        return Located(derived(name, tree.place, tree, Located(mark, tree.place)).value, tree.place)
    if not isinstance(value, str):
        return None if mark in ("null" if value is None else str(value).lower()) else tree
    if mark not in value:
        return tree
    made = change(value)
    return None if made is None else Located(made, tree.place)
