"""What the small readers of expressions share: tokens, `or` over `and`, three-valued logic.

A provider's expression is read into a function of one profile. What is not of the subset that a reader knows ends the reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Any, TypeAlias

Profile: TypeAlias = "Mapping[str, Any]"
Decided: TypeAlias = "Callable[[Profile], Any]"
"""Returns the value of a part of an expression for a profile; whatever is no boolean is no answer."""

MAX_DEPTH = 40
_MAX_TOKENS = 400


class NotOfTheSubset(Exception):  # noqa: N818
    """The expression is not of the subset."""


class Token(NamedTuple):
    """A piece of an expression."""

    kind: str
    text: str


def tokens_of(text: str, pattern: re.Pattern[str], word: Callable[[str], str]) -> list[Token]:
    """Return the tokens of a text; `word` writes those of the kind of that name in one way."""
    tokens: list[Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = pattern.match(text, at)
        if match is None or len(tokens) >= _MAX_TOKENS:
            raise NotOfTheSubset
        kind = match.lastgroup or ""
        tokens.append(Token(kind, word(match[kind]) if kind == "word" else match[kind]))
        at = match.end()
    return tokens


class ExpressionReader:
    """Turns tokens into a function of the profile; what is not known, `unknown`, spreads as in three-valued logic."""

    negation = "not"
    unknown: Any = None

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def whole(self) -> Decided | None:
        """Return what decides the expression; None for one that is not of the subset."""
        try:
            decide = self._alternatives(0)
        except NotOfTheSubset:
            return None
        return decide if self.at == len(self.tokens) else None

    def comparison(self, depth: int) -> Decided:
        """Read what `and`, `or` and the negation join: the provider's own part."""
        raise NotImplementedError

    def next(self) -> Token:
        """Return the next token."""
        if self.at >= len(self.tokens):
            raise NotOfTheSubset
        self.at += 1
        return self.tokens[self.at - 1]

    def take(self, word: str) -> bool:
        """Return whether a word comes next, and go past it."""
        if self.at < len(self.tokens) and self.tokens[self.at] == Token("word", word):
            self.at += 1
            return True
        return False

    def need(self, word: str) -> None:
        """Go past a word that has to be there."""
        if not self.take(word):
            raise NotOfTheSubset

    def negated(self, value: Any) -> Any:
        """Return the opposite of what is known."""
        return not value if isinstance(value, bool) else self.unknown

    def _alternatives(self, depth: int) -> Decided:
        parts = [self._all(depth)]
        while self.take("or"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else lambda profile: self._joined([part(profile) for part in parts], True)

    def _all(self, depth: int) -> Decided:
        parts = [self._one(depth)]
        while self.take("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else lambda profile: self._joined([part(profile) for part in parts], False)

    def _one(self, depth: int) -> Decided:
        if depth > MAX_DEPTH:
            raise NotOfTheSubset
        if self.take(self.negation):
            inner = self._one(depth + 1)
            return lambda profile: self.negated(inner(profile))
        if self.take("("):
            result = self._alternatives(depth + 1)
            self.need(")")
            return result
        return self.comparison(depth)

    def _joined(self, values: list[Any], decisive: bool) -> Any:
        known = [value for value in values if isinstance(value, bool)]
        if decisive in known:
            return decisive
        return (not decisive) if len(known) == len(values) else self.unknown
