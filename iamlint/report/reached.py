"""Who reaches what, for people: one entry a node, its path underneath."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, NodeKind, Reached
from iamlint.report.answers import Answers
from iamlint.report.display import clean

_WORDS = {Certainty.CERTAIN: "", Certainty.ASSUMED: "  (assumed)", Certainty.UNKNOWN: "  (may be: part of the way is unknown)"}


def reached_text(reached: Iterable[Reached], answers: Answers, *, none: str) -> str:
    """Return each node that reaches or is reached, with its path; `none` is said when there is none.

    The people of a large group who get the same as the group are counted below it, and some of them named.
    """
    lines = []
    listed = list(reached)
    members = _members(listed)
    among = {item.node for people in members.values() for item in people}
    for item in listed:
        if item.node in among:
            continue
        capabilities = f"  {', '.join(sorted(item.capabilities))}" if item.capabilities else ""
        lines.append(f"{item.node.id}{capabilities}{_WORDS[item.certainty]}")
        lines += answers.path_lines(item.path)
        if people := members.get(item.node):
            shown = ", ".join(one.node.id for one in people[:_NAMED])
            lines.append(f"  {len(people)} people by being members of it: {shown} and {len(people) - _NAMED} more")
            lines.append("      `--format json` lists each of them with the path")
    return _text(lines or [none])


_NAMED = 12
_MOST_SINGLY = 20
"""Of a group with more members, who are all people with nothing to say of each but the membership, a reader wants the number."""


def _members(listed: list[Reached]) -> dict[Node, list[Reached]]:
    """Return the people who get something as plain members of a group in the list and by nothing else, of large groups."""
    groups = {item.node: item for item in listed if item.node.kind is NodeKind.GROUP}
    found: dict[Node, list[Reached]] = {}
    for item in listed if groups else ():
        if item.node.kind is not NodeKind.USER or not item.path or item.path[0].source is not item.node:
            continue
        first = item.path[0]
        group = groups.get(first.target)
        is_plain = first.kind is EdgeKind.MEMBER_OF and first.certainty is Certainty.CERTAIN and first.condition is None
        if (
            group is not None and is_plain
            and (item.path[1:], item.certainty, item.capabilities) == (group.path, group.certainty, group.capabilities)
        ):  # fmt: skip
            found.setdefault(first.target, []).append(item)
    return {group: people for group, people in found.items() if len(people) > _MOST_SINGLY}


def paths_text(paths: Sequence[Sequence[Edge]], answers: Answers, *, none: str) -> str:
    """Return paths, one after the other with an empty line between them."""
    lines: list[str] = []
    for path in paths:
        lines += [""] if lines else []
        lines += answers.path_lines(path, indent="") or ["the same node"]
    return _text(lines or [none])


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{clean(line)}\n" for line in lines)
