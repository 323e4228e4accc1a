"""Widely used modules that are not in the repository: what their inputs declare."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, document, shown

from iamlint.model.aws import AwsRole, PermissionSetAssignment
from iamlint.model.identity import Group, Membership, Person
from iamlint.model.policy import Attachment, Policy
from iamlint.parse.terraform.adapters import MAKERS, adapter_of


@pytest.mark.parametrize(
    "source",
    [
        "cloudposse/sso/aws//modules/account-assignments",
        "registry.terraform.io/cloudposse/sso/aws//modules/account-assignments",
        "github.com/cloudposse/terraform-aws-sso//modules/account-assignments?ref=1.2.0",
        "git::https://github.com/cloudposse/terraform-aws-sso.git//modules/account-assignments?ref=tags/1.2.0",
        "git@github.com:cloudposse/terraform-aws-sso.git//modules/permission-sets",
        "aws-ia/iam-identity-center/aws",
        "terraform-aws-modules/iam/aws//modules/iam-assumable-role",
        "github.com/terraform-aws-modules/terraform-aws-iam//modules/iam-assumable-role?ref=de95e21a3bc51cd3a44b3b95a4c2f61000649ebb",
    ],
)
def test_sources_of_known_modules(source: str) -> None:
    assert adapter_of(source) is not None


@pytest.mark.parametrize(
    "source",
    [
        "acme/sso/aws//modules/account-assignments",
        "terraform-aws-modules/iam/aws",
        "cloudposse/label/null",
        "s3::https://x/y.zip",
    ],
)
def test_sources_of_other_modules(source: str) -> None:
    assert adapter_of(source) is None


def test_every_maker_has_a_file() -> None:
    assert set(MAKERS.values()) == {
        "terraform_aws_modules_iam",
        "cloudposse_sso",
        "cloudposse_iam",
        "cloudposse_eks",
        "aws_ia_identity_center",
    }


def test_cloudposse_permission_sets_and_assignments() -> None:
    root = Root("""
        module "sets" {
          source = "cloudposse/sso/aws//modules/permission-sets"
          permission_sets = [{
            name               = "Reader"
            inline_policy      = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }] })
            policy_attachments = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
          }]
        }
        module "assignments" {
          source = "cloudposse/sso/aws//modules/account-assignments"
          account_assignments = [{
            account             = "222222222222"
            permission_set_arn  = module.sets.permission_sets["Reader"].arn
            permission_set_name = "Reader"
            principal_type      = "GROUP"
            principal_name      = "eng-checkout"
          }]
        }
        """)
    assignment = root.one(PermissionSetAssignment)
    assert (shown(assignment.permission_set), shown(assignment.account), assignment.principal_kind) == (
        "Reader",
        "222222222222",
        "group",
    )
    group = root.one(Group)
    assert (group.name, group.declared) == ("eng-checkout", False)
    assert shown(assignment.principal) in shown(group.ids)
    role = root.one(AwsRole)
    assert shown(role.name).startswith("AWSReservedSSO_Reader_")
    assert [shown(one.policy_arn) for one in root.all(Attachment)] == [None, "arn:aws:iam::aws:policy/ReadOnlyAccess"]
    assert document(root.one(Policy))["Statement"][0]["Action"] == "s3:Get*"
    assert root.written(assignment.place) == 'module "assignments"'
    assert root.facts.unresolved == []


def test_aws_ia_identity_center() -> None:
    root = Root("""
        module "center" {
          source     = "aws-ia/iam-identity-center/aws"
          sso_groups = { Admin = { group_name = "Admin", group_description = "administrators" } }
          sso_users  = { bob = { user_name = "bob", group_membership = ["Admin"], email = "bob@acme.example" } }
          permission_sets = {
            AdministratorAccess = { aws_managed_policies = ["arn:aws:iam::aws:policy/AdministratorAccess"] }
          }
          account_assignments = {
            Admin = {
              principal_name  = "Admin"
              principal_type  = "GROUP"
              principal_idp   = "INTERNAL"
              permission_sets = ["AdministratorAccess"]
              account_ids     = ["222222222222", "333333333333"]
            }
            Okta = {
              principal_name  = "eng"
              principal_type  = "GROUP"
              principal_idp   = "EXTERNAL"
              permission_sets = ["AdministratorAccess"]
              account_ids     = ["222222222222"]
            }
          }
        }
        """)
    groups = {shown(one): group.name for group in root.all(Group) for one in group.ids}
    assert sorted(
        (groups[shown(one.principal)], one.account, one.permission_set) for one in root.all(PermissionSetAssignment)
    ) == [
        ("Admin", "222222222222", "AdministratorAccess"),
        ("Admin", "333333333333", "AdministratorAccess"),
        ("eng", "222222222222", "AdministratorAccess"),
    ]
    assert root.one(Person).email == "bob@acme.example"
    assert groups[shown(root.one(Membership).group)] == "Admin"
    assert len(root.all(Attachment)) == 2
    assert root.facts.unresolved == []


def test_terraform_aws_modules_iam() -> None:
    root = Root("""
        module "policy" {
          source = "terraform-aws-modules/iam/aws//modules/iam-policy"
          name   = "p"
          policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
        }
        module "role" {
          source                  = "terraform-aws-modules/iam/aws//modules/iam-assumable-role"
          create_role             = true
          role_name               = "app"
          role_requires_mfa       = false
          trusted_role_arns       = ["arn:aws:iam::222222222222:root"]
          role_sts_externalid     = "x-1"
          custom_role_policy_arns = [module.policy.arn]
          attach_readonly_policy  = true
        }
        module "none" {
          source    = "terraform-aws-modules/iam/aws//modules/iam-assumable-role"
          role_name = "none"
        }
        module "service" {
          source                = "terraform-aws-modules/iam/aws//modules/iam-assumable-role"
          create_role           = true
          role_name             = "service"
          role_requires_mfa     = false
          trusted_role_services = ["drt.shield.amazonaws.com"]
        }
        module "github" {
          source   = "terraform-aws-modules/iam/aws//modules/iam-github-oidc-role"
          name     = "ci"
          subjects = ["acme/app:ref:refs/heads/main", "repo:acme/lib:*"]
          policies = { read = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
        }
        """)
    roles = {role.name: role for role in root.all(AwsRole)}
    assert sorted(map(str, roles)) == ["app", "ci", "service"]
    assert document(roles["service"].trust)["Statement"] == [
        {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": ["drt.shield.amazonaws.com"]}}
    ]
    assert document(roles["app"].trust)["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Principal": {"AWS": ["arn:aws:iam::222222222222:root"]},
            "Condition": {"StringEquals": {"sts:ExternalId": ["x-1"]}},
        }
    ]
    conditions = document(roles["ci"].trust)["Statement"][0]["Condition"]
    assert conditions["StringLike"] == {
        "token.actions.githubusercontent.com:sub": ["repo:acme/app:ref:refs/heads/main", "repo:acme/lib:*"]
    }
    assert sorted((str(one.target), shown(one.policy_arn)) for one in root.all(Attachment)) == [
        ("app", "arn:aws:iam::111111111111:policy/p"),
        ("app", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("ci", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ]
    assert root.facts.unresolved == []


def test_unknown_inputs_stay_unknown() -> None:
    root = Root("""
        variable "assignments" {}
        module "assignments" {
          source              = "cloudposse/sso/aws//modules/account-assignments"
          account_assignments = var.assignments
        }
        """)
    assert (
        "how many instances `aws_ssoadmin_account_assignment.this` has is not known: the variable `assignments` has no default"
        in [line.reason for line in root.facts.unresolved]
    )
