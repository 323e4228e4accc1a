"""What every built-in rule must have, so that its page, its selection and its suppression work."""

import re
from pathlib import Path

import pytest

import iamlint_rules
from iamlint.lint.engine import run_rules
from iamlint.lint.reserved import RESERVED
from iamlint.lint.rule import Rule
from iamlint.lint.settings import LoadedRule, RuleSettings
from iamlint.project.memory import memory_session
from iamlint.project.plugins import Idle, idle_rule, rules_in
from iamlint.project.present import present_in
from iamlint.testing import ExampleCase, dedented, examples_of

RULES = sorted(rules_in(iamlint_rules), key=lambda rule: rule.id)
FOLDER = Path(iamlint_rules.__path__[0])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_file_is_named_after_the_rule(rule: Rule) -> None:
    assert (FOLDER / f"{rule.id.lower()}_{rule.name.replace('-', '_')}.py").is_file()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_file_is_small(rule: Rule) -> None:
    path = FOLDER / f"{rule.id.lower()}_{rule.name.replace('-', '_')}.py"
    text = path.read_text(encoding="utf-8")
    body = re.split(r"(?m)^def \w+\(graph", text)[-1]
    assert len(body.splitlines()) <= 150, "the check and its helpers, without the examples, belong on one screen or two"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_name_is_kebab_case_and_names_the_defect(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name)
    assert not rule.name.startswith(("no-", "avoid-", "check-", "disallow-"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_page_has_its_sections(rule: Rule) -> None:
    assert rule.summary.endswith("."), "the first line is a sentence"
    assert "## What to do instead" in rule.doc
    assert "## What this rule does not see" in rule.doc


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_has_bad_and_good_examples(rule: Rule) -> None:
    assert rule.bad
    assert rule.good
    assert all(example.title for example in (*rule.bad, *rule.good))


def test_ids_names_and_aliases_are_unique() -> None:
    names = [name for rule in (*RULES, *RESERVED.values()) for name in (rule.id, rule.name, *rule.aliases)]
    assert len(names) == len(set(names))


def test_no_rule_imports_another() -> None:
    for path in FOLDER.glob("*.py"):
        assert "iamlint_rules" not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("case", [case for case in examples_of(iamlint_rules) if case.wrong], ids=str)
def test_rule_is_loaded_wherever_it_can_fire(case: ExampleCase) -> None:
    session = memory_session(dedented(case.example.files))
    loaded = {rule.id for rule in rules_in(iamlint_rules, Idle(present_in(session.graph)))}
    assert case.rule.id in loaded, "`NEEDS` leaves the rule out"


def test_rules_that_are_not_loaded_would_find_nothing() -> None:
    """In every example of every rule, good and bad, all rules are run that `NEEDS` leaves out there."""
    for case in examples_of(iamlint_rules):
        graph = memory_session(dedented(case.example.files)).graph
        present = present_in(graph)
        loaded = {rule.id for rule in rules_in(iamlint_rules, Idle(present))}
        idle = [LoadedRule(rule, "iamlint") for rule in RULES if rule.id not in loaded]
        found, crashes = run_rules(graph, idle, RuleSettings(select=("ALL", *(one.rule.id for one in idle))))
        assert ([item.rule.id for item in found], crashes) == ([], []), case


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_can_be_named_without_loading_it(rule: Rule) -> None:
    stem = f"{rule.id.lower()}_{rule.name.replace('-', '_')}"
    assert idle_rule(iamlint_rules, stem) == (rule.id, rule.name, rule.aliases, rule.status), "say so in ALIASES and PREVIEW"


def test_rules_that_can_find_nothing_are_not_loaded() -> None:
    idle = Idle({"Policy", "policy:identity"})
    loaded = {rule.id for rule in rules_in(iamlint_rules, idle)}
    assert {id[:3] for id in loaded} == {"IAM"}
    assert "IAM101" in loaded
    assert loaded.isdisjoint({"IAM031", "IAM061", "IAM074", "IAM108", "IAM112", "IAM201", "IAM301"})
    assert loaded | {rule.id for rule in idle.rules} == {rule.id for rule in RULES}


def test_the_jobs_of_a_repository_load_no_rules_about_directories_and_telemetry() -> None:
    loaded = {rule.id for rule in rules_in(iamlint_rules, Idle({"Bot", "WorkflowJob", "AwsRole", "node:bot", "node:role"}))}
    assert {id.rstrip("0123456789") for id in loaded} == {"BOT", "ENV", "IAM", "TRUST"}


def test_a_rule_that_is_named_is_loaded_all_the_same() -> None:
    loaded = {rule.id for rule in rules_in(iamlint_rules, Idle((), ("IAM101", "long-lived-aws-key")))}
    assert loaded == {"IAM101", "BOT104"}
