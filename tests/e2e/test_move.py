"""A move between telemetry vendors: the page that explains it prints what the commands print, and the cases behind it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from iamlint.change.move import counterparts, move_diff
from iamlint.change.rows import Row
from iamlint.project.memory import memory_session

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "moving.md").read_text()
CASES = re.findall(r"```console\n\$ (.*?)\n```\n\n```text\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example with one commit."""
    copy = Path(shutil.copytree(ROOT / "examples" / "move", tmp_path_factory.mktemp("move") / "move"))
    who = ["-c", "user.name=Robin Example", "-c", "user.email=robin@acme.example"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "both"]):
        subprocess.run(["git", *command], cwd=copy, check=True)
    return copy


@pytest.mark.parametrize(("line", "printed"), CASES, ids=[line for line, _ in CASES])
def test_the_page_prints_what_the_command_prints(line: str, printed: str, company: Path):
    left_out = ("GITHUB_ACTIONS", "PYTHONPATH", "FORCE_COLOR")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    run = subprocess.run(["sh", "-c", line], cwd=company, env=environment, capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines(keepends=True)
    assert "".join(line for line in lines if not line.startswith("coverage: ")) == printed


def test_the_page_has_its_commands():
    assert len(CASES) == 2


LIGHTSTEP = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
mappings:
  - {attribute: groups, value: eng, organization_role: Organization Restricted Member, project_roles: {shop: Project Viewer, old: Project Viewer}}
---
apiVersion: iamlint/v1
kind: Identities
provider: okta
users: [{email: alice@acme.example, status: active, groups: [eng]}]
groups: [{name: eng}]
"""
GRAFANA = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: grafana
projects:
  - {{name: folder/shop, restricted: true{first}}}
  - {{name: datasource/shop, restricted: true{second}}}
teams:
  - name: eng
    groups: [eng]
    roles: {{{roles}}}
---
apiVersion: iamlint/v1
kind: Identities
provider: okta
users: [{{email: alice@acme.example, status: active, groups: [eng]}}]
groups: [{{name: eng}}]
"""


def moved(roles: str, first: str = "", second: str = "") -> tuple[list[str], list[str]]:
    """Return what was gained and lost, as `who what on what if condition`."""
    new = GRAFANA.format(roles=roles, first=first, second=second)
    before = memory_session({"access/old.access.yaml": LIGHTSTEP}).graph
    after = memory_session({"access/new.access.yaml": new}).graph
    diff = move_diff(before, after, "lightstep", "grafana")
    assert not diff.unknown
    return [shown(row) for row in diff.gained], [shown(row) for row in diff.lost]


def shown(row: Row) -> str:
    """Return a row in one line."""
    return f"{row.principal} {row.action} {row.resource}" + (f" if {row.condition}" if row.condition else "")


GONE = "group:okta/eng telemetry:read project:lightstep/old if no scope of `grafana` takes its place"


def test_scopes_of_one_name_correspond():
    gained, lost = moved("folder/shop: View, datasource/shop: Query")
    assert (gained, lost) == ([], [GONE])


def test_who_keeps_one_of_two_scopes_that_take_the_place_of_one_has_lost_the_other():
    gained, lost = moved("folder/shop: View")
    assert gained == []
    assert lost == [
        GONE,
        "group:okta/eng telemetry:read project:lightstep/shop if it stays on `project:grafana/folder/shop`",
    ]


def test_what_is_new_is_gained():
    gained, lost = moved("folder/shop: Edit, datasource/shop: Query")
    assert gained == [
        "group:okta/eng telemetry:edit project:grafana/folder/shop",
        "group:okta/eng telemetry:share project:grafana/folder/shop",
    ]
    assert lost == [GONE]


def test_the_manifest_says_what_takes_the_place_of_what():
    gained, lost = moved(
        "folder/shop: View, datasource/shop: Query", ", replaces: [lightstep/shop, lightstep/old]", ", replaces: [lightstep/shop]"
    )
    assert (gained, lost) == ([], [])


def test_a_scope_that_replaces_something_else_does_not_correspond_by_its_name():
    before = memory_session({"access/old.access.yaml": LIGHTSTEP}).graph
    new = GRAFANA.format(roles="folder/shop: View", first=", replaces: [lightstep/old]", second="")
    after = memory_session({"access/new.access.yaml": new}).graph
    found = counterparts(before, after, "lightstep", "grafana")
    assert found.of_old == {
        "project:lightstep/old": ("project:grafana/folder/shop",),
        "project:lightstep/shop": ("project:grafana/datasource/shop",),
    }
