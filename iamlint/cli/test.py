"""`iamlint test`: run policy tests."""

from __future__ import annotations

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import FORMAT, SESSION, session_options
from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from iamlint.policytest.case import PolicyTest
    from iamlint.policytest.coverage import PolicyCoverage
    from iamlint.project.policy_tests import CaseSet, PolicyTests
    from iamlint.report.tests import Ran
    from iamlint.source.place import Span

REPORTS = ("coverage_lcov", "coverage_cobertura", "coverage_html")


def run(values: Values) -> int:
    """Run the tests and return the exit code: 1 when one fails or the coverage is too low, 3 for input not understood."""
    if values["quiet"] and values["verbose"]:
        raise UsageError("`-q` and `-v` exclude each other")
    least = _least_coverage(values["min_coverage"])
    if values["watch"]:
        from iamlint.cli.watching import watch

        return watch(values)
    from iamlint.cli.exit_code import of_run
    from iamlint.cli.graph_options import incomplete
    from iamlint.policytest.result import Outcome
    from iamlint.project.last_failed import id_of, store_failed
    from iamlint.project.policy_tests import PolicyTests, repository_of
    from iamlint.project.session import open_session

    root = values["repository"] or repository_of(values["paths"])
    session = open_session(session_options(values, paths=(root,) if root else ()))
    records = values["coverage"] or least is not None or any(values[name] for name in REPORTS)
    tests = PolicyTests(session, records=records)
    found = tests.read(tests.files(values["paths"]))
    chosen = _chosen(values, found, session.root)
    ran = [tests.run(test) for test in chosen]
    failed = [result.test for result, _ in ran if result.outcome is Outcome.FAILED]
    if session.options.cache:
        store_failed(session.root, chosen, [id_of(test) for test in failed])
    coverage = tests.coverage() if records else None
    _write(values, tests, found, ran, coverage)
    too_low = coverage is not None and least is not None and coverage.percent < least
    if too_low:
        import sys

        from iamlint.report.coverage import percent_text

        assert coverage is not None
        sys.stderr.write(f"iamlint: coverage is {percent_text(coverage.percent)}, less than {least:g} %\n")
    return of_run(
        crashed=False, incomplete=bool(found.problems) or incomplete(session), fails=bool(failed) or too_low
    )  # fmt: skip


def _chosen(values: Values, found: CaseSet, root: str) -> list[PolicyTest]:
    """Return the tests to run. Raises `UsageError` where there is none: a run of nothing must not look like one that passed."""
    text = (values["k"] or "").casefold()
    chosen = [test for test in found.tests if text in test.name.casefold()]
    if not chosen and not found.problems:
        if found.tests:
            raise UsageError(f"no policy test has `{values['k']}` in its name")
        raise UsageError("no policy test was found", "policy tests stand in files that end in `.iamtest.yaml`")
    if values["last_failed"]:
        from iamlint.project.last_failed import id_of, load_failed

        failed = load_failed(root)
        return [test for test in chosen if id_of(test) in failed] or chosen
    return chosen


def _write(
    values: Values, tests: PolicyTests, found: CaseSet, ran: Sequence[Ran], coverage: PolicyCoverage | None
) -> None:  # fmt: skip
    from iamlint.cli.graph_options import emit
    from iamlint.report import tests as report
    from iamlint.report.json import dump

    session = tests.session
    if values["junit"]:
        emit(session, report.junit(ran, found.problems), values["junit"])
    if values["format"] == "json":
        written = report.to_json(ran, found.problems)
        if coverage is not None:
            from iamlint.report.coverage import to_json

            written["coverage"] = to_json(coverage, tests.answers)
        emit(session, dump(written))
    elif values["junit"] != "-":
        verbosity = 1 if values["verbose"] else -1 if values["quiet"] else 0
        emit(session, report.text(ran, found.problems, verbosity=verbosity))
        if coverage is not None and verbosity >= 0:
            from iamlint.report.coverage import text

            emit(session, text(coverage, tests.answers, missing=verbosity > 0))
    if coverage is not None:
        _write_coverage(values, tests, ran, coverage)


def _write_coverage(values: Values, tests: PolicyTests, ran: Sequence[Ran], coverage: PolicyCoverage) -> None:
    from iamlint.cli.graph_options import emit
    from iamlint.report import coverage as report

    session = tests.session
    if values["coverage_lcov"]:
        emit(session, report.lcov(coverage, tests.answers), values["coverage_lcov"])
    if values["coverage_cobertura"]:
        emit(session, report.cobertura(coverage, tests.answers), values["coverage_cobertura"])
    if values["coverage_html"]:
        from iamlint.lint.assemble import Spans
        from iamlint.project.checking import secret_spans
        from iamlint.report.coverage_html import html
        from iamlint.report.frame import MaskedSources

        prefix = len(session.shown("x")) - 1
        spans: dict[str, tuple[Span, ...]] = {}
        for one in session.variants:
            for path, found in secret_spans(one, Spans(session.files.read)).items():
                spans[path] = spans.get(path, ()) + found
        sources = MaskedSources(lambda path: session.files.read(path[prefix:]), spans)
        names = [result.test.name for result, _ in ran]
        emit(session, html(coverage, tests.answers, sources, names), values["coverage_html"])


def _least_coverage(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        least = float(text.removesuffix("%").strip())
    except ValueError:
        least = -1.0
    if not 0 <= least <= 100:
        raise UsageError(f"`--min-coverage` takes a percentage from 0 to 100, not `{text}`")
    return least


COMMAND = Command(
    "Run policy tests (*.iamtest.yaml).",
    run,
    (Argument("paths", required=False, many=True),),
    (
        Option(("-k",), "Only tests with this text in their name.", "TEXT"),
        Option(("--last-failed",), "Only tests that failed when they last ran; all where none did."),
        Option(("--watch",), "Run again whenever a file of the repository changes, until interrupted."),
        FORMAT,
        Option(("--junit",), "Also write the results as JUnit XML.", "FILE"),
        Option(("--coverage",), "Also say how much of the access the tests exercised; with `-v`, what they did not."),
        Option(("--coverage-lcov",), "Write the coverage as an lcov tracefile.", "FILE"),
        Option(("--coverage-cobertura",), "Write the coverage as Cobertura XML.", "FILE"),
        Option(("--coverage-html",), "Write the coverage as an HTML page with the files, line by line.", "FILE"),
        Option(("--min-coverage",), "Fail (exit code 1) when less than this share was exercised.", "PERCENT"),
        Option(("-q", "--quiet"), "One line for each failing test."),
        Option(("-v", "--verbose"), "Also name the tests that pass."),
        *SESSION,
    ),
    "PATHS are test files, or folders that hold some. Default: every test file of the repository.",
)
