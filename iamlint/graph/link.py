"""Linking: the estate becomes a graph, join by join (semantics D1–D5)."""

from __future__ import annotations

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.builder import GraphBuilder
from iamlint.graph.labels import LabelSettings, label
from iamlint.graph.link_identity import link_identity
from iamlint.graph.link_telemetry import link_telemetry
from iamlint.graph.policies import Policies, documents
from iamlint.model.estate import Estate


def build_graph(estate: Estate, settings: LabelSettings | None = None) -> AccessGraph:
    """Return the access graph of an estate. Never raises: what cannot be joined stands in `AccessGraph.unresolved`."""
    settings = settings or LabelSettings()
    builder = GraphBuilder()
    identities = link_identity(estate, builder)
    link_telemetry(estate, builder, identities)
    label(estate, builder, settings)
    nodes = builder.finish()
    policies = Policies(documents(estate), {}, {})
    return AccessGraph(estate, nodes, builder.edges, policies, settings, builder.unresolved)
