"""A resource of a template, and what the readers of resources add to: facts, with policies, secrets and coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from iamlint.model.estate import Facts
from iamlint.model.policy import Policy, PolicyKind
from iamlint.model.telemetry import LiteralSecret
from iamlint.parse.cloudformation.blanks import blank, blanks, without_blanks
from iamlint.parse.cloudformation.identities import expected, is_identity
from iamlint.parse.cloudformation.json_texts import inside, structured
from iamlint.parse.cloudformation.physical import arn_of, name_of, path_of
from iamlint.parse.cloudformation.rewritten import Evaluated
from iamlint.parse.cloudformation.template import MAX_VARIANTS, Template, as_text
from iamlint.parse.durations import seconds_of
from iamlint.parse.policy import parse_policy
from iamlint.source.place import Place, Route
from iamlint.source.problem import Unresolved
from iamlint.source.value import Text, Unknown, Value, key, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Resource:
    """One resource of a template: its properties evaluated when asked for."""

    def __init__(self, template: Template, logical: str, written: dict[str, Any]) -> None:
        self.template = template
        self.logical = logical
        self.type: str = written["Type"]
        properties = written.get("Properties")
        self.properties: dict[str, Any] = properties if isinstance(properties, dict) else {}
        self.route: Route = ("Resources", logical)
        self._name: Value | None = None
        self._arn: Value | None = None

    @property
    def place(self) -> Place:
        """Return the place of the resource."""
        return self.template.at(self.route, "key")

    @property
    def ref(self) -> str:
        """Return the name by which the declaration is unique in the estate."""
        return f"{self.template.unit}#{self.logical}"

    @property
    def account(self) -> Value:
        """Return the account of the stack."""
        return self.template.context.account

    @property
    def name(self) -> Value:
        """Return the physical name."""
        if self._name is None:
            self._name = name_of(self.template, self.logical)
        return self._name

    @property
    def arn(self) -> Value:
        """Return the ARN."""
        if self._arn is None:
            self._arn = arn_of(self.template, self.logical)
        return self._arn

    @property
    def path(self) -> Value:
        """Return the path of an IAM entity."""
        return path_of(self.template, self.logical)

    def at(self, *steps: str | int) -> Place:
        """Return the place of a property, or of something in it."""
        return self.template.at((*self.route, "Properties", *steps))

    def evaluated(self, *steps: str | int) -> Evaluated | None:
        """Return a property evaluated, with its places; None when it is not written."""
        written: Any = self.properties
        for step in steps:
            listed = isinstance(written, list) and isinstance(step, int) and step < len(written)
            if not listed and not (isinstance(written, dict) and step in written):
                return None
            written = written[step]
        return self.template.evaluate(written, (*self.route, "Properties", *steps))

    def get(self, name: str) -> Any:
        """Return a property's value."""
        found = self.evaluated(name)
        return None if found is None else found.value

    def text(self, name: str) -> Value | None:
        """Return a property that is a text."""
        return as_text(self.get(name))

    def seconds(self, name: str) -> tuple[int, Place] | None:
        """Return how long something lasts, in seconds with its place, where it is written and known."""
        lasts = seconds_of(self.get(name))
        return None if lasts is None else (lasts, self.at(name))

    def texts(self, name: str) -> list[tuple[Value, Place]]:
        """Return the texts of a list with their places; a single text counts as a list of one."""
        found = self.evaluated(name)
        if found is None:
            return []
        return [(text or blank(self.template, place) or text, place) for text, place in texts_of(found)]

    def possible_texts(self, name: str, declared: Declared, said: str = "may be attached") -> list[tuple[Value, Place]]:
        """Return the texts of a list, also those that are there only under a condition which nothing decides.

        `said` is what the coverage then says of them.
        """
        return declared.possible(self.properties.get(name), lambda: self.texts(name), said) or self.texts(name)

    def tags(self, name: str = "Tags") -> Mapping[str, Value]:
        """Return the tags, written as a list of keys and values or as a mapping."""
        made: dict[str, Value] = {}
        if name not in self.properties:
            return made
        value = self.get(name)
        if isinstance(value, dict):
            for label, item in value.items():
                text = as_text(item)
                if text is not None:
                    made[label] = text
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict):
                label, text = item.get("Key"), as_text(item.get("Value"))
                if isinstance(label, str) and text is not None:
                    made[label] = text
        return made


_KNOWN = frozenset({str, bool, int, type(None), Place, Policy})
"""What a model value may hold that has nothing unknown in it, or counts for itself."""


def texts_of(found: Evaluated) -> Iterator[tuple[Value, Place]]:
    """Yield the texts of an evaluated list with their places; a single text counts as a list of one."""
    if isinstance(found.value, list):
        for number, item in enumerate(found.value):
            text = as_text(item)
            if text is not None:
                yield text, found.origin.at((number,))
    else:
        text = as_text(found.value)
        if text is not None:
            yield text, found.origin.at()


class Declared:
    """The facts of one template in the making."""

    def __init__(self, template: Template, facts: Facts) -> None:
        self.template = template
        self.unit = template.unit
        self.facts = facts
        self._expected = expected(template) | template.context.stacks.expected
        self._blanks = blanks(template)
        self._whole: bool | None = None
        self._noted: set[tuple[str, Place]] = set()
        self._reasons: list[str] = []  # why something of the resource that is being read is not known
        self._is_assumed = False  # what the resource makes is read, if it is what it is taken for
        self._counted = len(facts.items)
        self.shared: dict[str, Any] = {}  # what readers of several resources have in common
        self.left_out: list[tuple[Place, str, str, bool]] = []  # where, of what, if a condition is so (`switched_off.branches`)

    def expect(self, unknown: Unknown) -> None:
        """Take an unknown for what differs from stack to stack, as account and region do, and for no gap."""
        self._expected.add(unknown.symbol)

    def add(self, item: Any) -> None:
        """Add a model value and note what of it is not known."""
        self.facts.add(item)
        if isinstance(item, tuple) and type(item) is not LiteralSecret:
            fields = [field for field in item if type(field) not in _KNOWN]
            known = not fields or self._check(fields, item)
            self._whole = known if self._whole is None else known and self._whole

    def assume(self, reason: str, place: Place) -> None:
        """Add a line of coverage about what is read on an assumption, so that the resource counts as known in part."""
        self.note(reason, place)
        self._is_assumed = True

    def close(self) -> None:
        """Count the resource that was read: as one, whatever it comes to (its policies count by statements, as in Terraform)."""
        self.facts.resolved += self._whole is True
        self._whole = None
        if len(self.facts.items) > self._counted or self._is_assumed:
            self.facts.tally(self._reasons)
        elif self._reasons:
            self.facts.missed.append(self._reasons[0])
        self._counted, self._reasons, self._is_assumed = len(self.facts.items), [], False

    def possible(
        self, written: Any, texts: Callable[[], Iterable[tuple[Value, Place]]], said: str = "may be attached"
    ) -> list[tuple[Value, Place]]:
        """Return the texts that a value may come to under its conditions that nothing decides; none where there are none."""
        template = self.template
        names = template.undecided(written)
        if not names or len(names) > MAX_VARIANTS:
            return []
        found: dict[str, tuple[Value, Place]] = {}
        always: set[str] | None = None
        before = template.assumed
        for number in range(1 << len(names)):
            template.assumed = {**before, **{one: not number >> bit & 1 for bit, one in enumerate(names)}}
            now = {key(text): (text, place) for text, place in texts()}
            found = {**now, **found}
            always = set(now) if always is None else always & set(now)
        template.assumed = before
        listed = "`, `".join(names)
        for shown, (_, place) in found.items():
            if always is not None and shown not in always:
                self.note(f"`{shown}` {said}: the template does not decide the condition `{listed}`", place)
        return list(found.values())

    def inside(self, template: Template) -> Declared:
        """Return what the readers of a template add to that a resource of this one holds."""
        inner = Declared(template, self.facts)
        inner.unit = self.unit
        inner._noted = self._noted
        return inner

    def take(self, inner: Declared) -> None:
        """Leave what a template inside declares out of the count of the resource that holds it: it is counted already."""
        self._counted = inner._counted

    def note(self, reason: str, place: Place) -> None:
        """Add a line of coverage, once."""
        self._reasons.append(reason)
        if (reason, place) not in self._noted:
            self._noted.add((reason, place))
            self.facts.unresolved.append(Unresolved(reason, place))

    def switched_off(self, what: str, by: str | None, place: Place) -> bool:
        """Say that a default keeps something from being there, once, and return whether one does."""
        line = Unresolved(f"{what} is switched off by {by}", place)
        if by is not None and line not in self.facts.off:
            self.facts.off.append(line)
        return by is not None

    def policy(
        self,
        found: Evaluated | None,
        kind: PolicyKind,
        name: Value,
        ref: str,
        arn: Value | None = None,
        tags: Mapping[str, Value] | None = None,
    ) -> Policy | None:
        """Add the policy that an evaluated property holds and return it; None when it holds none."""
        if found is None or found.value is None:
            return None
        if isinstance(found.value, (str, Unknown)):
            found = structured(self.template, found)
        document, origin = found.value, found.origin
        if isinstance(document, (str, Text)):
            from iamlint.parse.terraform.embedded import read_embedded
            from iamlint.parse.terraform.located import Located

            embedded = read_embedded(Located(document, origin.at()))
            if embedded.problem is not None:
                self.facts.problems.append(embedded.problem._replace(help="the property takes a JSON document"))
            if embedded.document is None:
                return None
            document, origin = embedded.document, inside(self.template, origin.at())
        if self._blanks:
            document = without_blanks(self.template, document, origin, self._blanks)
        policy = parse_policy(document, origin, kind=kind, name=name, ref=ref, unit=self.unit, arn=arn, tags=tags)
        whole = next((unknown for route, unknown in found.maybe.items() if route == ()), None)
        for statement in policy.statements:
            maybe = found.maybe.get(("Statement",) if statement.index is None else ("Statement", statement.index), whole)
            if maybe is not None:
                statement.doubt(maybe)
        self.facts.add(policy)
        self._count(policy)
        return policy

    def _count(self, policy: Policy) -> None:
        for statement in policy.statements:
            written: Any = policy.document
            if isinstance(written, dict):
                written = written["Statement"] if statement.index is None else written["Statement"][statement.index]
            complete = self.template.is_plain(written) or self._check(written, policy.origin.at(statement.route))
            if statement.opaque is not None:
                complete = False
                self.note(statement.opaque.reason, statement.opaque.place or policy.place)
            self.facts.resolved += complete

    def _check(self, value: Any, at: Place | tuple[Any, ...]) -> bool:
        """Return whether nothing in a value is unknown that could be known; note what is, `at` a place or a model value's."""
        complete = True
        expected = self._expected
        for unknown in unknowns(value):
            if unknown.symbol in expected or is_identity(self.template, unknown) or self._is_piece(unknown.symbol):
                continue
            complete = False
            self.note(unknown.reason, unknown.place or self._place_of(at))
        return complete

    def _place_of(self, item: Place | tuple[Any, ...]) -> Place:
        if isinstance(item, Place):
            return item
        return next((field for field in item if isinstance(field, Place)), Place(self.template.origin.path))

    def _is_piece(self, symbol: str) -> bool:
        """Return whether an unknown is a piece of what differs from stack to stack: of the id of the stack in a name."""
        pieces = self.template.pieces
        for _ in range(len(pieces)):
            if symbol not in pieces:
                break
            symbol = pieces[symbol]
            if symbol in self._expected:
                return True
        return False
