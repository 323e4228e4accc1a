"""AWS questions: the principal itself, or any identity that it can become, evaluated with the policies of the repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from iamlint.graph.decide import Answer
from iamlint.graph.elements import Node, Reached
from iamlint.iam.request import Decision

if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph


def can_aws(
    graph: AccessGraph, node: Node, action: str, resource: str | None, context: Mapping[str, Any], *, some: bool
) -> Answer:
    """Decide whether a node may do something in AWS."""
    return Answer(Decision.UNKNOWN, residual="AWS questions are not answered yet")


def who_can_aws(
    graph: AccessGraph, action: str, resource: str | None, context: Mapping[str, Any], *, some: bool
) -> list[Reached]:
    """Return who may or might do something in AWS."""
    return []
