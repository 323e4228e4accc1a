"""Which documents may say something about access, by their bytes: most need not be parsed."""

from __future__ import annotations

from iamlint.source.regex import regex


def bears_on_access(data: bytes, path: str) -> bool:
    """Return whether a document's bytes may hold something about access; false only when they cannot."""
    if path.endswith(_BY_NAME) or ".github/workflows/" in path or ".circleci/" in path or ".buildkite/" in path:
        return True
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.replace(b"\0", b"")  # UTF-16, near enough to look for words
    return b"Statement" in data or _BEARS.search(data) is not None


_BY_NAME = (
    ".access.yaml", ".access.yml", ".lightstep.yml", ".lightstep.yaml", ".gitlab-ci.yml", ".gitlab-ci.yaml", "buildkite.yml",
    "buildkite.yaml", "buildkite/pipeline.yml", "buildkite/pipeline.yaml", "bitbucket-pipelines.yml", "bitbucket-pipelines.yaml",
    "serverless.yml", "serverless.yaml",
)  # fmt: skip


_BEARS = regex(
    rb"Statement|20(?:12|08)-10-17|iamlint/|PolicyDocument|exporters|arn:aws|NoEcho|eks\.amazonaws\.com/role-arn|"
    # the types of resources that `parse/cloudformation/readers.py` reads; most templates have none of them
    rb"AWS::(?:IAM|SSO|Include\b|IdentityStore|Organizations|SecretsManager|Serverless|S3(?:::(?:Bucket|Access|MultiR)|ObjectL|Exp|Out|Tables|Vec|Files)|SQS::Queue|SNS::Topic|KMS::(?:Key|ReplicaKey)|ECR::|"
    rb"CodeArtifact::|VpcLattice::|DynamoDB::|Kinesis::|Lambda::|OpenSearchService::D|Elasticsearch::D|Backup::BackupV|EFS::F|Logs::R|SSM::(?:Parameter(?!::)|R)|"
    # what runs as a role
    rb"EC2::(?:Instance\b|LaunchT|SpotFleet\b)|ECS::(?:TaskD|DaemonT|Express)|CodeBuild::P|SageMaker::(?:NotebookInstance|Domain|UserProfile)|Glue::(?:DevE|Job)|AppRunner::S|StepFunctions::S|"
    rb"Batch::JobD|AutoScaling::(?:AutoScalingG|LaunchC)|Lightsail::Instance\b|EMR::(?:Cluster\b|StudioS)|EKS::(?:PodI|Acc|Nodegroup|Ident)|KinesisFirehose::D|"
    # what grants without a document, or in ways that are not read
    rb"RAM::|Chatbot::[SM]|Budgets::B|Config::Agg|SecurityHub::Del|Detective::Org|RolesAnywhere::P|Events::EventBusP|EventsV2::R|EventSchemas::R|MSK::ClusterP|XRay::R|APS::R|Bedrock::R|BedrockAgentCore::(?:R|CodeI|Api|OA|Pay)|Bedrock::K\w+P|"
    rb"CloudTrail::R|Lex::R|MediaPackageV2::\w+P|MediaTailor::ChannelP|SMSVOICE::R|LakeFormation::|OpenSearchServerless::A|IoT::(?:Policy|RoleAlias)\b|QBusiness::P|QuickSight::(?:Assign|Analysis\b|Dash|DataSet|Folder|Templ|Theme)|IoTSiteWise::Acc|EC2::(?:VerifiedAccess[GET]|VPCEndpointServiceP|VPNConnection\b)|VerifiedPermissions::Policy\b|EntityResolution::P|CleanRooms::Coll|DataZone::P[or]|Oam::L|ODB::OdbN|FSx::S3|ServiceCatalog::(?:CloudFormationProv|PortfolioPrin|PortfolioSh|LaunchRole)|CloudFormation::Stack(?:Set)?\b|"
    rb"RDS::DB(?:Instance|Cluster)\b|Redshift::Cluster\b|DocDB(?:::DB|Elastic::)Cluster\b|ElastiCache::(?:Rep|User)|DMS::Endpoint\b|DirectoryService::[MS]|"
    rb"RedshiftServerless::N|Timestream::Infl|AppFlow::|AppFabric::AppA|AppStream::D|BackupGateway::H|CodeStar::G|ElasticLoadBalancingV2::Listener|SageMaker::Workforce|ManagedBlockchain::M|OpsWorks::[AS]|Pinpoint::[ABG]\w*Channel|SES::(?:EmailIdentity|MailManagerIngressP)|Transfer::Cert|Lightsail::D|FSx::(?:Fi|St)|DataSync::Location(?:SMB|FSx[WO]|Az|O)|MemoryDB::U|AmazonMQ::B|Connect::User\b|QuickSight::(?:DataSource|OA)|"
    rb"CodeBuild::S|CodePipeline::[WP]|Amplify::[AB]|ApiGateway::ApiKey|Events::Conn|ElasticBeanstalk::(?:E|Conf)|Glue::Connection|"
    rb"Cognito::(?:IdentityPool[RP]|UserPool[GI])|ACMPCA::P|Signer::P|SecurityLake::S|Transfer::[UA])"
    rb"|Alexa::ASK|AWSCDK(?:OpenId|-EKS-K)|::MODULE\b|BodyS3Location|Okta::\w+::|OC::ORG::|Community::(?:Organizations|SSO|IAM)::|GitHub::\w+::|GitLab::\w+::|Datadog::IAM::"
    rb"|urn:ietf:params:scim|OKTA_GROUP|LIGHTSTEP_|LS_(?:ACCESS_)?TOKEN|COLLECTOR_(?:API|SATELLITE)_KEY|graph\.microsoft\.com|#microsoft\.graph|"
    # variables that hold telemetry tokens
    rb"DD_(?:API|APP)_KEY|DATADOG_A|HONEYCOMB|GRAFANA_[ATSC]|OTLP_\w*HEADERS|admin#directory#|"
    # from where a cluster's secrets come, and what takes all of one
    rb"kind\"?:\s*\"?Secret\b|ExternalSecret|SealedSecret|SecretStore|SecretProviderClass|secretProviderClass|envFrom|secretName|vault\.hashicorp\.com/"
    # keys of plans and of the answers of identity providers (`parse/identity/exports.py`) and vendors, which begin alike
    rb'|"(?:format_version|lineage|group_rule|signOnMode|login|_links|clientName|assignmentType|IdentityStoreId|GroupMemberships|'
    rb"CustomerManagedPolicyReferences?|ReportFormat|userPrincipalName|securityEnabled|passwordCredentials|roleTemplateId|"
    rb'groupKey|preferredMemberKey|subGroups|realmRoles|protocolMappers|members_url|site_admin|role-name|saml-attribute-key|authn_mappings|team_memberships|user_count|teamId|memberCount)"|/public/v0\.2/'
)
"""Every alternative begins with one letter: then only where one of these stands is anything compared, in half the time."""

_HELM = regex(rb"eks\.amazonaws\.com/role-arn|LS_(?:ACCESS_)?TOKEN|LIGHTSTEP_|DD_A|DATADOG_A|HONEYCOMB|GRAFANA_|OTLP_\w*HEAD")
"""What values of a Helm chart may hold that bears on access."""


def may_be_values(data: bytes, path: str) -> bool:
    """Return whether a document may be values of a Helm chart that bear on access.

    By its name, or by the annotation that lets an account be a role; and by the words in it, which take longer to look for.
    """
    named = "values" in path.rpartition("/")[2] or b"eks.amazonaws.com/role-arn" in data
    return named and _HELM.search(data) is not None


def claims(data: bytes, path: str) -> bool:
    """Return whether a file that cannot be read claims to be one of ours; stricter than the look before reading."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.replace(b"\0", b"")
    if b"Statement" in data and (b"Effect" in data or b"2012-10-17" in data or b"2008-10-17" in data):
        return True
    if b"iamlint/" in data and b"apiVersion" in data:
        return True
    if b"AWSTemplateFormatVersion" in data or (b"Resources" in data and b"AWS::" in data):
        return True
    if _DIRECTORY.search(data) is not None or (b'"login"' in data and b'"profile"' in data and b'"00u' in data):
        return True
    return is_workflow_path(path) or path.endswith((".access.yaml", ".access.yml"))


def is_workflow_path(path: str) -> bool:
    """Return whether GitHub looks for a workflow there: YAML in the folder itself ("Workflow syntax: About YAML syntax")."""
    _, found, name = path.rpartition(".github/workflows/")
    return bool(found) and "/" not in name and name.endswith((".yml", ".yaml"))


_DIRECTORY = regex(
    rb"urn:ietf:params:scim:schemas:core|OKTA_GROUP|#microsoft\.graph\.(?:user|group)|admin#directory#|"
    rb'"(?:IdentityStoreId|preferredMemberKey|realmRoles|site_admin)"'
)
"""What only answers of identity providers hold. Without such a file nobody knows who is in which group."""
