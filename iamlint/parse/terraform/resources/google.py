"""`googleworkspace_*` and `google_cloud_identity_*`: people, groups, members with their roles, administrators."""

from __future__ import annotations

from iamlint.model.identity import EVERYONE, Administration, Group, Membership, Person
from iamlint.parse.identity.google_roles import CHANGING_PRIVILEGES, CHANGING_ROLES, RUNNING
from iamlint.parse.terraform.attributes import nested, not_in_repository, place_of, text, texts, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import identifiers
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, key

PROVIDER = "google"


def user(instance: Instance, declared: Declared) -> None:
    """Add a person. Super administrators administer every group."""
    email = text(instance, "primary_email")
    managed = instance.mode == "managed"
    held = text(instance, "suspended"), text(instance, "archived")
    status: Value = (
        "suspended" if "true" in held else "active" if managed else not_in_repository(instance, declared.unit, "suspended")
    )
    ids = (*identifiers(instance, declared, "id"), *(alias for alias, _ in texts(instance, "aliases")))
    profile = {field: value for name, field in (("org_unit_path", "orgUnitPath"),) if (value := text(instance, name)) is not None}
    declared.secret_attribute("password of a Google Workspace user", instance, "password", email)
    known: Value = email if email is not None else ids[0]
    declared.add(Person(PROVIDER, known, status, instance.place, declared.unit, ids, profile, managed))
    if text(instance, "is_admin") == "true" and managed:
        place = place_of(instance, "is_admin")
        declared.add(Administration(PROVIDER, known, "user", "_SEED_ADMIN_ROLE", None, place, declared.unit))


def group(instance: Instance, declared: Declared) -> None:
    """Add a group, by its address; tokens carry its name or its address."""
    email, name = text(instance, "email"), text(instance, "name")
    _add_group(instance, email, name, [alias for alias, _ in texts(instance, "aliases")], declared)


def _add_group(instance: Instance, email: Value | None, name: Value | None, aliases: list[Value], declared: Declared) -> None:
    ids = (*identifiers(instance, declared, "id", "name" if instance.type.startswith("google_cloud") else "id"), *aliases)
    presents: dict[str, Value] = {}
    if name is not None and name != email:
        presents["display"] = name
    declared.add(
        Group(
            PROVIDER, email if email is not None else ids[0], instance.place, declared.unit, ids=ids,
            declared=instance.mode == "managed", presents=presents,
        )
    )  # fmt: skip


def cloud_group(instance: Instance, declared: Declared) -> None:
    """Add a group of Cloud Identity, with the query that decides its members if it is a dynamic one."""
    email: Value | None = None
    for block in nested(instance, "group_key"):
        email = text(block, "id")
    _add_group(instance, email, text(instance, "display_name"), [], declared)
    of = email if email is not None else identifiers(instance, declared, "id")[0]
    for metadata in nested(instance, "dynamic_group_metadata"):
        for query in nested(metadata, "queries"):
            written_query = written(query, "query")
            shown = key(text(query, "query") or "a query that is not known")
            place = written_query.place if written_query is not None else query.place
            unknown = Unknown(f"members by the query `{shown}`", place, declared.ref(instance, "members"))
            declared.add(Membership(PROVIDER, of, unknown, "user", place, declared.unit, dynamic=shown))


def member(instance: Instance, declared: Declared) -> None:
    """Add a member to a group."""
    group_id = text(instance, "group_id")
    if group_id is not None:
        _add_member(group_id, instance.body, place_of(instance, "email"), False, declared)


def members(instance: Instance, declared: Declared) -> None:
    """Add the members of a group, all of them."""
    group_id = text(instance, "group_id")
    for block in nested(instance, "members"):
        if group_id is not None and not isinstance(block.value, Unknown):
            found = written(block, "email")
            _add_member(group_id, block, block.place if found is None else found.place, True, declared)
        elif group_id is not None and isinstance(block.value, Unknown):
            declared.add(Membership(PROVIDER, group_id, block.value, "any", block.place, declared.unit, exclusive=True))


def _add_member(group_id: Value, body: Located, place: Place, exclusive: bool, declared: Declared) -> None:
    email, kind, role = text(body, "email"), text(body, "type") or "USER", text(body, "role") or "MEMBER"
    if kind == "CUSTOMER":
        add_everyone(group_id, place, declared)
        return
    if email is None:
        return
    # A service account is a member of the type `USER`, whose address tells it apart.
    kinds = {"USER": "any" if isinstance(email, str) and ".iam.gserviceaccount.com" in email else "user", "GROUP": "group"}
    member_kind = kinds.get(key(kind), "any")
    declared.add(Membership(PROVIDER, group_id, email, member_kind, place, declared.unit, exclusive))
    if role in RUNNING:
        holder_kind = "group" if member_kind == "group" else "any"
        declared.add(Administration(PROVIDER, email, holder_kind, key(role).lower(), (group_id,), place, declared.unit))


def add_everyone(group_id: Value, place: Place, declared: Declared) -> None:
    """Put everybody of the customer into a group: the built-in group, and the people whom the root module declares."""
    if not any(isinstance(item, Group) and item.name == EVERYONE for item in declared.facts.items):
        declared.add(Group(PROVIDER, EVERYONE, place, declared.unit, declared=False))
        for person in declared.all("googleworkspace_user"):
            email = text(person, "primary_email")
            if email is not None:
                declared.add(Membership(PROVIDER, EVERYONE, email, "user", person.place, declared.unit))
    declared.add(Membership(PROVIDER, group_id, EVERYONE, "group", place, declared.unit))


def cloud_membership(instance: Instance, declared: Declared) -> None:
    """Add a membership of Cloud Identity; its roles say whether the member runs the group."""
    group_id = text(instance, "group")
    for block in (*nested(instance, "preferred_member_key"), *nested(instance, "member_key")):
        email, found = text(block, "id"), written(block, "id")
        if group_id is None or email is None or found is None:
            continue
        declared.add(Membership(PROVIDER, group_id, email, "any", found.place, declared.unit))
        for role in nested(instance, "roles"):
            name = text(role, "name")
            if name in RUNNING:
                place = role.place if (at := written(role, "name")) is None else at.place
                declared.add(Administration(PROVIDER, email, "any", key(name).lower(), (group_id,), place, declared.unit))


_JOINING = {
    "ANYONE_CAN_JOIN": "anybody on the internet may join",
    "ALL_IN_DOMAIN_CAN_JOIN": "everybody of the domain may join",
}
"""Values of `who_can_join` that leave it to people themselves (Groups Settings API, "whoCanJoin")."""


def group_settings(instance: Instance, declared: Declared) -> None:
    """Add that people may join a group as they like."""
    group_id, how = text(instance, "email"), text(instance, "who_can_join")
    if group_id is not None and isinstance(how, str) and how in _JOINING:
        place = place_of(instance, "who_can_join")
        unknown = Unknown(f"members by themselves: {_JOINING[how]}", place, declared.ref(instance, "members"))
        declared.add(
            Membership(PROVIDER, group_id, unknown, "user", place, declared.unit, dynamic=_JOINING[how], language="open")
        )


def role_assignment(instance: Instance, declared: Declared) -> None:
    """Add what somebody may administer by a role for the whole customer; one for an organizational unit covers people only."""
    role, holder = text(instance, "role_id"), text(instance, "assigned_to")
    if role is None or holder is None or text(instance, "scope_type") == "ORG_UNIT":
        return
    name = _role_name(role, declared)
    if name is not None:
        place = place_of(instance, "assigned_to")
        declared.add(Administration(PROVIDER, holder, "any", name, None, place, declared.unit))


def _role_name(role: Value, declared: Declared) -> str | None:
    """Return the name of a role that changes groups, None for any other."""
    for mode in ("managed", "data"):
        for instance in declared.all("googleworkspace_role", mode):
            if key(role) not in {key(value) for value in identifiers(instance, declared, "id")}:
                continue
            name = text(instance, "name")
            privileges = {text(block, "privilege_name") for block in nested(instance, "privileges")}
            if name in CHANGING_ROLES or (isinstance(name, str) and not CHANGING_PRIVILEGES.isdisjoint(privileges)):
                return key(name)
    return None


def read_with_the_assignment(instance: Instance, declared: Declared) -> None:
    """Leave a role to those who have it."""


READERS = {
    ("managed", "googleworkspace_user"): user,
    ("data", "googleworkspace_user"): user,
    ("managed", "googleworkspace_group"): group,
    ("data", "googleworkspace_group"): group,
    ("managed", "googleworkspace_group_member"): member,
    ("managed", "googleworkspace_group_members"): members,
    ("managed", "googleworkspace_group_settings"): group_settings,
    ("managed", "googleworkspace_role"): read_with_the_assignment,
    ("data", "googleworkspace_role"): read_with_the_assignment,
    ("managed", "googleworkspace_role_assignment"): role_assignment,
    ("managed", "google_cloud_identity_group"): cloud_group,
    ("managed", "google_cloud_identity_group_membership"): cloud_membership,
}
