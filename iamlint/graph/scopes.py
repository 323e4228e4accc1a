"""Telemetry scopes: projects, and the organization as the node `project:<vendor>/*`.

The organization's node stands for every project of the organization, those that no file names included. It leads to each
project that is named somewhere. As long as the repository knows at most one organization of a vendor by name, ids leave
it out; else known organizations stand in the ids (`project:lightstep/acme/checkout`, `project:lightstep/acme/*`), and what
is declared without an organization may belong to any of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import Certainty, EdgeKind, Node, NodeKind
from iamlint.model.estate import Estate
from iamlint.model.telemetry import RoleBinding, ScopeMapping, TelemetryCredential, TelemetryProject
from iamlint.source.place import Place
from iamlint.source.value import Value, key

EVERY_PROJECT = "every project of the organization"


class Scopes:
    """The nodes of telemetry scopes, by vendor, organization and project."""

    def __init__(self, estate: Estate, builder: GraphBuilder) -> None:
        self._builder = builder
        named: dict[str, set[str]] = {}
        kinds = (TelemetryProject, ScopeMapping, RoleBinding, TelemetryCredential)
        for kind in kinds:
            facts: Iterable[Any] = estate.all(kind)
            for fact in facts:
                if isinstance(fact.organization, str):
                    named.setdefault(fact.vendor, set()).add(fact.organization)
        self._several = {vendor for vendor, organizations in named.items() if len(organizations) > 1}
        self._projects: dict[str, tuple[str, str | None]] = {}  # node id → vendor, organization where ids say it
        self._organizations: dict[str, tuple[str, str | None]] = {}
        self._places: dict[str, Place | None] = {}

    def project(
        self, vendor: str, organization: Value | None, name: Value, place: Place | None, fact: TelemetryProject | None = None
    ) -> Node:
        """Return the node of a project, declared or only named."""
        qualifier = self._qualifier(vendor, organization)
        text = f"{vendor}/{qualifier}/{key(name)}" if qualifier else f"{vendor}/{key(name)}"
        declared = fact is not None and fact.declared
        node = self._builder.node(NodeKind.PROJECT, text, place, declared=declared, fact=fact, title=key(name))
        self._projects.setdefault(node.id, (vendor, qualifier))
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

    def link(self) -> None:
        """Lead every organization to its projects."""
        for scope_id, (vendor, qualifier) in self._organizations.items():
            scope = self._builder.nodes[scope_id]
            for project_id, (other, owner) in self._projects.items():
                if other != vendor:
                    continue
                project = self._builder.nodes[project_id]
                if owner == qualifier:
                    self._builder.edge(scope, project, EdgeKind.GRANTS, "includes every project", project.place)
                elif owner is None or qualifier is None:
                    condition = f"`{project.name}` belongs to that organization"
                    self._builder.edge(
                        scope, project, EdgeKind.GRANTS, "may include the project", project.place, condition=condition,
                        certainty=Certainty.UNKNOWN,
                    )  # fmt: skip
