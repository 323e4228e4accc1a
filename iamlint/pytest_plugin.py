"""The pytest plugin: `*.iamtest.yaml` files as test items, and the fixture `access` for questions to the access graph.

Loaded by pytest through the entry point of the installed package, so this module imports nothing of iamlint until a policy
test file or the fixture is met. The repository is the one around the test file, or around pytest's root folder.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from iamlint.project.policy_tests import PolicyTests
    from iamlint.report.tests import CaseProblem, Ran
    from iamlint.testing import Access

_OPENED: pytest.StashKey[dict[str, PolicyTests]] = pytest.StashKey()
_ASKED: pytest.StashKey[list[Any]] = pytest.StashKey()
_MOST_SHOWN = 20


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a policy test file."""
    if file_path.name.endswith((".iamtest.yaml", ".iamtest.yml")):
        collector: pytest.Collector = AccessTestFile.from_parent(parent, path=file_path)
        return collector
    return None


class AccessTestFile(pytest.File):
    """A file of policy tests."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for each test, and one for each thing that does not fit the format."""
        tests = _tests_around(self.config, str(self.path))
        found = tests.read(tests.files([str(self.path)]))
        for problem in found.problems:
            yield BrokenTest.from_parent(self, name=f"{problem.id}:{problem.span.line}", problem=problem)
        for test in found.tests:
            yield AccessTest.from_parent(self, name=test.name, tests=tests, test=test)


class BrokenTest(pytest.Item):
    """What in a file does not fit the format: an item that fails, so that it cannot go unseen."""

    def __init__(self, *, problem: CaseProblem, **more: Any) -> None:
        super().__init__(**more)
        self.problem = problem

    def runtest(self) -> None:
        """Fail."""
        raise _BrokenError

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        """Return the problem with its place."""
        problem = self.problem
        help = f"\n  help: {problem.help}" if problem.help else ""
        return f"{problem.path}:{problem.span.line}:{problem.span.column}: {problem.id} {problem.message}{help}"

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where it stands."""
        return self.path, self.problem.span.line - 1, self.name


class AccessTest(pytest.Item):
    """One policy test."""

    def __init__(self, *, tests: PolicyTests, test: Any, **more: Any) -> None:
        super().__init__(**more)
        self.tests = tests
        self.test = test

    def runtest(self) -> None:
        """Run it; a test with `todo` that fails is an expected failure."""
        from iamlint.policytest.result import Outcome

        ran = self.tests.run(self.test)
        if ran.result.outcome is Outcome.TODO:
            pytest.xfail(self.test.todo)
        if ran.result.outcome is Outcome.FAILED:
            raise _FailedError(ran)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """Return each assertion that does not hold: expected, actual, by which statement, and the path."""
        if not isinstance(excinfo.value, _FailedError):
            return super().repr_failure(excinfo, style)
        from iamlint.project.disclosure import without_secrets
        from iamlint.report.display import clean
        from iamlint.report.tests import failure_lines

        result, answers = excinfo.value.ran
        lines = [clean(line) for failure in result.failures for line in failure_lines(failure, answers)]
        return without_secrets(self.tests.session, "\n".join(lines))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where it stands."""
        return self.path, self.tests.line_of(self.test) - 1, self.name


class _BrokenError(Exception):
    """Raised by an item whose text does not fit the format."""


class _FailedError(Exception):
    """Raised by a test that does not hold."""

    def __init__(self, ran: Ran) -> None:
        super().__init__(ran.result.test.name)
        self.ran = ran


@pytest.fixture(scope="session")
def _iamlint_access(pytestconfig: pytest.Config) -> Access:
    from iamlint.testing import Access

    return Access(_tests_around(pytestconfig, str(pytestconfig.rootpath)).session)


@pytest.fixture
def access(_iamlint_access: Access, request: pytest.FixtureRequest) -> Generator[Access, None, None]:
    """Questions to the access graph of the repository: `can`, `who_can`, `reach`, `path` (`iamlint.testing.Access`)."""
    asked: list[Any] = []
    request.node.stash[_ASKED] = asked
    _iamlint_access.heard = asked.append
    yield _iamlint_access
    _iamlint_access.heard = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Add to the report of a failing test every answer it was given, with the path."""
    report = yield
    asked = item.stash.get(_ASKED, [])
    if report.when == "call" and report.failed and asked:
        text = "".join(answer.explanation for answer in asked[-_MOST_SHOWN:])
        report.sections.append(("access that was asked about", text))
    return report


def pytest_assertrepr_compare(op: str, left: Any, right: Any) -> list[str] | None:
    """Explain why a set of holders is not the expected one: who is missing, and who is there by which path."""
    if type(left).__name__ != "Holders" and type(right).__name__ != "Holders":
        return None
    from iamlint.testing import Holders

    holders, other = (left, right) if isinstance(left, Holders) else (right, left)
    if not isinstance(holders, Holders) or not isinstance(other, set | frozenset) or op not in ("==", "<=", ">="):
        return None
    lines = [f"{holders.question} {op} {{{', '.join(sorted(map(str, other)))}}}"]
    for name in sorted(holders - other):
        lines += [f"not expected: {name}", *(f"  {line}" for line in holders.paths[name].splitlines())]
    lines += [f"missing: {name}" for name in sorted(map(str, other - holders))]
    return lines


def _tests_around(config: pytest.Config, path: str) -> PolicyTests:
    from iamlint.project.options import Options
    from iamlint.project.policy_tests import PolicyTests, repository_of
    from iamlint.project.session import open_session

    opened = config.stash.setdefault(_OPENED, {})
    root = repository_of([path]) or path
    if root not in opened:
        opened[root] = PolicyTests(open_session(Options(paths=(root,))))
    return opened[root]
