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
_CACHE_USER = ("password of a cache's user", ("Passwords.*", "AuthenticationMode.Passwords.*"))
_SEARCH = ("password of a search domain", ("AdvancedSecurityOptions.MasterUserOptions.MasterUserPassword",))

PASSWORDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "AWS::RDS::DBInstance": _DATABASE,
    "AWS::RDS::DBCluster": _DATABASE,
    "AWS::Redshift::Cluster": _DATABASE,
    "AWS::DocDB::DBCluster": _DATABASE,
    "AWS::DocDBElastic::Cluster": ("database password", ("AdminUserPassword",)),
    "AWS::RedshiftServerless::Namespace": ("database password", ("AdminUserPassword",)),
    "AWS::Timestream::InfluxDBInstance": ("database password", ("Password",)),
    "AWS::Lightsail::Database": _DATABASE,
    "AWS::DMS::Endpoint": (
        "database password",
        ("Password", "MongoDbSettings.Password", "GcpMySQLSettings.Password", "MicrosoftSqlServerSettings.Password"),
    ),
    "AWS::OpenSearchService::Domain": _SEARCH,
    "AWS::Elasticsearch::Domain": _SEARCH,
    "AWS::DirectoryService::MicrosoftAD": ("password of a directory", ("Password",)),
    "AWS::DirectoryService::SimpleAD": ("password of a directory", ("Password",)),
    "AWS::FSx::FileSystem": (
        "password of a directory",
        ("WindowsConfiguration.SelfManagedActiveDirectoryConfiguration.Password", "OntapConfiguration.FsxAdminPassword"),
    ),
    "AWS::DataSync::LocationSMB": ("password of a file share", ("Password",)),
    "AWS::ElastiCache::ReplicationGroup": ("token of a cache", ("AuthToken",)),
    "AWS::ElastiCache::User": _CACHE_USER,
    "AWS::MemoryDB::User": _CACHE_USER,
    "AWS::AmazonMQ::Broker": ("password of a broker's user", ("Users.*.Password",)),
    "AWS::Connect::User": ("password of a contact center's user", ("Password",)),
    "AWS::QuickSight::DataSource": ("password of a data source", ("Credentials.CredentialPair.Password",)),
    "AWS::CodeBuild::SourceCredential": ("token for a repository", ("Token",)),
    "AWS::CodePipeline::Webhook": ("secret of a webhook", ("AuthenticationConfiguration.SecretToken",)),
    "AWS::Amplify::App": ("token for a repository", ("AccessToken", "OauthToken")),
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
    "AWS::Glue::Connection": ("password of a connection", ("ConnectionInput.ConnectionProperties",)),
    "AWS::CloudFormation::Stack": ("parameter of a nested stack", ("Parameters",)),
    "AWS::Cognito::UserPoolIdentityProvider": ("secret of an identity provider", ("ProviderDetails",)),
}
"""Where pairs of names and values stand, as a mapping or as a list: those are secrets that are called so."""

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
    items: list[tuple[str | int, Any]] = []
    if step == "*":
        items = list(enumerate(written)) if isinstance(written, list) else []
    elif isinstance(written, dict) and step in written:
        items = [(step, written[step])]
    for taken, inner in items:
        for way in _ways(inner, tuple(rest)):
            yield (taken, *way)
