"""Terragrunt's inputs, and how those of a file are merged over those of the files that it includes."""

from __future__ import annotations

from iamlint.parse.terraform.located import Located
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown


class Inputs(NamedTuple):
    """Inputs by name; `others` says why there may be more of them, None when there are not."""

    known: dict[str, Located]
    others: Unknown | None = None


def merged(below: Inputs, above: Inputs, *, deep: bool) -> Inputs:
    """Return inputs with others on top: by name, or deep.

    Deep (Terragrunt: config/include.go, by mergo's `Merge` with `WithAppendSlice` and `WithOverride`): maps by key, lists one
    after the other, so an empty map or list on top takes nothing away; anything else on top counts, also "", false and null.
    """
    if above.others is not None:
        known = {name: value for name, value in above.known.items() if not deep or _is_plain(value)}
        return Inputs(known, above.others)
    if not deep:
        return Inputs({**below.known, **above.known}, below.others)
    known = _merged_deep(below.known, above.known)
    if below.others is not None:
        known.update({name: _doubtful(name, value) for name, value in above.known.items() if name not in below.known})
    return Inputs(known, below.others)


def _merged_deep(below: dict[str, Located], above: dict[str, Located]) -> dict[str, Located]:
    result = {**below, **above}
    for name in below.keys() & above.keys():
        one, two = below[name], above[name]
        if isinstance(one.value, dict) and isinstance(two.value, dict):
            result[name] = Located(_merged_deep(dict(one.value), dict(two.value)), two.place)
        elif isinstance(one.value, list) and isinstance(two.value, list):
            result[name] = Located([*one.value, *two.value], two.place)
        elif isinstance(two.value, list) and one.value is not None and not isinstance(one.value, Unknown):
            reason = f"Terragrunt cannot append the list `{name}` to what is no list"
            result[name] = Located(Unknown(reason, two.place), two.place)
        elif isinstance(one.value, Unknown) or (isinstance(two.value, Unknown) and isinstance(one.value, (list, dict))):
            result[name] = _doubtful(name, two)
    return result


def _doubtful(name: str, located: Located) -> Located:
    """Return a value that is merged over one that is not known."""
    if _is_plain(located):
        return located
    return Located(Unknown(f"`{name}` is merged from two files", located.place), located.place)


def _is_plain(located: Located) -> bool:
    """Return whether a value replaces whatever it is merged over."""
    return located.value is None or isinstance(located.value, (str, int, float, bool, Text))
