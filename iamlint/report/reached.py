"""Who reaches what, for people: one entry a node, its path underneath."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iamlint.graph.elements import Certainty, Edge, Reached
from iamlint.report.answers import Answers
from iamlint.report.display import clean

_WORDS = {Certainty.CERTAIN: "", Certainty.ASSUMED: "  (assumed)", Certainty.UNKNOWN: "  (may be: part of the way is unknown)"}


def reached_text(reached: Iterable[Reached], answers: Answers, *, none: str) -> str:
    """Return each node that reaches or is reached, with its path; `none` is said when there is none."""
    lines = []
    for item in reached:
        capabilities = f"  {', '.join(sorted(item.capabilities))}" if item.capabilities else ""
        lines.append(f"{item.node.id}{capabilities}{_WORDS[item.certainty]}")
        lines += answers.path_lines(item.path)
    return _text(lines or [none])


def paths_text(paths: Sequence[Sequence[Edge]], answers: Answers, *, none: str) -> str:
    """Return paths, one after the other with an empty line between them."""
    lines: list[str] = []
    for path in paths:
        lines += [""] if lines else []
        lines += answers.path_lines(path, indent="") or ["the same node"]
    return _text(lines or [none])


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{clean(line)}\n" for line in lines)
