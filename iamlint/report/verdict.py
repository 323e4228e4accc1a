"""The answer to `can` as JSON and as text."""

from __future__ import annotations

from iamlint.graph.aws_managed import told
from iamlint.graph.decide import Answer
from iamlint.iam.request import Decision
from iamlint.report.answers import Answers
from iamlint.report.display import clean
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WORDS = {"allow": "allowed", "explicit_deny": "explicitly denied", "implicit_deny": "not allowed", "unknown": "unknown"}

_OPEN = (Decision.ALLOW, Decision.UNKNOWN)
"""Decisions whose residual is a condition; of a denial it is the reason."""


def verdict_json(answer: Answer, answers: Answers) -> dict[str, Any]:
    """Return the answer with the keys of the contract."""
    return {
        "decision": answer.decision.value,
        "determining": [answers.statement(statement) for statement in answer.determining],
        "blocked_by": [getattr(layer, "value", layer) for layer in answer.blocked_by],
        "residual": answer.residual if answer.decision in _OPEN else None,
        "path": answers.path(answer.path),
        "assumed": [getattr(layer, "value", layer) for layer in answer.assumed],
    }


def verdict_text(answer: Answer, answers: Answers, question: str) -> str:
    """Return the answer in a few lines: the decision, what decided it, and the path."""
    lines = [f"{question}: {_WORDS[answer.decision.value]}"]
    if answer.blocked_by:
        lines.append(f"  blocked by: {', '.join(str(getattr(layer, 'value', layer)) for layer in answer.blocked_by)}")
    if answer.decision is Decision.UNKNOWN and not answer.may_allow:
        lines.append("  never allowed: only what denies it is open")
    if answer.residual:
        lines.append(f"  {'depends on' if answer.decision in _OPEN else 'because'}: {answer.residual}")
    for statement in answer.determining:
        sid = f" `{key(statement.sid)}`" if statement.sid is not None else ""
        effect = getattr(statement.effect, "value", "unknown effect")
        policy = f"`{key(statement.policy.name)}`{told(statement.policy)}"
        lines.append(f"  by {effect} statement{sid} of {policy}{answers.at(statement.place())}")
    if answer.assumed:
        layers = ", ".join(str(getattr(layer, "value", layer)) for layer in answer.assumed)
        lines.append(f"  not in the repository, so taken as open (or, where it would grant, as absent): {layers}")
    if answer.path:
        lines += ["  path:", *answers.path_lines(answer.path, indent="    ")]
    return "".join(f"{clean(line)}\n" for line in lines)
