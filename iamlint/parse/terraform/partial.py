"""Lists and maps of which some elements are not known: what loops and functions keep of the others.

Terraform's own evaluation makes the whole of such a value unknown, and so it is to every operation but these. Once it has
been applied, the known elements are in it, whatever the others are; so `for_each` and policies count them, and say that there
may be more. A list keeps no places among its elements, a map no element that an unknown one may take the place of.
"""

from __future__ import annotations

from collections.abc import Callable

from iamlint.parse.terraform.located import Located, Partial
from iamlint.source.value import Text, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


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
    for value in values:
        if not isinstance(value.value, Unknown):
            given.append(value)
            continue
        if name == "merge":  # what stands before may be overridden
            given, texts = [], {}
        if not isinstance(value, Partial) or isinstance(value.known.value, dict) is not (name in ("merge", "tomap")):
            rest = rest or value.value
            continue
        rest = rest or value.rest
        texts.update(value.texts)
        given.append(value.known)
    made: Located | None = run(given) if given else None
    if made is None or isinstance(made.value, Unknown) or not made.value:
        return None
    if isinstance(made, Partial):
        return Partial(unknown(), made.known, rest or made.rest, {**texts, **made.texts})
    return Partial(unknown(), made, rest, texts)
