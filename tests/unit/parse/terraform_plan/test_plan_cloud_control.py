"""Plans with resources of AWS Cloud Control, whose provider takes everything for computed that nobody writes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from unit.parse.terraform_plan.test_plan import change, plan, read, resource

from iamlint.model.aws import AwsResource, AwsRole
from iamlint.model.buckets import PublicAccessBlock
from iamlint.model.policy import Attachment, Policy
from iamlint.source.value import key

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
MAIN = """resource "awscc_iam_role" "app" {
  role_name                   = "app"
  assume_role_policy_document = jsonencode({ Version = "2012-10-17", Statement = [] })
  policies                    = [{ policy_name = "p", policy_document = jsonencode(local.document) }]
}
locals {
  document = { Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] }
}
resource "awscc_s3_bucket" "b" {
  bucket_name                       = "b"
  public_access_block_configuration = { block_public_policy = true }
}
"""
ROLE = change(
    "awscc_iam_role.app",
    {
        "role_name": "app",
        "assume_role_policy_document": '{"Version":"2012-10-17","Statement":[]}',
        "policies": [{"policy_name": "p", "policy_document": json.dumps(DOCUMENT)}],
    },
    {"arn": True, "id": True, "role_id": True, "managed_policy_arns": True, "path": True, "permissions_boundary": True,
     "max_session_duration": True, "tags": True, "policies": [{}]},
)  # fmt: skip
BUCKET = change(
    "awscc_s3_bucket.b",
    {"bucket_name": "b", "public_access_block_configuration": {"block_public_policy": True}},
    {"arn": True, "id": True, "access_control": True, "public_access_block_configuration":
     {"block_public_acls": True, "ignore_public_acls": True, "restrict_public_buckets": True}},
)  # fmt: skip
EXPRESSIONS: list[dict[str, Any]] = [
    resource("awscc_iam_role.app", "awscc", role_name={"constant_value": "app"}, assume_role_policy_document={}, policies={}),
    resource("awscc_s3_bucket.b", "awscc", bucket_name={"constant_value": "b"}, public_access_block_configuration={}),
]
PROVIDER = {
    "awscc": {
        "name": "awscc",
        "full_name": "registry.terraform.io/hashicorp/awscc",
        "expressions": {"assume_role": {"constant_value": {"role_arn": "arn:aws:iam::222222222222:role/deploy"}}},
    }
}


@pytest.mark.parametrize("beside", [True, False])
def test_a_plan_of_cloud_control(beside: bool) -> None:
    configuration = {"provider_config": PROVIDER, "root_module": {"resources": EXPRESSIONS}}
    text = plan(ROLE, BUCKET, configuration=configuration)
    files = {"infra/plan.json": text, **({"infra/main.tf": MAIN} if beside else {})}
    facts = read(files, plans={"infra/plan.json": "infra"} if beside else None)
    (role,) = (item for item in facts.items if isinstance(item, AwsRole))
    assert (role.boundary, dict(role.tags or {})) == (None, {})
    if not beside:
        assert key(role.arn) == "arn:aws:iam::222222222222:role/app"
    (attachment,) = (item for item in facts.items if isinstance(item, Attachment))
    assert (attachment.target, attachment.policy_arn) == ("app", None)
    policies = [item for item in facts.items if isinstance(item, Policy)]
    assert DOCUMENT in [policy.document for policy in policies]
    assert {policy.origin.at(("Statement",)).path for policy in policies} == {"infra/main.tf" if beside else "infra/plan.json"}
    (block,) = (item for item in facts.items if isinstance(item, PublicAccessBlock))
    if beside:
        assert (block[1], block[2]) == (True, False)
    assert not [line for line in facts.unresolved if "account" not in line.reason]


def test_a_state_of_cloud_control() -> None:
    text = json.dumps(DOCUMENT)
    attributes = {
        "awscc_iam_role": {
            "arn": "arn:aws:iam::333333333333:role/r", "id": "r", "role_name": "r", "assume_role_policy_document": text,
            "policies": [{"policy_name": "p", "policy_document": text}], "managed_policy_arns": None,
            "tags": [{"key": "env", "value": "prod"}], "path": "/", "permissions_boundary": None,
        },
        "awscc_kms_key": {"id": "1234", "key_id": "1234", "arn": "arn:aws:kms:eu-west-1:333333333333:key/1234", "key_policy": text},
    }  # fmt: skip
    resources = [
        {"mode": "managed", "type": type_, "name": "x", "provider": 'provider["registry.terraform.io/hashicorp/awscc"]',
         "instances": [{"schema_version": 1, "attributes": held}]}
        for type_, held in attributes.items()
    ]  # fmt: skip
    state = {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "outputs": {}, "resources": resources}
    facts = read({"infra/terraform.tfstate": json.dumps(state)}, explicit=("infra/terraform.tfstate",))
    (role,) = (item for item in facts.items if isinstance(item, AwsRole))
    assert (role.arn, dict(role.tags or {})) == ("arn:aws:iam::333333333333:role/r", {"env": "prod"})
    (key_of,) = (item for item in facts.items if isinstance(item, AwsResource))
    assert key_of.arn == "arn:aws:kms:eu-west-1:333333333333:key/1234"
    assert (facts.full, facts.partly, facts.missed) == (2, [], [])
