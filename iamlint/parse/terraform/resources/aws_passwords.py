"""Resources that hold a password, key or token in an attribute, or in one of a block."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.parse.terraform.attributes import nested, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared

_DATABASE = ("database password", ("password", "master_password"))
_CACHE_USER = ("password of a cache's user", ("passwords", "authentication_mode.passwords"))

PASSWORDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "aws_db_instance": _DATABASE,
    "aws_rds_cluster": _DATABASE,
    "aws_redshift_cluster": _DATABASE,
    "aws_docdb_cluster": _DATABASE,
    "aws_docdbelastic_cluster": ("database password", ("admin_user_password",)),
    "aws_redshiftserverless_namespace": ("database password", ("admin_user_password",)),
    "aws_timestreaminfluxdb_db_instance": _DATABASE,
    "aws_lightsail_database": _DATABASE,
    "aws_dms_endpoint": _DATABASE,
    "aws_directory_service_directory": ("password of a directory", ("password", "connect_settings.password")),
    "aws_directory_service_trust": ("password of a directory's trust", ("trust_password",)),
    "aws_elasticache_replication_group": ("token of a cache", ("auth_token",)),
    "aws_elasticache_user": _CACHE_USER,
    "aws_memorydb_user": _CACHE_USER,
    "aws_mq_broker": ("password of a broker's user", ("user.password",)),
    "aws_connect_user": ("password of a contact center's user", ("password",)),
    "aws_quicksight_data_source": ("password of a data source", ("credentials.credential_pair.password",)),
    "aws_glue_connection": ("password of a connection", ("connection_properties",)),
    "aws_codebuild_source_credential": ("token for a repository", ("token",)),
    "aws_amplify_app": ("token for a repository", ("access_token", "oauth_token")),
    "aws_sns_platform_application": ("credential of a push service", ("platform_credential",)),
    "aws_api_gateway_api_key": ("key of an API", ("value",)),
    "aws_cloudwatch_event_connection": (
        "secret of a connection",
        (
            "auth_parameters.api_key.value",
            "auth_parameters.basic.password",
            "auth_parameters.oauth.client_parameters.client_secret",
        ),
    ),
}
"""What each type holds, and where; the names of blocks stand before the last dot."""


def passwords(instance: Instance, declared: Declared) -> None:
    """Add the secrets that a resource holds literally."""
    what, routes = PASSWORDS[instance.type]
    for route in routes:
        *blocks, attribute = route.split(".")
        for body in _within(instance, blocks):
            found = written(body, attribute)
            if found is not None and isinstance(found.value, list):
                for item in found.value:
                    declared.secret(what, item, instance.address)
            else:
                declared.secret_attribute(what, body, attribute, instance.address)


def _within(body: Located | Instance, blocks: list[str]) -> Iterator[Located | Instance]:
    if not blocks:
        yield body
        return
    for inner in nested(body, blocks[0]):
        if isinstance(inner.value, dict):
            yield from _within(inner, blocks[1:])
