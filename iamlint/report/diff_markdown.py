"""A comparison of two states as Markdown: a comment on a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.change.rows import AccessDiff, Row
from iamlint.graph.elements import Edge, Node
from iamlint.report.diff_view import AnswersOf, Entry, entries, people, summary
from iamlint.report.display import count
from iamlint.report.markdown import text
from iamlint.report.pictures import mermaid

MARK = "<!-- iamlint diff -->"
"""The first line of every comment, by which a job finds its own one and writes it anew."""

_MOST_ROWS = 60
_MOST_EDGES = 60
_MOST_TEXT = 60_000
"""A comment on GitHub holds 65,536 characters."""

_TITLES = {"gained": "Gained", "lost": "Lost", "unknown": "Not decided"}


def render(diff: AccessDiff, answers: AnswersOf, base: str, head: str) -> str:
    """Return the comparison as GitHub-flavored Markdown. `base` and `head` name the two states for a reader."""
    lines = [MARK, "## Who can reach what: changes", ""]
    states = f"{_code(_short(base))} → {_code(_short(head))}"
    if diff.is_empty:
        return "\n".join([*lines, f"No access is gained or lost ({states}).", ""])
    lines += [f"**{summary(diff).capitalize()}** ({states}).", ""]
    for name, title in _TITLES.items():
        rows: tuple[Row, ...] = getattr(diff, name)
        if rows:
            lines += _section(name, title, entries(rows), answers)
    lines += _picture(diff)
    return _bounded(lines)


def _section(name: str, title: str, listed: list[Entry], answers: AnswersOf) -> list[str]:
    shown = listed[:_MOST_ROWS]
    last = "why not" if name == "unknown" else "when"
    table = [f"| who | what | on | where | {last} |", "|---|---|---|---|---|", *map(_row, shown)]
    if len(listed) > len(shown):
        table.append(f"| … | and {len(listed) - len(shown)} more | | | |")
    paths: list[str] = []
    for entry in shown:
        paths.append(f"- {_code(people(entry.principal))}: {_actions(entry)} on {_code(entry.resource)}")
        paths += [f"    - {text(line.strip())}" for line in answers(entry.row).path_lines(entry.path)]
    details = ["", "<details><summary>Paths</summary>", "", *paths, "", "</details>", ""]
    if name == "unknown":
        heading = f"{count(len(listed), 'change')} that could not be decided"
        return [f"<details><summary>{heading}</summary>", "", *table, *details, "</details>", ""]
    return [f"### {title}", "", *table, *details]


def _row(entry: Entry) -> str:
    condition = text(entry.condition) if entry.condition else ""
    where = _code(entry.scope) if entry.scope else ""
    return f"| {_code(people(entry.principal))} | {_actions(entry)} | {_code(entry.resource)} | {where} | {condition} |"


def _actions(entry: Entry) -> str:
    return ", ".join(map(_code, entry.actions))


def _short(revision: str) -> str:
    """Return the id of a commit as people write it; any other name as it is."""
    is_id = len(revision) in (40, 64) and not revision.strip("0123456789abcdef")
    return revision[:12] if is_id else revision


def _code(words: str) -> str:
    return text(f"`{words.replace('`', chr(39))}`")


def _picture(diff: AccessDiff) -> list[str]:
    """Return the new paths as a diagram, unless there are none or more than a reader takes in."""
    edges: dict[tuple[str, str, str], Edge] = {}
    for row in diff.gained:
        for edge in row.path:
            edges.setdefault((edge.source.id, edge.target.id, edge.kind.value), edge)
    if not edges or len(edges) > _MOST_EDGES:
        return []
    nodes: dict[str, Node] = {}
    for edge in edges.values():
        for node in (edge.source, edge.target):
            nodes.setdefault(node.id, Node(len(nodes), node.id, node.kind, node.name, node.place, node.declared))
    drawn: Sequence[Edge] = [edge._replace(source=nodes[edge.source.id], target=nodes[edge.target.id]) for edge in edges.values()]
    picture = mermaid(list(nodes.values()), drawn).rstrip("\n")
    return ["<details><summary>The new paths as a diagram</summary>", "", "```mermaid", picture, "```", "", "</details>", ""]


def _bounded(lines: list[str]) -> str:
    """Return the lines as one text that fits into a comment, cut between two sections where it would not."""
    whole = "\n".join(lines).rstrip() + "\n"
    if len(whole) <= _MOST_TEXT:
        return whole
    kept: list[str] = []
    size = opened = 0
    for line in lines:
        size += len(line) + 1
        if size > _MOST_TEXT:
            break
        opened += line.count("<details>") - line.count("</details>")
        kept.append(line)
    return "\n".join([*kept, "", *["</details>"] * opened, "", "The rest is too long for a comment: see `iamlint diff`.", ""])
