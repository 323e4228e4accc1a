"""Which node of the old graph is which of the new one: by id, by renamed files, by what is known of an unknown name."""

from __future__ import annotations

import re

from iamlint.change.canonical import Canon
from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import Node

_UNKNOWN = re.compile("⟨[^⟨⟩]*⟩")


def same_nodes(old: AccessGraph, new: AccessGraph, canon: Canon) -> dict[str, str]:
    """Return the id in the new graph for every id of the old one; a node that is gone keeps its own.

    A name that is unknown in part (a role in an account that the repository does not tell) is the same where just one node
    of each graph fits, both of one environment: the file in which it was met is not what it is.
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
    by_mask: dict[str, list[Node]] = {}
    for node in new.nodes():
        if node.id not in taken and "⟨" in node.id:
            by_mask.setdefault(_mask(node.id), []).append(node)
    asked: dict[str, list[Node]] = {}
    for node in rest:
        names[node.id] = node.id
        if "⟨" in node.id:
            asked.setdefault(_mask(node.id), []).append(node)
    for mask, nodes in asked.items():
        found = by_mask.get(mask, [])
        if len(nodes) == len(found) == 1 and _environment(nodes[0]) == _environment(found[0]):
            names[nodes[0].id] = found[0].id
    return names


def _mask(text: str) -> str:
    return _UNKNOWN.sub("⟨⟩", text)


def _environment(node: Node) -> str | None:
    return node.environment.value if node.environment is not None else None
