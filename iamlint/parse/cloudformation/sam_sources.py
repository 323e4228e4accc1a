"""SAM: brokers and databases that Lambda polls with a secret: what the role of the function gets for it."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.parse.cloudformation.template import as_text
from iamlint.source.value import Text, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.cloudformation.sam_events import Event

_NETWORK = [
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups",
]  # fmt: skip
_PLACES = ("VPC_SUBNET", "VPC_SECURITY_GROUP", "VIRTUAL_HOST")
"""Configurations that name something else than a secret."""


def source_statements(event: Event) -> list[dict[str, Any]]:
    """Return the statements that an event of this kind adds to the role."""
    if event.type not in ("MQ", "MSK", "SelfManagedKafka", "DocumentDB"):
        return []
    return list(_statements(event))


def _statements(event: Event) -> Iterator[dict[str, Any]]:
    template = event.resource.template
    configurations = event.properties.get("SourceAccessConfigurations")
    listed = [item for item in configurations if isinstance(item, dict)] if isinstance(configurations, list) else []
    secrets: list[Value] = []
    for item in listed:
        secret = as_text(item.get("URI"))
        if item.get("Type") not in _PLACES and secret is not None and not _is_beside(item, listed, event):
            secrets.append(secret)
    yield from _registry(event, secrets)
    for secret in secrets:
        yield {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": secret}
    key_id = event.text("SecretsManagerKmsKeyId")
    if key_id is not None:
        context = template.context
        arn = concat(["arn:", context.partition, ":kms:", context.region, ":", event.resource.account, ":key/", key_id])
        yield {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": arn}
    if event.type == "DocumentDB" or any(item.get("Type") in _PLACES[:2] for item in listed):
        yield {"Effect": "Allow", "Action": _NETWORK, "Resource": "*"}
    broker = event.text("Broker")
    if event.type == "MQ" and broker is not None:
        yield {"Effect": "Allow", "Action": ["mq:DescribeBroker"], "Resource": broker}
    cluster = event.text("Cluster")
    if event.type == "DocumentDB" and cluster is not None:
        yield {"Effect": "Allow", "Action": ["rds:DescribeDBClusters"], "Resource": cluster}
        context = template.context
        start: list[Value] = ["arn:", context.partition, ":rds:", context.region, ":", event.resource.account]
        for action, kind in (("rds:DescribeDBClusterParameters", ":cluster-pg:*"), ("rds:DescribeDBSubnetGroups", ":subgrp:*")):
            yield {"Effect": "Allow", "Action": [action], "Resource": concat([*start, kind])}


def _is_beside(item: dict[str, Any], listed: list[dict[str, Any]], event: Event) -> bool:
    """Return whether SAM gives no right to a secret: to the certificate of a server whose clients sign in by another secret.

    Of what is configured for MSK, only the certificates of clients are secrets.
    """
    if event.type == "MSK":
        return item.get("Type") != "CLIENT_CERTIFICATE_TLS_AUTH"
    others = [other for other in listed if other.get("Type") not in (*_PLACES, "SERVER_ROOT_CA_CERTIFICATE")]
    return item.get("Type") == "SERVER_ROOT_CA_CERTIFICATE" and bool(others)


def _registry(event: Event, secrets: list[Value]) -> Iterator[dict[str, Any]]:
    """Yield what reading a schema registry takes, and add its secrets to the others."""
    config = event.properties.get("SchemaRegistryConfig")
    if not isinstance(config, dict):
        return
    access = config.get("AccessConfigs")
    for item in access if isinstance(access, list) else ():
        secret = as_text(item.get("URI")) if isinstance(item, dict) else None
        if secret is not None:
            secrets.append(secret)
    registry = as_text(config.get("SchemaRegistryURI"))
    fields = registry.split(":") if isinstance(registry, str) else []
    shape = registry.parts[-1] if isinstance(registry, Text) else registry
    if registry is None or not isinstance(shape, str) or ":registry/" not in shape or (fields and fields[2] != "glue"):
        return
    context = event.resource.template.context
    schemas: list[Value] = ["arn:", context.partition, ":glue:", context.region, ":", event.resource.account, ":schema/"]
    name = shape.rpartition(":registry/")[2]
    yield {"Effect": "Allow", "Action": ["glue:GetRegistry"], "Resource": registry}
    yield {"Effect": "Allow", "Action": ["glue:GetSchemaVersion"], "Resource": concat([*schemas, f"{name}/*"])}
