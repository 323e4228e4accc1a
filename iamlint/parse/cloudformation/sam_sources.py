"""SAM: brokers and databases that Lambda polls with a secret: what the role of the function gets for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from iamlint.parse.cloudformation.template import as_text
from iamlint.source.value import Value, concat

if TYPE_CHECKING:
    from iamlint.parse.cloudformation.sam_events import Event

_NETWORK = [
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups",
]  # fmt: skip
_PLACES = ("VPC_SUBNET", "VPC_SECURITY_GROUP", "VIRTUAL_HOST")
"""Configurations that name something else than a secret."""


def source_statements(event: Event) -> list[dict[str, Any]]:
    """Return the statements that an event of this kind adds to the role."""
    if event.type not in ("MQ", "SelfManagedKafka", "DocumentDB"):
        return []
    return list(_statements(event))


def _statements(event: Event) -> Iterator[dict[str, Any]]:
    template = event.resource.template
    configurations = event.properties.get("SourceAccessConfigurations")
    listed = [item for item in configurations if isinstance(item, dict)] if isinstance(configurations, list) else []
    secrets: list[Value] = []
    for item in listed:
        secret = as_text(item.get("URI"))
        if item.get("Type") not in _PLACES and secret is not None:
            secrets.append(secret)
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
        yield {"Effect": "Allow", "Action": ["rds:DescribeDBClusterParameters"], "Resource": "*"}
        yield {"Effect": "Allow", "Action": ["rds:DescribeDBSubnetGroups"], "Resource": "*"}
