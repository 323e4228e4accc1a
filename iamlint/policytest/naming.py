"""The nodes that a test names, and the context it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlint.graph.asked_action import UnknownAction, check_action, unlisted
from iamlint.graph.elements import Node, NodeKind
from iamlint.graph.find import AmbiguousNode, UnknownNode, find_node
from iamlint.policytest.case import Asked, Named, PolicyTest
from iamlint.policytest.result import Failure
from iamlint.source.globs import glob_matches, is_glob
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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
    if is_glob(named.name):
        exact = graph.node(named.name)  # an organization's scope is itself written with a star
        return [exact] if exact else [node for node in graph.nodes() if glob_matches(named.name, node.id)]
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


def scopes(graph: AccessGraph, asked: Asked, given: Mapping[str, Any]) -> list[str]:
    """Return what to ask about: an ARN as it is, a telemetry project, or a pattern that names at least one.

    Where the test gives an environment, a pattern means each project of that environment. Raises `UnknownNode` where no
    project is meant, and `UnknownAction` where no action is: a test about nothing would pass for ever.
    """
    resource = asked.resource
    try:
        check_action(asked.action, resource)
    except UnknownAction as fault:
        fault.place = asked.place  # type: ignore[attr-defined]
        raise
    if not (resource.startswith("project:") or asked.action.casefold().startswith("telemetry:")):
        return [resource]
    if not is_glob(resource):
        return [find_scope(graph, Named(resource, asked.place)).id]
    environment = given.get(ENVIRONMENT)
    matching = matching_projects(graph, resource)
    if environment is not None:
        matching = [node for node in matching if node.environment is not None and node.environment.value == environment]
    if not matching:
        error = UnknownNode(resource, ())
        error.args = (f"no telemetry project matches `{resource}`",)
        error.place = asked.place  # type: ignore[attr-defined]
        raise error
    return [resource] if environment is None else [node.id for node in matching]


def unlisted_action(test: PolicyTest, asked: Asked) -> Iterator[Failure]:
    """Yield a failure where a test asks about an action that the catalogue does not know: the answer may be about nothing."""
    found = None if test.unknown_ok else unlisted(asked.action, asked.resource)
    if found is not None:
        message, near = found
        message = f"{message}; {near}" if near else message
        yield Failure(message, "a known action, or `unknown: ok` for one that is newer", "none", asked.place)


def find_scope(graph: AccessGraph, named: Named) -> Node:
    """Return the telemetry scope that is named, by id or by its own name. Raises `UnknownNode` or `AmbiguousNode`."""
    matching = matching_projects(graph, named.name)
    if len(matching) == 1:
        return matching[0]
    try:
        return find_node(named.name, graph.nodes(NodeKind.PROJECT))
    except (UnknownNode, AmbiguousNode) as error:
        error.place = named.place  # type: ignore[union-attr]
        other = graph.node(named.name)
        if other is not None:
            error.args = (f"`{other.id}` is no telemetry project",)
        raise


def matching_projects(graph: AccessGraph, pattern: str) -> list[Node]:
    """Return the telemetry scopes that a pattern means: of node ids, or without a vendor of names."""
    whole = pattern if pattern.startswith("project:") else f"project:{pattern}"
    name = whole.removeprefix("project:")
    return [
        node
        for node in graph.nodes(NodeKind.PROJECT)
        if glob_matches(whole, node.id) or ("/" not in name and glob_matches(name, node.name))
    ]


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
