"""`aws_s3_(account|bucket)_public_access_block`, `…_ownership_controls`, `…_acl`: whether buckets may be public."""

from __future__ import annotations

from iamlint.model.buckets import CANNED, AccountAccessBlock, BucketGrant, PublicAccessBlock
from iamlint.parse.terraform.attributes import name_of, nested, place_of, text
from iamlint.parse.terraform.computed import SHAPES
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.value import Value, key

_GROUP = "acs.amazonaws.com/groups/global/"


def public_access_block(instance: Instance, declared: Declared) -> None:
    """Add what a public access block keeps from a bucket; a switch that is not known may be on."""
    bucket, (policies, lists) = text(instance, "bucket"), _kept_out(instance)
    if bucket is not None and (policies or lists):
        declared.add(PublicAccessBlock(bucket, policies, lists, instance.place, declared.unit))


def account_block(instance: Instance, declared: Declared) -> None:
    """Add what a public access block keeps from every bucket of an account."""
    policies, lists = _kept_out(instance)
    if policies or lists:
        account = text(instance, "account_id") or instance.account
        declared.add(AccountAccessBlock(account, policies, lists, instance.place, declared.unit))


def _kept_out(instance: Instance) -> tuple[bool, bool]:
    on = {name for name in ("block_public_policy", "restrict_public_buckets", "block_public_acls", "ignore_public_acls")
          if text(instance, name) not in (None, "false")}  # fmt: skip
    return bool(on & {"block_public_policy", "restrict_public_buckets"}), any(name.endswith("acls") for name in on)


def ownership(instance: Instance, declared: Declared) -> None:
    """Add that a bucket has no access control lists, where its owner owns every object."""
    bucket = text(instance, "bucket")
    if bucket is None:
        return
    for rule in nested(instance, "rule"):
        if text(rule, "object_ownership") not in (None, "BucketOwnerPreferred", "ObjectWriter"):
            declared.add(PublicAccessBlock(bucket, False, True, instance.place, declared.unit))


def access_list(instance: Instance, declared: Declared) -> None:
    """Add what the access control list of a bucket grants to everybody."""
    bucket = text(instance, "bucket")
    if bucket is None:
        return
    _canned(instance, bucket, declared)
    for policy in nested(instance, "access_control_policy"):
        for grant in nested(policy, "grant"):
            for grantee in nested(grant, "grantee"):
                _granted(instance, grantee, bucket, (key(text(grant, "permission") or ""),), declared)


def of_the_bucket(instance: Instance, declared: Declared) -> None:
    """Add what the list grants that a bucket writes itself, as it did before version 4 of the provider."""
    bucket = name_of(instance, declared.unit, SHAPES[instance.type].name)
    _canned(instance, bucket, declared)
    for grant in nested(instance, "grant"):
        permissions = grant.get("permissions")
        listed = permissions.value if permissions is not None and isinstance(permissions.value, list) else ()
        _granted(instance, grant, bucket, tuple(item.value for item in listed if isinstance(item.value, str)), declared)


def _canned(instance: Instance, bucket: Value, declared: Declared) -> None:
    group, permissions = CANNED.get(key(text(instance, "acl") or ""), ("", ()))
    if group:
        declared.add(BucketGrant(bucket, group, permissions, place_of(instance, "acl"), declared.unit, instance.account))


def _granted(instance: Instance, grantee: Located, bucket: Value, permissions: tuple[str, ...], declared: Declared) -> None:
    uri = grantee.get("uri")
    _, found, group = uri.value.partition(_GROUP) if uri is not None and isinstance(uri.value, str) else ("", "", "")
    if uri is not None and found and group in ("AllUsers", "AuthenticatedUsers"):
        declared.add(BucketGrant(bucket, group, permissions, uri.place, declared.unit, instance.account))


READERS = {
    ("managed", "aws_s3_account_public_access_block"): account_block,
    ("managed", "aws_s3_bucket_public_access_block"): public_access_block,
    ("managed", "aws_s3_bucket_ownership_controls"): ownership,
    ("managed", "aws_s3_bucket_acl"): access_list,
}
