"""IAM304 for every action of its table: a bad case and near misses, in each format that declares the type.

`takeovers.txt` is the table: each action with a type of `exposed_resources.txt` whose policy it rewrites.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import iamlint_rules
from iamlint.lint.takeover import TAKEOVER
from iamlint.project.plugins import rules_in
from iamlint.testing.examples import check_files
from tests.rules.test_exposed_resources import ACCOUNTS, WAYS, Way, files

RULES = [rule for rule in rules_in(iamlint_rules) if rule.id == "IAM304"]
ROWS = [
    tuple(line.split(" | "))
    for line in Path(__file__).with_name("takeovers.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
CASES = [
    pytest.param(action, way._replace(action=action, resource=resource), way, id=f"{action}-{way.format}")
    for action, type_, resource in ROWS
    for way in WAYS
    if way.type == type_
]


def found(way: Way, principal: str, condition: dict[str, object] | None = None) -> list[str]:
    made = check_files({**files(way, principal, condition or {}), "accounts.access.yaml": ACCOUNTS}, RULES)
    return [one.message for one in made]


def test_the_table_has_every_action_once() -> None:
    assert [action for action, _, _ in ROWS] == [action for actions in TAKEOVER.values() for action in actions]
    assert {type_ for _, type_, _ in ROWS} <= {way.type for way in WAYS}


@pytest.mark.parametrize(("action", "way", "usual"), CASES)
def test_whoever_may_rewrite_the_policy_takes_the_resource_over(action: str, way: Way, usual: Way) -> None:
    for principal, who in (("*", "anybody"), ("999999999999", "the account `999999999999`")):
        (message,) = found(way, principal)
        assert message.startswith(f"{who} may take ")
        assert message.endswith(f" over by `{action}`")


@pytest.mark.parametrize(("action", "way", "usual"), CASES)
def test_a_near_miss_is_silent(action: str, way: Way, usual: Way) -> None:
    assert found(way, "222222222222") == []  # declared
    assert found(way, "*", {"StringEquals": {"aws:PrincipalAccount": "222222222222"}}) == []
    for principal in ("*", "999999999999"):
        assert found(usual, principal) == []  # what the resource is for


@pytest.mark.parametrize(
    ("type_", "action", "resource"),
    [
        ("S3 bucket", "s3:PutAccessPointPolicy", "*"),
        ("S3 access point, attached", "s3:PutBucketPolicy", "*"),
        ("CodeArtifact domain", "codeartifact:PutRepositoryPermissionsPolicy", "*"),
        ("Log destination", "logs:PutDeliveryDestinationPolicy", "*"),
        ("S3 table bucket", "s3tables:PutTablePolicy", "*"),
    ],
)
def test_what_rewrites_the_policy_of_another_kind_of_thing_gives_no_say_over_this_one(
    type_: str, action: str, resource: str
) -> None:
    way = next(way for way in WAYS if way.type == type_ and way.format == "tf")
    assert found(way._replace(action=action, resource=resource), "*") == []
