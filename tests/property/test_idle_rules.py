"""Whatever an estate holds, the rules that are not loaded for it would find nothing in it."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

import iamlint_rules
from iamlint.lint.engine import run_rules
from iamlint.lint.settings import LoadedRule, RuleSettings
from iamlint.project.memory import memory_session
from iamlint.project.plugins import Idle, rules_in
from iamlint.project.present import present_in
from iamlint.testing.strategies import estates, policies

RULES = list(rules_in(iamlint_rules))
KINDS = ("identity", "resource", "trust", "scp", "rcp")


def found_by_idle_rules(files: dict[str, str]) -> list[str]:
    graph = memory_session(files).graph
    loaded = {rule.id for rule in rules_in(iamlint_rules, Idle(present_in(graph)))}
    idle = [LoadedRule(rule, "iamlint") for rule in RULES if rule.id not in loaded]
    found, crashes = run_rules(graph, idle, RuleSettings(select=("ALL", *(one.rule.id for one in idle))))
    assert crashes == []
    return [item.rule.id for item in found]


@given(st.sampled_from(KINDS).flatmap(policies))
@settings(max_examples=100, deadline=None, print_blob=True)
def test_in_one_document(document):
    assert found_by_idle_rules({"policies/one.json": json.dumps(document)}) == []


@given(estates())
@settings(max_examples=30, deadline=None, print_blob=True)
def test_in_an_estate(files):
    assert found_by_idle_rules(files) == []
