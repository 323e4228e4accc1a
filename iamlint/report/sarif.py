"""The report as SARIF 2.1.0, as code scanning services take it."""

from __future__ import annotations

from urllib.parse import quote

from iamlint.lint.finding import Diagnostic
from iamlint.lint.rule import Rule
from iamlint.report.display import clean
from iamlint.report.json import dump_line
from iamlint.report.rule_page import one_paragraph, page_markdown, page_text
from iamlint.report.run import RunReport
from iamlint.report.secrets import redact, source_lines
from iamlint.source.place import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
_SUPPRESSION = "iamlint: ignore["


def render(report: RunReport) -> str:
    """Return the report as a SARIF log with one run, on one line: such logs are large, and nobody reads them."""
    report = redact(report)
    return dump_line({"$schema": SCHEMA, "version": "2.1.0", "runs": [_Run(report).to_json()]})


class _Run:
    """Builds one run: rules and artifacts get their index when they are first met."""

    def __init__(self, report: RunReport) -> None:
        self._report = report
        self._artifacts: dict[str, int] = {}
        self._lines: dict[str, list[str]] = {}
        self._rules = self._all_rules()
        self._rule_numbers = {rule["id"]: number for number, rule in enumerate(self._rules)}

    def to_json(self) -> dict[str, Any]:
        report = self._report
        results = [self._result(diagnostic) for diagnostic in report.diagnostics]
        coverage = report.coverage
        return {
            "tool": {
                "driver": {
                    "name": "iamlint",
                    "version": report.tool_version,
                    "semanticVersion": report.tool_version,
                    "rules": self._rules,
                }
            },
            "invocations": [{"executionSuccessful": not report.crashed}],
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": {ROOT: {"description": {"text": "the root of the checked repository"}}},
            "artifacts": [
                {"location": {"uri": _uri(path), "uriBaseId": ROOT}} for path in self._artifacts
            ],
            "results": results,
            "properties": {
                "catalogueVersion": report.catalogue_version,
                "incomplete": report.incomplete,
                "summary": report.summary._asdict(),
                "coverage": {
                    "resolved": coverage.resolved,
                    "unresolved": len(coverage.unresolved),
                    "switchedOff": len(coverage.off),
                    "resources": {"full": coverage.full, "partly": coverage.partly, "none": coverage.missed},
                },
            },
        }  # fmt: skip

    def _all_rules(self) -> list[dict[str, Any]]:
        """Return the rules that ran and, for iamlint's own diagnostics, the ids that were reported."""
        described = {rule_id: _rule(rule) for rule_id, rule in self._report.rules.items()}
        for diagnostic in self._report.diagnostics:
            if diagnostic.rule not in described:
                words = diagnostic.name.replace("-", " ")
                described[diagnostic.rule] = {
                    "id": diagnostic.rule,
                    "name": diagnostic.name,
                    "shortDescription": {"text": words},
                    "defaultConfiguration": {"level": diagnostic.severity.value},
                    "help": {"text": diagnostic.help or words},
                }
        return [described[rule_id] for rule_id in sorted(described)]

    def _result(self, diagnostic: Diagnostic) -> dict[str, Any]:
        message = clean(diagnostic.message)
        if diagnostic.help:
            message += f"\n{clean(diagnostic.help)}"
        result: dict[str, Any] = {
            "ruleId": diagnostic.rule,
            "ruleIndex": self._rule_numbers[diagnostic.rule],
            "level": diagnostic.severity.value,
            "message": {"text": message},
            "locations": [self._location(diagnostic.path, diagnostic.span)],
            "partialFingerprints": {"iamlint/v1": diagnostic.fingerprint},
            "properties": {"confidence": diagnostic.confidence.value}
            | ({"variants": list(diagnostic.variants)} if diagnostic.variants else {}),
        }
        if diagnostic.related:
            related = [
                self._location(item.path, item.span) | {"id": number, "message": {"text": clean(item.message)}}
                for number, item in enumerate(diagnostic.related, 1)
            ]
            steps = [{"location": {key: value for key, value in item.items() if key != "id"}} for item in related]
            result["relatedLocations"] = related
            result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
        if diagnostic.suppressed is not None:
            result["suppressions"] = [{"kind": self._suppression_kind(diagnostic), "justification": clean(diagnostic.suppressed)}]
        return result

    def _location(self, path: str, span: Span) -> dict[str, Any]:
        index = self._artifacts.setdefault(path, len(self._artifacts))
        region = {
            "startLine": span.line,
            "startColumn": self._column(path, span.line, span.column),
            "endLine": span.end_line,
            "endColumn": self._column(path, span.end_line, span.end_column),
        }
        return {
            "physicalLocation": {"artifactLocation": {"uri": _uri(path), "uriBaseId": ROOT, "index": index}, "region": region}
        }

    def _column(self, path: str, line: int, column: int) -> int:
        """Return a column in UTF-16 code units for one in characters."""
        lines = self._source(path)
        if line > len(lines) or lines[line - 1].isascii():
            return column
        return len(lines[line - 1][: column - 1].encode("utf-16-le", "surrogatepass")) // 2 + 1

    def _source(self, path: str) -> list[str]:
        if path not in self._lines:
            self._lines[path] = source_lines(self._report.sources(path) or b"")
        return self._lines[path]

    def _suppression_kind(self, diagnostic: Diagnostic) -> str:
        lines = self._source(diagnostic.path)[max(0, diagnostic.span.line - 2) : diagnostic.span.line]
        return "inSource" if any(_SUPPRESSION in line for line in lines) else "external"


def _rule(rule: Rule) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": one_paragraph(rule)},
        "help": {"text": page_text(rule), "markdown": page_markdown(rule)},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {
            "precision": rule.confidence.value,
            "tags": ["security"],
            "since": rule.since,
            # What GitHub's code scanning sorts and filters by.
            "problem.severity": "recommendation" if rule.severity.value == "note" else rule.severity.value,
            "security-severity": _SECURITY_SEVERITY[rule.severity.value],
        },
    }
    if rule.aliases:
        described["deprecatedIds"] = list(rule.aliases)
    return described


_SECURITY_SEVERITY = {"error": "8.0", "warning": "5.5", "note": "2.0"}


def _uri(path: str) -> str:
    return quote(path.encode("utf-8", "surrogatepass"), safe="/~!$&'()*+,;=@-._")
