"""Resources with a resource policy: their own, or one that another resource of the template attaches."""

from __future__ import annotations

from iamlint.model.aws import AwsResource
from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.secrets import environment
from iamlint.source.place import Origin, Place, Route
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Kind(NamedTuple):
    """A resource that statements name: its short name, and the property that holds its policy, if it has one."""

    kind: str
    policy: str | None = None


RESOURCES = {
    "AWS::S3::Bucket": Kind("s3:bucket"),
    "AWS::SQS::Queue": Kind("sqs:queue"),
    "AWS::SNS::Topic": Kind("sns:topic"),
    "AWS::KMS::Key": Kind("kms:key", "KeyPolicy"),
    "AWS::KMS::ReplicaKey": Kind("kms:key", "KeyPolicy"),
    "AWS::S3::AccessPoint": Kind("s3:accesspoint", "Policy"),
    "AWS::ECR::PublicRepository": Kind("ecr-public:repository", "RepositoryPolicyText"),
    "AWS::CodeArtifact::Domain": Kind("codeartifact:domain", "PermissionsPolicyDocument"),
    "AWS::CodeArtifact::Repository": Kind("codeartifact:repository", "PermissionsPolicyDocument"),
    "AWS::ECR::Repository": Kind("ecr:repository", "RepositoryPolicyText"),
    "AWS::DynamoDB::Table": Kind("dynamodb:table", "ResourcePolicy"),
    "AWS::Kinesis::Stream": Kind("kinesis:stream"),
    "AWS::Lambda::Function": Kind("lambda:function"),
    "AWS::OpenSearchService::Domain": Kind("es:domain", "AccessPolicies"),
    "AWS::Elasticsearch::Domain": Kind("es:domain", "AccessPolicies"),
    "AWS::Backup::BackupVault": Kind("backup:backup-vault", "AccessPolicy"),
    "AWS::EFS::FileSystem": Kind("elasticfilesystem:file-system", "FileSystemPolicy"),
    "AWS::Events::EventBus": Kind("events:event-bus", "Policy"),
    "AWS::ApiGateway::RestApi": Kind("execute-api:api", "Policy"),
    "AWS::Logs::Destination": Kind("logs:destination", "DestinationPolicy"),
    "AWS::Logs::DeliveryDestination": Kind("logs:delivery-destination", "DeliveryDestinationPolicy"),
    "AWS::SageMaker::ModelPackageGroup": Kind("sagemaker:model-package-group", "ModelPackageGroupPolicy"),
    "AWS::RedshiftServerless::Namespace": Kind("redshift-serverless:namespace", "NamespaceResourcePolicy"),
    "AWS::Redshift::Cluster": Kind("redshift:cluster", "NamespaceResourcePolicy"),
    "AWS::MediaStore::Container": Kind("mediastore:container", "Policy"),
}

_POLICIES = {
    "AWS::S3::BucketPolicy": ("Bucket", "PolicyDocument"),
    "AWS::SQS::QueuePolicy": ("Queues", "PolicyDocument"),
    "AWS::SQS::QueueInlinePolicy": ("Queue", "PolicyDocument"),
    "AWS::SNS::TopicPolicy": ("Topics", "PolicyDocument"),
    "AWS::SNS::TopicInlinePolicy": ("TopicArn", "PolicyDocument"),
    "AWS::ECR::RegistryPolicy": ("", "PolicyText"),
    "AWS::Logs::ResourcePolicy": ("", "PolicyDocument"),
    "AWS::Kinesis::ResourcePolicy": ("ResourceArn", "ResourcePolicy"),
    "AWS::S3Tables::TableBucketPolicy": ("TableBucketARN", "ResourcePolicy"),
    "AWS::VpcLattice::AuthPolicy": ("ResourceIdentifier", "Policy"),
    "AWS::VpcLattice::ResourcePolicy": ("ResourceArn", "Policy"),
    "AWS::Organizations::ResourcePolicy": ("", "Content"),
    "AWS::MSK::ClusterPolicy": ("ClusterArn", "Policy"),
    "AWS::SSM::ResourcePolicy": ("ResourceArn", "Policy"),
    "AWS::XRay::ResourcePolicy": ("", "PolicyDocument"),
    "AWS::S3::MultiRegionAccessPointPolicy": ("MrapName", "Policy"),
    "AWS::S3ObjectLambda::AccessPointPolicy": ("ObjectLambdaAccessPoint", "PolicyDocument"),
    "AWS::S3Express::BucketPolicy": ("Bucket", "PolicyDocument"),
    "AWS::S3Outposts::BucketPolicy": ("Bucket", "PolicyDocument"),
    "AWS::S3Tables::TablePolicy": ("TableARN", "ResourcePolicy"),
    "AWS::S3Vectors::VectorBucketPolicy": ("VectorBucketArn", "Policy"),
}
"""Resources that attach a resource policy: which property names the targets, which holds the document."""


_NAMED = {
    "AWS::S3::MultiRegionAccessPointPolicy": ("s3", ":accesspoint/", False),
    "AWS::S3ObjectLambda::AccessPointPolicy": ("s3-object-lambda", ":accesspoint/", True),
    "AWS::S3Express::BucketPolicy": ("s3express", ":bucket/", True),
}
"""Targets that are given by name: the service, what stands before the name, whether the ARN has a region."""

ONLY_WITH_POLICY = frozenset({
    "AWS::ApiGateway::RestApi", "AWS::Logs::Destination", "AWS::Logs::DeliveryDestination", "AWS::SageMaker::ModelPackageGroup",
    "AWS::RedshiftServerless::Namespace", "AWS::Redshift::Cluster", "AWS::MediaStore::Container", "AWS::Events::EventBus",
})  # fmt: skip
"""Resources that say nothing of access unless they write a policy."""


def resource(resource: Resource, declared: Declared) -> None:
    """Add a resource with the policy that it writes itself."""
    kind = RESOURCES[resource.type]
    policy: Policy | None = None
    if kind.policy is not None:
        found = resource.evaluated(kind.policy)
        if kind.policy == "ResourcePolicy" and found is not None:
            found = found.inside(("PolicyDocument",))
        if kind.policy == "DeliveryDestinationPolicy" and found is not None and isinstance(found.value, dict):
            found = found.inside(("DeliveryDestinationPolicy",)) if "DeliveryDestinationPolicy" in found.value else found
        policy = declared.policy(found, PolicyKind.RESOURCE, resource.name, f"{resource.ref}.{kind.policy}")
    if policy is None and resource.type in ONLY_WITH_POLICY:
        return
    declared.add(
        AwsResource(
            kind.kind, resource.name, resource.arn, resource.account, resource.place, declared.unit, resource.ref,
            resource.tags(), policy,
        )
    )  # fmt: skip
    if resource.type == "AWS::Lambda::Function":
        function_environment(resource, declared)


def function_environment(resource: Resource, declared: Declared) -> None:
    """Add the secrets that a function's environment variables hold literally."""
    found = resource.evaluated("Environment", "Variables")
    if found is not None:
        environment(resource, declared, found.value, found.origin.at())


def attached_policy(resource: Resource, declared: Declared) -> None:
    """Add a resource policy and attach it to every resource that it names, by ARN where that follows."""
    target_property, policy_property = _POLICIES[resource.type]
    targets: list[tuple[Value, Place]] = [("*", resource.place)]
    if target_property:
        targets = resource.texts(target_property)
    name = targets[0][0] if targets else resource.name
    policy = declared.policy(resource.evaluated(policy_property), PolicyKind.RESOURCE, name, resource.ref)
    for target, place in targets if policy is not None else ():
        arn = _target_arn(resource, target)
        declared.add(Attachment(Layer.RESOURCE, "resource", arn, resource.account, place, declared.unit, policy))


def _target_arn(resource: Resource, target: Value) -> Value:
    """Return the ARN of a target that is given by name or URL."""
    template = resource.template
    context = template.context
    if isinstance(target, str) and target.startswith("arn:"):
        return target
    if resource.type == "AWS::S3::BucketPolicy":
        return concat(["arn:", context.partition, ":s3:::", target])
    form = _NAMED.get(resource.type)
    if form is not None and not isinstance(target, Unknown):
        service, before, region = form
        return concat(
            ["arn:", context.partition, f":{service}:", context.region if region else "", ":", resource.account, before, target]
        )
    if resource.type.startswith("AWS::SQS::"):
        name: Value | None = None
        if isinstance(target, str):
            name = target.rpartition("/")[2]
        elif not isinstance(target, Unknown):
            last = target.parts[-1]
            name = last.rpartition("/")[2] if isinstance(last, str) and "/" in last else last
        if name:
            return concat(["arn:", context.partition, ":sqs:", context.region, ":", resource.account, ":", name])
    return target


def lambda_permission(resource: Resource, declared: Declared) -> None:
    """Add the resource policy that a permission of a function makes: one statement."""
    function = resource.text("FunctionName")
    principal = resource.text("Principal")
    action = resource.text("Action")
    if function is None or principal is None or action is None:
        return
    arn = _function_arn(resource, function)
    condition: dict[str, dict[str, Any]] = {}
    for name, operator, key_name in (
        ("SourceArn", "ArnLike", "AWS:SourceArn"),
        ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
        ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
        ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
    ):
        value = resource.text(name)
        if value is not None:
            condition.setdefault(operator, {})[key_name] = value
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": _principal(principal), "Action": action, "Resource": arn}
    if condition:
        statement["Condition"] = condition
    from iamlint.parse.cloudformation.rewritten import Evaluated

    origin = _PermissionOrigin(resource)
    document = {"Version": "2012-10-17", "Statement": [statement]}
    policy = declared.policy(Evaluated(document, origin, {}), PolicyKind.RESOURCE, arn, resource.ref)
    declared.add(Attachment(Layer.RESOURCE, "resource", arn, resource.account, resource.place, declared.unit, policy))


def _principal(principal: Value) -> Any:
    if isinstance(principal, str):
        if principal == "*":
            return "*"
        if principal.isdecimal() or principal.startswith("arn:"):
            return {"AWS": principal}
        return {"Service": principal}
    return {"AWS": principal} if "arn:" in key(principal) or "account" in key(principal) else {"Service": principal}


def _function_arn(resource: Resource, function: Value) -> Value:
    """Return the ARN of a function given by name or ARN."""
    first = function if isinstance(function, (str, Unknown)) else function.parts[0]
    if isinstance(first, str) and first.startswith("arn:"):
        return function
    context = resource.template.context
    if isinstance(first, str) and ":function:" in first:
        return function
    return concat(["arn:", context.partition, ":lambda:", context.region, ":", resource.account, ":function:", function])


class _PermissionOrigin(Origin):
    """Places in the document that a `AWS::Lambda::Permission` stands for: the property that says it."""

    __slots__ = ("whole",)

    def __init__(self, resource: Resource) -> None:
        whole = resource.place
        super().__init__(whole.path, (*whole.route, "Properties"), whole.document)
        self.whole = whole

    def at(self, route: Route = (), part: str = "value") -> Place:
        """Return the place of the property that a part of the document comes from."""
        found = next((_SAID_BY[str(step)] for step in reversed(route) if step in _SAID_BY), None)
        return self.whole if found is None else Place(self.path, (*self.base, found), part, None, self.document)

    def below(self, route: Route) -> Origin:
        """Return the same origin: the document is not written as such."""
        return self


_SAID_BY = {
    "Principal": "Principal",
    "Action": "Action",
    "Resource": "FunctionName",
    "AWS:SourceArn": "SourceArn",
    "AWS:SourceAccount": "SourceAccount",
    "aws:PrincipalOrgID": "PrincipalOrgID",
}

READERS = {
    **dict.fromkeys(RESOURCES, resource),
    **dict.fromkeys(_POLICIES, attached_policy),
    "AWS::Lambda::Permission": lambda_permission,
}
