"""`aws_identitystore_*` and `aws_ssoadmin_*`: groups, people, permission sets, and who may use them in which account."""

from __future__ import annotations

from iamlint.model.aws import AwsRole, PermissionSet, PermissionSetAssignment, PermissionSetPolicy
from iamlint.model.identity import Group, Membership, Person
from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind
from iamlint.parse.terraform.attributes import name_of, nested, not_in_repository, place_of, seconds, text, texts, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.value import Unknown, Value, concat, key

PROVIDER = "identity-center"
CHOSEN = "the end of `AWSReservedSSO_…` is known to the provider only"
RESERVED_PATH = "/aws-reserved/sso.amazonaws.com/"
_SET = "aws_ssoadmin_permission_set"


def group(instance: Instance, declared: Declared) -> None:
    """Add a group; a lookup is a group that another provider sends here under its display name."""
    name = text(instance, "display_name") if instance.mode == "managed" else _looked_up(instance, "DisplayName")
    identifier = not_in_repository(instance, declared.unit, "group_id")
    written_id = text(instance, "group_id")
    ids = (identifier,) if written_id is None else (written_id, identifier)
    declared.add(
        Group(
            provider=PROVIDER,
            name=name if name is not None else written_id or identifier,
            place=instance.place,
            unit=declared.unit,
            ids=(*ids, not_in_repository(instance, declared.unit, "id")),
            declared=instance.mode == "managed",
        )
    )


def user(instance: Instance, declared: Declared) -> None:
    """Add a person, by e-mail where it is written and by user name else."""
    email: Value | None = None
    for block in nested(instance, "emails"):
        if email is None or text(block, "primary") == "true":
            email = text(block, "value") or email
    name = text(instance, "user_name") if instance.mode == "managed" else _looked_up(instance, "UserName")
    identifier = not_in_repository(instance, declared.unit, "user_id")
    written_id = text(instance, "user_id")
    managed = instance.mode == "managed"
    declared.add(
        Person(
            provider=PROVIDER,
            email=email or name or written_id or identifier,
            status="active" if managed else not_in_repository(instance, declared.unit, "status"),
            place=instance.place,
            unit=declared.unit,
            ids=tuple(
                value for value in (identifier, written_id, name, not_in_repository(instance, declared.unit, "id")) if value
            ),
            declared=managed,
        )
    )


def _looked_up(instance: Instance, path: str) -> Value | None:
    """Return the name that a lookup asks for, in the present form and the deprecated one."""
    for alternate in nested(instance, "alternate_identifier"):
        for block in nested(alternate, "unique_attribute"):
            if text(block, "attribute_path") in (path, path[0].lower() + path[1:]):
                return text(block, "attribute_value")
    for block in nested(instance, "filter"):
        if text(block, "attribute_path") == path:
            return text(block, "attribute_value")
    return None


def membership(instance: Instance, declared: Declared) -> None:
    """Add a user to a group."""
    group_id, member = text(instance, "group_id"), text(instance, "member_id")
    if group_id is not None and member is not None:
        declared.add(Membership(PROVIDER, group_id, member, "user", instance.place, declared.unit))


class _PermissionSet:
    """A permission set with what is attached to it and the accounts in which somebody may use it."""

    def __init__(self, instance: Instance, declared: Declared) -> None:
        self.instance = instance
        given = text(instance, "arn") or text(instance, "permission_set_arn")  # as Cloud Control has it
        self.arn: Value = given or not_in_repository(instance, declared.unit, "arn")
        self.name: Value = name_of(instance, declared.unit)
        self.policies: list[tuple[Policy | None, Value | None, Place]] = []
        self.boundary: Value | None = None
        self.boundary_name: Value | None = None  # of a policy that each account has under this name

    def role_name(self, account: Value, unit: str) -> Value:
        """Return the name of the role that AWS makes: it ends in sixteen characters that AWS chooses for each account."""
        suffix = Unknown(CHOSEN, self.instance.place, self.instance.symbol(unit, f"role suffix in {key(account)}"))
        return concat(["AWSReservedSSO_", self.name, "_", suffix])


def permission_sets(declared: Declared) -> None:
    """Add, for each account to which a permission set is assigned, the role that AWS makes there, with its policies and users."""
    found: dict[str, _PermissionSet] = {}
    for type_, mode in ((_SET, "managed"), (_SET, "data"), ("awscc_sso_permission_set", "managed")):
        for instance in declared.all(type_, mode):
            permission_set = _PermissionSet(instance, declared)
            for name_of_set in (permission_set.arn, not_in_repository(instance, declared.unit, "arn")):
                found[key(name_of_set)] = permission_set
            if type_ != _SET:
                _own_policies(declared, permission_set)
    _attach(declared, found)
    _describe(declared, found)
    made: set[tuple[str, str]] = set()
    for assignment in (*declared.all("aws_ssoadmin_account_assignment"), *declared.all("awscc_sso_assignment")):
        arn, account = text(assignment, "permission_set_arn"), text(assignment, "target_id")
        principal = text(assignment, "principal_id")
        if arn is None or account is None or principal is None:
            continue
        assigned = found.get(key(arn))
        if assigned is None:
            # The set is declared elsewhere: its ARN is all that is known of it.
            elsewhere = Unknown(
                "the name of the permission set is not in this root module", assignment.place, f"name of {key(arn)}"
            )
            suffix = Unknown(CHOSEN, assignment.place, f"role suffix of {key(arn)} in {key(account)}")
            role_name: Value = concat(["AWSReservedSSO_", elsewhere, "_", suffix])
            name: Value = arn
        else:
            role_name, name = assigned.role_name(account, declared.unit), assigned.name
            if (key(arn), key(account)) not in made:
                made.add((key(arn), key(account)))
                _add_role(declared, assigned, account, role_name)
        kind = text(assignment, "principal_type")
        declared.add(
            PermissionSetAssignment(
                permission_set=name,
                role=role_name,
                account=account,
                principal=principal,
                principal_kind="user" if kind == "USER" else "group",
                place=place_of(assignment, "principal_id"),
                unit=declared.unit,
            )
        )


def _describe(declared: Declared, found: dict[str, _PermissionSet]) -> None:
    """Add what each permission set holds, for assignments that stand in other files."""
    for one in {id(held): held for held in found.values() if held.instance.mode == "managed"}.values():
        names = tuple(dict.fromkeys((key(one.arn), key(not_in_repository(one.instance, declared.unit, "arn")))))
        declared.add(PermissionSet(one.name, one.arn, names, one.instance.place, declared.unit))
        boundary = [(None, one.boundary, one.instance.place)] if one.boundary is not None else []
        for number, (policy, arn, place) in enumerate([*one.policies, *boundary]):
            own = arn.removeprefix("policy") if isinstance(arn, str) and arn.startswith("policy/") else None
            declared.add(
                PermissionSetPolicy(
                    names, policy, None if own is not None else arn, own, number >= len(one.policies), place, declared.unit
                )
            )


def _own_policies(declared: Declared, owner: _PermissionSet) -> None:
    """Give a permission set of AWS Cloud Control the policies that it says itself."""
    instance = owner.instance
    inline = written(instance, "inline_policy")
    policy = declared.policy(instance, inline, PolicyKind.IDENTITY, owner.name, "inline_policy")
    if policy is not None and inline is not None:
        owner.policies.append((policy, None, inline.place))
    owner.policies += [(None, arn, place) for arn, place in texts(instance, "managed_policies")]
    for block in nested(instance, "customer_managed_policy_references"):
        owner.policies.append((None, _customer_policy(block), block.place))
    _set_boundary(owner, instance)


def _set_boundary(owner: _PermissionSet, instance: Instance) -> None:
    for boundary in nested(instance, "permissions_boundary"):
        owner.boundary = text(boundary, "managed_policy_arn")
        for block in nested(boundary, "customer_managed_policy_reference"):
            owner.boundary = _customer_policy(block)


def _attach(declared: Declared, found: dict[str, _PermissionSet]) -> None:
    """Give every permission set the policies that other resources attach to it."""

    def target(instance: Instance) -> _PermissionSet | None:
        arn = text(instance, "permission_set_arn")
        owner = None if arn is None else found.get(key(arn))
        if owner is None:
            reason = "the permission set to which this is attached is not in this root module"
            if isinstance(arn, Unknown):
                reason = f"to which permission set this is attached is not known: {arn.reason}"
            declared.facts.unresolved.append(Unresolved(reason, instance.place))
        return owner

    for instance in declared.all("aws_ssoadmin_permission_set_inline_policy"):
        owner = target(instance)
        policy = declared.policy(
            instance, written(instance, "inline_policy"), PolicyKind.IDENTITY, owner.name if owner else instance.name
        )
        if owner is not None and policy is not None:
            owner.policies.append((policy, None, instance.place))
    for instance in declared.all("aws_ssoadmin_managed_policy_attachment"):
        owner, arn = target(instance), text(instance, "managed_policy_arn")
        if owner is not None and arn is not None:
            owner.policies.append((None, arn, instance.place))
    for instance in declared.all("aws_ssoadmin_managed_policy_attachments_exclusive"):
        owner = target(instance)
        if owner is not None:
            owner.policies += [(None, arn, place) for arn, place in texts(instance, "managed_policy_arns")]
    customer = declared.all("aws_ssoadmin_customer_managed_policy_attachment")
    for instance in (*customer, *declared.all("aws_ssoadmin_customer_managed_policy_attachments_exclusive")):
        owner = target(instance)
        for block in nested(instance, "customer_managed_policy_reference"):
            if owner is not None:
                owner.policies.append((None, _customer_policy(block), instance.place))
    for instance in declared.all("aws_ssoadmin_permissions_boundary_attachment"):
        owner = target(instance)
        if owner is not None:
            _set_boundary(owner, instance)


def _customer_policy(block: Located) -> Value:
    """Return path and name of a policy that each account has for itself; the account is put before it later."""
    if isinstance(block.value, Unknown):
        return block.value
    return concat(["policy", text(block, "path") or "/", text(block, "name") or ""])


def _add_role(declared: Declared, assigned: _PermissionSet, account: Value, role_name: Value) -> None:
    instance, unit = assigned.instance, declared.unit
    path = Unknown("the path of `AWSReservedSSO_…` is known to the provider only", instance.place, instance.symbol(unit, "path"))

    def in_account(arn: Value | None) -> Value | None:
        first = arn if isinstance(arn, (str, type(None), Unknown)) else arn.parts[0]
        if isinstance(first, str) and first.startswith("policy"):
            assert arn is not None
            return concat(["arn:", instance.partition, ":iam::", account, ":", arn])
        return arn

    declared.add(
        AwsRole(
            name=role_name,
            arn=concat(["arn:", instance.partition, ":iam::", account, ":role", RESERVED_PATH, path, role_name]),
            account=account,
            trust=None,
            place=instance.place,
            unit=unit,
            ref=declared.ref(instance, f"in {key(account)}"),
            boundary=in_account(assigned.boundary),
            tags=declared.tags(instance),
            path=concat([RESERVED_PATH, path]),
            kind="permission_set",
            longest_session=seconds(instance, "session_duration"),
        )
    )
    for policy, arn, place in assigned.policies:
        declared.add(
            Attachment(Layer.IDENTITY, "role", role_name, account, place, unit, policy, None if policy else in_account(arn))
        )


def later(instance: Instance, declared: Declared) -> None:
    """Leave an instance to `permission_sets`, which reads all of them together."""


READERS = {
    ("managed", "aws_identitystore_group"): group,
    ("data", "aws_identitystore_group"): group,
    ("managed", "aws_identitystore_user"): user,
    ("data", "aws_identitystore_user"): user,
    ("managed", "aws_identitystore_group_membership"): membership,
    ("managed", "aws_ssoadmin_permission_set"): later,
    ("data", "aws_ssoadmin_permission_set"): later,
    ("managed", "aws_ssoadmin_permission_set_inline_policy"): later,
    ("managed", "aws_ssoadmin_managed_policy_attachment"): later,
    ("managed", "aws_ssoadmin_customer_managed_policy_attachment"): later,
    ("managed", "aws_ssoadmin_permissions_boundary_attachment"): later,
    ("managed", "aws_ssoadmin_managed_policy_attachments_exclusive"): later,
    ("managed", "aws_ssoadmin_customer_managed_policy_attachments_exclusive"): later,
    ("managed", "aws_ssoadmin_account_assignment"): later,
}
