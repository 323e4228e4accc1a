"""Rules that can find nothing are not loaded, and count all the same: they can be named, and they ran."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from iamlint.errors import ConfigError, UsageError
from iamlint.lint.settings import IdleRule
from iamlint.project.memory import EXAMPLE_DAY, memory_session
from iamlint.project.options import Options
from iamlint.project.plugins import Idle, load_all, rules_in
from iamlint.report import sarif

POLICY = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}) + "\n"
"""Neither a condition (IAM031 `unknown-condition-operator`) nor a bot in it."""
COMMENTED = 'resource "aws_iam_user" "a" {{ # iamlint: ignore[{name}] because\n  name = "a"\n}}\n'


def session(files: dict[str, str], **options: object):
    return memory_session(files, Options(as_of=EXAMPLE_DAY, jobs=1, cache=False, **options))


def loaded(made) -> set[str]:
    return {one.rule.id for one in made.rules}


@pytest.mark.parametrize(
    "rules",
    ["ignore: [IAM031]", "ignore: [unknown-condition-operator]", "IAM031: {severity: note}", "ignore: [BOT]"],
)
def test_the_configuration_may_name_one(rules: str):
    made = session({"a.json": POLICY, "iamlint.yaml": f"rules:\n  {rules}\n"})
    assert {one.rule for one in made.check().diagnostics} == {"IAM101"}
    assert "IAM031" not in loaded(made)


def test_one_with_options_is_loaded_to_check_them():
    made = session({"a.json": POLICY, "iamlint.yaml": "rules:\n  credential-not-rotated: {days: 30}\n"})
    made.check()
    assert "BOT102" in loaded(made)
    assert "BOT101" not in loaded(made)
    with pytest.raises(ConfigError, match="has no such option"):
        session({"a.json": POLICY, "iamlint.yaml": "rules:\n  BOT102: {weeks: 3}\n"}).check()


def test_a_name_that_no_rule_has_is_still_refused():
    with pytest.raises(UsageError, match="names no rule") as refused:
        session({"a.json": POLICY}, ignore=("unknown-condition-operater",)).check()
    assert refused.value.help == "did you mean `unknown-condition-operator`?"


@pytest.mark.parametrize("name", ["IAM031", "unknown-condition-operator", "TEL101"])
def test_a_comment_that_suppresses_nothing_of_it_is_said_to_be_useless(name: str):
    made = session({"main.tf": COMMENTED.format(name=name)})
    assert [(one.rule, one.message) for one in made.check().diagnostics] == [
        ("IL020", f"`{name}` finds nothing here to suppress")
    ]
    assert loaded(made).isdisjoint({"IAM031", "TEL101"})


def test_a_comment_about_one_that_was_not_selected_is_left_alone():
    assert session({"main.tf": COMMENTED.format(name="IAM031")}, ignore=("IAM031",)).check().diagnostics == ()


def test_the_report_knows_all_that_ran_in_order_and_loads_them_when_asked():
    made = session({"a.json": POLICY})
    report = made.check()
    every = {one.rule.id: one.rule for one in load_all()}
    assert list(report.rules) == sorted(id for id, rule in every.items() if rule.status == "stable")
    assert "IAM031" not in loaded(made)
    assert {id: rule.doc for id, rule in report.rules.items()} == {id: every[id].doc for id in report.rules}
    described = json.loads(sarif.render(session({"a.json": POLICY}).check()))["runs"][0]["tool"]["driver"]["rules"]
    assert [one["id"] for one in described] == list(report.rules)


def test_one_of_status_preview_runs_only_where_it_is_selected_by_name():
    assert "IAM205" not in session({"a.json": POLICY}).check().rules
    assert list(session({"a.json": POLICY}, select=("IAM205",)).check().rules) == ["IAM205"]


RULE = """
from iamlint.rulekit import Severity, rule


@rule(id="{id}", name="{name}", severity=Severity.NOTE, since="1", bad=[], good=[], aliases={aliases}, status="{status}")
def check(graph):
    "Find nothing."
    yield from ()
"""


def test_a_package_may_say_what_its_rules_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "acme_needs"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        'NEEDS = {"ACME": ("AwsRole", "node:bot"), "ACME2": ("Deny",)}\n'
        'ALIASES = {"ACME201": ("older-name",)}\nPREVIEW = ("ACME201",)\n'
    )
    (folder / "acme101_role_without_team.py").write_text(
        RULE.format(id="ACME101", name="role-without-team", aliases=(), status="stable")
    )
    (folder / "acme201_needless_deny.py").write_text(
        RULE.format(id="ACME201", name="needless-deny", aliases=("older-name",), status="preview")
    )
    monkeypatch.syspath_prepend(tmp_path)
    package = import_module("acme_needs")

    def split(*present: str, named: tuple[str, ...] = ()) -> tuple[list[str], list[str]]:
        idle = Idle(present, named)
        return [rule.id for rule in rules_in(package, idle)], [rule.id for rule in idle.rules]

    assert split() == ([], ["ACME101", "ACME201"])
    assert split("Deny") == ([], ["ACME101", "ACME201"]), "of two beginnings each needs something"
    assert split("node:bot") == (["ACME101"], ["ACME201"])
    assert split("AwsRole", "Deny") == (["ACME101", "ACME201"], [])
    assert split(named=("older-name",)) == (["ACME201"], ["ACME101"])
    idle = Idle(())
    assert list(rules_in(package, idle)) == []
    assert idle.rules == [
        IdleRule("ACME101", "role-without-team"), IdleRule("ACME201", "needless-deny", ("older-name",), "preview"),
    ]  # fmt: skip
    assert len(list(rules_in(package))) == 2
