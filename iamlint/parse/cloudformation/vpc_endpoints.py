"""`AWS::EC2::VPCEndpoint`: what may pass through an endpoint of a VPC."""

from __future__ import annotations

from iamlint.model.policy import Attachment, Layer, PolicyKind
from iamlint.parse.cloudformation.declared import Declared, Resource


def endpoint(resource: Resource, declared: Declared) -> None:
    """Add the policy of an endpoint; without one AWS lets everything pass, which says nothing here."""
    ref = f"{resource.ref}.PolicyDocument"
    policy = declared.policy(resource.evaluated("PolicyDocument"), PolicyKind.ENDPOINT, resource.logical, ref)
    if policy is not None:
        kind = "gateway" if (resource.text("VpcEndpointType") or "Gateway") == "Gateway" else "endpoint"
        serves = (resource.text("ServiceName") or "", resource.text("VpcId") or "")
        arn, account = resource.arn, resource.account
        declared.add(Attachment(Layer.ENDPOINT, kind, arn, account, resource.place, declared.unit, policy, serves=serves))


READERS = {"AWS::EC2::VPCEndpoint": endpoint}
