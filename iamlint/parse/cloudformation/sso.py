"""`AWS::SSO::*` and `AWS::IdentityStore::*`: permission sets, who may use them in which account, groups and members."""

from __future__ import annotations

from iamlint.model.aws import AwsRole, PermissionSetAssignment
from iamlint.model.identity import Group, Membership
from iamlint.model.policy import Attachment, Layer, PolicyKind
from iamlint.parse.cloudformation.declared import Declared, Resource, texts_of
from iamlint.parse.cloudformation.physical import attribute, reference
from iamlint.source.value import Text, Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROVIDER = "identity-center"
RESERVED_PATH = "/aws-reserved/sso.amazonaws.com/"


def assignment(resource: Resource, declared: Declared) -> None:
    """Add who may use a permission set in an account; the permission set's role there is added once."""
    arn, account = resource.text("PermissionSetArn"), resource.text("TargetId")
    principal = resource.text("PrincipalId")
    if arn is None or account is None or principal is None:
        return
    template = resource.template
    assigned = next((found for found in _permission_sets(declared) if _is(found, arn)), None)
    suffix = Unknown("AWS chooses the end of the role's name", resource.place, f"role suffix of {key(arn)} in {key(account)}")
    if assigned is None:
        name: Value = arn
        elsewhere = Unknown("the name of the permission set is not in this template", resource.place, f"name of {key(arn)}")
        role_name = concat(["AWSReservedSSO_", elsewhere, "_", suffix])
    else:
        name = assigned.name
        role_name = concat(["AWSReservedSSO_", name, "_", suffix])
        _add_role(declared, assigned, account, role_name)
    kind = "user" if resource.text("PrincipalType") == "USER" else "group"
    declared.add(PermissionSetAssignment(name, role_name, account, principal, kind, resource.at("PrincipalId"), template.unit))


def _permission_sets(declared: Declared) -> list[Resource]:
    return [
        Resource(declared.template, logical, written)
        for logical, written in declared.template.resources.items()
        if isinstance(written, dict) and written.get("Type") == "AWS::SSO::PermissionSet"
    ]


def _is(permission_set: Resource, arn: Value) -> bool:
    """Return whether an ARN is this permission set's: by attribute, or by `Ref`."""
    template, logical = permission_set.template, permission_set.logical
    known = (attribute(template, logical, "PermissionSetArn", ()), reference(template, logical, ()))
    return any(isinstance(value, (str, Text, Unknown)) and key(value) == key(arn) for value in known)


def _add_role(declared: Declared, assigned: Resource, account: Value, role_name: Value) -> None:
    """Add the role that AWS makes for a permission set in an account, with its policies."""
    unit = declared.unit
    if any(isinstance(item, AwsRole) and item.name == role_name and item.account == account for item in declared.facts.items):
        return
    context = declared.template.context
    region = Unknown("the region of Identity Center may be part of the path", assigned.place, f"{unit}#{RESERVED_PATH}")
    boundary = assigned.get("PermissionsBoundary")
    declared.add(
        AwsRole(
            name=role_name,
            arn=concat(["arn:", context.partition, ":iam::", account, ":role", RESERVED_PATH, region, role_name]),
            account=account,
            trust=None,
            place=assigned.place,
            unit=unit,
            ref=f"{assigned.ref} in {key(account)}",
            boundary=_boundary(boundary, account, context.partition) if isinstance(boundary, dict) else None,
            tags=assigned.tags(),
            path=concat([RESERVED_PATH, region]),
            kind="permission_set",
            longest_session=assigned.seconds("SessionDuration"),
        )
    )
    inline = assigned.evaluated("InlinePolicy")
    policy = declared.policy(inline, PolicyKind.IDENTITY, assigned.name, f"{assigned.ref} in {key(account)}.InlinePolicy")
    if policy is not None and inline is not None:
        declared.add(Attachment(Layer.IDENTITY, "role", role_name, account, inline.origin.at(), unit, policy))
    managed = assigned.evaluated("ManagedPolicies")
    for arn, place in texts_of(managed) if managed is not None else ():
        declared.add(Attachment(Layer.IDENTITY, "role", role_name, account, place, unit, policy_arn=arn))
    references = assigned.evaluated("CustomerManagedPolicyReferences")
    for number, item in enumerate(references.value if references is not None and isinstance(references.value, list) else ()):
        found = _customer_policy(item, account, context.partition)
        if found is not None and references is not None:
            place = references.origin.at((number,))
            declared.add(Attachment(Layer.IDENTITY, "role", role_name, account, place, unit, policy_arn=found))


def _boundary(written: dict[str, Any], account: Value, partition: Value) -> Value | None:
    arn = written.get("ManagedPolicyArn")
    if isinstance(arn, (str, Text, Unknown)):
        return arn
    return _customer_policy(written.get("CustomerManagedPolicyReference"), account, partition)


def _customer_policy(written: Any, account: Value, partition: Value) -> Value | None:
    """Return the ARN of a policy that each account has under this name."""
    if not isinstance(written, dict) or not isinstance(written.get("Name"), (str, Text, Unknown)):
        return None
    path = written.get("Path")
    known_path = path if isinstance(path, (str, Text, Unknown)) else "/"
    return concat(["arn:", partition, ":iam::", account, ":policy", known_path, written["Name"]])


def permission_set(resource: Resource, declared: Declared) -> None:
    """Add the inline policy of a permission set that nothing here assigns; an assignment brings the rest."""
    assignments = (
        Resource(declared.template, logical, written).text("PermissionSetArn")
        for logical, written in declared.template.resources.items()
        if isinstance(written, dict) and written.get("Type") == "AWS::SSO::Assignment"
    )
    if not any(arn is not None and _is(resource, arn) for arn in assignments):
        declared.policy(resource.evaluated("InlinePolicy"), PolicyKind.IDENTITY, resource.name, f"{resource.ref}.InlinePolicy")


def group(resource: Resource, declared: Declared) -> None:
    """Add a group of Identity Center."""
    identifier = attribute(resource.template, resource.logical, "GroupId", ())
    also = reference(resource.template, resource.logical, ())
    declared.add(
        Group(PROVIDER, resource.text("DisplayName") or identifier, resource.place, declared.unit, ids=(identifier, also))
    )


def membership(resource: Resource, declared: Declared) -> None:
    """Add a member to a group."""
    group_id, member = resource.text("GroupId"), resource.get("MemberId")
    user = member.get("UserId") if isinstance(member, dict) else None
    if group_id is not None and isinstance(user, (str, Text, Unknown)):
        declared.add(Membership(PROVIDER, group_id, user, "user", resource.place, declared.unit))


READERS = {
    "AWS::SSO::Assignment": assignment,
    "AWS::SSO::PermissionSet": permission_set,
    "AWS::IdentityStore::Group": group,
    "AWS::IdentityStore::GroupMembership": membership,
}
