"""What decides about a bucket's publicity beside its policy: S3's Block Public Access, and access control lists."""

from __future__ import annotations

from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value


class PublicAccessBlock(NamedTuple):
    """What keeps a bucket from the public (S3 User Guide, "Blocking public access to your Amazon S3 storage").

    `policies`: a public policy is refused or does not work. `lists`: the same of access control lists, also because the bucket's
    owner owns every object. Either is True as well where a value is not known.
    """

    bucket: Value
    policies: bool
    lists: bool
    place: Place
    unit: str


class AccountAccessBlock(NamedTuple):
    """What keeps every bucket of an account from the public, as `PublicAccessBlock` does one of them."""

    account: Value
    policies: bool
    lists: bool
    place: Place
    unit: str


class BucketGrant(NamedTuple):
    """What a bucket's access control list gives to one of the groups that AWS knows: `AllUsers` or `AuthenticatedUsers`.

    `permissions` are those of lists, in capitals (`READ`, `WRITE`, `READ_ACP`, `WRITE_ACP`, `FULL_CONTROL`).
    """

    bucket: Value
    group: str
    permissions: tuple[str, ...]
    place: Place
    unit: str
    account: Value | None = None


CANNED = {
    "public-read": ("AllUsers", ("READ",)),
    "public-read-write": ("AllUsers", ("READ", "WRITE")),
    "authenticated-read": ("AuthenticatedUsers", ("READ",)),
}
"""Canned lists that let in more than the owner and AWS's services (S3 User Guide, "Access control list (ACL) overview")."""
