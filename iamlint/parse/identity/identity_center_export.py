"""What the AWS command line prints about Identity Center (`aws identitystore …`, `aws sso-admin …`), kept in files.

Some answers do not say to which permission set they belong (`get-inline-policy-for-permission-set`, the lists of policies):
then the path does: by the end of the set's ARN (`ps-1234567890abcdef`), or by the folder that also holds the set's description.
"""

from __future__ import annotations

import re

from iamlint.model.aws import ListedAssignment, PermissionSet, PermissionSetPolicy
from iamlint.model.estate import Facts
from iamlint.model.identity import Group, Membership, Person
from iamlint.model.policy import PolicyKind
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.parse.identity.okta_export_apps import add_profile
from iamlint.parse.policy import parse_policy
from iamlint.source.place import Origin
from iamlint.source.problem import Unresolved
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROVIDER = "identity-center"

_OWN = ("GroupMemberships", "AccountAssignments", "PermissionSet", "PermissionSets", "InlinePolicy", "PermissionsBoundary",
        "AttachedManagedPolicies", "CustomerManagedPolicyReferences", "AccountAssignmentsForPrincipal")  # fmt: skip
_SET = re.compile(r"ps-[0-9a-f]{16}")


def is_identity_center_export(value: Any) -> bool:
    """Return whether a document is an answer about users, groups, permission sets or assignments of Identity Center."""
    if not isinstance(value, dict):
        return False
    if any(name in value for name in _OWN):
        return not ("Policies" in value or "RoleDetailList" in value)
    for name, field in (("Users", "UserId"), ("Groups", "GroupId")):
        items = value.get(name)
        if isinstance(items, list) and items and all(isinstance(item, dict) and field in item for item in items[:50]):
            return all("Arn" not in item and "IdentityStoreId" in item for item in items[:50])
    return "IdentityStoreId" in value and ("UserId" in value or "GroupId" in value)


def parse_identity_center_export(value: Any, origin: Origin, context: Context) -> Facts:
    """Return what an answer declares."""
    facts = Facts(context.unit, "identity-center-export", (origin.path,))
    root = Entry(value, origin)
    for user in [*root.entries("Users"), *([root] if "UserId" in value and "UserName" in value else [])]:
        _add_user(user, facts)
    for group in [*root.entries("Groups"), *([root] if "GroupId" in value and "DisplayName" in value else [])]:
        _add_group(group, facts)
    for membership in root.entries("GroupMemberships"):
        _add_membership(membership, facts)
    for assignment in root.entries("AccountAssignments"):
        _add_assignment(assignment, facts)
    described = root.mapping("PermissionSet")
    if described is not None:
        _add_permission_set(described, facts)
    _add_policies(root, facts)
    facts.resolved += len(facts.items)
    return facts


def _add_user(entry: Entry, facts: Facts) -> None:
    emails = list(entry.entries("Emails"))
    chosen = next((email for email in emails if email.flag("Primary")), emails[0] if emails else None)
    name, identifier = entry.text("UserName"), entry.text("UserId")
    email = chosen.text("Value") if chosen is not None else None
    place = chosen.at("Value") if chosen is not None and email is not None else entry.at("UserName")
    text = email or name or identifier
    if text is None:
        return
    stated = (entry.text("UserStatus") or "").casefold()
    status: Value = (
        "active" if stated == "enabled" else "suspended" if stated == "disabled"
        else Unknown(f"the export does not say whether `{text}` is active", place, f"status:{text.casefold()}")
    )  # fmt: skip
    ids = (*(one for one in (identifier, name) if one is not None), *_external(entry))
    facts.add(Person(PROVIDER, text, status, place, facts.unit, ids=ids, profile=add_profile(entry)))


def _external(entry: Entry) -> tuple[str, ...]:
    return tuple(text for one in entry.entries("ExternalIds") if (text := one.text("Id")) is not None)


def _add_group(entry: Entry, facts: Facts) -> None:
    name, identifier = entry.text("DisplayName"), entry.text("GroupId")
    if name is None and identifier is None:
        return
    # A group with an outside id came from an identity provider by SCIM: it is made there, and its members with it.
    provisioned = bool(_external(entry))
    ids = (identifier,) if identifier is not None else ()
    facts.add(Group(PROVIDER, name or identifier or "", entry.at("DisplayName"), facts.unit, ids=ids, declared=not provisioned))


def _add_membership(entry: Entry, facts: Facts) -> None:
    group, member = entry.text("GroupId"), entry.mapping("MemberId")
    user = member.text("UserId") if member is not None else None
    if group is not None and member is not None and user is not None:
        facts.add(Membership(PROVIDER, group, user, "user", member.at("UserId"), facts.unit))


def _add_assignment(entry: Entry, facts: Facts) -> None:
    arn, account, principal = entry.text("PermissionSetArn"), entry.text("AccountId"), entry.text("PrincipalId")
    if arn is not None and account is not None and principal is not None:
        kind = "user" if entry.text("PrincipalType") == "USER" else "group"
        facts.add(ListedAssignment(arn, account, principal, kind, entry.at("PrincipalId"), facts.unit))


def _add_permission_set(entry: Entry, facts: Facts) -> None:
    name, arn = entry.text("Name"), entry.text("PermissionSetArn")
    if arn is None:
        return
    folder = entry.origin.path.rpartition("/")[0]
    names = tuple(dict.fromkeys((arn, *_SET.findall(arn), *([f"folder:{folder}"] if folder else []))))
    facts.add(PermissionSet(name or arn, arn, names, entry.at("Name"), facts.unit))


def _add_policies(root: Entry, facts: Facts) -> None:
    """Add what an answer says is in a permission set that only its path names."""
    path = root.origin.path
    folder = path.rpartition("/")[0]
    named = tuple(dict.fromkeys((*reversed(_SET.findall(path)), *([f"folder:{folder}"] if folder else []))))

    def add(arn: Value | None, account_path: str | None, at: Entry, boundary: bool = False) -> None:
        facts.add(PermissionSetPolicy(named, None, arn, account_path, boundary, at.place, facts.unit))

    for attached in root.entries("AttachedManagedPolicies"):
        if (arn := attached.text("Arn")) is not None:
            add(arn, None, attached)
    for reference in root.entries("CustomerManagedPolicyReferences"):
        add(None, _account_path(reference), reference)
    boundary = root.mapping("PermissionsBoundary")
    if boundary is not None:
        reference_of = boundary.mapping("CustomerManagedPolicyReference")
        if (arn := boundary.text("ManagedPolicyArn")) is not None:
            add(arn, None, boundary, boundary=True)
        elif reference_of is not None:
            add(None, _account_path(reference_of), boundary, boundary=True)
    _add_inline(root, named, facts)


def _account_path(reference: Entry) -> str | None:
    name = reference.text("Name")
    return None if name is None else f"{reference.text('Path') or '/'}{name}"


def _add_inline(root: Entry, named: tuple[str, ...], facts: Facts) -> None:
    from iamlint.source.read_json import read_json

    written = root.text("InlinePolicy")
    if written is None:
        return
    document = read_json(written.encode("utf-8", "replace"), root.origin.path).value
    if not isinstance(document, dict):
        facts.unresolved.append(Unresolved("the inline policy of a permission set is no JSON", root.at("InlinePolicy")))
        return
    origin = root.origin.below(("InlinePolicy",))
    name = root.origin.path.rpartition("/")[2].partition(".")[0]
    policy = parse_policy(
        document, origin, kind=PolicyKind.IDENTITY, name=name, ref=f"{facts.unit}#InlinePolicy", unit=facts.unit
    )
    facts.add(policy)
    facts.add(PermissionSetPolicy(named, policy, None, None, False, root.at("InlinePolicy"), facts.unit))
