"""Who administers Okta: administrators' roles, owners of groups, and which attributes people may change themselves."""

from __future__ import annotations

from iamlint.model.identity import Administration, ProfileAttribute
from iamlint.parse.terraform.attributes import nested, place_of, text, texts
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.okta import PROVIDER
from iamlint.parse.terraform.resources.references import id_of
from iamlint.source.problem import Unresolved
from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, Value, key

EVERY_GROUP = frozenset({"SUPER_ADMIN", "ORG_ADMIN", "USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN"})
"""Roles that change who is in a group ("Standard administrator roles and permissions").

`ORG_ADMIN`, and `USER_ADMIN` and `GROUP_MEMBERSHIP_ADMIN` without targets, change every group that gives no administrator's role.
"""

_CHANGING = ("okta.groups.manage", "okta.groups.members.manage", "okta.users.groupMembership.manage")
_TARGETED = frozenset({"USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN"})
_MEMBER = regex(r"/(users|groups)/([^/]+)/?$")


def group_role(instance: Instance, declared: Declared) -> None:
    """Add what a group may administer by an administrator's role."""
    role, group = text(instance, "role_type"), text(instance, "group_id")
    if group is None or role not in EVERY_GROUP:
        return
    targets = tuple(value for value, _ in texts(instance, "target_group_list"))
    limited = targets if targets and role in _TARGETED else None
    declared.add(Administration(PROVIDER, group, "group", key(role), limited, place_of(instance, "role_type"), declared.unit))


def user_roles(instance: Instance, declared: Declared) -> None:
    """Add what a user may administer by administrators' roles. Their targets stand elsewhere, so only those without count."""
    user = text(instance, "user_id")
    for role, place in texts(instance, "admin_roles"):
        if user is None or role not in EVERY_GROUP:
            continue
        groups: tuple[Value, ...] | None = None
        if role in _TARGETED:
            groups = _user_targets(user, role, declared)
            if groups is None:
                reason = f"whether the role `{key(role)}` of a user has targets is not in the repository"
                declared.facts.unresolved.append(Unresolved(reason, place))
            if not groups:
                continue
        declared.add(Administration(PROVIDER, user, "user", key(role), groups, place, declared.unit))


def _user_targets(user: Value, role: Value, declared: Declared) -> tuple[Value, ...] | None:
    """Return the groups to which a user's role is limited, none when to applications; None where nothing says it."""
    for targets in declared.all("okta_admin_role_targets"):
        holder, kind = text(targets, "user_id"), text(targets, "role_type")
        if holder is not None and kind is not None and key(holder) == key(user) and key(kind) == key(role):
            return tuple(value for value, _ in texts(targets, "groups"))
    return None


def group_owner(instance: Instance, declared: Declared) -> None:
    """Add the owner of a group, who adds and removes members."""
    group, owner, kind = (text(instance, name) for name in ("group_id", "id_of_group_owner", "type"))
    if group is not None and owner is not None and kind in ("GROUP", "USER"):
        place = place_of(instance, "id_of_group_owner")
        declared.add(Administration(PROVIDER, owner, key(kind).lower(), "owner", (group,), place, declared.unit))


def group_owners(instance: Instance, declared: Declared) -> None:
    """Add the owners of a group, all of them."""
    group = text(instance, "group_id")
    for block in nested(instance, "owner"):
        owner, kind = text(block, "id"), text(block, "type")
        if group is not None and owner is not None and kind in ("GROUP", "USER"):
            declared.add(Administration(PROVIDER, owner, key(kind).lower(), "owner", (group,), block.place, declared.unit))


def custom_assignment(instance: Instance, declared: Declared) -> None:
    """Add what members of a custom role may administer, where the role and its resources stand in the same root module."""
    groups = custom_groups(text(instance, "custom_role_id"), text(instance, "resource_set_id"), declared)
    if groups == ():
        return
    for member, place in texts(instance, "members"):
        head, value = _last(member)
        match = _MEMBER.search(f"{head}*" if value is not None else head)
        if match is not None:
            holder: Value = value if value is not None else match[2]
            declared.add(Administration(PROVIDER, holder, match[1][:-1], "CUSTOM", groups, place, declared.unit))


def custom_groups(role: Value | None, resources: Value | None, declared: Declared) -> tuple[Value, ...] | None:
    """Return the groups that a custom role changes in a set of resources, None for all; none where it changes no group."""
    permissions = _of("okta_admin_role_custom", "permissions", role, declared)
    if not any(permission in _CHANGING for permission in permissions):
        return ()
    return _targets(_of("okta_resource_set", "resources", resources, declared))


def _of(type_: str, attribute: str, wanted: Value | None, declared: Declared) -> list[Value]:
    for instance in declared.all(type_):
        if wanted is not None and key(id_of(instance, declared)) == key(wanted):
            return [value for value, _ in texts(instance, attribute)]
    return []


def _targets(resources: list[Value]) -> tuple[Value, ...] | None:
    """Return the groups that a set of resources names; None for all groups."""
    found: list[Value] = []
    for resource in resources:
        head, value = _last(resource)
        if value is not None and head.endswith("/groups/"):
            found.append(value)
        elif value is None and head.endswith("/api/v1/groups"):
            return None
        elif value is None and (match := _MEMBER.search(head)) is not None and match[1] == "groups":
            found.append(match[2])
    return tuple(found)


def _last(value: Value) -> tuple[str, Unknown | None]:
    """Return a link's text, and the unknown id at its end if there is one."""
    if isinstance(value, Text) and isinstance(value.parts[-1], Unknown):
        return "".join(part if isinstance(part, str) else "?" for part in value.parts[:-1]), value.parts[-1]
    return (value if isinstance(value, str) else ""), None


def schema_property(instance: Instance, declared: Declared) -> None:
    """Add whether people may change an attribute of their own profile; the provider's default is `READ_ONLY`."""
    name, permissions = text(instance, "index"), text(instance, "permissions")
    if isinstance(name, str) and (permissions is None or isinstance(permissions, str)):
        place = place_of(instance, "permissions")
        declared.add(ProfileAttribute(PROVIDER, name, permissions == "READ_WRITE", place, declared.unit))


def read_with_the_assignment(instance: Instance, declared: Declared) -> None:
    """Leave roles and sets of resources to the assignment that joins them."""


READERS = {
    ("managed", "okta_group_role"): group_role,
    ("managed", "okta_user_admin_roles"): user_roles,
    ("managed", "okta_group_owner"): group_owner,
    ("managed", "okta_group_owners"): group_owners,
    ("managed", "okta_admin_role_targets"): read_with_the_assignment,
    ("managed", "okta_admin_role_custom_assignments"): custom_assignment,
    ("managed", "okta_admin_role_custom"): read_with_the_assignment,
    ("managed", "okta_resource_set"): read_with_the_assignment,
    ("managed", "okta_user_schema_property"): schema_property,
    ("managed", "okta_user_base_schema_property"): schema_property,
}
