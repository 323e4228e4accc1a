"""`check --since`: only what the change brings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from repositories import Repository

ADMIN = {"Effect": "Allow", "Action": "*", "Resource": "*"}
PASS = {"Effect": "Allow", "Action": ["iam:PassRole"], "Resource": "*"}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"}


def policy(*statements: object, indent: int = 2) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=indent) + "\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    made = Repository(tmp_path / "repository", monkeypatch, capsys)
    made.commit({"policies/a.json": policy(READ, ADMIN), "policies/b.json": policy(READ)})
    return made


def found(repository: Repository, *words: str) -> list[tuple[str, str, int]]:
    told = repository.json("check", "--no-cache", *words)
    summary = told["summary"]
    shown = [one for one in told["diagnostics"] if one["suppressed"] is None]
    assert len(shown) == summary["error"] + summary["warning"] + summary["note"]
    return [(one["rule"], one["file"], one["line"]) for one in shown]


def test_what_was_there_is_not_reported(repository: Repository):
    assert ("IAM101", "policies/a.json", 11) in found(repository)
    assert found(repository, "--since", "HEAD") == []
    assert repository.run("check", "--since", "HEAD")[0] == 0


def test_a_new_finding_is(repository: Repository):
    repository.write({"policies/b.json": policy(READ, ADMIN)})
    assert ("IAM101", "policies/b.json", 11) in found(repository, "--since", "HEAD")
    assert not [one for one in found(repository, "--since", "HEAD") if one[1] == "policies/a.json"]
    assert repository.run("check", "--since", "HEAD")[0] == 1


def test_moved_lines_are_not(repository: Repository):
    repository.write({"policies/a.json": policy(READ, READ | {"Sid": "More"}, ADMIN, indent=4)})
    assert [one for one in found(repository, "--since", "HEAD") if one[0] == "IAM101"] == []


def test_a_renamed_file_is_not(repository: Repository):
    repository.git("mv", "policies/a.json", "policies/renamed.json")
    assert found(repository, "--since", "HEAD") == []
    repository.write({"policies/renamed.json": policy(READ | {"Sid": "First"}, ADMIN, indent=4)})
    assert [one for one in found(repository, "--since", "HEAD") if one[0] == "IAM101"] == []


def test_a_copy_in_another_file_is(repository: Repository):
    repository.write({"policies/copy.json": policy(READ, ADMIN)})
    new = found(repository, "--since", "HEAD")
    assert ("IAM101", "policies/copy.json", 11) in new
    assert not [one for one in new if one[1] == "policies/a.json"]


def test_a_statement_moved_to_another_file_is_not_and_a_second_one_is(repository: Repository):
    repository.write({"policies/a.json": policy(READ), "policies/b.json": policy(READ, ADMIN)})
    assert [one for one in found(repository, "--since", "HEAD") if one[0] == "IAM101"] == []
    repository.write({"policies/c.json": policy(ADMIN)})
    assert len([one for one in found(repository, "--since", "HEAD") if one[0] == "IAM101"]) == 1


def test_of_several_alike_the_new_one_is_reported(repository: Repository):
    other = {"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}
    repository.write({"policies/a.json": policy(other, READ, ADMIN)})
    assert [one for one in found(repository, "--since", "HEAD") if one[0] == "IAM101"] == [("IAM101", "policies/a.json", 7)]


def test_a_suppression_taken_away_brings_its_finding(repository: Repository):
    ignore = "ignores: [{rule: IAM101, path: policies/a.json, reason: for now}]\n"
    repository.commit({"iamlint.yaml": ignore})
    assert [one for one in found(repository, "--since", "HEAD") if one[0] == "IAM101"] == []
    repository.write({"iamlint.yaml": "ignores: []\n"})
    assert ("IAM101", "policies/a.json", 11) in found(repository, "--since", "HEAD")


def test_only_the_paths_that_are_named(repository: Repository):
    repository.write({"policies/b.json": policy(ADMIN), "other/c.json": policy(ADMIN)})
    assert {one[1] for one in found(repository, "--since", "HEAD", "other")} == {"other/c.json"}


def test_two_commits_ago(repository: Repository):
    repository.commit({"policies/b.json": policy(READ, ADMIN)})
    repository.commit({"policies/c.json": policy(READ)})
    assert found(repository, "--since", "HEAD") == []
    assert {one[1] for one in found(repository, "--since", "HEAD~2")} == {"policies/b.json"}


@pytest.mark.parametrize("words", [("--since", "nothing"), ("-", "--since", "HEAD")])
def test_wrong_usage(repository: Repository, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch):
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
    assert repository.run("check", *words)[0] == 2
