"""Values of which parts may be unknown.

A value read from a file is a plain Python value (`str`, `int`, `float`, `bool`, `None`, `list`, `dict`), an `Unknown`,
or a `Text`: a string of which some stretches are unknown and whose known shape is kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.source.place import Place
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias


class Unknown:
    """A value that the repository does not hold.

    `symbol` names the unknown itself: two unknowns with one symbol are the same value, whatever it is
    (`infra/prod#aws_iam_role.app.name`), so references join on it although nobody knows the text.
    `reason` is a sentence fragment for a reader (`variable "env" has no default`).
    """

    __slots__ = ("place", "reason", "symbol")

    def __init__(self, reason: str, place: Place | None = None, symbol: str | None = None) -> None:
        self.reason = reason
        self.place = place
        self.symbol = symbol if symbol is not None else _anonymous(reason, place)

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r}, symbol={self.symbol!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and other.symbol == self.symbol

    def __hash__(self) -> int:
        return hash(self.symbol)

    def __reduce__(self) -> tuple[Any, ...]:  # for pickle: a third of what attributes one by one take
        return Unknown, (self.reason, self.place, self.symbol)


class Text:
    """A string with at least one unknown stretch: `arn:aws:s3:::logs-⟨var.env⟩/*`.

    Invariant: `parts` holds no empty string and no two strings in a row. Build one with `concat`.
    """

    __slots__ = ("joined", "parts")

    def __init__(self, parts: tuple[str | Unknown, ...]) -> None:
        self.parts = parts
        self.joined: str | None = None  # what `key` returns, which is asked for again and again

    def __repr__(self) -> str:
        return f"Text({key(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and other.parts == self.parts

    def __hash__(self) -> int:
        return hash(self.joined if self.joined is not None else key(self))  # of one `str`, whose hash is remembered

    def __reduce__(self) -> tuple[Any, ...]:
        return Text, (self.parts,)


Value: TypeAlias = "str | Text | Unknown"
"""A string that may be partly or wholly unknown."""


def _anonymous(reason: str, place: Place | None) -> str:
    """Return a symbol for an unknown that nothing else can refer to: its reason and where it was met."""
    if place is None:
        return reason
    return f"{reason} at {place.path}:{'/'.join(map(str, place.route)) or place.span}"


def concat(parts: Iterable[str | Text | Unknown]) -> Value:
    """Return the text that the parts make together: a `str` when all of it is known."""
    flat: list[str | Unknown] = []
    known = ""  # the known stretch that is not in `flat` yet; nobody else holds it, so adding to it copies nothing
    for part in parts:
        if type(part) is Text:  # `isinstance` takes three times as long where the answer is no
            pieces = part.parts
            if isinstance(pieces[0], str):
                known += pieces[0]
                pieces = pieces[1:]
            if known:
                flat.append(known)
            flat += pieces
            known = flat.pop() if isinstance(pieces[-1], str) else ""  # type: ignore[assignment]
        elif isinstance(part, str):
            known += part
        else:
            if known:
                flat.append(known)
                known = ""
            flat.append(part)  # type: ignore[arg-type]
    if known:
        flat.append(known)
    if len(flat) == 1:
        return flat[0]
    return Text(tuple(flat)) if flat else ""


def key(value: Value) -> str:
    """Return the text by which a value is joined and shown: unknown stretches appear as `⟨symbol⟩`."""
    if type(value) is Text:
        if value.joined is None:
            value.joined = "".join([part if type(part) is str else f"⟨{part.symbol}⟩" for part in value.parts])  # type: ignore[union-attr]
        return value.joined
    return value if isinstance(value, str) else f"⟨{value.symbol}⟩"  # type: ignore[union-attr]


def last_name(value: Value) -> str:
    """Return what stands behind the last slash, `app` of `…:policy/team/app`; unknown stretches stay whole."""
    if not isinstance(value, Text):
        return last_part(value) if isinstance(value, str) else key(value)
    tail: list[str | Unknown] = []
    for part in reversed(value.parts):
        known = part.rpartition("/") if isinstance(part, str) else ("", "", part)
        tail.insert(0, known[2])
        if known[1]:
            break
    return key(concat(tail))


def last_part(text: str) -> str:
    """Return what of a key stands behind the last slash; the slashes within `⟨…⟩` are those of files and cut nothing."""
    if "⟨" not in text:
        return text.rpartition("/")[2]
    inside = 0
    for at in range(len(text) - 1, -1, -1):
        letter = text[at]
        inside += (letter == "⟩") - (letter == "⟨")
        if letter == "/" and inside <= 0:
            return text[at + 1 :]
    return text


def shortened(text: str) -> str:
    """Return a text for people: unknown stretches by what they are in their unit, `⟨var.env⟩` for `⟨infra/prod#var.env⟩`."""
    if "⟨" not in text:
        return text
    head, *stretches = text.split("⟨")
    return "⟨".join([head, *map(_without_unit, stretches)])


def _without_unit(stretch: str) -> str:
    symbol, end, rest = stretch.partition("⟩")
    return _in_its_unit(symbol) + end + rest


def _in_its_unit(symbol: str) -> str:
    """Return a symbol without its unit; of what a function made of an unknown (`lower(infra#var.env)#0123456789ab`), how."""
    made, _, digest = symbol.rpartition(")#")
    operation, bracket, of = made.partition("(")
    part = digest[_DIGEST:]
    if bracket and len(digest) >= _DIGEST and (not part or part[0] in ".["):
        return f"{_ONE_OF_MANY.sub('', operation)}({_in_its_unit(of)}){part}"
    unit, mark, inside = symbol.partition("#")
    return inside if mark else _ONE_OF_MANY.sub("", unit)


_ONE_OF_MANY = regex(r"@[^()]*:\d+-\d+:\d+\Z")
"""Where an expression stands that gives another unknown each time, and which of these it is."""

_DIGEST = 12
"""How many digits of a digest tell apart what is made of one unknown."""


def is_known(value: Any) -> bool:
    """Return whether neither the value nor anything inside it is unknown."""
    if isinstance(value, (Unknown, Text)):
        return False
    if isinstance(value, dict):
        return all(is_known(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return all(is_known(item) for item in value)
    return True


def unknowns(value: Any) -> list[Unknown]:
    """Return every unknown inside the value, in reading order."""
    found: list[Unknown] = []
    if type(value) is not str:  # most values, and they are asked for often
        _collect(value, found)
    return found


def _collect(value: Any, found: list[Unknown]) -> None:
    if isinstance(value, (dict, list, tuple)):
        for item in value.values() if isinstance(value, dict) else value:
            kind = type(item)
            if kind is Unknown:
                found.append(item)
            elif kind is Text:
                for part in item.parts:  # without a list of its own: there are few
                    if type(part) is Unknown:
                        found.append(part)
            elif item and kind is not str:
                _collect(item, found)
    elif isinstance(value, Unknown):
        found.append(value)
    elif isinstance(value, Text):
        found.extend([part for part in value.parts if type(part) is Unknown])


def to_json(value: Any) -> Any:
    """Return the value as JSON: `{"unknown": reason}` for an unknown, `${unknown: reason}` inside a text (cli.md)."""
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    if isinstance(value, Text):
        return "".join(part if isinstance(part, str) else f"${{unknown: {part.reason}}}" for part in value.parts)
    if isinstance(value, dict):
        return {str(name): to_json(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    return value
