"""Policy tests of a repository: found, read, run on its access graph, each with the fixtures that it asks for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from iamlint.errors import UsageError
from iamlint.lint.assemble import Spans
from iamlint.lint.reserved import INCOMPLETE
from iamlint.policytest.case import PolicyTest, is_test_file, read_tests
from iamlint.policytest.exercised import Exercised
from iamlint.policytest.fixtures import Fixtures
from iamlint.policytest.result import CaseResult, Failure, Outcome
from iamlint.policytest.run import Bench, run_test
from iamlint.project.session import Session
from iamlint.project.variants import variant_name
from iamlint.report.answers import Answers
from iamlint.report.tests import CaseProblem, Ran
from iamlint.source.locate import locate
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.policytest.coverage import PolicyCoverage


class CaseSet(NamedTuple):
    """The tests of some files, and what in the files does not fit the format."""

    tests: tuple[PolicyTest, ...]
    problems: tuple[CaseProblem, ...]


class PolicyTests:
    """The policy tests of one repository. Its graph is built when the first test runs."""

    def __init__(self, session: Session, *, records: bool = False) -> None:
        self.session = session
        self.exercised = Exercised() if records else None
        self._benches: dict[tuple[str, Fixtures], _Prepared] = {}
        self._asked = 0

    def files(self, paths: Iterable[str] = ()) -> list[str]:
        """Return the test files in these paths (default: all), relative to the root. Raises `UsageError` for another file."""
        root = self.session.root
        named = []
        for path in paths:
            name = os.path.relpath(os.path.abspath(path), root).replace(os.sep, "/")
            if os.path.isfile(path) and not is_test_file(name):
                raise UsageError(f"`{path}` is no policy test file", "policy tests stand in files that end in `.iamtest.yaml`")
            named.append(name)
        found = {path for path in self.session.paths if is_test_file(path)}
        if named and "." not in named:
            found = {path for path in found if any(path == name or path.startswith(f"{name}/") for name in named)}
            found |= {name for name in named if is_test_file(name)}
        return sorted(found)

    def read(self, files: Iterable[str]) -> CaseSet:
        """Return the tests of these files."""
        tests: list[PolicyTest] = []
        problems: list[CaseProblem] = []
        for path in files:
            data = self.session.files.read(path) or b""
            read = read_tests(data, path)
            tests += read.tests
            for problem in read.problems:
                span = locate(problem.at, data)
                problems.append(CaseProblem(problem.id, problem.message, problem.help, self.session.shown(path), span))
        return CaseSet(tuple(tests), tuple(problems))

    def run(self, test: PolicyTest) -> Ran:
        """Run one test on the graph that it asks for; with several variants it must hold in each of them.

        Raises `ConfigError` where a fixture breaks the configuration.
        """
        self._asked += 1
        if self.exercised is not None:
            self.exercised.begin(self._asked, [path for path, _ in test.fixtures])
        variants = self.session.variants
        ran = [self._run(test, variant) for variant in variants]
        results = [(variant_name(variant), result) for variant, (result, _) in zip(variants, ran, strict=True)]
        return Ran(_in_all(results), ran[0].answers)

    def _run(self, test: PolicyTest, variant: Session) -> Ran:
        prepared = self._prepared(test.fixtures, variant)
        if prepared.unreadable:
            failures = tuple(Failure(text, "a fixture that can be read", "none", test.place) for text in prepared.unreadable)
            return Ran(CaseResult(test, Outcome.FAILED, failures), prepared.answers)
        return Ran(run_test(test, prepared.bench), prepared.answers)

    def coverage(self) -> PolicyCoverage:
        """Return what the tests that ran exercised, of all variants together."""
        from iamlint.policytest.coverage import policy_coverage

        assert self.exercised is not None, "made without `records`"
        return policy_coverage([one.graph for one in self.session.variants], self.exercised)

    def line_of(self, test: PolicyTest) -> int:
        """Return the line on which a test is written; the graph is not needed for it."""
        return locate(test.place, self.session.files.read(test.place.path) or b"").line

    @property
    def answers(self) -> Answers:
        """Return what writes places of the repository itself."""
        return self._prepared((), self.session.variants[0]).answers

    def _prepared(self, fixtures: Fixtures, variant: Session) -> _Prepared:
        known = self._benches.get((variant_name(variant), fixtures))
        if known is None:
            known = self._benches[variant_name(variant), fixtures] = self._prepare(fixtures, variant)
        return known

    def _prepare(self, fixtures: Fixtures, session: Session) -> _Prepared:
        if fixtures:
            from iamlint.project.overlay import overlaid

            session = overlaid(session, dict(fixtures))
        spans = Spans(session.files.read)

        def lines(place: Place) -> tuple[int, int]:
            span = spans[place]
            return span.line, span.end_line

        paths = {path for path, _ in fixtures}
        problems = [problem for problem in session.estate.problems() if problem.at.path in paths and problem.id in INCOMPLETE]
        unreadable = tuple(f"the fixture `{problem.at.path}` cannot be read: {problem.message}" for problem in problems)
        return _Prepared(Bench(session.graph, lines, self.exercised), Answers(spans, session.shown), unreadable)


def _in_all(results: Sequence[tuple[str, CaseResult]]) -> CaseResult:
    """Return one result for those of the variants: the worst, with every failure; what fails in some says in which."""
    first = results[0][1]
    if all(result == first for _, result in results):
        return first
    outcome = next(one for one in (Outcome.FAILED, Outcome.TODO, Outcome.PASSED) if any(one is r.outcome for _, r in results))
    failures = [
        failure._replace(message=f"in variant `{name}`: {failure.message}")
        for name, result in results
        if result.outcome is outcome
        for failure in result.failures
    ]
    return CaseResult(first.test, outcome, tuple(failures))


class _Prepared(NamedTuple):
    bench: Bench
    answers: Answers
    unreadable: tuple[str, ...]


def repository_of(paths: Iterable[str]) -> str | None:
    """Return the folder whose access the tests in these paths speak of: where the configuration is, or the repository's top."""
    given = tuple(paths)
    if not given:
        return None
    from iamlint.project.config import find_config
    from iamlint.project.discovery import find_root, git_top

    common, top = find_root(given)
    config = find_config(common, top)
    if config is not None:
        return os.path.dirname(config)
    here = os.getcwd()
    return git_top(common) or (here if f"{common}{os.sep}".startswith(f"{here.rstrip(os.sep)}{os.sep}") else common)
