"""What a question is asked about: an ARN, a node by a suffix, or nothing that the repository knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.cli.main import main

ROLES = """
provider "aws" {
  allowed_account_ids = ["111111111111"]
}
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }]
  })
}
resource "aws_secretsmanager_secret" "app" {
  name = "team/app"
}
"""
ASKED = ["can", "provider:ecs-tasks.amazonaws.com", "sts:AssumeRole"]
ALLOWED = "provider:ecs-tasks.amazonaws.com: sts:AssumeRole on role:arn:aws:iam::111111111111:role/app: allowed"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "main.tf").write_text(ROLES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("text", ["role/app", "role:arn:aws:iam::111111111111:role/app"])
def test_a_node_by_its_suffix(folder: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert main([*ASKED, text]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == ALLOWED
    assert said.err == ""


def test_an_ambiguous_suffix(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED, "app"]) == 2
    assert capsys.readouterr().err.startswith("iamlint: error: `app` may be `")


@pytest.mark.parametrize("text", ["not-an-arn", "role/other"])
def test_what_is_nothing_is_said(folder: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert main([*ASKED, text]) == 0
    assert capsys.readouterr().err == f"iamlint: warning: `{text}` is neither an ARN nor a resource of the repository\n"


@pytest.mark.parametrize("text", ["*", "arn:aws:s3:::b/k", "acme-*"])
def test_arns_and_patterns_are_taken_as_they_are(folder: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert main(["can", "role/app", "s3:GetObject", text]) == 0
    assert capsys.readouterr().err == ""


def test_an_arn_that_may_be_that_of_several_things_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queue = '{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}}}'
    arn = "arn:aws:sqs:eu-west-1:111111111111:q"
    (folder / "a.json").write_text(queue)
    assert main(["who-can", "sqs:SendMessage", arn]) == 0
    assert capsys.readouterr().err == ""
    (folder / "b.json").write_text(queue)
    assert main(["who-can", "sqs:SendMessage", arn]) == 0
    names = ", ".join(f"`resource:arn:aws:sqs:⟨region⟩:⟨account:{name}.json⟩:q`" for name in "ab")
    said = f"`{arn}` may be {names}, of which the region or account is not in the repository; ask for one of them"
    assert capsys.readouterr().err == f"iamlint: warning: {said}\n"
