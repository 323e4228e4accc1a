"""Which node of the old graph is which of the new one: by id, by renamed files, by what is known of an unknown name."""

from __future__ import annotations

import re
from collections.abc import Callable

from iamlint.change.canonical import Canon, without_places
from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import Node

_UNKNOWN = re.compile("⟨[^⟨⟩]*⟩")


def same_nodes(old: AccessGraph, new: AccessGraph, canon: Canon) -> dict[str, str]:
    """Return the id in the new graph for every id of the old one; a node that is gone keeps its own.

    A name that is unknown in part (a role in an account that the repository does not tell) is the same where just one node
    of each graph fits, both of one environment: the file in which it was met is not what it is. Several whose unknown parts
    have no name are paired in the order of the files.
    """
    names: dict[str, str] = {}
    missing: list[Node] = []
    taken: set[str] = set()
    for node in old.nodes():
        if new.node(node.id) is not None:
            names[node.id] = node.id
            taken.add(node.id)
        else:
            missing.append(node)
    rest: list[Node] = []
    for node in missing:
        renamed = canon.text(node.id)
        if renamed != node.id and renamed not in taken and new.node(renamed) is not None:
            names[node.id] = renamed
            taken.add(renamed)
        else:
            rest.append(node)
    new_ones = [node for node in new.nodes() if node.id not in taken and "⟨" in node.id]
    for node in rest:
        names[node.id] = node.id
    old_ones = [node for node in rest if "⟨" in node.id]
    # First what differs only by the place where it was met, then what differs only by names that nobody knows.
    for mask, most in ((without_places, None), (_mask, 1)):
        left, right = _grouped(old_ones, mask), _grouped(new_ones, mask)
        for about, nodes in left.items():
            found = right.get(about, [])
            if len(nodes) == len(found) and (most is None or len(nodes) <= most):
                names.update({a.id: b.id for a, b in zip(nodes, found, strict=True)})
        known = {names[node.id] for node in old_ones if names[node.id] != node.id}
        old_ones = [node for node in old_ones if names[node.id] == node.id]
        new_ones = [node for node in new_ones if node.id not in known]
    return names


def _grouped(nodes: list[Node], mask: Callable[[str], str]) -> dict[tuple[str, str | None], list[Node]]:
    """Return the nodes by what their ids have in common and by environment, each in the order of the files."""
    found: dict[tuple[str, str | None], list[Node]] = {}
    for node in sorted(nodes, key=_where):
        found.setdefault((mask(node.id), _environment(node)), []).append(node)
    return found


def _where(node: Node) -> tuple[str, tuple[int, int], str]:
    place = node.place
    return ("", (0, 0), node.id) if place is None else (place.path, place.span or (0, 0), node.id)


def _mask(text: str) -> str:
    return _UNKNOWN.sub("⟨⟩", text)


def _environment(node: Node) -> str | None:
    return node.environment.value if node.environment is not None else None
