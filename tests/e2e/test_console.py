"""`iamlint console` as a user starts it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = """
variable "env" {
  default = "dev"
}
variable "owner" {}
variable "password" {
  default   = "hunter2"
  sensitive = true
}
locals {
  names = toset(["b", "a"])
}
resource "aws_iam_role" "app" {
  name = "app-${var.env}"
}
"""


@pytest.fixture
def infra(tmp_path: Path) -> Path:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(MAIN)
    (tmp_path / "infra" / "terraform.tfvars").write_text('env = "prod"\n')
    (tmp_path / "iamlint.yaml").write_text('accounts: [{id: "111111111111", paths: [infra]}]\n')
    return tmp_path


def console(folder: Path, text: str, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "iamlint.cli.main", "console", *arguments],
        cwd=folder, input=text.encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert done.stderr == b""
    return done.returncode, done.stdout.decode()


def test_lines_are_answered_as_hcl(infra: Path) -> None:
    lines = 'var.env\n# a comment\n{a = [1, true]}\nlocal.names\n"${var.owner}-x"\naws_iam_role.app.arn\nexit\nvar.env\n'
    shown = """\
"prod"
{
  "a" = [
    1,
    true,
  ]
}
toset([
  "a",
  "b",
])
"${unknown: the variable `owner` has no default}-x"
"arn:aws:iam::111111111111:role/app-prod"
"""
    assert console(infra, lines, "infra") == (0, shown)


def test_values_are_written_as_terraform_writes_them(infra: Path) -> None:
    lines = '{b = 1, a = tolist(["x"])}\ntomap({k = "v"})\n[tolist([]), tomap({}), {}]\n"a\\nEOT"\n["a\\nb"]\n'
    shown = """\
{
  "a" = tolist([
    "x",
  ])
  "b" = 1
}
tomap({
  "k" = "v"
})
[
  tolist([]),
  tomap({}),
  {},
]
<<EOT_
a
EOT
EOT_
[
  <<-EOT
  a
  b
  EOT,
]
"""
    assert console(infra, lines, "infra") == (0, shown)


def test_an_expression_in_error_says_so_and_the_rest_is_answered(infra: Path) -> None:
    assert console(infra / "infra", 'tonumber("a")\n1 +\n1 + 1\n') == (
        2,
        "error: a number is required here, the text spells none\nerror: this is not HCL: expected an expression\n2\n",
    )


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("1 + 2", {"value": 3}),
        ("local.names", {"value": {"$set": ["a", "b"]}}),
        ('{x = toset([]), y = null, z = "é"}', {"value": {"x": {"$set": []}, "y": None, "z": "é"}}),
        ("var.owner", {"unknown": "the variable `owner` has no default"}),
        ("[1, var.owner]", {"unknown": "the variable `owner` has no default"}),
        ('sensitive("x")', {"unknown": "the value is sensitive"}),
        ('"${var.password}!"', {"unknown": "the value is sensitive"}),
        ("keys(var)", {"unknown": "the value is sensitive"}),
        ('var["password"]', {"unknown": "the value is sensitive"}),
        ("timestamp()", {"unknown": "`timestamp` depends on the time of the run"}),
        ("aws_iam_role.app", {"unknown": "not all attributes of `aws_iam_role.app` are in the repository"}),
        ("[1][3]", {"error": "the index is outside the list"}),
        ("local.nothing", {"error": "`local.nothing` is not declared"}),
    ],
)
def test_a_batch_answers_each_line(infra: Path, expression: str, answer: object) -> None:
    code, out = console(infra, json.dumps({"id": "q", "expr": expression}), "infra", "--batch")
    assert (code, json.loads(out)) == (0, {"id": "q", **answer})  # type: ignore[dict-item]


SECRETS = """
resource "aws_db_instance" "d" {
  identifier = "main"
  password   = "hunter2-Long"
}
resource "aws_ssm_parameter" "p" {
  name  = "/x"
  value = "hunter2-Long"
}
locals {
  address = "postgres://app:${aws_db_instance.d.password}@db"
  name    = "db-${aws_db_instance.d.identifier}"
}
"""


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("aws_db_instance.d.password", "(unknown: the value is sensitive)"),
        ("upper(aws_db_instance.d.password)", "(unknown: the value is sensitive)"),
        ("[aws_ssm_parameter.p.value]", "(unknown: the value is sensitive)"),
        ("local.address", "(unknown: the value is sensitive)"),
        ("local.name", '"db-main"'),
        ("aws_db_instance.d", '{\n  "identifier" = "main"\n  "password" = (sensitive value)\n}'),
        ("aws_ssm_parameter.p", '{\n  "name" = "/x"\n  "value" = (sensitive value)\n}'),
    ],
)
def test_what_a_provider_does_not_show_is_not_shown(tmp_path: Path, expression: str, shown: str) -> None:
    (tmp_path / "main.tf").write_text(SECRETS)
    assert console(tmp_path, expression + "\n") == (0, shown + "\n")


def test_a_line_that_cannot_be_read_does_not_end_a_batch(infra: Path) -> None:
    code, out = console(infra, 'x\n{"id": 1}\n{"id": 2, "expr": "2"}\n', "infra", "--batch")
    assert code == 3
    assert [json.loads(line) for line in out.splitlines()] == [
        {"id": None, "error": "the line is not JSON: expecting value"},
        {"id": 1, "error": "`expr` must be a text"},
        {"id": 2, "value": 2},
    ]


def test_a_folder_without_terraform_evaluates_what_needs_none(tmp_path: Path) -> None:
    assert console(tmp_path, 'upper("a")\n') == (0, '"A"\n')
