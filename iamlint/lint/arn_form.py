"""The form of ARNs in policies: what AWS refuses in them, and which types of resource they can stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from iamlint.iam.arn_homes import DOCUMENTED_BY
from iamlint.iam.catalogue import catalogue
from iamlint.iam.patterns import has_wildcard, intersects
from iamlint.source.near import nearest
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")
_FORM = "`arn:partition:service:region:account:resource`"
_ACCOUNT = regex(r"\d{12}\Z")
_VARIABLE = regex(r"\$\{[^{}]*\}")
_IAM_PATHS = (
    "access-report/", "assumed-role/", "delegation-request/", "federated-user/", "group/", "instance-profile/", "mfa/",
    "oidc-provider/", "policy/", "role/", "role-template/", "saml-provider/", "server-certificate/", "sms-mfa/", "u2f/", "user/",
    "root",
)  # fmt: skip


class ArnFault(NamedTuple):
    """What is wrong with an ARN, and what to write instead."""

    message: str
    help: str = ""


@lru_cache(maxsize=20_000)
def arn_fault(text: str) -> ArnFault | None:
    """Return the first thing that AWS refuses in the resource of a policy, or None."""
    if text == "*" or not text.strip("*"):
        return None
    plain = _VARIABLE.sub("*", text)
    if not plain.startswith("arn:"):
        return _no_arn(text)
    parts = plain.split(":", 5)
    if len(parts) < 6:
        if plain.endswith("*"):
            return None  # `arn:aws:s3:*`: AWS takes it, and does not say what it covers
        return ArnFault(f"`{text}` has {len(parts)} parts, an ARN has six", f"write {_FORM}")
    return _wrong_part(text, parts)


def _no_arn(text: str) -> ArnFault:
    lower = text.lower()
    if lower.startswith("arn:"):
        return ArnFault(f"`{text}` does not start with `arn:` in lower case", f"write `arn:{text[4:]}`")
    if lower.startswith(("arn", "aws:", "amn:", "anr:", "ar:", "rn:")):
        return ArnFault(f"`{text}` does not start with `arn:`", f"write {_FORM}")
    return ArnFault(f"`{text}` is neither an ARN nor `*`", f"write {_FORM}, or `*`")


def _wrong_part(text: str, parts: list[str]) -> ArnFault | None:
    _, partition, service, region, account, resource = parts
    if not has_wildcard(partition) and partition not in PARTITIONS:
        near = nearest(partition, PARTITIONS)
        return ArnFault(f"`{partition}` in `{text}` is no partition of AWS", f"did you mean `{near}`?" if near else "write `aws`")
    if service != service.lower():
        return ArnFault(f"`{service}` in `{text}` is written with capitals", f"write `{service.lower()}`")
    if not service:
        return ArnFault(f"`{text}` names no service")
    if account and not has_wildcard(account) and not _is_account(account, service):
        return ArnFault(f"`{account}` in `{text}` is no account", "an account is twelve digits")
    if not resource:
        return ArnFault(f"`{text}` names no resource", "end it in `*` if every resource is meant")
    if service == "iam":
        return _wrong_iam(text, region, resource)
    return None


def _is_account(account: str, service: str) -> bool:
    if _ACCOUNT.match(account):
        return True
    # AWS's own resources stand in accounts of the names `aws` and `amazon`; CloudFront's identities in `cloudfront`.
    return account in ("aws", "amazon", "cloudfront", "third-party", "aws-marketplace", service)


def _wrong_iam(text: str, region: str, resource: str) -> ArnFault | None:
    if region and region != "*":
        return ArnFault(f"`{text}` has a region, but IAM has none", "leave it empty: `arn:aws:iam::account:…`")
    if has_wildcard(resource[:2]) or any(path.startswith(resource.partition("*")[0]) for path in _IAM_PATHS if "*" in resource):
        return None
    if not resource.startswith(_IAM_PATHS):
        kinds = [path.rstrip("/") for path in _IAM_PATHS]
        near = nearest(resource.partition("/")[0], kinds)
        return ArnFault(
            f"`{resource.partition('/')[0]}` in `{text}` is no kind of IAM resource",
            f"did you mean `{near}/`?" if near else "write `role/…`, `user/…`, `policy/…`",
        )
    return None


# Which types of resource an ARN can stand for.


class ArnShape(NamedTuple):
    """An ARN format as patterns of its parts. `begin` is what stands before a wildcard of the last one."""

    partition: str
    service: str
    region: str
    account: str
    resource: str
    begin: str
    is_bucket: bool
    has_region: bool


def can_be_any(text: str, shapes: Iterable[ArnShape]) -> bool:
    """Return whether some ARN of any of these formats (`arn:${Partition}:s3:::${BucketName}`) matches a resource of a policy."""
    left, head = _parts_of(text)
    if len(left) < 6:
        whole = ":".join(left)
        return any(intersects(whole, ":".join(("arn", *shape[:5]))) for shape in shapes)
    first, partition, service, region, account, resource = left
    if first != "arn" and not intersects(first, "arn"):
        return False
    for right_partition, right_service, right_region, right_account, right_resource, begin, is_bucket, has_region in shapes:
        if not head.startswith(begin) and not begin.startswith(head):
            continue
        if is_bucket and "/" in resource:
            continue  # a bucket's name holds no slash, so whatever has one is an object
        if has_region and not region:
            continue  # left empty where this type has one; the account may be, for what AWS itself owns
        if (
            _meet(region, right_region)
            and _meet(account, right_account)
            and _meet(service, right_service)
            and _meet(partition, right_partition)
            and _meet(resource, right_resource)
        ):
            return True
    return False


def _meet(left: str, right: str) -> bool:
    return left == right or left == "*" or right == "*" or intersects(left, right)


@lru_cache(maxsize=20_000)
def _parts_of(text: str) -> tuple[list[str], str]:
    """Return the parts of an ARN, and how the last one begins."""
    parts = (_VARIABLE.sub("*", text) if "$" in text else text).split(":", 5)
    return parts, _beginning(parts[-1])


def _beginning(resource: str) -> str:
    """Return what stands before the first wildcard of the last part of an ARN, which tells most types apart."""
    return resource.partition("*")[0].partition("?")[0]


@lru_cache(maxsize=5_000)
def shape_of(arn_format: str) -> ArnShape:
    """Return the shape of a format."""
    _, partition, service, region, account, resource = _VARIABLE.sub("*", arn_format).split(":", 5)
    if arn_format.endswith(":*"):
        resource = resource[:-2] + "*"
    is_bucket, has_region = arn_format.endswith(":::${BucketName}"), "${Region}" in arn_format
    return ArnShape(partition, service, region, account, resource, _beginning(resource), is_bucket, has_region)


def resource_kind(text: str) -> str:
    """Return the word that tells the type of resource in an ARN (`table` of `…:table/orders`), or nothing."""
    parts = text.split(":", 5)
    return re.split(r"[:/]", parts[5], maxsplit=1)[0] if len(parts) == 6 and re.search(r"[:/]", parts[5]) else ""


@lru_cache(maxsize=20_000)
def formats_of(vendor: str) -> tuple[str, ...]:
    """Return the documented formats of ARNs that name this service; empty when it has none."""
    services = map(catalogue().service, DOCUMENTED_BY.get(vendor, vendor).split())
    formats = (arn for service in services if service is not None for arn in service.arn_formats)
    return tuple([arn for arn in formats if arn.split(":", 3)[2] == vendor])


_UNDOCUMENTED = {
    "apigateway": ("",), "backup": ("recovery-point:",), "cloudformation": ("transform/",), "iam": ("root", "u2f/"),
    "waf": ("changetoken/",), "waf-regional": ("changetoken/",),
}  # fmt: skip


def is_undocumented(text: str) -> bool:
    """Return whether the ARN is of a type that AWS has and its reference leaves out."""
    parts = text.split(":", 5)
    if len(parts) != 6:
        return False
    if parts[2] == "s3" and not parts[3] and parts[4] and parts[5].startswith("accesspoint/"):
        return True  # of an access point for several regions: what lies behind it stands on no list
    return parts[5].startswith(_UNDOCUMENTED.get(parts[2], ()))


@lru_cache(maxsize=20_000)
def has_known_type(text: str) -> bool:
    """Return whether the ARN is well formed, and of a type that its service documents (or leaves out)."""
    if arn_fault(text) is not None:
        return False
    parts = text.split(":", 5)
    if len(parts) < 6 or has_wildcard(parts[2]) or "$" in parts[2] or is_undocumented(text):
        return True
    formats = formats_of(parts[2])
    if not formats:
        return catalogue().service(parts[2]) is not None
    return can_be_any(text, _shapes_in(parts[2]))


@lru_cache(maxsize=2_000)
def _shapes_in(vendor: str) -> tuple[ArnShape, ...]:
    return tuple(map(shape_of, formats_of(vendor)))


def vendors() -> list[str]:
    """Return every service that stands in an ARN."""
    return sorted({*DOCUMENTED_BY, *catalogue().services})
