"""`awscc_*`: what CloudFormation's readers make of resources of AWS Cloud Control, with the places of Terraform."""

from __future__ import annotations

import json
from typing import Any

import pytest
from unit.parse.terraform.roots import ACCOUNT, Root, document, shown

from iamlint.model.aws import (
    AwsResource,
    AwsRole,
    InstanceProfile,
)
from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind
from iamlint.parse.cloudformation.reader import parse_template
from iamlint.parse.context import Context
from iamlint.parse.terraform.cloud_control import attribute_name, types
from iamlint.source.place import Origin, Place
from iamlint.source.value import key

NAMES = [
    ("AssumeRolePolicyDocument", "assume_role_policy_document"), ("ManagedPolicyArns", "managed_policy_arns"),
    ("TableBucketARN", "table_bucket_arn"), ("VPCOptions", "vpc_options"), ("GcpMySQLSettings", "gcp_my_sql_settings"),
    ("S3AccessPoint", "s3_access_point"), ("Ipv6Addresses", "ipv_6_addresses"), ("NotificationARNs", "notification_ar_ns"),
    ("CloudFormationProvisionedProduct", "cloudformation_provisioned_product"), ("AWSKMSKeyARN", "awskms_key_arn"),
    ("UsernameAttributes", "username_attributes"), ("DomainNameV2", "domain_name_v2"), ("CNAMEs", "cnames"),
    ("OIDCProvider", "oidc_provider"), ("Url", "url"), ("s3BackupMode", "s_3_backup_mode"),
]  # fmt: skip


@pytest.mark.parametrize(("property_", "attribute"), NAMES)
def test_names_are_made_as_the_provider_makes_them(property_: str, attribute: str) -> None:
    assert attribute_name(property_) == attribute


def test_types() -> None:
    assert types()["awscc_iam_oidc_provider"] == "AWS::IAM::OIDCProvider"
    assert types()["awscc_s3_bucket_policy"] == "AWS::S3::BucketPolicy"
    assert types()["awscc_opensearchservice_domain"] == "AWS::OpenSearchService::Domain"
    assert types()["awscc_apigateway_rest_api"] == "AWS::ApiGateway::RestApi"
    assert not any(type_.startswith("AWS::Serverless") or name.startswith("awscc_serverless") for name, type_ in types().items())


ALLOWS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
OPEN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"}]}
ARN = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"
TEMPLATES: list[tuple[str, dict[str, Any]]] = [
    ("AWS::IAM::Role", {
        "RoleName": "r", "Path": "/a/", "AssumeRolePolicyDocument": OPEN, "MaxSessionDuration": 7200,
        "Policies": [{"PolicyName": "p", "PolicyDocument": ALLOWS}], "ManagedPolicyArns": ["arn:aws:iam::aws:policy/X"],
        "PermissionsBoundary": "arn:aws:iam::aws:policy/B", "Tags": [{"Key": "env", "Value": "prod"}],
    }),
    ("AWS::IAM::User", {"UserName": "u", "Groups": ["g"], "Policies": [{"PolicyName": "p", "PolicyDocument": ALLOWS}]}),
    ("AWS::IAM::Group", {"GroupName": "g", "ManagedPolicyArns": ["arn:aws:iam::aws:policy/X"]}),
    ("AWS::IAM::ManagedPolicy", {"ManagedPolicyName": "m", "PolicyDocument": ALLOWS, "Roles": ["r"], "Users": ["u"]}),
    ("AWS::IAM::RolePolicy", {"RoleName": "r", "PolicyName": "p", "PolicyDocument": ALLOWS}),
    ("AWS::IAM::UserPolicy", {"UserName": "u", "PolicyName": "p", "PolicyDocument": ALLOWS}),
    ("AWS::IAM::GroupPolicy", {"GroupName": "g", "PolicyName": "p", "PolicyDocument": ALLOWS}),
    ("AWS::IAM::InstanceProfile", {"InstanceProfileName": "i", "Roles": ["r"]}),
    ("AWS::IAM::OIDCProvider", {"Url": "https://token.example/", "ClientIdList": ["sts.amazonaws.com"]}),
    ("AWS::IAM::SAMLProvider", {"Name": "s", "SamlMetadataDocument": "<x/>"}),
    ("AWS::S3::Bucket", {"BucketName": "b", "PublicAccessBlockConfiguration": {"BlockPublicPolicy": True}}),
    ("AWS::S3::Bucket", {"BucketName": "b", "AccessControl": "PublicRead",
                         "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}}),
    ("AWS::S3::BucketPolicy", {"Bucket": "b", "PolicyDocument": OPEN}),
    ("AWS::S3::AccessPoint", {"Name": "a", "Bucket": "b", "Policy": OPEN}),
    ("AWS::SQS::Queue", {"QueueName": "q"}),
    ("AWS::SQS::QueueInlinePolicy", {"Queue": "https://sqs.eu-west-1.amazonaws.com/1/q", "PolicyDocument": OPEN}),
    ("AWS::SNS::Topic", {"TopicName": "t"}),
    ("AWS::SNS::TopicInlinePolicy", {"TopicArn": "arn:aws:sns:eu-west-1:1:t", "PolicyDocument": OPEN}),
    ("AWS::Lambda::Function", {"FunctionName": "f", "Role": f"arn:aws:iam::{ACCOUNT}:role/r", "Code": {"ZipFile": "x"}}),
    ("AWS::Lambda::LayerVersionPermission", {"LayerVersionArn": f"{ARN}:1", "Principal": "*", "Action": "lambda:GetLayerVersion",
                                             "OrganizationId": "o-1"}),
    ("AWS::SecretsManager::Secret", {"Name": "s"}),
    ("AWS::SecretsManager::ResourcePolicy", {"SecretId": "arn:aws:secretsmanager:eu-west-1:1:secret:s", "ResourcePolicy": OPEN}),
    ("AWS::SecretsManager::RotationSchedule", {"SecretId": "arn:aws:secretsmanager:eu-west-1:1:secret:s",
                                               "RotationRules": {"AutomaticallyAfterDays": 30}}),
    ("AWS::SSM::Parameter", {"Name": "/a/b", "Type": "String", "Value": "x", "Tags": {"Team": "x"}}),
    ("AWS::ECR::Repository", {"RepositoryName": "e", "RepositoryPolicyText": OPEN}),
    ("AWS::EKS::PodIdentityAssociation", {"Namespace": "n", "ServiceAccount": "s", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"}),
    ("AWS::RolesAnywhere::Profile", {"Name": "m", "RoleArns": [f"arn:aws:iam::{ACCOUNT}:role/r"], "Enabled": True}),
    ("AWS::Logs::ResourcePolicy", {"PolicyName": "l", "PolicyDocument": OPEN}),
    ("AWS::DynamoDB::Table", {
        "TableName": "d", "ResourcePolicy": {"PolicyDocument": OPEN}, "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
    }),
    ("AWS::DynamoDB::GlobalTable", {
        "TableName": "d", "Replicas": [{"Region": "eu-north-1", "ResourcePolicy": {"PolicyDocument": OPEN}}],
    }),
    ("AWS::Events::EventBusPolicy", {"EventBusName": "b", "StatementId": "x", "Statement": OPEN["Statement"][0]}),  # type: ignore[index]
    ("AWS::Events::EventBusPolicy", {"StatementId": "x", "Principal": "*", "Action": "events:PutEvents",
                                     "Condition": {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"}}),
    ("AWS::RAM::ResourceShare", {"Name": "s", "Principals": ["222222222222"], "ResourceArns": [ARN]}),
    ("AWS::S3Tables::TableBucketPolicy", {"TableBucketARN": "arn:aws:s3tables:eu-west-1:1:bucket/b", "ResourcePolicy": OPEN}),
    ("AWS::OpenSearchService::Domain", {"DomainName": "d", "AccessPolicies": OPEN}),
    ("AWS::OpenSearchService::Domain", {"DomainName": "d", "AccessPolicies": OPEN, "VPCOptions": {"SubnetIds": ["s"]}}),
    ("AWS::EC2::Instance", {"IamInstanceProfile": "i"}),
    ("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"IamInstanceProfile": {"Arn": "arn:aws:iam::1:instance-profile/i"}}}),
    ("AWS::ECS::TaskDefinition", {"Family": "t", "TaskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"}),
    ("AWS::EC2::VPCEndpoint", {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3", "PolicyDocument": OPEN}),
    ("AWS::MediaPackageV2::ChannelPolicy", {"ChannelGroupName": "g", "ChannelName": "c", "Policy": OPEN}),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "properties"), TEMPLATES, ids=[f"{type_}-{at}" for at, (type_, _) in enumerate(TEMPLATES)])
def test_the_same_facts_as_from_a_template(type_: str, properties: dict[str, Any]) -> None:
    template = {"Resources": {"X": {"Type": type_, "Properties": properties}}}
    context = Context("infra", account=ACCOUNT, region="eu-west-1")
    expected = parse_template(template, Origin("infra/stack.json"), context)
    name = next(name for name, known in types().items() if known == type_)
    written = json.dumps({"resource": {name: {"x": _attributes(properties)}}})
    root = Root("", {"infra/stack.tf.json": written})
    assert _facts(root.facts.items) == _facts(expected.items)
    assert root.facts.items
    assert root.facts.missed == []
    partly = [("what the share's permission allows is kept by AWS",)] if type_ == "AWS::RAM::ResourceShare" else []
    assert (root.facts.full, root.facts.partly) == (1 - len(partly), partly)


def _attributes(value: Any, *, named: bool = True) -> Any:
    """Return properties as the provider has them: attributes, with policies as JSON texts."""
    if isinstance(value, dict):
        if "Effect" in value or ("Statement" in value and "StatementId" not in value):
            return json.dumps(value)
        return {attribute_name(name) if named else name: _attributes(item, named=name != "Tags") for name, item in value.items()}
    return [_attributes(item) for item in value] if isinstance(value, list) else value


def _facts(items: list[Any]) -> list[Any]:
    return sorted(_shown(item) for item in items)


def _shown(item: Any) -> str:
    """Return a model value as text, without its place and without the names that are made of where it is declared."""
    if isinstance(item, Place):
        return ""
    if isinstance(item, Policy):
        return f"Policy{[item.kind.name, _named(item.name), document(item), item.arn and _named(item.arn)]}"
    if isinstance(item, tuple) and hasattr(item, "_fields"):
        hidden = ("place", "unit", "ref", "at")
        fields = [_shown(value) for name, value in zip(item._fields, item, strict=True) if name not in hidden]
        return f"{type(item).__name__}{fields}"
    if isinstance(item, (tuple, list)):
        return str([_shown(one) for one in item])
    if isinstance(item, dict):
        return str({name: _shown(one) for name, one in sorted(item.items())})
    return _named(item)


def _named(value: Any) -> str:
    """Return a value whose unknowns are named alike, whatever declares them."""
    import re

    shown = key(value) if not isinstance(value, (bool, int, type(None))) else str(value)
    return re.sub(r"⟨infra#[^⟩]*⟩", "⟨chosen⟩", shown).replace("awscc_ec2_vpc_endpoint.x", "X")


ROLES = """
    data "aws_iam_policy_document" "trust" {
      statement {
        actions = ["sts:AssumeRole"]
        principals {
          type        = "Service"
          identifiers = ["ec2.amazonaws.com"]
        }
      }
    }
    resource "awscc_iam_role" "app" {
      for_each                    = toset(["a", "b"])
      role_name                   = "app-${each.key}"
      assume_role_policy_document = data.aws_iam_policy_document.trust.json
      managed_policy_arns         = [awscc_iam_managed_policy.read.id, awscc_iam_managed_policy.read.policy_arn]
    }
    resource "awscc_iam_managed_policy" "read" {
      managed_policy_name = "read"
      policy_document = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "${awscc_s3_bucket.b.arn}/*" }]
      })
    }
    resource "awscc_s3_bucket" "b" {}
    resource "awscc_s3_bucket_policy" "b" {
      bucket          = awscc_s3_bucket.b.id
      policy_document = <<EOT
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Principal": {"AWS": "${awscc_iam_role.app["a"].arn}"}, "Action": "s3:PutObject", "Resource": "${awscc_s3_bucket.b.arn}/*"}
        ]}
      EOT
    }
    resource "awscc_iam_instance_profile" "app" {
      instance_profile_name = "app"
      roles                 = [awscc_iam_role.app["a"].role_name]
    }
"""


def test_references_and_places() -> None:
    root = Root(ROLES)
    assert shown([role.arn for role in root.all(AwsRole)]) == [f"arn:aws:iam::{ACCOUNT}:role/app-{one}" for one in "ab"]
    attached = [item for item in root.all(Attachment) if item.policy_arn is not None]
    assert {key(item.policy_arn) for item in attached if item.policy_arn} == {f"arn:aws:iam::{ACCOUNT}:policy/read"}
    assert [root.written(item.place) for item in attached[:2]] == [
        "awscc_iam_managed_policy.read.id", "awscc_iam_managed_policy.read.policy_arn",
    ]  # fmt: skip
    trust, *_ = (policy for policy in root.all(Policy) if policy.kind is PolicyKind.TRUST)
    assert root.written(trust.origin.at(("Statement", 0, "Principal", "Service"))) == '"ec2.amazonaws.com"'
    managed = next(policy for policy in root.all(Policy) if policy.kind is PolicyKind.IDENTITY)
    assert root.at(managed.origin.at(("Statement", 0, "Action"))) == 'infra/main.tf:20:47 "s3:GetObject"'
    bucket, policy = root.one(AwsResource), next(one for one in root.all(Policy) if one.kind is PolicyKind.RESOURCE)
    (attachment,) = (item for item in root.all(Attachment) if item.layer is Layer.RESOURCE)
    assert key(bucket.arn) == key(attachment.target) == "arn:aws:s3:::⟨infra#awscc_s3_bucket.b.bucket_name⟩"
    assert document(policy)["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app-a"}
    assert root.written(policy.origin.at(("Statement", 0, "Action"))) == '"s3:PutObject"'
    assert shown(root.one(InstanceProfile).role) == "app-a"
    assert root.facts.missed == root.facts.partly == []


def test_what_the_aws_provider_declares_beside_it() -> None:
    root = Root("""
        resource "awscc_iam_role" "r" {
          assume_role_policy_document = jsonencode({ Statement = [] })
        }
        resource "aws_iam_role_policy_attachment" "r" {
          role       = awscc_iam_role.r.role_name
          policy_arn = "arn:aws:iam::aws:policy/X"
        }
        resource "aws_kms_grant" "g" {
          key_id            = awscc_kms_key.k.key_id
          grantee_principal = awscc_iam_role.r.arn
          operations        = ["Decrypt"]
        }
        resource "awscc_kms_key" "k" {}
        resource "aws_kms_key_policy" "k" {
          key_id = awscc_kms_key.k.id
          policy = jsonencode({ Statement = [] })
        }
    """)
    assert shown(root.one(AwsRole).name) == "⟨infra#awscc_iam_role.r.role_name⟩"
    assert {shown(one.target) for one in root.all(Attachment)} == {
        "⟨infra#awscc_iam_role.r.role_name⟩", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/⟨infra#awscc_kms_key.k.key_id⟩",
    }  # fmt: skip
    assert shown(root.one(AwsResource).arn) == f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/⟨infra#awscc_kms_key.k.key_id⟩"


def test_a_document_within_a_text() -> None:
    root = Root("""
        data "aws_iam_policy_document" "d" {
          statement {
            actions   = ["s3:*"]
            resources = ["*"]
          }
        }
        resource "awscc_iam_role_policy" "p" {
          role_name       = "r"
          policy_name     = "p"
          policy_document = jsonencode(data.aws_iam_policy_document.d.json)
        }
    """)
    policy = root.one(Policy)
    assert document(policy)["Statement"][0]["Action"] == "s3:*"
    assert root.written(policy.origin.at(("Statement", 0, "Action"))) == '"s3:*"'


@pytest.mark.parametrize(
    ("written", "missing"),
    [("var.document", "the variable `document` has no default"), ('"{"', None), ('""', None), ("null", None)],
)
def test_documents_that_are_not_known(written: str, missing: str | None) -> None:
    root = Root(f"""
        variable "document" {{}}
        resource "awscc_iam_role" "r" {{
          role_name                   = "r"
          assume_role_policy_document = {written}
          policies                    = [{{ policy_name = "p", policy_document = {written} }}]
        }}
    """)
    assert root.one(AwsRole).name == "r"
    assert any(missing in line.reason for line in root.facts.unresolved) if missing else not root.facts.unresolved
    assert len(root.facts.partly) == (1 if missing else 0)
    assert ([problem.id for problem in root.facts.problems] == ["IL002", "IL002"]) is (written == '"{"')


def test_policies_that_are_not_known_make_a_role_known_in_part() -> None:
    root = Root("""
        variable "policies" {}
        resource "awscc_iam_role" "r" {
          role_name                   = "r"
          assume_role_policy_document = jsonencode({ Statement = [] })
          policies                    = var.policies
        }
    """)
    reason = "the inline policies of `awscc_iam_role.r` are not known: the variable `policies` has no default"
    assert root.facts.partly == [(reason,)]
    assert [root.written(line.at) for line in root.facts.unresolved if line.reason == reason] != []


@pytest.mark.parametrize(
    ("resource", "attribute", "arn"),
    [
        ('"awscc_rolesanywhere_trust_anchor" "x" {}', "trust_anchor_arn", ":rolesanywhere:eu-west-1:{}:trust-anchor/⟨infra#awscc_rolesanywhere_trust_anchor.x.trust_anchor_id⟩"),
        ('"awscc_events_rule" "x" { name = "r" }', "arn", ":events:eu-west-1:{}:rule/⟨infra#awscc_events_rule.x.bus⟩r"),
        ('"awscc_timestream_table" "x" {\ndatabase_name = "d"\ntable_name = "t"\n}', "arn", ":timestream:eu-west-1:{}:database/d/table/t"),
        ('"awscc_dynamodb_table" "x" { table_name = "t" }', "stream_arn", ":dynamodb:eu-west-1:{}:table/t/stream/⟨infra#awscc_dynamodb_table.x.stream_arn⟩"),
        ('"awscc_sqs_queue" "x" { queue_name = "q" }', "queue_url", "https://sqs.eu-west-1.amazonaws.com/{}/q"),
    ],
)  # fmt: skip
def test_arns_of_types_that_only_policies_name(resource: str, attribute: str, arn: str) -> None:
    root = Root(f"""
        resource {resource}
        resource "awscc_iam_managed_policy" "p" {{
          managed_policy_name = "p"
          policy_document = jsonencode({{
            Version   = "2012-10-17"
            Statement = [{{ Effect = "Allow", Action = "*", Resource = {resource.split('"')[1]}.x.{attribute} }}]
          }})
        }}
    """)
    (found,) = root.one(Policy).statements[0].resources or ()
    assert shown(found) == arn.format(ACCOUNT) if arn.startswith("http") else shown(found) == "arn:aws" + arn.format(ACCOUNT)
