"""The static subset of Entra's rules of dynamic membership, decided for one profile.

Properties of the user, texts, `true`, `false`, `null` and lists of texts; `-eq`, `-ne`, `-startsWith`, `-notStartsWith`,
`-endsWith`, `-notEndsWith`, `-contains`, `-notContains`, `-in`, `-notIn`; `-not`, `-and`, `-or` and parentheses; texts compare
ignoring case ("Dynamic membership rules for groups"). `-match`, `-any`, `-all`, devices and everything else is not decided.
"""

from __future__ import annotations

import re
from functools import lru_cache

from iamlint.parse.identity.expression_reader import ExpressionReader, NotOfTheSubset, tokens_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from iamlint.parse.identity.expression_reader import Decided, Profile

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"`]*"|'[^'`]*')|(?P<field>user\.\w+)|(?P<word>-?[A-Za-z]+\b|\$null|\(|\)|\[|\]|,))""", re.IGNORECASE
)
_TESTS = {
    "eq", "ne", "startswith", "notstartswith", "endswith", "notendswith", "contains", "notcontains", "in", "notin",
}  # fmt: skip


@lru_cache(maxsize=1024)
def compiled(rule: str) -> Callable[[Profile], bool | None] | None:
    """Return what decides a rule for a profile (None from it: not known); None for a rule that is not of the subset."""
    try:
        tokens = tokens_of(rule, _TOKEN, lambda word: word.lstrip("-$").casefold())
    except NotOfTheSubset:
        return None
    return _Reader(tokens).whole()


class _Reader(ExpressionReader):
    def comparison(self, depth: int) -> Decided:
        field, operator = self.next(), self.next()
        if field.kind != "field" or operator.kind != "word" or operator.text not in _TESTS:
            raise NotOfTheSubset
        name = field.text.partition(".")[2].casefold()
        negated = operator.text in ("ne", "notin") or operator.text.startswith("not")
        test = {"ne": "eq"}.get(operator.text, operator.text.removeprefix("not"))
        wanted = self._list() if test == "in" else self._literal()

        def result(profile: Profile) -> bool | None:
            found = _tested(_property(profile, name), test, wanted)
            return self.negated(found) if negated else found

        return result

    def _list(self) -> tuple[Any, ...]:
        self.need("[")
        items = [self._literal()]
        while self.take(","):
            items.append(self._literal())
        self.need("]")
        return tuple(items)

    def _literal(self) -> Any:
        token = self.next()
        if token.kind == "text":
            return token.text[1:-1].casefold()
        if token.kind == "word" and token.text in ("true", "false", "null"):
            return None if token.text == "null" else token.text
        raise NotOfTheSubset


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
