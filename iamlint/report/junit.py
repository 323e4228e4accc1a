"""The report as JUnit XML: a test case for each finding, and one for each rule that found nothing."""

from __future__ import annotations

from iamlint.lint.finding import Diagnostic, Severity
from iamlint.report.display import clean
from iamlint.report.run import RunReport
from iamlint.report.secrets import redact


def render(report: RunReport, *, fail_on: Severity = Severity.WARNING) -> str:
    """Return the report as XML. What is below `fail_on` passes with its text as output; what is suppressed is skipped."""
    report = redact(report)
    cases = [_case(diagnostic, fail_on) for diagnostic in report.diagnostics]
    found = {diagnostic.rule for diagnostic in report.diagnostics}
    for rule_id, rule in sorted(report.rules.items()):
        if rule_id not in found:
            cases.append(f'    <testcase classname="iamlint.rules" name={attribute(f"{rule_id} {rule.name}")}/>')
    failures = sum(diagnostic.severity.rank >= fail_on.rank for diagnostic in report.reported())
    return suites("iamlint", cases, failures=failures, skipped=report.summary.suppressed)


def suites(name: str, cases: list[str], *, failures: int, skipped: int, errors: int = 0) -> str:
    """Return a JUnit document with one suite of these cases."""
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites name={attribute(name)} {counts}>",
        f'  <testsuite name={attribute(name)} {counts} skipped="{skipped}">',
        *cases,
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def attribute(text: str) -> str:
    """Return a text as a quoted XML attribute."""
    return '"' + content(text).replace('"', "&quot;") + '"'


def content(text: str) -> str:
    """Return a text as XML content, one line, without characters that XML forbids."""
    text = clean(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _case(diagnostic: Diagnostic, fail_on: Severity) -> str:
    span = diagnostic.span
    opening = (
        f"    <testcase classname={attribute(diagnostic.path)} name={attribute(f'{diagnostic.rule} {diagnostic.name}')}"
        f' file={attribute(diagnostic.path)} line="{span.line}">'
    )
    lines = [content(f"{diagnostic.path}:{span.line}:{span.column}: {diagnostic.message}")]
    for number, related in enumerate(diagnostic.related, 1):
        place = f"{related.path}:{related.span.line}:{related.span.column}"
        lines.append(content(f"{number}. {related.message} ({place})"))
    if diagnostic.help:
        lines.append(content(f"help: {diagnostic.help}"))
    if diagnostic.variants:
        lines.append(content(f"variants: {', '.join(diagnostic.variants)}"))
    text = "\n".join(lines)
    if diagnostic.suppressed is not None:
        inner = f"<skipped message={attribute(diagnostic.suppressed)}/>"
    elif diagnostic.severity.rank >= fail_on.rank:
        inner = f'<failure type="{diagnostic.severity}" message={attribute(diagnostic.message)}>{text}</failure>'
    else:
        inner = f"<system-out>{text}</system-out>"
    return f"{opening}{inner}</testcase>"
