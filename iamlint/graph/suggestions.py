"""What would let somebody do something: the group to join, the role to assume, the role to be given, and what else comes with it.

A group is not guessed about: the graph is built once more with the membership in it, and compared with the one that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.decide import Answer, capabilities_of, is_telemetry
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, NodeKind, Reached
from iamlint.graph.policies import Attached
from iamlint.iam.request import Decision
from iamlint.model.aws import AwsGroupMembership, AwsRole
from iamlint.model.estate import Estate, Facts
from iamlint.model.identity import Group, Membership, Person
from iamlint.model.policy import Effect
from iamlint.model.telemetry import TelemetryRole
from iamlint.source.globs import is_glob
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST = 8
"""So many candidates are looked at closely: those that seem to bring the least."""

_COUNTED = frozenset({NodeKind.PROJECT, NodeKind.ROLE, NodeKind.CREDENTIAL, NodeKind.RESOURCE})

_NO_ADVICE = frozenset({EdgeKind.MAY_BECOME, EdgeKind.MAY_READ_SECRET})
"""What works only by raising one's own rights, or with somebody else's token, is no way to give anything."""


class Gain(NamedTuple):
    """Something that comes with a candidate: a node that is reached then, and what may be done there.

    `rights` are telemetry capabilities, or the actions that a role's policies allow, as they are written.
    """

    node: Node
    rights: tuple[str, ...]


class Candidate(NamedTuple):
    """One way to give it.

    `kind` is `group`, `permission-set`, `role`, `mapping` or `binding`; `target` the group or role to join or assume, or to
    which a vendor's `role` is given. `path` leads from there to what was asked for. `gains` is what else comes with it,
    `others` how many people and bots get the same. `checked`: the graph was built with it.
    """

    kind: str
    target: Node
    role: str
    path: tuple[Edge, ...]
    certainty: Certainty
    gains: tuple[Gain, ...]
    others: int = 0
    checked: bool = False

    @property
    def cost(self) -> int:
        """Return how many rights come with it that nobody asked for, for the one who asks and for others."""
        return sum(max(len(gain.rights), 1) for gain in self.gains) * (1 + self.others) + self.others


class Suggestions(NamedTuple):
    """The answer. `now` is how it is decided today; no candidates where that already allows it."""

    now: Answer
    candidates: tuple[Candidate, ...]


def suggest(graph: AccessGraph, user: Node, action: str, resource: str | None, context: Mapping[str, Any]) -> Suggestions:
    """Return what would let a user do something, the least first; existing groups and roles before new grants."""
    now = graph.can(user, action, resource, context)
    if now.decision is Decision.ALLOW:
        return Suggestions(now, ())
    asker = _Asker(graph, user, action, resource, context)
    existing = sorted(asker.existing(), key=_order)[:MOST]
    checked = [found for candidate in existing if (found := asker.checked(candidate)) is not None]
    return Suggestions(now, (*sorted(checked, key=_order), *sorted(asker.new_grants(), key=_order)))


def _order(candidate: Candidate) -> tuple[object, ...]:
    return tuple(Certainty).index(candidate.certainty), candidate.cost, candidate.kind, candidate.target.id, candidate.role


class _Asker:
    """One question, and what the user has today."""

    def __init__(self, graph: AccessGraph, user: Node, action: str, resource: str | None, context: Mapping[str, Any]) -> None:
        self.graph, self.user, self.action, self.resource, self.context = graph, user, action, resource, context
        self.telemetry = is_telemetry(action, resource)
        self.wanted = capabilities_of(action) if self.telemetry else frozenset()
        self.has = _rights(graph, user, graph.reach(user))

    # groups and roles that are there

    def existing(self) -> Iterator[Candidate]:
        """Yield every group to join and every role to assume that gives it."""
        reached = {item.node.number for item in self.graph.reach(self.user) if item.certainty is not Certainty.UNKNOWN}
        for found in self.graph.who_can(self.action, self.resource, self.context):
            node = found.node
            if node is self.user or node.number in reached or any(edge.kind in _NO_ADVICE for edge in found.path):
                continue
            if node.kind is NodeKind.GROUP and self._may_join(node):
                yield self._candidate("group", node, found)
            elif node.kind is NodeKind.ROLE and not self.telemetry and node.declared:
                is_set = any(isinstance(fact, AwsRole) and fact.kind == "permission_set" for fact in node.facts)
                yield self._candidate("permission-set" if is_set else "role", node, found)
        if not self.telemetry:
            yield from self._iam_groups()

    def _iam_groups(self) -> Iterator[Candidate]:
        """Yield IAM groups of the user's account: they are no principals, so only the built graph tells what they give."""
        if not self.user.id.startswith("user:arn:"):
            return
        inside = {edge.target.number for edge in self.graph.out_edges(self.user, EdgeKind.MEMBER_OF)}
        for node in self.graph.nodes(NodeKind.GROUP):
            if node.id.startswith("group:arn:") and self._may_join(node) and node.number not in inside:
                yield self._candidate("group", node, Reached(node, (), Certainty.CERTAIN, frozenset()))

    def _candidate(self, kind: str, node: Node, found: Reached) -> Candidate:
        gained = _rights(self.graph, node, [Reached(node, (), Certainty.CERTAIN, frozenset()), *self.graph.reach(node)])
        return Candidate(kind, node, "", found.path, found.certainty, self._beyond(gained, node))

    def _may_join(self, group: Node) -> bool:
        """Return whether the user is of the sort that the group takes: people of its provider, users of its account, bots."""
        if group.id.startswith("group:arn:"):
            return self.user.id.startswith("user:arn:") and self.user.id.split(":")[5] == group.id.split(":")[5]
        if self.user.id.startswith("user:arn:") or self.user.kind not in (NodeKind.USER, NodeKind.BOT, NodeKind.GROUP):
            return False
        providers = {fact.provider for fact in self.user.facts if isinstance(fact, (Person, Group))}
        return not providers or group.id.partition(":")[2].partition("/")[0] in providers

    def _beyond(self, gained: Mapping[Node, frozenset[str]], target: Node) -> tuple[Gain, ...]:
        """Return what is gained beside what was asked for. In AWS rights are actions, however wide the resources are."""
        found = []
        for node, rights in gained.items():
            had = self.has.get(node)
            more = rights - (had or frozenset())
            if self.telemetry and self._is_asked(node):
                more -= self.wanted
                if not more:
                    continue
            elif not self.telemetry and node in (self.user, target):
                more = frozenset(right for right in more if right.casefold() != self.action.casefold())
                if not more:
                    continue
            if had is None or more:
                found.append(Gain(node, tuple(sorted(more))))
        return tuple(sorted(found, key=lambda gain: gain.node.id))

    def _is_asked(self, node: Node) -> bool:
        return node.id == self.resource

    # by building the graph with it

    def checked(self, candidate: Candidate) -> Candidate | None:
        """Return a candidate as it turns out when the graph is built with it, None when it then gives nothing."""
        if candidate.kind != "group":
            return candidate
        facts = Facts("\0what-if", "manifest")
        facts.items = [self._membership(candidate.target)]
        graph = _built(self.graph, facts)
        user = graph.node(self.user.id)
        if user is None:
            return None
        answer = graph.can(user, self.action, self.resource, self.context)
        if not answer.may_allow:
            return None
        certainty = Certainty.UNKNOWN if answer.decision is Decision.UNKNOWN else candidate.certainty
        now = {self.graph.node(node.id) or node: rights for node, rights in _rights(graph, user, graph.reach(user)).items()}
        path = answer.path[1:] if answer.path and answer.path[0].target.id == candidate.target.id else answer.path
        gains = tuple(gain for gain in self._beyond(now, candidate.target) if gain.node is not candidate.target)
        return candidate._replace(gains=gains, path=path, certainty=certainty, checked=True)

    def _membership(self, group: Node) -> object:
        nowhere = Place("")
        if group.id.startswith("group:arn:"):
            account = group.id.split(":")[5]
            return AwsGroupMembership(group.name, (self.user.name,), account, False, nowhere, "\0what-if")
        provider = group.id.partition(":")[2].partition("/")[0]
        kind = {NodeKind.USER: "user", NodeKind.GROUP: "group"}.get(self.user.kind, "bot")
        return Membership(provider, group.name, self.user.name, kind, nowhere, "\0what-if")

    # grants that are not there yet

    def new_grants(self) -> Iterator[Candidate]:
        """Yield the least role of the vendor in the project: mapped to a group that the user is in, or bound by hand."""
        project = self.graph.node(self.resource or "")
        if not self.telemetry or project is None or project.kind is not NodeKind.PROJECT or is_glob(project.id):
            return
        role = self._least_role(project)
        if role is None:
            return
        had = self.has.get(project, frozenset())
        more = tuple(sorted(role.capabilities - self.wanted - had))
        gains = (Gain(project, more),) if more else ()
        for edge in self.graph.out_edges(self.user, EdgeKind.MEMBER_OF):
            group = edge.target
            if edge.certainty is Certainty.CERTAIN and self.graph.out_edges(group, EdgeKind.MAPPED_TO):
                members = [item.node for item in self.graph.reached_by(group) if item.node.kind in (NodeKind.USER, NodeKind.BOT)]
                others = sum(node is not self.user and not self._has_it(node) for node in members)
                yield Candidate("mapping", group, role.name, (), Certainty.CERTAIN, gains, others)
        if self.user.kind is NodeKind.USER and not self.user.id.startswith("user:arn:"):
            yield Candidate("binding", self.user, role.name, (), Certainty.CERTAIN, gains)

    def _has_it(self, node: Node) -> bool:
        return self.graph.can(node, self.action, self.resource, self.context).decision is Decision.ALLOW

    def _least_role(self, project: Node) -> TelemetryRole | None:
        from iamlint.parse.telemetry.grants import known_roles

        vendor = project.id.partition(":")[2].partition("/")[0]
        fitting = [role for role in known_roles(vendor).values() if role.level == "project" and self.wanted <= role.capabilities]
        return min(fitting, key=lambda role: (len(role.capabilities), role.name), default=None)


def _rights(graph: AccessGraph, start: Node, reached: Iterable[Reached]) -> dict[Node, frozenset[str]]:
    """Return what is reached, with what may be done there."""
    found: dict[Node, frozenset[str]] = {}
    for item in reached:
        node = item.node
        if node.kind in _COUNTED and item.certainty is not Certainty.UNKNOWN:
            found[node] = item.capabilities if node.kind is NodeKind.PROJECT else _allowed(graph, node)
    own = _allowed(graph, start)
    if own:
        found[start] = own
    return found


def _allowed(graph: AccessGraph, node: Node) -> frozenset[str]:
    """Return the actions that the policies of an identity of AWS allow, as they are written."""
    if node.kind not in (NodeKind.ROLE, NodeKind.USER, NodeKind.GROUP):
        return frozenset()
    attached: Attached = graph.policy_index.of(node)
    return frozenset(
        str(action)
        for policy in attached.identity
        for statement in policy.statements
        if statement.effect is Effect.ALLOW
        for action in statement.actions
    )


def _built(graph: AccessGraph, more: Facts) -> AccessGraph:
    from iamlint.graph.link import build_graph

    made = build_graph(Estate([*graph.estate.units, more]), graph.settings)
    made.as_of_source = graph.as_of_source
    return made
