"""The access graph: everything that a rule, a command or a policy test asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, NodeKind, Reached
from iamlint.graph.policies import Policies
from iamlint.model.estate import Estate
from iamlint.model.policy import Effect, Policy, PolicyKind, Statement
from iamlint.source.problem import Unresolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from iamlint.graph.closure import Closure
    from iamlint.graph.decide import Answer, Principal
    from iamlint.graph.edge_list import Edges, Kept
    from iamlint.graph.label_settings import LabelSettings
    from iamlint.graph.queries import Queries
    from iamlint.graph.reach import Reach

    T = TypeVar("T")


class AccessGraph:
    """Who can reach what. Made by `build_graph`; does not change afterwards.

    Nodes are ordered by id, edges by source, target and kind. An organization's scope is the node `project:lightstep/*`
    ("every project of the organization"); where a repository declares several organizations of one vendor, ids say
    which (`project:lightstep/acme/*`).
    """

    def __init__(
        self, estate: Estate, nodes: Sequence[Node], edges: Edges | None, policies: Policies, settings: LabelSettings,
        unresolved: Sequence[Unresolved] = (),
    ) -> None:  # fmt: skip
        self.estate = estate
        self.settings = settings
        self.unresolved = tuple(unresolved)
        self.as_of_source: Callable[[], str] | None = None
        self.policy_index = policies
        self._nodes = tuple(nodes)
        self._given = edges
        self._collected: dict[Callable[[AccessGraph], Any], Any] = {}
        self._statements: dict[tuple[Effect | None, tuple[PolicyKind, ...]], list[Statement]] = {}  # rules ask again and again

    def __repr__(self) -> str:
        return f"AccessGraph({len(self._nodes)} nodes, {len(self._edges)} edges)"

    @cached_property
    def as_of(self) -> str:
        """The day (ISO) from which ages are counted; asked of the run when a rule first needs it, empty outside of one."""
        return self.as_of_source() if self.as_of_source is not None else ""

    def once(self, collect: Callable[[AccessGraph], T]) -> T:
        """Return what a function collects of the graph, computed when first asked for: several rules ask for the same."""
        found: T | None = self._collected.get(collect)
        if found is None:
            found = self._collected[collect] = collect(self)
        return found

    # nodes and edges

    def nodes(self, kind: NodeKind | None = None) -> list[Node]:
        """Return the nodes, of one kind if given, ordered by id."""
        return list(self._nodes if kind is None else self._by_kind.get(kind, ()))

    @cached_property
    def _edges(self) -> Edges:
        from iamlint.graph.edge_list import Edges

        return Edges() if self._given is None else self._given

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self._nodes}

    @cached_property
    def _by_kind(self) -> dict[NodeKind, list[Node]]:
        found: dict[NodeKind, list[Node]] = {}
        for node in self._nodes:
            found.setdefault(node.kind, []).append(node)
        return found

    def node(self, node_id: str) -> Node | None:
        """Return the node of this id, or None."""
        return self._by_id.get(node_id)

    def find(self, name: str) -> Node:
        """Return the node that a user means: by id or unique suffix. Raises `UnknownNode` or `AmbiguousNode`."""
        from iamlint.graph.find import find_node

        return self._by_id.get(name) or find_node(name, self._nodes)

    def edges(self, *kinds: EdgeKind) -> Sequence[Edge]:
        """Return the edges, of some kinds if given. All of them are a view: memberships become `Edge` values as they are read."""
        return list(self._edges.of(*kinds)) if kinds else self._edges

    def edge_kinds(self) -> set[EdgeKind]:
        """Return the kinds of which there is an edge."""
        return set() if self._given is None else self._given.kinds()

    def single_edges(self) -> Iterator[Edge]:
        """Yield the edges but those of lists of memberships, which `groups_of` tells for one member."""
        return self._edges.singles()

    def count_single_edges(self) -> int:
        """Return how many these are."""
        return self._edges.count_singles()

    def prepare(self) -> None:
        """Make the rows of edges that most questions ask for: forks made after this share them."""
        _ = self._out, self._made_in

    def leads_on(self, node: Node) -> bool:
        """Return whether any edge leaves the node."""
        return bool(self._out.get(node.number))

    def out_edges(self, node: Node, *kinds: EdgeKind) -> list[Edge]:
        """Return the edges that leave the node, of some kinds if given."""
        return self._edges.made_of(self._out.get(node.number, ()), kinds)

    def in_edges(self, node: Node, *kinds: EdgeKind, unknown: bool = True) -> list[Edge]:
        """Return the edges that lead to the node, of some kinds if given, and where that is not known only if `unknown`."""
        into = self._in if node.kind is NodeKind.GROUP else self._made_in  # only groups have members
        found: Sequence[Kept] = into.get(node.number, ())
        if unknown:
            return self._edges.made_of(found, kinds, node)
        # Left out before they are made: whoever may read any secret, if it is in one account, is that for hundreds of them.
        sure = [kept for kept in found if isinstance(kept, int) or kept.certainty is not Certainty.UNKNOWN]
        return [edge for edge in self._edges.made_of(sure, kinds, node) if edge.certainty is not Certainty.UNKNOWN]

    def groups_of(self, node: Node, *, unknown: bool = False) -> tuple[Node, ...]:
        """Return the groups that the node is in, not by way of others; where it is not known, only if `unknown`."""
        return self._edges.groups_in(self._out.get(node.number, ()), unknown)

    @cached_property
    def groups_with_members(self) -> frozenset[str]:
        """The ids of the groups that have members."""
        return frozenset(self._edges.groups())

    @cached_property
    def _out(self) -> dict[int, list[Kept]]:
        return self._edges.by_source()

    @cached_property
    def _in(self) -> dict[int, list[Kept]]:
        return self._edges.by_target()

    @cached_property
    def _made_in(self) -> dict[int, list[Kept]]:
        return self._edges.by_target(rows=False)

    # reach

    @cached_property
    def walks(self) -> Reach:
        """The walks over the graph."""
        from iamlint.graph.reach import Reach

        return Reach(self._nodes, self._edges)

    def reach(self, node: Node) -> list[Reached]:
        """Return everything that the node reaches, surest first, then nearest, each with its path."""
        return self.walks.reach(node)

    def reach_some(
        self, node: Node, is_wanted: Callable[[Node], bool], certainty: Certainty = Certainty.UNKNOWN
    ) -> Iterator[Reached]:
        """Yield what of some nodes the node reaches at least so surely, in the order of `reach`; a path is made as it is read."""
        return self.walks.reach_some(node, is_wanted, certainty)

    def reached_by(self, node: Node) -> list[Reached]:
        """Return everything that reaches the node, each with its path to the node."""
        return self.walks.reached_by(node)

    def shortest_path(self, source: Node, target: Node) -> tuple[Edge, ...] | None:
        """Return the surest, then shortest path between two nodes, or None."""
        return self.walks.shortest_path(source, target)

    def all_paths(self, source: Node, target: Node, limit: int = 100) -> Iterator[tuple[Edge, ...]]:
        """Yield up to `limit` simple paths, shortest first."""
        return self.walks.all_paths(source, target, limit)

    def closure(self, targets: Sequence[Node], certainty: Certainty = Certainty.UNKNOWN) -> Closure:
        """Return, for all nodes at once, which of the targets they reach over paths that are at least so certain."""
        from iamlint.graph.closure import Closure

        return Closure(self.walks, self._nodes, targets, certainty)

    # policies

    def policies(self, *kinds: PolicyKind) -> list[Policy]:
        """Return every policy document of the repository, of some kinds if given: managed, inline, trust and resource."""
        return [policy for policy in self.policy_index.all if not kinds or policy.kind in kinds]

    def statements(self, effect: Effect | None = None, *kinds: PolicyKind) -> Iterator[Statement]:
        """Yield the statements of the policies, of one effect if given."""
        found = self._statements.get((effect, kinds))
        if found is None:
            found = self._statements[effect, kinds] = [
                statement
                for policy in self.policies(*kinds)
                for statement in policy.statements
                if effect is None or statement.effect is effect
            ]
        return iter(found)

    def attached_to(self, policy: Policy) -> list[Node]:
        """Return the nodes that a policy document governs: roles, users, groups, accounts, resources."""
        return self.policy_index.attached_to(policy)

    # decisions

    def can(
        self,
        principal: Principal,
        action: str,
        resource: str | None = None,
        context: Mapping[str, Any] | None = None,
        *,
        some: bool = False,
    ) -> Answer:
        """Decide whether a principal may do something, itself or as anything that it can become.

        Where action or resource is a pattern, the answer is `allow` when everything that matches is allowed; with `some`,
        when anything that matches is.
        """
        from iamlint.graph.decide import can

        return can(self, principal, action, resource, context or {}, some=some)

    def who_can(
        self, action: str, resource: str | None = None, context: Mapping[str, Any] | None = None, *, some: bool = False
    ) -> list[Reached]:
        """Return every principal that may (or, by its certainty, might) do something, each with the path that gives it."""
        from iamlint.graph.decide import who_can

        return who_can(self, action, resource, context or {}, some=some)

    # for rules

    @cached_property
    def queries(self) -> Queries:
        """Questions that more than one rule asks."""
        from iamlint.graph.queries import Queries

        return Queries(self)

    @cached_property
    def nx(self) -> Any:
        """The graph as a `networkx.MultiDiGraph` of node ids."""
        from iamlint.graph.view import networkx_view

        return networkx_view(self._nodes, self._edges)
