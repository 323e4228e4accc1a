"""Widely used modules that are not in the repository: what their inputs declare."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, document, shown

from iamlint.model.aws import AwsRole, PermissionSetAssignment
from iamlint.model.identity import Group, Membership, Person
from iamlint.model.policy import Attachment, Policy
from iamlint.parse.terraform.adapters import MAKERS, adapter_of
from iamlint.source.value import Unknown


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
        "terraform_aws_modules_arns",
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


CALLED = """
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
}
provider "aws" {
  alias               = "other"
  region              = "us-east-1"
  allowed_account_ids = ["222222222222"]
}
module "it" {
  source = "SOURCE"
  INPUTS
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = OUTPUT }] })
}
"""


@pytest.mark.parametrize(
    ("name", "inputs", "output", "expected"),
    [
        ("kms", "", "module.it.key_arn", "arn:aws:kms:eu-west-1:111111111111:key/⟨infra#module.it.aws_kms_key.this[0].key_id⟩"),
        ("kms", "providers = { aws = aws.other }", "module.it.key_arn",
         "arn:aws:kms:us-east-1:222222222222:key/⟨infra#module.it.aws_kms_key.this[0].key_id⟩"),
        ("kms", 'for_each = toset(["a"])', 'module.it["a"].key_arn',
         'arn:aws:kms:eu-west-1:111111111111:key/⟨infra#module.it["a"].aws_kms_key.this[0].key_id⟩'),
        ("s3-bucket", 'bucket = "b"', "module.it.s3_bucket_arn", "arn:aws:s3:::b"),
        ("s3-bucket", 'bucket_prefix = "b-"', "module.it.s3_bucket_id", "b-⟨infra#module.it.aws_s3_bucket.this[0].bucket⟩"),
        ("s3-bucket", 'bucket = "b"\n  bucket_namespace = "account-regional"', "module.it.s3_bucket_id",
         "⟨infra#module.it.aws_s3_bucket.this[0].bucket⟩"),
        ("lambda", 'function_name = "f"', "module.it.lambda_function_arn", "arn:aws:lambda:eu-west-1:111111111111:function:f"),
        ("secrets-manager", 'name = "s"', "module.it.secret_arn",
         "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-⟨infra#module.it.aws_secretsmanager_secret.this[0].arn suffix⟩"),
        ("sqs", 'name = "q"', "module.it.queue_arn", "arn:aws:sqs:eu-west-1:111111111111:q"),
        ("sqs", 'name = "q"\n  fifo_queue = true', "module.it.queue_arn", "arn:aws:sqs:eu-west-1:111111111111:q.fifo"),
        ("sns", 'name = "t"\n  region = "us-west-2"', "module.it.topic_arn", "arn:aws:sns:us-west-2:111111111111:t"),
        ("dynamodb-table", 'name = "d"', "module.it.dynamodb_table_arn", "arn:aws:dynamodb:eu-west-1:111111111111:table/d"),
        ("eks", 'cluster_name = "k"', "module.it.cluster_arn", "arn:aws:eks:eu-west-1:111111111111:cluster/k"),
        ("eks", 'name = "k"', "module.it.cluster_arn", "arn:aws:eks:eu-west-1:111111111111:cluster/k"),
        # what else such a module makes is not known, and no error that somebody may fall back from
        ("lambda", 'function_name = "f"', "module.it.lambda_role_arn", "⟨infra#module.it.lambda_role_arn⟩"),
        ("kms", "", 'try(module.it.aliases, "none")', None),
    ],
)  # fmt: skip
def test_modules_of_which_only_names_are_known(name: str, inputs: str, output: str, expected: str | None) -> None:
    source = f"terraform-aws-modules/{name}/aws"
    root = Root(CALLED.replace("SOURCE", source).replace("INPUTS", inputs).replace("OUTPUT", output))
    (policy,) = root.all(Policy)
    resource = policy.statements[0].resources[0]
    assert shown(resource) == expected if expected else isinstance(resource, Unknown)
    assert f"module `{source}` is not in the repository" in [line.reason for line in root.facts.unresolved]


def test_a_module_of_which_only_names_are_known_stands_in_the_coverage_wherever_it_is_called() -> None:
    inner = 'module "key" {\n  source = "terraform-aws-modules/kms/aws"\n}\n'
    root = Root('module "inner" {\n  source = "./inner"\n}\n', {"infra/inner/main.tf": inner})
    assert [line.reason for line in root.facts.unresolved] == ["module `terraform-aws-modules/kms/aws` is not in the repository"]
    assert root.facts.items == []
