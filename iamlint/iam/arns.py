"""Amazon Resource Names: six parts divided by colons, matched part by part."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from iamlint.iam.logic import Ternary, both
from iamlint.iam.patterns import Pattern, compile_pattern, encode, equal_value, has_wildcard, intersects, relax
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, Value, concat


def arn_matches(pattern: Value, arn: Value) -> Ternary:
    """Return whether the ARN matches the pattern, each of the six parts on its own.

    In the last part `*` crosses slashes and further colons. A pattern of fewer parts that ends in `*` (`arn:aws:s3:*`) covers
    whatever follows; any other short pattern is not specified by AWS. An unknown stretch inside one of the first
    five parts is taken to hold no colon.
    """
    if isinstance(pattern, str) and isinstance(arn, str):
        return compile_arn(pattern).matches(arn)
    return True if pattern == "*" else _open_matches(pattern, arn)


@lru_cache(maxsize=20_000)
def _open_matches(pattern: Value, arn: Value) -> Ternary:
    """Return whether an ARN matches a pattern where one of them is not wholly known."""
    named = looked_up(pattern) if isinstance(arn, str) else None
    if named is not None and isinstance(arn, str) and named.kind != "policy":
        parts = arn.split(":", 5)
        kind, *names = parts[-1].split("/")
        if len(parts) != 6 or parts[2] != "iam" or kind != named.kind or not names:
            return False
        pairs = ((named.partition, parts[1]), (named.account, parts[4]), (named.name, names[-1]))
        return both(*(equal_value(written, given) for written, given in pairs))
    left, right = _relaxed_parts(pattern, literal=False), _relaxed_parts(arn, literal=True)
    if left is not None and right is not None:  # texts that both parts may be make a text that both wholes may be
        for a, b in zip(reversed(left), reversed(right), strict=True):  # names differ more often than accounts
            if a != b and not intersects(a, b):
                return False
    elif not intersects(relax(pattern), relax(arn, literal=True)):
        return False
    wide, symbols = _encoded(pattern)
    if "?" in wide:
        return None
    narrow = encode(arn, symbols.copy(), literal=True)
    if len(wide.split(":", 5)) == len(narrow.split(":", 5)) and compile_arn(wide).matches(narrow):
        return True
    return None


@lru_cache(maxsize=20_000)
def _encoded(pattern: Value) -> tuple[str, dict[str, str]]:
    symbols: dict[str, str] = {}
    return encode(pattern, symbols), symbols


@lru_cache(maxsize=20_000)
def _relaxed_parts(value: Value, literal: bool) -> tuple[str, ...] | None:
    parts = split_arn(value)
    return None if parts is None else tuple([relax(part, literal) for part in parts])


class ArnPattern:
    """A compiled pattern of ARNs."""

    __slots__ = ("_kind", "_parts", "_prefix", "_whole")

    def __init__(self, text: str) -> None:
        parts = text.split(":", 5)
        self._whole = compile_pattern(text)
        self._prefix = ""
        self._parts: list[Pattern] = []
        if not text.strip("*") and text:
            self._kind = "any"
        elif not text.startswith("arn:"):
            self._kind = "whole"
        elif len(parts) < 6:
            self._kind = "whole" if text.endswith("*") else "short"
        elif not any(has_wildcard(part) for part in parts[:5]):
            self._kind = "last"
            self._prefix = text[: -len(parts[5])] if parts[5] else text
            self._parts = [compile_pattern(parts[5])]
        else:
            self._kind = "parts"
            self._parts = [compile_pattern(part) for part in parts]

    def matches(self, arn: str) -> Ternary:
        """Return whether the ARN matches; None for a pattern that AWS does not specify."""
        kind = self._kind
        if kind == "last":
            return arn.startswith(self._prefix) and self._parts[0].matches(arn[len(self._prefix) :])
        if kind == "any":
            return True
        if kind == "whole":
            return self._whole.matches(arn)
        if kind == "short":
            return None if self._whole.matches(arn) and self._whole.text != arn else self._whole.text == arn
        parts = arn.split(":", 5)
        return len(parts) == 6 and all(map(Pattern.matches, self._parts, parts))


@lru_cache(maxsize=20_000)
def compile_arn(text: str) -> ArnPattern:
    """Return the compiled pattern, remembered."""
    return ArnPattern(text)


def split_value(value: Value, divider: str, limit: int = -1) -> list[Value]:
    """Return the value divided at the known dividers; unknown stretches are taken to hold none."""
    if isinstance(value, str):
        return list(value.split(divider, limit))
    fields: list[list[str | Unknown]] = [[]]
    left = limit
    for part in value.parts if isinstance(value, Text) else (value,):
        if isinstance(part, Unknown):
            fields[-1].append(part)
            continue
        first, *rest = part.split(divider, left)
        fields[-1].append(first)
        fields += [[piece] for piece in rest]
        left = left - len(rest) if limit >= 0 else left
    return [field[0] if len(field) == 1 else concat(field) for field in fields]


STRANGER = "000000000000"
"""The account of a caller whom nobody named: nobody has it, so an account that is not known is another one."""


def split_arn(value: Value) -> Sequence[Value] | None:
    """Return the six parts of an ARN (`arn`, partition, service, region, account, resource), or None when it has not six."""
    parts = _split_text(value) if isinstance(value, Text) else split_value(value, ":", 5)
    return parts if len(parts) == 6 and parts[0] == "arn" else None


@lru_cache(maxsize=20_000)
def _split_text(value: Text) -> tuple[Value, ...]:
    """Return the parts of an ARN that is not wholly known, remembered: the same few are compared again and again."""
    return tuple(split_value(value, ":", 5))


class LookedUp(NamedTuple):
    """A role, user or policy by its name, which is unique in an account: the repository does not hold its path."""

    kind: str
    partition: Value
    account: Value
    name: Value


def looked_up(value: Value) -> LookedUp | None:
    """Return whom an ARN means in which only the path is unknown, because it was looked up by name (`data.aws_iam_role`)."""
    parts = split_arn(value) if isinstance(value, Text) else None
    inside = parts[5] if parts is not None and parts[2] == "iam" else None
    if parts is None or not isinstance(inside, Text) or len(inside.parts) != 3:
        return None
    kind, path, name = inside.parts
    is_path = isinstance(path, Unknown) and path.symbol.endswith(".path") and "data.aws_iam_" in path.symbol
    return LookedUp(str(kind), parts[1], parts[4], name) if is_path and kind in ("role", "user", "policy") else None


def account_in(text: str) -> str:
    """Return the account that an ARN names; nothing for a text that has too few parts to be one."""
    parts = text.split(":", 5)
    return parts[4] if len(parts) == 6 else ""


def account_of(arn: Value) -> Value | None:
    """Return the account that the ARN names, or None when it names none (S3 buckets) or is no ARN."""
    parts = split_arn(arn)
    if parts is None:
        return None
    account = parts[4]
    return account if account != "" and not (isinstance(account, str) and has_wildcard(account)) else None
