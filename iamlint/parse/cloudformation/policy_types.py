"""Which types have a resource policy: written by the resource itself, or attached by another resource."""

from __future__ import annotations

from iamlint.source.record import NamedTuple


class Kind(NamedTuple):
    """A resource that statements name: its short name, and the property that holds its policy, if it has one (`A.B`: B in A)."""

    kind: str
    policy: str | None = None


RESOURCES = {
    "AWS::S3::Bucket": Kind("s3:bucket"),
    "AWS::SQS::Queue": Kind("sqs:queue"),
    "AWS::SNS::Topic": Kind("sns:topic"),
    "AWS::KMS::Key": Kind("kms:key", "KeyPolicy"),
    "AWS::KMS::ReplicaKey": Kind("kms:key", "KeyPolicy"),
    "AWS::S3::AccessPoint": Kind("s3:accesspoint", "Policy"),
    "AWS::FSx::S3AccessPointAttachment": Kind("s3:accesspoint", "S3AccessPoint.Policy"),
    "AWS::ECR::PublicRepository": Kind("ecr-public:repository", "RepositoryPolicyText"),
    "AWS::CodeArtifact::Domain": Kind("codeartifact:domain", "PermissionsPolicyDocument"),
    "AWS::CodeArtifact::Repository": Kind("codeartifact:repository", "PermissionsPolicyDocument"),
    "AWS::ECR::Repository": Kind("ecr:repository", "RepositoryPolicyText"),
    "AWS::DynamoDB::Table": Kind("dynamodb:table", "ResourcePolicy.PolicyDocument"),
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
    "AWS::S3Express::AccessPoint": Kind("s3express:accesspoint", "Policy"),
    "AWS::S3Outposts::AccessPoint": Kind("s3-outposts:accesspoint", "Policy"),
    "AWS::ECR::RepositoryCreationTemplate": Kind("ecr:repository", "RepositoryPolicy"),
    "AWS::Logs::LogGroup": Kind("logs:log-group", "ResourcePolicyDocument"),
    "AWS::OSIS::Pipeline": Kind("osis:pipeline", "ResourcePolicy.Policy"),
    "AWS::ApiGateway::DomainNameV2": Kind("execute-api:domain-name", "Policy"),
    "AWS::Backup::LogicallyAirGappedBackupVault": Kind("backup:backup-vault", "AccessPolicy"),
    "AWS::DSQL::Cluster": Kind("dsql:cluster", "PolicyDocument"),
    "AWS::Oam::Sink": Kind("oam:sink", "Policy"),
    "AWS::Omics::SequenceStore": Kind("omics:sequence-store", "S3AccessPolicy"),
    "AWS::PaymentCryptography::Key": Kind("payment-cryptography:key", "Policy"),
    "AWS::RUM::AppMonitor": Kind("rum:appmonitor", "ResourcePolicy.PolicyDocument"),
    "AWS::AIOps::InvestigationGroup": Kind("aiops:investigation-group", "InvestigationGroupPolicy"),
}

POLICIES = {
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
    "AWS::S3Files::FileSystemPolicy": ("FileSystemId", "Policy"),
    "AWS::Lambda::ResourcePolicy": ("ResourceArn", "PolicyDocument"),
    "AWS::APS::ResourcePolicy": ("WorkspaceArn", "PolicyDocument"),
    "AWS::Bedrock::ResourcePolicy": ("ResourceArn", "PolicyDocument"),
    "AWS::Bedrock::KnowledgeBasePolicy": ("KnowledgeBaseId", "PolicyDocument"),
    "AWS::BedrockAgentCore::ResourcePolicy": ("ResourceArn", "Policy"),
    "AWS::CloudTrail::ResourcePolicy": ("ResourceArn", "ResourcePolicy"),
    "AWS::EventSchemas::RegistryPolicy": ("RegistryName", "Policy"),
    "AWS::EventsV2::ResourcePolicy": ("EventBusArn", "PolicyDocument"),
    "AWS::Lex::ResourcePolicy": ("ResourceArn", "Policy"),
    "AWS::MediaPackageV2::ChannelPolicy": ("ChannelName", "Policy"),
    "AWS::MediaPackageV2::OriginEndpointPolicy": ("OriginEndpointName", "Policy"),
    "AWS::MediaTailor::ChannelPolicy": ("ChannelName", "Policy"),
    "AWS::SMSVOICE::ResourcePolicy": ("ResourceArn", "PolicyDocument"),
}
"""Resources that attach a resource policy: which property names the targets, which holds the document."""


OF_THE_ACCOUNT = {
    "AWS::ECR::RegistryPolicy": "arn:{partition}:ecr:{region}:{account}:repository/*",
    "AWS::Logs::ResourcePolicy": "arn:{partition}:logs:{region}:{account}:*",
    "AWS::Organizations::ResourcePolicy": "arn:{partition}:organizations::{account}:resourcepolicy/*",
    "AWS::XRay::ResourcePolicy": "arn:{partition}:xray:{region}:{account}:*",
}
"""What the policies that name no target are about, as a text of a shape."""


class Named(NamedTuple):
    """A target that is given by name: the service of its ARN, and what stands before the name in it.

    `before`: other properties that stand between, each with the text after it.
    """

    service: str
    kind: str
    before: tuple[tuple[str, str], ...] = ()


NAMED = {
    "AWS::S3ObjectLambda::AccessPointPolicy": Named("s3-object-lambda", ":accesspoint/"),
    "AWS::S3Express::BucketPolicy": Named("s3express", ":bucket/"),
    "AWS::S3Files::FileSystemPolicy": Named("s3files", ":file-system/"),
    "AWS::EventSchemas::RegistryPolicy": Named("schemas", ":registry/"),
    "AWS::MediaTailor::ChannelPolicy": Named("mediatailor", ":channel/"),
    "AWS::MediaPackageV2::ChannelPolicy": Named("mediapackagev2", ":channelGroup/", before=(("ChannelGroupName", "/channel/"),)),
    "AWS::MediaPackageV2::OriginEndpointPolicy": Named(
        "mediapackagev2", ":channelGroup/", before=(("ChannelGroupName", "/channel/"), ("ChannelName", "/originEndpoint/"))
    ),
    "AWS::Bedrock::KnowledgeBasePolicy": Named("bedrock", ":knowledge-base/"),
}

ONLY_WITH_POLICY = frozenset({
    "AWS::ApiGateway::RestApi", "AWS::Logs::Destination", "AWS::Logs::DeliveryDestination", "AWS::SageMaker::ModelPackageGroup",
    "AWS::RedshiftServerless::Namespace", "AWS::Redshift::Cluster", "AWS::MediaStore::Container", "AWS::Events::EventBus",
    "AWS::S3Express::AccessPoint", "AWS::S3Outposts::AccessPoint", "AWS::ECR::RepositoryCreationTemplate", "AWS::Logs::LogGroup",
    "AWS::OSIS::Pipeline", "AWS::ApiGateway::DomainNameV2", "AWS::Backup::LogicallyAirGappedBackupVault", "AWS::DSQL::Cluster",
    "AWS::Oam::Sink", "AWS::Omics::SequenceStore", "AWS::PaymentCryptography::Key", "AWS::RUM::AppMonitor",
    "AWS::AIOps::InvestigationGroup", "AWS::EC2::VPCEndpoint", "AWS::FSx::S3AccessPointAttachment",
})  # fmt: skip
"""Resources that say nothing of access unless they write a policy."""
