"""Resources of a template that hold a password, key or token in a property, or in variables that they hand to a program."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.secrets import literal, variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Steps = tuple[str | int, ...]

_DATABASE = ("database password", ("MasterUserPassword",))
_DIRECTORY = "password of a directory"
_FILES = "password of a file share"
_LOAD_BALANCER = "client secret of a load balancer"
_PRIVATE_KEY = "private key of a certificate"
_PUSH = "key of a push service"
_PUSH_CERTIFICATE = (_PUSH, ("PrivateKey", "TokenKey"))
_CACHE_USER = ("password of a cache's user", ("Passwords.*", "AuthenticationMode.Passwords.*"))
_SEARCH = ("password of a search domain", ("AdvancedSecurityOptions.MasterUserOptions.MasterUserPassword",))

PASSWORDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "AWS::RDS::DBInstance": ("database password", ("MasterUserPassword", "TdeCredentialPassword")),
    "AWS::RDS::DBCluster": _DATABASE,
    "AWS::Redshift::Cluster": _DATABASE,
    "AWS::DocDB::DBCluster": _DATABASE,
    "AWS::DocDBElastic::Cluster": ("database password", ("AdminUserPassword",)),
    "AWS::RedshiftServerless::Namespace": ("database password", ("AdminUserPassword",)),
    "AWS::Timestream::InfluxDBInstance": ("database password", ("Password",)),
    "AWS::Timestream::InfluxDBCluster": ("database password", ("Password",)),
    "AWS::Lightsail::Database": _DATABASE,
    "AWS::DMS::Endpoint": (
        "database password",
        (
            "Password",
            "MongoDbSettings.Password",
            "GcpMySQLSettings.Password",
            "MicrosoftSqlServerSettings.Password",
            "KafkaSettings.SaslPassword",
            "KafkaSettings.SslClientKeyPassword",
            "OracleSettings.AsmPassword",
            "RedisSettings.AuthPassword",
        ),
    ),
    "AWS::OpenSearchService::Domain": _SEARCH,
    "AWS::Elasticsearch::Domain": _SEARCH,
    "AWS::DirectoryService::MicrosoftAD": (_DIRECTORY, ("Password",)),
    "AWS::DirectoryService::SimpleAD": (_DIRECTORY, ("Password",)),
    "AWS::FSx::FileSystem": (
        _DIRECTORY,
        ("WindowsConfiguration.SelfManagedActiveDirectoryConfiguration.Password", "OntapConfiguration.FsxAdminPassword"),
    ),
    "AWS::FSx::StorageVirtualMachine": (
        _DIRECTORY,
        ("ActiveDirectoryConfiguration.SelfManagedActiveDirectoryConfiguration.Password", "SvmAdminPassword"),
    ),
    "AWS::AppStream::DirectoryConfig": (_DIRECTORY, ("ServiceAccountCredentials.AccountPassword",)),
    "AWS::DataSync::LocationSMB": (_FILES, ("Password",)),
    "AWS::DataSync::LocationFSxWindows": (_FILES, ("Password",)),
    "AWS::DataSync::LocationFSxONTAP": (_FILES, ("Protocol.SMB.Password",)),
    "AWS::DataSync::LocationAzureBlob": ("token of a store of files", ("AzureBlobSasConfiguration.AzureBlobSasToken",)),
    "AWS::DataSync::LocationObjectStorage": ("secret access key", ("SecretKey",)),
    "AWS::BackupGateway::Hypervisor": ("password of a hypervisor", ("Password",)),
    "AWS::ElastiCache::ReplicationGroup": ("token of a cache", ("AuthToken",)),
    "AWS::ElastiCache::User": _CACHE_USER,
    "AWS::MemoryDB::User": _CACHE_USER,
    "AWS::AmazonMQ::Broker": ("password of a broker's user", ("Users.*.Password", "LdapServerMetadata.ServiceAccountPassword")),
    "AWS::Connect::User": ("password of a contact center's user", ("Password",)),
    "AWS::QuickSight::OAuthClientApplication": ("client secret of a data source", ("ClientSecret",)),
    "AWS::CodeBuild::SourceCredential": ("token for a repository", ("Token",)),
    "AWS::CodePipeline::Webhook": ("secret of a webhook", ("AuthenticationConfiguration.SecretToken",)),
    "AWS::Amplify::App": ("token for a repository", ("AccessToken", "OauthToken")),
    "AWS::CodeStar::GitHubRepository": ("token for a repository", ("RepositoryAccessToken",)),
    "Alexa::ASK::Skill": (
        "credential of a skill",
        ("AuthenticationConfiguration.ClientSecret", "AuthenticationConfiguration.RefreshToken"),
    ),
    "AWS::ElasticLoadBalancingV2::Listener": (_LOAD_BALANCER, ("DefaultActions.*.AuthenticateOidcConfig.ClientSecret",)),
    "AWS::ElasticLoadBalancingV2::ListenerRule": (_LOAD_BALANCER, ("Actions.*.AuthenticateOidcConfig.ClientSecret",)),
    "AWS::EC2::VerifiedAccessTrustProvider": (
        "client secret of an identity provider",
        ("OidcOptions.ClientSecret", "NativeApplicationOidcOptions.ClientSecret"),
    ),
    "AWS::SageMaker::Workforce": ("client secret of an identity provider", ("OidcConfig.ClientSecret",)),
    "AWS::EC2::VPNConnection": ("key of a private network", ("VpnTunnelOptionsSpecifications.*.PreSharedKey",)),
    "AWS::EMR::Cluster": (
        "password of a Kerberos realm",
        (
            "KerberosAttributes.KdcAdminPassword",
            "KerberosAttributes.ADDomainJoinPassword",
            "KerberosAttributes.CrossRealmTrustPrincipalPassword",
        ),
    ),
    "AWS::KinesisFirehose::DeliveryStream": (
        "credential of a delivery stream",
        (
            "RedshiftDestinationConfiguration.Password",
            "SplunkDestinationConfiguration.HECToken",
            "SnowflakeDestinationConfiguration.PrivateKey",
            "SnowflakeDestinationConfiguration.KeyPassphrase",
        ),
    ),
    "AWS::ManagedBlockchain::Member": (
        "password of a blockchain's administrator",
        ("MemberConfiguration.MemberFrameworkConfiguration.MemberFabricConfiguration.AdminPassword",),
    ),
    "AWS::OpsWorks::App": (
        "password for a repository",
        ("AppSource.Password", "AppSource.SshKey", "SslConfiguration.PrivateKey"),
    ),
    "AWS::OpsWorks::Stack": (
        "password for a repository",
        ("CustomCookbooksSource.Password", "CustomCookbooksSource.SshKey", "RdsDbInstances.*.DbPassword"),
    ),
    "AWS::Pinpoint::ADMChannel": (_PUSH, ("ClientSecret",)),
    "AWS::Pinpoint::GCMChannel": (_PUSH, ("ApiKey",)),
    "AWS::Pinpoint::BaiduChannel": (_PUSH, ("ApiKey", "SecretKey")),
    "AWS::Pinpoint::APNSChannel": _PUSH_CERTIFICATE,
    "AWS::Pinpoint::APNSSandboxChannel": _PUSH_CERTIFICATE,
    "AWS::Pinpoint::APNSVoipChannel": _PUSH_CERTIFICATE,
    "AWS::Pinpoint::APNSVoipSandboxChannel": _PUSH_CERTIFICATE,
    "AWS::IAM::ServerCertificate": (_PRIVATE_KEY, ("PrivateKey",)),
    "AWS::Transfer::Certificate": (_PRIVATE_KEY, ("PrivateKey",)),
    "AWS::SES::EmailIdentity": ("private key of a mail domain", ("DkimSigningAttributes.DomainSigningPrivateKey",)),
    "AWS::SES::MailManagerIngressPoint": ("password of a mail server", ("IngressPointConfiguration.SmtpPassword",)),
    "AWS::BedrockAgentCore::ApiKeyCredentialProvider": ("key of an API", ("ApiKey",)),
    "AWS::ApiGateway::ApiKey": ("key of an API", ("Value",)),
    "AWS::Events::Connection": (
        "secret of a connection",
        (
            "AuthParameters.ApiKeyAuthParameters.ApiKeyValue",
            "AuthParameters.BasicAuthParameters.Password",
            "AuthParameters.OAuthParameters.ClientParameters.ClientSecret",
        ),
    ),
}
"""What each type holds, and where: `*` is every item of a list."""

_OF_A_TASK = "environment variable of a task"

VARIABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "AWS::CodeBuild::Project": ("environment variable of a build", ("Environment.EnvironmentVariables",)),
    "AWS::Batch::JobDefinition": (
        _OF_A_TASK,
        ("ContainerProperties.Environment", "EcsProperties.TaskProperties.*.Containers.*.Environment"),
    ),
    "AWS::AppRunner::Service": (
        _OF_A_TASK,
        (
            "SourceConfiguration.ImageRepository.ImageConfiguration.RuntimeEnvironmentVariables",
            "SourceConfiguration.CodeRepository.CodeConfiguration.CodeConfigurationValues.RuntimeEnvironmentVariables",
        ),
    ),
    "AWS::ECS::ExpressGatewayService": (_OF_A_TASK, ("PrimaryContainer.Environment",)),
    "AWS::ECS::DaemonTaskDefinition": (_OF_A_TASK, ("ContainerDefinitions.*.Environment",)),
    "AWS::BedrockAgentCore::Runtime": ("environment variable of an agent", ("EnvironmentVariables",)),
    "AWS::Amplify::App": ("environment variable of an application", ("EnvironmentVariables",)),
    "AWS::Amplify::Branch": ("environment variable of an application", ("EnvironmentVariables",)),
    "AWS::ElasticBeanstalk::Environment": ("environment variable of an application", ("OptionSettings",)),
    "AWS::ElasticBeanstalk::ConfigurationTemplate": ("environment variable of an application", ("OptionSettings",)),
    "AWS::Glue::Connection": (
        "password of a connection",
        ("ConnectionInput.ConnectionProperties", "ConnectionInput.AuthenticationConfiguration.**"),
    ),
    "AWS::AppFlow::ConnectorProfile": (
        "credential of a connection",
        ("ConnectorProfileConfig.ConnectorProfileCredentials.**",),
    ),
    "AWS::AppFabric::AppAuthorization": ("credential of a connection", ("Credential.**",)),
    "AWS::BedrockAgentCore::OAuth2CredentialProvider": ("credential of a connection", ("Oauth2ProviderConfigInput.**",)),
    "AWS::BedrockAgentCore::PaymentCredentialProvider": ("credential of a connection", ("ProviderConfigurationInput.**",)),
    "AWS::QuickSight::DataSource": ("credential of a data source", ("Credentials.**",)),
    "AWS::CodePipeline::Pipeline": ("token of a pipeline", ("Stages.*.Actions.*.Configuration",)),
    "AWS::CloudFormation::Stack": ("parameter of a nested stack", ("Parameters",)),
    "AWS::Cognito::UserPoolIdentityProvider": ("secret of an identity provider", ("ProviderDetails",)),
}
"""Where pairs of names and values stand, as a mapping or as a list: those are secrets that are called so.

`**` is every mapping below.
"""

TYPES = frozenset({*PASSWORDS, *VARIABLES})


def passwords(resource: Resource, declared: Declared) -> None:
    """Add the secrets that a resource holds literally."""
    what, routes = PASSWORDS.get(resource.type, ("", ()))
    for route in routes:
        for steps in _ways(resource.properties, tuple(route.split("."))):
            literal(resource, declared, what, *steps, holder=resource.logical)
    what, routes = VARIABLES.get(resource.type, ("", ()))
    for route in routes:
        for steps in _ways(resource.properties, tuple(route.split("."))):
            _named(resource, declared, what, steps)


def _named(resource: Resource, declared: Declared, what: str, steps: Steps) -> None:
    found = resource.evaluated(*steps)
    if found is None:
        return
    pairs: list[tuple[Any, Any, Steps]] = []
    if isinstance(found.value, dict):
        pairs = [(name, item, (name,)) for name, item in found.value.items()]
    for number, item in enumerate(found.value if isinstance(found.value, list) else ()):
        if isinstance(item, dict) and item.get("Type") in (None, "PLAINTEXT"):
            pairs.append((item.get("Name", item.get("OptionName")), item.get("Value"), (number, "Value")))
    for name, value, way in pairs:
        if isinstance(name, str):
            variable(resource, declared, what, name, value, found.origin.at(way), *steps, *way)


def _ways(written: Any, route: tuple[str, ...]) -> Iterator[Steps]:
    """Yield the ways that a route stands for in what is written."""
    if not route:
        yield ()
        return
    step, *rest = route
    if step == "**":
        if isinstance(written, dict):
            yield ()
            yield from ((name, *way) for name, inner in written.items() for way in _ways(inner, route))
        return
    items: list[tuple[str | int, Any]] = []
    if step == "*":
        items = list(enumerate(written)) if isinstance(written, list) else []
    elif isinstance(written, dict) and step in written:
        items = [(step, written[step])]
    for taken, inner in items:
        for way in _ways(inner, tuple(rest)):
            yield (taken, *way)
