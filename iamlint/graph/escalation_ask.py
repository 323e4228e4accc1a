"""Asking, for escalation, what one identity may do: to a whole population of roles at once, or to something it names itself.

A policy treats most of a population alike. The members are sorted by which statements match them, once for all identities
whose statements name the same resources, and one member of each class is decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamlint.graph.ask import Granted, granted, policy_set, tested_statements
from iamlint.graph.aws_index import Principal
from iamlint.graph.builder import LEVEL, weakest
from iamlint.graph.elements import Certainty
from iamlint.graph.escalation_names import fits, names_for
from iamlint.graph.escalation_population import NO_TAGS, Group, Population, Test
from iamlint.graph.grant_index import may_name
from iamlint.graph.policies import Attached
from iamlint.iam.actions import action_matches
from iamlint.iam.conditions import is_over
from iamlint.iam.request import RequestPrincipal
from iamlint.model.policy import Effect, Statement
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

BOUNDARY = "iam:permissionsboundary"
Given: TypeAlias = "Mapping[str, tuple[Value, ...]]"
NOTHING_GIVEN: Given = {}


class Asker:
    """What one identity may do, each question decided once. `attached` may differ from what the identity has."""

    def __init__(self, principal: Principal, attached: Attached) -> None:
        self.principal = principal
        self.attached = attached
        self.who = RequestPrincipal("AWS", principal.arn)
        self._statements = tested_statements(policy_set(attached, None))
        self._granting = {
            id(statement)
            for policy in attached.identity for statement in policy.statements if statement.effect is not Effect.DENY
        }  # fmt: skip
        self._related: dict[str, list[Statement]] = {}
        self._by_tags: dict[str, bool] = {}
        self._plain: dict[str, Granted | None] = {}
        self._is_simple = attached.boundary is None and not attached.scp and not attached.rcp and not attached.not_seen
        self._named: dict[tuple[str, ...], Granted | None] = {}
        self._groups: dict[object, list[Group]] = {}
        self.tags: Mapping[str, Value] = getattr(principal.fact, "tags", None) or NO_TAGS
        self._given = _in_context("aws:principaltag/", self.tags)

    def related(self, action: str) -> list[Statement]:
        """Return the statements of all layers that may be about an action."""
        found = self._related.get(action)
        if found is None:
            found = self._related[action] = [each for each in self._statements if may_name(each, (action,))]
        return found

    def on(
        self, action: str, arn: Value | None, tags: Mapping[str, Value] = NO_TAGS, given: Given = NOTHING_GIVEN
    ) -> Granted | None:
        """Return whether the action is allowed on one thing of the identity's own account."""
        plain = self._plainly(action)
        if plain is not None:
            return plain
        found = self.asked(action, arn, tags, given)
        if (found is None or found.certainty is Certainty.UNKNOWN) and arn is not None and self._hangs_on_tags(action):
            from iamlint.graph.escalation_tags import after_tagging

            changed = after_tagging(self, action, arn, tags, given)
            if changed is not None and (found is None or changed.certainty is not Certainty.UNKNOWN):
                return changed
        return found

    def asked(
        self, action: str, arn: Value | None, tags: Mapping[str, Value | None], given: Given,
        own: Mapping[str, Value | None] | None = None,
    ) -> Granted | None:  # fmt: skip
        """Return whether the action is allowed on one thing with such tags; `own` are the identity's, where they are others."""
        context: dict[str, tuple[Value, ...] | Unknown] = {**self._given, **given}
        if own is not None:
            context |= _in_context("aws:principaltag/", own)
        context |= _in_context("aws:resourcetag/", tags) | _in_context(f"{action.partition(':')[0]}:resourcetag/", tags)
        found = granted(self.who, action, arn, self.principal.account, self.attached, None, context)
        if found is not None and found.condition and any(map(_is_over, found.determining)):
            return None
        return found

    def _hangs_on_tags(self, action: str) -> bool:
        """Return whether some statement about the action asks about tags."""
        found = self._by_tags.get(action)
        if found is None:
            found = self._by_tags[action] = any(map(_asks_about_tags, self.related(action)))
        return found

    def is_granted(self, action: str) -> bool:
        """Return whether some statement may grant the action, on whatever it is."""
        return any(id(statement) in self._granting for statement in self.related(action))

    def _plainly(self, action: str) -> Granted | None:
        """Return the answer where nothing is to decide: every statement about the action allows it, on everything, always.

        Actions on IAM's own things are left to the procedure, as some of these belong to AWS.
        """
        if action not in self._plain:
            found: Granted | None = None
            if self._is_simple and (action == "iam:PassRole" or not action.startswith(("iam:", "sts:", "kms:"))):
                related = self.related(action)
                if related and all(_allows_all(each, action) for each in related):
                    found = Granted(Certainty.CERTAIN, None, (), tuple(related))
            self._plain[action] = found
        return self._plain[action]

    def on_each(self, action: str, population: Population, given: Given = NOTHING_GIVEN, about: str = "") -> list[Group]:
        """Return the members on which the action is allowed, those together that are allowed alike.

        `about` names what `given` says, where a statement may test it.
        """
        related = self.related(action)
        is_tested = about and any(about in condition.key.lower() for each in related for condition in each.conditions)
        at = (action, id(population), tuple(given.items()) if is_tested else ())
        known = self._groups.get(at)
        if known is not None:
            return known
        found: list[Group] = []
        tests = tuple(
            Test(id(each) in self._granting, each.resources_negated, tuple(map(self._filled, each.resources or ())))
            for each in related
        )
        alone = any(_hangs_on_member(each) for each in related)
        for members in population.classes(tests):
            if alone:
                for member in members:
                    bounded = {BOUNDARY: () if member.boundary is None else (member.boundary,)}
                    answer = self.on(action, member.arn, member.tags, {**bounded, **given})
                    if answer is not None:
                        found.append(Group((member,), answer))
                continue
            answer = self.on(action, members[0].arn, members[0].tags, given)
            if answer is not None:
                found.append(Group(members, answer))
        self._groups[at] = found
        return found

    def on_all(self, actions: Iterable[str], population: Population, given: Given = NOTHING_GIVEN) -> list[Group]:
        """Return the members on which every action is allowed, those together that are allowed alike."""
        first, *rest = actions
        found = self.on_each(first, population, given)
        for action in rest:
            met: list[Group] = []
            for other in self.on_each(action, population, given):
                inside = {id(member) for member in other.members}
                for group in found:
                    same = other.members is group.members
                    members = group.members if same else tuple(member for member in group.members if id(member) in inside)
                    answer = together((group.found, other.found))
                    if members and answer is not None:
                        met.append(Group(members, answer))
            found = met
        return found

    def _filled(self, resource: Value) -> Value:
        """Return a resource pattern with the identity's own name in it."""
        if not isinstance(resource, str) or "${" not in resource:
            return resource
        head, found, rest = resource.partition("${aws:username}")
        name = self.principal.name if self.principal.kind == "user" else "\0"
        if not found or "${" in head or not isinstance(name, str):
            return resource.partition("${")[0] + "*"
        end, open_, _ = rest.partition("${")
        return head + name + end + ("*" if open_ else "")

    def named(self, actions: tuple[str, ...], what: str) -> Granted | None:
        """Return whether the actions are allowed on one thing that the identity names itself."""
        at = (*actions, what)
        if at not in self._named:
            self._named[at] = self._name(actions, what)
        return self._named[at]

    def _name(self, actions: tuple[str, ...], what: str) -> Granted | None:
        candidates: dict[Value | None, None] = {}
        for action in actions:
            candidates.update(dict.fromkeys(names_for(action, what, self.principal, self.related(action))))
        best: Granted | None = None
        for candidate in candidates:
            answers = [self._on_name(action, what, candidate) for action in actions]
            found = together(answers)
            if found is not None and (best is None or rank(found) < rank(best)):
                best = found
                if rank(best) == (0, False):
                    break
        return best

    def _on_name(self, action: str, what: str, name: Value | None) -> Granted | None:
        """Return whether an action is allowed on the name, or on any name where the action works on something else."""
        if fits(action, what, name):
            return self.on(action, name)
        own = names_for(action, what, self.principal, self.related(action))
        return next((found for each in own if (found := self.on(action, each)) is not None), None)


def _allows_all(statement: Statement, action: str) -> bool:
    return (
        statement.effect is Effect.ALLOW
        and not (statement.conditions or statement.actions_negated or statement.resources_negated or statement.opaque)
        and "*" in (statement.resources or ())
        and any(action_matches(pattern, action.lower()) is True for pattern in statement.actions)
    )


def _is_over(statement: Statement) -> bool:
    """Return whether a statement allows only before a day that has passed."""
    return any(map(is_over, statement.conditions))


def _asks_about_tags(statement: Statement) -> bool:
    """Return whether a statement asks about tags of the caller or of what is acted on."""
    return any(
        name.startswith("aws:principaltag/") or ":resourcetag/" in name
        for name in [condition.key.lower() for condition in statement.conditions]
    )


def _hangs_on_member(statement: Statement) -> bool:
    """Return whether members of one class may be decided differently: by their tags, or by names that are filled in."""
    keys = [condition.key.lower() for condition in statement.conditions]
    if any("resourcetag/" in name or name == BOUNDARY for name in keys):
        return True
    return any("${" in (text if isinstance(text, str) else "") for text in statement.resources or ())


def together(answers: Iterable[Granted | None]) -> Granted | None:
    """Return one answer for several requests that must all be allowed."""
    listed: list[Granted] = []
    for answer in answers:
        if answer is None:
            return None
        listed.append(answer)
    conditions = list(dict.fromkeys(each.condition for each in listed if each.condition))
    return Granted(
        weakest(*(each.certainty for each in listed)), " and ".join(conditions) or None,
        tuple(dict.fromkeys(word for each in listed for word in each.assumed)),
        tuple(dict.fromkeys(statement for each in listed for statement in each.determining)),
        tuple(dict.fromkeys(word for each in listed for word in each.first)),
    )  # fmt: skip


def _in_context(prefix: str, tags: Mapping[str, Value | None]) -> dict[str, tuple[Value, ...] | Unknown]:
    """Return tags as context keys; one that is None is not there."""
    return {f"{prefix}{name.lower()}": () if value is None else (value,) for name, value in tags.items()}


def rank(found: Granted) -> tuple[int, bool]:
    """Return how good an answer is: the surest first, then those without a condition."""
    return LEVEL[found.certainty], found.condition is not None
