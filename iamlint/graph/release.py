"""What an identity provider says of whom: the joins from a mapped attribute value to groups and people (D1, D2).

A group reaches through a mapping when an application of its provider releases it. Where no such application is in the
repository, the release is assumed; where one is, it must be assigned and pass the filter of the attribute statement.
"""

from __future__ import annotations

import re

from iamlint.graph.builder import LEVEL, GraphBuilder, key, weakest
from iamlint.graph.elements import Certainty, Node
from iamlint.graph.link_identity import Identities
from iamlint.graph.sign_on import SignOn
from iamlint.model.estate import Estate
from iamlint.model.identity import NOT_FEDERATING, Application, ApplicationAssignment, AttributeStatement, Person
from iamlint.model.telemetry import ScopeMapping
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex
from iamlint.source.value import Unknown, Value

RELEASE = "application release"
ASSIGNMENT = "application assignment"


class Released(NamedTuple):
    """A group or person that presents a mapped value."""

    node: Node
    certainty: Certainty
    condition: str | None
    assumed: tuple[str, ...]


class Releases:
    """Which groups and people present which attribute values to which application."""

    def __init__(self, estate: Estate, builder: GraphBuilder, identities: Identities) -> None:
        self._builder = builder
        self._identities = identities
        self._people = estate.all(Person)
        self._sign_on = SignOn(estate, identities)
        self._applications: dict[str | None, list[Application]] = {}
        for application in _merged(estate.all(Application)):
            self._applications.setdefault(application.target, []).append(application)
        self._assignments: dict[str, list[ApplicationAssignment]] = {}
        for assignment in estate.all(ApplicationAssignment):
            self._assignments.setdefault(key(assignment.application), []).append(assignment)

    def applications(self, target: str) -> list[Application]:
        """Return the applications that open a target (`lightstep`, `aws`)."""
        return self._applications.get(target, [])

    def of(self, mapping: ScopeMapping) -> list[Released]:
        """Return who presents the value of a mapping. A group that is only named here gets a node of its own."""
        found: list[Released] = []
        applications = self.applications(mapping.vendor)
        if mapping.everyone:
            return self._everyone(mapping, applications)
        groups = [
            (group, form)
            for group, form in self._identities.presenting(mapping.value)
            if self._identities.provider_of[group.id] not in NOT_FEDERATING
        ]
        for application in applications:
            for statement in application.statements:
                if statement.kind == "EXPRESSION" and key(statement.name) == key(mapping.attribute):
                    found += self._by_expression(application, statement, mapping)
                elif statement.kind == "ASSIGNMENT" and key(statement.name) == key(mapping.attribute):
                    found += self._by_assignment(application, statement, mapping)
        by_expression = bool(found)
        for group, form in groups:
            released = self.group(group, mapping.attribute, applications, form)
            if released is not None:
                found.append(released)
        if not groups and not by_expression and not isinstance(mapping.value, Unknown):
            place = mapping.value_place or mapping.place
            node = self._identities.add_group(self._provider(applications), mapping.value, place, None)
            released = self.group(node, mapping.attribute, applications)
            self._builder.unknown(f"the mapped value `{key(mapping.value)}` is no group in the repository", place)
            if released is not None:
                found.append(released)
        elif isinstance(mapping.value, Unknown) and not groups:
            self._builder.unknown(
                f"which value is mapped is not known: {mapping.value.reason}", mapping.value_place or mapping.place
            )
        return found

    def _everyone(self, mapping: ScopeMapping, applications: list[Application]) -> list[Released]:
        """Return the groups that may sign in, where some application says so."""
        found: dict[str, Released] = {}
        for application in applications:
            for assignment in self.assignments(application):
                node = self._identities.group(assignment.member, application.provider)
                if node is not None and assignment.member_kind == "group":
                    found.setdefault(node.id, Released(node, Certainty.CERTAIN, None, ()))
        if not found:
            self._builder.unknown("who may sign in, and so gets this role, is not in the repository", mapping.place)
        return list(found.values())

    def _provider(self, applications: list[Application]) -> str:
        providers = {application.provider for application in applications} or {
            provider for provider in self._identities.provider_of.values() if provider not in NOT_FEDERATING | {"unknown"}
        }
        return next(iter(providers)) if len(providers) == 1 else "saml"

    def group(self, group: Node, attribute: Value, applications: list[Application], form: str = "name") -> Released | None:
        """Return how surely some application releases the group under the attribute; None when it certainly does not.

        `form` is the text of the group that is meant: its name, or another one that it presents.
        """
        provider = self._identities.provider_of.get(group.id)
        own = [application for application in applications if application.provider == provider]
        if not own:
            if applications and provider not in ("saml", "unknown"):
                return Released(group, Certainty.UNKNOWN, f"an application of `{provider}` releases the group", ())
            return Released(group, Certainty.ASSUMED, None, (RELEASE,))
        best: Released | None = None
        for application in own:
            released = self._by_application(group, attribute, application, form)
            if released is not None and (best is None or LEVEL[released.certainty] < LEVEL[best.certainty]):
                best = released
        return best

    def _by_application(self, group: Node, attribute: Value, application: Application, form: str) -> Released | None:
        name = self._identities.name_of[group.id]
        passes: bool | None = False
        for statement in application.statements:
            same = (
                True
                if key(statement.name) == key(attribute)
                else (False if isinstance(statement.name, str) and isinstance(attribute, str) else None)
            )
            if same is False or statement.sends != form:
                continue
            verdict = passes_filter(statement, name)
            verdict = verdict if same or verdict is False else None
            passes = True if verdict or passes else (None if verdict is None or passes is None else False)
        label = key(application.label)
        certainty, condition = Certainty.CERTAIN, None
        assumed: tuple[str, ...] = ()
        if not application.declared and not application.statements:
            certainty, assumed = Certainty.ASSUMED, (RELEASE,)  # looked up by name: what it releases stands elsewhere
        elif passes is False:
            return None
        elif passes is not True:
            certainty, condition = Certainty.UNKNOWN, f"`{label}` releases the group as `{key(attribute)}`"
        assigned = self.assigned(group, application)
        if assigned is False:
            return None
        if assigned is None:
            if self.assignments(application):
                certainty, condition = Certainty.UNKNOWN, condition or f"the group is assigned to `{label}`"
            elif certainty is not Certainty.UNKNOWN:
                certainty, assumed = Certainty.ASSUMED, (*assumed, ASSIGNMENT)
        gate = self._sign_on.gate(group, application)
        if gate.open is False:
            return None
        if gate.open is None:
            certainty, condition = Certainty.UNKNOWN, condition or gate.condition
        elif gate.assumed:
            certainty, assumed = weakest(certainty, Certainty.ASSUMED), (*assumed, *gate.assumed)
        return Released(group, certainty, condition, assumed)

    def assigned(self, group: Node, application: Application) -> bool | None:
        """Return whether the group may use the application. None: the repository does not say."""
        if application.implicit_assignment:
            return True
        assignments = self.assignments(application)
        open_ended = not assignments or not application.declared
        for assignment in assignments:
            if assignment.member_kind == "user":
                continue
            node = self._identities.group(assignment.member, application.provider)
            if node is group:
                return True
            if node is None and not isinstance(assignment.member, str):
                open_ended = True  # an unknown group is assigned: it may be this one
        if any(assignment.exclusive for assignment in assignments) and not any(
            isinstance(assignment.member, Unknown) for assignment in assignments
        ):
            return False
        return None if open_ended else False

    def assignments(self, application: Application) -> list[ApplicationAssignment]:
        """Return who is assigned to an application."""
        found: list[ApplicationAssignment] = []
        for text in dict.fromkeys(key(name) for name in (*application.ids, application.label)):
            found += [assignment for assignment in self._assignments.get(text, ()) if assignment not in found]
        return found

    def _by_assignment(self, application: Application, statement: AttributeStatement, mapping: ScopeMapping) -> list[Released]:
        """Join an attribute that assignments carry (an app role) to the groups and people who are assigned with its value."""
        found: list[Released] = []
        for assignment in self.assignments(application):
            held = [value for field in statement.values if (value := assignment.profile.get(key(field))) is not None]
            if not any(key(value) == key(mapping.value) for value in held):
                continue
            node: Node | None = None
            if assignment.member_kind != "user":
                node = self._identities.group(assignment.member, application.provider)
            if node is None and assignment.member_kind != "group":
                node = self._identities.person(assignment.member, application.provider)
            if node is None and isinstance(assignment.member, str) and assignment.member_kind == "group":
                node = self._identities.add_group(application.provider, assignment.member, assignment.place, None)
            if node is not None and node.id not in self._identities.signed_out:
                found.append(Released(node, Certainty.CERTAIN, None, ()))
        return found

    def _by_expression(self, application: Application, statement: AttributeStatement, mapping: ScopeMapping) -> list[Released]:
        """Join an attribute taken from profiles (`user.department`) to the people whose profile holds the value."""
        fields = [
            match[1]
            for value in statement.values
            if isinstance(value, str) and (match := _PROFILE_FIELD.fullmatch(value.strip()))
        ]
        found: list[Released] = []
        for person in self._people:
            if person.provider != application.provider:
                continue
            node = self._identities.person(person.email, person.provider)
            if node is None or node.id in self._identities.signed_out:
                continue
            for field in fields:
                held = person.profile.get(field)
                values = held if isinstance(held, tuple) else () if held is None else (held,)
                if any(key(value) == key(mapping.value) for value in values):
                    found.append(Released(node, Certainty.CERTAIN, None, ()))
        return found


def _merged(applications: list[Application]) -> list[Application]:
    """Return the applications; what only says who may sign in to one (Entra's service principal) becomes a part of it."""
    merged = dict(enumerate(applications))
    parts = [number for number, one in merged.items() if not one.declared and not one.statements]
    wholes: dict[tuple[str, str], int] = {}
    for number, one in merged.items() if parts else ():
        if one.declared:
            wholes.update({(one.provider, key(name)): number for name in one.ids})
    for part in parts:
        gate = merged[part]
        found = next((wholes[at] for name in gate.ids if (at := (gate.provider, key(name))) in wholes), None)
        if found is not None:
            whole = merged[found]
            merged[found] = whole._replace(
                ids=tuple(dict.fromkeys((*whole.ids, *gate.ids))),
                target=whole.target or gate.target,
                implicit_assignment=whole.implicit_assignment or gate.implicit_assignment,
            )
            del merged[part]
    return list(merged.values())


_PROFILE_FIELD = regex(r"(?:user|appuser)\.(?:profile\.)?(\w+)")


def passes_filter(statement: AttributeStatement, name: Value) -> bool | None:
    """Return whether a group's name passes the filter of an attribute statement; None where that cannot be known."""
    if statement.kind == "ASSIGNMENT":
        return False  # what is sent is no group
    if statement.filter_kind in ("ASSIGNED", "ALL"):
        return True  # whether a group is assigned is asked for apart
    if statement.kind != "GROUP":
        # `getFilteredGroups(…)`, `Groups.startsWith(…)`: an expression over groups that is not evaluated here.
        return None if any("roup" in key(value) for value in statement.values) or not statement.values else False
    wanted = statement.filter_value
    if statement.filter_kind is None or wanted is None or not isinstance(wanted, str) or not isinstance(name, str):
        if wanted is not None and key(wanted) == key(name) and statement.filter_kind == "EQUALS":
            return True
        return True if statement.filter_kind == "REGEX" and wanted in (".*", "^.*$", ".+") else None
    kind = statement.filter_kind.upper()
    if kind == "STARTS_WITH":
        return name.startswith(wanted)
    if kind == "EQUALS":
        return name == wanted
    if kind == "CONTAINS":
        return wanted in name
    if kind == "REGEX":
        return _matches(wanted, name)
    return None


def _matches(pattern: str, name: str) -> bool | None:
    """Return whether a filter's regular expression matches the whole name; None for one that is not safe to run."""
    if len(pattern) > 500 or len(name) > 500 or not is_quick(pattern):
        return None
    try:
        if re.fullmatch(pattern, name):
            return True
        # Whether the provider anchors the expression is not documented: a match inside the name decides nothing.
        return None if re.search(pattern, name) else False
    except (re.error, OverflowError, RecursionError):
        return None


def is_quick(pattern: str) -> bool:
    """Return whether a regular expression has no repetition inside a repetition, by which a short one can take forever."""
    return _NESTED.search(pattern) is None


_NESTED = regex(r"[*+}]\)?[*+{]|\([^)]*[*+][^)]*\)[*+{]")
