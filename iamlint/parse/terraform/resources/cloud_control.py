"""`awscc_*`: resources of AWS Cloud Control, which are those of CloudFormation by other names, and read as those are."""

from __future__ import annotations

from iamlint.model.aws import OrganizationalUnit
from iamlint.model.identity import Membership
from iamlint.model.policy import Attachment
from iamlint.parse.terraform.attributes import not_in_repository, text, texts, written
from iamlint.parse.terraform.cloud_control import types
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources import aws_grants, aws_lambda, identity_center, organizations
from iamlint.parse.terraform.resources.declared import Declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.cloudformation.readers import Reader


def resource(instance: Instance, declared: Declared) -> None:
    """Add what a resource declares, as CloudFormation's readers have it, and the secrets that it holds."""
    type_ = types().get(instance.type)
    readers = _readers(type_) if type_ is not None else ()
    if type_ is not None and readers:
        from iamlint.parse.cloudformation.declared import Resource
        from iamlint.parse.terraform.resources.cloud_control_template import Added, template_of

        template = template_of(instance, declared)
        same = Resource(template, instance.address, template.resources[instance.address])
        added = Added(template, same, instance, declared)
        for reader in readers:
            reader(same, added)
    if type_ is None or not _is_read(type_):
        _policy_within(instance, declared)
    if type_ is not None:
        from iamlint.parse.terraform.resources.cloud_control_secrets import secrets

        secrets(instance, type_, declared)


def _is_read(type_: str) -> bool:
    from iamlint.parse.cloudformation.readers import reader_of

    return reader_of(type_) is not None


def _readers(type_: str) -> list[Reader]:
    """Return the readers of a type, without those of secrets: where a literal stands, Terraform tells in another way."""
    from iamlint.parse.cloudformation import compute, instances, readers

    found = (
        readers.READERS.get(type_) if type_ != "AWS::KinesisFirehose::DeliveryStream" else None,
        compute.compute if type_ in compute.TYPES else None,
        instances.BESIDE.get(type_),
    )
    return [reader for reader in found if reader is not None]


def _policy_within(instance: Instance, declared: Declared) -> None:
    """Say that a resource whose type is not read has a policy in it."""
    from iamlint.parse.cloudformation.elsewhere import policy_within
    from iamlint.parse.terraform.located import plain
    from iamlint.parse.terraform.tree_origin import TreeOrigin

    route = policy_within(plain(instance.body))
    if route is not None:
        what = f"what `{instance.address}` (`{instance.type}`) does with the policy that stands in it is not known"
        declared.note(what, TreeOrigin(instance.body).at(route))


def control_policy(instance: Instance, declared: Declared) -> None:
    """Add a control policy and attach it to its targets."""
    before = len(declared.facts.items)
    organizations.policy(instance, declared)
    for policy in declared.facts.items[before:]:
        for target, place in texts(instance, "target_ids"):
            layer, kind = organizations.layer_of(instance), organizations.target_kind(target, declared)
            declared.add(Attachment(layer, kind, target, instance.account, place, declared.unit, policy))


def account(instance: Instance, declared: Declared) -> None:
    """Add an account of the organization."""
    parents = texts(instance, "parent_ids")
    organizations.add_account(instance, declared, parents[0][0] if parents else None, "account_")


def organizational_unit(instance: Instance, declared: Declared) -> None:
    """Add an organizational unit: what governs it governs the accounts in it."""
    own = text(instance, "id") or not_in_repository(instance, declared.unit, "id")
    declared.add(OrganizationalUnit(own, text(instance, "name"), text(instance, "parent_id"), instance.place, declared.unit))


def membership(instance: Instance, declared: Declared) -> None:
    """Add a user to a group of Identity Center."""
    group_id, member = text(instance, "group_id"), written(instance, "member_id")
    user = None if member is None else text(member, "user_id") if isinstance(member.value, dict) else member.value
    if group_id is not None and user is not None:
        declared.add(Membership(identity_center.PROVIDER, group_id, user, "user", instance.place, declared.unit))


READERS = {
    ("managed", "*"): resource,
    ("managed", "awscc_organizations_policy"): control_policy,
    ("managed", "awscc_organizations_account"): account,
    ("managed", "awscc_organizations_organization"): organizations.organization,
    ("managed", "awscc_organizations_organizational_unit"): organizational_unit,
    ("managed", "awscc_identitystore_group"): identity_center.group,
    ("managed", "awscc_identitystore_group_membership"): membership,
    ("managed", "awscc_sso_permission_set"): identity_center.later,
    ("managed", "awscc_sso_assignment"): identity_center.later,
    ("managed", "awscc_lambda_permission"): aws_lambda.permission,
    ("managed", "awscc_cloudformation_stack"): aws_grants.template,
    ("managed", "awscc_cloudformation_stack_set"): aws_grants.template,
}
"""Where Terraform's own readers do, they read: joined with what the AWS provider declares beside it."""
