"""Cloud Posse's modules, by what their documentation says of inputs and outputs."""

from __future__ import annotations

from typing import Any

import pytest
from unit.parse.terraform.roots import Root, document, shown

from iamlint.iam.managed_policies import document as managed_policy
from iamlint.model.aws import AwsRole, AwsUser
from iamlint.model.policy import Policy


def label(inputs: str, output: str = "id", more: str = "") -> Any:
    """Return an output of a label, as the name of a user."""
    root = Root(f"""
        {more}
        module "label" {{
          source = "cloudposse/label/null"
          {inputs}
        }}
        resource "aws_iam_user" "it" {{ name = jsonencode(module.label.{output}) }}
    """)
    assert [line.reason for line in root.facts.unresolved if line.reason.startswith("module ")] == []
    return shown(root.one(AwsUser).name)


@pytest.mark.parametrize(
    ("inputs", "name"),
    [
        # The examples of the module's own documentation.
        ('namespace = "eg", stage = "prod", name = "bastion", attributes = ["public"], delimiter = "-"', "eg-prod-bastion-public"),
        ('namespace = "eg", stage = "prod", name = "app"', "eg-prod-app"),
        ('namespace = "CloudPosse", environment = "UAT", stage = "build", name = "Winston Churchroom", attributes = ["fire", "water"]',
         "cloudposse-uat-build-winstonchurchroom-fire-water"),
        ('name = "Starfish", stage = "release", label_order = ["name", "environment", "stage", "attributes"], label_value_case = "title"',
         "Starfish-Release"),
        ('namespace = "eg", tenant = "core", name = "app"', "eg-app"),
        ('namespace = "eg", tenant = "core", name = "app", label_order = ["namespace", "tenant", "name"]', "eg-core-app"),
        ('name = "a_b", delimiter = ""', "ab"),
        ('name = "A.B", label_value_case = "none", regex_replace_chars = "/[^a-zA-Z.]/"', "A.B"),
        ('name = "app", enabled = false', ""),
        ('name = "app", attributes = ["x", "", "x", "Y"]', "app-x-y"),
        ('context = { namespace = "eg", name = "base", attributes = ["one"] }, name = "own", attributes = ["two"]', "eg-own-one-two"),
    ],
)  # fmt: skip
def test_names(inputs: str, name: str) -> None:
    import json

    assert label(_lines(inputs)) == json.dumps(name)


def _lines(inputs: str) -> str:
    """Return arguments on lines of their own: a comma ends one where no bracket is open."""
    lines, depth = [""], 0
    for character in inputs:
        depth += (character in "[{") - (character in "]}")
        if character == "," and depth == 0:
            lines.append("")
        else:
            lines[-1] += character
    return "\n".join(lines)


def test_a_name_within_its_limit() -> None:
    short = label('namespace = "eg"\nname = "a-rather-long-name"\nid_length_limit = 15')
    assert len(short) == 17  # with its quotes
    assert short.startswith('"eg-a-rath-')
    assert label('namespace = "eg"\nname = "short"\nid_length_limit = 15') == '"eg-short"'


def test_a_word_that_is_not_known_takes_its_delimiter_with_it() -> None:
    name = label('namespace = "eg"\nstage = var.stage\nname = "app"', more='variable "stage" {}')
    assert name.startswith('"eg-⟨')
    assert name.endswith('⟩app"')


def test_tags_and_context() -> None:
    import json

    tags = json.loads(label('namespace = "eg"\nstage = "prod"\nname = "app"\ntags = { Team = "checkout" }', "tags"))
    assert tags == {"Namespace": "eg", "Stage": "prod", "Name": "eg-prod-app", "Team": "checkout"}
    first = 'module "first" {\n source = "cloudposse/label/null"\n namespace = "eg"\n stage = "prod"\n tags = { Team = "a" }\n }'
    assert label('context = module.first.context\nname = "app"', more=first) == '"eg-prod-app"'
    tags = json.loads(label('context = module.first.context\nname = "app"', "tags", more=first))
    assert tags["Team"] == "a"


def test_policy() -> None:
    root = Root("""
        module "policy" {
          source             = "cloudposse/iam-policy/aws"
          version            = "2.0.1"
          iam_policy_enabled = true
          namespace          = "eg"
          name               = "reader"
          iam_policy = [{
            version   = "2012-10-17"
            policy_id = "example"
            statements = [{
              sid        = "Read"
              effect     = "Allow"
              actions    = ["s3:GetObject"]
              resources  = ["arn:aws:s3:::b/*"]
              conditions = [{ test = "Bool", variable = "aws:SecureTransport", values = ["true"] }]
            }]
          }]
        }
        resource "aws_iam_role_policy" "copy" {
          role   = "app"
          policy = module.policy.json
        }
    """)
    statement = {
        "Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
        "Condition": {"Bool": {"aws:SecureTransport": "true"}},
    }  # fmt: skip
    policies = sorted(root.all(Policy), key=lambda policy: shown(policy.name))
    assert [shown(policy.name) for policy in policies] == ["eg-reader", "⟨infra#aws_iam_role_policy.copy.name⟩"]
    for policy in policies:
        assert document(policy)["Statement"] in (statement, [statement])


@pytest.mark.parametrize(
    "statements",
    [
        '{ Read = { effect = "Allow", actions = ["s3:GetObject"], resources = ["*"] } }',
        '[{ sid = "Read", effect = "Allow", actions = ["s3:GetObject"], resources = ["*"] }]',
    ],
)
def test_policy_by_statements(statements: str) -> None:
    root = Root(f"""
        module "policy" {{
          source                = "git::https://github.com/cloudposse/terraform-aws-iam-policy.git?ref=tags/0.4.0"
          iam_policy_statements = {statements}
        }}
        resource "aws_iam_role_policy" "copy" {{
          role   = "app"
          policy = module.policy.json
        }}
    """)
    written = document(root.one(Policy))["Statement"]
    written = written[0] if isinstance(written, list) else written
    assert (written["Action"], written["Resource"]) == ("s3:GetObject", "*")


def test_role() -> None:
    root = Root("""
        data "aws_iam_policy_document" "read" {
          statement {
            actions   = ["s3:GetObject"]
            resources = ["*"]
          }
        }
        module "role" {
          source                = "cloudposse/iam-role/aws"
          namespace             = "eg"
          stage                 = "prod"
          name                  = "app"
          principals            = { Service = ["ec2.amazonaws.com"] }
          policy_documents      = [data.aws_iam_policy_document.read.json]
          policy_document_count = 1
          managed_policy_arns   = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
        }
        resource "aws_iam_user" "arn" { name = module.role.arn }
    """)
    assert root.one(AwsRole).name == "eg-prod-app"
    assert root.one(AwsUser).name == "arn:aws:iam::111111111111:role/eg-prod-app"
    kinds = {policy.kind.value: document(policy) for policy in root.all(Policy)}
    trust = kinds["trust"]["Statement"]
    trust = trust[0] if isinstance(trust, list) else trust
    assert trust["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert sorted(trust["Action"]) == ["sts:AssumeRole", "sts:TagSession"]
    assert "s3:GetObject" in str(kinds["identity"])


def test_role_of_a_service_account() -> None:
    root = Root("""
        module "role" {
          source                      = "cloudposse/eks-iam-role/aws"
          name                        = "reader"
          eks_cluster_oidc_issuer_url = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC"
          service_account_name        = "app"
          service_account_namespace   = "shop"
          aws_iam_policy_document     = [jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }] })]
        }
    """)
    role = root.one(AwsRole)
    assert role.name == "reader-app@shop"
    trust = next(document(policy) for policy in root.all(Policy) if policy.kind.value == "trust")["Statement"]
    trust = trust[0] if isinstance(trust, list) else trust
    assert trust["Principal"]["Federated"] == "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"
    assert trust["Condition"] == {
        "StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:shop:app"}
    }


def test_the_text_of_a_policy_that_aws_keeps() -> None:
    root = Root(
        """
        data "aws_iam_policy" "support" { arn = "arn:aws:iam::aws:policy/AWSSupportAccess" }
        data "aws_iam_policy_document" "more" {
          source_policy_documents = [data.aws_iam_policy.support.policy]
          statement {
            actions   = ["s3:GetObject"]
            resources = ["*"]
          }
        }
        resource "aws_iam_policy" "support" {
          name   = "support"
          policy = data.aws_iam_policy_document.more.json
        }
        """,
        managed_policy=managed_policy,
    )
    text = str(document(root.one(Policy)))
    assert "support:*" in text
    assert "s3:GetObject" in text
