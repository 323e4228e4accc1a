"""Runs the rules over one graph. A rule that crashes is a diagnostic; the others go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter

from iamlint.lint.finding import Finding, Severity
from iamlint.lint.reserved import CRASHED, RESERVED, UNRESOLVED
from iamlint.lint.rule import Rule
from iamlint.lint.settings import LoadedRule, RuleSettings, is_selected
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.graph.access_graph import AccessGraph

Timings = dict[str, tuple[float, int]]
"""By rule id: seconds, and how many findings."""


class RuleFinding(NamedTuple):
    """A finding with the rule that made it and the severity that the settings give it."""

    rule: Rule
    severity: Severity
    finding: Finding


class Crash(NamedTuple):
    """A rule that failed, with the error as text for the log."""

    rule: Rule
    plugin: str
    traceback: str


class Outcome(NamedTuple):
    """What one rule found; `crash` is the traceback when it failed, and then the last finding says so."""

    findings: list[Finding]
    crash: str | None = None


def run_rules(
    graph: AccessGraph, rules: Iterable[LoadedRule], settings: RuleSettings, timings: Timings | None = None
) -> tuple[list[RuleFinding], list[Crash]]:
    """Return what the selected rules find, in order of rule id, and which rules crashed.

    With `timings`, what each rule took is added there. What several rules ask of the graph is paid by the first that asks.
    """
    chosen = selected(rules, settings)
    outcomes: list[Outcome] = []
    for loaded in chosen:
        started = perf_counter() if timings is not None else 0.0
        outcomes.append(run_rule(graph, loaded, settings))
        if timings is not None:
            known = timings.get(loaded.rule.id, (0.0, 0))
            timings[loaded.rule.id] = (known[0] + perf_counter() - started, known[1] + len(outcomes[-1].findings))
    return together(chosen, outcomes, settings)


def selected(rules: Iterable[LoadedRule], settings: RuleSettings) -> list[LoadedRule]:
    """Return the rules that the settings select, in order of id."""
    return sorted((loaded for loaded in rules if is_selected(loaded.rule, settings)), key=lambda loaded: loaded.rule.id)


def run_rule(graph: AccessGraph, loaded: LoadedRule, settings: RuleSettings) -> Outcome:
    """Return what one rule finds."""
    findings: list[Finding] = []
    try:
        for finding in call_rule(loaded.rule, graph, settings):
            if not _is_finding(finding):
                raise _NoFinding
            findings.append(finding)  # what came before a crash counts
    except (Exception, SystemExit) as error:  # any plugin may fail in any way, and the others must still run
        crash, finding = _crashed(loaded, error)
        return Outcome([*findings, finding], crash)
    return Outcome(findings)


class _NoFinding(Exception):  # noqa: N818 - never leaves this module
    """A rule gave something else than a finding."""


def _is_finding(given: Any) -> bool:
    """Return whether a rule gave a finding that can be reported: somebody else's code is not type-checked here."""
    if not isinstance(given, Finding):
        return False
    fields: Any = given
    if not (isinstance(fields.message, str) and isinstance(fields.at, Place) and isinstance(fields.because, (list, tuple))):
        return False
    return not fields.because or all(
        len(step) == 2 and isinstance(step[0], Place) and isinstance(step[1], str) for step in fields.because
    )


def together(
    rules: Iterable[LoadedRule], outcomes: Iterable[Outcome], settings: RuleSettings
) -> tuple[list[RuleFinding], list[Crash]]:
    """Return the outcomes of rules as findings with rule and severity, and the crashes."""
    findings: list[RuleFinding] = []
    crashes: list[Crash] = []
    for loaded, outcome in zip(rules, outcomes, strict=True):
        rule = loaded.rule
        severity = settings.severities.get(rule.id, rule.severity)
        findings.extend(RuleFinding(rule, severity, finding) for finding in outcome.findings)
        if outcome.crash is not None:
            crashes.append(Crash(rule, loaded.plugin, outcome.crash))
            findings[-1] = RuleFinding(RESERVED[CRASHED], Severity.ERROR, outcome.findings[-1])
    return findings, crashes


def problem_findings(graph: AccessGraph, settings: RuleSettings) -> Iterator[RuleFinding]:
    """Yield what could not be read, and with `strict` what could not be known."""
    for problem in graph.estate.problems():
        rule = RESERVED[problem.id]
        yield RuleFinding(rule, rule.severity, Finding(problem.message, problem.at, problem.because, problem.help))
    if settings.strict:
        rule = RESERVED[UNRESOLVED]
        for unresolved in (*graph.estate.unresolved(), *graph.unresolved):
            yield RuleFinding(rule, rule.severity, Finding(unresolved.reason, unresolved.at))


def call_rule(rule: Rule, graph: AccessGraph, settings: RuleSettings) -> Iterator[Finding]:
    """Return what one rule finds, with the options that the settings give it; what it raises is raised."""
    if not rule.takes_options:
        return rule.check(graph)
    options: Any = rule.options
    given = settings.options.get(rule.id)
    if given:
        options = options._replace(**given) if hasattr(options, "_replace") else _replaced(options, dict(given))
    return rule.check(graph, options=options)


def _replaced(options: Any, given: dict[str, Any]) -> Any:
    from dataclasses import replace

    return replace(options, **given)


def _crashed(loaded: LoadedRule, error: BaseException) -> tuple[str, Finding]:
    from traceback import extract_tb, format_exception

    text = "".join(format_exception(error))
    place = Place("")
    source = loaded.rule.check.__code__.co_filename if hasattr(loaded.rule.check, "__code__") else ""
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == source]
    # The deepest line of the rule's own file: what an exception says of itself may hold a value that nobody may see.
    where = f" in line {lines[-1]} of `{source.replace(chr(92), '/').rpartition('/')[2]}`" if lines else ""
    what = f"crashed: {type(error).__name__}{where}"
    if isinstance(error, _NoFinding):
        what = "gave something else than findings (`Finding(message, place, because=[(place, text)])`)"
    message = f"rule `{loaded.rule.id}` of `{loaded.plugin}` {what}"
    help = "the other rules ran; report this to the maintainers of the rule, `--ignore` leaves the rule out"
    return text, Finding(message, place, (), help, subject=loaded.rule.id)
