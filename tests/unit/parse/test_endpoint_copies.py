"""An endpoint that is printed and declared is one where that is sure, and two where it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamlint.model.policy import Policy, PolicyKind
from iamlint.project.memory import memory_session
from iamlint.project.session import Session

PASS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "*"}]}
OTHER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:Put*", "Resource": "*"}]}
PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n  allowed_account_ids = ["111111111111"]\n}\nvariable "vpc" {}\n'


def printed(id: str = "vpce-0a1", document: Any = PASS, vpc: str = "vpc-1", service: str = "s3") -> dict[str, Any]:
    return {
        "VpcEndpointId": id, "VpcEndpointType": "Gateway", "VpcId": vpc, "OwnerId": "111111111111",
        "ServiceName": f"com.amazonaws.eu-west-1.{service}", "PolicyDocument": json.dumps(document),
    }  # fmt: skip


def endpoint(document: Any = PASS, vpc: str = '"vpc-1"', name: str = "s3") -> str:
    text = document if isinstance(document, str) else f"jsonencode({json.dumps(document)})"
    service = f'  service_name = "com.amazonaws.eu-west-1.{name}"\n'
    return f'resource "aws_vpc_endpoint" "{name}" {{\n  vpc_id = {vpc}\n{service}  policy = {text}\n}}\n'


def policy_of(id: str, document: Any = PASS) -> str:
    return f'resource "aws_vpc_endpoint_policy" "s3" {{\n  vpc_endpoint_id = {id}\n  policy = jsonencode({json.dumps(document)})\n}}\n'


STACK = json.dumps({
    "Resources": {"S3": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {
        "ServiceName": "com.amazonaws.eu-west-1.s3", "VpcId": "vpc-1", "PolicyDocument": PASS}}},
})  # fmt: skip
IN_PART = 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:Get*", Resource = var.vpc }] })'


def session(code: str, *prints: dict[str, Any], stack: str = "") -> Session:
    files = {f"live/{number}.json": json.dumps({"VpcEndpoints": [one]}) for number, one in enumerate(prints)}
    files |= {"infra/main.tf": PROVIDER + code} if code else {}
    return memory_session(files | ({"stack.json": stack} if stack else {}))


def places(found: Session) -> list[str]:
    policies = found.estate.all(Policy)
    return sorted(policy.place.path for policy in policies if policy.kind is PolicyKind.ENDPOINT)


CODE, LIVE, SECOND = "infra/main.tf", "live/0.json", "live/1.json"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (session(policy_of('"vpce-0a1"'), printed()), [CODE]),
        (session(policy_of('"vpce-0a1"'), printed(document=OTHER)), [CODE, LIVE]),
        (session(policy_of("var.vpc"), printed()), [CODE, LIVE]),
        (session(endpoint(), printed()), [CODE]),
        (session(endpoint(vpc="var.vpc"), printed()), [CODE, LIVE]),
        (session(endpoint(vpc='"vpc-2"'), printed()), [CODE, LIVE]),
        (session(endpoint(OTHER), printed()), [CODE, LIVE]),
        (session(endpoint(name="dynamodb"), printed()), [CODE, LIVE]),
        (session(endpoint(IN_PART), printed()), [CODE, LIVE]),
        (session(endpoint(), printed(), printed("vpce-0b2")), [CODE, LIVE, SECOND]),
        (session(endpoint() + endpoint(name="s3").replace('" "s3"', '" "two"'), printed()), [CODE, CODE, LIVE]),
        (session("", printed(), printed()), [LIVE]),
        (session("", printed(), printed(document=OTHER)), [LIVE, SECOND]),
        (session("", printed(), stack=STACK), ["stack.json"]),
    ],
    ids=[
        "one id", "one id, another policy", "an id that is not known", "service, VPC and policy", "a VPC that is not known",
        "another VPC", "another policy", "another service", "a policy known in part", "two endpoints that are alike",
        "two declarations that are alike", "two printouts of one", "two printouts that differ", "CloudFormation",
    ],
)  # fmt: skip
def test_what_is_one_for_sure_counts_once(found: Session, expected: list[str]) -> None:
    assert places(found) == expected
    counted = sum(facts.full for facts in found.facts if facts.kind == "aws-output")
    assert counted == sum(path.startswith("live/") for path in expected)


ROLE = """
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy" "app" {
  role = aws_iam_role.app.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
resource "aws_s3_bucket" "b" { bucket = "acme-reports" }
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:*",
    Resource = "arn:aws:s3:::acme-reports/*", Condition = { StringNotEquals = { "aws:SourceVpce" = aws_vpc_endpoint.s3.id } } }] })
}
"""


def test_it_is_known_by_the_id_that_the_code_has_and_by_the_one_that_is_printed() -> None:
    graph = session(ROLE + endpoint(), printed()).graph
    nodes = [node.id for node in graph.nodes() if "vpc-endpoint" in node.id]
    assert nodes == ["resource:arn:aws:ec2:eu-west-1:111111111111:vpc-endpoint/vpce-0a1"]
    # The code's own references name the endpoint, whose policy lets nothing be written.
    answers = [graph.can("role/app", f"s3:{does}Object", "arn:aws:s3:::acme-reports/a").decision for does in ("Get", "Put")]
    assert answers == ["unknown", "implicit_deny"]
    asked = graph.can("role/app", "s3:PutObject", "arn:aws:s3:::acme-logs/a", {"aws:SourceVpce": "vpce-0a1"})
    assert asked.decision == "implicit_deny"
