"""What an estate and its graph hold, as far as it decides which rules can find something there."""

from __future__ import annotations

from iamlint.model.policy import Effect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from iamlint.graph.access_graph import AccessGraph
    from iamlint.model.estate import Estate
    from iamlint.model.policy import Policy, Statement

ELEMENTS = ("Condition", "Principal", "NotAction", "NotResource")
"""Elements of statements; `Principal` stands for `NotPrincipal` too."""


def present_in(graph: AccessGraph) -> frozenset[str]:
    """Return what `NEEDS` of a rule package may ask for.

    The types of model values; `node:role` and `edge:may_assume`, the kinds in the graph; `label:environment` and `label:team`,
    where some node has one; `policy:trust`, the kinds of documents; the elements that some statement has; `Deny`; and
    `Statements`, where a document has several.
    """
    nodes = graph.nodes()
    return frozenset(
        [
            *present_in_estate(graph.estate),
            *(f"node:{kind}" for kind in {node.kind for node in nodes}),
            *(f"edge:{kind}" for kind in graph.edge_kinds()),
            *(["label:environment"] if any(node.environment is not None for node in nodes) else ()),
            *(["label:team"] if any(node.team is not None for node in nodes) else ()),
        ]
    )


def present_in_estate(estate: Estate) -> frozenset[str]:
    """Return the part of that which no join decides: everything but nodes, edges and labels."""
    kinds = {policy.kind for policy in estate.policies}
    return frozenset([*estate.types(), *(f"policy:{kind}" for kind in kinds), *_in_statements(estate.policies)])


def _in_statements(policies: Iterable[Policy]) -> set[str]:
    missing = {*ELEMENTS, "Deny", "Statements"}
    found: set[str] = set()
    for policy in policies:
        if not isinstance(policy.document, dict):
            return missing  # nobody knows what it holds
        if len(policy.statements) > 1:
            found.add("Statements")
        for statement in policy.statements:
            if statement.opaque is not None:
                return missing
            if statement.effect is not Effect.ALLOW:
                found.add("Deny")
            if not statement.is_plain:
                found.update(_elements(statement))
            elif statement.conditions:
                found.add("Condition")  # of the elements that matter here, a plain statement may have this one
        if found == missing:
            break
    return found


def _elements(statement: Statement) -> Iterable[str]:
    """Return which of the elements a statement has, however they are spelled."""
    written = " ".join(map(str, statement.policy.statement_document(statement.index))).casefold()
    return [element for element in ELEMENTS if element.casefold() in written]
