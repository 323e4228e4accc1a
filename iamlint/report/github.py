"""The report as GitHub Actions workflow commands: annotations on the lines of a pull request."""

from __future__ import annotations

from iamlint.lint.finding import Diagnostic
from iamlint.report.alike import few_of_many
from iamlint.report.display import clean
from iamlint.report.run import RunReport
from iamlint.report.secrets import redact
from iamlint.report.text import resources, summary_line

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(report: RunReport) -> str:
    """Return one workflow command for each diagnostic that is not suppressed, and the summary line.

    Of very many that one rule has at one place a few are shown: GitHub takes ten of a kind, and others would be lost for them.
    """
    report = redact(report)
    lines = []
    for shown, more in few_of_many(report.reported()):
        lines += [_command(diagnostic, more if diagnostic is shown[-1] else 0) for diagnostic in shown]
    unresolved = len(report.coverage.unresolved)
    coverage = f"coverage: {report.coverage.resolved} resolved, {unresolved} unresolved{resources(report)}"
    lines.append(f"iamlint: {summary_line(report)}; {coverage}")
    if report.incomplete:
        lines.append("::warning title=iamlint::some input could not be understood, so there may be more")
    if report.crashed:
        lines.append("::error title=iamlint::at least one rule crashed, so there may be more")
    return "\n".join(lines) + "\n"


def _command(diagnostic: Diagnostic, more: int) -> str:
    span = diagnostic.span
    properties = [f"file={_property(diagnostic.path)}", f"line={span.line}"]
    if span.end_line == span.line:  # columns count only within one line
        properties += [f"endLine={span.end_line}", f"col={span.column}", f"endColumn={span.end_column}"]
    else:
        properties.append(f"endLine={span.end_line}")
    properties.append(f"title={_property(f'{diagnostic.rule} {diagnostic.name}')}")
    text = [clean(diagnostic.message)]
    for number, related in enumerate(diagnostic.related, 1):
        text.append(f"{number}. {clean(related.message)} ({clean(related.path)}:{related.span.line})")
    if diagnostic.help:
        text.append(f"help: {clean(diagnostic.help)}")
    if diagnostic.variants:
        text.append(f"variants: {clean(', '.join(diagnostic.variants))}")
    if more:
        text.append(f"and {more} more of {diagnostic.rule} at this place: `iamlint check -q` lists them")
    return f"::{_COMMANDS[diagnostic.severity.value]} {','.join(properties)}::{_data(chr(10).join(text))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")
