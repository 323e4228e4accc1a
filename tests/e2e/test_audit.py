"""`iamlint audit`: the evidence report says what is so, the same for the same revision, in four formats."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from chromium import address, chromium
from repositories import Repository

from iamlint.report.audit.table import COLUMNS, safe
from iamlint.source.locate import locate_all
from iamlint.source.place import Place, Span

ROOT = Path(__file__).resolve().parents[2]
ESTATE = ROOT / "examples" / "estate"
FORMATS = ("markdown", "html", "csv", "json")


def audit(folder: Path, *arguments: str, seed: str = "0") -> str:
    plain = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "GITHUB_ACTIONS")}
    command = [sys.executable, "-m", "iamlint", "audit", *arguments]
    run = subprocess.run(command, cwd=folder, env={**plain, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example estate as a repository of its own, committed on a known day."""
    folder = Path(shutil.copytree(ESTATE, tmp_path_factory.mktemp("one") / "estate"))
    who = ["-c", "user.name=Robin Example", "-c", "user.email=robin@acme.example"]
    env = {**os.environ, "GIT_AUTHOR_DATE": "2026-11-01T12:00:00Z", "GIT_COMMITTER_DATE": "2026-11-01T12:00:00Z"}
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    subprocess.run(["git", *who, "commit", "-q", "-m", "the estate"], cwd=folder, env=env, check=True)
    return folder


@pytest.fixture(scope="module")
def evidence(repository: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(audit(repository, "--format", "json", "--no-cache"))
    return found


def test_the_same_revision_gives_the_same_bytes(repository: Path, tmp_path: Path):
    clone = tmp_path / "another name"
    subprocess.run(["git", "clone", "-q", str(repository), str(clone)], check=True)
    for number, kind in enumerate(FORMATS):
        first = audit(repository, "--format", kind, "--no-cache", seed="1")
        assert first == audit(clone / "okta" if number % 2 else clone, "--format", kind, "--no-cache", seed="2"), kind
        assert first == audit(repository, "--format", kind), "with the cache, twice"
        assert first == audit(repository, "--format", kind)
        assert len(first) > 5_000
        assert "2026-11-01" in first


def test_the_keys_of_the_json(evidence: dict[str, Any], repository: Path):
    assert list(evidence) == [
        "version", "repository", "revision", "as_of", "tool", "catalogue", "controls", "access", "administrators", "owners",
        "people", "credentials", "exceptions", "findings", "assumed", "unknown",
    ]  # fmt: skip
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=repository, capture_output=True, text=True, check=True).stdout.strip()
    assert (evidence["version"], evidence["revision"], evidence["as_of"]) == (1, head, "2026-11-01")
    assert [control["id"] for control in evidence["controls"]] == ["CC6.1", "CC6.2", "CC6.3"]


def test_who_sees_which_project_and_why(evidence: dict[str, Any]):
    (project,) = [item for item in evidence["access"] if item["id"] == "project:lightstep/checkout-prod"]
    assert project["team"]["value"] == "checkout"
    (row,) = [row for row in project["access"] if row["who"] == "group:okta/eng-payments"]
    assert [person["id"] for person in row["people"]] == ["bot:incident-copilot", "user:carol@acme.example"]
    assert row["capabilities"] == ["telemetry:read"]
    (step,) = row["path"]
    assert (step["kind"], step["file"]) == ("mapped_to", "lightstep/mappings.tf")
    line = (ESTATE / step["file"]).read_text().splitlines()[step["line"] - 1]
    assert line.strip().startswith("checkout-prod    = ")
    for person in row["people"]:
        assert person["file"]
        assert person["line"]
    platform = [row for row in project["access"] if row["who"] == "group:okta/eng-platform"]
    assert "user:dave@acme.example" in [person["id"] for person in platform[0]["people"]], "though he has more by another way"


def test_it_agrees_with_who_can(evidence: dict[str, Any], repository: Path):
    command = [
        sys.executable,
        "-m",
        "iamlint",
        "who-can",
        "telemetry:read",
        "project:lightstep/payments-prod",
        "--format",
        "json",
    ]
    run = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    (project,) = [item for item in evidence["access"] if item["id"] == "project:lightstep/payments-prod"]
    told = {
        name
        for row in project["access"]
        if "telemetry:read" in row["capabilities"]
        for name in (row["who"], *(person["id"] for person in row["people"]))
    }
    assert told == {item["id"] for item in json.loads(run.stdout)["principals"]}


def test_ages_exceptions_administrators_and_people(evidence: dict[str, Any]):
    by_name = {row["name"]: row for row in evidence["credentials"]}
    search = by_name["token:lightstep/search-ingest-prod"]
    assert (search["last_rotated"], search["age_days"], search["limit_days"], search["state"]) == (
        "2024-02-01",
        1004,
        90,
        "over the limit",
    )
    assert by_name["token:lightstep/checkout-ingest-prod"]["state"] == "rotated by itself"
    assert by_name["token:lightstep/status-board"]["state"] == "unknown"
    kinds = {row["kind"] for row in evidence["exceptions"]}
    assert kinds == {"break-glass", "declared grant", "suppressed finding"}
    assert all(row["reason"] for row in evidence["exceptions"])
    admins = {(row["of"], row["who"]) for row in evidence["administrators"]}
    assert {("telemetry organization", "user:dave@acme.example"), ("identity provider", "group:okta/helpdesk")} <= admins
    (mallory,) = [row for row in evidence["people"] if row["id"] == "user:mallory@acme.example"]
    assert (mallory["status"], mallory["projects"]) == ("suspended", ["project:lightstep/payments-prod"])
    assert evidence["findings"]["error"] > 10
    assert evidence["unknown"]


def test_the_limit_is_the_rule_s_own(repository: Path, tmp_path: Path):
    copy = Path(shutil.copytree(repository, tmp_path / "copy"))
    config = copy / "iamlint.yaml"
    config.write_text(config.read_text() + "rules:\n  BOT102: {days: 2000}\n")
    found = json.loads(audit(copy, "--format", "json", "--no-cache"))
    (search,) = [row for row in found["credentials"] if row["name"] == "token:lightstep/search-ingest-prod"]
    assert (search["limit_days"], search["state"]) == (2000, "within the limit")
    assert found["revision"].endswith("+"), "the working tree differs from the revision"
    assert "is no evidence of the revision itself" in audit(copy, "--no-cache")
    later = json.loads(audit(copy, "--format", "json", "--no-cache", "--as-of", "2030-12-31"))
    assert later["as_of"] == "2030-12-31"
    assert {row["state"] for row in later["credentials"]} >= {"over the limit"}
    assert any(row["ended"] for row in json.loads(audit(copy, "--format", "json", "--as-of", "2031-01-01"))["exceptions"])


OFF = """\
rules:
  ignore: [TRUST116]
  BOT102: {off: "keys are rotated by hand until the vault is there", until: 2026-12-31}
  BOT103: {off: "the same", until: 2026-10-31}
"""
CASES = """\
apiVersion: iamlint/v1
kind: AccessTest
tests:
  - name: payments stays out
    as: group:okta/eng-payments
    never_reaches: [project:lightstep/checkout-prod]
    todo: until checkout drops the line
  - name: search has its own
    as: group:okta/eng-search
    reaches: [project:lightstep/search-prod]
"""


def test_what_does_not_count_is_an_exception_with_its_reason_and_end(repository: Path, tmp_path: Path):
    copy = Path(shutil.copytree(repository, tmp_path / "copy"))
    config = copy / "iamlint.yaml"
    config.write_text(config.read_text() + OFF)
    (copy / "tests" / "more.iamtest.yaml").write_text(CASES)
    found = json.loads(audit(copy, "--format", "json", "--no-cache"))
    rows = {(row["kind"], row["about"]): row for row in found["exceptions"]}
    off = rows["rule switched off", "`BOT102`"]
    assert (off["reason"], off["until"], off["ended"], off["file"]) == (
        "keys are rotated by hand until the vault is there", "2026-12-31", False, "iamlint.yaml",
    )  # fmt: skip
    assert config.read_text().splitlines()[off["line"] - 1].lstrip().startswith("BOT102:")
    assert rows["rule switched off", "`BOT103`"]["ended"] is True
    assert rows["rule switched off", "`TRUST116`"]["reason"] is None
    case = rows["policy test that fails", "`payments stays out`"]
    assert (case["reason"], case["until"], case["file"]) == ("until checkout drops the line", None, "tests/more.iamtest.yaml")
    assert ("policy test that fails", "`search has its own`") not in rows
    ran = {row["rule"] for row in found["findings"]["by_rule"]}
    assert "BOT102" not in ran
    assert {"BOT103", "IL022"} <= ran, "a rule whose time off is over runs again, and that is said"
    assert "| rule switched off | `BOT102` | keys are rotated by hand" in audit(copy, "--no-cache")


def test_a_comment_with_the_words_of_the_configuration_is_an_exception_of_its_own(tmp_path: Path):
    (tmp_path / "iamlint.yaml").write_text('ignores:\n  - {rule: IAM101, path: "a.json", reason: "break-glass"}\n')
    statement = '{ Effect = "Allow", Action = "*", Resource = "*" }'
    (tmp_path / "main.tf").write_text(
        'resource "aws_iam_policy" "all" {\n  name   = "all"\n  # iamlint: ignore[IAM101] break-glass\n'
        f'  policy = jsonencode({{ Version = "2012-10-17", Statement = [{statement}] }})\n}}\n'
    )
    (tmp_path / "a.json").write_text(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    )
    kinds = [row["kind"] for row in json.loads(audit(tmp_path, "--format", "json", "--no-cache"))["exceptions"]]
    assert kinds == ["configured suppression", "suppressed finding"]


def test_rules_that_are_chosen_leave_others_out(tmp_path: Path):
    (tmp_path / "iamlint.yaml").write_text("rules: {select: [TEL, IAM101]}\n")
    (row,) = json.loads(audit(tmp_path, "--format", "json", "--no-cache"))["exceptions"]
    assert (row["kind"], row["about"], row["line"]) == ("rules left out", "only these run: `TEL`, `IAM101`", 1)


def test_a_file_is_looked_through_as_often_for_many_groups_and_projects_as_for_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Where something stands is computed for all of a file at once: alone, each would take a walk over a directory's export."""
    repository = Repository(tmp_path / "repository", monkeypatch, capsys)
    looked: list[str] = []

    def counted(places: Sequence[Place], *given: Any) -> list[Span]:
        looked.append(places[0].path)
        return locate_all(places, *given)

    monkeypatch.setattr("iamlint.lint.assemble.locate_all", counted)
    numbers = []
    for size in (3, 40):
        scim = "urn:ietf:params:scim:schemas:core:2.0:"
        names = [f"g{number:02}" for number in range(size)]
        groups = [{"schemas": [f"{scim}Group"], "id": name, "displayName": name} for name in names]
        person = {"schemas": [f"{scim}User"], "id": "u", "userName": "u@acme.example", "active": True}
        mappings = "".join(
            f"  - {{attribute: m, value: {name}, project_roles: {{p-{name}: Project Viewer}}}}\n" for name in names
        )
        projects = "".join(f"  - {{name: p-{name}}}\n" for name in names)
        repository.write({
            "okta/groups.json": json.dumps(groups),
            "okta/users.json": json.dumps([person | {"groups": [{"value": name} for name in names]}]),
            "t.access.yaml": "apiVersion: iamlint/v1\nkind: Telemetry\nvendor: lightstep\n"
            f"projects:\n{projects}mappings:\n{mappings}",
        })  # fmt: skip
        looked.clear()
        found = repository.json("audit", "--no-cache")
        assert [(one["id"], len(one["access"]), one["access"][0]["people"][0]["id"]) for one in found["access"]] == [
            (f"project:lightstep/p-{name}", 1, "user:u@acme.example") for name in names
        ]
        assert [one["projects"] for one in found["people"]] == [[f"project:lightstep/p-{name}" for name in names]]
        assert [one["groups"] for one in found["people"]] == [[f"group:okta/{name}" for name in names]]
        numbers.append(Counter(looked))
    assert numbers[0] == numbers[1]


def test_csv_is_one_table_without_formulas(repository: Path):
    text = audit(repository, "--format", "csv", "--no-cache")
    rows = list(csv.reader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS
    assert {len(row) for row in rows} == {len(COLUMNS)}
    sections = {row[0] for row in rows[1:]}
    assert sections == {
        "report",
        "access",
        "administrators",
        "owners",
        "people",
        "credentials",
        "exceptions",
        "findings",
        "unknown",
        "assumed",
    }
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    people = {row[3] for row in rows if row[0] == "access" and row[2] == "project:lightstep/checkout-prod"}
    assert {"user:alice@acme.example", "user:carol@acme.example"} <= people


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\uff1d1"])
def test_a_cell_that_looks_like_a_formula_is_text(text: str):
    assert safe(text) == f"'{text}"
    assert safe("a=1") == "a=1"


def test_names_are_text_in_every_format(tmp_path: Path):
    name = "=HYPERLINK(1)|</td><script>alert(1)</script>"
    (tmp_path / "a.access.yaml").write_text(
        "apiVersion: iamlint/v1\nkind: Telemetry\nvendor: lightstep\norganization: acme\nprojects: [{name: prod}]\nbindings:\n"
        f"  - {{role: Project Viewer, project: prod, users: ['{name}@acme.example'], break_glass: '=1|<b>', until: 2030-01-01}}\n"
    )
    html = audit(tmp_path, "--format", "html")
    assert "<script" not in html
    assert "<b>" not in html
    markdown = audit(tmp_path)
    assert "<script>" not in re.sub(r"`[^`]*`", "", markdown)
    assert "| =1\\|\\<b\\> |" in markdown
    assert ",'=1|<b>," in audit(tmp_path, "--format", "csv")


def test_the_page_in_a_browser(repository: Path, tmp_path: Path):
    target = tmp_path / "audit.html"
    audit(repository, "--format", "html", "--no-cache", "--output", str(target))
    with chromium() as browser:
        browser.get(address(target))
        assert [entry for entry in browser.get_log("browser") if entry["level"] != "INFO"] == []
        assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
        assert browser.execute_script("return document.scripts.length") == 0
        broken = "return [...document.querySelectorAll('nav a')].filter((a) => !document.querySelector(a.hash)).length"
        assert browser.execute_script(broken) == 0
        wide = "return document.documentElement.scrollWidth <= innerWidth"
        assert browser.execute_script(wide), "nothing makes the page scroll sideways"
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        assert browser.execute_script("return getComputedStyle(document.querySelector('nav')).display") == "none"
        assert browser.execute_cdp_cmd("Page.printToPDF", {})["data"]


def test_everybody_in_a_large_group_is_named_once(tmp_path: Path):
    people = [f"person{number:02}@acme.example" for number in range(20)]
    (tmp_path / "a.access.yaml").write_text(
        "apiVersion: iamlint/v1\nkind: Telemetry\nvendor: lightstep\nprojects: [{name: shop}, {name: other}]\nmappings:\n"
        "  - {attribute: g, value: eng, organization_role: Organization Viewer}\n"
        "  - {attribute: g, value: few, organization_role: Organization Viewer}\n"
        "---\napiVersion: iamlint/v1\nkind: Identities\nprovider: okta\n"
        f"groups: [{{name: eng, members: [{', '.join(people)}]}}, {{name: few, members: [zoe@acme.example]}}]\n"
    )
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    text = audit(tmp_path, "--format", "markdown")
    part = text.partition("### Everybody in the larger groups")[2].partition("## ")[0]
    assert [part.count(name) for name in people] == [1] * 20
    assert "zoe@acme.example" not in part
    assert text.count("and 8 more") == 2
    assert "Everybody in the larger groups" in audit(tmp_path, "--format", "html")
