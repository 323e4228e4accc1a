"""Which buckets the public gets at, as S3 sees it: Block Public Access, and access control lists."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.lint.guarded import Guarded
from iamlint.model.buckets import AccountAccessBlock, BucketGrant, PublicAccessBlock
from iamlint.source.record import NamedTuple
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph


class Shut(NamedTuple):
    """The buckets on which a public policy is refused, or does not work: by name, and all of some accounts."""

    buckets: frozenset[str]
    accounts: frozenset[str]


def shut_buckets(graph: AccessGraph) -> Shut:
    """Return the buckets on which a public policy is refused, or does not work."""
    return Shut(
        frozenset([key(block.bucket) for block in graph.estate.all(PublicAccessBlock) if block.policies]),
        frozenset([key(block.account) for block in graph.estate.all(AccountAccessBlock) if block.policies]),
    )


def is_shut(guarded: Guarded, shut: Shut) -> bool:
    """Return whether a resource is one of these buckets."""
    if not (shut.buckets or shut.accounts) or guarded.arn is None:
        return False
    bucket = key(guarded.arn).partition(":s3:::")[2]
    return bucket in shut.buckets or (bool(bucket) and guarded.account is not None and key(guarded.account) in shut.accounts)


def public_lists(graph: AccessGraph) -> Iterator[BucketGrant]:
    """Yield what access control lists grant to everybody, and nothing keeps from working."""
    without = {key(block.bucket) for block in graph.estate.all(PublicAccessBlock) if block.lists}
    accounts = {key(block.account) for block in graph.estate.all(AccountAccessBlock) if block.lists}
    for grant in graph.estate.all(BucketGrant):
        is_in_one = grant.account is not None and key(grant.account) in accounts
        if grant.permissions and key(grant.bucket) not in without and not is_in_one:
            yield grant
