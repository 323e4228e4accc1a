"""`iamlint sync`: one source, a Terraform file, and the difference when somebody edits the file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
terraform: lightstep/access.tf
mappings:
  - attribute: member_of
    value: eng-checkout
    organization_role: Organization Restricted Member
    project_roles: {checkout-prod: Project Viewer}
bindings:
  - {role: Organization Billing Admin, users: [erin@acme.example], break_glass: invoices}
  - {role: Project Editor, project: checkout-prod, users: [alice@acme.example], break_glass: on call, until: 2030-12-31}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "access").mkdir()
    (tmp_path / "access/telemetry.access.yaml").write_text(SOURCE)
    return tmp_path


def sync(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "GITHUB_ACTIONS")}
    command = [sys.executable, "-m", "iamlint", "sync", *arguments]
    return subprocess.run(command, cwd=folder, env=plain, capture_output=True, text=True, check=False)


def test_it_writes_once_and_then_there_is_nothing_to_do(folder: Path):
    missing = sync(folder, "--check")
    assert (missing.returncode, missing.stdout.splitlines()[0]) == (1, "lightstep/access.tf: is not there (1 mapping, 1 binding)")
    assert not (folder / "lightstep").exists(), "`--check` writes nothing"
    first = sync(folder)
    assert (first.returncode, first.stdout) == (0, "lightstep/access.tf: written (1 mapping, 1 binding)\n")
    assert first.stderr == (
        "iamlint: access/telemetry.access.yaml:12: left out: the Terraform provider knows no role `Organization Billing Admin`\n"
    )
    text = (folder / "lightstep/access.tf").read_text()
    assert "# break-glass: on call, until 2030-12-31\n" in text
    before = (folder / "lightstep/access.tf").stat().st_mtime_ns
    assert sync(folder).stdout == "lightstep/access.tf: up to date (1 mapping, 1 binding)\n"
    assert (folder / "lightstep/access.tf").stat().st_mtime_ns == before
    assert sync(folder, "--check").returncode == 0
    assert [path.name for path in (folder / "lightstep").iterdir()] == ["access.tf"], "no temporary file stays"


def test_a_hand_edit_fails_the_check_and_is_shown(folder: Path):
    sync(folder)
    target = folder / "lightstep/access.tf"
    target.write_text(target.read_text().replace('"Project Viewer"', '"Project Editor"'))
    done = sync(folder, "--check")
    assert done.returncode == 1
    assert '-        checkout-prod = "Project Editor"\n+        checkout-prod = "Project Viewer"\n' in done.stdout
    assert done.stdout.endswith("1 file differs from the manifest: run `iamlint sync`\n")
    assert '"Project Editor"' in target.read_text().split("project_roles")[1], "`--check` writes nothing"
    found = check(folder)
    assert "SYNC101" in found
    assert "SYNC103" not in found
    sync(folder)
    assert "SYNC101" not in check(folder)


def check(folder: Path) -> str:
    command = [sys.executable, "-m", "iamlint", "check", "--no-cache", "-q", "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_what_is_rendered_is_no_second_source_and_is_told_once(folder: Path):
    alone = sorted(line.rpartition(": ")[2] for line in check(folder).splitlines() if "SYNC101" not in line)
    sync(folder)
    assert sorted(line.rpartition(": ")[2] for line in check(folder).splitlines()) == alone


def test_json(folder: Path):
    source = folder / "access/telemetry.access.yaml"
    source.write_text(source.read_text().replace("access.tf", "access.tf.json"))
    assert sync(folder).returncode == 0
    assert (folder / "lightstep/access.tf.json").read_text().startswith('{\n  "//": "Written by `iamlint sync`')
    assert sync(folder, "--check").returncode == 0
    assert "SYNC101" not in check(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("terraform: lightstep/access.tf", "", "no manifest names a Terraform file to render"),
        ("lightstep/access.tf", "../access.tf", "is no `.tf` or `.tf.json` file inside the repository"),
        ("lightstep/access.tf", "/etc/access.tf", "is no `.tf` or `.tf.json` file inside the repository"),
        ("lightstep/access.tf", "lightstep/access.txt", "is no `.tf` or `.tf.json` file inside the repository"),
        ("    organization_role: Organization Restricted Member\n", "", "has no `organization_role`"),
        (
            "Project Viewer",
            "Project Viewers",
            "telemetry.access.yaml:10: the Terraform provider refuses the role `Project Viewers`",
        ),
        ("Restricted Member", "Admin", "refuses the role `Organization Admin`"),
        (
            "mappings:\n",
            "mappings:\n  - {attribute: member_of, value: eng-checkout, organization_role: Organization Viewer}\n",
            "is mapped twice",
        ),
        ("vendor: lightstep", "vendor: other", "only the mappings and bindings of `lightstep` can be rendered"),
    ],
)
def test_what_cannot_be_rendered_is_said_and_nothing_is_written(folder: Path, old: str, new: str, said: str):
    source = folder / "access/telemetry.access.yaml"
    assert old in source.read_text()
    source.write_text(source.read_text().replace(old, new, 1))
    done = sync(folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "lightstep").exists()


def test_a_link_does_not_lead_out_of_the_repository(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    outside = tmp_path_factory.mktemp("outside")
    (folder / "lightstep").symlink_to(outside)
    done = sync(folder)
    assert done.returncode == 2
    assert "leads out of the repository" in done.stderr
    assert list(outside.iterdir()) == []


def test_an_unknown_field_is_an_error_with_the_near_match(folder: Path):
    source = folder / "access/telemetry.access.yaml"
    source.write_text(source.read_text().replace("terraform:", "terrafrom:"))
    assert (
        "did you mean `terraform`?"
        in subprocess.run(
            [sys.executable, "-m", "iamlint", "check", "--no-cache", "."], cwd=folder, capture_output=True, text=True, check=False
        ).stdout
    )
