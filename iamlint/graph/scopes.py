"""Telemetry scopes: projects, and the organization as the node `project:<vendor>/*`.

The organization's node stands for every project of the organization, those that no file names included. It leads to each
project that is named somewhere. As long as the repository knows at most one organization of a vendor by name, ids leave
it out; else known organizations stand in the ids (`project:lightstep/acme/checkout`, `project:lightstep/acme/*`), and what
is declared without an organization may belong to any of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, NodeKind
from iamlint.model.estate import Estate
from iamlint.model.telemetry import (
    ADMINISTER,
    INGEST,
    RoleBinding,
    ScopeMapping,
    ScopeRestriction,
    SubjectGrant,
    TelemetryCredential,
    TelemetryProject,
)
from iamlint.source.place import Place
from iamlint.source.value import Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EVERY_PROJECT = "every project of the organization"

ALWAYS = {"grafana": ("Admin", "Grafana Admin")}
"""Roles that no restriction holds back, by vendor: Grafana's administrators always have all permissions."""


class Scopes:
    """The nodes of telemetry scopes, by vendor, organization and project."""

    def __init__(self, estate: Estate, builder: GraphBuilder) -> None:
        self._builder = builder
        named: dict[str, set[str]] = {}
        kinds = (TelemetryProject, ScopeMapping, RoleBinding, SubjectGrant, TelemetryCredential)
        for kind in kinds:
            facts: Iterable[Any] = estate.all(kind)
            for fact in facts:
                if isinstance(fact.organization, str):
                    named.setdefault(fact.vendor, set()).add(fact.organization)
        self._several = {vendor for vendor, organizations in named.items() if len(organizations) > 1}
        self._aliases: dict[tuple[str, str], TelemetryProject] = {}  # (vendor, a text by which grants name it)
        for fact in estate.all(TelemetryProject):
            for text in fact.ids:
                self._aliases.setdefault((fact.vendor, key(text)), fact)
        self._projects: dict[str, tuple[str, str | None]] = {}  # node id → vendor, organization where ids say it
        self._organizations: dict[str, tuple[str, str | None]] = {}
        self._mentioned: dict[tuple[str, str | None, Value], Node] = {}

    def project(
        self, vendor: str, organization: Value | None, name: Value, place: Place | None, fact: TelemetryProject | None = None
    ) -> Node:
        """Return the node of a project, declared or only named."""
        written = (vendor, self._qualifier(vendor, organization), name)
        if fact is None and (mentioned := self._mentioned.get(written)) is not None:
            return mentioned
        known = self._aliases.get((vendor, key(name))) if fact is None else None
        if known is not None:
            name, organization = known.name, known.organization
        qualifier = self._qualifier(vendor, organization)
        text = f"{vendor}/{qualifier}/{key(name)}" if qualifier else f"{vendor}/{key(name)}"
        declared = fact is not None and fact.declared
        title = key(name)
        if "/" in title:
            from iamlint.parse.telemetry.vendors import without_unit  # most repositories have no such names

            title = without_unit(vendor, title)
        node = self._builder.node(NodeKind.PROJECT, text, place, declared=declared, fact=fact, title=title)
        self._projects.setdefault(node.id, (vendor, qualifier))
        if fact is None:
            self._mentioned[written] = node  # a directory's groups name the same projects again and again
        return node

    def organization(self, vendor: str, organization: Value | None, place: Place | None) -> Node:
        """Return the node that stands for every project of an organization."""
        qualifier = self._qualifier(vendor, organization)
        text = f"{vendor}/{qualifier}/*" if qualifier else f"{vendor}/*"
        node = self._builder.node(NodeKind.PROJECT, text, place, declared=False, title=EVERY_PROJECT)
        self._organizations.setdefault(node.id, (vendor, qualifier))
        return node

    def _qualifier(self, vendor: str, organization: Value | None) -> str | None:
        return organization if vendor in self._several and isinstance(organization, str) else None

    def link(self, restrictions: Iterable[ScopeRestriction] = ()) -> None:
        """Lead every organization to its projects; to a restricted one lead only who holds a role that is listed for it."""
        closed: dict[str, list[ScopeRestriction]] = {}
        for restriction in restrictions:
            node = self.project(restriction.vendor, restriction.organization, restriction.project, restriction.place)
            closed.setdefault(node.id, []).append(restriction)
        holders = self._holders() if closed else {}
        for scope_id, (vendor, qualifier) in self._organizations.items():
            scope = self._builder.nodes[scope_id]
            for project_id, (other, owner) in self._projects.items():
                if other != vendor:
                    continue
                project = self._builder.nodes[project_id]
                if project_id in closed:
                    if owner == qualifier or owner is None or qualifier is None:
                        for edge in holders.get(scope_id, ()):
                            self._listed(edge, project, closed[project_id], owner == qualifier)
                elif owner == qualifier:
                    self._builder.edge(scope, project, EdgeKind.GRANTS, "includes every project", project.place)
                elif owner is None or qualifier is None:
                    condition = f"`{project.name}` belongs to that organization"
                    self._builder.edge(
                        scope, project, EdgeKind.GRANTS, "may include the project", project.place, condition=condition,
                        certainty=Certainty.UNKNOWN,
                    )  # fmt: skip

    def _holders(self) -> dict[str, list[Edge]]:
        """Return the edges that lead to each organization, by its node."""
        found: dict[str, list[Edge]] = {}
        for edge in self._builder.edges.made:  # memberships give nothing by themselves
            if edge.target.id in self._organizations and edge.capabilities:
                found.setdefault(edge.target.id, []).append(edge)
        return found

    def _listed(self, edge: Edge, project: Node, restrictions: list[ScopeRestriction], same: bool) -> None:
        """Lead the holder of an organization's role to a restricted project as far as the role is listed there."""
        capabilities: frozenset[str] = frozenset()
        certainty = edge.certainty if same else Certainty.UNKNOWN
        condition = edge.condition
        place: Place | None = None
        for restriction in restrictions:
            for role, grant in restriction.roles:
                if role == "*":
                    place = grant.place
                    capabilities |= edge.capabilities if grant.role is None else edge.capabilities & grant.role.capabilities
                    certainty = Certainty.UNKNOWN if grant.role is None else certainty
                elif isinstance(role, str) and role == edge.detail:
                    place = grant.place
                    capabilities |= edge.capabilities if grant.role is None else grant.role.capabilities
                    certainty = Certainty.UNKNOWN if grant.role is None else certainty
                elif not isinstance(role, str) and key(role) == edge.detail and grant.role is not None:
                    place = grant.place
                    capabilities |= grant.role.capabilities
        vendor = restrictions[0].vendor
        if edge.detail in ALWAYS.get(vendor, ()):
            capabilities |= edge.capabilities
        if not capabilities and ADMINISTER in edge.capabilities:
            capabilities = frozenset({ADMINISTER})  # who may change the list
        holds_data = any(key(one.project).startswith("dataset/") for one in restrictions)
        if not capabilities and holds_data and edge.kind is EdgeKind.SCOPED_TO and INGEST in edge.capabilities:
            capabilities = frozenset({INGEST})  # what is sent lands where it belongs, whoever may read it
        if not capabilities:
            if edge.certainty is not Certainty.UNKNOWN:
                return
            capabilities, condition = edge.capabilities, f"it is listed for `{project.name}`"
        self._builder.edge(
            edge.source, project, edge.kind, f"holds `{edge.detail}`, which is listed there" if place else edge.reason,
            place or edge.place, condition=condition, certainty=certainty, capabilities=capabilities, assumed=edge.assumed,
            detail=edge.detail,
        )  # fmt: skip
