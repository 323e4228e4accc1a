"""Runs the rules of a session, in several processes when the work is worth it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from iamlint.graph.unjoined import NotJoined, Unjoined
from iamlint.lint.engine import Crash, run_rule, run_rules, selected, together
from iamlint.model.estate import Estate
from iamlint.project.columns import packed, unpacked
from iamlint.project.shares import Declined, Share, processes
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from iamlint.graph.access_graph import AccessGraph
    from iamlint.lint.engine import Outcome, RuleFinding
    from iamlint.lint.finding import Diagnostic
    from iamlint.lint.settings import LoadedRule, RuleSettings
    from iamlint.model.estate import Facts
    from iamlint.project.columns import Columns
    from iamlint.project.session import Session

    Diagnosed: TypeAlias = "tuple[list[Diagnostic], str | None]"  # of one rule, and how it crashed
    Diagnose: TypeAlias = "Callable[[list[RuleFinding]], list[Diagnostic]]"

MANY_ITEMS = 3000
"""Rules over an estate of fewer model values are done before a fork has copied what it writes to."""

MANY_POLICIES = 200
"""From so many policies on, and where of twenty values at least one is a policy, rules on documents are work for a fork."""


MANY_EDGES = 20_000
"""Over so many edges, rules that need the graph are worth forks that have it: the first ones were made before it was joined."""

_BESIDE_ROLES = frozenset(
    {
        "Attachment", "AwsResource", "Condition", "Deny", "Policy", "Principal", "Statements", "edge:may_become", "node:role",
        "policy:resource", "policy:trust",
    }
)  # fmt: skip
"""What of a run that is worth forks the first units may not hold, and others that have roles do."""

MANY_FINDINGS = 8000
"""So many findings take a fork longer to diagnose than it took the rules to find them: until then others may have rules of it.

Not fewer, since findings of a file that are diagnosed at two times have the file opened twice.
"""


class Reported(NamedTuple):
    """What the rules of a run found: findings, or where these were diagnosed as well, diagnostics; and which rules crashed."""

    findings: list[RuleFinding]
    diagnostics: list[Diagnostic]
    crashes: list[Crash]


class Early(NamedTuple):
    """The selected rules that may find something in what an estate says by itself, and the settings of the run."""

    rules: list[LoadedRule]
    settings: RuleSettings


def early_rules(session: Session) -> Early | None:
    """Return the rules that forks may try while this process joins the graph; None where that costs what it saves."""
    options = session.options
    if session.__dict__.keys() & {"graph", "rules"} or options.timings is not None or processes(options.jobs) < 2:
        return None
    if session.estate.types() <= {"Policy"}:
        return None  # nothing is joined, so nobody waits for it
    policies = len(session.estate.policies)
    if policies * 20 < sum(len(facts.items) for facts in session.facts) or (policies < MANY_POLICIES and options.jobs < 2):
        return None
    from iamlint.project.present import present_in_estate

    rules, idle = session.rules_for(present_in_estate(session.estate))
    settings = session.settings_for(rules, idle)
    chosen = selected(rules, settings)
    return Early(chosen, settings) if len(chosen) > 1 else None


def rules_ahead(session: Session) -> Callable[[list[Facts]], None]:
    """Return what loads the rules that may find something in some facts, of which the run has more: they are asked for later.

    So are the joins. Whoever loads them now shares the time with forks that parse, and later nobody does.
    """

    def load(facts: list[Facts]) -> None:
        from iamlint.project.plugins import Idle, load_ahead
        from iamlint.project.present import present_in_estate

        present = present_in_estate(Estate(facts))
        if "AwsRole" in present:
            from iamlint.graph.joins import joins_ahead

            joins_ahead()
            present |= _BESIDE_ROLES
        load_ahead(Idle(present, session.config.options), session.root if session.options.untrusted else None)

    return load


class RuleRun:
    """The rules of one run, begun before the graph is joined where there are `early` ones.

    Where several processes share the rules, each turns what it found into diagnostics, one for each finding in their order, with
    `diagnose` (None: this needs all findings together).
    """

    def __init__(self, session: Session, early: Early | None, diagnose: Diagnose | None) -> None:
        self._session = session
        self._diagnose = diagnose
        self._share: Share | None = None
        if early is not None:
            self._settings = early.settings
            self._rules = list(early.rules)
            self._graph: AccessGraph = Unjoined(session.estate)
            self._graph.as_of_source = lambda: session.today
            self._share = self._shared()
            self._share.start(declining=True)
            return
        self._settings, self._graph = session.rule_settings, session.graph
        self._rules = selected(session.rules, self._settings)
        options = session.options
        many = options.jobs > 1 or sum(len(facts.items) for facts in session.facts) > MANY_ITEMS
        if many and options.timings is None and min(processes(options.jobs), len(self._rules)) > 1:
            self._share = self._shared()
            self._share.start()

    def _shared_again(self, share: Share, more: int) -> dict[int, Outcome | Diagnosed]:
        """Return the results of rules that need the graph, by number, found with forks that have it; none where it is small."""
        if self._graph.count_single_edges() < MANY_EDGES:
            return {}
        numbers = [*share.take_back(), *range(share.count, share.count + more)]
        if not numbers:
            return {}
        self._graph.prepare()
        again = self._shared(numbers)
        return dict(zip(numbers, again.run(), strict=True))

    def _shared(self, numbers: list[int] | None = None) -> Share:
        """Return the work on the rules of these numbers, or on all of them."""

        def number_of(at: int) -> int:
            return at if numbers is None else numbers[at]

        def leaving() -> bool:
            return "today" in self._session.__dict__

        def arriving(asked_for_today: bool) -> None:
            if asked_for_today:
                _ = self._session.today  # the cache must know that the answer hangs on it

        def work(at: int) -> Outcome:
            return self._outcome(number_of(at))

        count = len(self._rules) if numbers is None else len(numbers)
        workers = min(processes(self._session.options.jobs), count)
        if self._diagnose is None:
            return Share(count, work, workers, leaving, arriving, enough=_are_many)

        def closing(outcomes: dict[int, Outcome]) -> dict[int, Diagnosed]:
            found = self._diagnosed({number_of(at): outcome for at, outcome in outcomes.items()})
            return {at: found[number_of(at)] for at in outcomes}

        return Share(
            count, work, workers, leaving, arriving, closing=closing, enough=_are_many, packing=_packed, unpacking=_unpacked,
        )  # fmt: skip

    def results(self) -> Reported:
        """Return what the rules find, in order of rule id, and which rules crashed."""
        session, share = self._session, self._share
        if share is None:
            findings, crashes = run_rules(self._graph, self._rules, self._settings, session.options.timings)
            return Reported(findings, [], crashes)
        try:
            self._graph = session.graph
            rules = selected(session.rules, self._settings)
            begun = {loaded.rule.id for loaded in self._rules}
            later = [loaded for loaded in rules if loaded.rule.id not in begun]
            self._rules += later
            done = self._shared_again(share, len(later))
        except BaseException:
            share.stop()
            raise
        found = dict(zip([loaded.rule.id for loaded in self._rules], share.finish(len(later), done), strict=True))
        results = [found[loaded.rule.id] for loaded in rules]
        if self._diagnose is None:
            findings, crashes = together(rules, results, self._settings)
            return Reported(findings, [], crashes)
        crashes = [
            Crash(loaded.rule, loaded.plugin, crash)
            for loaded, (_, crash) in zip(rules, results, strict=True)
            if crash is not None
        ]
        return Reported([], [made for diagnostics, _ in results for made in diagnostics], crashes)

    def _outcome(self, number: int) -> Outcome:
        """Return what one rule finds. Raises `Declined` where it asks for more than documents and the graph is not joined."""
        try:
            return run_rule(self._graph, self._rules[number], self._settings)
        except NotJoined:
            raise Declined from None

    def _diagnosed(self, outcomes: dict[int, Outcome]) -> dict[int, Diagnosed]:
        assert self._diagnose is not None
        numbers = sorted(outcomes)
        listed = [outcomes[number] for number in numbers]
        findings, _ = together([self._rules[number] for number in numbers], listed, self._settings)
        made = iter(self._diagnose(findings))
        return {number: (list(islice(made, len(outcomes[number].findings))), outcomes[number].crash) for number in numbers}


def _packed(results: dict[int, Diagnosed]) -> dict[int, tuple[Columns, str | None]]:
    return {number: (packed(diagnostics), crash) for number, (diagnostics, crash) in results.items()}


def _unpacked(sent: dict[int, tuple[Columns, str | None]]) -> dict[int, Diagnosed]:
    return {number: (unpacked(columns), crash) for number, (columns, crash) in sent.items()}


def _are_many(outcomes: dict[int, Outcome]) -> bool:
    return sum(len(outcome.findings) for outcome in outcomes.values()) >= MANY_FINDINGS
