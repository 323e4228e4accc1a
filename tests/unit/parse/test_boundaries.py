"""A managed policy that only bounds others is one of that kind, and grants nothing."""

from __future__ import annotations

import pytest

from iamlint.project.memory import memory_session

_DOCUMENT = 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })'
_TRUST = (
    'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", '
    'Principal = { Service = "lambda.amazonaws.com" } }] })'
)
POLICY = f'resource "aws_iam_policy" "it" {{\n  name   = "NAME"\n  policy = {_DOCUMENT}\n}}\n'
BOUND_ROLE = f"""
resource "aws_iam_role" "app" {{
  name                 = "app"
  assume_role_policy   = {_TRUST}
  permissions_boundary = aws_iam_policy.it.arn
}}
"""
BOUND_USER = (
    'resource "aws_iam_user" "ann" {\n  name                 = "ann"\n  permissions_boundary = aws_iam_policy.it.arn\n}\n'
)
ROLE = BOUND_ROLE.replace("  permissions_boundary = aws_iam_policy.it.arn\n", "")
ATTACHED = (
    'resource "aws_iam_role_policy_attachment" "app" {\n  role       = aws_iam_role.app.name\n'
    "  policy_arn = aws_iam_policy.it.arn\n}\n"
)
DEMANDED = """
resource "aws_iam_policy" "developers" {
  name = "developers"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "iam:CreateRole"
      Resource  = "arn:aws:iam::111111111111:role/app-*"
      Condition = { StringEquals = { "iam:PermissionsBoundary" = aws_iam_policy.it.arn } }
    }]
  })
}
"""
TEMPLATE = """
Resources:
  Bound:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: limits
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
  App:
    Type: AWS::IAM::Role
    Properties:
      PermissionsBoundary: !Ref Bound
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
"""


def kind_and_findings(files: dict[str, str], name: str = "it") -> tuple[str, list[str]]:
    session = memory_session(files)
    (kind,) = {policy.kind.value for policy in session.graph.policies() if policy.arn is not None and policy.name == name}
    return kind, [made.rule for made in session.check().diagnostics if made.rule == "IAM101"]


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"m.tf": POLICY + BOUND_ROLE}, "it"),
        ({"m.tf": POLICY + BOUND_USER}, "it"),
        ({"a/m.tf": POLICY, "b/m.tf": BOUND_ROLE.replace("aws_iam_policy.it.arn", '"arn:aws:iam::${local.account}:policy/it"') + 'locals {\n  account = "111111111111"\n}\n', "iamlint.yaml": 'accounts: [{id: "111111111111", name: own, paths: ["a/**", "b/**"]}]\n'}, "it"),
        ({"m.tf": POLICY + DEMANDED}, "it"),
        ({"m.tf": POLICY.replace("NAME", "DeveloperBoundary")}, "DeveloperBoundary"),
        ({"m.tf": POLICY.replace("NAME", "permissions-boundary")}, "permissions-boundary"),
        ({"t.yaml": TEMPLATE}, "limits"),
    ],
)  # fmt: skip
def test_a_boundary(files: dict[str, str], name: str) -> None:
    files = {path: text.replace("NAME", "it") for path, text in files.items()}
    assert kind_and_findings(files, name) == ("boundary", [])


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"m.tf": POLICY}, "it"),
        ({"m.tf": POLICY + ROLE + ATTACHED}, "it"),
        ({"m.tf": POLICY + BOUND_ROLE + ATTACHED}, "it"),
        ({"m.tf": POLICY.replace("NAME", "app-boundary") + ROLE + ATTACHED}, "app-boundary"),
        ({"m.tf": POLICY.replace("NAME", "boundaryless")}, "boundaryless"),
    ],
)
def test_what_is_attached_or_nobody_s_boundary_is_none(files: dict[str, str], name: str) -> None:
    files = {path: text.replace("NAME", "it") for path, text in files.items()}
    assert kind_and_findings(files, name) == ("identity", ["IAM101"])


def test_a_boundary_bounds_as_before() -> None:
    role_policy = (
        'resource "aws_iam_role_policy" "app" {\n  role   = aws_iam_role.app.name\n  policy = jsonencode({ Version = "2012-10-17", '
        'Statement = [{ Effect = "Allow", Action = ["s3:GetObject", "sqs:SendMessage"], Resource = "*" }] })\n}\n'
    )
    bound = POLICY.replace("NAME", "it").replace('Action = "*"', 'Action = "s3:*"')
    graph = memory_session({"m.tf": bound + BOUND_ROLE + role_policy}).graph
    assert graph.can("role:app", "s3:GetObject", "arn:aws:s3:::b/k").decision.value == "allow"
    assert [layer.value for layer in graph.can("role:app", "sqs:SendMessage", "*").blocked_by] == ["boundary"]
