"""Labels that the declarations of a node carry themselves: in a field of their own, or as a tag."""

from __future__ import annotations

from iamlint.graph.elements import Node
from iamlint.source.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LABELS = frozenset({"environment", "team", "owner", "tags"})


def explicit(node: Node, fields: tuple[str, ...], without: str) -> tuple[str, Place | None] | None:
    """Return the first text in one of these fields of what declares the node, with its place; values of one type aside."""
    for fact in node.facts:
        if _fields_of[type(fact)].isdisjoint(fields) or type(fact).__name__ == without:
            continue
        for field in fields:
            if (value := text_of(getattr(fact, field, None))) is not None:
                return value, _label_place(fact, field)
    return None


class _FieldsOf(dict[type, frozenset[str]]):
    """Which fields that hold labels a value of a type may have."""

    def __missing__(self, kind: type) -> frozenset[str]:
        found = self[kind] = _LABELS if kind.__dictoffset__ else frozenset(field for field in _LABELS if hasattr(kind, field))
        return found


_fields_of = _FieldsOf()


def _label_place(fact: Any, field: str) -> Place | None:
    find = getattr(fact, "field_place", None)
    place = find(field) if find is not None else getattr(fact, "place", None)
    return place if isinstance(place, Place) else None


def tagged(node: Node, wanted: tuple[str, ...]) -> tuple[str, str, Place | None] | None:
    """Return the first of these tags that is set, as written, with its value and place."""
    for fact in node.facts:
        if "tags" not in _fields_of[type(fact)] or not (tags := getattr(fact, "tags", None)):
            continue
        folded = {name.casefold(): (name, value) for name, value in tags.items()}
        for tag in wanted:
            name, value = folded.get(tag, ("", None))
            if (text := text_of(value)) is not None:
                return name, text, getattr(fact, "place", None)
    return None


def text_of(value: Any) -> str | None:
    """Return a text that is known and not empty, else None."""
    return value if isinstance(value, str) and value else None
