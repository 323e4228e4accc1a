"""Runs the rules over one graph. A rule that crashes is a diagnostic; the others go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from iamlint.lint.finding import Finding, Severity
from iamlint.lint.reserved import CRASHED, RESERVED, UNRESOLVED
from iamlint.lint.rule import Rule
from iamlint.lint.settings import LoadedRule, RuleSettings, is_selected
from iamlint.source.place import Place

if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph


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


def run_rules(graph: AccessGraph, rules: Iterable[LoadedRule], settings: RuleSettings) -> tuple[list[RuleFinding], list[Crash]]:
    """Return what the selected rules find, in order of rule id, and which rules crashed."""
    findings: list[RuleFinding] = []
    crashes: list[Crash] = []
    for loaded in sorted(rules, key=lambda item: item.rule.id):
        if not is_selected(loaded.rule, settings):
            continue
        severity = settings.severities.get(loaded.rule.id, loaded.rule.severity)
        try:
            for finding in _call(loaded.rule, graph, settings):
                findings.append(RuleFinding(loaded.rule, severity, finding))
        except Exception as error:  # any plugin may fail in any way, and the others must still run
            crash, finding = _crashed(loaded, error)
            crashes.append(crash)
            findings.append(RuleFinding(RESERVED[CRASHED], Severity.ERROR, finding))
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


def _call(rule: Rule, graph: AccessGraph, settings: RuleSettings) -> Iterator[Finding]:
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
