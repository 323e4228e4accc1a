"""Lists and maps of which some elements are not known: what loops and functions keep of the others.

Terraform's own evaluation makes the whole of such a value unknown, and so it is to every operation but these. Once it has
been applied, the known elements are in it, whatever the others are; so `for_each` and policies count them, and say that there
may be more. A list keeps no places among its elements, a map no element that an unknown one may take the place of.

Where all that there may be more in a list is known (`var.on ? ["x"] : []`), it goes the same way, beside what is there surely.
"""

from __future__ import annotations

from collections.abc import Callable

from iamlint.parse.terraform.common_type import common_type
from iamlint.parse.terraform.located import Located, Partial
from iamlint.parse.terraform.values import EvaluationError, equal
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Doubtful(Located):
    """Instances, or a document of one, whose `count` is not known: expressions take them for there, merged documents do not."""

    __slots__ = ("unknown",)

    def __init__(self, located: Located, unknown: Unknown) -> None:
        super().__init__(located.value, located.place, tree=located.tree)
        self.unknown = unknown

    @staticmethod
    def of(item: Located, unknown: Unknown) -> Located:
        """Return a document that may not be there; anything else as it is."""
        return item if item.tree is None or type(item) is not Located else Doubtful(item, unknown)


_OF_LISTS = frozenset({"concat", "distinct", "compact", "sort", "reverse", "flatten", "toset", "tolist", "setunion"})
"""Functions whose result holds what comes of the elements one by one, whatever the others are."""


def by_parts(
    name: str, values: list[Located], unknown: Callable[[], Located], run: Callable[[list[Located]], Any]
) -> Located | None:
    """Return what a function makes of the known elements of its arguments; None when it is none of these functions."""
    if not any(isinstance(value, Partial) for value in values) and not (
        name in ("concat", "setunion", "merge") and len(values) > 1 and any(isinstance(value.value, Unknown) for value in values)
    ):
        return None
    if name not in _OF_LISTS and name not in ("merge", "tomap"):
        return None
    given: list[Located] = []
    texts: dict[str, Text | Unknown] = {}
    rest: Unknown | None = None
    more: list[Located] | None = []
    for value in values:
        if not isinstance(value.value, Unknown):
            given.append(value)
            continue
        if name == "merge":  # what stands before may be overridden
            given, texts = [], {}
        if not isinstance(value, Partial) or isinstance(value.known.value, dict) is not (name in ("merge", "tomap")):
            rest, more = rest or value.value, None
            continue
        rest, more = rest or value.rest, besides(more, value)
        texts.update(value.texts)
        given.append(value.known)
    made: Located | None = run(given) if given else None
    if isinstance(made, Partial):
        rest, more, texts, made = rest or made.rest, besides(more, made), {**texts, **made.texts}, made.known
    if more:
        more = _made_of(more, values[0].place, run)
    if made is None or isinstance(made.value, Unknown) or not (made.value or more):
        return None
    return Partial(unknown(), made, rest, texts, more)


def besides(more: list[Located] | None, value: Partial) -> list[Located] | None:
    """Return what there may be besides in a list, with what there may be in another; None when it may be anything."""
    if value.rest is None:
        return more
    return None if more is None or value.more is None else [*more, *value.more]


def _made_of(more: list[Located], place: Place, run: Callable[[list[Located]], Any]) -> list[Located] | None:
    """Return what a function makes of elements that there may be."""
    try:
        made = run([Located(more, place)])
    except EvaluationError:
        return None
    return None if isinstance(made.value, Unknown) else [*made.value]


_MOST_PAIRS = 10_000


def either(unknown: Located, yes: Located, no: Located, place: Place) -> Located:
    """Return what a conditional comes to whose condition is not known: of two lists, what is in both and what may be there.

    So it is with the statements of two policy documents, or of one that may be there; as a text, either is unknown.
    """
    if yes.tree is not None or no.tree is not None:
        return _either_document(unknown, yes, no, place)
    if isinstance(yes.value, list) and isinstance(no.value, list):
        try:
            yes, no = common_type(yes, no, place), common_type(no, yes, place)
        except EvaluationError:
            return unknown
    return _either_list(unknown, yes, no, place)


def _either_list(unknown: Located, yes: Located, no: Located, place: Place) -> Located:
    first, second = _elements(yes), _elements(no)
    if first is None or second is None:
        return unknown
    (known, more), (others, no_more) = first, second
    both: list[Located] = []
    if len(known) * len(others) <= _MOST_PAIRS:
        both = [item for item in known if any(equal(item, other) for other in others)]
    either_side = [item for item in (*known, *others) if not any(item is one or equal(item, one) for one in both)]
    return Partial(unknown, Located(both, place, is_set=yes.is_set), unknown.value, more=[*either_side, *more, *no_more])


def _elements(side: Located) -> tuple[list[Located], list[Located]] | None:
    """Return the elements of a list, and those that may be in it; None when it is no list or may hold anything."""
    if isinstance(side, Partial) and isinstance(side.known.value, list):
        more = besides([], side)
        return None if more is None else (side.known.value, more)
    return (side.value, []) if isinstance(side.value, list) else None


def _either_document(unknown: Located, yes: Located, no: Located, place: Place) -> Located:
    """Return the text of one of two documents, of which one may be empty; it stays unknown where one of them is."""
    trees: list[Located] = []
    for side in (yes, no):
        if side.value is None or side.value == "":
            continue
        if side.tree is None or not isinstance(side.tree.value, dict):
            return unknown
        trees.append(side.tree)
    entries = {name: item for tree in trees for name, item in tree.value.items()}
    if "Statement" not in entries:
        return unknown
    for name, item in entries.items():
        if not all((one := tree.get(name)) is not None and equal(one, item) for tree in trees):
            entries[name] = unknown
    listed = [*map(_statements, trees), Located([], place)]
    entries["Statement"] = _either_list(unknown, listed[0], listed[1], place)
    return Located(unknown.value, place, tree=Located(entries, place))


def _statements(tree: Located) -> Located:
    """Return the statements of a document as a list, also where there is only one, or none."""
    found = tree.get("Statement")
    if found is None:
        return Located([], tree.place)
    return Located([found], found.place) if isinstance(found.value, dict) else found
