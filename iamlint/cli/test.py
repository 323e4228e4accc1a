"""`iamlint test`: run policy tests."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import FORMAT, SESSION, session_options
from iamlint.errors import UsageError

if TYPE_CHECKING:
    from iamlint.policytest.case import PolicyTest
    from iamlint.project.session import Session
    from iamlint.report.tests import CaseProblem


def run(values: Values) -> int:
    """Run the tests and return the exit code: 1 when one fails, 3 when input could not be understood."""
    from iamlint.cli.exit_code import of_run
    from iamlint.cli.graph_options import answers, emit, incomplete
    from iamlint.policytest.result import Outcome
    from iamlint.policytest.run import run_tests
    from iamlint.project.session import open_session
    from iamlint.report import tests as report
    from iamlint.report.json import dump

    if values["coverage"]:
        raise UsageError("`--coverage` is not available yet")
    if values["quiet"] and values["verbose"]:
        raise UsageError("`-q` and `-v` exclude each other")
    root = values["repository"] or _repository(values["paths"])
    session = open_session(session_options(values, paths=(root,) if root else ()))
    files = _test_files(session, values["paths"])
    tests, problems = _read(session, files)
    chosen = [test for test in tests if not values["k"] or values["k"].casefold() in test.name.casefold()]
    if not chosen and not problems:
        what = f"no policy test has `{values['k']}` in its name" if tests else "no policy test was found"
        raise UsageError(what, "policy tests stand in files that end in `.iamtest.yaml`" if not tests else "")
    results = run_tests(chosen, session.graph) if chosen else []
    shown = answers(session)
    if values["junit"]:
        emit(session, report.junit(results, problems, shown), values["junit"])
    if values["format"] == "json":
        emit(session, dump(report.to_json(results, problems, shown)))
    elif values["junit"] != "-":
        verbosity = 1 if values["verbose"] else -1 if values["quiet"] else 0
        emit(session, report.text(results, problems, shown, verbosity=verbosity))
    return of_run(
        crashed=False,
        incomplete=bool(problems) or incomplete(session),
        fails=any(result.outcome is Outcome.FAILED for result in results),
    )


def _repository(paths: tuple[str, ...]) -> str | None:
    """Return the folder whose access the tests in these paths speak of: where the configuration is, or the repository's top."""
    if not paths:
        return None
    from iamlint.project.config import find_config
    from iamlint.project.discovery import find_root, git_top

    common, top = find_root(paths)
    config = find_config(common, top)
    if config is not None:
        return os.path.dirname(config)
    here = os.getcwd()
    return git_top(common) or (here if f"{common}{os.sep}".startswith(f"{here.rstrip(os.sep)}{os.sep}") else common)


def _test_files(session: Session, paths: Iterable[str]) -> list[str]:
    """Return the test files of the run: those in the paths, or all."""
    from iamlint.policytest.case import is_test_file

    named = [os.path.relpath(os.path.abspath(path), session.root).replace(os.sep, "/") for path in paths]
    for path, name in zip(paths, named, strict=True):
        if os.path.isfile(path) and not is_test_file(name):
            raise UsageError(f"`{path}` is no policy test file", "policy tests stand in files that end in `.iamtest.yaml`")
    found = {path for path in session.paths if is_test_file(path)}
    if named and "." not in named:
        found = {path for path in found if any(path == name or path.startswith(f"{name}/") for name in named)}
        found |= {name for name in named if is_test_file(name)}
    return sorted(found)


def _read(session: Session, files: Iterable[str]) -> tuple[list[PolicyTest], list[CaseProblem]]:
    from iamlint.policytest.case import read_tests
    from iamlint.report.tests import CaseProblem
    from iamlint.source.locate import locate

    tests: list[PolicyTest] = []
    problems: list[CaseProblem] = []
    for path in files:
        data = session.files.read(path) or b""
        read = read_tests(data, path)
        tests += read.tests
        for problem in read.problems:
            span = locate(problem.at, data)
            problems.append(CaseProblem(problem.id, problem.message, problem.help, session.shown(path), span))
    return tests, problems


COMMAND = Command(
    "Run policy tests (*.iamtest.yaml).",
    run,
    (Argument("paths", required=False, many=True),),
    (
        Option(("-k",), "Only tests with this text in their name.", "TEXT"),
        FORMAT,
        Option(("--junit",), "Also write the results as JUnit XML.", "FILE"),
        Option(("-q", "--quiet"), "One line for each failing test."),
        Option(("-v", "--verbose"), "Also name the tests that pass."),
        Option(("--coverage",), "Not available yet.", hidden=True),
        *SESSION,
    ),
    "PATHS are test files, or folders that hold some. Default: every test file of the repository.",
)
