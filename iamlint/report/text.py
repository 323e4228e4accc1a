"""The report for people on a terminal."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.lint.finding import Diagnostic
from iamlint.report.alike import few_of_many
from iamlint.report.display import clean, count
from iamlint.report.frame import FrameLine, Frames
from iamlint.report.run import Coverage, RunReport, without_names
from iamlint.report.secrets import redact
from iamlint.source.value import shortened

Paint = Callable[[str, str], str]
_COLORS = {"error": "31;1", "warning": "33;1", "note": "36;1", "bold": "1", "dim": "2", "blue": "34;1", "green": "32;1"}


def render(report: RunReport, *, color: bool = False, verbosity: int = 0) -> str:
    """Return the report as text: `verbosity` -1 is one line a diagnostic, 1 adds what was suppressed, unresolved and run."""
    report, paint = redact(report), _paint if color else _plain
    text = "".join([text for _, text in _blocks(report, paint, verbosity)])
    return text if verbosity < 0 else text + _closed(report, paint, verbosity)


def blocks(report: RunReport, *, color: bool = False, verbosity: int = 0) -> list[tuple[str, str]]:
    """Return the text of each diagnostic that is shown, in their order, with the path of its file.

    Of very many that one rule has at one place, as of each person whom a mapping lets in, a few are shown and the rest counted.
    """
    return _blocks(redact(report), _paint if color else _plain, verbosity)


def _blocks(report: RunReport, paint: Paint, verbosity: int) -> list[tuple[str, str]]:
    frames = Frames(report)
    made = []
    listed = [diagnostic for diagnostic in report.diagnostics if diagnostic.suppressed is None or verbosity > 0]
    if verbosity < 0:
        return [(diagnostic.path, _headline(diagnostic, paint) + "\n") for diagnostic in listed]
    for shown, more in few_of_many(listed) if verbosity == 0 else [(listed, 0)]:
        made += [(diagnostic.path, "\n".join(_block(diagnostic, frames, paint, verbosity)) + "\n\n") for diagnostic in shown]
        if more:
            words = f"and {more} more of {shown[0].rule} at this place: `-v` shows them, `-q` lists them"
            made.append((shown[0].path, f"{_at(shown[0], paint)} {words}\n\n"))
    return made


def closing(report: RunReport, *, color: bool = False, verbosity: int = 0) -> str:
    """Return the text after the diagnostics: counts, coverage, and with `verbosity` what else a reader may ask."""
    return _closed(redact(report), _paint if color else _plain, verbosity)


def _closed(report: RunReport, paint: Paint, verbosity: int) -> str:
    return "\n".join(_closing(report, paint, verbosity)) + "\n"


def _headline(diagnostic: Diagnostic, paint: Paint) -> str:
    severity = str(diagnostic.severity)  # `value` runs Python code, and a large repository has ten thousand of these
    what = paint(f"{severity}[{diagnostic.rule}]", severity)
    return f"{_at(diagnostic, paint)} {what} {diagnostic.name}: {paint(clean(diagnostic.message), 'bold')}"


def _at(diagnostic: Diagnostic, paint: Paint) -> str:
    span = diagnostic.span
    place = f"{clean(diagnostic.path)}:{span.line}:{span.column}:" if diagnostic.path else "iamlint:"
    return paint(place, "bold")


def _block(diagnostic: Diagnostic, frames: Frames, paint: Paint, verbosity: int) -> list[str]:
    lines = [_headline(diagnostic, paint)]
    shown = frames.frame(diagnostic.path, diagnostic.span)
    gutter = len(str(shown[-1].number)) if shown else 1
    lines += _frame(shown, gutter, str(diagnostic.severity), paint)
    margin = " " * gutter
    if diagnostic.related:
        lines.append(f"{margin} {paint('= because', 'blue')}")
    for number, related in enumerate(diagnostic.related, 1):
        place = f"{clean(related.path)}:{related.span.line}:{related.span.column}"
        lines.append(f"{margin}   {number}. {clean(related.message)}  {paint('(' + place + ')', 'dim')}")
        if verbosity > 0:
            lines += [f"{margin}      {paint('|', 'blue')} {line.text}" for line in frames.frame(related.path, related.span)]
    if diagnostic.help:
        lines.append(f"{margin} {paint('= help', 'green')}: {clean(diagnostic.help)}")
    if diagnostic.confidence != "high":
        lines.append(f"{margin} {paint('= confidence', 'blue')}: {diagnostic.confidence}")
    if diagnostic.variants:
        word = "variant" if len(diagnostic.variants) == 1 else "variants"
        lines.append(f"{margin} {paint(f'= {word}', 'blue')}: {clean(', '.join(diagnostic.variants))}")
    if diagnostic.suppressed is not None:
        lines.append(f"{margin} {paint('= suppressed', 'blue')}: {clean(diagnostic.suppressed)}")
    return lines


def _frame(shown: list[FrameLine], gutter: int, severity: str, paint: Paint) -> list[str]:
    if not shown:
        return []
    bar = paint("|", "blue")
    margin = f"{' ' * gutter} {bar}"
    lines = [margin]
    for number, text, start, width in shown:
        lines.append(f"{paint(str(number).rjust(gutter), 'blue')} {bar} {text}".rstrip())
        lines.append(f"{margin} {' ' * start}{paint('^' * width, severity)}")
    return lines


def _closing(report: RunReport, paint: Paint, verbosity: int) -> list[str]:
    coverage = report.coverage
    lines = []
    if verbosity > 0:
        lines += _by_reason(report)
        lines += _resources_by_reason(report)
        for line in coverage.unresolved:
            lines.append(f"unresolved: {clean(line.path)}:{line.span.line}: {clean(shortened(line.reason))}")
        lines += [""] if coverage.unresolved else []
        lines += [f"switched off: {clean(line.path)}:{line.span.line}: {clean(line.reason)}" for line in coverage.off]
        lines += [""] if coverage.off else []
        lines.append(f"rules: {' '.join(report.rules) or 'none'}")
        lines.append(f"iamlint {report.tool_version}, AWS catalogue {report.catalogue_version}")
        if report.elapsed is not None:
            lines.append(f"elapsed: {report.elapsed:.2f} s")
    lines.append(summary_line(report, paint))
    unresolved = len(coverage.unresolved)
    hint = " (-v lists them)" if (unresolved or coverage.off) and verbosity < 1 else ""
    lines.append(f"coverage: {coverage.resolved} resolved, {unresolved} unresolved{hint}{resources(report)}")
    if report.incomplete:
        lines.append(paint("incomplete: some input could not be understood, so there may be more", "warning"))
    if report.crashed:
        lines.append(paint("crashed: at least one rule crashed, so there may be more", "error"))
    return lines


def resources(report: RunReport) -> str:
    """Return how many resources are known, as a part of the coverage line: `; of 40 resources 36 fully, 3 partly, 1 not`.

    What defaults switch off is none of them: `; 2 more switched off by defaults`.
    """
    coverage = report.coverage
    every = coverage.full + coverage.partly + coverage.missed
    off = len(coverage.off)
    known = (
        f"; of {count(every, 'resource')} {coverage.full} fully, {coverage.partly} partly, {coverage.missed} not" if every else ""
    )
    return f"{known}; {off}{' more' if every else ''} switched off by defaults" if off else known


def _by_reason(report: RunReport) -> list[str]:
    """Return how often each reason stands in the coverage, names left out, the most frequent first."""
    counts: dict[str, int] = {}
    for line in report.coverage.unresolved:
        reason = without_names(clean(line.reason))
        counts[reason] = counts.get(reason, 0) + 1
    if len(counts) == len(report.coverage.unresolved):
        return []  # every reason stands alone: the lines themselves say it
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    width = len(str(ordered[0][1]))
    return ["unresolved, by reason:", *(f"  {str(number).rjust(width)}  {reason}" for reason, number in ordered), ""]


def _resources_by_reason(report: RunReport) -> list[str]:
    """Return how many resources are known in part, or not at all, for each reason."""
    reasons = report.coverage.reasons
    if not reasons:
        return []
    width = max(len(str(max(item.partly, item.missed))) for item in reasons)
    rows = [
        f"  {str(item.partly).rjust(width)} partly  {str(item.missed).rjust(width)} not  {clean(item.reason)}" for item in reasons
    ]
    return ["resources not fully known, by reason:", *rows, ""]


def summary_line(report: RunReport, paint: Paint | None = None) -> str:
    """Return the counts in a sentence: `found 1 error, 2 warnings, 0 notes (3 suppressed) in 41 files, 12 units`."""
    paint = paint or _plain
    summary = report.summary
    where = f"{count(summary.files, 'file')}, {count(summary.units, 'unit')}"
    if summary.files == 0:
        return paint("nothing checked: no file here is of a kind that iamlint reads", "warning")
    suppressed = f" ({summary.suppressed} suppressed)" if summary.suppressed else ""
    if not (summary.error or summary.warning or summary.note):
        if not suppressed and _saw_nothing(report.coverage):
            return paint(f"nothing checked: nothing in {where} bears on access", "warning")
        return f"{paint('no findings', 'green')}{suppressed} in {where}"
    worst = "error" if summary.error else "warning" if summary.warning else "note"
    counts = f"{count(summary.error, 'error')}, {count(summary.warning, 'warning')}, {count(summary.note, 'note')}"
    return f"found {paint(counts, worst)}{suppressed} in {where}"


def _saw_nothing(coverage: Coverage) -> bool:
    return not (coverage.resolved or coverage.unresolved or coverage.full or coverage.partly or coverage.missed or coverage.off)


def _plain(text: str, _style: str) -> str:
    return text


def _paint(text: str, style: str) -> str:
    return f"\x1b[{_COLORS[style]}m{text}\x1b[0m"
