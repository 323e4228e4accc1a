"""Suggestions, for people and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from iamlint.graph.elements import Certainty, Node
from iamlint.graph.suggestions import Candidate, Gain, Suggestions
from iamlint.report.answers import Answers
from iamlint.report.display import clean, count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SHOWN = 12


def suggested_json(found: Suggestions, answers: Answers) -> dict[str, Any]:
    """Return the answer as plain values."""
    return {
        "version": 1,
        "decision": found.now.decision.value,
        "residual": found.now.residual,
        "blocked_by": [getattr(layer, "value", layer) for layer in found.now.blocked_by],
        "path": answers.path(found.now.path),
        "candidates": [_candidate(candidate, answers) for candidate in found.candidates],
    }


def _candidate(candidate: Candidate, answers: Answers) -> dict[str, Any]:
    return {
        "kind": candidate.kind,
        "target": candidate.target.id,
        "role": candidate.role or None,
        "certainty": candidate.certainty.value,
        "checked": candidate.checked,
        "path": answers.path(candidate.path),
        "extra_rights": sum(max(len(gain.rights), 1) for gain in candidate.gains),
        "others": candidate.others,
        "by_environment": dict(sorted(_by(candidate.gains, "environment").items())),
        "by_team": dict(sorted(_by(candidate.gains, "team").items())),
        "gains": [
            {
                "node": gain.node.id,
                "rights": list(gain.rights),
                "environment": _label(gain.node, "environment"),
                "team": _label(gain.node, "team"),
            }
            for gain in candidate.gains
        ],
    }


def _label(node: Node, name: str) -> str | None:
    label = getattr(node, name)
    return label.value if label is not None else None


def _by(gains: Iterable[Gain], name: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for gain in gains:
        found[_label(gain.node, name) or "none"] += max(len(gain.rights), 1)
    return found


def suggested_text(found: Suggestions, answers: Answers, user: str, question: str) -> str:
    """Return the answer in lines: already possible, how it could be, or why not."""
    lines = _today(found, answers, user, question)
    for number, candidate in enumerate(found.candidates, 1):
        lines += ["", *_lines(number, candidate, answers, user)]
    return "".join(f"{clean(line)}\n" for line in lines)


def _today(found: Suggestions, answers: Answers, user: str, question: str) -> list[str]:
    now = found.now
    if now.decision.value == "allow":
        when = f" ({now.residual})" if now.residual else ""
        return [f"{user} may already do {question}{when}", *answers.path_lines(now.path)]
    if not found.candidates:
        lines = [f"no group or role of this repository would let {user} do {question}"]
        if now.blocked_by:
            lines.append(f"  blocked by: {', '.join(str(getattr(layer, 'value', layer)) for layer in now.blocked_by)}")
        lines += [f"  because {now.residual}"] if now.residual else []
        return [*lines, "  `iamlint who-can` lists who may; a policy or a mapping has to give it first"]
    words = "does not say for sure whether" if now.decision.value == "unknown" else "does not let"
    depends = [f"  today it depends: {now.residual}"] if now.decision.value == "unknown" and now.residual else []
    head = f"the repository {words} {user} {'may ' if depends else ''}do {question}; what would, the least first:"
    return [head, *depends]


def _lines(number: int, candidate: Candidate, answers: Answers, user: str) -> list[str]:
    lines = [f"{number}. {_what(candidate, user)}"]
    if candidate.certainty is not Certainty.CERTAIN:
        sure = (
            "rests on what the repository does not hold" if candidate.certainty is Certainty.ASSUMED else "may or may not give it"
        )
        lines.append(f"   {sure}")
    lines += answers.path_lines(candidate.path, indent="     ")
    if candidate.others:
        lines.append(f"   {count(candidate.others, 'other member')} of the group would get it too")
    if not candidate.gains:
        lines.append("   nothing else comes with it")
        return lines
    extra = sum(max(len(gain.rights), 1) for gain in candidate.gains)
    spread = [
        f"{number} in {name}" if name != "none" else f"{number} without environment"
        for name, number in sorted(_by(candidate.gains, "environment").items())
    ]
    lines.append(f"   comes with {count(extra, 'right')} more ({', '.join(spread)}):")
    for gain in candidate.gains[:_SHOWN]:
        team = _label(gain.node, "team")
        rights = ", ".join(right.removeprefix("telemetry:") for right in gain.rights[:8])
        more = f" and {len(gain.rights) - 8} more" if len(gain.rights) > 8 else ""
        lines.append(f"     {gain.node.id}{f' of {team}' if team else ''}{f': {rights}{more}' if rights else ''}")
    if len(candidate.gains) > _SHOWN:
        lines.append(f"     and {len(candidate.gains) - _SHOWN} more")
    return lines


def _what(candidate: Candidate, user: str) -> str:
    target = candidate.target.id
    if candidate.kind == "group":
        return f"make {user} a member of {target}"
    if candidate.kind == "permission-set":
        return f"assign the permission set of {target} to a group of {user}"
    if candidate.kind == "role":
        return f"let {user} assume {target}: its trust policy has to admit it, and its own policies to allow it"
    if candidate.kind == "mapping":
        return f"new: map {target}, of which it is a member, to `{candidate.role}` there"
    return f"new: bind {user} to `{candidate.role}` there by hand, outside the identity provider (IDP102 reports it)"
