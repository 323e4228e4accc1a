"""Questions about telemetry scopes and roles that more than one rule asks, whatever the vendor."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Label, Node, NodeKind
from iamlint.model.telemetry import (
    ADMINISTER,
    RoleBinding,
    RoleGrant,
    ScopeMapping,
    ScopeRestriction,
    SubjectGrant,
    TelemetryCredential,
    TelemetryProject,
    TokenUse,
)
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, key


class Granted(NamedTuple):
    """A role that some declaration grants. `by` names the declaration in words (`the mapping`)."""

    vendor: str
    by: str
    grant: RoleGrant


def role_grants(graph: AccessGraph) -> Iterator[Granted]:
    """Yield every role that a mapping, a binding, a team, a service account, a list of permissions or a key names."""
    for mapping in graph.estate.all(ScopeMapping):
        for grant in mapping.grants:
            yield Granted(mapping.vendor, "the mapping", grant)
    for binding in graph.estate.all(RoleBinding):
        yield Granted(binding.vendor, "the binding", binding.grant)
    for held in graph.estate.all(SubjectGrant):
        who = "team" if held.kind == "group" else "service account"
        yield Granted(held.vendor, f"the {who} `{held.subject}`" if isinstance(held.subject, str) else f"a {who}", held.grant)
    for restriction in graph.estate.all(ScopeRestriction):
        for role, grant in restriction.roles:
            yield Granted(restriction.vendor, f"the permission of `{key(role)}`", grant)
    for credential in graph.estate.all(TelemetryCredential):
        # A token of a service account holds the account's role, which is yielded above.
        if credential.role is not None and credential.acts_as is None:
            words = f"the API key `{credential.name}`" if isinstance(credential.name, str) else "the API key"
            yield Granted(credential.vendor, words, credential.role)


class Reference(NamedTuple):
    """A file that names a project; `grants`: it gives access there."""

    vendor: str
    name: Value
    place: Place
    grants: bool


def project_references(graph: AccessGraph) -> Iterator[Reference]:
    """Yield what names a project without declaring it."""
    for project in graph.estate.all(TelemetryProject):
        if not project.declared:
            yield Reference(project.vendor, project.name, project.place, False)
    for vendor, _, grant in role_grants(graph):
        if grant.project is not None:
            yield Reference(vendor, grant.project, grant.project_place or grant.place, True)
    for restriction in graph.estate.all(ScopeRestriction):
        yield Reference(restriction.vendor, restriction.project, restriction.place, True)
    for credential in graph.estate.all(TelemetryCredential):
        if credential.project is not None:
            yield Reference(credential.vendor, credential.project, credential.field_place("project"), True)
    for use in graph.estate.all(TokenUse):
        if use.project is not None and use.project_place is not None:
            yield Reference(use.vendor, use.project, use.project_place, False)


def opening_edges(graph: AccessGraph) -> Iterator[Edge]:
    """Yield the edges by which a role opens every project of an organization, by itself and not by its kind."""
    wide = {
        (vendor, grant.role.name)
        for vendor, _, grant in role_grants(graph)
        if grant.role is not None and grant.role.reaches_all and (grant.project is None or isinstance(grant.project, Unknown))
    }
    for edge in graph.edges(EdgeKind.MAPPED_TO, EdgeKind.GRANTS, EdgeKind.SCOPED_TO):
        if (
            edge.target.kind is NodeKind.PROJECT
            and edge.target.id.endswith("/*")
            and edge.certainty is not Certainty.UNKNOWN
            and edge.capabilities
            and (vendor_of(edge.target.id), edge.detail) in wide
        ):
            yield edge


def vendor_of(node_id: str) -> str:
    """Return the vendor of a project's node."""
    return node_id.removeprefix("project:").partition("/")[0]


_NARROWER = {
    "lightstep": "give it `Organization Restricted Member` and a role in each project that it needs",
    "grafana": "give it the basic role `None` and a permission in each folder and data source that it needs",
    "datadog": "put the data of others into restricted datasets, or into an organization of its own",
    "honeycomb": "put the environments of others into a team of their own",
}


def how_to_narrow(vendor: str) -> str:
    """Return what to do about a role that opens everything, in the vendor's words."""
    return _NARROWER.get(vendor, "give it a role in each project that it needs")


def is_held_back(graph: AccessGraph, vendor: str, project: Value, role: str) -> bool:
    """Return whether a role of the organization does not open a project by itself, because others are listed there."""
    for restriction in graph.estate.all(ScopeRestriction):
        if restriction.vendor == vendor and key(restriction.project) == key(project):
            return not any(key(listed) == role for listed, _ in restriction.roles)
    return False


def is_authoritative(vendor: str) -> bool:
    """Return whether one declaration holds all mappings of an organization, or all users of a role in a scope (E4)."""
    from iamlint.parse.telemetry.vendors import VENDORS  # most repositories have no telemetry

    known = VENDORS.get(vendor)
    return known is None or known.authoritative


def bound_label(graph: AccessGraph, edge: Edge, platforms: set[str]) -> tuple[Node, Label] | None:
    """Return the node whose label binds a role's holder to a team or environment, with the label; None for a platform team's.

    A user belongs to the teams of its groups, a key to whoever holds it.
    """
    if ADMINISTER in edge.capabilities and edge.kind is EdgeKind.GRANTS and edge.source.kind is NodeKind.USER:
        return None
    if any(isinstance(fact, TelemetryCredential) and fact.use == "provisioning" for fact in edge.source.facts):
        return None
    nodes = [edge.source]
    if edge.kind is EdgeKind.GRANTS:
        for node in nodes:
            nodes += [found.target for found in graph.out_edges(node, EdgeKind.MEMBER_OF) if found.target not in nodes]
    elif edge.kind is EdgeKind.SCOPED_TO:
        nodes += [found.source for found in graph.in_edges(edge.source, EdgeKind.HOLDS)]
    if any(node.team is not None and node.team.value in platforms for node in nodes):
        return None
    return next(((node, label) for node in nodes if (label := _label(node)) is not None), None)


def _label(node: Node) -> Label | None:
    for label in (node.team, node.environment):
        if label is not None and label.source.startswith(("label", "listed", "tag", "name")):
            return label
    return None
