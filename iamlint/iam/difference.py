"""What one set of policies allows and another does not, as a question about boxes.

A statement is a box: actions × resources × callers × the values of each context key. What is not known of it is read twice.
In the narrow reading a difference is real: what must match does so for certain, what must not match never may. In the wide
reading, where an unknown or a variable is a letter of its own and a condition that cannot be taken apart a fact of its own,
finding none proves that there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamlint.iam.boxes import Budget, TooManyError, within
from iamlint.iam.context import follows_from_request
from iamlint.iam.formula import Clause, Formula
from iamlint.iam.inclusion import arn_apart, arn_covers, condition_implies
from iamlint.iam.key_values import Who
from iamlint.iam.normal_form import is_open, is_variable, relaxed
from iamlint.iam.request import Request
from iamlint.iam.terms import STEPS, Likes, Part, Terms
from iamlint.model.policy import Layer, Statement
from iamlint.source.value import Value

_CONFIRMATIONS = 8


class Search:
    """The search for requests that `more` allows and `less` does not, in a universe of actions and resources.

    `callers`: who may ask. `refused`: what is never allowed. `reason`: why an empty answer is not certain.
    """

    def __init__(
        self, terms: Terms, callers: Sequence[Who], more: Formula, less: Formula, universe: Part, refused: Sequence[Part]
    ) -> None:  # fmt: skip
        self.terms = terms
        self.callers = list(callers)
        self.reason: str | None = None
        self._more = more
        self._less = less
        self._universe = universe
        self._universes = universe.statement.resources or ("*",)
        self._refused = list(refused)
        self._near: dict[tuple[int, int], list[Part]] = {}  # by actions and list of statements
        self._apart: dict[tuple[Value, Value], bool] = {}

    def requests(self, wide: bool) -> Iterator[Request | None]:
        """Yield requests that differ in the narrow reading, to be confirmed; with `wide`, None for what may differ."""
        try:
            yield from self._requests(wide)
        except TooManyError:
            self.reason = "too many statements, resources and conditions to compare"

    def _requests(self, wide: bool) -> Iterator[Request | None]:
        self._near.clear()
        for clause in self._less.clauses:  # one of which allows nothing there
            known = Likes(clause.parts)
            if any(all(part in known for part in held.parts) for held in self._more.clauses):
                continue
            home = self._home(clause.layer)
            covers = [*self._more.denies, *clause.parts]
            for part in home.parts:
                if (wide or part.known) and part not in known:
                    yield from self._regions(part, None, home, covers, wide)
        known = Likes(self._more.denies)
        home = self._home(Layer.IDENTITY)
        for deny in self._less.denies:  # or one that denies
            if not (wide or deny.known) or deny in known:
                continue
            self.terms.budget.spend(len(home.parts))
            for part in home.parts:
                meets = part.actions[1] & deny.actions[1] and not self._are_apart(part.statement, deny.statement)
                if meets and (wide or part.known):
                    yield from self._regions(part, deny, home, self._more.denies, wide)

    def _home(self, layer: Layer) -> Clause:
        """Return the clause of which each statement is looked at alone; best the one that stands where the other side's does."""
        clauses = self._more.clauses
        same = next((clause for clause in clauses if clause.layer is layer), None)
        if same is not None:
            return same
        return min(clauses, key=lambda one: len(one.parts)) if clauses else Clause(layer, [self._universe])

    def _are_apart(self, left: Statement, right: Statement) -> bool:
        if left.resources_negated or not left.resources:
            return False
        return all(self._misses(right, pattern) for pattern in left.resources)

    def _regions(self, part: Part, deny: Part | None, home: Clause, covers: list[Part], wide: bool) -> Iterator[Request | None]:
        """Look at each resource pattern of a statement alone."""
        needed = [one for one in (part, deny, self._universe) if one is not None]
        actions = -1
        for one in needed:
            actions &= one.actions[wide]
        if not actions:
            return
        near = self._near.get((actions, id(covers)))
        if near is None:
            self.terms.budget.spend(len(covers) // 4)
            near = [other for other in (*self._refused, *covers) if actions & other.actions[1]]
            self._near[actions, id(covers)] = near
        # Where unknown stretches are letters, what both match may not be written the same way: look at the deny.
        first = deny if deny is not None and wide and (is_open(part.statement) or is_open(deny.statement)) else part
        patterns: Sequence[Value] = ("*",)
        if first.statement.resources and not first.statement.resources_negated:
            patterns = tuple(dict.fromkeys(first.statement.resources))
        patterns = [one for pattern in patterns for one in (self._universes if pattern == "*" else (pattern,))]
        patterns = [one for one in patterns if not self._misses(self._universe.statement, one)]
        if deny is not None and first is part:
            patterns = [pattern for pattern in patterns if not self._misses(deny.statement, pattern)]
        plain = [one for one in (part, deny) if one is not None]
        for pattern in patterns:
            self.terms.budget.spend(len(near))
            left, partial = actions, []
            for other in near:
                if left & other.actions[1] and not self._misses(other.statement, pattern):
                    if other.actions[0] & left and any(self._covers(other, one, pattern) for one in plain):
                        left &= ~other.actions[0]
                        if not left:
                            break
                    else:
                        partial.append(other)
            clauses = self._clauses(home, plain, pattern, left, wide) if left else None
            if clauses is not None:
                partial = [other for other in partial if left & other.actions[1]]
                yield from self._region(pattern, left, first, needed, clauses, partial, wide)

    def _clauses(self, home: Clause, plain: list[Part], pattern: Value, actions: int, wide: bool) -> list[list[Part]] | None:
        """Return what else must allow, as far as it bears on these actions and resources; None: something never does."""
        found = []
        for clause in self._more.clauses:
            if clause is home:
                continue
            self.terms.budget.spend(len(clause.parts))
            near = [
                part
                for part in clause.parts
                if part.actions[wide] & actions and (wide or part.known) and not self._misses(part.statement, pattern)
            ]
            if not near:
                return None
            if not any(
                not actions & ~part.actions[0] and any(self._covers(part, one, pattern) for one in plain) for part in near
            ):
                found.append(near)
        return found

    def _misses(self, statement: Statement, pattern: Value) -> bool:
        """Return whether it is plain that the statement is about no resource that matches the pattern."""
        if not statement.resources or statement.resources_negated:
            return False
        for one in statement.resources:
            found = self._apart.get((one, pattern))
            if found is None:
                found = self._apart[one, pattern] = one != pattern and _plainly_apart(one, pattern)
            if not found:
                return False
        return True

    def _covers(self, other: Part, part: Part, pattern: Value) -> bool:
        """Return whether it is plain that the other statement matches wherever the narrow one does, on these resources."""
        wide, narrow = other.statement, part.statement
        if not other.known or wide.resources_negated or (wide.policy.version != narrow.policy.version and wide.conditions):
            return False
        if other.grades is not None and not _names_whom(other, part):
            return False
        if wide.resources is not None and not any(_takes_in(one, wide, pattern, narrow) for one in wide.resources):
            return False
        return all(any(condition_implies(given, wanted) for given in narrow.conditions) for wanted in wide.conditions)

    def _by_account(self) -> list[list[Who]]:
        if not self.terms.in_accounts:
            return [self.callers]
        found: dict[str, list[Who]] = {}
        for who in self.callers:
            found.setdefault(who[1], []).append(who)
        return list(found.values())

    def _region(
        self,
        pattern: Value,
        actions: int,
        first: Part,
        needed: list[Part],
        clauses: list[list[Part]],
        covers: list[Part],
        wide: bool,
    ) -> Iterator[Request | None]:
        from iamlint.iam.region import Region

        parts = [*needed, *(part for clause in clauses for part in clause), *covers]
        separate = len(self.callers) > 1 and any(
            map(follows_from_request, set().union(*(part.compiled.depends_on() for part in parts)))
        )
        for callers in [[who] for who in self.callers] if separate else self._by_account():
            region = Region(self.terms, pattern, callers, first, needed, clauses, covers, wide)
            box = (region.box[0] & actions, *region.box[1:])
            held = list(region.covers)
            for _ in range(_CONFIRMATIONS):
                try:
                    found = within(box, region.clauses, held, Budget(min(STEPS // 10, self.terms.budget.left)))
                except TooManyError:
                    self.reason = "too many combinations of resources and conditions"
                    self.terms.budget.spend(STEPS // 10)
                    break
                if found is None:
                    break
                if wide:
                    self.reason = region.reason or self.reason
                    yield None
                    return
                yield region.request(found)
                # It was not confirmed, so something that statements do not say matters there: look elsewhere.
                held.append((found[0] & -found[0], found[1] & -found[1], *region.full[2:]))


def _names_whom(other: Part, part: Part) -> bool:
    """Return whether it is plain that the other statement names, in its place, all whom the part names in its own."""
    wide, narrow, grades = other.statement, part.statement, other.grades
    assert grades is not None
    if not wide.principals:
        return wide.principals is None and other.compiled.names_everybody
    if wide.principals_negated:
        return False
    mine = {(one.kind, one.value) for one in wide.principals}
    if ("*", "*") in mine:
        return "direct" in grades
    if part.grades is None or not part.grades <= grades or narrow.principals_negated or not narrow.principals:
        return False
    return all((one.kind, one.value) in mine for one in narrow.principals)


def _takes_in(one: Value, wide: Statement, pattern: Value, narrow: Statement) -> bool:
    """Return whether it is plain that a pattern of `wide` matches whatever one of `narrow` does."""
    if one == "*":
        return True
    if one == pattern and wide.policy.version == narrow.policy.version:
        return True
    if is_variable(one, wide):
        return False
    return arn_covers(one, relaxed(pattern) if is_variable(pattern, narrow) else pattern)


def _plainly_apart(left: Value, right: Value) -> bool:
    if left == "*" or right == "*":
        return False
    a, b = relaxed(left), relaxed(right)
    short, long = (a, b) if len(a) < len(b) else (b, a)
    for x, y in zip(short, long, strict=False):
        if x in "*?" or y in "*?":
            break
        if x != y:
            return True
    return arn_apart(a, b)
