"""Tags that an identity may change itself are no fixed facts; those that it may not change are."""

from __future__ import annotations

import pytest

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import Edge, EdgeKind
from iamlint.graph.escalation_tags import TAGGED
from iamlint.iam.catalogue import catalogue
from tests.graphs import graph_of

BASE = """
provider "aws" {
  allowed_account_ids = ["111111111111"]
  region              = "eu-west-1"
}
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["ec2.amazonaws.com", "lambda.amazonaws.com"] } }] })
  TAGS_OF_ROLE
}
resource "aws_iam_instance_profile" "app" {
  name = "app"
  role = aws_iam_role.app.name
}
resource "aws_instance" "i" {
  iam_instance_profile = aws_iam_instance_profile.app.name
  tags                 = { INSTANCE }
}
resource "aws_iam_user" "actor" {
  name = "actor"
  tags = { USER }
}
resource "aws_iam_user_policy" "actor" {
  user   = aws_iam_user.actor.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [STATEMENTS] })
}
"""
PROD = 'Environment = "prod", team = "checkout"'
PAYMENTS = 'team = "payments"'


def allow(action: str, resource: str = "*", condition: str = "", effect: str = "Allow") -> str:
    tested = f", Condition = {{ {condition} }}" if condition else ""
    return f'{{ Effect = "{effect}", Action = "{action}", Resource = "{resource}"{tested} }}'


def deny(action: str, condition: str) -> str:
    return allow(action, condition=condition, effect="Deny")


def graph(*statements: str, instance: str = PROD, user: str = PAYMENTS, role: str = "", rest: str = "") -> AccessGraph:
    text = BASE.replace("INSTANCE", instance).replace("USER", user).replace("TAGS_OF_ROLE", role)
    return graph_of({"infra/main.tf": text.replace("STATEMENTS", ", ".join(statements)) + rest})


def ways(found: AccessGraph, who: str = "actor") -> list[Edge]:
    return [edge for edge in found.edges(EdgeKind.MAY_BECOME) if edge.source.name == who and edge.certainty != "unknown"]


def said(found: AccessGraph, who: str = "actor") -> list[str]:
    return [edge.reason.partition(", after it ")[2] for edge in ways(found, who)]


SANDBOX = 'StringEquals = { "aws:ResourceTag/Environment" = "sandbox" }'
SESSION = allow("ssm:StartSession", condition=SANDBOX)
TAG_ALL = allow("ec2:CreateTags")
SETS = "sets the tag `Environment` of that (`ec2:CreateTags`)"
ANEW = "removes the tag `Environment` of that (`ec2:DeleteTags`) and " + SETS


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ([SESSION], None),
        ([SESSION, TAG_ALL], SETS),
        ([SESSION.replace("aws:ResourceTag", "ssm:resourceTag"), TAG_ALL], SETS),
        ([allow("ssm:StartSession", condition='StringLike = { "aws:ResourceTag/Environment" = "sand*" }'), TAG_ALL], SETS),
        # one of several values that both sides know
        (
            [
                allow("ssm:StartSession", condition='StringEquals = { "aws:ResourceTag/Environment" = ["dev", "sandbox"] }'),
                allow("ec2:CreateTags", condition='StringEquals = { "aws:RequestTag/Environment" = "sandbox" }'),
            ],
            SETS,
        ),
        ([SESSION, allow("ec2:CreateTags", condition='StringEquals = { "aws:RequestTag/Environment" = "prod" }')], None),
        ([SESSION, allow("ec2:CreateTags", condition='"ForAllValues:StringEquals" = { "aws:TagKeys" = ["Environment"] }')], SETS),
        ([SESSION, allow("ec2:CreateTags", condition='"ForAllValues:StringEquals" = { "aws:TagKeys" = ["team"] }')], None),
        ([SESSION, TAG_ALL, deny("ec2:CreateTags", '"ForAnyValue:StringEquals" = { "aws:TagKeys" = ["Environment"] }')], None),
        ([SESSION, TAG_ALL, deny("ec2:CreateTags", '"ForAnyValue:StringEquals" = { "aws:TagKeys" = ["team"] }')], SETS),
        # only what is made with its tags in one request
        ([SESSION, allow("ec2:CreateTags", condition='StringEquals = { "ec2:CreateAction" = "RunInstances" }')], None),
        # only what has the tag already
        ([SESSION, allow("ec2:CreateTags", condition=SANDBOX)], None),
        ([SESSION, allow("ec2:CreateTags", condition=SANDBOX.replace("sandbox", "prod"))], SETS),
        ([SESSION, allow("ec2:CreateTags", "arn:aws:ec2:*:*:volume/*")], None),
        ([SESSION, allow("ec2:CreateTags", "arn:aws:ec2:*:222222222222:instance/*")], None),
        # a tag that is there may not be overwritten, but removed
        ([SESSION, allow("ec2:CreateTags", condition='Null = { "aws:ResourceTag/Environment" = "true" }')], None),
        (
            [
                SESSION, allow("ec2:DeleteTags"),
                allow("ec2:CreateTags", condition='Null = { "aws:ResourceTag/Environment" = "true" }'),
            ],
            ANEW,
        ),
        # a deny of everything that is not so tagged, or that is
        ([allow("ssm:StartSession"), TAG_ALL, deny("ssm:StartSession", SANDBOX.replace("Equals", "NotEquals"))], SETS),
        ([allow("ssm:StartSession"), deny("ssm:StartSession", SANDBOX.replace("Equals", "NotEquals"))], None),
        ([allow("ssm:StartSession"), TAG_ALL, deny("ssm:StartSession", SANDBOX.replace("sandbox", "prod"))], "sets"),
        (
            [allow("ssm:StartSession"), allow("ec2:DeleteTags"), deny("ssm:StartSession", SANDBOX.replace("sandbox", "prod"))],
            "removes the tag `Environment` of that (`ec2:DeleteTags`)",
        ),
    ],
)  # fmt: skip
def test_tags_of_an_instance(statements: list[str], words: str | None) -> None:
    found = said(graph(*statements))
    if words == "sets":  # any other value serves
        assert found == []
    else:
        assert found == ([] if words is None else [words])


def test_who_need_not_change_a_tag_does_not() -> None:
    assert said(graph(SESSION, TAG_ALL, instance='Environment = "sandbox"')) == [""]


TEAM = 'StringEquals = { "aws:PrincipalTag/team" = "checkout" }'
MINE = "sets its own tag `team` (`iam:TagUser`)"
ITSELF = "arn:aws:iam::111111111111:user/actor"
SAME = 'StringEquals = { "aws:ResourceTag/team" = "$${aws:PrincipalTag/team}" }'


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ([allow("ssm:StartSession", condition=TEAM)], None),
        ([allow("ssm:StartSession", condition=TEAM), allow("iam:TagUser", ITSELF)], MINE),
        ([allow("ssm:StartSession", condition=TEAM), allow("iam:TagUser", "arn:aws:iam::111111111111:user/apps/*")], None),
        ([allow("ssm:StartSession", condition=TEAM), allow("iam:TagRole")], None),
        (
            [
                allow("ssm:StartSession", condition=TEAM),
                allow("iam:TagUser", condition='StringEquals = { "aws:RequestTag/team" = "$${aws:PrincipalTag/team}" }'),
            ],
            None,
        ),
        ([allow("ssm:StartSession", condition=SAME)], None),
        ([allow("ssm:StartSession", condition=SAME), allow("iam:TagUser", ITSELF)], MINE),
        ([allow("ssm:StartSession", condition=SAME), TAG_ALL], "sets the tag `team` of that (`ec2:CreateTags`)"),
        # the own tag lets write that of the instance
        (
            [SESSION, allow("iam:TagUser", ITSELF), allow("ec2:CreateTags", condition=TEAM)],
            f"{MINE} and {SETS}",
        ),
    ],
)  # fmt: skip
def test_tags_of_its_own(statements: list[str], words: str | None) -> None:
    assert said(graph(*statements)) == ([] if words is None else [words])


def test_tags_of_a_role_whose_trust_is_rewritten() -> None:
    rewrite = allow("iam:UpdateAssumeRolePolicy", "arn:aws:iam::111111111111:role/app", SANDBOX)
    tagged = 'tags = { Environment = "prod" }'
    assert said(graph(rewrite, role=tagged)) == []
    words = ["sets the tag `Environment` of that (`iam:TagRole`)"]
    assert said(graph(rewrite, allow("iam:TagRole"), role=tagged)) == words
    assert said(graph(rewrite.replace("aws:ResourceTag", "iam:ResourceTag"), allow("iam:TagRole"), role=tagged)) == words


def test_tags_do_not_decide_which_role_is_passed() -> None:
    """AWS: to limit `iam:PassRole` by tags of the role gives unreliable results."""
    passed = allow("iam:PassRole", condition=SANDBOX)
    made = [allow("lambda:CreateFunction"), allow("lambda:InvokeFunction")]
    assert said(graph(passed, *made, allow("iam:TagRole"), role='tags = { Environment = "prod" }')) == []


SESSIONS = """
resource "aws_iam_role" "tagged" {
  name = "tagged"
  tags = { team = "payments" }
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ACTIONS, Principal = { AWS = "arn:aws:iam::222222222222:root" }, Condition = { TESTED } }] })
}
resource "aws_iam_role_policy" "tagged" {
  role   = aws_iam_role.tagged.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [STATEMENT] })
}
"""


@pytest.mark.parametrize(
    ("actions", "tested", "expected"),
    [
        ('"sts:AssumeRole"', "", False),
        ('["sts:AssumeRole", "sts:TagSession"]', "", True),
        ('["sts:AssumeRole", "sts:TagSession"]', 'StringEquals = { "aws:RequestTag/team" = "payments" }', False),
        ('["sts:AssumeRole", "sts:TagSession"]', 'StringLike = { "aws:RequestTag/team" = "*" }', True),
        ('["sts:AssumeRole", "sts:TagSession"]', '"ForAllValues:StringEquals" = { "aws:TagKeys" = "project" }', False),
    ],
)
def test_tags_of_a_session(actions: str, tested: str, expected: bool) -> None:
    rest = SESSIONS.replace("ACTIONS", actions).replace("TESTED", tested)
    rest = rest.replace("STATEMENT]", allow("ssm:StartSession", condition=TEAM) + "]")
    found = ways(graph(rest=rest), "tagged")
    assert [edge.condition for edge in found] == (
        ["its session is started with tags of which `team` is `checkout`"] if expected else []
    )


def test_who_is_an_administrator_only_with_a_tag_has_a_way_up() -> None:
    denied = deny("*", TEAM.replace("StringEquals", "StringNotEquals"))
    assert said(graph(allow("*"), denied)) == []
    assert said(graph(allow("*"), denied, user='team = "checkout"')) == []  # is one already
    but_tags = denied.replace('Action = "*"', 'NotAction = "iam:TagUser"')
    assert MINE in said(graph(allow("*"), but_tags))
    assert said(graph(allow("*"), but_tags.replace("TagUser", "TagRole"))) == []


def test_actions_that_write_tags_work_on_what_they_stand_for() -> None:
    known = catalogue()
    for what, actions in TAGGED.items():
        for action in actions:
            kinds = {use.type.name for use in known.resource_types(action)}
            assert kinds, action
            _, _, kind = what.partition(":")
            assert not kind or kind in kinds, action
