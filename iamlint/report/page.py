"""The graph as one HTML file that opens offline: search, reach, filters, findings. The page's own code is in `web/`."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256

from iamlint.graph.builder import LEVEL
from iamlint.graph.elements import Edge, Node, NodeKind
from iamlint.graph.walked import BECOMING, is_walked
from iamlint.report.answers import Answers
from iamlint.report.display import clean
from iamlint.report.drawn import Drawn
from iamlint.report.graphml import escape
from iamlint.report.naming import KIND_WORDS, subtitle, title
from iamlint.report.web import asset
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SCRIPTS = (
    "graph_model.js", "graph_bundles.js", "graph_layout.js", "graph_drawing.js", "graph_view.js", "graph_canvas.js",
    "graph_lists.js", "graph_page.js",
)  # fmt: skip
"""In the order of their use: together they are one program."""
_WALKED, _FROM_ACCOUNT = 1, 2


class Heading(NamedTuple):
    """What the page says of itself: the name of the repository, its revision, the tool's version."""

    name: str
    revision: str
    version: str


def page(
    nodes: Sequence[Node], edges: Sequence[Edge], findings: Sequence[Drawn], answers: Answers, heading: Heading,
    focus: Node | None, hide: Callable[[str], str],
) -> str:  # fmt: skip
    """Return the page. It starts at `focus`, or at the whole graph when that is small, or at the worst finding.

    `hide` takes secrets out of a text.
    """
    data = _Data(answers, hide).build(nodes, edges, findings, heading, focus)
    style, script = asset("graph.css"), "\n".join(asset(name) for name in _SCRIPTS)
    script = f'(() => {{\n"use strict";\n{script}}})();\n'
    return fill(
        asset("graph.html"), style, script, title=f"{heading.name}: access graph",
        data=json.dumps(data, ensure_ascii=False, separators=(",", ":")),
    )  # fmt: skip


def fill(template: str, style: str, script: str, *, title: str, data: str) -> str:
    """Return a page: nothing in its data can end the element that it stands in, and no script runs but the page's own."""
    for unsafe, written in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        data = data.replace(unsafe, written)
    parts = {"POLICY": content_policy(style, script), "TITLE": escape(title), "STYLE": style, "DATA": data, "SCRIPT": script}
    pieces = template.split("%%")
    return "".join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces))


def content_policy(style: str, script: str = "") -> str:
    """Return a policy under which a page runs its own script and style, and loads nothing."""
    policy = f"default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src {_hash(style)}"
    return f"{policy}; script-src {_hash(script)}" if script else policy


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode('utf-8', 'backslashreplace')).digest()).decode()}'"


class _Data:
    """What the page is made from: arrays of numbers that point into one list of texts."""

    def __init__(self, answers: Answers, hide: Callable[[str], str]) -> None:
        self._answers = answers
        self._hide = hide
        self._texts: dict[str, int] = {"": 0}

    def _text(self, text: str | None) -> int:
        return self._texts.setdefault(clean(self._hide(text)) if text else "", len(self._texts))

    def build(
        self, nodes: Sequence[Node], edges: Sequence[Edge], findings: Sequence[Drawn], heading: Heading, focus: Node | None
    ) -> dict[str, Any]:
        position = {node.number: index for index, node in enumerate(nodes)}
        listed = [self._node(node) for node in nodes]
        steps = [self._edge(edge, position) for edge in edges]
        found = [self._finding(drawn, position) for drawn in findings]
        return {
            "version": 1,
            "tool": f"iamlint {heading.version}",
            "name": clean(heading.name),
            "revision": heading.revision,
            "focus": position[focus.number] if focus is not None else -1,
            "kinds": [KIND_WORDS[kind] for kind in NodeKind],
            "texts": list(self._texts),
            "nodes": listed,
            "edges": steps,
            "findings": found,
        }

    def _node(self, node: Node) -> list[int]:
        file, line = self._answers.where(node.place)
        return [
            self._text(node.id), self._text(title(node)), self._text(subtitle(node)), tuple(NodeKind).index(node.kind),
            self._text(node.environment.value if node.environment else None), self._text(node.team.value if node.team else None),
            self._text(file), line or 0, int(node.declared),
        ]  # fmt: skip

    def _edge(self, edge: Edge, position: dict[int, int]) -> list[int]:
        file, line = self._answers.where(edge.place)
        walked = _WALKED if is_walked(edge) else 0
        if edge.source.kind is NodeKind.ACCOUNT and edge.kind in BECOMING:
            walked = _FROM_ACCOUNT
        return [
            position[edge.source.number], position[edge.target.number], self._text(edge.kind.value.replace("_", " ")),
            self._text(edge.reason), self._text(edge.condition), LEVEL[edge.certainty], self._text(file), line or 0, walked,
            self._text(edge.method), self._text(", ".join(edge.assumed)),
        ]  # fmt: skip

    def _finding(self, drawn: Drawn, position: dict[int, int]) -> list[Any]:
        diagnostic = drawn.diagnostic
        because = [[self._text(related.message), self._text(related.path), related.span.line] for related in diagnostic.related]
        return [
            self._text(diagnostic.rule), self._text(diagnostic.name), diagnostic.severity.rank, self._text(diagnostic.message),
            self._text(diagnostic.path), diagnostic.span.line, self._text(diagnostic.help), because,
            [position[number] for number in drawn.nodes if number in position], list(drawn.edges),
        ]  # fmt: skip
