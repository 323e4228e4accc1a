"""Where a node's environment and team come from, for people."""

from __future__ import annotations

from iamlint.graph.elements import Node
from iamlint.report.answers import Answers
from iamlint.report.display import clean


def explain_text(node: Node, answers: Answers) -> str:
    """Return a few lines: the node, where it is declared, its labels and what found them."""
    declared = f"declared{answers.at(node.place)}" if node.declared else f"only named{answers.at(node.place)}"
    lines = [node.id, f"  {node.kind.value}, {declared.replace('  (', ' at ').replace(')', '')}"]
    for name, label in (("environment", node.environment), ("team", node.team)):
        if label is None:
            lines.append(f"  {name}: none found")
        else:
            lines.append(f"  {name}: {label.value}, by {label.source}{answers.at(label.place)}")
    return "".join(f"{clean(line)}\n" for line in lines)
