"""One region of the search for a difference: the boxes of some statements, on the resources that match one pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamlint.iam.arn_classes import SYMBOLS, arn_bits, arn_classes
from iamlint.iam.boxes import Box
from iamlint.iam.caller import read_caller
from iamlint.iam.conditions import CompiledCondition
from iamlint.iam.context import RequestContext, follows_from_request
from iamlint.iam.guesses import usual_resources
from iamlint.iam.key_values import Who
from iamlint.iam.normal_form import condition_form, is_variable, relaxed
from iamlint.iam.patterns import LITERAL_QUESTION, LITERAL_STAR
from iamlint.iam.request import Request
from iamlint.iam.variables import VARIABLE, has_variables, substitutes
from iamlint.model.policy import PolicyKind, Statement
from iamlint.source.value import Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iamlint.iam.difference import Part, Search

Masks = tuple[int, int]
"""A set that is certain, and the set that it may be."""
_LITERALS = {"*": LITERAL_STAR, "?": LITERAL_QUESTION, "$": "$"}
_TRIED = 20
_UNLIMITED = -1


class Region:
    """The boxes of `parts`, in their order, over actions, resources, callers and facts about the context.

    With `loose`, the resources of that statement alone count among the first two. `full` is the box of everything.
    """

    def __init__(
        self, search: Search, pattern: Value, callers: list[Who], parts: Sequence[Part], needed: int, wide: bool,
        loose: Part | None,
    ) -> None:  # fmt: skip
        self.reason: str | None = None
        self._search = search
        self._wide = wide
        self._callers = callers
        self._given: dict[str, str] = {}  # values for the variables of resources
        self._symbols: dict[str, str] = {}
        self._facts: dict[object, tuple[str, list[tuple[str, ...] | None]]] = {}  # dimension → context key, its values
        self._sizes: dict[object, int] = {}
        self._read_resources(pattern, parts)
        rows = [self._row(part, position < needed, loose) for position, part in enumerate(parts)]
        names = list(self._sizes)
        everyone = (1 << len(callers)) - 1
        self.full: Box = (_UNLIMITED, (1 << len(self._texts)) - 1, everyone, *((1 << self._sizes[name]) - 1 for name in names))
        self.boxes: list[Box] = [
            (*fixed, *(facts.get(name, full) for name, full in zip(names, self.full[3:], strict=True))) for fixed, facts in rows
        ]

    def request(self, box: Box) -> Request:
        """Return a request in a box: if it can be, for a resource such as the action works on."""
        number = (box[0] & -box[0]).bit_length() - 1
        index = (box[1] & -box[1]).bit_length() - 1
        action, resource = self._search.action(number), self._texts[index]
        if self._search.target is not None:
            resource = self._search.target
        else:
            action, resource = self._usual(box, action, resource)
        caller, account = self._callers[(box[2] & -box[2]).bit_length() - 1]
        context: dict[str, tuple[Value, ...] | Unknown] = {name: (value,) for name, value in self._given.items()}
        for mask, (name, values) in zip(box[3:], self._facts.values(), strict=True):
            chosen = values[(mask & -mask).bit_length() - 1]
            context.pop(name, None)
            if chosen is not None:
                context[name] = chosen
        return Request(caller, action, resource, account, context)

    def _usual(self, box: Box, action: str, resource: str) -> tuple[str, str]:
        """Return an action and a resource of the box that go well together."""
        wanted = {bits for index, bits in enumerate(self._classes) if box[1] >> index & 1}
        left = box[0]
        for _ in range(40):
            if not left:
                break
            lowest = left & -left
            left ^= lowest
            name = self._search.action(lowest.bit_length() - 1)
            usual = usual_resources(name)
            if not usual and "*" in self._texts and box[1] >> self._texts.index("*") & 1:
                return name, "*"
            for text in usual:
                if arn_bits(text, [self._written]) and arn_bits(text, self._patterns) in wanted:
                    return name, text
        return action, resource

    # --- resources ----------------------------------------------------------------------------------------------------

    def _read_resources(self, pattern: Value, parts: Sequence[Part]) -> None:
        """Find a text for everything that the patterns tell apart."""
        home = parts[0].statement
        self._written = self._spell(pattern, home) or relaxed(pattern)
        self._masks: dict[tuple[Value, bool | None], Masks] = {}
        spelled: dict[str, int] = {}
        wanted: list[tuple[tuple[Value, bool | None], str | None, str]] = []
        for part in parts:
            for one in part.statement.resources or ():
                marked = _marked(one, part.statement)
                if marked not in self._masks:
                    self._masks[marked] = (0, 0)
                    certain = self._spell(one, part.statement)
                    may = certain if certain is not None else relaxed(one)
                    wanted.append((marked, certain, may))
                    spelled.setdefault(may, len(spelled))
        self._patterns = list(spelled)
        found = arn_classes(self._written, self._patterns, self._search.budget)
        if found is None:
            self.reason = "too many resources to tell apart"
            written = (self._written, *self._patterns[:_TRIED])
            texts = dict.fromkeys(one.replace("*", filler).replace("?", "z") for one in written for filler in ("zz", "", "z/z"))
            found = [(text, arn_bits(text, self._patterns)) for text in texts if arn_bits(text, [self._written])]
        if not self._written.strip("*"):
            found = [*found, ("*", arn_bits("*", self._patterns))]
        self._texts = [text for text, _ in found]
        self._classes = [bits for _, bits in found]
        for marked, certain, may in wanted:
            column = sum(1 << row for row, bits in enumerate(self._classes) if bits >> spelled[may] & 1)
            self._masks[marked] = (column if certain is not None else 0, column)

    def _spell(self, value: Value, statement: Statement) -> str | None:
        """Return a pattern with its variables and unknown stretches as this reading takes them, or None: not certain."""
        if isinstance(value, str) and value.startswith("arn:") and value.count(":") < 5 and not value.endswith("*"):
            return None  # AWS does not specify what it matches
        if substitutes(statement.policy.version) is None and is_variable(value, statement):
            return None
        if isinstance(value, Text) and any(isinstance(one, str) and "${" in VARIABLE.sub("", one) for one in value.parts):
            return None  # the name of a variable is not known
        out = []
        for part in value.parts if isinstance(value, Text) else (value,):
            if isinstance(part, Unknown):
                if not self._wide:
                    return None
                out.append(self._symbol(part.symbol))
                continue
            pieces = VARIABLE.split(part) if substitutes(statement.policy.version) else [part]
            for index, piece in enumerate(pieces):
                if index % 2 == 0:
                    out.append(piece)
                elif piece in _LITERALS:
                    out.append(_LITERALS[piece])
                elif self._wide:
                    out.append(self._symbol("${" + piece + "}"))
                else:
                    out.append(self._sample(piece))
        return "".join(out)

    def _symbol(self, name: str) -> str:
        return self._symbols.setdefault(name, chr(SYMBOLS + len(self._symbols)))

    def _sample(self, body: str) -> str:
        """Return a value for a variable, and see to it that the request has it."""
        name = body.partition(",")[0].strip().lower()
        if name in self._given:
            return self._given[name]
        caller, account = self._callers[0]
        if follows_from_request(name):
            request = Request(caller, "zz:zz", None, account, {})
            held = RequestContext(request, read_caller(caller)).get(name)
            return held[0] if isinstance(held, tuple) and isinstance(held[0], str) else "zz"
        self._given[name] = "zz"
        return "zz"

    # --- one statement ------------------------------------------------------------------------------------------------

    def _row(self, part: Part, is_needed: bool, loose: Part | None) -> tuple[tuple[int, int, int], dict[object, int]]:
        # What is needed is read narrowly where what covers is read widely, and the other way around.
        side = 1 if self._wide is is_needed else 0
        everything = (1 << len(self._texts)) - 1
        resources = everything if is_needed and loose is not None and part is not loose else self._resources_of(part)[side]
        fixed = (part.actions[side], resources, self._callers_of(part)[side])
        facts: dict[object, int] = {}
        known = part.known
        if not known and not self._wide:
            if side == 0:
                fixed = (0, 0, 0)
        elif not known:
            opaque = (part.role, part.form)
            self._sizes[opaque] = 2
            facts[opaque] = 2
        for condition in part.compiled.conditions:
            dimension, masks = self._condition(condition)
            if dimension is None:
                if side == 0:
                    fixed = (0, 0, 0)
                continue
            mask = masks[side]
            facts[dimension] = facts.get(dimension, mask) & mask
        return fixed, facts

    def _resources_of(self, part: Part) -> Masks:
        statement = part.statement
        everything = (1 << len(self._texts)) - 1
        if self._search.target is not None or statement.resources is None:
            works = statement.resources is None and statement.policy.kind in (PolicyKind.TRUST, PolicyKind.RESOURCE)
            return (everything, everything) if works or statement.opaque is not None else (0, 0)
        if not statement.resources:
            return (0, everything if statement.opaque is not None else 0)
        low = high = 0
        for one in statement.resources:
            a, b = self._masks[_marked(one, statement)]
            low, high = low | a, high | b
        if not statement.resources_negated:
            return low, high
        if self._wide and any(not isinstance(one, str) or is_variable(one, statement) for one in statement.resources):
            low = 0  # as a letter of its own an unknown stretch matches too little, so its opposite too much
        return everything & ~high, everything & ~low

    def _callers_of(self, part: Part) -> Masks:
        everyone = (1 << len(self._callers)) - 1
        if not self._search.by_principal:
            return everyone, everyone
        low = high = 0
        for index, who in enumerate(self._callers):
            answer = self._search.names_caller(part, who)
            low |= (answer is True) << index
            high |= (answer is not False) << index
        return low, high

    # --- conditions ---------------------------------------------------------------------------------------------------

    def _condition(self, condition: CompiledCondition) -> tuple[object | None, Masks]:
        """Return the dimension in which a condition is a set, and the set; no dimension: nothing is certain of it."""
        form = condition_form(condition.condition), condition.takes_variables
        values = self._search.values_of(condition.key)
        if condition.takes_variables or (self._wide and not values.exact):
            if not self._wide:
                return None, (0, 0)
            self.reason = self.reason or _hard(condition)
            self._sizes[form] = 2
            return form, (2, 2)
        self._sizes[condition.key] = len(values.held)
        self._facts[condition.key] = (condition.key, values.held)
        return condition.key, values.masks(form, condition, self._callers[0])


def _marked(resource: Value, statement: Statement) -> tuple[Value, bool | None]:
    """Return a resource with whether its variables are at work, so that one text may stand in policies of two versions."""
    return resource, substitutes(statement.policy.version) if has_variables(resource) else False


def _hard(condition: CompiledCondition) -> str:
    if condition.takes_variables:
        return f"a condition on `{condition.condition.key}` holds a variable"
    return f"the values of `{condition.condition.key}` cannot all be told apart"
