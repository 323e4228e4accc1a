"""`okta_group…`, `okta_user…`: groups, people, memberships and group rules."""

from __future__ import annotations

from iamlint.model.identity import Group, Membership, Person
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
from iamlint.parse.terraform.resources.references import id_of, identifiers
from iamlint.source.value import Unknown, Value, key

PROVIDER = "okta"
_PROFILE = (
    "first_name", "last_name", "login", "email", "department", "division", "organization", "cost_center", "title", "user_type",
    "manager", "manager_id", "employee_number", "city", "state", "country_code", "locale", "nick_name", "display_name",
    "middle_name", "second_email", "mobile_phone", "primary_phone", "profile_url", "preferred_language", "timezone", "zip_code",
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
            ids=identifiers(instance, declared, "id"),
            team=profile.get("team") or profile.get("owner"),
            environment=profile.get("environment") or profile.get("env"),
            declared=instance.mode == "managed",
            tags=profile,
            presents=_pushed_name(instance, declared),
        )
    )
    for member, place in texts(instance, "users"):  # until version 3.15 of the provider
        declared.add(Membership(PROVIDER, identifier, member, "user", place, declared.unit, exclusive=True))


def _pushed_name(instance: Instance, declared: Declared) -> dict[str, Value]:
    """Return the other name under which a group is pushed to applications that provision by SCIM."""
    mine = {key(identifier) for identifier in identifiers(instance, declared, "id")}
    for push in declared.all("okta_push_group"):
        source, name = text(push, "source_group_id"), text(push, "target_group_name")
        if source is not None and name is not None and key(source) in mine and text(push, "status") != "INACTIVE":
            return {"pushed": name}
    return {}


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
            ids=(
                *identifiers(instance, declared, "id"),
                *(value for name in ("login",) if (value := text(instance, name)) is not None),
            ),
            profile=profile,
            declared=instance.mode == "managed",
        )
    )
    for group_id, place in texts(instance, "group_memberships"):  # until version 4 of the provider
        declared.add(Membership(PROVIDER, group_id, id_of(instance, declared), "user", place, declared.unit))


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
    """Add the memberships that a rule makes, with the rule's text."""
    if text(instance, "status") == "INACTIVE":
        return
    expression = written(instance, "expression_value")
    place = instance.place if expression is None else expression.place
    rule = as_text(expression)
    shown = "a rule that is not known" if rule is None else key(rule)
    language = PROVIDER if isinstance(rule, str) else None
    excluded = tuple(value for value, _ in texts(instance, "users_excluded"))
    for group_id, _ in texts(instance, "group_assignments"):
        # The people of the repository who match are found in the graph; others may match too.
        unknown = Unknown(f"members by the rule `{shown}`", place, declared.ref(instance, "members"))
        declared.add(
            Membership(
                PROVIDER, group_id, unknown, "user", place, declared.unit, dynamic=shown, language=language, excluded=excluded
            )
        )


def _profile(instance: Instance, declared: Declared) -> dict[str, Value | tuple[str, ...]]:
    profile: dict[str, Value | tuple[str, ...]] = {}
    for name in _PROFILE:
        if (value := text(instance, name)) is not None:
            profile[_camel(name)] = value
    document = declared.document(written(instance, "custom_profile_attributes"))
    profile.update(json_map(document))
    for name, listed in document.items() if isinstance(document, dict) else ():
        if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
            profile[str(name)] = tuple(listed)
    return profile


def identity_provider(instance: Instance, declared: Declared) -> None:
    """Add what an outside identity provider decides: who signs in by it is put into groups; its secret may be written out."""
    declared.secret_attribute("client secret of an identity provider", instance, "client_secret", instance.address)
    action, name = text(instance, "groups_action"), text(instance, "name")
    if text(instance, "status") == "INACTIVE" or action in (None, "NONE"):
        return
    rule = f"signs in by the identity provider `{key(name) if name is not None else instance.name}`"
    attribute = "groups_assignment" if action == "ASSIGN" else "groups_filter"
    for group_id, place in texts(instance, attribute):
        unknown = Unknown(f"members by sign-in: {rule}", place, declared.ref(instance, "members"))
        declared.add(Membership(PROVIDER, group_id, unknown, "user", place, declared.unit, dynamic=rule))


def read_with_the_group(instance: Instance, declared: Declared) -> None:
    """Leave the push of a group to the group itself."""


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
    ("managed", "okta_push_group"): read_with_the_group,
    **{("managed", f"okta_idp_{kind}"): identity_provider for kind in ("saml", "oidc", "social")},
}
