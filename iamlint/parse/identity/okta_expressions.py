"""The static subset of Okta's expression language in which group rules are written, decided for one profile.

`user.department == "Eng"`, `String.startsWith(user.title, "SRE")`, `String.stringContains(…)`, `!`, `AND`, `OR` and
parentheses. Everything else is not decided, and neither is what hangs on it ("Okta Expression Language in Okta Identity Engine").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from iamlint.source.value import Value

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"\\]*"|'[^'\\]*')|(?P<call>String\.(?:startsWith|stringContains)\s*\()|(?P<field>user\.(?:profile\.)?\w+)"""
    r"""|(?P<word>AND\b|OR\b|and\b|or\b|&&|\|\||==|!=|!|\(|\)|,))"""
)
_MAX_TOKENS = 400
_MAX_DEPTH = 40
_WORDS = {"AND": "and", "&&": "and", "OR": "or", "||": "or"}


class _Undecided(Exception):  # noqa: N818
    """The expression is not of the subset."""


class _Token(NamedTuple):
    kind: str
    text: str


def holds(expression: str, profile: Mapping[str, Value]) -> bool | None:
    """Return whether a rule holds for a profile of texts; None where that cannot be known. An absent attribute equals nothing."""
    try:
        reader = _Reader(_tokens(expression), profile)
        result = reader.alternatives(0)
    except _Undecided:
        return None
    return result if reader.at == len(reader.tokens) else None


def _tokens(expression: str) -> list[_Token]:
    tokens: list[_Token] = []
    at, end = 0, len(expression.rstrip())
    while at < end:
        match = _TOKEN.match(expression, at)
        if match is None or len(tokens) >= _MAX_TOKENS:
            raise _Undecided
        kind = match.lastgroup or ""
        text = match[kind]
        tokens.append(_Token(kind, _WORDS.get(text, text) if kind == "word" else text))
        at = match.end()
    return tokens


class _Reader:
    """Reads and decides in one pass; `None` spreads as in three-valued logic."""

    def __init__(self, tokens: list[_Token], profile: Mapping[str, Value]) -> None:
        self.tokens = tokens
        self.profile = profile
        self.at = 0

    def alternatives(self, depth: int) -> bool | None:
        found = [self._all(depth)]
        while self._take("or"):
            found.append(self._all(depth))
        return True if True in found else None if None in found else False

    def _all(self, depth: int) -> bool | None:
        found = [self._one(depth)]
        while self._take("and"):
            found.append(self._one(depth))
        return False if False in found else None if None in found else True

    def _one(self, depth: int) -> bool | None:
        if depth > _MAX_DEPTH:
            raise _Undecided
        if self._take("!"):
            inner = self._one(depth + 1)
            return None if inner is None else not inner
        if self._take("("):
            result = self.alternatives(depth + 1)
            self._need(")")
            return result
        token = self._next()
        if token.kind == "call":
            field = self._next()
            self._need(",")
            wanted = self._literal()
            self._need(")")
            return self._called(token.text, field, wanted)
        if token.kind != "field":
            raise _Undecided
        operator = self._next().text
        wanted = self._literal()
        if operator not in ("==", "!="):
            raise _Undecided
        value = self._value(token)
        if value is None:
            return False if operator == "==" else None
        return (value == wanted) is (operator == "==") if isinstance(value, str) else None

    def _called(self, call: str, field: _Token, wanted: str) -> bool | None:
        if field.kind != "field":
            raise _Undecided
        value = self._value(field)
        if not isinstance(value, str):
            return None
        return value.startswith(wanted) if "startsWith" in call else wanted in value

    def _value(self, token: _Token) -> Value | None:
        return self.profile.get(token.text.rpartition(".")[2])

    def _literal(self) -> str:
        token = self._next()
        if token.kind != "text":
            raise _Undecided
        return token.text[1:-1]

    def _next(self) -> _Token:
        if self.at >= len(self.tokens):
            raise _Undecided
        self.at += 1
        return self.tokens[self.at - 1]

    def _take(self, word: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == _Token("word", word):
            self.at += 1
            return True
        return False

    def _need(self, word: str) -> None:
        if not self._take(word):
            raise _Undecided
