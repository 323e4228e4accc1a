"""Labels that the declarations of a node carry themselves: in a field of their own, or as a tag."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iamlint.source.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Tags: TypeAlias = tuple[dict[str, tuple[str, Any]], Place | None]  # by folded name: as it is written, and the value

_LABELS = frozenset({"environment", "team", "owner", "tags"})
_TAGS = frozenset({"tags"})


def labelling(facts: Iterable[Any]) -> Sequence[Any]:
    """Return those of the facts that may say a label themselves: most nodes are resources without tags."""
    return [fact for fact in facts if (fields := _fields_of[type(fact)]) and (fields != _TAGS or fact.tags)]


def explicit(facts: Iterable[Any], fields: tuple[str, ...], without: str) -> tuple[str, Place | None] | None:
    """Return the first text in one of these fields of what declares a node, with its place; values of one type aside."""
    for fact in facts:
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


def tags_of(facts: Iterable[Any]) -> list[Tags]:
    """Return the tags of each fact that has any, with its place."""
    found: list[Tags] = []
    for fact in facts:
        if "tags" in _fields_of[type(fact)] and (tags := getattr(fact, "tags", None)):
            found.append(({name.casefold(): (name, value) for name, value in tags.items()}, getattr(fact, "place", None)))
    return found


def tagged(tags: Iterable[Tags], wanted: tuple[str, ...]) -> tuple[str, str, Place | None] | None:
    """Return the first of these tags that is set, as written, with its value and place."""
    for folded, place in tags:
        for tag in wanted:
            name, value = folded.get(tag, ("", None))
            if (text := text_of(value)) is not None:
                return name, text, place
    return None


def text_of(value: Any) -> str | None:
    """Return a text that is known and not empty, else None."""
    return value if isinstance(value, str) and value else None
