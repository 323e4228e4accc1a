"""`check`: from a session to a report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from iamlint import __version__
from iamlint.lint.assemble import Spans, arranged, assemble, diagnose, places_of
from iamlint.lint.engine import RuleFinding, problem_findings
from iamlint.lint.finding import Diagnostic, Finding
from iamlint.lint.reserved import IDLE_RULE, INCOMPLETE, RESERVED, USELESS_SUPPRESSION
from iamlint.lint.settings import IdleRule, is_selected
from iamlint.lint.suppress import Suppressor
from iamlint.project.constructs import Constructs
from iamlint.project.ran_rules import RanRules
from iamlint.project.rule_run import RuleRun, early_rules, rules_ahead
from iamlint.report.run import Coverage, Reason, RunReport, UnresolvedLine, summarize, without_names
from iamlint.source.place import Place, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.lint.rule import Rule
    from iamlint.project.session import Session
    from iamlint.source.comments import InlineSuppression
    from iamlint.source.problem import Unresolved


def check(session: Session) -> RunReport:
    """Return the report of a run: every diagnostic, the coverage, and what may not be shown; of all variants together."""
    sessions = session.variants
    if sessions == [session] and session.config.variant is None:
        return _check(session)
    from iamlint.project.variants import variant_name
    from iamlint.report.run import merged

    reports = [(variant_name(one), _check(one)) for one in sessions]
    read_files = set().union(*[one.read_files for one in sessions])
    units = {facts.unit for one in sessions for facts in one.facts}
    report = merged(reports, _once)
    counts = summarize(report.diagnostics, files=len(read_files), units=len(units))
    return report._replace(summary=counts, coverage=_coverage(sessions, Spans(session.files.read)))


_once = frozenset({USELESS_SUPPRESSION})
"""What is only true when every variant says so."""


def _check(session: Session) -> RunReport:
    session.while_parsing = rules_ahead(session)
    early = early_rules(session)
    settings = early.settings if early is not None else session.rule_settings
    files = session.files
    read_files = session.read_files
    commented = session.commented
    spans = Spans(files.read, {facts.unit: facts.marks for facts in session.facts if facts.marks})
    suppressor = Suppressor(settings, lambda path: _comments(session, path) if path in commented else (), _sid_at(session))
    has_calls = any(facts.calls for facts in session.facts)

    constructs = Constructs(files.read, session.root)

    def diagnosed(findings: list[RuleFinding]) -> list[Diagnostic]:
        return diagnose(constructs.told(findings), spans, suppressor)

    # Which suppressions are of use, and which calls lead to a finding, is known of all findings together.
    run = RuleRun(session, early, None if commented or settings.ignores or has_calls else diagnosed)
    reported, graph = run.results(), session.graph
    findings, crashes = reported.findings, reported.crashes
    if findings and has_calls:
        from iamlint.project.call_chains import with_calls

        findings = with_calls(findings, session.facts)
    findings.extend(problem_findings(graph, settings))
    findings.extend(_idle_rules(session))
    # Positions cost a second look at a file: all places that the report shows are asked for at once.
    spans.compute([*places_of(findings), *(item.at for item in (*session.estate.unresolved(), *graph.unresolved))])
    every: list[Rule | IdleRule] = [*(loaded.rule for loaded in session.rules), *session.idle_rules]
    ran = {rule.id: rule for rule in sorted(every, key=lambda rule: rule.id) if is_selected(rule, settings)}
    diagnostics = arranged([*reported.diagnostics, *diagnosed(findings)])
    faults = list(suppressor.faults(commented, ran, every))
    if faults:
        diagnostics = sorted([*diagnostics, *assemble(faults, spans, suppressor)], key=lambda made: (*made.order, made.related))
    used = {made.rule for made in diagnostics}
    loaded = {id: None if isinstance(rule, IdleRule) else rule for id, rule in ran.items()}
    shown = diagnostics if session.shown("x") == "x" else [_shown(session, made) for made in diagnostics]
    prefix = len(session.shown("x")) - 1
    return RunReport(
        diagnostics=tuple(shown),
        summary=summarize(shown, files=len(read_files), units=len(session.facts)),
        coverage=_coverage([session], spans),
        rules=RanRules({**loaded, **{id: RESERVED[id] for id in sorted(used) if id in RESERVED}}, session.all_rules),
        tool_version=__version__,
        catalogue_version=_catalogue_version(),
        sources=lambda path: files.read(path[prefix:]),
        secret_spans=secret_spans(session, spans),
        incomplete=not INCOMPLETE.isdisjoint(used),
        crashed=bool(crashes),
    )


def _idle_rules(session: Session) -> Iterable[RuleFinding]:
    """Yield a finding for each file of declared rules that no folder of rules holds."""
    found = [path for path in session.paths if path.endswith((".rule.yaml", ".rule.yml"))]
    folders = {folder.strip("/").removeprefix("./") for folder in session.config.rule_paths}
    folders |= {os.path.relpath(folder, session.root or ".").replace(os.sep, "/") for folder in session.options.rule_dirs}
    for path in found:
        folder = os.path.dirname(path)
        if folder not in folders and session.files.read(f"{folder}/__init__.py") is None:  # a rule package brings its own
            rule, message = RESERVED[IDLE_RULE], "no folder under `rule-paths` holds this rule, so it never runs"
            yield RuleFinding(rule, rule.severity, Finding(message, Place(path), subject=path))


def _shown(session: Session, made: Diagnostic) -> Diagnostic:
    """Return a diagnostic with its paths as the user sees them."""
    path, related = session.shown(made.path), made.related
    if related:
        related = tuple([one._replace(path=session.shown(one.path)) for one in related])
    # By position: ten thousand of these are made at once, and `_replace` takes four times as long.
    return Diagnostic._make((*made[:_PATH], path, made.span, related, *made[_RELATED + 1 :]))


_PATH, _RELATED = Diagnostic._fields.index("path"), Diagnostic._fields.index("related")


def _comments(session: Session, path: str) -> Iterable[InlineSuppression]:
    from iamlint.source.comments import suppressions

    return suppressions(session.files.read(path) or b"", path)


def _sid_at(session: Session):  # type: ignore[no-untyped-def]
    def sid(at: Place) -> str | None:
        for statement in session.graph.statements():
            if statement.policy.place.path == at.path and statement.sid and _covers(statement.place(), at):
                return str(statement.sid)
        return None

    return sid


def _covers(outer: Place, inner: Place) -> bool:
    if outer.span is not None and inner.span is not None:
        return outer.span[0] <= inner.span[0] and inner.span[1] <= outer.span[1]
    return inner.route[: len(outer.route)] == outer.route and inner.document == outer.document


def _coverage(sessions: Sequence[Session], spans: Spans) -> Coverage:
    """Return the coverage of sessions; facts that several of them share count once."""
    shared = {id(facts): facts for session in sessions for facts in session.facts}
    unresolved = [item for session in sessions for item in (*session.estate.unresolved(), *session.graph.unresolved)]
    off = _off_everywhere(sessions)
    spans.compute(item.at for item in (*unresolved, *off))

    def ordered(items: Iterable[Unresolved]) -> tuple[UnresolvedLine, ...]:
        lines = {UnresolvedLine(item.reason, sessions[0].shown(item.at.path), spans[item.at]) for item in items}
        return tuple(sorted(lines, key=lambda line: (line.path, line.span, line.reason)))

    counted = [facts.resources() for facts in shared.values()]
    partly = [reasons for _, listed, _ in counted for reasons in listed]
    missed = [reason for _, _, listed in counted for reason in listed]
    return Coverage(
        sum(facts.resolved for facts in shared.values()), ordered(unresolved),
        sum(full for full, _, _ in counted), len(partly), len(missed), _reasons(partly, missed), ordered(off),
    )  # fmt: skip


def _off_everywhere(sessions: Sequence[Session]) -> set[Unresolved]:
    """Return what a default keeps from being there in every one of some variants: it is there where one switches it on."""
    each = [{line for facts in session.facts for line in facts.off} for session in sessions]
    return set.intersection(*each) if each else set()


def _reasons(partly: Iterable[Iterable[str]], missed: Iterable[str]) -> tuple[Reason, ...]:
    """Return why resources are not fully known, the most frequent reason first; what only names tell apart is one reason."""
    counts: dict[str, list[int]] = {}
    for reasons in partly:
        for reason in dict.fromkeys(without_names(reason) for reason in reasons):
            counts.setdefault(reason, [0, 0])[0] += 1
    for reason in missed:
        counts.setdefault(without_names(reason), [0, 0])[1] += 1
    ordered = sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))
    return tuple(Reason(reason, *numbers) for reason, numbers in ordered)


def secret_spans(session: Session, spans: Spans) -> dict[str, tuple[Span, ...]]:
    """Return where the files hold secrets in clear text, by path as shown."""
    secret: dict[str, list[Span]] = {}
    places = [literal.at for literal in session.estate.named("LiteralSecret")]
    places += [undisclosed.at for undisclosed in session.estate.named("Undisclosed")]
    spans.compute(places)
    for place in places:
        secret.setdefault(session.shown(place.path), []).append(spans[place])
    return {path: tuple(found) for path, found in sorted(secret.items())}


def _catalogue_version() -> str:
    from iamlint.iam.catalogue import catalogue

    return catalogue().version


__all__ = ["RuleFinding", "check"]
