"""`iamlint rules test`: every example of some rules, checked for real."""

from __future__ import annotations

import os
from collections.abc import Iterable

from iamlint.cli.command import Values
from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.lint.settings import LoadedRule
    from iamlint.testing import ExampleCase


def test_rules(values: Values) -> int:
    """Check each example and return the exit code: 1 when one does not behave as it says, or a rule has none."""
    from iamlint.cli.terminal import write
    from iamlint.report.display import clean
    from iamlint.report.json import dump
    from iamlint.testing import cases_of

    rules = _chosen(values)
    written: list[dict[str, Any]] = []
    lines: list[str] = []
    for loaded in rules:
        rule = loaded.rule
        cases = cases_of([rule])
        failures: list[tuple[str | None, str]] = [
            (case.example.title, text) for case in cases if (text := _failure(case)) is not None
        ]
        if not rule.bad or not rule.good:
            lacking = "bad" if not rule.bad else "good"
            failures.append((None, f"{rule.id} has no {lacking} example, so nothing shows that it {_SHOWS[lacking]}"))
        todo = sum(case.example.todo for case in cases)
        counts = f"{len(rule.bad)} bad, {len(rule.good)} good" + (f", of them {todo} todo" if todo else "")
        lines.append(f"{'FAILED' if failures else 'passed'} {rule.id} {rule.name}: {counts}")
        lines += [f"  {line}" for _, text in failures for line in text.splitlines()]
        written.append({
            "id": rule.id, "name": rule.name, "bad": len(rule.bad), "good": len(rule.good), "todo": todo,
            "failures": [{"example": title, "message": text} for title, text in failures],
        })  # fmt: skip
    failed = sum(bool(entry["failures"]) for entry in written)
    if values["format"] == "json":
        write(dump({"version": 1, "rules": written, "summary": {"passed": len(written) - failed, "failed": failed}}))
    else:
        write("".join(f"{clean(line)}\n" for line in [*lines, f"{len(written) - failed} passed, {failed} failed"]))
    return 1 if failed else 0


_SHOWS = {"bad": "finds anything", "good": "ever stays silent"}


def _failure(case: ExampleCase) -> str | None:
    try:
        case.check()
    except AssertionError as error:
        return str(error)
    except Exception as error:  # the author's own code, which may fail in any way: show where
        from traceback import extract_tb, format_list

        own = [frame for frame in extract_tb(error.__traceback__) if "/iamlint/" not in frame.filename.replace(os.sep, "/")]
        return f"{case}: the rule crashed: {type(error).__name__}: {error}\n{''.join(format_list(own))}"
    return None


def _chosen(values: Values) -> list[LoadedRule]:
    """Return the rules in the paths, or of the packages, that are named. Raises `UsageError` where that is none."""
    from iamlint.cli.session_options import ids, session_options
    from iamlint.project.plugins import folder_rules, installed_packages, load_all, rule_file
    from iamlint.project.session import open_session

    session = open_session(session_options(values, rule_dirs=()))
    code = not values["untrusted"]
    rules: list[LoadedRule] = []
    if values["names"]:
        packages = {name for package in installed_packages() for name in (package.module, package.distribution)}
        for name in values["names"]:
            if os.path.isdir(name):
                rules += folder_rules(name, code=code)
            elif os.path.isfile(name):
                rules += rule_file(name, code=code)
            elif name in packages or name.replace("_", "-") in packages:
                rules += _of_package(load_all(), name)
            else:
                raise UsageError(f"`{name}` is no folder or file of rules and no installed rule package")
    else:
        folders = [*values["rules"], *(os.path.join(session.root, folder) for folder in session.config.rule_paths)]
        if not folders:
            help = "name a folder, a file or a package, or configure `rule-paths`"
            raise UsageError("there are no rules of your own to test", help)
        for folder in folders:
            rules += folder_rules(folder, code=code)
    wanted = ids(values["select"])
    rules = [item for item in rules if not wanted or any(item.rule.id.startswith(w) or item.rule.name == w for w in wanted)]
    if not rules:
        raise UsageError("no rule is there to test", "rules stand in files that end in `.py` or `.rule.yaml`")
    return rules


def _of_package(loaded: Iterable[LoadedRule], name: str) -> list[LoadedRule]:
    from iamlint.project.plugins import installed_packages

    names = {name, name.replace("_", "-")}
    distributions = {p.distribution for p in installed_packages() if p.module in names or p.distribution in names}
    return [item for item in loaded if item.plugin in distributions]
