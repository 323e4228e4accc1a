"""Which reader takes which type of resource."""

from __future__ import annotations

from functools import cache

from iamlint.parse.cloudformation import (
    compute,
    elsewhere,
    grants,
    iam,
    instances,
    passwords,
    resource_policies,
    sam_apis,
    sam_connectors,
    sam_gateways,
    secrets,
    serverless,
    sso,
    start_scripts,
    vpc_endpoints,
    workloads,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from iamlint.parse.cloudformation.declared import Declared, Resource

    Reader = Callable[[Resource, Declared], None]

READERS: dict[str, Reader] = {
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
    **elsewhere.READERS,
}


@cache
def reader_of(type_: str) -> Reader | None:
    """Return the reader for resources of a type, None when the type says nothing about access."""
    if elsewhere.unread_type(type_):
        return elsewhere.made_elsewhere if type_.endswith("::MODULE") else elsewhere.extension
    beside = instances.BESIDE.get(type_) or workloads.BESIDE.get(type_)
    readers = [
        reader
        for reader in (
            READERS.get(type_),
            compute.compute if type_ in compute.TYPES else None,
            beside,
            passwords.passwords if type_ in passwords.TYPES else None,
            start_scripts.start_script if type_ in start_scripts.TYPES else None,
        )
        if reader is not None
    ]
    if len(readers) < 2:
        return readers[0] if readers else None

    def read(resource: Resource, declared: Declared) -> None:
        for reader in readers:
            reader(resource, declared)

    return read


def types() -> list[str]:
    """Return the types of resources that are read, sorted."""
    return sorted({*READERS, *compute.TYPES, *passwords.TYPES, *start_scripts.TYPES})
