"""GitHub's `${{ … }}` expressions, as far as they are plain references."""

from __future__ import annotations

import re
from collections.abc import Mapping

from iamlint.source.place import Place, Route
from iamlint.source.value import Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_REFERENCE = re.compile(r"\s*([A-Za-z_][\w-]*)((?:\s*\.\s*[A-Za-z_][\w-]*|\s*\[\s*'[^']*'\s*\])+)\s*")
_STEP = re.compile(r"\.\s*([A-Za-z_][\w-]*)|\[\s*'([^']*)'\s*\]")
_SECRET = re.compile(r"\bsecrets\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*'([^']+)'\s*\])", re.IGNORECASE)
_TEXT = re.compile(r"\s*'((?:[^']|'')*)'\s*")


class Scope:
    """What references mean where an expression stands.

    `known` maps references (`env.ROLE`, `matrix.env`, lower case) to their values. All others are unknown, each with a
    symbol: `vars.X` and `secrets.X` are one value in all workflows of a repository and environment (`shared`), anything
    else is one value within a job (`within`).
    """

    __slots__ = ("known", "shared", "within")

    def __init__(self, known: Mapping[str, Any], shared: str, within: str) -> None:
        self.known = known
        self.shared = shared
        self.within = within

    def plus(self, prefix: str, values: Any) -> Scope:
        """Return a scope that also knows these values under a prefix (`env`); they may use what is known already."""
        if not isinstance(values, dict) or not values:
            return self
        known = dict(self.known)
        for name, value in values.items():
            if isinstance(value, bool):
                value = "true" if value else "false"
            if isinstance(name, str) and isinstance(value, str):
                known[f"{prefix}.{name}".lower()] = self.resolve(value, None)
        return Scope(known, self.shared, self.within)

    def resolve(self, text: str, place: Place | None) -> Value:
        """Return the text with its expressions replaced by what they are; a part that is not known stays one."""
        if "${{" not in text:
            return text
        parts: list[Value] = []
        end = 0
        for match in EXPRESSION.finditer(text):
            parts += [text[end : match.start()], self._evaluate(match[1], place)]
            end = match.end()
        return concat([*parts, text[end:]])

    def _evaluate(self, expression: str, place: Place | None) -> Value:
        if literal := _TEXT.fullmatch(expression):
            return literal[1].replace("''", "'")
        name = reference(expression)
        if name is not None and name.lower() in self.known:
            found: Value = self.known[name.lower()]
            return found
        shown = name if name is not None else " ".join(expression.split())[:80]
        shared = name is not None and name.partition(".")[0].lower() in ("vars", "secrets")
        return Unknown(f"`{shown}` is known only to GitHub", place, f"github:{self.shared if shared else self.within}:{shown}")


def reference(expression: str) -> str | None:
    """Return the name that an expression refers to (`secrets.TOKEN`), or None when it computes something."""
    match = _REFERENCE.fullmatch(expression)
    if match is None:
        return None
    return ".".join([match[1], *(dotted or quoted for dotted, quoted in _STEP.findall(match[2]))])


def only_reference(text: str) -> str | None:
    """Return the name to which a text as a whole refers (`${{ secrets.TOKEN }}`), or None."""
    match = EXPRESSION.fullmatch(text.strip())
    return reference(match[1]) if match else None


def secrets_in(value: Any) -> list[tuple[str, Route]]:
    """Return every secret that is used anywhere inside a value, with the route of the text that uses it."""
    found: list[tuple[str, Route]] = []
    stack: list[tuple[Any, Route]] = [(value, ())]
    while stack:
        item, route = stack.pop()
        if isinstance(item, dict):
            stack += [(inner, (*route, step)) for step, inner in reversed(item.items()) if isinstance(step, str)]
        elif isinstance(item, list):
            stack += [(item[index], (*route, index)) for index in range(len(item) - 1, -1, -1)]
        elif isinstance(item, str) and "secrets" in item:
            bare = bool(route) and route[-1] == "if"  # conditions need no braces
            for text in [item] if bare else EXPRESSION.findall(item):
                found += [(dotted or quoted, route) for dotted, quoted in _SECRET.findall(text)]
    return found
