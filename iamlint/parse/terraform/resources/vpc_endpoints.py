"""`aws_vpc_endpoint`, `aws_vpc_endpoint_policy`: what may pass through an endpoint of a VPC."""

from __future__ import annotations

from iamlint.model.policy import Attachment, Layer, PolicyKind
from iamlint.parse.terraform.attributes import not_in_repository, text, written
from iamlint.parse.terraform.computed import fill
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.value import Value, concat, key


def endpoint(instance: Instance, declared: Declared) -> None:
    """Add the policy that an endpoint writes itself; without one AWS lets everything pass, which says nothing here."""
    if text(instance, "policy") != "":
        _attach(instance, _id_of(instance, declared), instance, declared)


def endpoint_policy(instance: Instance, declared: Declared) -> None:
    """Add the policy that is written beside an endpoint."""
    target = text(instance, "vpc_endpoint_id") or not_in_repository(instance, declared.unit, "vpc_endpoint_id")
    endpoints = (one for one in declared.all("aws_vpc_endpoint") if key(_id_of(one, declared)) == key(target))
    _attach(instance, target, next(endpoints, None), declared)


def _attach(instance: Instance, id: Value, endpoint: Instance | None, declared: Declared) -> None:
    policy = declared.policy(instance, written(instance, "policy"), PolicyKind.ENDPOINT, instance.name, "policy")
    if policy is None:
        return
    kind = "endpoint"
    if endpoint is not None and (text(endpoint, "vpc_endpoint_type") or "Gateway") == "Gateway":
        kind = "gateway"
    arn = concat([fill("arn:{partition}:ec2:{region}:{account}:vpc-endpoint/", endpoint or instance, declared.unit), id])
    serves = () if endpoint is None else (text(endpoint, "service_name") or "", text(endpoint, "vpc_id") or "")
    declared.add(Attachment(Layer.ENDPOINT, kind, arn, instance.account, instance.place, declared.unit, policy, serves=serves))


def _id_of(instance: Instance, declared: Declared) -> Value:
    return text(instance, "id") or not_in_repository(instance, declared.unit, "id")


READERS = {
    ("managed", "aws_vpc_endpoint"): endpoint,
    ("managed", "aws_vpc_endpoint_policy"): endpoint_policy,
}
