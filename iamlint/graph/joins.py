"""The joins, one after the other: identities, AWS, trust, workloads, telemetry, secrets, labels."""

from __future__ import annotations

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.builder import GraphBuilder
from iamlint.graph.escalation_gate import may_escalate
from iamlint.graph.federation import Federation
from iamlint.graph.label_settings import LabelSettings
from iamlint.graph.labels import label
from iamlint.graph.link_administration import link_administration
from iamlint.graph.link_aws import link_aws
from iamlint.graph.link_federated import link_federated
from iamlint.graph.link_identity import link_identity
from iamlint.graph.link_permission_sets import link_permission_sets
from iamlint.graph.link_rules import link_rules
from iamlint.graph.link_secrets import link_secrets
from iamlint.graph.link_telemetry import link_telemetry
from iamlint.graph.link_trust import link_trust
from iamlint.graph.link_workloads import link_workloads
from iamlint.graph.policies import Policies, documents
from iamlint.model.estate import Estate
from iamlint.model.vault import VaultRole


def join(estate: Estate, settings: LabelSettings) -> AccessGraph:
    """Return the access graph of an estate."""
    builder = GraphBuilder()
    identities = link_identity(estate, builder)
    link_rules(estate, builder, identities)
    aws = link_aws(estate, builder)
    link_trust(estate, aws, Federation(estate, builder, identities, aws.providers))
    link_permission_sets(estate, builder, identities, aws)
    link_workloads(estate, builder, identities, aws)
    link_telemetry(estate, builder, identities, aws)
    if estate.all(VaultRole):
        from iamlint.graph.link_vault import link_vault

        link_vault(estate, builder, identities, aws)
    if may_escalate(policy for attached in aws.attached.values() for policy in attached.identity):
        from iamlint.graph.escalation_resources import link_resource_takeovers
        from iamlint.graph.link_escalation import link_escalation

        ground = link_escalation(estate, aws)
        link_secrets(estate, builder, aws)
        link_resource_takeovers(ground)
    else:
        link_secrets(estate, builder, aws)
    link_federated(estate, builder, identities)
    link_administration(estate, builder, identities)
    label(estate, builder, settings)
    nodes = builder.finish()
    policies = Policies(
        documents(estate),
        {id(builder.nodes[node_id]): attached for node_id, attached in aws.attached.items()},
        {number: tuple(dict.fromkeys(governed)) for number, governed in aws.governed.items()},
        lambda: aws,
    )
    return AccessGraph(estate, nodes, builder.edges, policies, settings, builder.unresolved)
