"""Variables of the Serverless Framework: `${self:custom.name}` is what the same file says, all others are known when it runs."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.source.place import Origin, Route
from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DEPTH = 8
"""How many variables may lead on from one another."""

MAX_VALUES = 100_000
"""How many values may be filled in: a variable may stand for a structure that has variables in it."""

# `${…}` as the framework has it: a source, then `:` or a bracket. `${AWS::Region}` is CloudFormation's.
_VARIABLE = regex(r"\$\{(?:[A-Za-z]+(?:\(|:(?!:)))")
# In a template that a service takes in, `${aws:username}` may still be a policy's.
_IN_TEMPLATE = regex(r"\$\{(?:(?:self|opt|sls|param|env|cf|ssm):(?!:)|(?:file|cf|ssm)\()")
_TAKEN_IN = regex(rb"\$\{(?:(?:self|opt|sls|param|env):|file\()")
_OWN = regex(r"self:([\w.-]+)\Z")
_GIVEN = ("provider.stage", "provider.region")
"""What may be given on the command line, whatever the file says."""

_STAGES = ("opt:stage", "sls:stage", "self:provider.stage", "opt:region", "self:provider.region")
"""What differs from one deployment to the next, as the account does: no gap in what the file says."""


class Filler:
    """Puts values for the framework's variables: what the file itself says, else an unknown.

    `known` are those that the context says, `stages` those that differ from one deployment to the next.
    """

    def __init__(self, value: Any, origin: Origin, known: Mapping[str, Value], *, in_template: bool = False) -> None:
        self.value = value
        self.origin = origin
        self.known = known
        self._pattern = _IN_TEMPLATE if in_template else _VARIABLE
        self._sources: dict[Route, Route] = {}  # of values that are nothing but a variable
        self.stages: list[Unknown] = []
        self._left = MAX_VALUES

    def where(self, route: Route) -> Route:
        """Return where the file says what stands at a route, which may be what a variable stands for."""
        for _ in range(MAX_DEPTH):
            length = next((length for length in range(len(route), 0, -1) if route[:length] in self._sources), 0)
            if not length:
                break
            route = self._sources[route[:length]] + route[length:]
        return route

    def filled(self, value: Any, route: Route, depth: int = 0) -> Any:
        """Return a value with its variables filled in."""
        self._left -= 1
        if isinstance(value, dict):
            return {name: self.filled(item, (*route, name), depth) for name, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item, (*route, number), depth) for number, item in enumerate(value)]
        if isinstance(value, str) and "${" in value and self._pattern.search(value):
            return self._text(value, route, depth)
        return value

    def _text(self, text: str, route: Route, depth: int) -> Any:
        parts: list[Value] = []
        while (match := self._pattern.search(text)) is not None:
            end = _closing(text, match.start() + 2)
            whole = not parts and match.start() == 0 and end + 1 >= len(text)
            found = self._variable(text[match.start() + 2 : end], route, depth, whole)
            if whole:
                return found
            if not isinstance(found, (str, Text, Unknown)):
                found = self._unknown(text[match.start() + 2 : end], route) if isinstance(found, (dict, list)) else str(found)
            parts += [text[: match.start()], found]
            text = text[end + 1 :]
        return concat([*parts, text])

    def _variable(self, name: str, route: Route, depth: int, whole: bool) -> Any:
        found = self.known.get(name)
        if found is not None:
            return found
        own = _OWN.match(name)
        if own is not None and own[1] not in _GIVEN and depth < MAX_DEPTH and self._left > 0:
            here, source = self.value, tuple(own[1].split("."))
            for step in source:
                here = here.get(step) if isinstance(here, dict) else None
            if isinstance(here, (str, int, float, dict, list)):
                if whole:
                    self._sources[route] = source
                return self.filled(here, route, depth + 1)
        return self._unknown(name, route)

    def _unknown(self, name: str, route: Route) -> Unknown:
        reason = f"`${{{name}}}` is filled in by the Serverless Framework"
        unknown = Unknown(reason, self.origin.at(route), f"{self.origin.path}#{name}")
        if name.startswith(_STAGES):
            self.stages.append(unknown)
        return unknown

    def stage(self, route: Route) -> Value:
        """Return the stage into which the service is deployed."""
        return self._unknown("self:provider.stage", route)


def filled_template(value: dict[str, Any], data: bytes, origin: Origin) -> tuple[dict[str, Any], frozenset[str]]:
    """Return a CloudFormation template with unknowns for the variables of the service that takes it in.

    With it come the symbols of those that differ from one deployment to the next.
    """
    if _TAKEN_IN.search(data) is None:
        return value, frozenset()
    filler = Filler(value, origin, {}, in_template=True)
    filled = filler.filled(value, ())
    return filled, frozenset(unknown.symbol for unknown in filler.stages)


def _closing(text: str, start: int) -> int:
    """Return where the bracket closes that was opened before `start`."""
    depth = 1
    for at in range(start, len(text)):
        if text.startswith("${", at):
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
    return len(text)
