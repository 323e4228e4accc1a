"""AWS managed policies whose text decides who reaches secrets and roles, as far as it is known here.

The repository never holds these documents. One that is not listed is unknown: whoever has it may be allowed anything.
Texts: AWS Managed Policy Reference Guide, the page of each policy. Where only a part is listed, the rest stays unknown.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from iamlint.graph.policies import Attached
from iamlint.model.policy import Policy, PolicyKind
from iamlint.parse.policy import parse_policy
from iamlint.source.place import Origin, Place
from iamlint.source.value import Unknown, Value, key

_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
_INTERFACES = [
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
]  # fmt: skip
_PULL = [
    "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
]  # fmt: skip

_WHOLE: dict[str, list[str]] = {
    "AdministratorAccess": ["*"],
    "AmazonS3FullAccess": ["s3:*", "s3-object-lambda:*"],
    "AmazonS3ReadOnlyAccess": ["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"],
    "AmazonSSMFullAccess": [
        "cloudwatch:PutMetricData", "ds:CreateComputer", "ds:DescribeDirectories", "ec2:DescribeInstanceStatus", "logs:*",
        "ssm:*", "ec2messages:*", "ssmmessages:*",
    ],
    "AmazonSSMReadOnlyAccess": ["ssm:Describe*", "ssm:Get*", "ssm:List*"],
    "AmazonSSMManagedInstanceCore": [
        "ssm:DescribeAssociation", "ssm:GetDeployablePatchSnapshotForInstance", "ssm:GetDocument", "ssm:DescribeDocument",
        "ssm:GetManifest", "ssm:GetParameter", "ssm:GetParameters", "ssm:ListAssociations", "ssm:ListInstanceAssociations",
        "ssm:PutInventory", "ssm:PutComplianceItems", "ssm:PutConfigurePackageResult", "ssm:UpdateAssociationStatus",
        "ssm:UpdateInstanceAssociationStatus", "ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
        "ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage", "ec2messages:GetEndpoint",
        "ec2messages:GetMessages", "ec2messages:SendReply",
    ],
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaVPCAccessExecutionRole": [*_LOGS, *_INTERFACES],
    "AWSXRayDaemonWriteAccess": [
        "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
        "xray:GetSamplingStatisticSummaries",
    ],
    "AmazonEC2ContainerRegistryReadOnly": [
        *_PULL, "ecr:GetRepositoryPolicy", "ecr:DescribeRepositories", "ecr:ListImages", "ecr:DescribeImages",
        "ecr:GetLifecyclePolicy", "ecr:GetLifecyclePolicyPreview", "ecr:ListTagsForResource", "ecr:DescribeImageScanFindings",
    ],
    "AmazonECSTaskExecutionRolePolicy": [*_PULL, "logs:CreateLogStream", "logs:PutLogEvents"],
}  # fmt: skip
"""Policies of which everything that is allowed is listed, all of it on every resource."""

_PART: dict[str, list[str]] = {
    "IAMFullAccess": ["iam:*"],
    "ReadOnlyAccess": ["ssm:Get*", "ssm:Describe*", "ssm:List*"],
    "SecretsManagerReadWrite": ["secretsmanager:*"],
}
"""Policies of which a part is listed."""


def is_aws_managed(arn: Value) -> bool:
    """Return whether the ARN is that of a policy which AWS itself keeps."""
    return isinstance(arn, str) and arn.partition(":iam::")[2].startswith("aws:policy/")


@lru_cache(maxsize=4096)
def outside_policy(arn: str, path: str) -> Policy:
    """Return a policy that no file of the repository holds: what is known of its text, and the rest as unknown."""
    name = arn.rpartition("/")[2]
    document: Any
    unknown = Unknown(f"the policy `{arn}` is not in the repository", Place(path), f"policy {arn}")
    if not is_aws_managed(arn):
        document = {"Version": "2012-10-17", "Statement": [unknown]}
    elif name in _WHOLE:
        document = {"Version": "2012-10-17", "Statement": [_allow(_WHOLE[name])]}
    elif name == "PowerUserAccess":
        # Its second statement allows a few harmless `iam:` and `organizations:` calls.
        rest = {**_allow([]), "NotAction": ["iam:*", "organizations:*", "account:*"]}
        rest.pop("Action")
        document = {"Version": "2012-10-17", "Statement": [rest, _allow(["iam:ListRoles", "organizations:DescribeOrganization"])]}
    else:
        known = _PART.get(name, [])
        document = {"Version": "2012-10-17", "Statement": [*([_allow(known)] if known else []), unknown]}
    return parse_policy(document, Origin(path), kind=PolicyKind.IDENTITY, name=name, ref=f"outside#{arn}", unit="", arn=arn)


def allow_everything() -> Policy:
    """Return a policy that allows everything: what a layer that is not seen comes to when it is taken as open."""
    return outside_policy("arn:aws:iam::aws:policy/AdministratorAccess", "")


def is_whole(arn: Value) -> bool:
    """Return whether the whole text of a policy outside the repository is known."""
    return is_aws_managed(arn) and (key(arn).rpartition("/")[2] in _WHOLE or key(arn).endswith("/PowerUserAccess"))


def _allow(actions: list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"}


OPEN_POLICIES = Attached(identity=(allow_everything(),))
"""The policies of a caller whom the repository does not hold, taken as open and named as assumed."""
