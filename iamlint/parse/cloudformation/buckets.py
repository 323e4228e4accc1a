"""`AWS::S3::Bucket`: whether the bucket may be public, and what its canned access control list grants."""

from __future__ import annotations

from iamlint.model.buckets import CANNED, BucketGrant, PublicAccessBlock
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.source.value import key

_CANNED = {"PublicRead": "public-read", "PublicReadWrite": "public-read-write", "AuthenticatedRead": "authenticated-read"}


def bucket(resource: Resource, declared: Declared) -> None:
    """Add what a bucket's own properties say about the public; a switch that is not known may be on."""
    if "PublicAccessBlockConfiguration" in resource.properties:
        policies, lists = (
            any(_is_on(resource, "PublicAccessBlockConfiguration", name) for name in names)
            for names in (("BlockPublicPolicy", "RestrictPublicBuckets"), ("BlockPublicAcls", "IgnorePublicAcls"))
        )
        if policies or lists:
            declared.add(PublicAccessBlock(resource.name, policies, lists, resource.place, declared.unit))
    if "OwnershipControls" in resource.properties:
        found = resource.evaluated("OwnershipControls", "Rules")
        rules = found.value if found is not None and isinstance(found.value, list) else [{}]
        written = [rule.get("ObjectOwnership") for rule in rules if isinstance(rule, dict)]
        if any(value not in ("BucketOwnerPreferred", "ObjectWriter") for value in written):
            declared.add(PublicAccessBlock(resource.name, False, True, resource.place, declared.unit))
    control = resource.evaluated("AccessControl") if "AccessControl" in resource.properties else None
    canned = _CANNED.get(key(control.value) if control is not None and isinstance(control.value, str) else "")
    if control is not None and canned is not None:
        group, permissions = CANNED[canned]
        declared.add(BucketGrant(resource.name, group, permissions, control.origin.at(), declared.unit))


def _is_on(resource: Resource, *steps: str) -> bool:
    found = resource.evaluated(*steps)
    return found is not None and found.value is not None and str(found.value).lower() != "false"
