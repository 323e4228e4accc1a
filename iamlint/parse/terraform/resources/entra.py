"""`azuread_*` about people: users, groups and their members and owners, directory roles."""

from __future__ import annotations

from iamlint.model.identity import Administration, Group, Membership, Person
from iamlint.parse.identity.entra_roles import ROLES
from iamlint.parse.terraform.attributes import as_text, is_true, nested, place_of, text, texts, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import account_status, id_of, identifiers
from iamlint.source.value import Unknown, Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROVIDER = "entra"
_PROFILE = (
    "display_name", "given_name", "surname", "department", "job_title", "company_name", "employee_id", "employee_type",
    "office_location", "city", "state", "country", "division", "cost_center", "usage_location", "mail_nickname", "mail",
    "user_principal_name", "mobile_phone", "postal_code", "street_address", "preferred_language",
)  # fmt: skip


def user(instance: Instance, declared: Declared) -> None:
    """Add a person, by the address of their mailbox, else by the name with which they sign in."""
    name, mail = text(instance, "user_principal_name"), text(instance, "mail")
    email = mail or name
    profile: dict[str, Value | tuple[str, ...]] = {}
    for field in (*_PROFILE, "account_enabled"):
        if (value := text(instance, field)) is not None:
            first, *rest = field.split("_")
            profile[first + "".join(word.capitalize() for word in rest)] = value
    declared.secret_attribute("password of an Entra user", instance, "password", email)
    ids = (*identifiers(instance, declared, "object_id", "id"), *((name,) if name is not None else ()))
    declared.add(
        Person(
            provider=PROVIDER,
            email=email if email is not None else id_of(instance, declared, "object_id"),
            status=account_status(instance, declared, "account_enabled"),
            place=instance.place,
            unit=declared.unit,
            ids=ids,
            profile=profile,
            declared=instance.mode == "managed",
        )
    )


def invitation(instance: Instance, declared: Declared) -> None:
    """Add a guest, whom groups name by the object id that the invitation gives."""
    email = text(instance, "user_email_address")
    ids = identifiers(instance, declared, "user_id")
    profile: dict[str, Value | tuple[str, ...]] = {"userType": text(instance, "user_type") or "Guest"}
    if email is not None:
        profile["mail"] = email
        declared.add(Person(PROVIDER, email, "active", instance.place, declared.unit, ids, profile))


def group(instance: Instance, declared: Declared) -> None:
    """Add a group with the members and owners that it lists, or the rule that decides them. Tokens carry its object id."""
    identifier = id_of(instance, declared, "object_id")
    name = text(instance, "display_name")
    declared.add(
        Group(
            provider=PROVIDER,
            name=name if name is not None else identifier,
            place=instance.place,
            unit=declared.unit,
            ids=identifiers(instance, declared, "object_id", "id"),
            declared=instance.mode == "managed",
            presents={"id": identifier},
            guarded=is_true(instance, "assignable_to_role"),
        )
    )
    if instance.mode != "managed":
        return
    for member, place in texts(instance, "members"):
        declared.add(
            Membership(PROVIDER, identifier, member, member_kind(member, declared), place, declared.unit, exclusive=True)
        )
    for owner, place in texts(instance, "owners"):
        declared.add(Administration(PROVIDER, owner, member_kind(owner, declared), "owner", (identifier,), place, declared.unit))
    for block in nested(instance, "dynamic_membership"):
        if text(block, "enabled") != "false":
            _add_rule(instance, written(block, "rule"), identifier, declared)


def _add_rule(instance: Instance, rule: Any, group_id: Value, declared: Declared) -> None:
    value = as_text(rule)
    shown = "a rule that is not known" if value is None else key(value)
    place = rule.place if rule is not None else instance.place
    unknown = Unknown(f"members by the rule `{shown}`", place, declared.ref(instance, "members"))
    language = PROVIDER if isinstance(value, str) else None
    declared.add(Membership(PROVIDER, group_id, unknown, "user", place, declared.unit, dynamic=shown, language=language))


_KINDS = (
    ("azuread_user", "user"),
    ("azuread_invitation", "user"),
    ("azuread_group", "group"),
    ("azuread_service_principal", "bot"),
    ("azurerm_user_assigned_identity", "bot"),
)
_OBJECT_IDS = {"azuread_invitation": "user_id", "azurerm_user_assigned_identity": "principal_id"}


def member_kind(member: Value, declared: Declared) -> str:
    """Return what an object id stands for, as far as the root module says it."""
    kinds: dict[str, str] | None = declared.memo.get("entra kinds")
    if kinds is None:
        kinds = declared.memo["entra kinds"] = {
            key(value): kind
            for type_, kind in _KINDS
            for mode in ("managed", "data")
            for instance in declared.all(type_, mode)
            for value in identifiers(instance, declared, _OBJECT_IDS.get(type_, "object_id"), "id")
        }
    return kinds.get(key(member), "any")


def group_member(instance: Instance, declared: Declared) -> None:
    """Add a member to a group."""
    group_id, member = text(instance, "group_object_id"), text(instance, "member_object_id")
    if group_id is not None and member is not None:
        place = place_of(instance, "member_object_id")
        declared.add(Membership(PROVIDER, group_id, member, member_kind(member, declared), place, declared.unit))


def privileged_group(instance: Instance, declared: Declared) -> None:
    """Add a membership or ownership of a group that is assigned for a time, or that somebody may switch on for themselves."""
    group_id, holder = text(instance, "group_id"), text(instance, "principal_id")
    if group_id is None or holder is None:
        return
    place, kind = place_of(instance, "principal_id"), member_kind(holder, declared)
    if text(instance, "assignment_type") == "owner":
        declared.add(Administration(PROVIDER, holder, kind, "owner", (group_id,), place, declared.unit))
    else:
        declared.add(Membership(PROVIDER, group_id, holder, kind, place, declared.unit))


def role_assignment(instance: Instance, declared: Declared) -> None:
    """Add what somebody may administer by a directory role in the whole directory, or over one group."""
    role = text(instance, "role_id") or text(instance, "role_object_id") or text(instance, "role_definition_id")
    holder_field = next(
        (name for name in ("principal_object_id", "member_object_id", "principal_id") if text(instance, name) is not None), ""
    )
    holder = text(instance, holder_field) if holder_field else None
    name = changing_role(role, declared)
    if holder is None or name is None:
        return
    scope = text(instance, "directory_scope_id")
    groups: tuple[Value, ...] | None = None
    if scope is not None and scope != "/":
        from iamlint.parse.terraform.resources.entra_units import groups_of_scope

        groups = groups_of_scope(scope, place_of(instance, "directory_scope_id"), declared)
    place = place_of(instance, holder_field)
    declared.add(Administration(PROVIDER, holder, member_kind(holder, declared), name, groups, place, declared.unit))


def changing_role(role: Value | None, declared: Declared) -> str | None:
    """Return the name of a role that changes groups, by template, or by the resource that activates it."""
    if role is None:
        return None
    if isinstance(role, str):
        return ROLES.get(role)
    for activated in declared.all("azuread_directory_role"):
        if key(role) in {key(value) for value in identifiers(activated, declared, "object_id", "template_id", "id")}:
            named, template = text(activated, "display_name"), text(activated, "template_id")
            found = ROLES.get(template) if isinstance(template, str) else None
            return found or (named if isinstance(named, str) and named in ROLES.values() else None)
    return None


def read_with_the_assignment(instance: Instance, declared: Declared) -> None:
    """Leave a role to those who have it."""


READERS = {
    ("managed", "azuread_user"): user,
    ("data", "azuread_user"): user,
    ("managed", "azuread_invitation"): invitation,
    ("managed", "azuread_group"): group,
    ("managed", "azuread_group_without_members"): group,
    ("data", "azuread_group"): group,
    ("managed", "azuread_group_member"): group_member,
    ("managed", "azuread_privileged_access_group_assignment_schedule"): privileged_group,
    ("managed", "azuread_privileged_access_group_eligibility_schedule"): privileged_group,
    ("managed", "azuread_directory_role"): read_with_the_assignment,
    ("managed", "azuread_directory_role_assignment"): role_assignment,
    ("managed", "azuread_directory_role_member"): role_assignment,
    ("managed", "azuread_directory_role_eligibility_schedule_request"): role_assignment,
}
