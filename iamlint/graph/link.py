"""Linking: the estate becomes a graph, join by join (semantics D1–D5)."""

from __future__ import annotations

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.label_settings import LabelSettings
from iamlint.graph.policies import Policies
from iamlint.model.estate import Estate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.aws_index import Aws
    from iamlint.graph.secret_readers import Spread


def build_graph(estate: Estate, settings: LabelSettings | None = None, spread: Spread | None = None) -> AccessGraph:
    """Return the access graph of an estate. Never raises: what cannot be joined stands in `AccessGraph.unresolved`.

    `spread` hands work that takes long to several processes (`secret_readers.Spread`); the graph is the same with it.
    """
    settings = settings or LabelSettings()
    if estate.types() <= {"Policy"}:
        # Documents that nothing is attached to make neither nodes nor edges: a hook on one file pays for no joins.
        policies = Policies(estate.policies, {}, {}, lambda: _aws(estate))
        return AccessGraph(estate, (), None, policies, settings)
    from iamlint.graph.joins import join

    return join(estate, settings, spread)


def _aws(estate: Estate) -> Aws:
    from iamlint.graph.builder import GraphBuilder
    from iamlint.graph.link_aws import link_aws

    return link_aws(estate, GraphBuilder())
