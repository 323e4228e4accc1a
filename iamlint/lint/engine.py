"""Runs the rules over one graph. A rule that crashes is a diagnostic; the others go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from iamlint.lint.finding import Finding, Severity
from iamlint.lint.reserved import CRASHED, RESERVED, UNRESOLVED
from iamlint.lint.rule import Rule
from iamlint.lint.settings import LoadedRule, RuleSettings, is_selected
from iamlint.source.place import Place

if TYPE_CHECKING:
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


def run_rules(
    graph: AccessGraph, rules: Iterable[LoadedRule], settings: RuleSettings, timings: Timings | None = None
) -> tuple[list[RuleFinding], list[Crash]]:
    """Return what the selected rules find, in order of rule id, and which rules crashed.

    With `timings`, what each rule took is added there. What several rules ask of the graph is paid by the first that asks.
    """
    findings: list[RuleFinding] = []
    crashes: list[Crash] = []
    for loaded in sorted(rules, key=lambda item: item.rule.id):
        if not is_selected(loaded.rule, settings):
            continue
        severity = settings.severities.get(loaded.rule.id, loaded.rule.severity)
        before, started = len(findings), perf_counter() if timings is not None else 0.0
        try:
            for finding in call_rule(loaded.rule, graph, settings):
                findings.append(RuleFinding(loaded.rule, severity, finding))
        except Exception as error:  # any plugin may fail in any way, and the others must still run
            crash, finding = _crashed(loaded, error)
            crashes.append(crash)
            findings.append(RuleFinding(RESERVED[CRASHED], Severity.ERROR, finding))
        if timings is not None:
            known = timings.get(loaded.rule.id, (0.0, 0))
            timings[loaded.rule.id] = (known[0] + perf_counter() - started, known[1] + len(findings) - before)
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


def _crashed(loaded: LoadedRule, error: Exception) -> tuple[Crash, Finding]:
    from traceback import format_exception

    text = "".join(format_exception(error))
    place = Place("")
    message = f"rule `{loaded.rule.id}` of `{loaded.plugin}` crashed: {type(error).__name__}"
    help = "the other rules ran; report this to the maintainers of the rule, `--ignore` leaves the rule out"
    return Crash(loaded.rule, loaded.plugin, text), Finding(message, place, (), help, subject=loaded.rule.id)
