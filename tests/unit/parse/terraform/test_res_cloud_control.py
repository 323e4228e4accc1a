"""`awscc_*`: what CloudFormation's readers make of resources of AWS Cloud Control, with the places of Terraform."""

from __future__ import annotations

import json
from typing import Any

import pytest
from unit.parse.terraform.roots import ACCOUNT, Root, document, shown

from iamlint.model.aws import (
    Account,
    AwsGroupMembership,
    AwsResource,
    AwsRole,
    AwsUser,
    FederationProvider,
    InstanceProfile,
    OrganizationalUnit,
    PermissionSet,
    PermissionSetAssignment,
)
from iamlint.model.buckets import PublicAccessBlock
from iamlint.model.compute import ComputeRole
from iamlint.model.identity import Group, Membership
from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.model.workload import RoleAssumption
from iamlint.parse.cloudformation import parse_template
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
    assert not any("serverless_" in name for name in types() if "redshift" not in name and "opensearch" not in name)


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


def test_accounts_of_providers() -> None:
    root = Root(
        """
        provider "awscc" {
          alias  = "other"
          region = "us-east-1"
          assume_role = {
            role_arn     = "arn:aws:iam::222222222222:role/deploy"
            session_name = "s"
          }
        }
        resource "awscc_sqs_queue" "here" { queue_name = "q" }
        resource "awscc_sqs_queue" "there" {
          provider   = awscc.other
          queue_name = "q"
        }
        """
    )
    assert shown([queue.arn for queue in root.all(AwsResource)]) == [
        f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q", "arn:aws:sqs:us-east-1:222222222222:q",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("aws", "awscc", "same"),
    [
        ("", "", True), ("", None, True), ('profile = "a"', 'profile = "a"', True), ('profile = "a"', 'profile = "b"', False),
        ('profile = "a"', "", False), ('profile = "a"', None, False),
    ],
)  # fmt: skip
def test_accounts_of_providers_with_the_same_credentials(aws: str, awscc: str | None, same: bool) -> None:
    from iamlint.source.value import Unknown

    root = Root(
        f"""
        provider "aws" {{
          allowed_account_ids = ["222222222222"]
          {aws}
        }}
        {"" if awscc is None else f'provider "awscc" {{ {awscc} }}'}
        resource "awscc_iam_role" "r" {{ role_name = "r" }}
        """,
        account=Unknown("the account is not in the repository", None, "account:infra"),
    )
    assert (root.one(AwsRole).account == "222222222222") is same


def test_the_account_is_said_to_be_missing_once() -> None:
    from iamlint.source.value import Unknown

    account = Unknown("the account is not in the repository", None, "account:infra")
    root = Root('resource "awscc_sqs_queue" "q" { queue_name = "q" }', account=account)
    assert [line.reason for line in root.facts.unresolved] == [account.reason]


SSO = """
    resource "awscc_sso_permission_set" "admin" {
      instance_arn     = "arn:aws:sso:::instance/ssoins-1"
      name             = "admin"
      session_duration = "PT2H"
      managed_policies = ["arn:aws:iam::aws:policy/AdministratorAccess"]
      inline_policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
      customer_managed_policy_references = [{ name = "own", path = "/x/" }]
      permissions_boundary = { customer_managed_policy_reference = { name = "limit" } }
    }
    resource "awscc_sso_assignment" "a" {
      instance_arn       = "arn:aws:sso:::instance/ssoins-1"
      permission_set_arn = awscc_sso_permission_set.admin.permission_set_arn
      principal_id       = awscc_identitystore_group.g.group_id
      principal_type     = "GROUP"
      target_id          = "333333333333"
      target_type        = "AWS_ACCOUNT"
    }
    resource "awscc_identitystore_group" "g" { display_name = "admins" }
    resource "awscc_identitystore_group_membership" "m" {
      group_id  = awscc_identitystore_group.g.group_id
      member_id = { user_id = aws_identitystore_user.u.user_id }
    }
    resource "aws_identitystore_user" "u" { user_name = "u" }
"""


@pytest.mark.parametrize("mixed", [False, True])
def test_identity_center(mixed: bool) -> None:
    root = Root(SSO.replace('"awscc_sso_assignment"', '"aws_ssoadmin_account_assignment"') if mixed else SSO)
    role = root.one(AwsRole)
    assert shown(role.name).startswith("AWSReservedSSO_admin_")
    assert (role.account, shown(role.boundary)) == ("333333333333", "arn:aws:iam::333333333333:policy/limit")
    assert role.longest_session is not None
    assert role.longest_session[0] == 7200
    attached = [item for item in root.all(Attachment) if item.layer is Layer.IDENTITY]
    assert [shown(item.policy_arn) for item in attached] == [
        None, "arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::333333333333:policy/x/own",
    ]  # fmt: skip
    assignment, group, member = root.one(PermissionSetAssignment), root.one(Group), root.one(Membership)
    assert (assignment.permission_set, assignment.account) == ("admin", "333333333333")
    assert key(assignment.principal) == key(member.group) == key(group.ids[0])
    assert root.one(PermissionSet).name == "admin"


def test_organizations() -> None:
    root = Root("""
        resource "awscc_organizations_organizational_unit" "prod" {
          name      = "prod"
          parent_id = "r-root"
        }
        resource "awscc_organizations_account" "a" {
          account_name = "a"
          email        = "a@example.com"
          parent_ids   = [awscc_organizations_organizational_unit.prod.id]
          tags         = [{ key = "env", value = "prod" }]
        }
        resource "awscc_organizations_policy" "p" {
          name       = "p"
          type       = "SERVICE_CONTROL_POLICY"
          content    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }] })
          target_ids = [awscc_organizations_organizational_unit.prod.id, awscc_organizations_account.a.account_id, "r-root"]
        }
        resource "awscc_organizations_policy" "tags" {
          name       = "t"
          type       = "TAG_POLICY"
          content    = jsonencode({})
          target_ids = ["r-root"]
        }
    """)
    unit, account = root.one(OrganizationalUnit), root.one(Account)
    assert key(account.parent or "") == key(unit.id)
    assert account.environment == "prod"
    attachments = root.all(Attachment)
    assert [(item.layer, item.target_kind) for item in attachments] == [
        (Layer.SCP, "ou"), (Layer.SCP, "account"), (Layer.SCP, "root"),
    ]  # fmt: skip
    assert [key(item.target) for item in attachments] == [key(unit.id), key(account.id), "r-root"]
    assert root.one(Policy).kind is PolicyKind.SCP


def test_lambda_permission_points_at_its_attributes() -> None:
    root = Root("""
        resource "awscc_lambda_function" "f" {
          function_name = "f"
          role          = awscc_iam_role.r.arn
        }
        resource "awscc_iam_role" "r" { role_name = "r" }
        resource "awscc_lambda_permission" "p" {
          action                   = "lambda:InvokeFunctionUrl"
          function_name            = awscc_lambda_function.f.arn
          principal                = "*"
          function_url_auth_type   = "NONE"
          invoked_via_function_url = true
        }
        resource "awscc_lambda_url" "u" {
          target_function_arn = awscc_lambda_function.f.arn
          auth_type           = "NONE"
        }
    """)
    policy = root.one(Policy)
    assert document(policy)["Statement"]["Condition"] == {
        "StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}, "Bool": {"lambda:InvokedViaFunctionUrl": True},
    }  # fmt: skip
    assert shown(root.one(Attachment).target) == f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"
    assert root.at(policy.origin.at(("Statement", "Principal"))) == 'infra/main.tf:9:30 "*"'
    assert shown(root.one(ComputeRole).role) == f"arn:aws:iam::{ACCOUNT}:role/r"


def test_statements_of_attributes_point_at_these() -> None:
    root = Root("""
        resource "awscc_events_event_bus_policy" "p" {
          statement_id = "x"
          action       = "events:PutEvents"
          principal    = "*"
        }
        resource "awscc_events_event_bus_policy" "q" {
          statement_id = "x"
          statement = jsonencode({
            Effect    = "Allow"
            Principal = "*"
            Action    = "events:PutRule"
            Resource  = "*"
          })
        }
    """)
    one, other = root.all(Policy)
    assert root.written(one.origin.at(("Statement", 0, "Principal"))) == '"*"'
    assert root.written(one.origin.at(("Statement", 0, "Effect"))).startswith("resource")
    assert root.written(other.origin.at(("Statement", 0, "Action"))) == '"events:PutRule"'


def test_secrets() -> None:
    root = Root(
        """
        variable "password" { default = "Vari4ble-Pa55word" }
        resource "awscc_iam_user" "u" {
          user_name     = "u"
          login_profile = { password = "Str0ng-Pa55word!" }
        }
        resource "awscc_rds_db_cluster" "d" { master_user_password = var.password }
        resource "awscc_rds_db_cluster" "e" { master_user_password = random_password.p.result }
        resource "random_password" "p" { length = 16 }
        resource "awscc_elasticache_user" "c" { passwords = ["Ca5he-Pa55word!", "Other-Pa55word!"] }
        resource "awscc_secretsmanager_secret" "s" { secret_string = jsonencode({ password = "In5ide-Pa55word" }) }
        resource "awscc_lambda_function" "f" {
          function_name = "f"
          role          = "r"
          environment   = { variables = { DB_PASSWORD = "Func7ion-Pa55word", HOST = "a-host-and-no-secret" } }
        }
        resource "awscc_elasticbeanstalk_environment" "b" {
          option_settings = [{ option_name = "DB_PASSWORD", value = "Bean5talk-Pa55word", namespace = "n" }]
        }
        resource "awscc_ecs_task_definition" "t" {
          family = "t"
          container_definitions = [{
            environment = [{ name = "DB_PASSWORD", value = "Ta5k-Pa55word-here" }]
          }]
        }
        resource "awscc_ec2_instance" "i" { user_data = base64encode("#!/bin/sh\\nexport DB_PASSWORD=5cript-Pa55word\\n") }
        provider "awscc" { secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz" }
        """
    )
    written = sorted(root.written(secret.at).strip('"') for secret in root.all(LiteralSecret))
    assert written == sorted([
        "Str0ng-Pa55word!", "Vari4ble-Pa55word", "Ca5he-Pa55word!", "Other-Pa55word!", "In5ide-Pa55word", "Func7ion-Pa55word",
        "Bean5talk-Pa55word", "Ta5k-Pa55word-here", "5cript-Pa55word", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz",
    ])  # fmt: skip


def test_tokens() -> None:
    root = Root("""
        resource "awscc_ecs_task_definition" "t" {
          family        = "t"
          task_role_arn = "arn:aws:iam::111111111111:role/t"
          container_definitions = [{
            secrets = [{ name = "LS_ACCESS_TOKEN", value_from = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ls-AbCdEf" }]
          }]
        }
        resource "awscc_kinesisfirehose_delivery_stream" "d" {
          delivery_stream_name = "d"
          http_endpoint_destination_configuration = {
            role_arn               = "arn:aws:iam::111111111111:role/d"
            endpoint_configuration = { url = "https://aws-kinesis-http-intake.logs.datadoghq.com/v1/input", access_key = var.key }
          }
        }
        variable "key" {}
    """)
    assert [(use.vendor, shown(use.workload)) for use in root.all(TokenUse)] == [
        ("lightstep", "arn:aws:iam::111111111111:role/t"), ("datadog", "arn:aws:iam::111111111111:role/d"),
    ]  # fmt: skip


@pytest.mark.parametrize("attribute", ["id", "launch_template_id"])
def test_instances_have_the_role_of_their_launch_template(attribute: str) -> None:
    root = Root(f"""
        resource "awscc_ec2_launch_template" "t" {{
          launch_template_data = {{ iam_instance_profile = {{ name = "workers" }} }}
        }}
        resource "awscc_autoscaling_auto_scaling_group" "g" {{
          max_size        = "1"
          min_size        = "1"
          launch_template = {{ launch_template_id = awscc_ec2_launch_template.t.{attribute}, version = "1" }}
        }}
    """)
    assert [(one.kind, shown(one.role)) for one in root.all(ComputeRole)] == [
        ("ec2:instance", "workers"), ("ec2:launch-template", "workers"),
    ]  # fmt: skip


LOOKED_UP = [
    ("awscc_s3_bucket", '"b"', "arn", "arn:aws:s3:::b"),
    ("awscc_s3_bucket", '"b"', "bucket_name", "b"),
    ("awscc_iam_managed_policy", '"arn:aws:iam::1:policy/p"', "policy_arn", "arn:aws:iam::1:policy/p"),
    ("awscc_iam_role", '"r"', "arn", f"arn:aws:iam::{ACCOUNT}:role⟨infra#data.awscc_iam_role.x.path⟩r"),
    ("awscc_lambda_function", '"f"', "arn", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"),
    ("awscc_sqs_queue", '"https://sqs.eu-west-1.amazonaws.com/1/q"', "arn", "⟨infra#data.awscc_sqs_queue.x.arn⟩"),
    ("awscc_kms_key", '"k"', "arn", "⟨infra#data.awscc_kms_key.x.arn⟩"),
    ("awscc_ec2_vpc", '"v"', "arn", "⟨infra#data.awscc_ec2_vpc.x.arn⟩"),
]


@pytest.mark.parametrize(("type_", "id_", "attribute", "value"), LOOKED_UP)
def test_what_is_looked_up(type_: str, id_: str, attribute: str, value: str) -> None:
    root = Root(f"""
        data "{type_}" "x" {{ id = {id_} }}
        resource "awscc_iam_user" "u" {{ user_name = data.{type_}.x.{attribute} }}
    """)
    assert shown(root.one(AwsUser).name) == value


UNREAD = [
    ("awscc_chatbot_slack_channel_configuration", "as which role the people of a channel act"),
    ("awscc_lakeformation_principal_permissions", "what Lake Formation grants"),
    ("awscc_verifiedpermissions_policy", "what a policy of Verified Permissions permits"),
    ("awscc_cleanrooms_collaboration", "what the members of a collaboration may do"),
    ("awscc_iot_policy", "what an IoT policy lets devices do"),
]


@pytest.mark.parametrize(("type_", "what"), UNREAD)
def test_what_is_not_read_is_in_the_coverage(type_: str, what: str) -> None:
    root = Root(f'resource "{type_}" "x" {{\n  name = "x"\n}}\n')
    reason = f"{what} (`{type_}`) is not read"
    assert [line.reason for line in root.facts.unresolved] == root.facts.missed == [reason]
    assert root.written(root.facts.unresolved[0].at).startswith(f'resource "{type_}"')


def test_what_a_resource_may_do_without_is_called_by_its_attribute() -> None:
    root = Root("""
        resource "awscc_ec2_vpc_endpoint_service_permissions" "p" {
          service_id         = "vpce-svc-1"
          allowed_principals = ["arn:aws:iam::222222222222:root"]
        }
        resource "awscc_quicksight_folder" "f" { name = "f" }
    """)
    (line,) = root.facts.unresolved
    assert line.reason.startswith("whom `allowed_principals` of `awscc_ec2_vpc_endpoint_service_permissions.p` lets in")
    assert root.written(line.at) == '["arn:aws:iam::222222222222:root"]'


def test_a_policy_in_a_type_that_is_not_read() -> None:
    root = Root("""
        resource "awscc_new_thing" "x" {
          settings = [{ access_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] }) }]
        }
        resource "awscc_ec2_subnet" "s" { cidr_block = "10.0.0.0/24" }
    """)
    reason = "what `awscc_new_thing.x` (`awscc_new_thing`) does with the policy that stands in it is not known"
    assert [line.reason for line in root.facts.unresolved] == root.facts.missed == [reason]
    assert root.written(root.facts.unresolved[0].at).startswith("jsonencode(")


def test_modules() -> None:
    root = Root(
        """
        module "role" {
          source   = "./role"
          for_each = { x = "one", y = "two" }
          name     = each.value
        }
        resource "awscc_iam_group" "g" {
          group_name          = "g"
          managed_policy_arns = [module.role["x"].policy]
        }
        """,
        {
            "infra/role/main.tf": """
                variable "name" {}
                resource "awscc_iam_managed_policy" "p" {
                  managed_policy_name = var.name
                  policy_document     = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
                }
                output "policy" { value = awscc_iam_managed_policy.p.id }
            """
        },
    )
    assert sorted(shown(policy.arn) for policy in root.all(Policy)) == [
        f"arn:aws:iam::{ACCOUNT}:policy/{n}" for n in ("one", "two")
    ]
    assert shown(root.one(Attachment).policy_arn) == f"arn:aws:iam::{ACCOUNT}:policy/one"
    assert [ref for ref, _, _ in root.facts.calls] == [f'infra#module.role["{one}"].awscc_iam_managed_policy.p' for one in "xy"]


HOSTILE = [
    "1",
    '"x"',
    "[]",
    "{}",
    "[1]",
    '["x"]',
    "{ a = 1 }",
    "[{}]",
    "var.unknown",
    "[var.unknown]",
    "null",
    '"${var.unknown}-x"',
]
ASKED = {
    "awscc_iam_role": ("role_name", "policies", "managed_policy_arns", "tags", "assume_role_policy_document", "path"),
    "awscc_iam_oidc_provider": ("url", "client_id_list"),
    "awscc_s3_bucket": ("public_access_block_configuration", "ownership_controls", "access_control", "bucket_name"),
    "awscc_dynamodb_global_table": ("replicas", "table_name"),
    "awscc_lambda_function": ("environment", "role"),
    "awscc_ecs_task_definition": ("container_definitions",),
    "awscc_kinesisfirehose_delivery_stream": ("http_endpoint_destination_configuration",),
    "awscc_organizations_policy": ("target_ids", "content", "type"),
    "awscc_sso_permission_set": (
        "inline_policy",
        "managed_policies",
        "customer_managed_policy_references",
        "permissions_boundary",
    ),
    "awscc_identitystore_group_membership": ("member_id", "group_id"),
    "awscc_events_event_bus_policy": ("statement", "condition", "principal"),
    "awscc_autoscaling_auto_scaling_group": ("launch_template", "mixed_instances_policy"),
    "awscc_ec2_instance": ("user_data", "launch_template"),
    "awscc_batch_job_definition": ("ecs_properties", "node_properties"),
    "awscc_apigateway_rest_api": ("policy", "body"),
    "awscc_ssm_parameter": ("name", "tags"),
}


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("type_", sorted(ASKED))
def test_no_value_raises(type_: str, value: str) -> None:
    blocks = "".join(f'resource "{type_}" "x{at}" {{\n  {name} = {value}\n}}\n' for at, name in enumerate(ASKED[type_]))
    root = Root(f'variable "unknown" {{}}\n{blocks}')
    for policy in root.all(Policy):
        policy.origin.at(("Statement", 0, "Action"))


def test_memberships_and_users() -> None:
    root = Root("""
        resource "awscc_iam_group" "g" { group_name = "g" }
        resource "awscc_iam_user" "u" {
          user_name = "u"
          groups    = [awscc_iam_group.g.id]
        }
        resource "awscc_iam_saml_provider" "s" { name = "s" }
        resource "awscc_rolesanywhere_profile" "p" {
          name      = "m"
          role_arns = [awscc_iam_saml_provider.s.arn]
        }
        resource "awscc_s3_bucket" "b" {
          bucket_name                       = "b"
          public_access_block_configuration = { block_public_policy = true, block_public_acls = false }
        }
    """)
    assert (root.one(AwsUser).name, root.one(AwsGroupMembership).group) == ("u", "g")
    assert shown(root.one(FederationProvider).arn) == f"arn:aws:iam::{ACCOUNT}:saml-provider/s"
    assert shown(root.one(RoleAssumption).role_arn) == f"arn:aws:iam::{ACCOUNT}:saml-provider/s"
    block = root.one(PublicAccessBlock)
    assert (block[1], block[2]) == (True, False)
