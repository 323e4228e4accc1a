"""The static subset of Okta's expression language in which group rules are written, decided for one profile.

Attributes (`user.department`), texts, numbers, `true`, `false`, `null`; `==`, `!=`, `<`, `>`, `<=`, `>=`; `!`, `AND`, `OR`
and parentheses; `String.startsWith`, `stringContains`, `toLowerCase`, `toUpperCase`, `substringAfter`, `substringBefore`,
`removeSpaces`, `len`; `Arrays.contains`, `Arrays.isEmpty`. Everything else is not decided, and neither is what hangs on it
("Okta Expression Language in Okta Identity Engine"). A rule that only asks for other groups is read by `groups_asked`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from iamlint.parse.identity.expression_reader import MAX_DEPTH, ExpressionReader, NotOfTheSubset, tokens_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from iamlint.parse.identity.expression_reader import Decided, Profile

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"\\]*"|'[^'\\]*')|(?P<call>(?:String|Arrays)\.\w+\s*\()|(?P<field>user\.(?:profile\.)?\w+)"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<word>AND\b|OR\b|and\b|or\b|true\b|false\b|null\b|&&|\|\||==|!=|<=|>=|<|>|!|\(|\)|,))"""
)
_WORDS = {"AND": "and", "&&": "and", "OR": "or", "||": "or"}
_UNDECIDED = object()


def holds(expression: str, profile: Profile) -> bool | None:
    """Return whether a rule holds for a profile; None where that cannot be known. An absent attribute equals nothing."""
    decide = compiled(expression)
    return None if decide is None else decide(profile)


@lru_cache(maxsize=1024)
def compiled(expression: str) -> Callable[[Profile], bool | None] | None:
    """Return what decides a rule for a profile; None for an expression that is not of the subset."""
    try:
        decide = _Reader(tokens_of(expression, _TOKEN, lambda word: _WORDS.get(word, word))).whole()
    except NotOfTheSubset:
        return None
    if decide is None:
        return None

    def result(profile: Profile) -> bool | None:
        found = decide(profile)
        return found if isinstance(found, bool) else None

    return result


_ASKED = re.compile(
    r"(isMemberOfAnyGroup|isMemberOfGroup|isMemberOfGroupName)\s*\(\s*((?:\"[^\"\\]*\"|'[^'\\]*')(?:\s*,\s*(?:\"[^\"\\]*\"|'[^'\\]*'))*)\s*\)"
)


def groups_asked(expression: str) -> tuple[str, ...]:
    """Return the groups of which one is enough for the rule, by id or name; empty where the rule asks for anything else."""
    found: list[str] = []
    for alternative in re.split(r"\s+(?:OR|or)\s+|\s*\|\|\s*", expression.strip()):
        match = _ASKED.fullmatch(alternative.strip())
        if match is None:
            return ()
        found += [text[1:-1] for text in re.findall(r"\"[^\"]*\"|'[^']*'", match[2])]
    return tuple(dict.fromkeys(found))


class _Reader(ExpressionReader):
    negation = "!"
    unknown = _UNDECIDED

    def comparison(self, depth: int) -> Decided:
        left = self._operand(depth)
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token is None or token.kind != "word" or token.text not in _COMPARISONS:
            return left
        self.at += 1
        right, compare = self._operand(depth), _COMPARISONS[token.text]
        return lambda profile: compare(left(profile), right(profile))

    def _operand(self, depth: int) -> Decided:
        token = self.next()
        if token.kind == "text":
            text = token.text[1:-1]
            return lambda profile: text
        if token.kind == "number":
            number = float(token.text)
            return lambda profile: number
        if token.kind == "field":
            name = token.text.rpartition(".")[2]
            return lambda profile: _known(profile.get(name))
        if token.kind == "call":
            return self._call(token.text.rstrip("( \t\n"), depth + 1)
        if token.text in ("true", "false", "null"):
            value = {"true": True, "false": False, "null": None}[token.text]
            return lambda profile: value
        raise NotOfTheSubset

    def _call(self, name: str, depth: int) -> Decided:
        if name not in _FUNCTIONS or depth > MAX_DEPTH:
            raise NotOfTheSubset
        count, function = _FUNCTIONS[name]
        arguments = [self._operand(depth)]
        while self.take(","):
            arguments.append(self._operand(depth))
        self.need(")")
        if len(arguments) != count:
            raise NotOfTheSubset

        def result(profile: Profile) -> Any:
            values = [argument(profile) for argument in arguments]
            if any(value is _UNDECIDED for value in values):
                return _UNDECIDED
            return function(*values)

        return result


def _known(value: Any) -> Any:
    """Return a profile's value; an unknown one, and a list with one, is undecided."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return list(value)
    return _UNDECIDED


def _not(value: Any) -> Any:
    return not value if isinstance(value, bool) else _UNDECIDED


def _equal(left: Any, right: Any) -> Any:
    if left is _UNDECIDED or right is _UNDECIDED:
        return _UNDECIDED
    left, right = _alike(left, right), _alike(right, left)
    return type(left) is type(right) and left == right


def _unequal(left: Any, right: Any) -> Any:
    if (left is None) != (right is None):
        # Whether an absent attribute differs from a text is not documented; from `null`, every value does.
        return True if left is not None and right is None else _UNDECIDED
    return _not(_equal(left, right))


def _alike(value: Any, other: Any) -> Any:
    """Return a text as the kind of value that it is compared with: profiles hold numbers and flags as texts."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and isinstance(other, bool) and value in ("true", "false"):
        return value == "true"
    if isinstance(value, str) and isinstance(other, (int, float)) and not isinstance(other, bool):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _ordered(test: Callable[[float, float], bool]) -> Callable[[Any, Any], Any]:
    def compare(left: Any, right: Any) -> Any:
        left, right = _alike(left, 0.0), _alike(right, 0.0)
        return test(left, right) if isinstance(left, float) and isinstance(right, float) else _UNDECIDED

    return compare


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": _equal,
    "!=": _unequal,
    "<": _ordered(lambda left, right: left < right),
    ">": _ordered(lambda left, right: left > right),
    "<=": _ordered(lambda left, right: left <= right),
    ">=": _ordered(lambda left, right: left >= right),
}


def _text(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of texts that is undecided for anything else, an absent attribute included."""
    return lambda *values: function(*values) if all(isinstance(value, str) for value in values) else _UNDECIDED


def _contains(items: Any, wanted: Any) -> Any:
    return wanted in items if isinstance(items, list) else False if items is None else _UNDECIDED


_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "String.startsWith": (2, _text(lambda text, start: text.startswith(start))),
    "String.stringContains": (2, _text(lambda text, part: part in text)),
    "String.toLowerCase": (1, _text(str.lower)),
    "String.toUpperCase": (1, _text(str.upper)),
    "String.substringAfter": (2, _text(lambda text, mark: text.partition(mark)[2] if mark and mark in text else _UNDECIDED)),
    "String.substringBefore": (2, _text(lambda text, mark: text.partition(mark)[0] if mark and mark in text else _UNDECIDED)),
    "String.removeSpaces": (1, _text(lambda text: text.replace(" ", ""))),
    "String.len": (1, _text(lambda text: float(len(text)))),
    "Arrays.contains": (2, _contains),
    "Arrays.isEmpty": (1, lambda items: not items if isinstance(items, list) else True if items is None else _UNDECIDED),
}
