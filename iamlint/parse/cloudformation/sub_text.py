"""Texts of `Fn::Sub`: cut at their variables, and those that come to the same in every template."""

from __future__ import annotations

from functools import lru_cache

from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, Value, concat

_VARIABLE = regex(r"\$\{([^{}]*)\}")
_LONGEST = 1000


@lru_cache(maxsize=4096)
def cut(text: str) -> list[str]:
    """Return a text cut at its variables: every second piece is what stands between `${` and `}`."""
    return _VARIABLE.split(text)


def cut_around(text: Text) -> list[str | Unknown]:
    """Return a text of which another program fills in parts, cut likewise: such a part stands where a variable does."""
    pieces: list[str | Unknown] = []
    for part in text.parts:
        if isinstance(part, str):
            pieces += cut(part)
        else:
            pieces += [part] if len(pieces) % 2 else ["", part]
    return pieces


@lru_cache(maxsize=4096)
def alike_everywhere(text: str, region: Value, partition: Value) -> Value | None:
    """Return what a text comes to that takes in nothing but region and partition; None for any other.

    Templates repeat such texts, and one value for all of them is made, sent between processes and put in words once.
    """
    told = {"AWS::Region": region, "AWS::Partition": partition}
    pieces = cut(text)
    if len(text) > _LONGEST or "{{" in text or len(pieces) == 1 or not all(name in told for name in pieces[1::2]):
        return None
    return concat([told[piece] if number % 2 else piece for number, piece in enumerate(pieces)])
