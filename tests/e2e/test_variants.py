"""Variants of the estate: workspaces and variable files, each checked by itself (cli.md, Configuration: `inputs`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repositories import Repository

MAIN = """
variable "env" {}
variable "buckets" { default = "*" }

resource "aws_iam_role" "app" {
  name               = "app-${var.env}-${terraform.workspace}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "data" {
  role   = aws_iam_role.app.name
  name   = "data"
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "s3:*", Resource = var.buckets },
    { Effect = "Allow", Action = "dynamodb:*", Resource = "*" }] })
}
resource "aws_iam_role_policy" "admin" {
  count  = var.env == "dev" ? 1 : 0
  role   = aws_iam_role.app.name
  name   = "admin"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""
OTHER = """
resource "okta_group" "eng" { name = "eng" }
resource "aws_iam_policy" "same" {
  name   = "same"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
"""
CONFIG = """
accounts: [{id: "111111111111", paths: [infra, other]}]
inputs:
  variants:
    - {workspace: dev, variable-files: [infra/envs/dev.tfvars]}
    - {name: live, workspace: prod, variable-files: [infra/envs/prod.tfvars]}
"""
FILES = {
    "infra/main.tf": MAIN,
    "infra/envs/dev.tfvars": 'env = "dev"\n',
    "infra/envs/prod.tfvars": 'env = "prod"\nbuckets = "arn:aws:s3:::data/*"\n',
    "other/main.tf": OTHER,
    "iamlint.yaml": CONFIG,
}
DEV, PROD = "role:arn:aws:iam::111111111111:role/app-dev-dev", "role:arn:aws:iam::111111111111:role/app-prod-prod"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    made = Repository(tmp_path / "acme", monkeypatch, capsys)
    made.write(FILES)
    return made


def _found(repository: Repository, *words: str) -> list[tuple[str, str, int, list[str] | None]]:
    told = repository.json("check", "--no-cache", *words)
    return [(one["rule"], one["file"], one["line"], one.get("variants")) for one in told["diagnostics"]]


def test_a_finding_says_in_which_variants_it_holds_and_stands_once(repository: Repository) -> None:
    found = _found(repository)
    assert ("IAM101", "infra/main.tf", 21, ["dev"]) in found
    assert ("IAM102", "infra/main.tf", 14, ["dev"]) in found  # in `live` the buckets are named
    assert [one for one in found if one[:2] == ("IAM102", "other/main.tf")] == [("IAM102", "other/main.tf", 5, ["dev", "live"])]
    assert len(set(map(str, found))) == len(found)
    _, out, _ = repository.run("check", "--no-cache")
    assert "   = variants: dev, live\n" in out
    assert "   = variant: dev\n" in out


def test_one_variant_is_chosen(repository: Repository) -> None:
    found = _found(repository, "--variant", "live")
    assert not [one for one in found if one[0] == "IAM101"]
    assert {tuple(one[3] or ()) for one in found} == {("live",)}
    code, _, err = repository.run("check", "--variant", "nope")
    assert (code, err) == (2, "iamlint: error: no variant is called `nope`\n  help: the configuration has `dev`, `live`\n")


def test_questions_are_answered_by_variant(repository: Repository) -> None:
    assert repository.json("can", DEV, "iam:CreateUser")["decision"] == "allow"
    answer = repository.json("can", PROD, "iam:CreateUser")
    assert (answer["decision"], list(answer["variants"])) == ("implicit_deny", ["live"])
    assert repository.run("can", DEV, "iam:CreateUser", "--variant", "live")[0] == 2  # no such role in it
    told = repository.json("who-can", "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111111111111:table/t")
    assert [(one["id"], one["variants"]) for one in told["principals"]] == [(DEV, ["dev"]), (PROD, ["live"])]
    _, out, _ = repository.run("who-can", "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111111111111:table/t")
    assert out.startswith("in variant dev:\n")
    assert "\nin variant live:\n" in out
    assert repository.run("reach", "group:okta/eng")[1] == "group:okta/eng reaches nothing in this repository\n"
    told = repository.json("path", DEV, "account:111111111111")
    assert (len(told["paths"]), told["variants"]) == (1, [["dev"]])


def test_policies_say_in_which_variants_they_are(repository: Repository) -> None:
    import json

    _, out, _ = repository.run("policies", "--format", "json")
    listed = [json.loads(line) for line in out.splitlines()]
    assert [(one["name"], one["variants"]) for one in listed if one["type"] == "identity"] == [
        ("data", ["dev"]), ("data", ["live"]), ("admin", ["dev"]), ("same", ["dev", "live"]),
    ]  # fmt: skip


def test_the_graph_is_of_one_variant(repository: Repository) -> None:
    code, _, err = repository.run("graph")
    assert (code, err) == (
        2,
        "iamlint: error: the configuration has the variants `dev`, `live`\n  help: choose one with `--variant`\n",
    )
    nodes = {node["id"]: node["environment"] for node in repository.json("graph", "--variant", "live")["nodes"]}
    assert PROD in nodes
    assert DEV not in nodes
    # The workspace labels what it makes, and not what is the same in every one.
    assert nodes["group:okta/eng"] is None


def test_the_workspace_of_a_variant_is_the_last_source_of_the_environment(repository: Repository) -> None:
    repository.write({"infra/main.tf": MAIN.replace("app-${var.env}-", "worker-${var.buckets == null}-${length(")
                      .replace("${length(${terraform.workspace}", "${length(terraform.workspace)}")})  # fmt: skip
    nodes = {node["id"]: node["environment"] for node in repository.json("graph", "--variant", "live")["nodes"]}
    assert nodes["role:arn:aws:iam::111111111111:role/worker-false-4"] == "prod"
    _, out, _ = repository.run("config", "--explain", "role/worker-false-4", "--variant", "live")
    assert "workspace `prod`" in out


def test_a_file_counts_for_the_roots_that_the_variant_names(repository: Repository) -> None:
    repository.write({
        "settings/live.tfvars": 'env = "live"\n',
        "iamlint.yaml": "inputs: {variants: [{variable-files: [settings/live.tfvars], roots: [infra]}]}\n",
    })  # fmt: skip
    nodes = [node["id"] for node in repository.json("graph", "--variant", "live")["nodes"] if node["kind"] == "role"]
    assert len(nodes) == 1
    assert "app-live-" in nodes[0]


def test_a_diff_is_of_all_variants(repository: Repository) -> None:
    repository.commit({})
    repository.write({"infra/envs/prod.tfvars": 'env = "prod"\n'})
    assert repository.diff("HEAD")["gained"] == [(PROD, "s3:*", "*")]
    assert repository.diff("HEAD", "--variant", "dev")["gained"] == []


def test_the_remembered_report_keeps_the_variants(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IAMLINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("iamlint.project.cache._TICK", -(10**18))  # as if nothing had been written just before the run
    repository.write({f"docs/{number}.json": "{}" for number in range(30)})
    told = repository.json("check")
    assert list((tmp_path / "cache").iterdir())
    assert repository.json("check") == told
    assert repository.json("check", "--variant", "live") != told


@pytest.mark.parametrize(
    ("variants", "message"),
    [
        ("[{roots: [infra]}]", "an entry of `variants` has no name"),
        ("[{workspace: dev}, {name: dev}]", "two variants are called `dev`"),
        ("[{workspaces: dev}]", "unknown field `workspaces` in entry 1 of `variants`"),
    ],
)
def test_a_wrong_configuration_is_told(repository: Repository, variants: str, message: str) -> None:
    repository.write({"iamlint.yaml": f"inputs: {{variants: {variants}}}\n"})
    code, _, err = repository.run("check")
    assert code == 2
    assert message in err


def test_a_variable_file_that_counts_for_nothing_is_said(repository: Repository) -> None:
    repository.write({
        "settings/live.tfvars": 'env = "live"\n',
        "iamlint.yaml": "inputs:\n  variable-files: [infra/envs/dev.tfvars, settings/all.tfvars]\n"
        "  variants: [{variable-files: [settings/live.tfvars]}]\n",
    })  # fmt: skip
    lines = repository.json("check", "--no-cache")["coverage"]["unresolved"]
    assert [(line["file"], line["line"], line["reason"]) for line in lines if "counts for" in line["reason"]] == [
        ("iamlint.yaml", 2, "the variable file `settings/all.tfvars` counts for no root module"),
        ("iamlint.yaml", 3, "the variable file `settings/live.tfvars` counts for no root module"),
    ]
