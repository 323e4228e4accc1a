"""Terraform's JSON syntax: the same meaning as the native one, and places inside the JSON."""

from __future__ import annotations

from unit.parse.terraform.roots import Root, document, shown

from iamlint.model.aws import AwsRole
from iamlint.model.policy import Policy, PolicyKind
from iamlint.source.locate import locate

MAIN = """\
{
  "//": "written by a program",
  "variable": {"env": {"type": "string", "default": "dev"}, "names": {"type": "list(string)", "default": ["a"]}},
  "locals": [{"prefix": "app-${var.env}"}],
  "provider": {"aws": [
    {"assume_role": {"role_arn": "arn:aws:iam::222222222222:role/deploy"}},
    {"alias": "logs", "allowed_account_ids": ["333333333333"]}
  ]},
  "module": {"m": {"source": "../m", "name": "${upper(local.prefix)}", "providers": {"aws": "aws.logs"}}},
  "resource": {
    "aws_iam_role": {"app": {
      "for_each": "${toset(var.names)}",
      "name": "${local.prefix}-${each.key}",
      "assume_role_policy": "${jsonencode({Statement = [{Effect = \\"Allow\\", Action = \\"sts:AssumeRole\\", Principal = \\"*\\"}]})}"
    }},
    "aws_iam_policy": {"p": {"name": "p", "policy": "${data.aws_iam_policy_document.d.json}"}}
  },
  "data": {"aws_iam_policy_document": {"d": {
    "statement": [{"actions": ["s3:*"], "resources": ["arn:aws:s3:::${local.prefix}/*"]}],
    "dynamic": {"statement": {"for_each": "${var.names}", "content": {"actions": ["a:${statement.value}"], "resources": ["*"]}}}
  }}}
}
"""
CHILD = 'variable "name" {}\nresource "aws_iam_role" "m" {\n  name = var.name\n}\n'


def test_json_means_what_native_syntax_means() -> None:
    root = Root("", {"infra/more.tf.json": MAIN, "m/main.tf": CHILD})
    assert root.facts.problems == []
    assert sorted((shown(role.name), shown(role.account)) for role in root.all(AwsRole)) == [
        ("APP-DEV", "333333333333"),
        ("app-dev-a", "222222222222"),
    ]
    (policy,) = [policy for policy in root.all(Policy) if policy.kind is PolicyKind.IDENTITY]
    assert document(policy)["Statement"] == [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::app-dev/*"},
        {"Effect": "Allow", "Action": "a:a", "Resource": "*"},
    ]
    span = locate(policy.origin.at(("Statement", 0, "Action")), MAIN.encode())
    line = MAIN.splitlines()[span.line - 1]
    assert line[span.column - 1 : span.end_column - 1] in ('"s3:*"', '["s3:*"]')


def test_what_is_no_json_is_a_problem() -> None:
    root = Root("", {"infra/more.tf.json": '{"resource": '})
    assert [(problem.at.path, problem.id) for problem in root.facts.problems] == [("infra/more.tf.json", "IL002")]


def test_hostile_shapes_are_no_crash() -> None:
    for text in ("[]", "3", '{"resource": 3}', '{"resource": {"aws_iam_role": [{"x": [3, {}]}]}}', '{"locals": {"a": "${"}}'):
        Root('resource "aws_iam_user" "u" {\n  name = local.a\n}\n', {"infra/more.tf.json": text})


def test_a_policy_in_a_text_points_at_the_token() -> None:
    text = """\
{
  "variable": {"b": {"default": "logs"}},
  "resource": {
    "aws_iam_policy": {
      "plain": {"name": "plain", "policy": "{\\"Statement\\": [{\\"Effect\\": \\"Allow\\", \\"Action\\": \\"s3:Get*\\", \\"Resource\\": \\"*\\"}]}"},
      "filled": {"name": "filled", "policy": "{\\"Id\\": \\"Grü\\\\u00dfe\\", \\"Statement\\": [{\\"Effect\\": \\"Allow\\", \\"Resource\\": \\"arn:aws:s3:::${var.b}/*\\", \\"Action\\": \\"s3:Get*\\"}]}"},
      "called": {"name": "called", "policy": "${jsonencode({Statement = [{Effect = \\"Allow\\", Action = \\"s3:Get*\\", Resource = var.b}]})}"}
    }
  }
}
"""
    root = Root("", {"infra/more.tf.json": text})
    found = {}
    for policy in root.all(Policy):
        places = [policy.statements[0].action_place(0), policy.statements[0].resource_place(0)]
        spans = [locate(place, text.encode()) for place in places]
        found[policy.name] = [text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1] for span in spans]
    assert found == {
        "plain": ['\\"s3:Get*\\"', '\\"*\\"'],
        "filled": ['\\"s3:Get*\\"', '\\"arn:aws:s3:::${var.b}/*\\"'],
        "called": ['\\"s3:Get*\\"', '"logs"'],
    }
