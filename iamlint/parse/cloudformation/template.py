"""A template: its parameters, mappings and conditions, and values evaluated as far as these decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from iamlint.parse.cloudformation.assemblies import construct_of
from iamlint.parse.cloudformation.rewritten import Evaluated, RewrittenOrigin
from iamlint.parse.context import Context
from iamlint.source.files import Files
from iamlint.source.place import Origin, Place, Route
from iamlint.source.value import Text, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NO_VALUE = object()
"""`AWS::NoValue`: as if it had not been written."""

MAX_CHAIN = 12
"""How many references may lead on from one another: each step nests evaluations, and no template needs more."""

MAX_CALLS = 300_000
"""How many function calls one template may come to: nested `Fn::If` multiply, and no template needs more."""

MAX_VARIANTS = 2
"""Over how many undecided conditions one statement is written out."""


class Template:
    """A CloudFormation template in a context. Never raises on what the template holds."""

    def __init__(self, value: dict[str, Any], origin: Origin, context: Context, files: Files | None = None) -> None:
        self._call = _function_calls()
        self.origin = origin
        self.context = context
        self.files = files
        self.unit = context.unit
        self.resources: dict[str, Any] = {}
        self.conditions: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}
        self._sections(value)
        self.written: dict[str, Route] = {}
        self.included, self.including = list[str](), set[str]()
        self.pieces: dict[str, str] = {}  # symbols of pieces, with those of what they are pieces of
        self._plain: dict[int, tuple[Any, bool]] = {}  # by id, with the value, so that no other gets the id
        self.unread_loops: list[Route] = []
        self.empty_loops: list[tuple[Route, Any, dict[str, Any]]] = []  # (`loops.py`)
        self.switched: dict[str, str | None] = {}  # conditions that are false, and by which defaults (`switched_off.py`)
        self.forget()
        if "Transform" in value or any(type(resource) is dict and "Type" not in resource for resource in self.resources.values()):
            from iamlint.parse.cloudformation.inclusion import with_snippets

            self._sections(with_snippets(self, value))
        if any(name.startswith("Fn::ForEach::") for part in (self.conditions, self.resources, self.outputs) for name in part):
            from iamlint.parse.cloudformation.loops import expand_sections

            expand_sections(self)

    def forget(self) -> None:
        """Forget what was evaluated."""
        self.exporting: set[str] = set()
        self.assumed: dict[str, bool] = {}
        self.chain = self.calls = 0
        self.names: dict[str, Value] = {}
        self.filled: dict[str, list[tuple[str | None, Value]]] = {}  # texts of shapes (`physical.py`)
        self.followed: dict[Route, Value | None] = {}
        self._decided: dict[str, bool | Unknown] = {}
        self._deciding: set[str] = set()
        self.left_out: dict[Route, list[Any]] = {}  # branches of `Fn::If` (`conditions.py`)

    def _sections(self, value: dict[str, Any]) -> None:
        self.parameters, self.mappings, self.conditions, self.resources, self.globals, self.outputs = (
            _section(value, name) for name in ("Parameters", "Mappings", "Conditions", "Resources", "Globals", "Outputs")
        )

    def at(self, route: Route, part: str = "value") -> Place:
        """Return the place of something in the template."""
        return self.origin.at(self._in_file(route), part)

    def shown(self, logical: str) -> str:
        """Return how a resource is called in messages: by its path in the CDK's tree of constructs where that made it."""
        resource = self.resources.get(logical)
        return construct_of(resource) or logical

    def _in_file(self, route: Route) -> Route:
        """Return where something is written: for a resource that a loop makes, in the loop."""
        if self.written and len(route) > 1 and route[0] == "Resources" and route[1] in self.written:
            return self.written[str(route[1])] + route[2:]
        return route

    def evaluate(self, written: Any, route: Route) -> Evaluated:
        """Return a value of the template evaluated; one that is `AWS::NoValue` is None."""
        base = self.origin.base
        if self.is_plain(written):
            return Evaluated(
                written, RewrittenOrigin(self.origin.path, base + self._in_file(route), self.origin.document, {}), {}
            )
        frame = _Frame()
        value = self.resolve(written, route, (), frame)
        moved = frame.moved
        if base or self.written:
            moved = {inner: base + self._in_file(to) for inner, to in moved.items()}
        origin = RewrittenOrigin(self.origin.path, base + self._in_file(route), self.origin.document, moved)
        return Evaluated(None if value is NO_VALUE else value, origin, frame.maybe)

    def value(self, written: Any, route: Route) -> Any:
        """Return a value evaluated, without its places."""
        if type(written) is str and "{{" not in written:
            return written
        value = self.resolve(written, route, (), _Frame())
        return None if value is NO_VALUE else value

    def text(self, written: Any, route: Route) -> Value | None:
        """Return a value as text; None when it is no scalar or not written."""
        return as_text(self.value(written, route))

    def is_plain(self, written: Any) -> bool:
        """Return whether a value is data through and through: nothing in it is left to evaluate, and nothing unknown."""
        if not isinstance(written, (dict, list)):
            if isinstance(written, str):
                return "{{resolve:" not in written and written[:4] != "Fn::"
            return not isinstance(written, (Unknown, Text))
        known = self._plain.get(id(written))
        if known is None:
            plain = True
            inside: Any = written
            if isinstance(written, dict):
                plain, inside = "Ref" not in written or len(written) > 1, written.values()
                for name in written:
                    if name[:4] == "Fn::":
                        plain = False
            for item in inside if plain else ():
                if "{{resolve:" in item or item[:4] == "Fn::" if type(item) is str else not self.is_plain(item):
                    plain = False
                    break
            known = self._plain[id(written)] = (written, plain)
        return known[1]

    def resolve(self, written: Any, here: Route, out: Route, frame: _Frame) -> Any:
        """Return the value of what stands at `here`, which becomes `out` in the value that the frame builds."""
        if isinstance(written, dict):
            name = intrinsic(written)
            if name is not None:
                self.calls += 1
                if self.calls > MAX_CALLS:
                    return Unknown("the template calls more functions than are followed", self.at(here))
                return self._call(self, name, written[name], (*here, name), out, frame)
            made: dict[str, Any] = {}
            for step, item in written.items():
                if self.is_plain(item) and not step.startswith("Fn::"):
                    made[step] = item
                    continue
                if step.startswith(("Fn::ForEach::", "Fn::Transform")):
                    from iamlint.parse.cloudformation.inclusion import include

                    include(self, made, step, item, here, out, frame)
                    continue
                if step == "Statement" and isinstance(item, dict) and intrinsic(item) is None and self.undecided(item):
                    value = self._list([item], (*here, step), (*out, step), frame, single=True)
                else:
                    value = self.resolve(item, (*here, step), (*out, step), frame)
                if value is not NO_VALUE:
                    made[step] = value
            return made
        if isinstance(written, list):
            return self._list(written, here, out, frame)
        if isinstance(written, str) and ("{{resolve:" in written or written[:4] == "Fn::"):
            from iamlint.parse.cloudformation.dynamic import replaced_later

            return replaced_later(self, written, here)
        return written

    def _list(self, written: list[Any], here: Route, out: Route, frame: _Frame, *, single: bool = False) -> list[Any]:
        items: list[Any] = []
        for number, item in enumerate(written):
            where = here if single else (*here, number)
            if self.is_plain(item):
                if single or number != len(items):
                    frame.moved[*out, len(items)] = where
                items.append(item)
                continue
            for branch, at, unknown in self._alternatives(item, where):
                for assumed, under in self._variants(branch, at):
                    target = (*out, len(items))
                    if at != (*here, len(items)):
                        frame.moved[target] = at
                    before = self.assumed
                    self.assumed = {**before, **assumed}
                    value = self.resolve(branch, at, target, frame)
                    self.assumed = before
                    if value is NO_VALUE:
                        for inner in [inner for inner in frame.moved if inner[: len(target)] == target]:
                            del frame.moved[inner]
                        continue
                    perhaps = unknown or under
                    if perhaps is not None:
                        frame.maybe[target] = perhaps
                    items.append(value)
        return items

    def _alternatives(self, item: Any, where: Route) -> Iterator[tuple[Any, Route, Unknown | None]]:
        """Yield what a list's item may be: both branches of an undecided `Fn::If` between structures."""
        if isinstance(item, dict) and intrinsic(item) == "Fn::If":
            branches = item["Fn::If"]
            if isinstance(branches, list) and len(branches) == 3 and isinstance(branches[0], str):
                holds = self.condition(branches[0])
                if not isinstance(holds, Unknown):
                    number = 1 if holds else 2
                    if branches[0] not in self.assumed:
                        self.left_out[*where, "Fn::If", 3 - number] = branches
                    yield from self._alternatives(branches[number], (*where, "Fn::If", number))
                    return
                if any(isinstance(branch, dict) and intrinsic(branch) in (None, "Fn::If") for branch in branches[1:]):
                    for number in (1, 2):
                        for branch, at, unknown in self._alternatives(branches[number], (*where, "Fn::If", number)):
                            yield branch, at, unknown or holds
                    return
        yield item, where, None

    def _variants(self, item: Any, where: Route) -> Iterator[tuple[dict[str, bool], Unknown | None]]:
        """Yield the assumptions under which a statement is to be written out, with the unknown that they stand on."""
        names = self.undecided(item) if isinstance(item, dict) and "Effect" in item else []
        if not names or len(names) > MAX_VARIANTS:
            yield {}, None
            return
        listed = "`, `".join(names)
        unknown = Unknown(
            f"the template does not decide the condition `{listed}`", self.at(where), f"{self.unit}#condition {listed}"
        )
        for number in range(1 << len(names)):
            yield {name: not number >> bit & 1 for bit, name in enumerate(names)}, unknown

    def undecided(self, item: Any) -> list[str]:
        """Return the conditions that `Fn::If` asks for inside a value and that nothing decides, in reading order."""
        names: dict[str, None] = {}
        pending = [item]
        while pending and len(names) <= MAX_VARIANTS:
            value = pending.pop()
            if isinstance(value, list):
                pending.extend(reversed(value))
            elif isinstance(value, dict):
                branches = value.get("Fn::If")
                name = branches[0] if isinstance(branches, list) and branches else None
                if isinstance(name, str) and isinstance(self.condition(name), Unknown):
                    names[name] = None
                pending.extend(reversed(value.values()))
        return list(names)

    def condition(self, name: str) -> bool | Unknown:
        """Return whether a condition of the template holds."""
        if name in self.assumed:
            return self.assumed[name]
        if name in self._decided:
            return self._decided[name]
        place = self.at(("Conditions", name))
        if name not in self.conditions:
            return Unknown(f"condition `{name}` is not in the template", place, f"{self.unit}#condition {name}")
        if name in self._deciding or len(self._deciding) > MAX_CHAIN:
            return Unknown(f"condition `{name}` refers to itself", place, f"{self.unit}#condition {name}")
        from iamlint.parse.cloudformation.conditions import decide

        self._deciding.add(name)
        before, self.assumed = self.assumed, {}
        answer = decide(self, self.conditions[name], ("Conditions", name))
        self.assumed = before
        self._deciding.discard(name)
        self._decided[name] = (
            answer
            if isinstance(answer, bool)
            else Unknown(f"the template does not decide the condition `{name}`", place, f"{self.unit}#condition {name}")
        )
        return self._decided[name]


@cache
def _function_calls() -> Callable[[Template, str, Any, Route, Route, _Frame], Any]:
    from iamlint.parse.cloudformation.functions import call  # they know this module

    return call


class _Frame:
    """What is learned while one value is evaluated."""

    __slots__ = ("maybe", "moved")

    def __init__(self) -> None:
        self.moved: dict[Route, Route] = {}
        self.maybe: dict[Route, Unknown] = {}


Frame = _Frame


def intrinsic(written: dict[str, Any]) -> str | None:
    """Return the name of the intrinsic function that a mapping calls, or None when it is data."""
    if len(written) != 1:
        return None
    name = next(iter(written))
    return name if name == "Ref" or (name.startswith("Fn::") and not name.startswith("Fn::ForEach::")) else None


def as_text(value: Any) -> Value | None:
    """Return a scalar as text, or None."""
    if value is None or isinstance(value, (dict, list)) or value is NO_VALUE:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return value  # type: ignore[no-any-return]


def _section(value: dict[str, Any], name: str) -> dict[str, Any]:
    section = value.get(name)
    return section if isinstance(section, dict) else {}
