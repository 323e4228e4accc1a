"""State files, and what a plan says only by its prior state: text in, model values out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamlint.model.aws import AwsRole
from iamlint.model.estate import Estate, Facts
from iamlint.model.policy import Policy
from iamlint.model.telemetry import Undisclosed
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.units import find_units, parse_unit
from iamlint.source.files import MemoryFiles
from iamlint.source.locate import locate
from iamlint.source.value import Unknown

READ = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}'
AWS = 'provider["registry.opentofu.org/hashicorp/aws"]'


def read(files: dict[str, str], explicit: tuple[str, ...] = ()) -> Facts:
    memory = MemoryFiles(files)
    units = find_units(memory.paths(), memory, explicit)
    parsed = [parse_unit(unit, memory, Context(unit.path, unknown_account(unit.path))) for unit in units]
    return next(facts for facts in parsed if facts.kind == "terraform_plan")


def state(*resources: dict[str, Any], **more: Any) -> str:
    head = {"version": 4, "terraform_version": "1.9.5", "serial": 3, "lineage": "8f0c", "outputs": {}}
    return json.dumps({**head, "resources": list(resources), "check_results": None, **more})


def held(type_: str, name: str, *instances: dict[str, Any], mode: str = "managed", module: str | None = None) -> dict[str, Any]:
    listed = [{"schema_version": 0, "sensitive_attributes": [], **instance} for instance in instances]
    return {"mode": mode, "type": type_, "name": name, "provider": AWS, "instances": listed} | (
        {} if module is None else {"module": module}
    )


def policies(facts: Facts) -> dict[str, Policy]:
    return {str(item.name): item for item in facts.items if isinstance(item, Policy)}


def test_a_state_file_is_read_with_its_data_sources_modules_and_keys() -> None:
    text = state(
        held("aws_caller_identity", "me", {"attributes": {"account_id": "111111111111"}}, mode="data"),
        held("aws_iam_role", "app", {"attributes": {"name": "app", "path": "/", "assume_role_policy": TRUST}}),
        held(
            "aws_iam_role_policy", "read",
            {"index_key": 'a.b["c"]', "attributes": {"name": "one", "role": "app", "policy": READ}},
            {"index_key": 0, "attributes": {"name": "two", "role": "app", "policy": READ}, "status": "tainted"},
            {"index_key": 1, "attributes": {"name": "gone", "role": "app", "policy": READ}, "deposed": "aabbccdd"},
            module='module.m["x.y"].module.n',
        ),
    )  # fmt: skip
    facts = read({"live/terraform.tfstate": text})
    (role,) = Estate([facts]).all(AwsRole)
    assert (role.name, role.account) == ("app", "111111111111")
    found = policies(facts)
    assert sorted(found) == ["app", "one", "two"]
    assert found["one"].statements[0].actions == ("s3:GetObject",)
    assert 'module.m["x.y"].module.n.aws_iam_role_policy.read["a.b[\\"c\\"]"]' in found["one"].ref
    span = locate(found["one"].statements[0].action_place(0), text.encode())
    assert "s3:GetObject" in text[span.column - 1 : span.end_column - 1]


def test_what_a_state_marks_as_sensitive_is_unknown_and_never_shown() -> None:
    path = [{"type": "get_attr", "value": "policy"}]
    tags = [{"type": "get_attr", "value": "tags"}, {"type": "index", "value": {"value": "owner", "type": "string"}}]
    text = state(
        held(
            "aws_iam_role_policy", "read",
            {"attributes": {"name": "p", "role": "app", "policy": READ, "tags": {"owner": "hidden-owner", "team": "shop"}},
             "sensitive_attributes": [path, tags]},
        ),
        held("aws_db_instance", "old", {"attributes": {"password": "hidden-old"}, "deposed": "aa",
                                        "sensitive_attributes": [[{"type": "get_attr", "value": "password"}]]}),
        outputs={"o": {"value": ["hidden-output", 12345], "type": ["list", "string"], "sensitive": True}},
    )  # fmt: skip
    facts = read({"terraform.tfstate": text})
    assert isinstance(policies(facts)["p"].document, Unknown)
    places = [item.at for item in facts.items if isinstance(item, Undisclosed)]
    shown = {text[(span := locate(at, text.encode())).column - 1 : span.end_column - 1] for at in places}
    assert shown == {json.dumps(READ), '"hidden-owner"', '"hidden-old"', '"hidden-output"', "12345"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (state(held("aws_iam_user", "u", {"attributes": {"name": "u"}})).replace('"version": 4', '"version": 3'), "version 3"),
        (state(version=5), "version 5"),
    ],
)
def test_a_state_of_another_version_is_refused(text: str, message: str) -> None:
    facts = read({"terraform.tfstate": text}, ("terraform.tfstate",))
    assert [(problem.id, message in problem.message) for problem in facts.problems] == [("IL003", True)]
    assert facts.items == []


def test_an_encrypted_state_and_old_attributes_stand_in_the_coverage() -> None:
    encrypted = json.dumps({"serial": 1, "lineage": "8f0c", "meta": {}, "encrypted_data": "AAAA", "encryption_version": "v0"})
    assert [line.reason for line in read({"terraform.tfstate": encrypted}).unresolved] == ["the state is encrypted"]
    flat = state(held("aws_iam_user", "u", {"attributes_flat": {"name": "u"}}))
    reasons = [line.reason for line in read({"terraform.tfstate": flat}).unresolved]
    assert "the state keeps the attributes in the form of before Terraform 0.12" in reasons


def test_a_state_beside_its_configuration_is_left_alone_unless_named() -> None:
    text = state(held("aws_iam_role_policy", "p", {"attributes": {"name": "p", "role": "app", "policy": READ}}))
    files = {"main.tf": 'resource "aws_iam_role" "app" {\n  name = "app"\n}\n', "terraform.tfstate": text}
    assert read(files).items == []
    assert policies(read(files, ("terraform.tfstate",)))


@pytest.mark.parametrize(
    "resources",
    [3, [3], [{"mode": "managed"}], [{"mode": "managed", "type": "aws_iam_role", "name": "r", "instances": 3}],
     [{"mode": "managed", "type": "aws_iam_role", "name": "r", "instances": [None, {"attributes": 3}, {"attributes": {"name": {}},
       "index_key": {}, "sensitive_attributes": [3, [3], [{"type": "x"}], [{"value": "a"}, {"value": "b"}], [{"value": "a"}]]}]}]],
)  # fmt: skip
def test_anything_may_stand_in_a_state(resources: Any) -> None:
    assert read({"terraform.tfstate": json.dumps({"version": 4, "lineage": "", "resources": resources})}).kind == "terraform_plan"


def plan(prior: list[dict[str, Any]], changes: list[dict[str, Any]]) -> str:
    return json.dumps({
        "format_version": "1.2", "planned_values": {"root_module": {}}, "resource_changes": changes, "resource_drift": [],
        "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": prior}}},
    })  # fmt: skip


def at(name: str, policy: str | None = READ) -> dict[str, Any]:
    return {"address": f"aws_iam_role_policy.{name}", "mode": "managed", "type": "aws_iam_role_policy", "name": name,
            "provider_name": "aws", "values": {"name": name, "role": "app", "policy": policy}}  # fmt: skip


def change(name: str, *actions: str, **more: Any) -> dict[str, Any]:
    resource = at(name)
    values = resource.pop("values")
    after = None if actions == ("delete",) else values
    return {**resource, **more, "change": {"actions": list(actions), "before": values, "after": after, "after_unknown": {}}}


def test_a_plan_that_only_refreshes_says_what_is_there() -> None:
    facts = read({"plan.json": plan([at("one"), at("two")], [])})
    assert sorted(policies(facts)) == ["one", "two"]
    assert policies(facts)["one"].place.route[0] == "prior_state"


def test_what_a_plan_with_targets_does_not_mention_stays() -> None:
    changes = [
        change("two", "delete"),
        change("three", "update"),
        change("new", "no-op", previous_address="aws_iam_role_policy.old"),
    ]
    facts = read({"plan.json": plan([at(name) for name in ("one", "two", "three", "old")], changes)})
    assert sorted(policies(facts)) == ["new", "one", "three"]


def test_no_state_yet_is_a_state() -> None:
    facts = read({"state.json": '{"format_version":"1.0"}'}, ("state.json",))
    assert (facts.items, facts.problems) == ([], [])


def test_what_is_configured_and_not_planned_stands_in_the_coverage() -> None:
    main = """
        variable "n" {}
        resource "aws_iam_user" "one" {
          name = "one"
        }
        resource "aws_iam_user" "none" {
          count = 0
          name  = "none"
        }
        resource "aws_iam_user" "maybe" {
          count = var.n
          name  = "maybe"
        }
        resource "aws_iam_role_policy" "gone" {
          role   = "r"
          policy = "{}"
        }
        resource "aws_iam_role_policy" "two" {
          role   = "r"
          policy = "{}"
        }
    """
    files = {"main.tf": main, "plan.json": plan([], [change("two", "no-op"), change("gone", "delete")])}
    lines = [line.reason for line in read(files, ("plan.json",)).unresolved]
    assert [line for line in lines if "not in the plan" in line] == [
        "`aws_iam_user.one` is in the configuration and not in the plan"
    ]
