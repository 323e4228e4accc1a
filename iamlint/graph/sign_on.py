"""Sign-on policies that keep groups out of an application (Okta's authentication policies, Entra's conditional access)."""

from __future__ import annotations

from iamlint.graph.elements import Node
from iamlint.graph.link_identity import Identities
from iamlint.model.estate import Estate
from iamlint.model.identity import Application
from iamlint.model.sign_in import SignOnRule
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, key


class Gate(NamedTuple):
    """What the policies say of a group. `open` None: it depends on who the member is, as `condition` says."""

    open: bool | None
    condition: str | None = None
    assumed: tuple[str, ...] = ()


OPEN = Gate(True)


class SignOn:
    """The sign-on rules of an estate, asked of a group and an application."""

    def __init__(self, estate: Estate, identities: Identities) -> None:
        self._rules = sorted(estate.all(SignOnRule), key=lambda rule: (key(rule.policy), rule.priority, repr(rule.place)))
        self._identities = identities

    def gate(self, group: Node, application: Application) -> Gate:
        """Return whether the members of a group may sign in to an application."""
        if not self._rules:
            return OPEN
        names = {key(name) for name in (*application.ids, application.label)}
        rules = [
            rule
            for rule in self._rules
            if rule.provider == application.provider
            and (rule.applications is None or not names.isdisjoint(key(name) for name in rule.applications))
        ]
        ordered = [rule for rule in rules if rule.ordered]
        found = [self._unordered(group, rule) for rule in rules if not rule.ordered]
        if ordered:
            found.append(self._ordered(group, ordered))
        return _all_of(found)

    def _unordered(self, group: Node, rule: SignOnRule) -> Gate:
        """Return what one rule that keeps out says."""
        fits = self._fits(group, rule)
        if rule.admits or fits is False:
            return OPEN
        policy = f"sign-on policy `{key(rule.policy)}`"
        if fits is None or rule.narrowed:
            return Gate(True, None, (policy,))  # it may keep some out: what restricts and is not known is taken as open
        if rule.excluded or rule.spares_people:
            return Gate(None, f"the {policy} leaves the member out")
        return Gate(False)

    def _ordered(self, group: Node, rules: list[SignOnRule]) -> Gate:
        """Return what the first rule that fits says."""
        policy = f"sign-on policy `{key(rules[0].policy)}`"
        assumed: tuple[str, ...] = ()
        others_admitted = False
        for rule in rules:
            fits = self._fits(group, rule)
            if fits is False:
                others_admitted = others_admitted or rule.admits
            elif fits is None or rule.narrowed:
                assumed = (policy,)
                others_admitted = others_admitted or rule.admits
            elif rule.admits:
                return Gate(True, None, assumed)
            elif others_admitted:
                return Gate(None, f"the {policy} lets the member in", assumed)
            else:
                return Gate(False)
        return Gate(True, None, assumed)

    def _fits(self, group: Node, rule: SignOnRule) -> bool | None:
        """Return whether a rule is about a group; None where a group that it names is not known."""
        excluded = self._among(group, rule.excluded, rule.provider)
        if excluded:
            return False
        named = True if rule.groups is None else self._among(group, rule.groups, rule.provider)
        return None if named is None or (named and excluded is None) else named

    def _among(self, group: Node, names: tuple[object, ...], provider: str) -> bool | None:
        unknown = False
        for name in names:
            node = self._identities.group(name, provider)  # type: ignore[arg-type]
            if node is group:
                return True
            unknown = unknown or (node is None and isinstance(name, Unknown))
        return None if unknown else False


def _all_of(gates: list[Gate]) -> Gate:
    if any(gate.open is False for gate in gates):
        return Gate(False)
    assumed = tuple(dict.fromkeys(text for gate in gates for text in gate.assumed))
    conditions = [gate.condition for gate in gates if gate.condition is not None]
    return Gate(None if conditions else True, " and ".join(conditions) or None, assumed)
