"""For the tests of rules and policies: every example of a rule package as a case that can be checked.

A plugin's whole test file is::

    import acme_iamlint_rules, pytest
    from iamlint.testing import examples_of


    @pytest.mark.parametrize("case", examples_of(acme_iamlint_rules), ids=str)
    def test_example(case):
        case.check()
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import ModuleType

from iamlint.lint.engine import call_rule
from iamlint.lint.finding import Diagnostic
from iamlint.lint.reserved import CRASHED, INCOMPLETE
from iamlint.lint.rule import Example, Rule
from iamlint.lint.settings import LoadedRule, RuleSettings
from iamlint.project.memory import EXAMPLE_DAY, memory_session
from iamlint.project.options import Options
from iamlint.project.plugins import rules_in
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

_MARK = regex(r"(?:#|//)\s*<-\s*([A-Z]{2,8}\d{3}(?:\s*,\s*[A-Z]{2,8}\d{3})*)\s*$")


class ExampleCase(NamedTuple):
    """One example of one rule. `wrong` tells a bad example from a good one."""

    rule: Rule
    example: Example
    wrong: bool

    def __str__(self) -> str:
        return f"{self.rule.id}-{'bad' if self.wrong else 'good'}-{self.example.title.replace(' ', '-')}"

    def findings(self) -> list[Diagnostic]:
        """Return what this rule alone reports on the example's files."""
        return check_files(self.example.files, [self.rule])

    def check(self) -> None:
        """Assert that the rule fires exactly on the marked lines, and nowhere in a good example."""
        expected = sorted([*marks(self.example.files, self.rule.id), *self.example.expect])
        assert bool(expected) == self.wrong, f"{self}: a bad example marks at least one line, a good one none"
        found = self.findings()
        unreadable = [f"{made.path}:{made.span.line}: {made.message}" for made in found if made.rule in INCOMPLETE]
        assert not unreadable, f"{self}: the example cannot be read: {unreadable}"
        reported = sorted({(made.path, made.span.line) for made in found if made.rule == self.rule.id})
        crashed = [made.message for made in found if made.rule == CRASHED]
        if crashed:  # once more without the isolation, for the author's own traceback
            list(call_rule(self.rule, memory_session(dedented(self.example.files)).graph, RuleSettings()))
        assert not crashed, f"{self}: {crashed}"
        if self.example.todo:
            assert reported != expected, f"{self}: this known gap is closed; drop `todo`"
        else:
            words = "\n".join(f"  {made.path}:{made.span.line}: {made.message}" for made in found)
            assert reported == expected, f"{self}: expected {expected}, reported {reported}\n{words}"


def examples_of(package: ModuleType) -> list[ExampleCase]:
    """Return every example of every rule in a package, in order of id."""
    return cases_of(rules_of(package))


def rules_of(package: ModuleType) -> list[Rule]:
    """Return every rule of a package, in order of id."""
    return sorted(rules_in(package), key=lambda rule: rule.id)


def cases_of(rules: Iterable[Rule]) -> list[ExampleCase]:
    """Return every example of some rules, in order of id."""
    return [
        ExampleCase(rule, example, wrong)
        for rule in sorted(rules, key=lambda rule: rule.id)
        for wrong, examples in ((True, rule.bad), (False, rule.good))
        for example in examples
    ]


def check_files(files: Mapping[str, str], rules: Iterable[Rule], as_of: str = EXAMPLE_DAY) -> list[Diagnostic]:
    """Return what these rules report on files held in memory (`path → content`); ages are counted from `as_of`."""
    listed = list(rules)
    chosen = tuple(rule.id for rule in listed)  # a preview rule runs only when it is named
    session = memory_session(dedented(files), Options(select=chosen, as_of=as_of, jobs=1, cache=False))
    session.rules = [LoadedRule(rule, "example") for rule in listed]
    return list(session.check().diagnostics)


def marks(files: Mapping[str, str], rule_id: str) -> list[tuple[str, int]]:
    """Return the lines marked `# <- ID` for a rule, as pairs of path and line."""
    found = []
    for path, text in dedented(files).items():
        for number, line in enumerate(text.splitlines(), 1):
            mark = _MARK.search(line)
            if mark and rule_id in re.split(r"\s*,\s*", mark[1]):
                found.append((path, number))
    return found


def dedented(files: Mapping[str, str]) -> dict[str, str]:
    """Return the files with the common indentation of each text and its first line break removed."""
    from textwrap import dedent

    return {path: dedent(text).lstrip("\n") for path, text in files.items()}
