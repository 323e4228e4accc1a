"""`iamlint test` and the pytest plugin as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from typing import IO

import pytest

ACCESS = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects: [{name: checkout-prod}, {name: payments-prod}]
mappings:
  - {attribute: member_of, value: eng, organization_role: Organization Restricted Member,
     project_roles: {checkout-prod: Project Viewer}}
credentials:
  - {name: ci, kind: access-token, project: checkout-prod}
---
apiVersion: iamlint/v1
kind: Identities
provider: okta
users: [{email: bob@acme.example, status: active}]
groups: [{name: eng, members: [bob@acme.example]}]
"""
GOOD = "  - {name: engineers read, as: eng, can: [{do: telemetry:read, on: checkout-prod}]}\n"
BAD = "  - {name: engineers edit, as: eng, can: [{do: telemetry:edit, on: checkout-prod}]}\n"
HEAD = "apiVersion: iamlint/v1\nkind: AccessTest\ntests:\n"


class Repository:
    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, text: str) -> None:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *command], cwd=self.path, env=self.environment, capture_output=True, text=True, check=False
        )

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "IAMLINT_CACHE_DIR": str(self.path / ".cache"), "PYTHONDONTWRITEBYTECODE": "1"}

    def test(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("iamlint", "test", *arguments)

    def pytest(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("pytest", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.write("access.access.yaml", ACCESS)
    return made


def test_last_failed_runs_what_failed_and_everything_when_nothing_did(repository: Repository):
    repository.write("a.iamtest.yaml", HEAD + GOOD + BAD)
    assert repository.test().stdout.endswith("1 passed, 1 failed\n")
    assert repository.test("--last-failed").stdout.endswith("0 passed, 1 failed\n")
    repository.write("a.iamtest.yaml", HEAD + GOOD + BAD.replace("telemetry:edit", "telemetry:read"))
    assert repository.test("--last-failed").stdout == "1 passed, 0 failed\n"
    assert repository.test("--last-failed").stdout == "2 passed, 0 failed\n"


def test_a_test_left_out_keeps_its_failure(repository: Repository):
    repository.write("a.iamtest.yaml", HEAD + GOOD + BAD)
    repository.test()
    assert repository.test("-k", "read").returncode == 0
    assert repository.test("--last-failed").stdout.endswith("0 passed, 1 failed\n")


def test_coverage_is_told_written_and_required(repository: Repository):
    repository.write("a.iamtest.yaml", HEAD + GOOD)
    done = repository.test(
        "--coverage", "--coverage-lcov", "c.lcov", "--coverage-cobertura", "c.xml", "--coverage-html", "c.html"
    )
    assert done.returncode == 0, done.stderr
    assert "coverage: 33.3 % of what gives or takes access was exercised" in done.stdout
    assert "  mappings:       1 of 1" in done.stdout
    assert "SF:access.access.yaml" in (repository.path / "c.lcov").read_text()
    assert 'filename="access.access.yaml"' in (repository.path / "c.xml").read_text()
    assert "by engineers read" in (repository.path / "c.html").read_text()
    assert "not exercised:" in repository.test("--coverage", "-v").stdout
    written = json.loads(repository.test("--coverage", "--format", "json").stdout)
    assert (written["coverage"]["exercised"], written["coverage"]["total"]) == (1, 3)
    low = repository.test("--min-coverage", "50")
    assert (low.returncode, low.stderr) == (1, "iamlint: coverage is 33.3 %, less than 50 %\n")
    assert repository.test("--min-coverage", "33").returncode == 0
    assert repository.test("--min-coverage", "lots").returncode == 2


def test_coverage_twice_is_the_same_bytes(repository: Repository):
    repository.write("a.iamtest.yaml", HEAD + GOOD)
    pages = []
    for name in ("1", "2"):
        repository.test("--coverage-html", f"{name}.html", "--coverage-cobertura", f"{name}.xml")
        pages.append([(repository.path / f"{name}.{kind}").read_bytes() for kind in ("html", "xml")])
    assert pages[0] == pages[1]


def test_a_fixture_that_cannot_be_read_fails_its_test_alone(repository: Repository):
    broken = "  - {name: broken, as: eng, can: [{do: telemetry:read, on: checkout-prod}], fixtures: {x.access.yaml: '['}}\n"
    repository.write("a.iamtest.yaml", HEAD + GOOD + broken)
    done = repository.test()
    assert done.returncode == 1
    assert "the fixture `x.access.yaml` cannot be read" in done.stdout
    assert done.stdout.endswith("1 passed, 1 failed\n")


def test_a_fixture_overrides_adds_and_takes_away(repository: Repository):
    more = ACCESS.replace("checkout-prod: Project Viewer", "payments-prod: Project Viewer")
    text = "".join(f"        {line}\n" for line in more.splitlines())
    repository.write(
        "a.iamtest.yaml",
        HEAD + f"  - name: overridden\n    as: eng\n    can: [{{do: telemetry:read, on: payments-prod}}]\n"
        f"    cannot: [{{do: telemetry:read, on: checkout-prod}}]\n    fixtures:\n      access.access.yaml: |\n{text}"
        "  - name: taken away\n    as: eng\n    reaches: [checkout-prod]\n    fixtures: {access.access.yaml: null}\n",
    )
    done = repository.test()
    assert done.stdout.endswith("1 passed, 1 failed\n")
    assert "no node is called `eng`" in done.stdout


def test_watch_runs_again_after_a_change(repository: Repository):
    repository.write("a.iamtest.yaml", HEAD + BAD)
    command = [sys.executable, "-u", "-m", "iamlint", "test", "--watch"]
    with subprocess.Popen(command, cwd=repository.path, env=repository.environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert _run(process.stdout)[-1] == "0 passed, 1 failed\n"
            repository.write("a.iamtest.yaml", HEAD + GOOD)
            assert _run(process.stdout)[-1] == "1 passed, 0 failed\n"
        finally:
            process.kill()


def _run(lines: IO[str]) -> list[str]:
    """Return what one run wrote, up to the line that says that a change is waited for."""
    return list(takewhile(lambda line: not line.startswith("-- "), iter(lines.readline, "")))


def test_pytest_collects_files_and_explains_failures(repository: Repository):
    todo = "  - {name: later, as: eng, can: [{do: telemetry:share, on: checkout-prod}], todo: when they ask}\n"
    repository.write("tests/a.iamtest.yaml", HEAD + GOOD + BAD + todo + "  - {nmae: x}\n")
    done = repository.pytest("-rA", "-q")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("3 failed, 1 passed, 1 xfailed")
    assert "PASSED tests/a.iamtest.yaml::engineers read" in done.stdout
    assert "XFAIL tests/a.iamtest.yaml::later - when they ask" in done.stdout
    assert "`group:okta/eng` may not do `telemetry:edit` on `project:lightstep/checkout-prod`" in done.stdout
    assert "entry 4 of `tests` has no `name`" in done.stdout


def test_the_fixture_answers_and_shows_the_path(repository: Repository):
    repository.write(
        "tests/test_access.py",
        "def test_can(access):\n    assert access.can('eng', 'telemetry:read', 'checkout-prod')\n"
        "    assert not access.can('eng', 'telemetry:edit', 'checkout-prod')\n"
        "def test_fails(access):\n    assert not access.can('bob@acme.example', 'telemetry:read', 'checkout-prod')\n"
        "def test_who(access):\n    assert access.who_can('telemetry:read', 'checkout-prod').of('user') == {'user:ann@acme.example'}\n"
        "def test_path(access):\n    assert list(access.path('bob@acme.example', 'checkout-prod')) == [\n"
        "        'user:bob@acme.example', 'group:okta/eng', 'project:lightstep/checkout-prod']\n"
        "def test_reach(access):\n    assert 'project:lightstep/checkout-prod' in access.reach('eng')\n",
    )
    done = repository.pytest("-q")
    assert done.stdout.splitlines()[-1].startswith("2 failed, 3 passed"), done.stdout
    step = "group:okta/eng → project:lightstep/checkout-prod: is mapped to `Project Viewer` by `member_of` = `eng`  (access.access.yaml:8)"
    assert f"    {step}\n" in done.stdout
    assert "E         not expected: user:bob@acme.example\n" in done.stdout
    assert "E         missing: user:ann@acme.example\n" in done.stdout


def test_an_unknown_answer_is_neither(repository: Repository):
    repository.write(
        "roles.yaml",
        "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {Bucket: {Type: String}}\nResources:\n  App:\n    Type: AWS::IAM::Role\n"
        "    Properties:\n      RoleName: app\n      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}\n      Policies:\n"
        "        - PolicyName: p\n          PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject', "
        "Resource: !Sub 'arn:aws:s3:::${Bucket}/*'}]}\n",
    )
    repository.write(
        "test_access.py",
        "import pytest\nfrom iamlint.testing import UnknownAccessError\n"
        "def test_unknown(access):\n    answer = access.can('role/app', 's3:GetObject', 'arn:aws:s3:::data/k')\n"
        "    assert answer.decision == 'unknown'\n    with pytest.raises(UnknownAccessError):\n        bool(answer)\n"
        "def test_fails(access):\n    assert not access.can('role/app', 's3:GetObject', 'arn:aws:s3:::data/k')\n",
    )
    done = repository.pytest("-q")
    assert done.stdout.splitlines()[-1].startswith("1 failed, 1 passed"), done.stdout
    assert "UnknownAccessError" in done.stdout


def test_the_plugin_costs_a_session_without_policy_tests_nothing(repository: Repository):
    repository.write("test_nothing.py", "import sys\ndef test_it():\n    assert 'iamlint.project.session' not in sys.modules\n")
    assert repository.pytest("-q").returncode == 0


def test_a_test_must_hold_in_every_variant(repository: Repository):
    repository.write(
        "iamlint.yaml",
        "inputs:\n  variants:\n    - {name: dev, variables: {bucket: dev-data}}\n    - {name: prod, variables: {bucket: data}}\n",
    )
    repository.write(
        "main.tf",
        'variable "bucket" {}\nresource "aws_iam_role" "app" {\n  name = "app"\n  assume_role_policy = "{}"\n}\n'
        'resource "aws_iam_role_policy" "p" {\n  role = aws_iam_role.app.name\n  policy = jsonencode({Version = "2012-10-17", '
        'Statement = [{Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::${var.bucket}/*"}]})\n}\n',
    )
    repository.write(
        "a.iamtest.yaml",
        HEAD + "  - {name: reads, as: role/app, can: [{do: 's3:GetObject', on: 'arn:aws:s3:::data/k'}]}\n" + GOOD,
    )
    done = repository.test("--coverage")
    assert "in variant `dev`: `role:" in done.stdout
    assert "1 passed, 1 failed" in done.stdout
    assert "statements:     1 of 1" in done.stdout
    assert repository.test("--variant", "prod").stdout == "2 passed, 0 failed\n"
