"""Finding a node by what somebody typed: its id, or a suffix of the id that no other node has."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.graph.elements import ID_PREFIX, Node, NodeKind
from iamlint.source.value import shortened


class UnknownNode(LookupError):  # noqa: N818  (a finding about the question, named by what it is)
    """No node has this name; `candidates` are near matches."""

    def __init__(self, text: str, candidates: tuple[str, ...]) -> None:
        self.text = text
        self.candidates = candidates
        near = f"; did you mean {_listed(candidates)}?" if candidates else ""
        super().__init__(f"no node is called `{text}`{near}")


class AmbiguousNode(LookupError):  # noqa: N818
    """Several nodes end in this text; `candidates` are their ids."""

    def __init__(self, text: str, candidates: tuple[str, ...]) -> None:
        self.text = text
        self.candidates = candidates
        super().__init__(f"`{text}` may be {_listed(candidates)}")


def find_node(text: str, nodes: Iterable[Node]) -> Node:
    """Return the node of that id, or the only one whose id or name ends in the text at a boundary, or raise.

    E-mails are compared ignoring case. A suffix starts after one of `:`, `/`, `@`; when none does, anywhere. A kind may
    stand before it: `project:checkout-prod` for `project:lightstep/checkout-prod`.
    """
    wanted = text.strip()
    folded = wanted.casefold()
    kind, colon, rest = wanted.partition(":")
    kind = f"{kind}:" if colon and rest and f"{kind}:" in ID_PREFIX.values() else ""
    suffixed: list[Node] = []
    inside: list[Node] = []
    everything = list(nodes)
    if "⟨" in wanted:  # as a message writes it, where unknown stretches are shortened
        suffixed = [node for node in everything if node.id != wanted and _is_shown_as(node, wanted)]
    for node in everything:
        if node.id == wanted or (node.id.startswith("user:") and node.id.casefold() in (folded, f"user:{folded}")):
            return node
        if wanted and node.id.endswith(wanted):
            (suffixed if _ends_at_boundary(node.id, wanted) else inside).append(node)
        elif wanted and (node.name == wanted or (kind and node.id.startswith(kind) and _ends_at_boundary(node.id, rest))):
            suffixed.append(node)
    # What some file only mentions gives way to what one declares; environments and teams are never declared by themselves.
    meant = [node for node in suffixed if node.declared or node.kind in (NodeKind.ENVIRONMENT, NodeKind.TEAM)]
    for found in (suffixed, meant) if suffixed else (inside,):
        if len(found) == 1:
            return found[0]
    if suffixed or inside:
        raise AmbiguousNode(text, tuple(sorted(node.id for node in suffixed or inside)))
    raise UnknownNode(text, _near(wanted, everything))


def _is_shown_as(node: Node, wanted: str) -> bool:
    shown = shortened(node.id)
    return shown == wanted or (_ends_at_boundary(shown, wanted) and not node.id.endswith(wanted))


def _ends_at_boundary(text: str, end: str) -> bool:
    return len(end) < len(text) and text.endswith(end) and text[-len(end) - 1] in ":/@"


def _near(wanted: str, nodes: list[Node]) -> tuple[str, ...]:
    from difflib import get_close_matches  # met only when something is wrong

    texts: dict[str, str] = {}
    for node in sorted(nodes, key=lambda node: node.id):
        texts.setdefault(node.id.casefold(), node.id)
        texts.setdefault(node.id.partition(":")[2].casefold(), node.id)
        texts.setdefault(node.id.rpartition("/")[2].casefold(), node.id)
        if "⟨" in node.id:
            texts.setdefault(shortened(node.id).rpartition("/")[2].casefold(), node.id)
    folded = wanted[:200].casefold()
    found = get_close_matches(folded, texts, n=8, cutoff=0.6)
    # What somebody began to type, or one word of a longer name.
    kind, colon, rest = folded.partition(":")
    rest = rest if colon and f"{kind}:" in ID_PREFIX.values() else folded
    if len(rest) >= 2:
        begun = [text for text in texts if text.startswith((folded, rest))]
        found += sorted(begun, key=len) or [text for text in texts if len(rest) >= 3 and rest in text]
    return tuple(dict.fromkeys(texts[match] for match in found))[:5]


def _listed(candidates: tuple[str, ...]) -> str:
    shown = [f"`{candidate}`" for candidate in candidates[:5]]
    if len(candidates) > 5:
        shown.append(f"{len(candidates) - 5} more")
    return " or ".join(shown)
