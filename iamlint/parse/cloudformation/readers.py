"""Which reader takes which type of resource."""

from __future__ import annotations

from iamlint.parse.cloudformation import (
    compute,
    grants,
    iam,
    instances,
    resource_policies,
    sam_apis,
    sam_connectors,
    sam_gateways,
    secrets,
    serverless,
    sso,
    vpc_endpoints,
    workloads,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from iamlint.parse.cloudformation.declared import Declared, Resource

    Reader = Callable[[Resource, Declared], None]

_READERS: dict[str, Reader] = {
    **iam.READERS,
    **secrets.READERS,
    **resource_policies.READERS,
    **sso.READERS,
    **serverless.READERS,
    **sam_connectors.READERS,
    **sam_apis.READERS,
    **sam_gateways.READERS,
    **grants.READERS,
    **workloads.READERS,
    **vpc_endpoints.READERS,
    **instances.READERS,
}


def reader_of(type_: str) -> Reader | None:
    """Return the reader for resources of a type, None when the type says nothing about access."""
    found = _READERS.get(type_)
    if type_ not in compute.TYPES:
        return found

    beside = instances.instance if type_ == "AWS::EC2::Instance" else workloads.BESIDE.get(type_)

    def read(resource: Resource, declared: Declared) -> None:
        if found is not None:
            found(resource, declared)
        compute.compute(resource, declared)
        if beside is not None:
            beside(resource, declared)

    return read


def types() -> list[str]:
    """Return the types of resources that are read, sorted."""
    return sorted({*_READERS, *compute.TYPES})
