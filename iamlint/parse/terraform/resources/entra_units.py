"""`azuread_administrative_unit…`, `azuread_access_package…`: roles over some groups only, and groups that people ask for."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.identity import Administration, Membership
from iamlint.parse.terraform.attributes import nested, place_of, text, texts
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.entra import PROVIDER, changing_role, member_kind
from iamlint.parse.terraform.resources.references import found, identifiers, looked_up
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.value import Text, Unknown, Value, concat, key

_UNITS = "/administrativeUnits/"
_EVERYBODY = frozenset({"AllExistingDirectoryMemberUsers", "AllExistingDirectorySubjects", "AllExternalSubjects"})
"""Scopes of requestors that leave nobody of the directory, or of the outside, out."""


# administrative units


def groups_of_scope(scope: Value, place: Place, declared: Declared) -> tuple[Value, ...]:
    """Return the groups in the scope of a role: those of an administrative unit, else the one object."""
    parts = scope.parts if isinstance(scope, Text) else (scope,)
    if not isinstance(parts[0], str):
        declared.facts.unresolved.append(Unresolved("over which part of the directory the role is held is not known", place))
        return ()
    rest = concat([parts[0].removeprefix(_UNITS).rpartition("/")[2], *parts[1:]])
    if not parts[0].startswith(_UNITS):
        return (rest,)
    return groups_of_unit(rest, place, declared)


def groups_of_unit(unit_id: Value, place: Place, declared: Declared) -> tuple[Value, ...]:
    """Return the groups that the root module puts into an administrative unit; who else is in it is not known."""
    unit = found(declared, ("azuread_administrative_unit",), unit_id, ("object_id", "id"))
    if unit is None:
        declared.facts.unresolved.append(Unresolved("which groups are in an administrative unit is not in the repository", place))
        return ()
    mine = {key(value) for value in identifiers(unit, declared, "object_id", "id")}
    inside = [member for member, _ in texts(unit, "members")]
    for other in declared.all("azuread_administrative_unit_member"):
        owner, member = text(other, "administrative_unit_object_id"), text(other, "member_object_id")
        if owner is not None and member is not None and key(owner) in mine:
            inside.append(member)
    for group in declared.all("azuread_group"):
        if any(key(one) in mine for one, _ in texts(group, "administrative_unit_ids")):
            inside.append(identifiers(group, declared, "object_id")[0])
    return tuple(member for member in inside if member_kind(member, declared) in ("group", "any"))


def unit_role_member(instance: Instance, declared: Declared) -> None:
    """Add a role that is held over the groups of an administrative unit."""
    role, holder = changing_role(text(instance, "role_object_id"), declared), text(instance, "member_object_id")
    unit_id = text(instance, "administrative_unit_object_id")
    if role is None or holder is None or unit_id is None:
        return
    groups = groups_of_unit(unit_id, place_of(instance, "administrative_unit_object_id"), declared)
    place, kind = place_of(instance, "member_object_id"), member_kind(holder, declared)
    if groups:
        declared.add(Administration(PROVIDER, holder, kind, role, groups, place, declared.unit))


# access packages


def assignment_policy(instance: Instance, declared: Declared) -> None:
    """Add that people get into the groups of an access package by asking for it, with somebody's approval or without."""
    package = text(instance, "access_package_id")
    requestors = next(nested(instance, "requestor_settings"), None)
    scope = text(requestors, "scope_type") if requestors is not None else None
    if package is None or scope == "NoSubjects":
        return
    approval = next(nested(instance, "approval_settings"), None)
    asked = text(approval, "approval_required") if approval is not None else "false"
    name = _package_name(package, declared)
    if requestors is None or text(requestors, "requests_accepted") != "true":
        dynamic, language = f"an assignment of the access package `{name}`", None  # nobody may ask for it, or that is not known
    elif asked in (None, "false") and scope in _EVERYBODY:
        dynamic, language = f"everybody gets the access package `{name}` by asking for it, without approval", "open"
    elif asked in (None, "false") and isinstance(scope, str):
        dynamic, language = f"those listed get the access package `{name}` by asking for it", None
    else:
        dynamic, language = f"an approved request for the access package `{name}`", None
    place = approval.place if approval is not None else instance.place
    for group in _groups_of_package(package, declared):
        unknown = Unknown(f"members by {dynamic}", place, declared.ref(instance, "members"))
        declared.add(Membership(PROVIDER, group, unknown, "user", place, declared.unit, dynamic=dynamic, language=language))
        for holder, kind, at in _requestors(requestors) if text(requestors or instance, "requests_accepted") == "true" else ():
            decided = "" if asked in (None, "false") else ", and somebody approves it"
            condition = f"a request for the access package `{name}` is made{decided}"
            declared.add(Membership(PROVIDER, group, holder, kind, at, declared.unit, dynamic=condition))


def _requestors(settings: Located | None) -> Iterator[tuple[Value, str, Place]]:
    """Yield those who are listed as requestors, people and groups ("accessPackageAssignmentRequestorSettings")."""
    for listed in nested(settings, "requestor") if settings is not None else ():
        kind = {"singleUser": "user", "groupMembers": "group"}.get(key(text(listed, "subject_type") or ""))
        holder = text(listed, "object_id")
        if kind is not None and holder is not None:
            yield holder, kind, listed.place


def catalog_role(instance: Instance, declared: Declared) -> None:
    """Add that somebody decides who gets the groups of a catalog of access packages."""
    holder, catalog = text(instance, "principal_object_id"), text(instance, "catalog_id")
    role = found(
        declared, ("azuread_access_package_catalog_role",), text(instance, "role_id"), ("object_id", "id", "template_id")
    )
    name = text(role, "display_name") if role is not None else None
    if holder is None or catalog is None or name == "Catalog reader":
        return
    if name not in _DECIDING:
        reason = "which role somebody has in a catalog of access packages is not known"
        declared.facts.unresolved.append(Unresolved(reason, place_of(instance, "role_id")))
        return
    groups = tuple(_groups_of_catalog(catalog, declared, in_package=name == "Access package assignment manager"))
    if groups:
        place = place_of(instance, "principal_object_id")
        declared.add(Administration(PROVIDER, holder, member_kind(holder, declared), str(name), groups, place, declared.unit))


_DECIDING = ("Catalog owner", "Access package manager", "Access package assignment manager")
"""Roles of a catalog whose holders put people into its packages ("Delegation and roles in entitlement management")."""


def _groups_of_catalog(catalog: Value, declared: Declared, *, in_package: bool) -> Iterator[Value]:
    """Yield the groups that are resources of a catalog; with `in_package` those only that one of its packages gives."""
    for resource in declared.all("azuread_access_package_resource_catalog_association"):
        owner, group = text(resource, "catalog_id"), text(resource, "resource_origin_id")
        if owner is None or group is None or key(owner) != key(catalog) or text(resource, "resource_origin_system") != "AadGroup":
            continue
        mine = {key(value) for value in identifiers(resource, declared, "id")}
        given = declared.all("azuread_access_package_resource_package_association")
        if not in_package or any(key(text(one, "catalog_resource_association_id") or "") in mine for one in given):
            yield group


def _package_name(package: Value, declared: Declared) -> str:
    known = found(declared, ("azuread_access_package",), package)
    name = text(known, "display_name") if known is not None else None
    return name if isinstance(name, str) else "?"


def _groups_of_package(package: Value, declared: Declared) -> Iterator[Value]:
    for other in declared.all("azuread_access_package_resource_package_association"):
        owner = text(other, "access_package_id")
        if owner is None or key(owner) != key(package):
            continue
        if text(other, "access_type") == "Owner":
            declared.facts.unresolved.append(Unresolved("who owns a group by an access package is not read", other.place))
            continue
        known = found(
            declared, ("azuread_access_package_resource_catalog_association",), text(other, "catalog_resource_association_id")
        )
        group = text(known, "resource_origin_id") if known is not None else None
        if known is not None and group is not None and text(known, "resource_origin_system") == "AadGroup":
            yield group
        elif known is None:
            reason = "what an access package gives is not in the repository"
            declared.facts.unresolved.append(Unresolved(reason, place_of(other, "catalog_resource_association_id")))


READERS = {
    ("managed", "azuread_administrative_unit"): looked_up,
    ("data", "azuread_administrative_unit"): looked_up,
    ("managed", "azuread_administrative_unit_member"): looked_up,
    ("managed", "azuread_administrative_unit_role_member"): unit_role_member,
    ("managed", "azuread_access_package"): looked_up,
    ("managed", "azuread_access_package_resource_catalog_association"): looked_up,
    ("managed", "azuread_access_package_resource_package_association"): looked_up,
    ("managed", "azuread_access_package_assignment_policy"): assignment_policy,
    ("managed", "azuread_access_package_catalog"): looked_up,
    ("data", "azuread_access_package_catalog"): looked_up,
    ("data", "azuread_access_package_catalog_role"): looked_up,
    ("managed", "azuread_access_package_catalog_role_assignment"): catalog_role,
}
