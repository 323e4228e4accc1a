"""Which unknown stretches of a text cannot hold, or become a part of, what a function looks for in it."""

from __future__ import annotations

from iamlint.source.value import Text, Unknown

_DIGITS = frozenset("0123456789")
_REGION = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


def stands_apart(whole: Text, search: str) -> bool:
    """Return whether every occurrence of a text lies in one of the known stretches: the unknown ones are accounts and regions."""
    if not search:
        return False
    for index, part in enumerate(whole.parts):
        if isinstance(part, str):
            continue
        letters = _letters(part)
        if letters is None or search[0] in letters:
            return False
        before = whole.parts[index - 1] if index else ""
        after = whole.parts[index + 1] if index + 1 < len(whole.parts) else ""
        for n in range(1, len(search)):
            if isinstance(before, str) and before.endswith(search[:n]) and _goes_on(search[n:], letters, after):
                return False
    return True


def _goes_on(rest: str, letters: frozenset[str], after: str | Unknown) -> bool:
    """Return whether an unknown stretch, and what stands after it, may begin with a text."""
    for n, letter in enumerate(rest):
        if letter not in letters:
            return False
        end = rest[n + 1 :]
        if not end or isinstance(after, Unknown) or after.startswith(end) or end.startswith(after):
            return True
    return False


def _letters(unknown: Unknown) -> frozenset[str] | None:
    """Return the characters of which an unknown is made, None when it may be anything."""
    if unknown.symbol.startswith("account:"):
        return _DIGITS
    return _REGION if unknown.symbol == "region" or unknown.symbol.startswith("region:") else None
