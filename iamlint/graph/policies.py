"""Policy documents by whom they govern: what is attached to an identity, at which layer, and what of it is not held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from iamlint.graph.elements import Node
from iamlint.model.policy import Layer, Policy
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.aws_index import Aws
    from iamlint.graph.endpoints import Endpoints


class Attached(NamedTuple):
    """The policies that count for one AWS identity, by layer. `missing` are documents that the repository does not hold.

    `endpoints`: the policies of all VPC endpoints, each for what comes through it.
    """

    identity: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] | None = None
    scp: tuple[tuple[Policy, ...], ...] = ()
    rcp: tuple[tuple[Policy, ...], ...] = ()
    missing: tuple[str, ...] = ()
    not_seen: frozenset[Layer] = frozenset()
    endpoints: Endpoints = ()


class Policies:
    """Every policy document of the repository, and what it is attached to."""

    def __init__(
        self,
        documents: Iterable[Policy],
        attached: Mapping[int, Attached],
        governed: Mapping[int, tuple[Node, ...]],
        aws: Callable[[], Aws],
    ) -> None:
        self._make_aws = aws
        self.all = tuple(documents)
        self._attached = attached
        self._governed = governed

    @cached_property
    def aws(self) -> Aws:
        """The AWS identities and resources by name and ARN."""
        return self._make_aws()

    def of(self, node: Node) -> Attached:
        """Return the policies of an AWS identity; none for any other node."""
        return self._attached.get(id(node), _NOTHING)

    def attached_to(self, policy: Policy) -> list[Node]:
        """Return the nodes that the document governs, ordered by id."""
        return sorted(self._governed.get(id(policy), ()), key=lambda node: node.id)


_NOTHING = Attached()
