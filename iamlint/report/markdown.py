"""The report as Markdown: a job's summary, a comment on a pull request."""

from __future__ import annotations

from iamlint.lint.finding import Diagnostic
from iamlint.report.alike import few_of_many
from iamlint.report.display import clean
from iamlint.report.run import RunReport
from iamlint.report.secrets import redact
from iamlint.report.text import resources, summary_line
from iamlint.source.regex import regex

_SHOWN_UNRESOLVED = 50
_SPECIAL = regex(r"([\\`*_{}\[\]<>#|~!$@&])")


def render(report: RunReport) -> str:
    """Return the report as GitHub-flavored Markdown."""
    report = redact(report)
    lines = ["## iamlint", "", f"{summary_line(report).capitalize()}.", ""]
    if report.incomplete:
        lines += ["**Incomplete:** some input could not be understood, so there may be more.", ""]
    if report.crashed:
        lines += ["**Crashed:** at least one rule crashed, so there may be more.", ""]
    reported = report.reported()
    if reported:
        lines += ["| severity | rule | where | what |", "|---|---|---|---|"]
        for shown, more in few_of_many(reported):
            lines += [_row(diagnostic) for diagnostic in shown]
            if more:
                where = _place(shown[0].path, shown[0].span.line)
                what = f"and {more} more at this place: `iamlint check -q` lists them"
                lines.append(f"| {shown[0].severity} | {shown[0].rule} {shown[0].name} | {where} | {what} |")
        lines.append("")
    for diagnostic in (diagnostic for shown, _ in few_of_many(reported) for diagnostic in shown):
        if diagnostic.related or diagnostic.help or diagnostic.variants:
            lines += _details(diagnostic)
    lines += _coverage(report)
    return "\n".join(lines).rstrip() + "\n"


def text(message: str) -> str:
    """Return a message as Markdown: its backticked stretches stay code, everything else is plain text."""
    pieces = clean(message).split("`")
    if len(pieces) % 2 == 0:  # an odd backtick: no stretch can be trusted
        return _SPECIAL.sub(r"\\\1", clean(message))
    return "".join(_code(piece) if number % 2 else _SPECIAL.sub(r"\\\1", piece) for number, piece in enumerate(pieces))


def _code(piece: str) -> str:
    if not piece:
        return "\\`\\`"
    if piece[0] == " " and piece[-1] == " " and piece.strip():
        piece = f" {piece} "
    return "`" + piece.replace("|", "\\|") + "`"  # a table cell ends at a bar even inside code


def _place(path: str, line: int) -> str:
    return _code(f"{clean(path)}:{line}".replace("`", "'"))


def _row(diagnostic: Diagnostic) -> str:
    where = _place(diagnostic.path, diagnostic.span.line)
    return f"| {diagnostic.severity} | {diagnostic.rule} {diagnostic.name} | {where} | {text(diagnostic.message)} |"


def _details(diagnostic: Diagnostic) -> list[str]:
    where = _place(diagnostic.path, diagnostic.span.line)
    lines = [f"### {diagnostic.rule} {where}", "", text(diagnostic.message), ""]
    for number, related in enumerate(diagnostic.related, 1):
        lines.append(f"{number}. {text(related.message)} ({_place(related.path, related.span.line)})")
    lines += [""] if diagnostic.related else []
    lines += [f"> {text(diagnostic.help)}", ""] if diagnostic.help else []
    lines += [f"Variants: {text(', '.join(diagnostic.variants))}", ""] if diagnostic.variants else []
    return lines


def _coverage(report: RunReport) -> list[str]:
    unresolved = report.coverage.unresolved
    lines = [f"Coverage: {report.coverage.resolved} resolved, {len(unresolved)} unresolved{resources(report)}.", ""]
    if unresolved:
        lines += ["<details><summary>What could not be resolved</summary>", ""]
        lines += [f"- {_place(line.path, line.span.line)} {text(line.reason)}" for line in unresolved[:_SHOWN_UNRESOLVED]]
        if len(unresolved) > _SHOWN_UNRESOLVED:
            lines.append(f"- and {len(unresolved) - _SHOWN_UNRESOLVED} more")
        lines += ["", "</details>"]
    if off := report.coverage.off:
        lines += ["<details><summary>What defaults switch off</summary>", ""]
        lines += [f"- {_place(line.path, line.span.line)} {text(line.reason)}" for line in off[:_SHOWN_UNRESOLVED]]
        if len(off) > _SHOWN_UNRESOLVED:
            lines.append(f"- and {len(off) - _SHOWN_UNRESOLVED} more")
        lines += ["", "</details>"]
    return lines
