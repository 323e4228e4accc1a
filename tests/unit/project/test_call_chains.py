"""A finding in a module says through which calls it comes about, and points at the token itself."""

from __future__ import annotations

from textwrap import dedent

import pytest

from iamlint.lint.finding import Diagnostic
from iamlint.project.memory import memory_session

INNER = """
variable "actions" { default = ["s3:*"] }
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = var.actions, Resource = "*" }] })
}
"""
OUTER = """
variable "actions" { default = ["s3:*"] }
module "inner" {
  source  = "./inner"
  actions = var.actions
}
"""


def found(files: dict[str, str], rule: str = "IAM102") -> list[Diagnostic]:
    held = {path: dedent(text).lstrip("\n") for path, text in files.items()}
    return [one for one in memory_session(held).check().diagnostics if one.rule == rule]


def shown(diagnostic: Diagnostic) -> list[str]:
    return [f"{one.path}:{one.span.line} {one.message}" for one in diagnostic.related]


def test_a_token_that_a_call_passes_leads_to_the_policy_and_through_the_calls() -> None:
    main = 'module "outer" {\n  source  = "./mod"\n  actions = ["s3:*"]\n}\n'
    (one,) = found({"main.tf": main, "mod/main.tf": OUTER, "mod/inner/main.tf": INNER})
    assert (one.path, one.span.line, one.span.column) == ("main.tf", 3, 14)
    assert shown(one) == [
        "mod/inner/main.tf:4 it becomes a part of the policy here",
        "main.tf:1 in `module.outer`, called here",
        "mod/main.tf:2 in `module.outer.module.inner`, called here",
    ]


def test_a_token_of_a_module_leads_to_its_calls() -> None:
    main = 'module "outer" {\n  for_each = toset(["a", "b"])\n  source   = "./mod"\n}\n'
    (one,) = found({"main.tf": main, "mod/main.tf": INNER})
    assert (one.path, one.span.line) == ("mod/main.tf", 1)
    assert shown(one) == [
        "mod/main.tf:4 in this statement",
        'main.tf:1 in `module.outer["a"]`, called here',
        'main.tf:1 in `module.outer["b"]`, called here',
    ]


def test_many_calls_are_not_all_listed() -> None:
    main = "".join(f'module "m{number}" {{ source = "./mod" }}\n' for number in range(5))
    (one,) = found({"main.tf": main, "mod/main.tf": INNER})
    assert shown(one) == [
        "mod/main.tf:4 in this statement",
        *(f"main.tf:{number + 1} in `module.m{number}`, called here" for number in range(3)),
        "main.tf:4 and by 2 more calls, of which this is the first",
    ]


def test_what_stands_in_no_module_has_no_calls() -> None:
    (one,) = found({"main.tf": INNER})
    assert shown(one) == []


def test_documents_that_are_merged_point_at_their_own_tokens() -> None:
    main = """
        data "aws_iam_policy_document" "base" {
          statement {
            actions   = ["s3:*"]
            resources = ["*"]
          }
        }
        module "it" {
          source = "./mod"
          base   = data.aws_iam_policy_document.base.json
        }
    """
    module = """
        variable "base" {}
        data "aws_iam_policy_document" "merged" {
          source_policy_documents = [var.base, file("${path.module}/extra.json"), <<-EOF
            {
              "Statement": [
                {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}
              ]
            }
          EOF
          ]
        }
        resource "aws_iam_policy" "p" {
          name   = "p"
          policy = data.aws_iam_policy_document.merged.json
        }
    """
    extra = '{"Statement": [\n  {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}\n]}\n'
    places = {
        (one.path, one.span.line, one.span.column): shown(one)
        for one in found({"main.tf": main, "mod/main.tf": module, "mod/extra.json": extra})
    }
    call = "main.tf:7 in `module.it`, called here"
    assert places == {
        ("main.tf", 3, 18): ["mod/main.tf:2 it becomes a part of the policy here", call],
        ("mod/extra.json", 2, 33): ["mod/main.tf:2 it becomes a part of the policy here", call],
        ("mod/main.tf", 6, 39): [call],
    }


def test_a_token_that_stands_elsewhere_leads_to_its_statement() -> None:
    main = """
        locals { near = "arn:aws:s3:::near" }
        module "reports" {
          source = "./bucket"
        }
        module "vendored" {
          source = "terraform-aws-modules/s3-bucket/aws"
          bucket = "vendored"
        }
        data "aws_iam_policy_document" "app" {
          statement {
            actions   = ["s3:GetObject"]
            resources = ["arn:aws:s3:::x/*", "arn:aws:s3:::here", local.near, local.far, module.reports.arn, module.reports.text]
          }
          statement {
            actions = ["s3:GetObject"]
            resources = [
              module.vendored.s3_bucket_arn,
              "arn:aws:s3:::vendored/*",
            ]
          }
        }
        resource "aws_iam_policy" "app" {
          name   = "app"
          policy = data.aws_iam_policy_document.app.json
        }
    """
    bucket = """
        resource "aws_s3_bucket" "this" { bucket = "made" }
        output "arn" { value = aws_s3_bucket.this.arn }
        output "text" { value = "arn:aws:s3:::text" }
    """
    files = {"main.tf": main, "locals.tf": 'locals { far = "arn:aws:s3:::far" }\n', "bucket/main.tf": bucket}
    statement = "main.tf:10 in this statement"
    assert {(one.path, one.span.line, one.span.column): shown(one) for one in found(files, "IAM014")} == {
        ("locals.tf", 1, 16): [statement],
        ("main.tf", 1, 17): [statement],
        ("main.tf", 12, 38): [],
        ("main.tf", 12, 82): [],
        ("bucket/main.tf", 3, 25): [statement],
        ("main.tf", 17, 7): [],
    }


CALL = 'module "a" {\n  source = "./mod"\n}\n'
CALLED = "main.tf:1 in `module.a`, called here"
ALL = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"}]}'
KEY = """
    data "aws_iam_policy_document" "p" {
      statement {
        actions   = ["s3:ListAllMyBuckets"]
        resources = ["*"]
        condition {
          test     = "StringEquals"
          variable = "s3:prefix"
          values   = ["a"]
        }
      }
    }
    """


@pytest.mark.parametrize(
    ("module", "rule", "at"),
    [
        # a policy that is written as text: in the module, and in a file beside it
        (
            {"main.tf": f'resource "aws_iam_policy" "p" {{\n  name   = "p"\n  policy = <<EOF\n{ALL}\nEOF\n}}\n'},
            "IAM102",
            "main.tf:4:72",
        ),
        (
            {
                "main.tf": 'resource "aws_iam_policy" "p" {\n  name   = "p"\n  policy = file("${path.module}/p.json")\n}\n',
                "p.json": ALL,
            },
            "IAM102",
            "p.json:1:72",
        ),
        # a key of a condition, in a document that no policy here holds
        ({"main.tf": KEY}, "IAM033", "main.tf:7:18"),
        # an attribute of a resource
        (
            {
                "main.tf": 'resource "aws_iam_user_policy_attachment" "p" {\n  user       = "u"\n'
                '  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"\n}\n'
            },
            "IAM112",
            "main.tf:3:16",
        ),
        # a module that is written in JSON
        (
            {"main.tf.json": '{"resource": {"aws_iam_access_key": {"k": {"user": "u"}}}}'},
            "BOT104",
            "main.tf.json:1:38",
        ),
    ],
)
def test_whatever_stands_in_a_module_has_the_calls(module: dict[str, str], rule: str, at: str) -> None:
    files = {"main.tf": CALL, **{f"mod/{path}": text for path, text in module.items()}}
    (one,) = found(files, rule)
    assert f"{one.path}:{one.span.line}:{one.span.column}" == f"mod/{at}"
    assert CALLED in shown(one)
