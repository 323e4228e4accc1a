"""The static subset of Entra's rules of dynamic membership, decided for one profile.

Properties of the user, texts, `true`, `false`, `null` and lists of texts; `-eq`, `-ne`, `-startsWith`, `-notStartsWith`,
`-endsWith`, `-notEndsWith`, `-contains`, `-notContains`, `-in`, `-notIn`; `-not`, `-and`, `-or` and parentheses; texts compare
ignoring case ("Dynamic membership rules for groups"). `-match`, `-any`, `-all`, devices and everything else is not decided.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

Profile: TypeAlias = "Mapping[str, Any]"
Decided: TypeAlias = "Callable[[Profile], bool | None]"

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"`]*"|'[^'`]*')|(?P<field>user\.\w+)|(?P<word>-?[A-Za-z]+\b|\$null|\(|\)|\[|\]|,))""", re.IGNORECASE
)
_MAX_TOKENS = 400
_MAX_DEPTH = 40
_TESTS = {
    "eq", "ne", "startswith", "notstartswith", "endswith", "notendswith", "contains", "notcontains", "in", "notin",
}  # fmt: skip


class _NotOfTheSubset(Exception):  # noqa: N818
    """The rule is not of the subset."""


class _Token(NamedTuple):
    kind: str
    text: str


@lru_cache(maxsize=1024)
def compiled(rule: str) -> Decided | None:
    """Return what decides a rule for a profile (None from it: not known); None for a rule that is not of the subset."""
    try:
        reader = _Reader(_tokens(rule))
        decide = reader.alternatives(0)
    except _NotOfTheSubset:
        return None
    return decide if reader.at == len(reader.tokens) else None


def _tokens(rule: str) -> list[_Token]:
    tokens: list[_Token] = []
    at, end = 0, len(rule.rstrip())
    while at < end:
        match = _TOKEN.match(rule, at)
        if match is None or len(tokens) >= _MAX_TOKENS:
            raise _NotOfTheSubset
        kind = match.lastgroup or ""
        text = match[kind]
        tokens.append(_Token(kind, text.lstrip("-$").casefold() if kind == "word" else text))
        at = match.end()
    return tokens


class _Reader:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def alternatives(self, depth: int) -> Decided:
        parts = [self._all(depth)]
        while self._take("or"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else lambda profile: _joined([part(profile) for part in parts], True)

    def _all(self, depth: int) -> Decided:
        parts = [self._one(depth)]
        while self._take("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else lambda profile: _joined([part(profile) for part in parts], False)

    def _one(self, depth: int) -> Decided:
        if depth > _MAX_DEPTH:
            raise _NotOfTheSubset
        if self._take("not"):
            inner = self._one(depth + 1)
            return lambda profile: _not(inner(profile))
        if self._take("("):
            result = self.alternatives(depth + 1)
            if not self._take(")"):
                raise _NotOfTheSubset
            return result
        field, operator = self._next(), self._next()
        if field.kind != "field" or operator.kind != "word" or operator.text not in _TESTS:
            raise _NotOfTheSubset
        name = field.text.partition(".")[2].casefold()
        negated = operator.text in ("ne", "notin") or operator.text.startswith("not")
        test = {"ne": "eq"}.get(operator.text, operator.text.removeprefix("not"))
        wanted = self._list() if test == "in" else self._literal()
        return lambda profile: _negated(_tested(_property(profile, name), test, wanted), negated)

    def _list(self) -> tuple[Any, ...]:
        if not self._take("["):
            raise _NotOfTheSubset
        items = [self._literal()]
        while self._take(","):
            items.append(self._literal())
        if not self._take("]"):
            raise _NotOfTheSubset
        return tuple(items)

    def _literal(self) -> Any:
        token = self._next()
        if token.kind == "text":
            return token.text[1:-1].casefold()
        if token.kind == "word" and token.text in ("true", "false", "null"):
            return None if token.text == "null" else token.text
        raise _NotOfTheSubset

    def _next(self) -> _Token:
        if self.at >= len(self.tokens):
            raise _NotOfTheSubset
        self.at += 1
        return self.tokens[self.at - 1]

    def _take(self, word: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == _Token("word", word):
            self.at += 1
            return True
        return False


_ABSENT = object()


def _property(profile: Profile, name: str) -> Any:
    """Return a property ignoring the case of its name; `_ABSENT` where the profile does not hold it."""
    for field, value in profile.items():
        if field.casefold() == name:
            return value.casefold() if isinstance(value, str) else value
    return _ABSENT


def _tested(value: Any, test: str, wanted: Any) -> bool | None:
    if value is _ABSENT:
        # A property that no file gives equals no text; whether it is empty in the directory is not known.
        return False if test in ("eq", "in") and wanted is not None else None
    if not isinstance(value, str):
        return None
    if test == "in":
        return value in wanted
    if test == "eq":
        return bool(value == wanted)
    if wanted is None:
        return None
    if test == "startswith":
        return value.startswith(wanted)
    return value.endswith(wanted) if test == "endswith" else str(wanted) in value


def _negated(value: bool | None, negated: bool) -> bool | None:
    return _not(value) if negated else value


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _joined(values: list[bool | None], decisive: bool) -> bool | None:
    if decisive in [value for value in values if value is not None]:
        return decisive
    return None if None in values else not decisive
