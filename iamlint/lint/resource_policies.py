"""Which resource a resource policy belongs to."""

from __future__ import annotations

from iamlint.model.estate import Estate
from iamlint.model.policy import Attachment, Layer
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Value


class Owner(NamedTuple):
    """The resource of a policy: its service as in ARNs, its kind (`s3:bucket`, or only the service), and its ARN if known."""

    service: str
    kind: str
    arn: Value


def resource_owners(estate: Estate) -> dict[int, Owner]:
    """Return the owner of each resource policy whose resource is known, by the `id` of the policy."""
    found: dict[int, Owner] = {}
    for attachment in estate.all(Attachment):
        if attachment.policy is not None and attachment.layer is Layer.RESOURCE:
            service = _service_of(attachment.target)
            if service:
                kind = {"s3": "s3:bucket", "kms": "kms:key"}.get(service, service)
                found[id(attachment.policy)] = Owner(service, kind, attachment.target)
    for resource in estate.named("AwsResource"):
        if resource.policy is not None:
            found[id(resource.policy)] = Owner(resource.kind.partition(":")[0], resource.kind, resource.arn)
    return found


def _service_of(target: Value) -> str:
    head = target if isinstance(target, str) else target.parts[0] if isinstance(target, Text) else ""
    parts = head.split(":", 3) if isinstance(head, str) else []
    return parts[2] if len(parts) == 4 and parts[0] == "arn" else ""
