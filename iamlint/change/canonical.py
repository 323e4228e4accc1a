"""Policies in a form in which two states of a repository can be compared: no line, no Sid, no order, names of renamed units."""

from __future__ import annotations

import re
from collections.abc import Mapping

from iamlint.graph.policies import Attached
from iamlint.model.policy import Effect, Policy, Statement
from iamlint.parse.policy import parse_policy
from iamlint.source.value import Text, Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Shape = tuple["Any", ...]
"""What a policy or a statement says, comparable and hashable."""

NOTHING: Shape = ("nothing",)


class Canon:
    """The canonical forms of one state. `renamed` leads from the paths of units to the paths that they have in the other state.

    Policies of one shape become one object, also across the two states when they share `pool`: the comparison of two policy
    sets is quick where documents are the same object.
    """

    def __init__(self, renamed: Mapping[str, str], pool: dict[Shape, Policy]) -> None:
        self._renamed = dict(sorted(renamed.items(), key=lambda item: -len(item[0])))
        self._pool = pool
        self._shapes: dict[int, tuple[Policy, Shape]] = {}

    def text(self, text: str) -> str:
        """Return a text with the paths of renamed units as they are in the other state."""
        for old, new in self._renamed.items():
            if old and old in text:
                text = _replaced(text, old, new)
        return text

    def value(self, value: Value) -> Value:
        """Return a value whose unknown parts are named without the place where they were met."""
        if isinstance(value, str):
            return value
        if isinstance(value, Unknown):
            return self._unknown(value)
        return concat([part if isinstance(part, str) else self._unknown(part) for part in value.parts])

    def policy(self, policy: Policy) -> Policy:
        """Return the policy that stands for all of the same shape."""
        shape = self.shape(policy)
        known = self._pool.get(shape)
        if known is None:
            known = self._pool[shape] = self._rewritten(policy)
        return known

    def policies(self, policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
        """Return the policies as `policy` gives them, without duplicates, in an order that does not depend on the files."""
        found = {self.shape(policy): policy for policy in policies}
        return tuple(self.policy(found[shape]) for shape in sorted(found, key=repr))

    def attached(self, attached: Attached) -> Attached:
        """Return everything that counts for an identity, canonical."""
        return Attached(
            self.policies(attached.identity),
            None if attached.boundary is None else self.policies(attached.boundary),
            tuple(map(self.policies, attached.scp)),
            tuple(map(self.policies, attached.rcp)),
            tuple(sorted({self.text(name) for name in attached.missing})),
            attached.not_seen,
        )

    def shape(self, policy: Policy) -> Shape:
        """Return what a policy says."""
        known = self._shapes.get(id(policy))
        if known is None:
            statements = frozenset(self.statement(statement) for statement in policy.statements)
            version = "" if policy.version is None else key(self.value(policy.version))
            known = self._shapes[id(policy)] = (policy, (policy.kind.value, version, tuple(sorted(statements, key=repr))))
        return known[1]

    def statement(self, statement: Statement) -> Shape:
        """Return what a statement says."""
        effect = statement.effect.value if isinstance(statement.effect, Effect) else "?" if statement.effect else ""
        opaque = statement.opaque
        return (
            effect,
            statement.actions_negated,
            tuple(sorted({key(self.value(action)).lower() for action in statement.actions})),
            statement.resources_negated,
            NOTHING if statement.resources is None else tuple(sorted({key(self.value(one)) for one in statement.resources})),
            statement.principals_negated,
            NOTHING
            if statement.principals is None
            else tuple(sorted({(one.kind, key(self.value(one.value))) for one in statement.principals})),
            tuple(
                sorted(
                    (one.operator.lower(), one.key.lower(), tuple(sorted({key(self.value(value)) for value in one.values})))
                    for one in statement.conditions
                )
            ),
            "" if opaque is None else key(self._unknown(opaque)),
        )

    def _unknown(self, unknown: Unknown) -> Unknown:
        symbol = self.text(without_places(unknown.symbol))
        return unknown if symbol == unknown.symbol else Unknown(unknown.reason, unknown.place, symbol)

    def _rewritten(self, policy: Policy) -> Policy:
        document = self._document(policy.document)
        if document is policy.document:
            return policy
        # Whether a statement is there says no document.
        maybe = {one.index or 0: one.opaque for one in policy.statements if one.may_be_absent and one.opaque is not None}
        made = parse_policy(
            document, policy.origin, kind=policy.kind, name=policy.name, ref=policy.ref, unit=policy.unit, arn=policy.arn,
            tags=policy.tags, maybe=maybe,
        )  # fmt: skip
        return made if len(made.statements) == len(policy.statements) else policy

    def _document(self, value: Any) -> Any:
        """Return a document with its unknown parts renamed; the same object where there is none."""
        if isinstance(value, dict):
            changed = {name: self._document(item) for name, item in value.items()}
            return value if all(changed[name] is value[name] for name in value) else changed
        if isinstance(value, list):
            items = [self._document(item) for item in value]
            return value if all(new is old for new, old in zip(items, value, strict=True)) else items
        if isinstance(value, (Unknown, Text)):
            made = self.value(value)
            return value if made == value else made
        return value


def without_places(symbol: str) -> str:
    """Return the symbol of an unknown without the places by which one is told that has no name of its own.

    `reason at main.tf:(10, 20)`, `substr(timestamp@main.tf:(10, 20):99)#4c96f11014a3`: the digest at the end is of them too.
    """
    bare = _PLACE.sub("", symbol)
    return bare if bare == symbol else _DIGEST.sub("", bare)


_PLACE = re.compile(r"(?: at |@)[^\s()⟨⟩]*:(?:\(\d+, \d+\)|[\w/.-]+)(?::\d+)?")
_DIGEST = re.compile(r"#[0-9a-f]{8,}(?=⟩|$)")


def _replaced(text: str, old: str, new: str) -> str:
    """Return the text with a path replaced where it stands as a whole: not inside a longer name."""
    pieces = text.split(old)
    made = pieces[0]
    for piece in pieces[1:]:
        inside = _continues(made[-1:], "_-./") or _continues(piece[:1], "_-/")
        made += (old if inside else new) + piece
    return made


def _continues(character: str, marks: str) -> bool:
    return bool(character) and (character.isalnum() or character in marks)
