"""The report as one JSON object, version 1: the keys are a contract."""

from __future__ import annotations

import json
from collections.abc import Iterable

from iamlint.lint.finding import Diagnostic
from iamlint.report.display import clean_json
from iamlint.report.run import Coverage, RunReport, UnresolvedLine
from iamlint.report.secrets import redact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def render(report: RunReport) -> str:
    """Return the report as an indented JSON object with a line feed at its end."""
    return dump(to_json(redact(report)))


def dump(value: Any) -> str:
    """Return a value as indented JSON, safe to show, with a line feed at its end."""
    return clean_json(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def dump_line(value: Any) -> str:
    """Return a value as one line of JSON, safe to show."""
    return clean_json(json.dumps(value, ensure_ascii=False)) + "\n"


def to_json(report: RunReport) -> dict[str, Any]:
    """Return the report as plain values."""
    unresolved, off = _lines(report.coverage.unresolved), _lines(report.coverage.off)
    return {
        "version": 1,
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in report.diagnostics],
        "summary": report.summary._asdict(),
        "coverage": _coverage(report.coverage) | {"unresolved": unresolved, "switched_off": off},
    }


def _lines(lines: Iterable[UnresolvedLine]) -> list[dict[str, Any]]:
    return [{"reason": line.reason, "file": line.path, "line": line.span.line} for line in lines]


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "resolved": coverage.resolved,
        "unresolved": [],
        "switched_off": [],
        "resources": {"full": coverage.full, "partly": coverage.partly, "none": coverage.missed},
        "reasons": [{"reason": item.reason, "partly": item.partly, "none": item.missed} for item in coverage.reasons],
    }


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    written: dict[str, Any] = {
        "rule": diagnostic.rule,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "confidence": diagnostic.confidence.value,
        "message": diagnostic.message,
        "file": diagnostic.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "related": [
            {"message": related.message, "file": related.path, "line": related.span.line, "column": related.span.column}
            for related in diagnostic.related
        ],
        "help": diagnostic.help,
        "fingerprint": diagnostic.fingerprint,
        "suppressed": diagnostic.suppressed,
    }
    if diagnostic.variants:
        written["variants"] = list(diagnostic.variants)
    return written
