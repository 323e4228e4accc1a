"""Ways up by IAM itself, and by roles that are passed: decided with denies, conditions, boundaries and SCPs."""

from __future__ import annotations

import pytest

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import EdgeKind
from iamlint.graph.escalation_gate import FIRST_ACTIONS
from iamlint.graph.escalation_methods import METHODS
from iamlint.graph.escalation_special import SPECIAL_ACTIONS
from iamlint.lint.escalation import administrator_ascents
from tests.graphs import graph_of, reached

BASE = """
provider "aws" {
  allowed_account_ids = ["111111111111"]
}
locals {
  trust = { for service in ["lambda", "ec2", "ecs-tasks", "codebuild", "sagemaker", "cloudformation"] : service => jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${service}.amazonaws.com" } }]
  }) }
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = local.trust["lambda"]
}
resource "aws_iam_role" "task" {
  name               = "task"
  assume_role_policy = local.trust["ecs-tasks"]
}
resource "aws_iam_user" "bob" {
  name = "bob"
}
"""
ACTOR = """
resource "aws_iam_%(kind)s" "actor" {
  name = "actor"
  %(more)s
}
resource "aws_iam_%(kind)s_policy" "actor_%(number)s" {
  name   = "actor-%(number)s"
  %(kind)s = aws_iam_%(kind)s.actor.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [%(statements)s] })
}
"""
TOP = "administrator of 111111111111"


def actor(*statements: str, kind: str = "role", more: str = "", rest: str = "") -> AccessGraph:
    """Return the graph of an actor with one inline policy for each statement."""
    if kind == "role":
        more += '\n  assume_role_policy = local.trust["codebuild"]'
    head, *tails = [
        ACTOR % {"kind": kind, "more": more, "number": number, "statements": text} for number, text in enumerate(statements)
    ]
    return graph_of(
        {"infra/main.tf": BASE + head + "".join("resource" + tail.split("\nresource", 2)[2] for tail in tails) + rest}
    )


def ways(graph: AccessGraph) -> set[str]:
    """Return the ways up of the actor, as `method target`, marked `~` when assumed and `?` when unknown."""
    marks = {"certain": "", "assumed": " ~", "unknown": " ?"}
    return {
        f"{edge.method} {edge.target.name}{marks[edge.certainty]}"
        for edge in graph.edges(EdgeKind.MAY_BECOME) if edge.source.name == "actor"
    }  # fmt: skip


def allow(actions: str, resource: str = "*", condition: str = "") -> str:
    listed = ", ".join(f'"{action}"' for action in actions.split())
    return f'{{ Effect = "Allow", Action = [{listed}], Resource = "{resource}"{condition} }}'


def deny(action: str, resource: str = "*") -> str:
    return f'{{ Effect = "Deny", Action = "{action}", Resource = "{resource}" }}'


PASS = allow("iam:PassRole")
RUN = allow("lambda:CreateFunction lambda:InvokeFunction")


@pytest.mark.parametrize(
    ("kind", "statements", "found"),
    [
        ("role", [allow("iam:PutRolePolicy")], {f"iam-005 {TOP}"}),
        ("role", [allow("iam:PutRolePolicy", "arn:aws:iam::*:role/act*")], {f"iam-005 {TOP}"}),
        ("role", [allow("iam:PutRolePolicy", "arn:aws:iam::*:role/app")], set()),
        ("role", [allow("iam:PutUserPolicy")], set()),  # a role has no user to write it for
        ("user", [allow("iam:PutUserPolicy")], {f"iam-007 {TOP}"}),
        ("user", [allow("iam:AttachUserPolicy")], {f"iam-008 {TOP}"}),
        ("role", [allow("iam:AttachRolePolicy", "arn:aws:iam::*:role/actor")], {f"iam-009 {TOP}"}),
        ("user", [allow("iam:CreateAccessKey", "arn:aws:iam::*:user/b*")], {"iam-002 bob"}),
        ("user", [allow("iam:CreateAccessKey")], {"iam-002 bob", f"iam-002 {TOP} ~"}),
        ("user", [allow("iam:CreateAccessKey", "arn:aws:iam::*:user/$${aws:username}")], set()),
        ("role", [allow("iam:UpdateAssumeRolePolicy", "arn:aws:iam::*:role/app")], {"iam-012 app"}),
        (
            "role", [allow("iam:UpdateAssumeRolePolicy iam:PutRolePolicy", "arn:aws:iam::*:role/app")],
            {"iam-012 app", f"iam-021 {TOP}"},
        ),
        ("role", [allow("iam:PutRolePolicy"), deny("iam:*")], set()),
        ("role", [allow("iam:PutRolePolicy"), deny("iam:Put*", "arn:aws:iam::*:role/actor")], set()),
        ("role", [allow("s3:*")], set()),
        ("role", [allow("*")], set()),  # an administrator already
        ("role", [allow("iam:*")], None),
    ],
)  # fmt: skip
def test_rights_of_iam(kind: str, statements: list[str], found: set[str] | None) -> None:
    graph = actor(*statements, kind=kind)
    if found is None:
        assert {f"iam-005 {TOP}", f"iam-009 {TOP}", "iam-012 app", "iam-002 bob"} <= ways(graph)
    else:
        assert ways(graph) == found


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([PASS, RUN], {"lambda-001 app"}),  # split over two policies
        ([PASS], set()),
        ([RUN], set()),
        ([RUN, allow("iam:PassRole", "arn:aws:iam::111111111111:role/app")], {"lambda-001 app"}),
        ([RUN, allow("iam:PassRole", "arn:aws:iam::111111111111:role/other")], set()),
        ([RUN, allow("iam:PassRole", "arn:aws:iam::222222222222:role/*")], set()),
        ([RUN, allow("iam:PassRole", "arn:aws:iam::111111111111:role/task")], set()),  # it does not trust Lambda
        ([PASS, allow("ecs:RegisterTaskDefinition ecs:RunTask")], {"ecs-004 task", "ecs-008 task"}),
        ([PASS, allow("lambda:CreateFunction lambda:InvokeFunction", "arn:aws:lambda:*:111111111111:function:x-*")], {"lambda-001 app"}),
        ([PASS, allow("lambda:CreateFunction lambda:InvokeFunction", "arn:aws:lambda:*:222222222222:function:x-*")], set()),
        (
            [PASS, allow("lambda:CreateFunction", "arn:aws:lambda:*:*:function:x-*"), allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:y-*")],
            set(),  # what it can make it cannot call
        ),
        ([RUN, allow("iam:PassRole", "*", ', Condition = { StringEquals = { "iam:PassedToService" = "lambda.amazonaws.com" } }')], {"lambda-001 app"}),
        ([RUN, allow("iam:PassRole", "*", ', Condition = { StringEquals = { "iam:PassedToService" = "ec2.amazonaws.com" } }')], set()),
        ([RUN, PASS, deny("iam:PassRole", "arn:aws:iam::*:role/a*")], set()),
        ([RUN, PASS, deny("lambda:CreateFunction")], set()),
    ],
)  # fmt: skip
def test_a_role_is_passed_when_all_three_facts_hold(statements: list[str], found: set[str]) -> None:
    assert {way for way in ways(actor(*statements)) if not way.startswith(("lambda-003", "rhino"))} == found


def test_a_condition_is_told() -> None:
    mfa = ', Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }'
    graph = actor(allow("iam:PutRolePolicy", "*", mfa))
    [edge] = [edge for edge in graph.edges(EdgeKind.MAY_BECOME) if edge.source.name == "actor"]
    assert edge.certainty == "certain"
    assert edge.condition == "`aws:MultiFactorAuthPresent` is `true`"


def test_a_policy_that_must_be_another_one() -> None:
    only = ', Condition = { ArnEquals = { "iam:PolicyARN" = "arn:aws:iam::aws:policy/ReadOnlyAccess" } }'
    assert ways(actor(allow("iam:AttachRolePolicy", "*", only))) == set()


def test_a_day_that_has_passed() -> None:
    over = ', Condition = { DateLessThan = { "aws:CurrentTime" = "2020-01-01T00:00:00Z" } }'
    assert ways(actor(allow("iam:PutRolePolicy", "*", over))) == set()


BOUNDARY = """
resource "aws_iam_policy" "ceiling" {
  name   = "ceiling"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:*", "iam:*"], Resource = "*" }] })
}
"""


@pytest.mark.parametrize(
    ("actions", "found"),
    [
        ("iam:PutRolePolicy", set()),
        ("iam:PutRolePolicy iam:DeleteRolePermissionsBoundary", {f"iam-023 {TOP}"}),
        ("iam:PutRolePolicy iam:PutRolePermissionsBoundary", {f"boundary-swap {TOP}"}),
        ("s3:* iam:DeleteRolePermissionsBoundary", set()),  # nothing is behind the boundary
    ],
)
def test_a_boundary_holds_until_it_can_be_removed(actions: str, found: set[str]) -> None:
    own = allow(actions, "arn:aws:iam::111111111111:role/actor")
    assert ways(actor(own, more="permissions_boundary = aws_iam_policy.ceiling.arn", rest=BOUNDARY)) == found


VAULTED = """
resource "aws_iam_role" "vaulted" {
  name                 = "vaulted"
  permissions_boundary = aws_iam_policy.ceiling.arn
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111111111111:root" } },
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } },
  ] })
}
resource "aws_iam_role_policy" "vaulted" {
  name   = "p"
  role   = aws_iam_role.vaulted.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "%s", Resource = "*" }] })
}
"""
BARE = "vaulted (without its boundary)"


@pytest.mark.parametrize(
    ("actions", "behind", "found"),
    [
        ("sts:AssumeRole iam:DeleteRolePermissionsBoundary", "secretsmanager:GetSecretValue", {f"iam-023 {BARE}"}),
        ("sts:AssumeRole iam:PutRolePermissionsBoundary", "secretsmanager:GetSecretValue", {f"boundary-swap {BARE}"}),
        ("sts:AssumeRole iam:DeleteRolePermissionsBoundary", "s3:GetObject", set()),  # the boundary allows it
        ("sts:AssumeRole iam:DeleteRolePermissionsBoundary", "*", {f"iam-023 {TOP}"}),
        ("iam:DeleteRolePermissionsBoundary", "secretsmanager:GetSecretValue", set()),  # which it may not assume
    ],
)
def test_a_capped_role_without_its_boundary(actions: str, behind: str, found: set[str]) -> None:
    own = allow(actions, "arn:aws:iam::111111111111:role/vaulted")
    assert ways(actor(own, rest=BOUNDARY + VAULTED % behind)) == found


def test_what_is_behind_a_boundary_that_can_be_removed() -> None:
    own = allow("iam:DeleteRolePermissionsBoundary", "arn:aws:iam::111111111111:role/actor")
    rights = allow("iam:PassRole lambda:CreateFunction lambda:InvokeFunction sts:AssumeRole")
    free = VAULTED.replace("  permissions_boundary = aws_iam_policy.ceiling.arn\n", "")
    more = "permissions_boundary = aws_iam_policy.ceiling.arn"
    graph = actor(own, rights, more=more, rest=BOUNDARY + free % "secretsmanager:GetSecretValue")
    bare = graph.find("role:arn:aws:iam::111111111111:role/actor (without its boundary)")
    assert {(edge.kind.value, edge.method, edge.target.name) for edge in graph.out_edges(bare)} == {
        ("may_become", "lambda-001", "vaulted"), ("may_become", "lambda-001", "app"), ("may_assume", None, "vaulted"),
    }  # fmt: skip
    assert ways(graph) == {"iam-023 actor (without its boundary)"}


KEYS = """
resource "aws_iam_user" "ops" {
  name = "ops"
}
resource "aws_iam_access_key" "ops" {
  count = %s
  user  = aws_iam_user.ops.name
}
"""


@pytest.mark.parametrize(
    ("actions", "keys", "found"),
    [
        ("iam:CreateAccessKey", 1, {"iam-002 ops"}),
        ("iam:CreateAccessKey", 2, set()),  # a third key is refused
        ("iam:CreateAccessKey iam:DeleteAccessKey", 1, {"iam-002 ops"}),
        ("iam:CreateAccessKey iam:DeleteAccessKey", 2, {"iam-003 ops"}),
    ],
)
def test_a_user_with_two_keys_gets_no_third(actions: str, keys: int, found: set[str]) -> None:
    own = allow(actions, "arn:aws:iam::111111111111:user/ops")
    assert ways(actor(own, rest=KEYS % keys)) == found


def test_a_service_control_policy_takes_the_way_up() -> None:
    scp = """
    resource "aws_organizations_policy" "guard" {
      name    = "guard"
      content = jsonencode({ Version = "2012-10-17", Statement = [
        { Effect = "Allow", Action = "*", Resource = "*" }, { Effect = "Deny", Action = "iam:Put*", Resource = "*" },
      ] })
    }
    resource "aws_organizations_policy_attachment" "guard" {
      policy_id = aws_organizations_policy.guard.id
      target_id = "111111111111"
    }
    """
    assert ways(actor(allow("iam:PutRolePolicy"), rest=scp)) == set()
    assert ways(actor(allow("iam:AttachRolePolicy"), rest=scp)) == {f"iam-009 {TOP}"}


REGION = """
resource "aws_organizations_policy" "region" {
  name    = "region"
  content = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "*", Resource = "*" },
    { Effect = "Deny", NotAction = ["iam:*", "sts:*"], Resource = "*",
      Condition = { StringNotEquals = { "aws:RequestedRegion" = ["eu-west-1"] } } },
  ] })
}
resource "aws_organizations_policy_attachment" "region" {
  policy_id = aws_organizations_policy.region.id
  target_id = "111111111111"
}
"""


def test_a_policy_for_one_region_leaves_the_way_up_there() -> None:
    graph = actor(allow("iam:PassRole lambda:CreateFunction lambda:InvokeFunction"), rest=REGION)
    edges = [edge for edge in graph.edges(EdgeKind.MAY_BECOME) if edge.source.name == "actor"]
    assert {(edge.method, edge.target.name, edge.certainty, edge.condition) for edge in edges} == {
        ("lambda-001", "app", "certain", "`aws:RequestedRegion` is `eu-west-1`"),
    }  # fmt: skip


def test_an_administrator_is_one_whatever_control_policies_leave() -> None:
    assert ways(actor(allow("*"), rest=REGION)) == ways(actor(allow("*")))


GROUP = """
resource "aws_iam_group" "ops" {
  name = "ops"
}
resource "aws_iam_group_policy_attachment" "ops" {
  group      = aws_iam_group.ops.name
  policy_arn = "arn:aws:iam::aws:policy/%s"
}
"""


def test_groups() -> None:
    join = allow("iam:AddUserToGroup")
    assert ways(actor(join, kind="user", rest=GROUP % "AdministratorAccess")) == {f"iam-013 {TOP}"}
    assert ways(actor(join, kind="user", rest=GROUP % "AmazonS3ReadOnlyAccess")) == {"iam-013 ops"}
    member = 'resource "aws_iam_user_group_membership" "m" {\n  user = aws_iam_user.actor.name\n  groups = [aws_iam_group.ops.name]\n}\n'
    put = allow("iam:PutGroupPolicy")
    assert ways(actor(put, kind="user", rest=GROUP % "AmazonS3ReadOnlyAccess" + member)) == {f"iam-011 {TOP}"}
    assert ways(actor(put, kind="user", rest=GROUP % "AmazonS3ReadOnlyAccess")) == set()


def test_own_policies_and_their_versions() -> None:
    managed = """
    resource "aws_iam_policy" "own" {
      name   = "own"
      policy = jsonencode({ Version = "2012-10-17", Statement = [%s] })
    }
    resource "aws_iam_role_policy_attachment" "own" {
      role       = aws_iam_role.actor.name
      policy_arn = aws_iam_policy.own.arn
    }
    """
    assert ways(actor(allow("s3:*"), rest=managed % allow("iam:CreatePolicyVersion"))) == {f"iam-001 {TOP}"}
    assert ways(actor(allow("s3:*"), rest=managed % allow("iam:CreatePolicyVersion", "arn:aws:iam::*:policy/other"))) == set()
    assert ways(actor(allow("s3:*"), rest=managed % allow("iam:SetDefaultPolicyVersion"))) == {f"rhino-2 {TOP} ?"}


def test_administrator_access_reaches_the_account_and_who_trusts_it() -> None:
    prod = """
    provider "aws" {
      allowed_account_ids = ["333333333333"]
    }
    resource "aws_iam_role" "open" {
      name = "open"
      assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
        { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111111111111:root" } }] })
    }
    """
    role = ACTOR % {
        "kind": "role",
        "more": 'assume_role_policy = local.trust["codebuild"]',
        "number": 0,
        "statements": allow("iam:PutRolePolicy"),
    }
    graph = graph_of({"infra/main.tf": BASE + role, "prod/main.tf": prod})
    found = reached(graph, "actor")
    assert found["role:arn:aws:iam::111111111111:role/app"] == "certain"
    assert found["user:arn:aws:iam::111111111111:user/bob"] == "certain"
    assert found["role:arn:aws:iam::333333333333:role/open"] == "certain"
    assert graph.can("actor", "dynamodb:DeleteTable", "arn:aws:dynamodb:eu-west-1:111111111111:table/x").decision == "allow"


def test_many_roles_are_led_to_by_one_node() -> None:
    many = """
    resource "aws_iam_role" "many" {
      for_each           = toset([for number in range(40) : tostring(number)])
      name               = "many-${each.key}"
      assume_role_policy = local.trust["lambda"]
    }
    """
    graph = actor(PASS, RUN, rest=many)
    assert ways(graph) == {"lambda-001 41 roles of 111111111111 by lambda.amazonaws.com"}
    assert reached(graph, "actor")["role:arn:aws:iam::111111111111:role/many-7"] == "certain"


def test_the_first_sieve_knows_every_method() -> None:
    first = {method.actions[0].lower() for method in METHODS} | {action.lower() for action in SPECIAL_ACTIONS}
    assert first == set(FIRST_ACTIONS)


TOKEN = """
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects: [{name: checkout}]
credentials:
  - name: ingest
    kind: access-token
    project: checkout
    use: ingest
    stored_in: ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:lightstep/checkout"]
"""


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([allow("secretsmanager:PutResourcePolicy")], {"secretsmanager-policy ingest"}),
        ([allow("secretsmanager:PutResourcePolicy", "arn:aws:secretsmanager:*:*:secret:lightstep/*")], {"secretsmanager-policy ingest"}),
        ([allow("secretsmanager:PutResourcePolicy", "arn:aws:secretsmanager:*:*:secret:other/*")], set()),
        ([allow("secretsmanager:PutResourcePolicy"), deny("secretsmanager:GetSecretValue")], set()),
        ([allow("secretsmanager:*")], set()),  # it may read the secret as it is
    ],
)  # fmt: skip
def test_who_writes_the_policy_of_a_secret(statements: list[str], found: set[str]) -> None:
    body = ACTOR % {
        "kind": "role",
        "more": 'assume_role_policy = local.trust["codebuild"]',
        "number": 0,
        "statements": ", ".join(statements),
    }
    graph = graph_of({"infra/main.tf": BASE + body, "t.access.yaml": TOKEN})
    assert ways(graph) == found


SETS = '{ Effect = "Allow", Action = "sso:*", Resource = "*" }'
ASSIGNED = """
resource "aws_ssoadmin_permission_set" "read" {
  name         = "read"
  instance_arn = "arn:aws:sso:::instance/ssoins-1"
}
resource "aws_ssoadmin_account_assignment" "read" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  permission_set_arn = aws_ssoadmin_permission_set.read.arn
  principal_type     = "GROUP"
  principal_id       = "90670f1d"
  target_type        = "AWS_ACCOUNT"
  target_id          = "111111111111"
}
"""


def test_an_administrator_whose_name_nobody_knows_is_one_already() -> None:
    role = """
    Resources:
      Operator:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {Statement: {Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: ec2.amazonaws.com}}}
          ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]
    """
    assert administrator_ascents(graph_of({"stack.yaml": role})) == []
    assert administrator_ascents(graph_of({"stack.yaml": role.replace("AdministratorAccess", "IAMFullAccess")})) != []


def test_permission_sets_are_a_way_up_where_the_account_manages_them() -> None:
    assert ways(actor(SETS)) == {f"sso-001 {TOP} ?"}
    assert ways(actor(SETS, rest=ASSIGNED)) == {f"sso-001 {TOP} ~"}


def test_nobody_is_called_who_stands_for_a_boundary_taken_off() -> None:
    own = allow("iam:DeleteRolePermissionsBoundary dynamodb:GetItem")
    graph = actor(own, more="permissions_boundary = aws_iam_policy.ceiling.arn", rest=BOUNDARY)
    assert graph.find("role:arn:aws:iam::111111111111:role/actor (without its boundary)")
    found = [one.node.id for one in graph.who_can("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111111111111:table/t")]
    assert [name for name in found if ":role/actor" in name] == ["role:arn:aws:iam::111111111111:role/actor"]


def test_what_stands_for_a_boundary_taken_off_has_the_labels_of_the_identity() -> None:
    own = allow("iam:DeleteRolePermissionsBoundary dynamodb:GetItem")
    more = 'permissions_boundary = aws_iam_policy.ceiling.arn\n  tags = { Environment = "prod", team = "checkout" }'
    bare = actor(own, more=more, rest=BOUNDARY).find("role:arn:aws:iam::111111111111:role/actor (without its boundary)")
    assert bare.environment is not None
    assert bare.team is not None
    assert (bare.environment.value, bare.team.value) == ("prod", "checkout")
    assert bare.place is None  # it stands nowhere, so rules have nothing to say of it


def test_a_crossing_behind_a_boundary_is_that_of_the_identity() -> None:
    own = allow("iam:DeleteRolePermissionsBoundary", "arn:aws:iam::111111111111:role/actor")
    rights = allow("iam:PassRole lambda:CreateFunction lambda:InvokeFunction")
    more = 'permissions_boundary = aws_iam_policy.ceiling.arn\n  tags = { Environment = "dev", team = "payments" }'
    tagged = '  name                 = "vaulted"\n  tags = { Environment = "prod", team = "checkout" }'
    prod = BOUNDARY + (VAULTED % "secretsmanager:GetSecretValue").replace('  name                 = "vaulted"', tagged)
    graph = actor(own, rights, more=more, rest=prod)
    for crossings in (graph.queries.environment_crossings(), graph.queries.team_crossings()):
        found = {(one.source.name, one.target.name, len(one.path)) for one in crossings}
        assert ("actor", "vaulted", 2) in found
        assert not [name for name, _, _ in found if "without" in name]
