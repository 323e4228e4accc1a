"""What a provider reads back of a role's policies claims nothing; what the configuration writes does (IAM116)."""

from __future__ import annotations

import json
from typing import Any

import pytest

import iamlint_rules
from iamlint.project.plugins import rules_in
from iamlint.testing.examples import check_files

RULES = [rule for rule in rules_in(iamlint_rules) if rule.id == "IAM116"]
READ = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'


def resource(type_: str, name: str, values: dict[str, Any]) -> dict[str, Any]:
    provider = "registry.terraform.io/hashicorp/aws"
    return {
        "address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name, "provider_name": provider,
        "schema_version": 0, "values": values, "sensitive_values": {},
    }  # fmt: skip


VALUES = {
    "root_module": {
        "resources": [
            resource("aws_iam_role", "app", {
                "name": "app", "arn": "arn:aws:iam::111111111111:role/app", "managed_policy_arns": [],
                "inline_policy": [{"name": "", "policy": ""}], "assume_role_policy": '{"Version":"2012-10-17","Statement":[]}',
            }),
            resource("aws_iam_role_policy_attachment", "read", {"role": "app", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
            resource("aws_iam_role_policy", "own", {"role": "app", "name": "own", "policy": READ}),
        ]
    }
}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "found"),
    [({}, 0), ({"managed_policy_arns": {"constant_value": []}}, 1), ({"inline_policy": [{}]}, 1)],
)
def test_a_plan(written: dict[str, Any], found: int) -> None:
    role = {"address": "aws_iam_role.app", "mode": "managed", "type": "aws_iam_role", "name": "app", "expressions": written}
    plan = {
        "format_version": "1.2", "terraform_version": "1.9.5", "planned_values": VALUES, "resource_changes": [],
        "configuration": {"root_module": {"resources": [role]}},
    }  # fmt: skip
    assert len(check_files({"plan.json": json.dumps(plan)}, RULES)) == found


def test_a_state_does_not_say_what_was_written() -> None:
    state = {"format_version": "1.0", "terraform_version": "1.9.5", "values": VALUES}
    assert check_files({"state.json": json.dumps(state)}, RULES) == []
