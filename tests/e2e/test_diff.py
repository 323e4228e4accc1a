"""`iamlint diff`: real repositories, changed as people change them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from repositories import NOTHING, Repository

from iamlint.source.place import Place, Span

TELEMETRY = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects: [{name: checkout-prod, environment: prod}, {name: checkout-dev, environment: dev}]
mappings:
  - {attribute: member_of, value: eng-checkout, organization_role: Organization Restricted Member,
     project_roles: {checkout-dev: Project Viewer}}
"""
PEOPLE = """\
apiVersion: iamlint/v1
kind: Identities
provider: okta
users: [{email: ann@acme.example, status: active}, {email: bob@acme.example, status: active}]
groups: [{name: eng-checkout, members: [ann@acme.example]}, {name: sre, members: []}]
"""
MAPPED = "checkout-dev: Project Viewer"


def role(
    actions: str, *, resource: str = '"arn:aws:s3:::receipts/*"', trust: str = "repo:acme/checkout:ref:refs/heads/main"
) -> str:
    return f"""\
resource "aws_iam_role" "app" {{
  name = "app"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = "arn:aws:iam::333333333333:oidc-provider/token.actions.githubusercontent.com" }}
      Condition = {{
        StringEquals = {{ "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }}
        StringLike   = {{ "token.actions.githubusercontent.com:sub" = "{trust}" }}
      }}
    }}]
  }})
}}

resource "aws_iam_role_policy" "app" {{
  name   = "access"
  role   = aws_iam_role.app.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = {actions}, Resource = {resource} }}]
  }})
}}
"""


CONFIG = 'accounts: [{id: "333333333333", name: prod, environment: prod, paths: ["infra/**"]}]\n'
APP = "role:arn:aws:iam::333333333333:role/app"
START = {
    "lightstep/main.access.yaml": TELEMETRY,
    "okta/people.access.yaml": PEOPLE,
    "infra/app.tf": role('["s3:GetObject"]'),
    "iamlint.yaml": CONFIG,
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    made = Repository(tmp_path / "repository", monkeypatch, capsys)
    made.commit(START)
    return made


def test_nothing_changed(repository: Repository):
    assert repository.diff("HEAD") == NOTHING
    assert repository.run("diff", "HEAD")[1] == "no access was gained or lost\n"


def test_a_grant_added_by_a_mapping_is_the_groups(repository: Repository):
    repository.write({"lightstep/main.access.yaml": TELEMETRY.replace(MAPPED, f"{MAPPED}, checkout-prod: Project Viewer")})
    told = repository.json("diff", "HEAD")
    assert told["lost"] == told["unknown"] == []
    (row,) = told["gained"]
    assert set(row) == {"principal", "action", "resource", "scope", "condition", "path"}
    assert (row["principal"], row["action"]) == ("group:okta/eng-checkout", "telemetry:read")
    assert (row["resource"], row["scope"]) == ("project:lightstep/checkout-prod", "env:prod")
    (edge,) = row["path"]
    assert (edge["from"], edge["to"], edge["kind"]) == (row["principal"], row["resource"], "mapped_to")
    assert (edge["file"], edge["line"]) == ("lightstep/main.access.yaml", 8)


def test_reversed_swaps_gained_and_lost(repository: Repository):
    before = repository.git("rev-parse", "HEAD")
    repository.commit({
        "lightstep/main.access.yaml": TELEMETRY.replace(MAPPED, "checkout-prod: Project Editor"),
        "infra/app.tf": role('["s3:PutObject"]'),
    })  # fmt: skip
    there, back = repository.diff(before, "HEAD"), repository.diff("HEAD", before)
    assert there["gained"] == back["lost"] != []
    assert there["lost"] == back["gained"] != []


def test_a_person_in_another_group_gains_what_the_group_has(repository: Repository):
    repository.write({"okta/people.access.yaml": PEOPLE.replace("[ann@acme.example]}", "[ann@acme.example, bob@acme.example]}")})
    assert repository.diff("HEAD") == NOTHING | {
        "gained": [
            ("user:bob@acme.example", "member_of", "group:okta/eng-checkout"),
            ("user:bob@acme.example", "telemetry:read", "project:lightstep/checkout-dev"),
        ]
    }


def test_people_with_the_same_groups_are_one_class(repository: Repository):
    repository.write({
        "okta/people.access.yaml": PEOPLE.replace("{name: sre, members: []}", "{name: sre, members: [ann@acme.example, bob@acme.example]}"),
        "lightstep/main.access.yaml": TELEMETRY,
    })  # fmt: skip
    repository.git("commit", "-qam", "on call")
    repository.write({"okta/people.access.yaml": PEOPLE.replace("[ann@acme.example]}", "[]}")})
    # Ann was in two groups and Bob in one, so they are two classes; a class of two follows.
    assert {row[0] for row in repository.diff("HEAD")["lost"]} == {"user:ann@acme.example", "user:bob@acme.example"}
    repository.write({
        "okta/people.access.yaml": PEOPLE.replace("[ann@acme.example]}", "[]}").replace("members: []}]", "members: [ann@acme.example, bob@acme.example]}]")
    })  # fmt: skip
    repository.git("commit", "-qam", "only on call")
    repository.write({"okta/people.access.yaml": PEOPLE.replace("[ann@acme.example]}", "[]}")})
    assert repository.diff("HEAD")["lost"] == [("user:ann@acme.example, user:bob@acme.example", "member_of", "group:okta/sre")]


def test_a_policy_widened(repository: Repository):
    repository.write({"infra/app.tf": role('["s3:GetObject", "s3:PutObject"]')})
    told = repository.json("diff", "HEAD")
    (row,) = told["gained"]
    assert (row["principal"], row["action"], row["resource"]) == (APP, "s3:PutObject", "arn:aws:s3:::receipts/*")
    assert row["scope"] == "env:prod"
    assert row["path"][0]["from"] == APP
    assert "for example `s3:PutObject` on `arn:aws:s3:::receipts/" in row["path"][0]["reason"]
    assert told["lost"] == told["unknown"] == []


def test_a_policy_narrowed(repository: Repository):
    repository.commit({"infra/app.tf": role('["s3:*"]', resource='"*"')})
    repository.write({"infra/app.tf": role('["s3:*"]', resource='"arn:aws:s3:::receipts/*"')})
    assert repository.diff("HEAD") == NOTHING | {"lost": [(APP, "s3:*", "*")]}


def test_an_action_that_another_statement_already_allows_is_no_gain(repository: Repository):
    repository.commit({"infra/app.tf": role('["s3:*"]')})
    repository.write({"infra/app.tf": role('["s3:*", "s3:GetObject"]')})
    assert repository.diff("HEAD") == NOTHING


def test_a_deny_removed_is_a_gain_of_what_it_denied(repository: Repository):
    allow = '{ Effect = "Allow", Action = "s3:*", Resource = "*" }'
    deny = '{ Effect = "Deny", Action = "s3:DeleteBucket", Resource = "*" }'
    text = role('["s3:GetObject"]').replace(
        '{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::receipts/*" }', "@"
    )
    repository.commit({"infra/app.tf": text.replace("@", f"{allow}, {deny}")})
    repository.write({"infra/app.tf": text.replace("@", allow)})
    assert repository.diff("HEAD") == NOTHING | {"gained": [(APP, "s3:DeleteBucket", "*")]}


def test_a_trust_opened(repository: Repository):
    repository.write({"infra/app.tf": role('["s3:GetObject"]', trust="repo:acme/*")})
    told = repository.json("diff", "HEAD")
    assert told["lost"] == told["unknown"] == []
    (row,) = told["gained"]
    assert row["action"] == "sts:AssumeRoleWithWebIdentity"
    assert row["resource"] == APP
    assert row["principal"] == "bot:github/acme/*"


def test_a_trust_closed(repository: Repository):
    repository.commit({"infra/app.tf": role('["s3:GetObject"]', trust="repo:acme/*")})
    repository.write({"infra/app.tf": role('["s3:GetObject"]')})
    told = repository.diff("HEAD")
    assert [row[1:] for row in told["lost"]] == [("sts:AssumeRoleWithWebIdentity", APP)]
    assert told["gained"] == told["unknown"] == []


def test_a_new_role_gains_what_it_may_do(repository: Repository):
    repository.write({"infra/other.tf": role('["sqs:SendMessage"]', resource='"*"').replace("app", "other")})
    assert ("role:arn:aws:iam::333333333333:role/other", "sqs:SendMessage", "*") in repository.diff("HEAD")["gained"]


def test_a_renamed_file_moved_lines_and_another_order_are_no_change(repository: Repository):
    repository.commit({"infra/app.tf": role('["s3:GetObject", "s3:PutObject"]')})
    first, _, second = role('["s3:PutObject", "s3:GetObject"]').partition("\n\n")
    repository.write({
        "infra/app.tf": None,
        "infra/roles.tf": f"# moved\n\n{second}\n{first}\n",
        "lightstep/main.access.yaml": None,
        "telemetry/all.access.yaml": f"# moved\n{TELEMETRY}",
    })  # fmt: skip
    assert repository.diff("HEAD") == NOTHING


def test_a_renamed_folder_with_an_account_that_is_not_told_is_no_change(repository: Repository):
    text = role('["s3:GetObject"]', resource='"arn:aws:s3:::${var.bucket}/*"') + 'variable "bucket" {}\n'
    repository.commit({"stacks/one/app.tf": text})
    repository.git("mv", "stacks/one", "stacks/two")
    repository.write({"stacks/two/app.tf": f"# moved\n{text}"})
    assert repository.diff("HEAD") == NOTHING


def test_a_block_moved_to_another_file_is_no_change(repository: Repository):
    first, _, second = role('["s3:GetObject"]').partition("\n\n")
    repository.write({"infra/app.tf": first + "\n", "infra/policies.tf": second})
    assert repository.diff("HEAD") == NOTHING


def test_a_document_only_reformatted_is_no_change(repository: Repository):
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sqs:*"], "Resource": "*"}]}
    template = {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {
        "RoleName": "queue", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]},
        "Policies": [{"PolicyName": "p", "PolicyDocument": policy}]}}}}  # fmt: skip
    repository.commit({"queue.json": json.dumps(template)})
    repository.write({"queue.json": json.dumps(template, indent=4)})
    assert repository.diff("HEAD") == NOTHING


def test_what_is_not_known_is_listed_apart(repository: Repository):
    repository.write({"infra/app.tf": role("var.actions") + 'variable "actions" {}\n'})
    told = repository.json("diff", "HEAD")
    assert told["gained"] == []
    assert {(row["principal"], row["condition"] is not None) for row in told["unknown"]} == {(APP, True)}


def test_what_stays_unknown_is_no_change(repository: Repository):
    text = role("var.actions") + 'variable "actions" {}\n'
    repository.commit({"infra/app.tf": text})
    repository.write({"infra/app.tf": f"# moved\n\n\n{text}"})
    assert repository.diff("HEAD") == NOTHING


def test_the_configuration_of_the_revision_counts(repository: Repository):
    repository.commit({"iamlint.yaml": CONFIG.replace("333333333333", "444444444444")})
    told = repository.diff("HEAD~1", "HEAD")
    assert (APP.replace("333333333333", "444444444444"), "s3:GetObject", "arn:aws:s3:::receipts/*") in told["gained"]
    assert (APP, "s3:GetObject", "arn:aws:s3:::receipts/*") in told["lost"]


def test_work_tree_index_and_references_are_untouched(repository: Repository):
    repository.write({"infra/app.tf": role('["s3:*"]'), "new.json": "{}"})
    repository.git("add", "new.json")

    def state() -> tuple[object, ...]:
        files = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in repository.root.rglob("*") if path.is_file()}
        return files, repository.git("status", "--porcelain"), repository.git("for-each-ref")

    repository.git("status")
    before = state()
    repository.run("diff", "HEAD~0", "HEAD")
    repository.run("diff", "HEAD")
    repository.run("log")
    repository.run("check", "--since", "HEAD", "--no-cache")
    assert state() == before


def test_what_git_ignores_counts_on_neither_side(repository: Repository):
    text = role("var.actions") + 'variable "actions" {}\n'
    repository.commit({"infra/app.tf": text, ".gitignore": "*.auto.tfvars\n"})
    repository.write({"infra/local.auto.tfvars": 'actions = ["s3:*"]\n'})
    assert repository.diff("HEAD") == NOTHING


def test_an_untracked_file_counts(repository: Repository):
    repository.write({"infra/other.tf": role('["sqs:*"]').replace("app", "other")})
    assert repository.diff("HEAD")["gained"] != []


def test_two_folders(repository: Repository, tmp_path: Path):
    for name, mapped in (("old", MAPPED), ("new", "checkout-prod: Project Viewer")):
        for path, text in (START | {"lightstep/main.access.yaml": TELEMETRY.replace(MAPPED, mapped)}).items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    told = repository.diff(str(tmp_path / "old"), str(tmp_path / "new"))
    assert told["gained"] == [("group:okta/eng-checkout", "telemetry:read", "project:lightstep/checkout-prod")]
    assert told["lost"] == [("group:okta/eng-checkout", "telemetry:read", "project:lightstep/checkout-dev")]


def test_a_range_and_a_common_ancestor(repository: Repository):
    repository.git("switch", "-qc", "feature")
    repository.commit({"infra/app.tf": role('["s3:*"]')})
    repository.git("switch", "-q", "main")
    repository.commit({"infra/app.tf": role('["s3:GetObject"]'), "lightstep/main.access.yaml": TELEMETRY.replace(MAPPED, "checkout-prod: Project Viewer")})  # fmt: skip
    assert repository.diff("main...feature") == NOTHING | {"gained": [(APP, "s3:*", "arn:aws:s3:::receipts/*")]}
    assert repository.diff("main..feature")["lost"] != []


def test_fail_on(repository: Repository):
    repository.write({"infra/app.tf": role('["s3:PutObject"]')})
    codes = {
        word: repository.run("diff", "HEAD", "--fail-on", word)[0]
        for word in (
            "gained",
            "lost",
            "unknown",
            "gained:env:prod",
            "gained:env:dev",
            "gained:s3:Put*",
            "gained:role:*/app",
            "other",
        )
    }
    assert codes == {
        "gained": 1, "lost": 1, "unknown": 0, "gained:env:prod": 1, "gained:env:dev": 0, "gained:s3:Put*": 1,
        "gained:role:*/app": 1, "other": 2,
    }  # fmt: skip


def test_a_revision_that_is_not_there_is_wrong_usage(repository: Repository):
    code, out, err = repository.run("diff", "no-such-branch")
    assert (code, out) == (2, "")
    assert "`no-such-branch` is no revision of this repository and no folder" in err
    assert repository.run("diff", "--", "--output=/tmp/x")[0] == 2


def test_broken_input_makes_the_answer_incomplete(repository: Repository):
    repository.write({"broken.access.yaml": "apiVersion: iamlint/v1\nkind: [\n"})
    assert repository.run("diff", "HEAD")[0] == 3


def test_the_same_bytes_from_run_to_run(repository: Repository):
    repository.commit({"infra/app.tf": role('["s3:*", "sqs:*"]', trust="repo:acme/*"), "okta/people.access.yaml": PEOPLE.replace("ann@acme", "eve@acme")})  # fmt: skip
    for name in ("text", "json", "markdown"):
        first = repository.run("diff", "HEAD~1", "HEAD", "--format", name)
        assert first[0] == 0
        assert first == repository.run("diff", "HEAD~1", "HEAD", "--format", name)


def test_markdown_is_a_comment(repository: Repository):
    repository.write({"lightstep/main.access.yaml": TELEMETRY.replace(MAPPED, "checkout-prod: Project Viewer")})
    code, out, _ = repository.run("diff", "HEAD", "--format", "markdown")
    assert code == 0
    assert out.startswith(
        "<!-- iamlint diff -->\n## Who can reach what: changes\n\n**1 gained, 1 lost** (`HEAD` → `the work tree`)."
    )
    assert "| `group:okta/eng-checkout` | `telemetry:read` | `project:lightstep/checkout-prod` | `env:prod` |  |" in out
    assert "```mermaid\nflowchart LR\n" in out
    assert out.count("<details>") == out.count("</details>") == 3


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["HEAD~1..HEAD"], "`HEAD~1` → `HEAD`"),
        (["HEAD~1.."], "`HEAD~1` → `HEAD`"),
        (["HEAD~1", "HEAD"], "`HEAD~1` → `HEAD`"),
        (["HEAD~1"], "`HEAD~1` → `the work tree`"),
        (["HEAD~1..."], "`COMMON` → `HEAD`"),
    ],
)
def test_markdown_names_what_was_compared(repository: Repository, words: list[str], names: str):
    repository.commit({"lightstep/main.access.yaml": TELEMETRY.replace(MAPPED, "checkout-prod: Project Viewer")})
    common = repository.git("rev-parse", "HEAD~1")[:12]
    _, out, _ = repository.run("diff", *words, "--format", "markdown")
    assert f"({names.replace('COMMON', common)})." in out.splitlines()[3]


def test_text(repository: Repository):
    repository.write({"infra/app.tf": role('["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"]')})
    _, out, _ = repository.run("diff", "HEAD")
    assert out.splitlines()[:3] == [
        "gained",
        f"  {APP}",
        "  + s3:PutObject, s3:PutObjectAcl on arn:aws:s3:::receipts/*  [env:prod]",
    ]
    assert out.splitlines()[-1] == "1 gained"


def test_from_a_folder_of_the_repository(repository: Repository, monkeypatch: pytest.MonkeyPatch):
    repository.write({"infra/app.tf": role('["s3:GetObject", "s3:PutObject"]')})
    monkeypatch.chdir(repository.root / "infra")
    assert repository.diff("HEAD")["gained"] == [(APP, "s3:PutObject", "arn:aws:s3:::receipts/*")]
    monkeypatch.chdir(repository.root.parent)
    assert repository.diff("HEAD", "-C", str(repository.root))["gained"] == [(APP, "s3:PutObject", "arn:aws:s3:::receipts/*")]


BUCKET = """\
resource "aws_s3_bucket" "receipts" {{ bucket = "receipts" }}

resource "aws_s3_bucket_policy" "receipts" {{
  bucket = aws_s3_bucket.receipts.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "s3:GetObject", Principal = {{ AWS = [{principals}] }}, Resource = "arn:aws:s3:::receipts/*" }}]
  }})
}}
"""


def test_a_resource_policy_opened_to_another_account(repository: Repository):
    one, two = '"arn:aws:iam::555555555555:root"', '"arn:aws:iam::666666666666:role/reader"'
    repository.commit({"infra/bucket.tf": BUCKET.format(principals=one)})
    repository.write({"infra/bucket.tf": BUCKET.format(principals=f"{one}, {two}")})
    told = repository.diff("HEAD")
    assert told == NOTHING | {
        "gained": [("role:arn:aws:iam::666666666666:role/reader", "s3:GetObject", "arn:aws:s3:::receipts/*")]
    }
    repository.write({"infra/bucket.tf": BUCKET.format(principals='"*"')})
    assert ("user:*", "s3:GetObject", "arn:aws:s3:::receipts/*") in repository.diff("HEAD")["gained"]


BOUNDARY = """\
resource "aws_iam_policy" "limit" {
  name   = "limit"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:Get*", "sqs:*"], Resource = "*" }]
  })
}
"""


def test_a_boundary_taken_away_or_widened(repository: Repository):
    bound = role('["s3:*"]').replace('name = "app"', 'name = "app"\n  permissions_boundary = aws_iam_policy.limit.arn', 1)
    repository.commit({"infra/app.tf": bound, "infra/limit.tf": BOUNDARY})
    repository.write({"infra/limit.tf": BOUNDARY.replace('"s3:Get*"', '"s3:Get*", "s3:PutObject"')})
    assert repository.diff("HEAD")["gained"] == [(APP, "s3:PutObject", "*")]
    repository.write({"infra/app.tf": role('["s3:*"]'), "infra/limit.tf": BOUNDARY})
    assert repository.diff("HEAD")["gained"] == [(APP, "s3:*", "arn:aws:s3:::receipts/*")]


def test_a_policy_that_the_repository_does_not_hold_is_unknown(repository: Repository):
    attached = """
resource "aws_iam_role_policy_attachment" "far" {
  role       = aws_iam_role.app.name
  policy_arn = "arn:aws:iam::333333333333:policy/elsewhere"
}
"""
    repository.write({"infra/app.tf": role('["s3:GetObject"]') + attached})
    told = repository.diff("HEAD")
    assert told["gained"] == told["lost"] == []
    assert {row[0] for row in told["unknown"]} == {APP}


def test_an_organizations_role_is_one_row_and_not_one_a_project(repository: Repository):
    repository.write({
        "lightstep/main.access.yaml": TELEMETRY.replace("Organization Restricted Member", "Organization Viewer"),
    })  # fmt: skip
    assert {row[2] for row in repository.diff("HEAD")["gained"]} == {"project:lightstep/*"}
    repository.git("commit", "-qam", "everybody reads")
    repository.write({
        "lightstep/main.access.yaml": (repository.root / "lightstep/main.access.yaml").read_text().replace(
            "projects: [", "projects: [{name: new-prod, environment: prod}, "
        ),
    })  # fmt: skip
    assert repository.diff("HEAD") == NOTHING, "a new project of an organization that they read anyway"


def test_many_alike_are_one_class_for_a_reader(repository: Repository):
    repository.write({
        f"infra/app_{number}.tf": role('["sqs:SendMessage"]', resource='"*"').replace("app", f"app_{number}") for number in range(6)
    })  # fmt: skip
    rows = [row for row in repository.diff("HEAD")["gained"] if row[1] == "sqs:SendMessage"]
    assert len(rows) == 6
    lines = repository.run("diff", "HEAD")[1].splitlines()
    assert len([line for line in lines if "sqs:SendMessage on *" in line]) == 1
    assert any(line.endswith("role/app_3 and 2 more") for line in lines)


def test_an_identity_that_leaves_the_repository_gains_nothing(repository: Repository):
    """What its own policies say is no longer known, so more is open to it as far as the files tell; nobody gave it anything."""
    repository.commit({"infra/bucket.tf": BUCKET.format(principals=f'"{APP.removeprefix("role:")}"')})
    repository.write({"infra/app.tf": None})
    assert repository.diff("HEAD")["gained"] == []


def test_a_credential_reached_over_a_trust(repository: Repository):
    credential = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
credentials:
  - {name: ci, kind: access-token, project: checkout-prod, held_by: ["@"]}
"""
    repository.commit({"tokens.access.yaml": credential.replace("@", "bot:jenkins")})
    repository.write({"tokens.access.yaml": credential.replace("@", APP.removeprefix("role:"))})
    told = repository.json("diff", "HEAD")
    rows = {(row["principal"], row["action"], row["resource"]): row["path"] for row in told["gained"]}
    assert (APP, "holds", "token:lightstep/ci") in rows
    path = rows[APP, "telemetry:ingest", "project:lightstep/checkout-prod"]
    assert [edge["to"] for edge in path] == ["token:lightstep/ci", "project:lightstep/checkout-prod"]
    assert ("bot:jenkins", "telemetry:ingest", "project:lightstep/checkout-prod") in {
        (row["principal"], row["action"], row["resource"]) for row in told["lost"]
    }


def test_roles_without_a_known_name_stay_the_same_when_lines_move(repository: Repository):
    both = "\n".join(
        role(f'["{action}"]').replace('name = "app"', "name = substr(timestamp(), 0, 8)").replace('"app"', f'"{name}"').replace(".app.", f".{name}.")
        for name, action in (("one", "sqs:SendMessage"), ("two", "sns:Publish"))
    )  # fmt: skip
    repository.commit({"infra/app.tf": both})
    repository.write({"infra/app.tf": f"# moved\n\n{both}"})
    assert repository.diff("HEAD") == NOTHING


def test_from_unknown_to_known_and_back(repository: Repository):
    known = TELEMETRY.replace(MAPPED, "checkout-prod: Project Viewer")
    tf = """
variable "role" {}
resource "lightstep_user_role_binding" "b" {
  role    = ROLE
  project = "checkout-prod"
  users   = ["ann@acme.example"]
}
"""
    repository.commit({"lightstep/b.tf": tf.replace("ROLE", '"Project Viewer"'), "lightstep/main.access.yaml": known.replace("eng-checkout", "sre")})  # fmt: skip
    before = repository.git("rev-parse", "HEAD")
    repository.commit({"lightstep/b.tf": tf.replace("ROLE", "var.role")})
    away, back = repository.diff(before, "HEAD"), repository.diff("HEAD", before)
    assert away["gained"] == back["lost"] == []
    assert {row[0] for row in (*away["lost"], *away["unknown"], *back["gained"], *back["unknown"])} == {"user:ann@acme.example"}


def test_a_file_is_looked_through_once_a_side(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory of many people changes in many places, and has many lines."""
    from iamlint.lint import assemble

    people = [f"p{number}@acme.example" for number in range(5)]
    users = "".join(f"  - {{email: {name}, status: active}}\n" for name in people)
    head = f"apiVersion: iamlint/v1\nkind: Identities\nprovider: okta\nusers:\n{users}"
    repository.commit({**START, "okta/people.access.yaml": f"{head}groups: [{{name: eng-checkout, members: [{people[0]}]}}]\n"})
    members = ", ".join(people[1:])
    repository.commit({"okta/people.access.yaml": f"{head}groups: [{{name: eng-checkout, members: [{members}]}}]\n"})
    looked: list[str] = []
    real = assemble.locate_all

    def locate_all(places: list[Place], *rest: Any) -> list[Span]:
        looked.append(places[0].path)
        return real(places, *rest)

    monkeypatch.setattr(assemble, "locate_all", locate_all)
    _, shown, _ = repository.run("diff", "HEAD~1", "HEAD")
    assert shown.count("is a member of `eng-checkout`") > 2
    assert sorted(looked) == sorted(2 * ["lightstep/main.access.yaml", "okta/people.access.yaml"])
