"""Questions that more than one rule asks: crossings of environments and teams, owners, near names, who ends up with a policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from iamlint.graph.builder import LEVEL, weakest
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Label, Node, NodeKind, Reached, is_uncapped
from iamlint.model.policy import Policy
from iamlint.source.globs import glob_matches
from iamlint.source.record import NamedTuple
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph
    from iamlint.model.identity import TeamGrant

IDENTITIES = frozenset({NodeKind.USER, NodeKind.BOT, NodeKind.GROUP, NodeKind.ROLE, NodeKind.CREDENTIAL})
"""What acts, or lets somebody act."""

SEPARATED = frozenset({NodeKind.ROLE, NodeKind.PROJECT, NodeKind.CREDENTIAL, NodeKind.RESOURCE})
"""What belongs to an environment or a team and must not be reached from another (F2, F3)."""


class Crossing(NamedTuple):
    """A path from a node of one environment or team to a node of another. Nothing between them is labelled."""

    source: Node
    target: Node
    path: tuple[Edge, ...]
    certainty: Certainty


class Excess(NamedTuple):
    """What an agent reaches beyond somebody for whom it acts. `capabilities` are those that go beyond, of a telemetry scope."""

    acting: Edge
    reached: Reached
    capabilities: frozenset[str]


class Queries:
    """Derived facts of one graph, each computed once."""

    def __init__(self, graph: AccessGraph) -> None:
        self._graph = graph
        self._teams: dict[int, frozenset[str]] = {}
        self._teams_by_groups: dict[tuple[Node, ...], frozenset[str]] = {}

    # environments

    def environment_crossings(self, certainty: Certainty = Certainty.ASSUMED) -> list[Crossing]:
        """Return every step by which something of one environment reaches something of a stricter one (F2).

        Each crossing is reported where it happens: a path that enters another labelled node before is that node's.
        """
        strictness = self._graph.settings.strictness
        found: list[Crossing] = []
        for source in self._graph.nodes():
            if source.kind not in IDENTITIES or source.environment is None or is_uncapped(source):
                continue
            own = strictness(source.environment.value)
            if own is None:
                continue
            for crossing in self._walk(source, certainty, lambda node: node.environment is not None and not is_uncapped(node)):
                label = crossing.target.environment
                other = strictness(label.value) if label is not None else None
                if crossing.target.kind in SEPARATED and other is not None and other > own:
                    from iamlint.graph.clusters import is_elsewhere

                    if not is_elsewhere(self._graph, crossing.path, _is_in_environment):
                        found.append(crossing)
        return found

    def spanning(self) -> list[tuple[Node, dict[str, Reached]]]:
        """Return each bot or credential that reaches several environments, with the nearest thing of each (F2)."""
        return self._spanning

    @cached_property
    def _spanning(self) -> list[tuple[Node, dict[str, Reached]]]:
        found = []
        for kind in (NodeKind.BOT, NodeKind.CREDENTIAL):
            for node in self._graph.nodes(kind):
                nearest: dict[str, Reached] = {}
                for reached in self._graph.reach_some(node, _is_in_environment, Certainty.ASSUMED):
                    label = reached.node.environment
                    if label is not None:
                        nearest.setdefault(label.value, reached)
                if len(nearest) > 1:
                    from iamlint.graph.clusters import spanned

                    if nearest := spanned(self._graph, node, nearest, _is_in_environment):
                        found.append((node, nearest))
        return found

    # teams

    def teams_of(self, node: Node) -> frozenset[str]:
        """Return the teams of a node: its own label, and those of the groups in which it is, transitively."""
        known = self._teams.get(node.number)
        if known is None:
            own = frozenset[str]() if node.team is None else frozenset((node.team.value,))
            known = self._teams[node.number] = own | self._teams_in(self._graph.groups_of(node))
        return known

    def _teams_in(self, groups: tuple[Node, ...]) -> frozenset[str]:
        """Return the teams of groups and of those in which they are; many people are in the same ones."""
        known = self._teams_by_groups.get(groups)
        if known is None:
            queue = list(dict.fromkeys(groups))
            seen = set(queue)
            for group in queue:
                for above in self._graph.groups_of(group):
                    if above not in seen:
                        seen.add(above)
                        queue.append(above)
            known = self._teams_by_groups[groups] = frozenset(group.team.value for group in queue if group.team is not None)
        return known

    def team_crossings(self, certainty: Certainty = Certainty.ASSUMED) -> list[Crossing]:
        """Return every step by which a member of a team reaches something that none of its teams owns (F3).

        Left out: platform teams, grants that a team declares and that have not ended, and declared break-glass bindings.
        """
        found: list[Crossing] = []
        for source in self._graph.nodes():
            if source.kind not in IDENTITIES or is_uncapped(source):
                continue
            teams = self.teams_of(source)
            if not teams or teams & self.platform_teams:
                continue
            for crossing in self._walk(source, certainty, lambda node: node.team is not None and not is_uncapped(node)):
                label = crossing.target.team
                if crossing.target.kind not in SEPARATED or label is None or label.value in teams:
                    continue
                if not self._comparable(source, label):
                    continue
                if label.value in self.platform_teams and crossing.target.kind is not NodeKind.PROJECT:
                    continue  # what a platform team offers to all
                if self.grant_for(crossing) is None and not self.is_break_glass(crossing.path):
                    found.append(crossing)
        return found

    def _comparable(self, source: Node, label: Label) -> bool:
        """Return whether two teams are words of one vocabulary.

        A CODEOWNERS team and a free `owner` tag may call one team by two names; such a word counts only against its like,
        or when it is the name of a team that the repository declares.
        """
        own = {_vocabulary(source.team)} if source.team is not None else {""}
        other = _vocabulary(label)
        if "" in own and (not other or label.value in self.declared_teams):
            return True
        return other in own or (other == "" and bool(self.teams_of(source) & self.declared_teams))

    @cached_property
    def declared_teams(self) -> frozenset[str]:
        """The teams that a manifest or the configuration declares."""
        return frozenset(key(team.name) for team in self._graph.estate.named("Team"))

    @cached_property
    def platform_teams(self) -> frozenset[str]:
        """The teams that serve all others."""
        return frozenset(key(team.name) for team in self._graph.estate.named("Team") if team.platform)

    def grant_for(self, crossing: Crossing) -> TeamGrant | None:
        """Return the declared grant that covers a crossing and has not ended, or None."""
        groups = {node.id: node for node in (crossing.source, *(edge.target for edge in crossing.path))}
        names = {name for node in groups.values() if node.kind is NodeKind.GROUP for name in (node.id, node.id[6:], node.name)}
        for team in self._graph.estate.named("Team"):
            for grant in team.grants:
                if (
                    key(grant.group) in names
                    and self._covers(key(grant.project), crossing.target)
                    and not self.is_over(grant.until)
                ):
                    return grant  # type: ignore[no-any-return]
        return None

    def is_over(self, until: str | None) -> bool:
        """Return whether a date lies before the day from which ages are counted."""
        return until is not None and bool(self._graph.as_of) and until[:10] < self._graph.as_of[:10]

    def is_break_glass(self, path: tuple[Edge, ...]) -> bool:
        """Return whether a path goes over a binding that is declared as break-glass."""
        return any(edge.place is not None and edge.place in self._break_glass for edge in path)

    @cached_property
    def _break_glass(self) -> frozenset[object]:
        return frozenset(
            place
            for binding in self._graph.estate.named("RoleBinding")
            if binding.break_glass and not self.is_over(binding.until)
            for _, place in binding.users
        )

    @staticmethod
    def _covers(pattern: str, node: Node) -> bool:
        text = pattern.removeprefix("project:")
        rest = node.id.partition(":")[2]
        return any(glob_matches(text, form) for form in (node.name, rest, rest.partition("/")[2]))

    # agents

    def agent_excess(self, certainty: Certainty = Certainty.ASSUMED) -> Iterator[Excess]:
        """Yield what an agent reaches and somebody for whom it acts does not, or not with the same capabilities (F4)."""
        for edge in self._graph.edges(EdgeKind.ACTS_FOR):
            own = {edge.target.number: frozenset[str]()}
            own.update((reached.node.number, reached.capabilities) for reached in self._graph.reach(edge.target))
            tokens = {held.target.number for held in self._graph.out_edges(edge.source, EdgeKind.HOLDS)}
            for reached in self._graph.reach(edge.source):
                if reached.node.number in tokens:
                    continue  # an agent has a token of its own, and what that opens is reached, too
                if reached.node.kind not in SEPARATED or LEVEL[reached.certainty] > LEVEL[certainty]:
                    continue
                capabilities = own.get(reached.node.number)
                if capabilities is None or not reached.capabilities <= capabilities:
                    yield Excess(edge, reached, reached.capabilities - (capabilities or frozenset()))

    # projects

    @cached_property
    def declared_projects(self) -> tuple[Node, ...]:
        """The telemetry projects that some file declares."""
        return tuple(node for node in self._graph.nodes(NodeKind.PROJECT) if node.declared)

    def near_project(self, name: str) -> Node | None:
        """Return the declared project whose name is nearest to a text, or None."""
        from iamlint.source.near import nearest

        by_name = {node.name: node for node in self.declared_projects}
        found = nearest(name, by_name)
        return by_name[found] if found is not None else None

    def is_organization(self, node: Node) -> bool:
        """Return whether a telemetry scope is an organization: every project of it."""
        return node.kind is NodeKind.PROJECT and node.id.endswith("/*")

    # policies

    def holders(self, policy: Policy) -> list[Reached]:
        """Return who ends up with a policy: what it is attached to, and all that can become that, each once."""
        best: dict[int, Reached] = {}
        for node in self._graph.attached_to(policy):
            for reached in (Reached(node, (), Certainty.CERTAIN, frozenset()), *self._graph.reached_by(node)):
                known = best.get(reached.node.number)
                if known is None or _order(reached) < _order(known):
                    best[reached.node.number] = reached
        return sorted(best.values(), key=lambda reached: reached.node.id)

    # the walk

    def _walk(self, source: Node, certainty: Certainty, is_border: Callable[[Node], bool]) -> Iterator[Crossing]:
        """Yield what is reached from a node without passing a border: the border nodes themselves, surest and nearest first."""
        if not self._graph.leads_on(source):
            return
        walks = self._graph.walks
        nodes = walks.nodes
        begin, end, level, targets = walks.forward.begin, walks.forward.end, walks.forward.level, walks.forward.target
        done = {source.number}
        for limit in range(LEVEL[certainty] + 1) if begin[source.number] < end[source.number] else ():
            seen = {source.number}
            queue: list[tuple[int, tuple[Edge, ...]]] = [(source.number, ())]
            for number, path in queue:
                for entry in range(begin[number], end[number]):
                    at = targets[entry]
                    if at in seen or level[entry] > limit:
                        continue
                    target = nodes[at]
                    if target.kind in _ENDS:
                        continue
                    seen.add(at)
                    if not is_border(target):
                        queue.append((at, (*path, walks.edge(number, entry))))
                    elif at not in done:
                        done.add(at)
                        longer = (*path, walks.edge(number, entry))
                        yield Crossing(source, target, longer, weakest(*(step.certainty for step in longer)))


_ENDS = frozenset({NodeKind.ENVIRONMENT, NodeKind.TEAM, NodeKind.ACCOUNT})


def _is_in_environment(node: Node) -> bool:
    return node.environment is not None and node.kind in SEPARATED


def _vocabulary(label: Label | None) -> str:
    """Return where a team's name is from, when names there may differ from those elsewhere; else nothing."""
    if label is None:
        return ""
    if label.source.startswith("CODEOWNERS"):
        return "CODEOWNERS"
    return "owner" if label.source.casefold() == "tag `owner`" else ""


def _order(reached: Reached) -> tuple[int, int]:
    return LEVEL[reached.certainty], len(reached.path)
