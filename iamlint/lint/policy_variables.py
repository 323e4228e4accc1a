"""Policy variables as they are written: what AWS refuses in them, and which condition keys they take in."""

from __future__ import annotations

from functools import lru_cache

from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

_VARIABLE = regex(r"\$\{([^{}]*)\}")
_DEFAULT = regex(r"\s*'[^']*'\s*\Z")
_LITERAL = ("*", "?", "$")


class VariableFault(NamedTuple):
    """What is wrong with a policy variable, and what to write instead."""

    message: str
    help: str = ""


@lru_cache(maxsize=5_000)
def variable_fault(text: str) -> VariableFault | None:
    """Return the first thing that AWS refuses in the variables of a text, or None."""
    if "${" not in text:
        return None
    rest = _VARIABLE.sub("", text)
    if "${" in rest:
        return VariableFault(f"a policy variable in `{text}` is not closed", "close it with `}`")
    for body in _VARIABLE.findall(text):
        fault = _body_fault(body)
        if fault is not None:
            return fault
    return None


def _body_fault(body: str) -> VariableFault | None:
    if body in _LITERAL:
        return None
    name, comma, default = body.partition(",")
    shown = f"`${{{body}}}`"
    if not name.strip():
        return VariableFault(f"the policy variable {shown} names no key", "name a condition key, such as `${aws:username}`")
    if name != name.strip() or (" " in name and ":" in name and "/" not in name):
        return VariableFault(f"the policy variable {shown} has a space in its name", f"write `${{{name.strip()}}}`")
    if comma and not _DEFAULT.match(default):
        text = default.strip().strip("'")
        return VariableFault(f"the default in {shown} does not stand in single quotes", f"write `${{{name}, '{text}'}}`")
    return None


@lru_cache(maxsize=5_000)
def variable_keys(text: str) -> tuple[str, ...]:
    """Return the condition keys that the text takes in, as written; `${bucket}`, without a prefix, is a template's."""
    names = (body.partition(",")[0].strip() for body in _VARIABLE.findall(text) if body not in _LITERAL)
    return tuple(name for name in names if ":" in name)


def takes_in(text: str) -> bool:
    """Return whether a policy variable (`${aws:username}`, `${*}`) is written in the text."""
    return "${" in text and (bool(variable_keys(text)) or any(f"${{{sign}}}" in text for sign in _LITERAL))
