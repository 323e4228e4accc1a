"""What a run found, ready to be written in any format."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from iamlint.lint.assemble import with_unique_fingerprints
from iamlint.lint.finding import Diagnostic, Severity
from iamlint.lint.rule import Rule
from iamlint.source.place import Span
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex


class Summary(NamedTuple):
    """The counts of a run. Suppressed diagnostics count only under `suppressed`."""

    files: int
    units: int
    error: int
    warning: int
    note: int
    suppressed: int


class UnresolvedLine(NamedTuple):
    """Something that bears on access and could not be known, with where it stands."""

    reason: str
    path: str
    span: Span


class Reason(NamedTuple):
    """Why resources are not fully known, names left out: how many are known in part for it, and how many not at all."""

    reason: str
    partly: int
    missed: int


class Coverage(NamedTuple):
    """How much of what bears on access was understood. `unresolved` is sorted by path, line, column, reason.

    `full`, `partly` and `missed` count resources; `reasons` says why, the most frequent first. A resource that is not
    known for several reasons counts under each. `off` are resources that a default keeps from being there: they are in none of
    these numbers.
    """

    resolved: int
    unresolved: tuple[UnresolvedLine, ...]
    full: int = 0
    partly: int = 0
    missed: int = 0
    reasons: tuple[Reason, ...] = ()
    off: tuple[UnresolvedLine, ...] = ()


class RunReport(NamedTuple):
    """Everything that a report may say, sorted, with no clock and no absolute path in it (`elapsed` apart).

    `diagnostics` holds the suppressed ones too (their `suppressed` is the reason). `rules` are those that ran, by id.
    `sources` gives the bytes of a file for code frames. `secret_spans` are the stretches that no output may show, by path.
    `incomplete`: some input could not be understood (exit code 3). `crashed`: a rule crashed (exit code 4).
    `elapsed` is in seconds, for people only: no machine format writes it.
    """

    diagnostics: tuple[Diagnostic, ...]
    summary: Summary
    coverage: Coverage
    rules: Mapping[str, Rule]
    tool_version: str
    catalogue_version: str
    sources: Callable[[str], bytes | None]
    secret_spans: Mapping[str, tuple[Span, ...]] = {}
    incomplete: bool = False
    crashed: bool = False
    elapsed: float | None = None

    def reported(self) -> list[Diagnostic]:
        """Return the diagnostics that are not suppressed."""
        return [diagnostic for diagnostic in self.diagnostics if diagnostic.suppressed is None]

    def fails(self, fail_on: Severity) -> bool:
        """Return whether anything not suppressed is at or above a severity."""
        return any(diagnostic.severity.rank >= fail_on.rank for diagnostic in self.reported())


def without_names(reason: str) -> str:
    """Return a reason without what stands in backticks: `the variable `…` has no default`."""
    return _NAME.sub("`…`", reason)


_NAME = regex(r"`[^`]*`")


def summarize(diagnostics: Iterable[Diagnostic], *, files: int, units: int) -> Summary:
    """Return the counts for these diagnostics."""
    counts = {"error": 0, "warning": 0, "note": 0, "suppressed": 0}
    for diagnostic in diagnostics:
        counts["suppressed" if diagnostic.suppressed is not None else str(diagnostic.severity)] += 1
    return Summary(files, units, **counts)


def merged(reports: Sequence[tuple[str, RunReport]], unanimous: Collection[str]) -> RunReport:
    """Return the reports of variants as one: a finding that several of them make stands once, with their names.

    Findings of the rules in `unanimous` stand only when every variant makes them. Summary and coverage are the first's.
    """
    found: dict[object, list[Diagnostic]] = {}
    for name, report in reports:
        seen: dict[object, int] = {}
        for diagnostic in report.diagnostics:
            same = (*diagnostic.order, diagnostic.span, diagnostic.help, diagnostic.suppressed)
            seen[same] = seen.get(same, 0) + 1
            found.setdefault((same, seen[same]), []).append(diagnostic._replace(variants=(name,)))
    diagnostics = [
        group[0]._replace(variants=tuple(name for one in group for name in one.variants))
        for group in found.values()
        if group[0].rule not in unanimous or len(group) == len(reports)
    ]
    first = reports[0][1]
    secret: dict[str, tuple[Span, ...]] = {}
    for _, report in reports:
        for path, spans in report.secret_spans.items():
            secret[path] = tuple(sorted({*secret.get(path, ()), *spans}))
    return first._replace(
        diagnostics=tuple(with_unique_fingerprints(sorted(diagnostics, key=lambda one: (*one.order, one.related)))),
        rules={id: rule for _, report in reports for id, rule in report.rules.items()},
        secret_spans=secret,
        incomplete=any(report.incomplete for _, report in reports),
        crashed=any(report.crashed for _, report in reports),
    )


def moved(report: RunReport, old: str, new: str) -> RunReport:
    """Return the report with its paths under another folder: `old` at their start is replaced by `new`."""

    def move(path: str) -> str:
        return new + path[len(old) :] if path.startswith(old) else path

    def back(path: str) -> str:
        return old + path[len(new) :] if path.startswith(new) else path

    return report._replace(
        diagnostics=tuple(
            diagnostic._replace(
                path=move(diagnostic.path),
                related=tuple(related._replace(path=move(related.path)) for related in diagnostic.related),
            )
            for diagnostic in report.diagnostics
        ),
        coverage=report.coverage._replace(
            unresolved=tuple(line._replace(path=move(line.path)) for line in report.coverage.unresolved)
        ),
        sources=lambda path: report.sources(back(path)),
        secret_spans={move(path): spans for path, spans in report.secret_spans.items()},
    )
