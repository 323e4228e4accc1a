"""The graph as a picture: columns from who reaches to what is reached, in one SVG file without anything from outside."""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.graph.elements import Certainty, Edge, Node, NodeKind
from iamlint.report.graphml import escape
from iamlint.report.layers import Layout, layered
from iamlint.report.naming import KIND_WORDS, middle, subtitle, title

_BOX, _ROW, _GAP, _MARGIN, _HEAD = 38, 50, 110, 24, 64
_LONGEST = 38
_WIDE = frozenset("MWmw@%—…ABCDEFGHKNOPQRSUVXYZ&⟨⟩")
_NARROW = frozenset("ijlt.,:;|!'`()[]/Ifr- ")

COLORS = {
    NodeKind.USER: "#2563eb", NodeKind.GROUP: "#0891b2", NodeKind.BOT: "#7c3aed", NodeKind.ROLE: "#c2410c",
    NodeKind.POLICY: "#78716c", NodeKind.CREDENTIAL: "#be123c", NodeKind.PROVIDER: "#4d7c0f", NodeKind.ACCOUNT: "#a16207",
    NodeKind.PROJECT: "#15803d", NodeKind.RESOURCE: "#0f766e", NodeKind.ENVIRONMENT: "#6b7280", NodeKind.TEAM: "#6b7280",
}  # fmt: skip
"""One color a kind; each has a contrast of at least 4.5 on white."""

_STYLE = """\
.back{fill:#fff}.box{fill:#fff;stroke:#94a3b8}.named{stroke-dasharray:4 3}
text{font-family:system-ui,"Segoe UI",Helvetica,Arial,sans-serif;fill:#0f172a}
.name{font-size:12.5px;font-weight:600}.rest{font-size:10.5px;fill:#475569}
.edge{fill:none;stroke:#64748b;stroke-width:1.3}.assumed{stroke-dasharray:6 4}.unknown{stroke-dasharray:2 4}
.why{font-size:10px;fill:#334155;paint-order:stroke;stroke:#fff;stroke-width:3px}
@media (prefers-color-scheme:dark){.back{fill:#0b1120}.box{fill:#111c33;stroke:#475569}text{fill:#e2e8f0}.rest{fill:#94a3b8}
.edge{stroke:#94a3b8}.why{fill:#cbd5e1;stroke:#0b1120}}"""


def svg(nodes: Sequence[Node], edges: Sequence[Edge], about: str) -> str:
    """Return the picture. `about` is its title for readers who cannot see it.

    Edges with the same ends are one line. Nodes without an edge stand in rows below.
    """
    position = {node.number: index for index, node in enumerate(nodes)}
    together: dict[tuple[int, int], list[Edge]] = {}
    for edge in edges:
        together.setdefault((position[edge.source.number], position[edge.target.number]), []).append(edge)
    linked = sorted({end for link in together for end in link})
    place = {item: index for index, item in enumerate(linked)}
    links = [(place[source], place[target]) for source, target in together]
    drawing = _Drawing([nodes[item] for item in linked], layered(len(linked), links))
    loose = [node for index, node in enumerate(nodes) if index not in place]
    lines = [drawing.lines(number, list(own)) for number, own in enumerate(together.values())]
    labels = drawing.labels(list(together.values()), links)
    boxes = [drawing.box(index) for index in range(len(linked))] + drawing.loose(loose)
    kinds = [kind for kind in NodeKind if any(node.kind is kind for node in nodes)]
    width, height = max(drawing.width, 640), drawing.height
    return "\n".join([
        (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-labelledby="about">'),
        f'<title id="about">{escape(about)}</title>', f"<style>{_STYLE}</style>",
        ('<defs><marker id="end" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#64748b"/></marker></defs>'),
        f'<rect class="back" width="{width:.0f}" height="{height:.0f}"/>', *_legend(kinds), *lines, *boxes, *labels, "</svg>",
    ]) + "\n"  # fmt: skip


class _Drawing:
    """Turns columns and rows into pixels, and knows what is taken."""

    def __init__(self, nodes: list[Node], layout: Layout) -> None:
        self.nodes = nodes
        self.layout = layout
        widths = [0.0] * max(layout.columns, 1)
        for node, rank in zip(nodes, layout.rank, strict=True):
            widths[rank] = max(widths[rank], _box_width(node))
        self.left: list[float] = []
        x = float(_MARGIN)
        for width in widths:
            self.left.append(x)
            x += width + _GAP
        self.widths = widths
        self.width = x - _GAP + _MARGIN
        self.rows = max([*layout.y, *(y for route in layout.routes for _, y in route), 0.0]) + 1 if nodes else 0.0
        self.height = _HEAD + self.rows * _ROW + _MARGIN
        self._taken: list[tuple[float, float, float, float]] = []

    def _y(self, row: float) -> float:
        return _HEAD + row * _ROW + _ROW / 2

    def box(self, index: int) -> str:
        """Return one node's box."""
        node, rank = self.nodes[index], self.layout.rank[index]
        return _box(node, self.left[rank], self._y(self.layout.y[index]) - _BOX / 2, self.widths[rank])

    def loose(self, nodes: Sequence[Node]) -> list[str]:
        """Return the boxes of nodes without an edge, in rows below, and make room for them."""
        boxes, x, y = [], float(_MARGIN), self.height
        most = max(self.width, 1000.0) - _MARGIN
        for node in nodes:
            width = _box_width(node)
            if x > _MARGIN and x + width > most:
                x, y = float(_MARGIN), y + _ROW
            boxes.append(_box(node, x, y, width))
            x += width + 16
            self.width = max(self.width, x + _MARGIN - 16)
        if nodes:
            self.height = y + _ROW + _MARGIN
        return boxes

    def points(self, number: int) -> list[tuple[float, float, float]]:
        """Return where a link enters and leaves each column: (left, right, y)."""
        return [(self.left[rank], self.left[rank] + self.widths[rank], self._y(row)) for rank, row in self.layout.routes[number]]

    def lines(self, number: int, edges: list[Edge]) -> str:
        """Return one line for edges with the same ends."""
        points = self.points(number)
        surest = min((edge.certainty for edge in edges), key=tuple(Certainty).index)
        told = escape("\n".join(f"{edge.source.id} → {edge.target.id}: {edge.reason}" for edge in edges)).replace("\\n", "&#10;")
        if len(points) == 1 or self.layout.routes[number][0] == self.layout.routes[number][-1]:
            x, y = points[0][1], points[0][2]
            path = f"M{x:.1f} {y - 8:.1f}c34 -14 34 30 0 16"
        else:
            forward = points[-1][0] >= points[0][0]
            (start, y), rest = ((points[0][1] if forward else points[0][0]), points[0][2]), points[1:]
            path = f"M{start:.1f} {y:.1f}"
            for index, (left, right, row) in enumerate(rest):
                enter, leave = (left, right) if forward else (right, left)
                bend = (start + enter) / 2
                path += f"C{bend:.1f} {y:.1f} {bend:.1f} {row:.1f} {enter:.1f} {row:.1f}"
                if index < len(rest) - 1:
                    path += f"L{leave:.1f} {row:.1f}"
                start, y = leave, row
        style = "" if surest is Certainty.CERTAIN else f" {surest.value}"
        return f'<path class="edge{style}" d="{path}" marker-end="url(#end)"><title>{told}</title></path>'

    def labels(self, groups: Sequence[Sequence[Edge]], links: Sequence[tuple[int, int]]) -> list[str]:
        """Return a few words on each line where there is room for them: beside the end that fewer lines share."""
        found = []
        fan_in = [0] * len(self.nodes)
        fan_out = [0] * len(self.nodes)
        for source, target in links:
            fan_out[source] += 1
            fan_in[target] += 1
        for number, edges in enumerate(groups):
            points = self.points(number)
            if len(points) < 2:
                continue
            words = ", ".join(dict.fromkeys(edge.kind.value.replace("_", " ") for edge in edges))
            words = middle(words, 22)
            at_end = fan_in[links[number][1]] <= fan_out[links[number][0]]
            here, there = (points[-2], points[-1]) if at_end else (points[0], points[1])
            forward = there[0] >= here[0]
            start, end = (here[1], there[0]) if forward else (here[0], there[1])
            half = text_width(words, 10) / 2
            for share in (0.5, 0.7, 0.3) if at_end else (0.5, 0.3, 0.7):
                x, y = start + (end - start) * share, here[2] + (there[2] - here[2]) * (3 * share**2 - 2 * share**3) - 3
                area = (x - half, y - 9, x + half, y + 3)
                if abs(end - start) > 2 * half and not any(_overlap(area, other) for other in self._taken):
                    self._taken.append(area)
                    found.append(f'<text class="why" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(words)}</text>')
                    break
        return found


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def text_width(text: str, size: float) -> float:
    """Return how wide a text is at most in a usual sans-serif font, near enough to leave room for it."""
    ems = sum(0.98 if letter in _WIDE or ord(letter) > 0x2E80 else 0.42 if letter in _NARROW else 0.65 for letter in text)
    return ems * size


def _box_width(node: Node) -> float:
    name, rest = middle(title(node), _LONGEST), middle(subtitle(node), _LONGEST + 8)
    return max(text_width(name, 12.5) * 1.1, text_width(rest, 10.5)) + 26


def _box(node: Node, x: float, y: float, width: float) -> str:
    named = "" if node.declared else " named"
    name, rest = escape(middle(title(node), _LONGEST)), escape(middle(subtitle(node), _LONGEST + 8))
    return (
        f'<g transform="translate({x:.1f} {y:.1f})"><title>{escape(node.id)}</title>'
        f'<rect class="box{named}" width="{width:.1f}" height="{_BOX}" rx="6"/>'
        f'<rect width="5" height="{_BOX}" rx="2" fill="{COLORS[node.kind]}"/>'
        f'<text class="name" x="14" y="16">{name}</text><text class="rest" x="14" y="30">{rest}</text></g>'
    )


def _legend(kinds: Sequence[NodeKind]) -> list[str]:
    found, x = [], float(_MARGIN)
    for kind in kinds:
        word = KIND_WORDS[kind]
        found.append(f'<rect x="{x:.0f}" y="14" width="10" height="10" rx="2" fill="{COLORS[kind]}"/>')
        found.append(f'<text class="rest" x="{x + 15:.0f}" y="23">{word}</text>')
        x += 15 + text_width(word, 10.5) + 18
    x = float(_MARGIN)
    for style, words in (("", "certain"), (" assumed", "assumed"), (" unknown", "may or may not be")):
        found.append(f'<path class="edge{style}" d="M{x:.0f} 42h30"/><text class="rest" x="{x + 36:.0f}" y="46">{words}</text>')
        x += 36 + text_width(words, 10.5) + 18
    found.append(f'<rect class="box named" x="{x:.0f}" y="36" width="22" height="12" rx="3"/>')
    found.append(f'<text class="rest" x="{x + 28:.0f}" y="46">only named, not declared</text>')
    return found
