"""Linking: the estate becomes a graph, join by join (semantics D1–D5)."""

from __future__ import annotations

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.builder import GraphBuilder
from iamlint.graph.federation import Federation
from iamlint.graph.labels import LabelSettings, label
from iamlint.graph.link_aws import link_aws
from iamlint.graph.link_identity import link_identity
from iamlint.graph.link_permission_sets import link_permission_sets
from iamlint.graph.link_secrets import link_secrets
from iamlint.graph.link_telemetry import link_telemetry
from iamlint.graph.link_trust import link_trust
from iamlint.graph.link_workloads import link_workloads
from iamlint.graph.policies import Policies, documents
from iamlint.model.estate import Estate


def build_graph(estate: Estate, settings: LabelSettings | None = None) -> AccessGraph:
    """Return the access graph of an estate. Never raises: what cannot be joined stands in `AccessGraph.unresolved`."""
    settings = settings or LabelSettings()
    builder = GraphBuilder()
    identities = link_identity(estate, builder)
    aws = link_aws(estate, builder)
    link_trust(estate, aws, Federation(estate, builder, identities, aws.providers))
    link_permission_sets(estate, builder, identities, aws)
    link_workloads(estate, builder, identities, aws)
    link_telemetry(estate, builder, identities, aws)
    link_secrets(estate, builder, aws)
    label(estate, builder, settings)
    nodes = builder.finish()
    policies = Policies(
        documents(estate),
        {id(builder.nodes[node_id]): attached for node_id, attached in aws.attached.items()},
        {number: tuple(dict.fromkeys(governed)) for number, governed in aws.governed.items()},
        aws,
    )
    return AccessGraph(estate, nodes, builder.edges, policies, settings, builder.unresolved)
