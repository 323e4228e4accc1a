"""The graph as GraphML, for Gephi, yEd, Cytoscape and networkx."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamlint.report.display import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
         xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""

NODE_KEYS = {
    "label": "string", "kind": "string", "environment": "string", "team": "string", "file": "string", "line": "int",
    "declared": "boolean",
}  # fmt: skip
EDGE_KEYS = {
    "kind": "string", "reason": "string", "condition": "string", "certainty": "string", "file": "string", "line": "int",
    "method": "string",
}  # fmt: skip


def graphml(nodes: Iterable[Mapping[str, Any]], edges: Iterable[Mapping[str, Any]]) -> str:
    """Return a GraphML document for nodes and edges as `graph --format json` writes them. What is null is left out."""
    lines = [_HEAD.rstrip("\n")]
    for prefix, target, keys in (("n", "node", NODE_KEYS), ("e", "edge", EDGE_KEYS)):
        for name, kind in keys.items():
            lines.append(f'  <key id="{prefix}_{name}" for="{target}" attr.name="{name}" attr.type="{kind}"/>')
    lines.append('  <graph id="access" edgedefault="directed">')
    for node in nodes:
        lines.append(f"    <node id={_attribute(node['id'])}>")
        lines += _data("n", NODE_KEYS, {**node, "label": node["id"]})
        lines.append("    </node>")
    for number, edge in enumerate(edges):
        lines.append(f'    <edge id="e{number}" source={_attribute(edge["from"])} target={_attribute(edge["to"])}>')
        lines += _data("e", EDGE_KEYS, edge)
        lines.append("    </edge>")
    return "\n".join([*lines, "  </graph>", "</graphml>"]) + "\n"


def _data(prefix: str, keys: Mapping[str, str], values: Mapping[str, Any]) -> list[str]:
    found = []
    for name in keys:
        value = values.get(name)
        if value is not None:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            found.append(f'      <data key="{prefix}_{name}">{escape(text)}</data>')
    return found


def _attribute(text: str) -> str:
    return f'"{escape(text)}"'


def escape(text: str) -> str:
    """Return a text for XML: nothing in it is markup, and no character in it is forbidden."""
    safe = clean(text).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    return safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
