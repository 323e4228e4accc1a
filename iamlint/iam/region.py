"""One region of the search for a difference: the boxes of some statements, on the resources that match one pattern."""

from __future__ import annotations

from itertools import islice

from iamlint.iam.arn_classes import SYMBOLS, arn_bits, arn_classes
from iamlint.iam.boxes import Box
from iamlint.iam.caller import read_caller
from iamlint.iam.conditions import CompiledCondition
from iamlint.iam.context import RequestContext, follows_from_request
from iamlint.iam.guesses import OWN, usual_resources
from iamlint.iam.key_values import KeyValues, Who
from iamlint.iam.normal_form import condition_form, is_open, is_variable, relaxed
from iamlint.iam.patterns import LITERAL_QUESTION, LITERAL_STAR
from iamlint.iam.region_facts import fact, hard, may_be_in, open_resource
from iamlint.iam.request import Request
from iamlint.iam.variables import VARIABLE, has_variables, substitutes
from iamlint.model.policy import PolicyKind, Statement
from iamlint.source.value import Text, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from iamlint.iam.candidates import Nobody
    from iamlint.iam.terms import Masks, Part, Terms

_LITERALS = {"*": LITERAL_STAR, "?": LITERAL_QUESTION, "$": "$"}
_TRIED = 20
_UNLIMITED = -1


class Region:
    """The boxes of statements over actions, resources, callers and facts about the context.

    `box`: what all of `needed` match. `clauses`, `covers`: boxes of the statements of each. `full`: the box of everything.
    The resources are those that match one pattern of the statement `first`.
    """

    def __init__(
        self, terms: Terms, pattern: Value, callers: list[Who], first: Part, needed: Sequence[Part],
        clauses: Sequence[Sequence[Part]], covers: Sequence[Part], wide: bool,
    ) -> None:  # fmt: skip
        self.reason: str | None = None
        self._terms = terms
        self._wide = wide
        self._callers = callers
        self._first = first
        self._given: dict[str, str] = {}  # values for variables
        self._symbols: dict[str, str] = {}
        self._facts: dict[object, tuple[str, list[tuple[str, ...] | None]]] = {}  # dimension → context key, its values
        self._sizes: dict[object, int] = {}
        parts = [*needed, *(part for clause in clauses for part in clause), *covers]
        self._read_resources(pattern, parts)
        self._read_variables(parts)
        must = len(parts) - len(covers)
        rows = [self._row(part, position < must) for position, part in enumerate(parts)]
        names = list(self._sizes)
        everyone = (1 << len(callers)) - 1
        self.full: Box = (_UNLIMITED, (1 << len(self._texts)) - 1, everyone, *((1 << self._sizes[name]) - 1 for name in names))
        boxes: Iterator[Box] = (
            (*fixed, *(facts.get(name, full) for name, full in zip(names, self.full[3:], strict=True))) for fixed, facts in rows
        )
        self.box: Box = next(boxes)
        for more in islice(boxes, len(needed) - 1):
            self.box = tuple(map(int.__and__, self.box, more))
        if terms.nobody is not None:
            limits = (self._plausible(name, full, terms.nobody) for name, full in zip(names, self.full[3:], strict=True))
            self.box = (*self.box[:3], *map(int.__and__, self.box[3:], limits))
        self.clauses = [list(islice(boxes, len(clause))) for clause in clauses]
        self.covers = list(boxes)

    def _plausible(self, name: object, full: int, nobody: Nobody) -> int:
        """Return the values of a key that the caller of this region can come with."""
        if not isinstance(name, str) or not follows_from_request(name):
            return full
        from iamlint.iam.plausible import plausible_values

        return plausible_values(self._known[name], self._callers[0], nobody)

    def request(self, box: Box) -> Request:
        """Return a request in a box: if it can be, for a resource such as the action works on."""
        number = (box[0] & -box[0]).bit_length() - 1
        index = (box[1] & -box[1]).bit_length() - 1
        caller, account = self._callers[(box[2] & -box[2]).bit_length() - 1]
        action, resource = self._usual(box, self._terms.action(number), self._texts[index], account)
        context: dict[str, tuple[Value, ...] | Unknown] = {name: (value,) for name, value in self._given.items()}
        for mask, (name, values) in zip(box[3:], self._facts.values(), strict=True):
            chosen = values[(mask & -mask).bit_length() - 1]
            context.pop(name, None)
            if chosen is not None:
                context[name] = chosen
        return Request(caller, action, resource, account, context)

    def _usual(self, box: Box, action: str, resource: str, account: str) -> tuple[str, str]:
        """Return an action and a resource of the box that go well together."""
        wanted = {bits for index, bits in enumerate(self._classes) if box[1] >> index & 1}
        left = box[0]
        for _ in range(40):
            if not left:
                break
            lowest = left & -left
            left ^= lowest
            name = self._terms.action(lowest.bit_length() - 1)
            usual = usual_resources(name)
            if account != OWN:
                usual = (*(text.replace(OWN, account) for text in usual if OWN in text), *usual)
            if not usual and "*" in self._texts and box[1] >> self._texts.index("*") & 1:
                return name, "*"
            for text in usual:
                if arn_bits(text, [self._written]) and arn_bits(text, self._patterns) in wanted:
                    return name, text
        return action, resource

    # --- resources ----------------------------------------------------------------------------------------------------

    def _read_resources(self, pattern: Value, parts: Sequence[Part]) -> None:
        """Find a text for everything that the patterns tell apart."""
        self._written = self._spell(pattern, self._first.statement) or relaxed(pattern)
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
        found = arn_classes(self._written, self._patterns, self._terms.budget)
        if found is None:
            self.reason = "too many resources to tell apart"
            written = (self._written, *self._patterns[:_TRIED])
            texts = dict.fromkeys(one.replace("*", filler).replace("?", "z") for one in written for filler in ("zz", "", "z/z"))
            found = [(text, arn_bits(text, self._patterns)) for text in texts if arn_bits(text, [self._written])]
        if not self._written.strip("*"):
            found = [*found, ("*", arn_bits("*", self._patterns))]
        if self._terms.in_accounts:
            found = [(text, bits) for text, bits in found if may_be_in(text, *self._callers[0])]
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

    def _row(self, part: Part, is_needed: bool) -> tuple[tuple[int, int, int], dict[object, int]]:
        # What is needed is read narrowly where what covers is read widely, and the other way around.
        side = 1 if self._wide is is_needed else 0
        resources = self._resources_of(part)[side]
        if is_needed and self._wide and part is not self._first and (is_open(self._first.statement) or is_open(part.statement)):
            everything = (1 << len(self._texts)) - 1  # what two of them match may be written in letters that differ
            if resources != everything:
                self.reason = self.reason or open_resource(self._first.statement, part.statement)
            resources = everything
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
        if statement.resources is None:
            works = statement.policy.kind in (PolicyKind.TRUST, PolicyKind.RESOURCE, PolicyKind.ENDPOINT)
            return (everything, everything) if works or statement.opaque is not None else (0, 0)
        if not statement.resources:
            return (0, everything if statement.opaque is not None else 0)
        low = high = 0
        for one in statement.resources:
            a, b = self._masks[_marked(one, statement)]
            low, high = low | a, high | b
        if not statement.resources_negated:
            return low, high
        if self._wide and is_open(statement):
            low = 0  # as a letter of its own an unknown stretch matches too little, so its opposite too much
        return everything & ~high, everything & ~low

    def _callers_of(self, part: Part) -> Masks:
        everyone = (1 << len(self._callers)) - 1
        if part.grades is None:
            return everyone, everyone
        low = high = 0
        for index, who in enumerate(self._callers):
            answer = self._terms.names_caller(part, who)
            low |= (answer is True) << index
            high |= (answer is not False) << index
        return low, high

    # --- conditions ---------------------------------------------------------------------------------------------------

    def _read_variables(self, parts: Sequence[Part]) -> None:
        """In the narrow reading variables in conditions have a value, as they have in resources."""
        self._sampled: dict[str, dict[object, CompiledCondition]] = {}
        self._written_here: dict[str, dict[object, CompiledCondition]] = {}
        self._known: dict[str, KeyValues] = {}
        for part in parts:
            for condition in part.compiled.conditions:
                form = condition_form(condition.condition), condition.takes_variables
                self._written_here.setdefault(condition.key, {})[form] = condition
        if self._wide:
            return
        for part in parts:
            for condition in part.compiled.conditions:
                if condition.takes_variables and substitutes(part.statement.policy.version):
                    written = condition.condition
                    values = tuple(filled for value in written.values if (filled := self._filled(value)) is not None)
                    if len(values) == len(written.values):
                        plain = CompiledCondition(written._replace(values=values), False)
                        self._sampled.setdefault(condition.key, {})[condition_form(written), True] = plain

    def _filled(self, value: Value) -> str | None:
        if not isinstance(value, str):
            return None
        pieces = VARIABLE.split(value)
        if any(piece in _LITERALS for piece in pieces[1::2]):
            return None
        return "".join(self._sample(piece) if index % 2 else piece for index, piece in enumerate(pieces))

    def _values_of(self, name: str) -> KeyValues:
        """Return the values of a key that all conditions on it tell apart; where these are too many, those of this region."""
        found = self._known.get(name)
        if found is None:
            sampled = self._sampled.get(name, {})
            found = self._terms.values_of(name)
            if sampled or not found.exact:
                found = self._terms.values_among(name, {**self._written_here[name], **sampled})
            self._known[name] = found
        return found

    def _condition(self, condition: CompiledCondition) -> tuple[object | None, Masks]:
        """Return the dimension in which a condition is a set, and the set; no dimension: nothing is certain of it."""
        form = condition_form(condition.condition), condition.takes_variables
        sampled = self._sampled.get(condition.key)
        values = self._values_of(condition.key)
        if condition.takes_variables and not self._wide:
            if sampled is None or form not in sampled:
                return None, (0, 0)
            condition = sampled[form]
        elif self._wide and (condition.takes_variables or not values.exact):
            self.reason = self.reason or hard(condition)
            named, met = fact(condition, form)
            self._sizes[named] = 2
            return named, (met, met)
        self._sizes[condition.key] = len(values.held)
        self._facts[condition.key] = (condition.key, values.held)
        return condition.key, values.masks(form, condition, self._callers[0])


def _marked(resource: Value, statement: Statement) -> tuple[Value, bool | None]:
    """Return a resource with whether its variables are at work, so that one text may stand in policies of two versions."""
    return resource, substitutes(statement.policy.version) if has_variables(resource) else False
