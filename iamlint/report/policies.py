"""Policy documents as a list for people."""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.report.display import clean, count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def policies_text(entries: Sequence[dict[str, Any]]) -> str:
    """Return each document in a few lines: place, type, name, what it is attached to, what stayed unknown."""
    lines = []
    for entry in entries:
        lines.append(f"{entry['file']}:{entry['line']}: {entry['kind']} policy {entry['name']}")
        maybe = len(entry.get("may_be_absent", ()))
        absent = f", {maybe} of which may be absent" if maybe else ""
        lines.append(f"  {count(_statements(entry['document']), 'statement')}{absent}")
        lines += [f"  attached to {node}" for node in entry["attached_to"]]
        lines += [f"  in variant {name}" for name in entry.get("variants", ())]
        lines += [f"  unknown: {reason}" for reason in entry["unknown"]]
    lines.append(count(len(entries), "policy document"))
    return "".join(f"{clean(line)}\n" for line in lines)


def _statements(document: Any) -> int:
    statements = document.get("Statement") if isinstance(document, dict) else None
    return len(statements) if isinstance(statements, list) else int(isinstance(statements, dict))
