"""The evidence as plain values, version 1: what every format of the report writes, and what its JSON is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import Node, NodeKind
from iamlint.lint.settings import Ignore
from iamlint.model.identity import Team
from iamlint.model.telemetry import RoleBinding
from iamlint.report.answers import Answers
from iamlint.report.audit.access import access, administrators
from iamlint.report.audit.credentials import credentials, people
from iamlint.report.run import RunReport
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.lint.finding import Diagnostic
    from iamlint.policytest.case import PolicyTest


class About(NamedTuple):
    """What the report is of: the repository, its revision, the day, the tool, the oldest a credential may become.

    `baseline` is the file of accepted findings with how many it holds, or None. `off` are the rules that do not run, `chosen`
    those that alone do; `tests` are the policy tests of the repository.
    """

    repository: str
    revision: str
    as_of: str
    tool: str
    limit: int
    ignores: Sequence[Ignore] = ()
    baseline: tuple[str, int] | None = None
    off: Sequence[Ignore] = ()
    chosen: Sequence[Ignore] = ()
    tests: Sequence[PolicyTest] = ()


CONTROLS = (
    (
        "CC6.1",
        "Access to what is protected is restricted, and the means of access are kept safe.",
        ("access", "administrators", "credentials", "findings"),
    ),
    (
        "CC6.2",
        "People and machines get access by being registered and approved, and lose it when they go.",
        ("people", "credentials", "exceptions"),
    ),
    (
        "CC6.3",
        "Access follows roles and the work that somebody does, no wider than needed; duties are kept apart, changes approved.",
        ("access", "owners", "administrators", "exceptions"),
    ),
)
"""Which section bears on which criterion of SOC 2, in our own words; the criteria themselves are the AICPA's."""


def evidence(graph: AccessGraph, report: RunReport, answers: Answers, about: About) -> dict[str, Any]:
    """Return the whole report. The same revision gives the same values."""
    return {
        "version": 1,
        "repository": about.repository,
        "revision": about.revision or None,
        "as_of": about.as_of,
        "tool": about.tool,
        "catalogue": report.catalogue_version,
        "controls": [{"id": id, "about": words, "sections": list(sections)} for id, words, sections in CONTROLS],
        "access": access(graph, answers),
        "administrators": administrators(graph, answers),
        "owners": _owners(graph, answers),
        "people": list(people(graph)),
        "credentials": credentials(graph, answers, about.as_of, about.limit),
        "exceptions": _exceptions(graph, report, answers, about),
        "findings": _findings(report),
        "assumed": _assumed(graph),
        "unknown": _unknown(graph, report, answers),
    }


def _owners(graph: AccessGraph, answers: Answers) -> list[dict[str, Any]]:
    kinds = (NodeKind.PROJECT, NodeKind.GROUP, NodeKind.ROLE, NodeKind.CREDENTIAL, NodeKind.ACCOUNT)
    owned = [
        node
        for kind in kinds
        for node in graph.nodes(kind)
        if not graph.queries.is_organization(node) and (node.declared or kind is NodeKind.PROJECT)
    ]
    answers.compute(at for node in owned if (at := _found_at(node)) is not None)
    return [{"node": node.id, "kind": node.kind.value, "declared": node.declared, **_owner(node, answers)} for node in owned]


def _found_at(node: Node) -> Place | None:
    return node.team.place if node.team is not None else node.place


def _owner(node: Node, answers: Answers) -> dict[str, Any]:
    label = node.team
    file, line = answers.where(_found_at(node))
    return {"owner": label.value if label else None, "found_by": label.source if label else None, "file": file, "line": line}


def _exceptions(graph: AccessGraph, report: RunReport, answers: Answers, about: About) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def add(kind: str, what: str, reason: str | None, until: str | None, file: str | None, line: int | None) -> None:
        ended = bool(until) and bool(about.as_of) and str(until)[:10] < about.as_of[:10]
        found.append({"kind": kind, "about": what, "reason": reason, "until": until, "ended": ended, "file": file, "line": line})

    for entry in about.off:
        file, line = answers.where(entry.place)
        add("rule switched off", f"`{entry.rule}`", entry.reason or None, entry.until or None, file, line)
    if about.chosen:
        file, line = answers.where(about.chosen[0].place)
        names = ", ".join(f"`{entry.rule}`" for entry in about.chosen)
        add("rules left out", f"only these run: {names}", None, None, file, line)
    for test in about.tests:
        if test.todo is not None:
            file, line = answers.where(test.place)
            add("policy test that fails", f"`{test.name}`", test.todo or None, None, file, line)
    for ignore in about.ignores:
        scope = f" in `{ignore.path}`" if ignore.path else ""
        file, line = answers.where(ignore.place)
        add("configured suppression", f"`{ignore.rule}`{scope}", ignore.reason or None, ignore.until or None, file, line)
    for made in report.diagnostics:
        if made.suppressed is not None and not any(_is_of(ignore, made) for ignore in about.ignores):
            add("suppressed finding", f"`{made.rule}`: {made.message}", made.suppressed, None, made.path, made.span.line)
    for team in graph.estate.all(Team):
        for grant in team.grants:
            file, line = answers.where(grant.place)
            what = f"`{key(grant.group)}` may reach `{key(grant.project)}` of `{key(team.name)}`"
            add("declared grant", what, grant.reason, grant.until, file, line)
    for binding in graph.estate.all(RoleBinding):
        if binding.break_glass:
            file, line = answers.where(binding.place)
            where = f" in `{key(binding.grant.project)}`" if binding.grant.project is not None else ""
            what = f"{', '.join(f'`{key(user)}`' for user, _ in binding.users)}: `{key(binding.grant.text)}`{where}"
            add("break-glass", what, binding.break_glass, binding.until, file, line)
    if about.baseline is not None:
        path, number = about.baseline
        add("baseline", f"{number} findings that are accepted until they are gone", None, None, path, 1)
    return sorted(found, key=lambda row: (row["kind"], row["file"] or "", row["line"] or 0, row["about"]))


def _is_of(ignore: Ignore, made: Diagnostic) -> bool:
    """Return whether a finding is set aside by an entry of the configuration, which is listed by itself."""
    named = ignore.rule in (made.rule, made.name) and ignore.reason == made.suppressed
    return named and (not ignore.path or fnmatchcase(made.path, ignore.path))


def _findings(report: RunReport) -> dict[str, Any]:
    reported = report.reported()
    rules = Counter((made.rule, made.name, made.severity.value) for made in reported)
    return {
        "error": report.summary.error,
        "warning": report.summary.warning,
        "note": report.summary.note,
        "by_rule": [
            {"rule": rule, "name": name, "severity": severity, "count": count}
            for (rule, name, severity), count in sorted(rules.items())
        ],
    }


def _assumed(graph: AccessGraph) -> list[dict[str, Any]]:
    layers = Counter(word for edge in graph.single_edges() for word in edge.assumed)
    return [{"layer": layer, "edges": number} for layer, number in sorted(layers.items())]


def _unknown(graph: AccessGraph, report: RunReport, answers: Answers) -> list[dict[str, Any]]:
    return [{"reason": line.reason, "file": line.path, "line": line.span.line} for line in report.coverage.unresolved]


def hidden(value: Any, hide: Callable[[str], str]) -> Any:
    """Return the values with every text passed through a function that takes secrets out."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {name: hidden(item, hide) for name, item in value.items()}
    return [hidden(item, hide) for item in value] if isinstance(value, Iterable) else value
