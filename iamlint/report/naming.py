"""Short names for pictures: what a node is called on a box, with the rest of it in a second line."""

from __future__ import annotations

from iamlint.graph.elements import Edge, EdgeKind, Node, NodeKind

KIND_WORDS = {
    NodeKind.USER: "user", NodeKind.BOT: "bot", NodeKind.GROUP: "group", NodeKind.ROLE: "role", NodeKind.POLICY: "policy",
    NodeKind.CREDENTIAL: "token", NodeKind.PROVIDER: "provider", NodeKind.ACCOUNT: "account", NodeKind.PROJECT: "project",
    NodeKind.RESOURCE: "resource", NodeKind.ENVIRONMENT: "environment", NodeKind.TEAM: "team",
}  # fmt: skip
"""The word for each kind, as its ids begin."""

LABELS = frozenset({NodeKind.ENVIRONMENT, NodeKind.TEAM})
"""What a picture shows as a label on other nodes and not as a node of its own."""


def title(node: Node) -> str:
    """Return the name for a box: a role's without its path."""
    if node.kind is NodeKind.RESOURCE and ":" in node.name:
        return node.name.rpartition(":")[2] or node.name
    return node.name or node.id


def subtitle(node: Node) -> str:
    """Return the second line: kind, where it lives (provider, vendor, account), environment, team."""
    parts = [KIND_WORDS[node.kind], _home(node)]
    parts += [label.value for label in (node.environment, node.team) if label is not None]
    return " · ".join(part for part in parts if part)


def _home(node: Node) -> str:
    rest = node.id.partition(":")[2]
    fields = rest.split(":", 5)
    if fields[0] == "arn" and len(fields) == 6:
        service = fields[2] if node.kind is NodeKind.RESOURCE else ""
        return " ".join(part for part in (service, fields[4]) if part)
    if node.kind in (NodeKind.GROUP, NodeKind.PROJECT, NodeKind.CREDENTIAL) and "/" in rest:
        return rest.partition("/")[0]
    if node.kind is NodeKind.ACCOUNT and node.name != rest:
        return rest
    return rest.partition("#")[0] if node.kind is NodeKind.POLICY and "#" in rest else ""


def middle(text: str, most: int) -> str:
    """Return a text of at most so many characters, shortened in its middle: names differ at their ends."""
    if len(text) <= most:
        return text
    tail = (most - 1) // 2
    return f"{text[: most - 1 - tail]}…{text[len(text) - tail :]}"


def without_labels(nodes: list[Node], edges: list[Edge], keep: Node | None = None) -> tuple[list[Node], list[Edge]]:
    """Return a graph without the nodes that stand as labels on others (environments, teams), apart from one to keep."""
    shown = [node for node in nodes if node.kind not in LABELS or node is keep]
    numbers = {node.number for node in shown}
    return shown, [
        edge
        for edge in edges
        if edge.source.number in numbers
        and edge.target.number in numbers
        and (edge.kind not in (EdgeKind.IN_ENVIRONMENT, EdgeKind.OWNS) or keep in (edge.source, edge.target))
    ]
