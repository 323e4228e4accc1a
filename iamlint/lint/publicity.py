"""Which buckets the public gets at, as S3 sees it: Block Public Access, and access control lists."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.lint.guarded import Guarded
from iamlint.model.buckets import BucketGrant, PublicAccessBlock
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph


def shut_buckets(graph: AccessGraph) -> frozenset[str]:
    """Return the names of the buckets on which a public policy is refused, or does not work."""
    return frozenset([key(block.bucket) for block in graph.estate.all(PublicAccessBlock) if block.policies])


def is_shut(guarded: Guarded, shut: frozenset[str]) -> bool:
    """Return whether a resource is one of these buckets."""
    return bool(shut) and guarded.arn is not None and key(guarded.arn).partition(":s3:::")[2] in shut


def public_lists(graph: AccessGraph) -> Iterator[BucketGrant]:
    """Yield what access control lists grant to everybody, and nothing keeps from working."""
    without = {key(block.bucket) for block in graph.estate.all(PublicAccessBlock) if block.lists}
    for grant in graph.estate.all(BucketGrant):
        if grant.permissions and key(grant.bucket) not in without:
            yield grant
