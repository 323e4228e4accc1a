"""`iamlint policies` as a user starts it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.repositories import Repository

MAIN = """
variable "bucket" {}
provider "aws" { allowed_account_ids = ["111111111111"] }
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = file("${path.module}/trust.json")
}
resource "aws_iam_role_policy" "one" {
  role   = aws_iam_role.app.name
  name   = "one"
  policy = file("shared.json")
}
resource "aws_iam_role_policy" "two" {
  role   = "other"
  name   = "two"
  policy = file("shared.json")
}
resource "aws_iam_policy" "filled" {
  name   = "filled"
  policy = templatefile("template.json", { bucket = var.bucket })
}
"""
STATEMENT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "%s"}]}'
FILES = {
    "main.tf": MAIN,
    "shared.json": STATEMENT % "arn:aws:s3:::b/*",
    "template.json": STATEMENT % "arn:aws:s3:::${bucket}/*",
    "alone.json": STATEMENT % "*",
    "trust.json": '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}',
}
APP, OTHER = "role:arn:aws:iam::111111111111:role/app", "role:arn:aws:iam::111111111111:role/other"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    made = Repository(tmp_path / "acme", monkeypatch, capsys)
    made.write(FILES)
    return made


def test_a_document_that_other_files_read_is_listed_once_with_what_it_is_attached_to(repository: Repository) -> None:
    code, out, _ = repository.run("policies", "--format", "json")
    listed = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(one["file"], one["type"], one["name"], one["attached_to"]) for one in listed] == [
        ("alone.json", "identity", "alone", []),
        ("shared.json", "identity", "one, two", [APP, OTHER]),
        ("template.json", "identity", "filled", []),
        ("trust.json", "trust", "app", [APP]),
    ]
    assert list(listed[0]) == ["file", "line", "type", "name", "attached_to", "document"]
    resource = listed[2]["document"]["Statement"][0]["Resource"]
    assert resource == "arn:aws:s3:::${unknown: the variable `bucket` has no default}/*"


def test_the_policy_of_an_endpoint_is_the_resource_policy_of_the_endpoint(repository: Repository) -> None:
    repository.write({
        "network.tf": """
            resource "aws_vpc_endpoint" "s3" {
              vpc_id       = "vpc-1a2b3c4d"
              service_name = "com.amazonaws.eu-west-1.s3"
              policy       = file("way.json")
            }
            """,
        "way.json": (STATEMENT % "arn:aws:s3:::b/*").replace('"Action"', '"Principal": "*", "Action"'),
    })  # fmt: skip
    _, out, _ = repository.run("policies", "--type", "endpoint", "--format", "json")
    (listed,) = [json.loads(line) for line in out.splitlines()]
    assert (listed["file"], listed["type"], listed["name"]) == ("way.json", "resource", "s3")
    assert "way.json:1: endpoint policy s3\n" in repository.run("policies", "--type", "endpoint")[1]
    assert repository.run("policies", "--type", "resource", "--format", "json")[1] == out
    assert listed["attached_to"] == ["resource:arn:aws:ec2:⟨region⟩:111111111111:vpc-endpoint/⟨#aws_vpc_endpoint.s3.id⟩"]


def test_people_read_what_stayed_unknown(repository: Repository) -> None:
    _, out, _ = repository.run("policies", "--type", "identity", "template.json", "main.tf")
    assert "  unknown: the variable `bucket` has no default\n" in out
    repository.write({"loose.json": STATEMENT % "arn:aws:s3:::${name}/*"})
    _, out, _ = repository.run("policies", "loose.json")
    assert out == (
        "loose.json:1: identity policy loose\n  1 statement\n  unknown: `${name}` is filled in where the file is used\n"
        "1 policy document\n"
    )


def test_which_statements_may_be_absent(repository: Repository) -> None:
    repository.write(
        {
            "maybe/main.tf": """
            variable "on" {}
            resource "aws_iam_policy" "maybe" {
              name = "maybe"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = concat(
                  [{ Effect = "Allow", Action = "s3:GetObject", Resource = var.on }],
                  var.on ? [{ Effect = "Allow", Action = "s3:PutObject", Resource = "*" }] : [],
                )
              })
            }
            """,
        }
    )
    _, out, _ = repository.run("policies", "--format", "json", "maybe")
    (listed,) = map(json.loads, out.splitlines())
    assert [one["Action"] for one in listed["document"]["Statement"]] == ["s3:GetObject", "s3:PutObject"]
    assert listed["may_be_absent"] == [1]
    _, out, _ = repository.run("policies", "maybe")
    assert "\n  2 statements, 1 of which may be absent\n" in out
