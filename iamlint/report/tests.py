"""The results of policy tests as text, JSON and JUnit XML."""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.policytest.result import CaseResult, Failure, Outcome
from iamlint.report.answers import Answers
from iamlint.report.display import clean, count
from iamlint.report.junit import attribute, content, suites
from iamlint.source.place import Span
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CaseProblem(NamedTuple):
    """What in a test file does not fit the format, with its span."""

    id: str
    message: str
    help: str
    path: str
    span: Span


class Ran(NamedTuple):
    """A result, with what writes the places that it speaks of: a test with fixtures has files of its own."""

    result: CaseResult
    answers: Answers


def text(ran: Sequence[Ran], problems: Sequence[CaseProblem], *, verbosity: int = 0) -> str:
    """Return failing tests with expected, actual and path, and the counts; `verbosity` 1 names the passing ones too."""
    lines: list[str] = []
    for problem in problems:
        lines.append(f"{problem.path}:{problem.span.line}:{problem.span.column}: error[{problem.id}] {problem.message}")
        lines += [f"  help: {problem.help}"] if problem.help else []
    for result, answers in ran:
        file, line = answers.where(result.test.place)
        head = f"{result.outcome.value.upper()} {file}:{line}: {result.test.name}"
        if result.outcome is Outcome.FAILED:
            lines += ["", head] if lines and verbosity >= 0 else [head]
            if verbosity >= 0:
                for failure in result.failures:
                    lines += failure_lines(failure, answers)
        elif verbosity > 0:
            todo = f" ({result.test.todo})" if result.outcome is Outcome.TODO else ""
            lines.append(head + todo)
    lines += ["", _summary(ran, problems)] if lines and verbosity >= 0 else [_summary(ran, problems)]
    return "".join(f"{clean(line)}\n" for line in lines)


def to_json(ran: Sequence[Ran], problems: Sequence[CaseProblem]) -> dict[str, Any]:
    """Return the results as plain values."""
    return {
        "version": 1,
        "tests": [_result(result, answers) for result, answers in ran],
        "problems": [
            {
                "rule": problem.id,
                "message": problem.message,
                "help": problem.help,
                "file": problem.path,
                "line": problem.span.line,
                "column": problem.span.column,
            }
            for problem in problems
        ],
        "summary": {outcome.value: _number(ran, outcome) for outcome in Outcome} | {"problems": len(problems)},
    }


def junit(ran: Sequence[Ran], problems: Sequence[CaseProblem]) -> str:
    """Return the results as JUnit XML: a test case each, `todo` as skipped, what does not fit the format as errors."""
    cases = [_case(result, answers) for result, answers in ran]
    for problem in problems:
        where = f"file={attribute(problem.path)} line={attribute(str(problem.span.line))}"
        cases.append(
            f"    <testcase classname={attribute(problem.path)} name={attribute(problem.id)} {where}>"
            f"<error message={attribute(problem.message)}/></testcase>"
        )
    failures, todos = _number(ran, Outcome.FAILED), _number(ran, Outcome.TODO)
    return suites("iamlint test", cases, failures=failures, skipped=todos, errors=len(problems))


def failure_lines(failure: Failure, answers: Answers) -> list[str]:
    """Return a failure for people: what was expected, what is, by which statement, and the path."""
    lines = [
        f"  {failure.message}{answers.at(failure.at)}",
        f"    expected: {failure.expected}",
        f"    actual:   {failure.actual}",
    ]
    lines += [f"    by {words}{answers.at(place)}" for words, place in failure.determining]
    if failure.path:
        lines += ["    path:", *answers.path_lines(failure.path, indent="      ")]
    return lines


def _result(result: CaseResult, answers: Answers) -> dict[str, Any]:
    file, line = answers.where(result.test.place)
    return {
        "name": result.test.name,
        "file": file,
        "line": line,
        "outcome": result.outcome.value,
        "todo": result.test.todo,
        "failures": [_failure(failure, answers) for failure in result.failures],
    }


def _failure(failure: Failure, answers: Answers) -> dict[str, Any]:
    file, line = answers.where(failure.at)
    determining = []
    for words, place in failure.determining:
        at_file, at_line = answers.where(place)
        determining.append({"statement": words, "file": at_file, "line": at_line})
    return {
        "message": failure.message,
        "expected": failure.expected,
        "actual": failure.actual,
        "file": file,
        "line": line,
        "path": answers.path(failure.path),
        "determining": determining,
    }


def _case(result: CaseResult, answers: Answers) -> str:
    file, line = answers.where(result.test.place)
    where = f"file={attribute(str(file))} line={attribute(str(line))}"
    opening = f"    <testcase classname={attribute(str(file))} name={attribute(result.test.name)} {where}"
    if result.outcome is Outcome.PASSED:
        return f"{opening}/>"
    if result.outcome is Outcome.TODO:
        return f"{opening}><skipped message={attribute(result.test.todo or '')}/></testcase>"
    lines = [line for failure in result.failures for line in failure_lines(failure, answers)]
    message = attribute(result.failures[0].message)
    return f"{opening}><failure message={message}>{chr(10).join(content(line) for line in lines)}</failure></testcase>"


def _summary(ran: Sequence[Ran], problems: Sequence[CaseProblem]) -> str:
    counts = [f"{_number(ran, Outcome.PASSED)} passed", f"{_number(ran, Outcome.FAILED)} failed"]
    todos = _number(ran, Outcome.TODO)
    counts += [f"{todos} todo"] if todos else []
    counts += [f"{count(len(problems), 'problem')} in test files"] if problems else []
    return ", ".join(counts)


def _number(ran: Sequence[Ran], outcome: Outcome) -> int:
    return sum(result.outcome is outcome for result, _ in ran)
