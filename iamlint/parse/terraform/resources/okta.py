"""`okta_group…`, `okta_user…`: groups, people, memberships and group rules."""

from __future__ import annotations

from iamlint.model.identity import Group, Membership, Person
from iamlint.parse.identity.okta_expressions import holds
from iamlint.parse.terraform.attributes import (
    as_text,
    is_true,
    json_map,
    nested,
    not_in_repository,
    text,
    texts,
    written,
)
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.value import Unknown, Value, key

PROVIDER = "okta"
_PROFILE = (
    "first_name", "last_name", "login", "email", "department", "division", "organization", "cost_center", "title", "user_type",
    "manager", "manager_id", "employee_number",
)  # fmt: skip


def group(instance: Instance, declared: Declared) -> None:
    """Add a group; a lookup by name is a group that is declared elsewhere."""
    name = text(instance, "name")
    identifier = id_of(instance, declared)
    profile = json_map(declared.document(written(instance, "custom_profile_attributes")))
    declared.add(
        Group(
            provider=PROVIDER,
            name=name if name is not None else identifier,
            place=instance.place,
            unit=declared.unit,
            ids=ids_of(instance, declared),
            team=profile.get("team") or profile.get("owner"),
            environment=profile.get("environment") or profile.get("env"),
            declared=instance.mode == "managed",
            tags=profile,
        )
    )


def everyone(instance: Instance, declared: Declared) -> None:
    """Add the built-in group of everybody."""
    declared.add(Group(PROVIDER, "Everyone", instance.place, declared.unit, (id_of(instance, declared),), declared=False))


def user(instance: Instance, declared: Declared) -> None:
    """Add a person."""
    email = text(instance, "email") or text(instance, "login")
    if email is None and instance.mode == "data":
        email = _searched(instance)
    status = text(instance, "status")
    profile = _profile(instance, declared)
    for secret in ("password", "recovery_answer"):
        declared.secret_attribute(f"{secret.replace('_', ' ')} of an Okta user", instance, secret, email)
    declared.add(
        Person(
            provider=PROVIDER,
            email=email if email is not None else id_of(instance, declared),
            status=_status(status) if instance.mode == "managed" else not_in_repository(instance, declared.unit, "status"),
            place=instance.place,
            unit=declared.unit,
            ids=(*ids_of(instance, declared), *(value for name in ("login",) if (value := text(instance, name)) is not None)),
            profile=profile,
            declared=instance.mode == "managed",
        )
    )


def _searched(instance: Instance) -> Value | None:
    """Return the e-mail or login that a lookup searches for."""
    for block in nested(instance, "search"):
        if text(block, "name") in ("profile.email", "profile.login") and text(block, "comparison") in (None, "eq"):
            return text(block, "value")
    return None


def _status(status: Value | None) -> Value:
    if status is None:
        return "active"
    return status.lower() if isinstance(status, str) else status


def memberships(instance: Instance, declared: Declared) -> None:
    """Add users to a group; all of its users when the resource tracks all."""
    group_id = text(instance, "group_id")
    if group_id is None:
        return
    exclusive = is_true(instance, "track_all_users")
    for member, place in texts(instance, "users"):
        declared.add(Membership(PROVIDER, group_id, member, "user", place, declared.unit, exclusive))


def user_memberships(instance: Instance, declared: Declared) -> None:
    """Add a user to groups."""
    member = text(instance, "user_id")
    if member is None:
        return
    for group_id, place in texts(instance, "groups"):
        declared.add(Membership(PROVIDER, group_id, member, "user", place, declared.unit))


def group_rule(instance: Instance, declared: Declared) -> None:
    """Add the memberships that a rule makes: of the users it certainly matches, else one that keeps the rule's text."""
    if text(instance, "status") == "INACTIVE":
        return
    expression = written(instance, "expression_value")
    place = instance.place if expression is None else expression.place
    rule = as_text(expression)
    shown = "a rule that is not known" if rule is None else key(rule)
    matched = _matched(rule, instance, declared)
    for group_id, _ in texts(instance, "group_assignments"):
        for member in matched:
            declared.add(Membership(PROVIDER, group_id, member, "user", place, declared.unit))
        # Users whom the repository does not hold may match too.
        unknown = Unknown(f"members by the rule `{shown}`", place, declared.ref(instance, "members"))
        declared.add(Membership(PROVIDER, group_id, unknown, "user", place, declared.unit, dynamic=shown))


def _matched(rule: Value | None, instance: Instance, declared: Declared) -> list[Value]:
    """Return the declared users whom the rule certainly matches."""
    if not isinstance(rule, str):
        return []
    excluded = {key(value) for value, _ in texts(instance, "users_excluded")}
    members: list[Value] = []
    for candidate in declared.all("okta_user"):
        identifier = id_of(candidate, declared)
        if key(identifier) not in excluded and holds(rule, _profile(candidate, declared)):
            members.append(identifier)
    return members


def _profile(instance: Instance, declared: Declared) -> dict[str, Value]:
    profile = {_camel(name): value for name in _PROFILE if (value := text(instance, name)) is not None}
    profile.update(json_map(declared.document(written(instance, "custom_profile_attributes"))))
    return profile


def id_of(instance: Instance, declared: Declared) -> Value:
    """Return the id of an instance."""
    return text(instance, "id") or not_in_repository(instance, declared.unit, "id")


def ids_of(instance: Instance, declared: Declared) -> tuple[Value, ...]:
    """Return every way in which references may name an instance: by id written or computed."""
    written_id = text(instance, "id")
    computed = not_in_repository(instance, declared.unit, "id")
    return (computed,) if written_id is None else (written_id, computed)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


READERS = {
    ("managed", "okta_group"): group,
    ("data", "okta_group"): group,
    ("data", "okta_everyone_group"): everyone,
    ("managed", "okta_user"): user,
    ("data", "okta_user"): user,
    ("managed", "okta_group_memberships"): memberships,
    ("managed", "okta_user_group_memberships"): user_memberships,
    ("managed", "okta_group_rule"): group_rule,
}
