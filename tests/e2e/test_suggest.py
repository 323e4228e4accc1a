"""`iamlint suggest`: the least group or role that would give something, and what else that gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ACCESS = """\
apiVersion: iamlint/v1
kind: Identities
provider: okta
users:
  - {email: alice@acme.example, status: active, groups: [eng]}
  - {email: bob@acme.example, status: active, groups: [eng, admins]}
groups:
  - {name: eng}
  - {name: viewers}
  - {name: everything}
  - {name: admins}
---
apiVersion: iamlint/v1
kind: Identities
provider: keycloak
users: [{email: eve@partner.example, status: active}]
groups: [{name: partners}]
---
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects:
  - {name: checkout-prod, environment: prod, owner: checkout}
  - {name: payments-prod, environment: prod, owner: payments}
  - {name: checkout-dev, environment: dev, owner: checkout}
mappings:
  - {attribute: groups, value: eng, organization_role: Organization Restricted Member, project_roles: {checkout-dev: Project Viewer}}
  - {attribute: groups, value: viewers, organization_role: Organization Restricted Member, project_roles: {checkout-prod: Project Viewer}}
  - {attribute: groups, value: everything, organization_role: Organization Viewer}
bindings:
  - {role: Organization Admin, users: [bob@acme.example]}
"""

AWS = """\
provider "aws" {
  allowed_account_ids = ["111111111111"]
}

resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_group" "readers" {
  name = "readers"
}

resource "aws_iam_group_policy" "readers" {
  name   = "read"
  group  = aws_iam_group.readers.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/*" }] })
}

resource "aws_iam_role" "reports" {
  name               = "reports"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "reports" {
  role   = aws_iam_role.reports.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "arn:aws:s3:::reports/*" }] })
}

resource "aws_iam_user" "locked" {
  name = "locked"
}

resource "aws_iam_user_policy" "locked" {
  user   = aws_iam_user.locked.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "s3:*", Resource = "*" }] })
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.access.yaml").write_text(ACCESS)
    (tmp_path / "main.tf").write_text(AWS)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "GITHUB_ACTIONS")}
    command = [sys.executable, "-m", "iamlint", "suggest", *arguments]
    return subprocess.run(command, cwd=folder, env=plain, capture_output=True, text=True, check=False)


def suggest(folder: Path, user: str, do: str, on: str | None) -> dict[str, Any]:
    where = ["--on", on] if on is not None else []
    done = run(folder, "--user", user, "--can", do, *where, "--format", "json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ways(found: dict[str, Any]) -> list[tuple[str, str, str | None, int]]:
    return [(item["kind"], item["target"], item["role"], item["extra_rights"]) for item in found["candidates"]]


def test_the_least_group_comes_first_and_new_grants_last(folder: Path):
    found = suggest(folder, "alice@acme.example", "telemetry:read", "checkout-prod")
    assert (found["version"], found["user"], found["decision"]) == (1, "user:alice@acme.example", "implicit_deny")
    assert ways(found) == [
        ("group", "group:okta/viewers", None, 0),
        ("group", "group:okta/everything", None, 2),
        ("binding", "user:alice@acme.example", "Project Viewer", 0),
        ("mapping", "group:okta/eng", "Project Viewer", 0),
    ]
    least, wide, _, mapping = found["candidates"]
    assert least["checked"]
    assert [edge["to"] for edge in least["path"]] == ["project:lightstep/checkout-prod"]
    assert wide["gains"] == [
        {"node": "project:lightstep/*", "rights": ["telemetry:read"], "environment": None, "team": None},
        {"node": "project:lightstep/payments-prod", "rights": ["telemetry:read"], "environment": "prod", "team": "payments"},
    ]
    assert wide["by_environment"] == {"none": 1, "prod": 1}
    assert wide["by_team"] == {"none": 1, "payments": 1}
    assert mapping["others"] == 0, "bob administers already"


def test_what_is_suggested_does_it(folder: Path):
    least = suggest(folder, "alice@acme.example", "telemetry:read", "checkout-prod")["candidates"][0]
    group = least["target"].rpartition("/")[2]
    text = (folder / "a.access.yaml").read_text()
    (folder / "a.access.yaml").write_text(
        text.replace(
            "alice@acme.example, status: active, groups: [eng]", f"alice@acme.example, status: active, groups: [eng, {group}]"
        )
    )
    now = suggest(folder, "alice@acme.example", "telemetry:read", "checkout-prod")
    assert (now["decision"], now["candidates"]) == ("allow", [])
    assert (
        "may already do telemetry:read"
        in run(folder, "--user", "alice@acme.example", "--can", "telemetry:read", "--on", "checkout-prod").stdout
    )


def test_a_wider_role_is_only_what_the_question_needs(folder: Path):
    found = suggest(folder, "alice@acme.example", "telemetry:edit", "checkout-prod")
    assert ways(found)[0] == ("binding", "user:alice@acme.example", "Project Editor", 3)
    rights = found["candidates"][0]["gains"][0]["rights"]
    assert rights == ["telemetry:manage-credentials", "telemetry:read", "telemetry:share"]


def test_groups_of_another_provider_are_no_way(folder: Path):
    found = suggest(folder, "eve@partner.example", "telemetry:read", "checkout-prod")
    assert [way[0] for way in ways(found)] == ["binding"]


def test_in_aws_a_group_or_a_role(folder: Path):
    found = suggest(folder, "user/ci", "s3:GetObject", "arn:aws:s3:::reports/a")
    assert ways(found) == [
        ("group", "group:arn:aws:iam::111111111111:group/readers", None, 0),
        ("role", "role:arn:aws:iam::111111111111:role/reports", None, 1),
    ]
    assert [item["checked"] for item in found["candidates"]] == [True, False]
    wider = suggest(folder, "user/ci", "s3:PutObject", "arn:aws:s3:::reports/a")
    assert [way[1] for way in ways(wider)] == ["role:arn:aws:iam::111111111111:role/reports"]


def test_a_group_that_a_deny_would_take_back_is_not_suggested(folder: Path):
    found = suggest(folder, "user/locked", "s3:GetObject", "arn:aws:s3:::reports/a")
    assert found["decision"] == "explicit_deny"
    assert [way[0] for way in ways(found)] == ["role"]


def test_where_nothing_gives_it_the_answer_says_so(folder: Path):
    done = run(folder, "--user", "user/ci", "--can", "ec2:RunInstances", "--on", "*")
    assert done.returncode == 0
    assert done.stdout.startswith(
        "no group or role of this repository would let user:arn:aws:iam::111111111111:user/ci do ec2:RunInstances on *\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--can", "telemetry:read"], "`--user` is missing"),
        (["--user", "alice@acme.example"], "`--can` is missing"),
        (["--user", "nobody", "--can", "telemetry:read", "--on", "checkout-prod"], "nobody"),
        (
            ["--user", "alice@acme.example", "--can", "telemetry:reed", "--on", "checkout-prod"],
            "there is no action `telemetry:reed`",
        ),
        (["--user", "alice@acme.example", "--can", "s3:GetObjekt", "--on", "*"], "there is no action `s3:GetObjekt`"),
        (["--user", "alice@acme.example", "--can", "telemetry:read", "--on", "project:lightstep/chekout"], "chekout"),
    ],
)
def test_wrong_use(folder: Path, arguments: list[str], said: str):
    done = run(folder, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


SSO = """\
data "aws_ssoadmin_instances" "this" {
}

resource "aws_ssoadmin_permission_set" "%(name)s" {
  name         = "%(name)s"
  instance_arn = tolist(data.aws_ssoadmin_instances.this.arns)[0]
}

resource "aws_ssoadmin_permission_set_inline_policy" "%(name)s" {
  instance_arn       = tolist(data.aws_ssoadmin_instances.this.arns)[0]
  permission_set_arn = aws_ssoadmin_permission_set.%(name)s.arn
  inline_policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = %(actions)s, Resource = "arn:aws:s3:::ledger/*" }] })
}

resource "aws_identitystore_group" "%(name)s" {
  identity_store_id = "d-1"
  display_name      = "aws-%(name)s"
}

resource "aws_ssoadmin_account_assignment" "%(name)s" {
  instance_arn       = tolist(data.aws_ssoadmin_instances.this.arns)[0]
  permission_set_arn = aws_ssoadmin_permission_set.%(name)s.arn
  principal_id       = aws_identitystore_group.%(name)s.group_id
  principal_type     = "GROUP"
  target_id          = "222222222222"
  target_type        = "AWS_ACCOUNT"
}
"""
PEOPLE = """\
resource "aws_identitystore_user" "carol" {
  identity_store_id = "d-1"
  user_name         = "carol@acme.example"
  display_name      = "carol"
  name {
    given_name  = "C"
    family_name = "C"
  }
  emails { value = "carol@acme.example" }
}
"""


@pytest.fixture
def sso(tmp_path: Path) -> Path:
    (tmp_path / "people.tf").write_text(PEOPLE)
    for name, actions in (("reader", '["s3:GetObject"]'), ("writer", '["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]')):
        text = SSO % {"name": name, "actions": actions}
        instances = 'data "aws_ssoadmin_instances" "this" {\n}\n'
        (tmp_path / f"{name}.tf").write_text(text if name == "reader" else text.replace(instances, ""))
    return tmp_path


def test_the_permission_set_that_gives_the_least_comes_first(sso: Path):
    found = suggest(sso, "carol@acme.example", "s3:GetObject", "arn:aws:s3:::ledger/2026.csv")
    assert found["decision"] == "implicit_deny"
    sets = [item for item in found["candidates"] if item["kind"] == "permission-set"]
    assert [("reader" in item["target"], item["extra_rights"]) for item in sets] == [(True, 0), (False, 2)]


def test_a_permission_set_that_denies_what_is_asked_for_is_no_way(sso: Path):
    found = suggest(sso, "carol@acme.example", "s3:PutObject", "arn:aws:s3:::ledger/2026.csv")
    kinds = {item["target"].rpartition("/")[2] for item in found["candidates"] if item["kind"] == "permission-set"}
    assert len(kinds) == 1
    assert "writer" in kinds.pop()
