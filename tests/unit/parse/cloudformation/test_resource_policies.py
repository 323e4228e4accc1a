"""Resources with a resource policy, in CloudFormation."""

from __future__ import annotations

import pytest
from unit_cloudformation import items, parse

from iamlint.model.aws import AwsResource
from iamlint.model.policy import Attachment, Policy
from iamlint.project.memory import memory_session
from iamlint.source.locate import locate

TEMPLATE = """AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Shared:
    Type: {type}
    Properties:
      {more}
      {policy}:
        Version: "2012-10-17"
        Statement: [{{Effect: Allow, Action: "*", Resource: "*", Principal: "*"}}]
"""


@pytest.mark.parametrize(
    ("type_", "policy", "kind"),
    [
        ("AWS::KMS::ReplicaKey", "KeyPolicy", "kms:key"),
        ("AWS::S3::AccessPoint", "Policy", "s3:accesspoint"),
        ("AWS::ECR::PublicRepository", "RepositoryPolicyText", "ecr-public:repository"),
        ("AWS::CodeArtifact::Domain", "PermissionsPolicyDocument", "codeartifact:domain"),
        ("AWS::CodeArtifact::Repository", "PermissionsPolicyDocument", "codeartifact:repository"),
    ],
)
def test_a_resource_that_writes_its_policy_itself(type_: str, policy: str, kind: str) -> None:
    estate = memory_session({"stack.yaml": TEMPLATE.format(type=type_, policy=policy, more="Tags: []")}).estate
    (resource,) = estate.all(AwsResource)
    assert resource.kind == kind
    assert resource.policy is not None
    assert len(resource.policy.statements) == 1


@pytest.mark.parametrize(
    ("type_", "target", "policy"),
    [
        ("AWS::S3Tables::TableBucketPolicy", "TableBucketARN", "ResourcePolicy"),
        ("AWS::VpcLattice::AuthPolicy", "ResourceIdentifier", "Policy"),
        ("AWS::VpcLattice::ResourcePolicy", "ResourceArn", "Policy"),
    ],
)
def test_a_policy_is_attached_to_what_it_names(type_: str, target: str, policy: str) -> None:
    arn = "arn:aws:vpc-lattice:eu-west-1:111111111111:service/a"
    estate = memory_session({"stack.yaml": TEMPLATE.format(type=type_, policy=policy, more=f"{target}: {arn}")}).estate
    (attachment,) = estate.all(Attachment)
    assert attachment.target == arn
    assert attachment.policy is not None


@pytest.mark.parametrize(
    "document",
    [
        """|
        {"Version": "2012-10-17",
         "Statement": [{"Effect": "Allow", "Principal": {"Service": "es.amazonaws.com"}, "Action": [«"logs:PutLogEvents"»]}]}
""",
        """!Sub |
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "${AWS::AccountId}"},
         "Resource": "${Group.Arn}", "Action": [«"logs:PutLogEvents"»]}]}
""",
        """!Sub
        - '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "${Who}"}, "Action": [«"logs:PutLogEvents"»]}]}'
        - {Who: !Ref P}
""",
        """
        Fn::ToJsonString:
          Statement: [{Effect: Allow, Principal: {AWS: !Ref P}, Action: [«logs:PutLogEvents»]}]
""",
    ],
)
def test_a_policy_that_is_written_as_a_text_has_its_places_in_it(document: str) -> None:
    text = f"Parameters: {{P: {{Type: String}}}}\nResources:\n  A:\n    Type: AWS::Logs::ResourcePolicy\n    Properties:\n      PolicyDocument: {document}"
    plain = text.replace("«", "").replace("»", "")
    (policy,) = items(parse(plain), Policy)
    (statement,) = policy.statements
    assert statement.actions == ("logs:PutLogEvents",)
    span = locate(statement.action_place(0), plain.encode())
    line = next(line for line in text.split("\n") if "«" in line)
    assert (span.line, span.column, span.end_column) == (
        text.split("\n").index(line) + 1, line.index("«") + 1, line.index("»")
    )  # fmt: skip
