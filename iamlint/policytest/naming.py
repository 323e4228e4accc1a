"""The nodes that a test names, and the context it gives."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from iamlint.graph.elements import Node
from iamlint.graph.find import AmbiguousNode, UnknownNode
from iamlint.policytest.case import Named
from iamlint.source.value import Unknown

if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph

ENVIRONMENT = "environment"


def find(graph: AccessGraph, named: Named) -> Node:
    """Return the node that a test names. Raises `UnknownNode` or `AmbiguousNode` with the `place` of the name."""
    try:
        return graph.find(named.name)
    except (UnknownNode, AmbiguousNode) as error:
        error.place = named.place  # type: ignore[union-attr]
        raise


def find_all(graph: AccessGraph, named: Named) -> list[Node]:
    """Return the nodes that a name or pattern means: none for a pattern that matches nothing."""
    if "*" in named.name or "?" in named.name:
        exact = graph.node(named.name)  # an organization's scope is itself written with a star
        return [exact] if exact else [node for node in graph.nodes() if fnmatchcase(node.id, _literal(named.name))]
    return [find(graph, named)]


def request_context(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the context keys of a request from what a test gives."""
    context: dict[str, Any] = {}
    for name, value in given.items():
        if name == ENVIRONMENT:
            continue
        if isinstance(value, dict):
            context[name] = Unknown(f"the test gives `{name}` as unknown")
        elif isinstance(value, list):
            context[name] = tuple(_as_text(item) for item in value)
        else:
            context[name] = (_as_text(value),)
    return context


def scopes(graph: AccessGraph, resource: str, given: Mapping[str, Any]) -> list[str]:
    """Return what to ask about: the resource itself, or each node of the given environment that a pattern of nodes matches."""
    environment = given.get(ENVIRONMENT)
    if environment is None or not resource.startswith("project:") or not ("*" in resource or "?" in resource):
        return [resource]
    return [
        node.id
        for node in graph.nodes()
        if fnmatchcase(node.id, _literal(resource)) and node.environment is not None and node.environment.value == environment
    ]


def _literal(pattern: str) -> str:
    """Return a pattern in which only `*` and `?` are special."""
    return pattern.replace("[", "[[]")


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
