"""`iamlint baseline` and `check --baseline`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from repositories import Repository

ADMIN = {"Effect": "Allow", "Action": "*", "Resource": "*"}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"}
NAME = "iamlint-baseline.json"


def policy(*statements: object, indent: int = 2) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=indent) + "\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    made = Repository(tmp_path / "repository", monkeypatch, capsys)
    made.commit({"policies/a.json": policy(READ, ADMIN), "policies/b.json": policy(READ)})
    code, out, _ = made.run("baseline", "--no-cache")
    assert code == 0
    assert f"recorded in {NAME}" in out
    return made


def found(repository: Repository, *words: str) -> list[tuple[str, str, int]]:
    told = repository.json("check", "--no-cache", *(words or ("--baseline", NAME)))
    return [(one["rule"], one["file"], one["line"]) for one in told["diagnostics"] if one["suppressed"] is None]


def test_what_is_recorded_is_set_aside(repository: Repository):
    assert found(repository) == []
    told = repository.json("check", "--no-cache", "--baseline", NAME)
    assert {one["suppressed"] for one in told["diagnostics"]} == {f"in the baseline `{NAME}`"}
    assert told["summary"]["suppressed"] == len(told["diagnostics"]) > 0
    assert repository.run("check", "--baseline", NAME)[0] == 0
    assert repository.run("check")[0] == 1


def test_the_file_is_sorted_and_stable(repository: Repository):
    first = (repository.root / NAME).read_bytes()
    held = json.loads(first)
    assert held["version"] == 1
    assert list(held["findings"][0]) == ["rule", "file", "fingerprint", "content", "message"]
    order = [(one["rule"], one["file"], one["fingerprint"]) for one in held["findings"]]
    assert order == sorted(order)
    repository.run("baseline", "--no-cache")
    assert (repository.root / NAME).read_bytes() == first
    repository.write({"policies/a.json": policy(READ, ADMIN).replace("\n", "\n\n", 3)})
    repository.run("baseline", "--no-cache")
    assert (repository.root / NAME).read_bytes() == first


def test_moved_lines_stay_set_aside(repository: Repository):
    repository.write({"policies/a.json": policy(READ | {"Sid": "More"}, ADMIN, indent=4)})
    assert [one for one in found(repository) if one[0] == "IAM101"] == []


def test_the_same_violation_in_another_file_is_new(repository: Repository):
    repository.write({"policies/b.json": policy(READ, ADMIN)})
    assert ("IAM101", "policies/b.json", 11) in found(repository)
    repository.write({"policies/a.json": policy(READ)})
    assert ("IAM101", "policies/b.json", 11) in found(repository)


def test_a_second_one_in_the_same_file_is_new_and_it_is_the_one_reported(repository: Repository):
    other = {"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}
    repository.write({"policies/a.json": policy(other, READ, ADMIN)})
    assert [one for one in found(repository) if one[0] == "IAM101"] == [("IAM101", "policies/a.json", 7)]


def test_an_entry_whose_finding_is_gone_is_reported(repository: Repository):
    repository.write({"policies/a.json": policy(READ)})
    stale = found(repository)
    assert {(rule, file) for rule, file, _ in stale} == {("IL023", NAME)}
    lines = (repository.root / NAME).read_text().splitlines()
    assert any('"IAM101"' in lines[line - 1] for _, _, line in stale)
    assert repository.run("check", "--baseline", NAME)[0] == 0, "a note does not fail the run"
    assert repository.run("check", "--baseline", NAME, "--fail-on", "note")[0] == 1
    repository.run("baseline", "--no-cache")
    assert found(repository) == []


def test_an_entry_of_a_file_that_is_gone_is_stale(repository: Repository):
    repository.write({"policies/a.json": None})
    assert {rule for rule, _, _ in found(repository)} == {"IL023"}


def test_a_run_that_did_not_look_calls_nothing_stale(repository: Repository):
    repository.write({"policies/a.json": policy(READ)})
    assert found(repository, "--baseline", NAME, "policies/b.json") == []
    assert found(repository, "--baseline", NAME, "--select", "TEL") == []


def test_the_configuration_names_it(repository: Repository):
    repository.write({"iamlint.yaml": f"baseline: {NAME}\n"})
    assert found(repository, "--no-cache") == []
    code, out, _ = repository.run("baseline", "--no-cache")
    assert (code, out.split(" ", 1)[1]) == (0, f"findings recorded in {NAME}\n")
    assert f"baseline: {NAME}" in repository.run("config")[1]


def test_what_could_not_be_understood_is_never_set_aside(repository: Repository):
    repository.write({"policies/broken.json": '{"Statement": [{"Effect": "Allow"'})
    assert repository.run("baseline", "--no-cache")[0] == 3
    assert repository.run("check", "--baseline", NAME)[0] == 3
    assert "IL002" in {rule for rule, _, _ in found(repository)}


def test_no_secret_and_no_hash_of_one_is_recorded(repository: Repository):
    secret = "AKIA" + "QQQQWWWWEEEERRRR"
    repository.write({"otel/collector.yaml": COLLECTOR.replace("@", "c0ffee" * 14)})
    repository.run("baseline", "--no-cache")
    held = json.loads((repository.root / NAME).read_text())
    literal = [one for one in held["findings"] if one["rule"] == "BOT106"]
    assert literal
    assert {one["content"] for one in literal} == {""}
    assert "c0ffee" not in (repository.root / NAME).read_text()
    assert secret not in (repository.root / NAME).read_text()
    assert found(repository) == []


COLLECTOR = """\
receivers: {otlp: {protocols: {grpc: {}}}}
exporters:
  otlp/lightstep:
    endpoint: ingest.lightstep.com:443
    headers: {"lightstep-access-token": "@"}
service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp/lightstep]}}}
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read"),
        ("[", "is not JSON"),
        ('{"version": 2, "findings": []}', "is no baseline of version 1"),
        ('{"version": 1, "findings": [{"rule": "IAM101"}]}', "without rule, file or fingerprint"),
        ('{"version": 1, "findings": [7]}', "no object"),
    ],
)
def test_a_file_that_is_no_baseline_is_wrong_usage(repository: Repository, text: str | None, said: str):
    repository.write({NAME: text})
    code, _, err = repository.run("check", "--baseline", NAME)
    assert code == 2
    assert said in err


def test_elsewhere(repository: Repository, tmp_path: Path):
    target = tmp_path / "kept.json"
    assert repository.run("baseline", "--no-cache", "--output", str(target))[0] == 0
    assert found(repository, "--baseline", str(target)) == []
    assert repository.run("baseline", "--no-cache", "--output", "no/such/folder/b.json")[0] == 2
    assert json.loads(repository.run("baseline", "--no-cache", "--output", "-")[1])["version"] == 1
