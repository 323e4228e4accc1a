"""What each rule took, for `check --statistics`."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.report.display import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def statistics(timings: Mapping[str, tuple[float, int]], rules: Mapping[str, Any], elapsed: float | None) -> str:
    """Return a table, the slowest rule first: milliseconds, its share of the run, findings before suppression, id and name."""
    lines = ["      ms  share  findings  rule"]
    for rule_id, (seconds, found) in sorted(timings.items(), key=lambda item: (-item[1][0], item[0])):
        share = f"{100 * seconds / elapsed:.1f} %" if elapsed else "-"
        name = getattr(rules.get(rule_id), "name", "")
        lines.append(f"{1000 * seconds:>8.1f} {share:>6} {found:>9}  {rule_id} {name}")
    total = sum(seconds for seconds, _ in timings.values())
    lines.append(f"{1000 * total:>8.1f} of {1000 * (elapsed or 0):.1f} ms; what several rules ask is paid by the first that asks")
    return "".join(f"{clean(line)}\n" for line in lines)
