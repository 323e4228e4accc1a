"""VPC endpoints: their policies bind what comes through them, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from graphs import graph_of

from iamlint.graph.decide import Answer
from iamlint.model.policy import Attachment, PolicyKind
from iamlint.project.memory import memory_session

BASE = """
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "app" {
  name   = "app"
  role   = aws_iam_role.app.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [IDENTITY] })
}
resource "aws_s3_bucket" "reports" {
  bucket = "acme-reports"
}
"""
READ = '{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }'
ENDPOINT = """
resource "aws_vpc_endpoint" "NAME" {
  vpc_id       = "vpc-1a2b3c4d"
  service_name = "com.amazonaws.eu-west-1.s3"
  MORE
  policy       = jsonencode({ Version = "2012-10-17", Statement = [STATEMENTS] })
}
"""
PASS_REPORTS = '{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::acme-reports/*" }'
PASS_LOGS = '{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::acme-logs/*" }'
PASS_MEMBERS = """{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*",
    Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-acme123456" } } }"""
PASS_ACCOUNT = '{ Effect = "Allow", Principal = { AWS = "111111111111" }, Action = "s3:GetObject", Resource = "*" }'
KEEP_REPORTS = '{ Effect = "Deny", Principal = "*", Action = "*", Resource = "arn:aws:s3:::acme-reports/*" }'
PASS_ALL = '{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }'
ONLY_BY = """{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "arn:aws:s3:::acme-reports/*",
    Condition = { StringNotEquals = { "aws:SourceVpce" = [IDS] } } }"""
LET_IN_BY = """{ Effect = "Allow", Principal = { AWS = aws_iam_role.app.arn }, Action = "s3:GetObject",
    Resource = "arn:aws:s3:::acme-reports/*", Condition = { StringEquals = { "aws:SourceVpce" = IDS } } }"""
OBJECT = "arn:aws:s3:::acme-reports/2026.csv"


def endpoint(statements: str, name: str = "s3", more: str = "") -> str:
    return ENDPOINT.replace("NAME", name).replace("MORE", more).replace("STATEMENTS", statements)


def bucket(statement: str, ids: str) -> str:
    document = f'jsonencode({{ Version = "2012-10-17", Statement = [{statement.replace("IDS", ids)}] }})'
    return f'resource "aws_s3_bucket_policy" "reports" {{\n  bucket = aws_s3_bucket.reports.id\n  policy = {document}\n}}\n'


def ask(*parts: str, identity: str = READ, **context: Any) -> Answer:
    graph = graph_of({"infra/main.tf": BASE.replace("IDENTITY", identity) + "".join(parts)})
    given = {name.replace("__", ":"): value for name, value in context.items()}
    return graph.can("role/app", "s3:GetObject", OBJECT, given)


def test_an_endpoint_that_nothing_names_stops_nobody() -> None:
    found = ask(endpoint(PASS_LOGS), endpoint(KEEP_REPORTS, "other"))
    assert (found.decision, found.residual) == ("allow", None)


@pytest.mark.parametrize(
    ("statements", "decision"),
    [
        (PASS_ALL, "unknown"),  # by that endpoint, and by no other way
        (PASS_REPORTS, "unknown"),
        (PASS_LOGS, "implicit_deny"),  # there is one way, and it is closed
        (f"{PASS_ALL}, {KEEP_REPORTS}", "explicit_deny"),
        (PASS_MEMBERS, "unknown"),  # whether the caller is a member is not known
        (PASS_ACCOUNT, "unknown"),  # a gateway takes `*` only
    ],
)
@pytest.mark.parametrize(
    ("identity", "statement"), [(READ, ONLY_BY), ('{ Effect = "Allow", Action = "sqs:*", Resource = "*" }', LET_IN_BY)]
)
def test_where_a_bucket_asks_for_an_endpoint_its_policy_counts(
    statements: str, decision: str, identity: str, statement: str
) -> None:
    found = ask(endpoint(statements), bucket(statement, "aws_vpc_endpoint.s3.id"), identity=identity)
    assert found.decision == decision
    if "deny" in decision:
        assert "endpoint" in [layer.value for layer in found.blocked_by]


def test_of_several_endpoints_those_that_are_open_are_named() -> None:
    asked = bucket(ONLY_BY, "aws_vpc_endpoint.s3.id, aws_vpc_endpoint.other.id")
    found = ask(endpoint(PASS_LOGS), endpoint(PASS_REPORTS, "other"), asked)
    assert found.decision == "unknown"
    assert found.residual == "allowed if `aws:SourceVpce` is `⟨infra#aws_vpc_endpoint.other.id⟩`"


def test_a_bucket_that_asks_for_another_endpoint_is_not_judged_by_this_one() -> None:
    assert ask(endpoint(PASS_LOGS), bucket(ONLY_BY, '"vpce-0123456789abcdef0"')).decision == "unknown"


def test_a_pattern_of_endpoints_may_mean_one_that_is_not_here() -> None:
    statement = ONLY_BY.replace("StringNotEquals", "StringNotLike")
    asked = bucket(statement, '"vpce-*", aws_vpc_endpoint.s3.id')
    assert ask(endpoint(PASS_LOGS), asked).decision == "unknown"


def attached(statements: str, id: str, name: str = "s3") -> str:
    document = f'jsonencode({{ Version = "2012-10-17", Statement = [{statements}] }})'
    return f'resource "aws_vpc_endpoint_policy" "{name}" {{\n  vpc_endpoint_id = {id}\n  policy = {document}\n}}\n'


@pytest.mark.parametrize(
    ("statements", "through", "decision"),
    [
        (PASS_LOGS, "vpce-0123456789abcdef0", "implicit_deny"),
        (PASS_REPORTS, "vpce-0123456789abcdef0", "allow"),
        (PASS_LOGS, "vpce-00000000000000001", "allow"),
        (PASS_LOGS, (), "allow"),  # not through an endpoint
        (PASS_ACCOUNT, "vpce-0123456789abcdef0", "allow"),  # nobody knows it to be a gateway
    ],
)
def test_who_says_through_which_endpoint_is_answered_by_its_policy(statements: str, through: Any, decision: str) -> None:
    found = ask(attached(statements, '"vpce-0123456789abcdef0"'), aws__SourceVpce=through)
    assert found.decision == decision
    assert [layer.value for layer in found.blocked_by] == (["endpoint"] if "deny" in decision else [])


def test_what_the_command_line_prints_counts_as_what_is_declared() -> None:
    printed = """
VpcEndpoints:
- VpcEndpointId: vpce-0123456789abcdef0
  VpcEndpointType: Gateway
  ServiceName: com.amazonaws.eu-west-1.s3
  OwnerId: "111111111111"
  PolicyDocument: '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::acme-logs/*"}]}'
"""
    graph = graph_of({"infra/main.tf": BASE.replace("IDENTITY", READ), "live/endpoints.yaml": printed})

    def through(endpoint: str) -> str:
        return graph.can("role/app", "s3:GetObject", OBJECT, {"aws:SourceVpce": endpoint}).decision

    assert through("vpce-0123456789abcdef0") == "implicit_deny"
    assert through("vpce-00000000000000001") == "allow"


def test_which_of_two_policies_of_an_endpoint_is_in_force_is_not_known() -> None:
    asked = bucket(ONLY_BY, "aws_vpc_endpoint.s3.id")
    both = (endpoint(PASS_REPORTS), attached(PASS_LOGS, "aws_vpc_endpoint.s3.id"), asked)
    assert ask(*both).decision == "unknown"
    neither = (endpoint(PASS_LOGS), attached(PASS_LOGS, "aws_vpc_endpoint.s3.id"), asked)
    assert ask(*neither).decision == "implicit_deny"


def test_an_edge_that_needs_a_closed_endpoint_is_none() -> None:
    secret = """
    resource "aws_secretsmanager_secret" "token" {
      name = "token"
    }
    """
    read = """{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "*",
      Condition = { StringEquals = { "aws:SourceVpce" = aws_vpc_endpoint.secrets.id } } }"""
    text = BASE.replace("IDENTITY", read) + secret
    manifest = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    organization: acme
    projects: [{name: checkout, environment: prod}]
    credentials:
      - {name: ci, kind: access-token, project: checkout, stored_in: ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:token"]}
    """
    closed = '{ Effect = "Allow", Principal = "*", Action = "secretsmanager:ListSecrets", Resource = "*" }'
    for statements, conditions in ((PASS_ALL, {"`aws:SourceVpce` is `⟨infra#aws_vpc_endpoint.secrets.id⟩`"}), (closed, set())):
        main = text + endpoint(statements, "secrets", 'vpc_endpoint_type = "Interface"')
        graph = graph_of({"infra/main.tf": main, "lightstep.access.yaml": manifest})
        edges = [edge for edge in graph.out_edges(graph.find("role/app")) if edge.kind == "may_read_secret"]
        assert {edge.condition for edge in edges} == conditions


def test_a_policy_belongs_to_its_endpoint() -> None:
    graph = graph_of({"infra/main.tf": endpoint(PASS_LOGS)})
    (policy,) = graph.policies(PolicyKind.ENDPOINT)
    (node,) = graph.attached_to(policy)
    id = "⟨infra#aws_vpc_endpoint.s3.id⟩"
    assert (node.id, node.name) == (f"resource:arn:aws:ec2:⟨region⟩:⟨account:infra⟩:vpc-endpoint/{id}", id)


TEMPLATE = """
Resources:
  Way:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: vpc-1a2b3c4d
      ServiceName: com.amazonaws.eu-west-1.s3
      PolicyDocument: DOCUMENT
  App:
    Type: AWS::IAM::Role
    Properties:
      RoleName: app
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: ec2.amazonaws.com}}]
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "s3:GetObject", Resource: "*", Condition: {StringEquals: {aws:SourceVpce: ID}}}
"""
ALLOWING = '{Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: "s3:*", Resource: "RESOURCE"}]}'


@pytest.mark.parametrize("id", ["!Ref Way", "!GetAtt Way.Id"])
@pytest.mark.parametrize(
    ("document", "decision"),
    [
        (ALLOWING.replace("RESOURCE", "arn:aws:s3:::acme-reports/*"), "unknown"),
        (ALLOWING.replace("RESOURCE", "arn:aws:s3:::acme-logs/*"), "implicit_deny"),
        (f"'{ALLOWING}'".replace("Version", '"Version"').replace("Statement", '"Statement"')
         .replace("Effect: Allow", '"Effect": "Allow"').replace("Principal", '"Principal"').replace("Action", '"Action"')
         .replace("Resource:", '"Resource":').replace("RESOURCE", "arn:aws:s3:::acme-logs/*"), "implicit_deny"),
    ],
    ids=["open", "closed", "closed, as a text"],
)  # fmt: skip
def test_an_endpoint_of_a_template(id: str, document: str, decision: str) -> None:
    graph = graph_of({"stack.yaml": TEMPLATE.replace("ID}}", f"{id}}}}}").replace("DOCUMENT", document)})
    assert graph.can("role/app", "s3:GetObject", OBJECT, {}).decision == decision


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("", "gateway"), ('vpc_endpoint_type = "Interface"', "endpoint"), ("vpc_endpoint_type = var.kind", "endpoint")],
)
def test_what_an_endpoint_is(kind: str, expected: str) -> None:
    text = 'variable "kind" {}\n' + endpoint(PASS_ALL, more=kind)
    (attachment,) = memory_session({"infra/main.tf": text}).estate.all(Attachment)
    assert attachment.target_kind == expected


def test_an_endpoint_without_a_policy_says_nothing() -> None:
    for policy in ("", 'policy = ""', "policy = null"):
        text = f'resource "aws_vpc_endpoint" "s3" {{\n  vpc_id = "vpc-1"\n  {policy}\n}}\n'
        session = memory_session({"infra/main.tf": text})
        assert (session.estate.all(Attachment), list(session.estate.problems())) == ([], [])
