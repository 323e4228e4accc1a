"""Coverage of policy tests: what counts, what a test exercises, and the formats in which it is written."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from textwrap import dedent

import pytest

from iamlint.policytest.case import read_tests
from iamlint.policytest.coverage import PolicyCoverage
from iamlint.project.memory import memory_session
from iamlint.project.policy_tests import PolicyTests
from iamlint.report import coverage as report
from iamlint.report.coverage_html import html
from iamlint.report.frame import MaskedSources

TELEMETRY = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects: [{name: checkout-prod}, {name: checkout-dev}]
mappings:
  - attribute: member_of
    value: eng
    organization_role: Organization Restricted Member
    project_roles:
      checkout-prod: Project Viewer
      checkout-dev: Project Editor
bindings:
  - role: Organization Admin
    users: [alice@acme.example]
---
apiVersion: iamlint/v1
kind: Identities
provider: okta
users: [{email: alice@acme.example, status: active}, {email: bob@acme.example, status: active}]
groups:
  - name: eng
    members: [bob@acme.example]
"""
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  App:
    Type: AWS::IAM::Role
    Properties:
      RoleName: app
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: "arn:aws:iam::111111111111:role/deploy"}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Sid: Read, Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*"}
              - {Sid: Never, Effect: Deny, Action: "s3:*", Resource: "arn:aws:s3:::data/secret/*"}
  Deploy:
    Type: AWS::IAM::Role
    Properties:
      RoleName: deploy
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]
      Policies:
        - PolicyName: become
          PolicyDocument:
            Version: "2012-10-17"
            Statement: {Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}
"""
FILES = {
    "access.access.yaml": TELEMETRY,
    "aws/roles.yaml": TEMPLATE,
    "loose.json": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}',
    "accounts.access.yaml": 'apiVersion: iamlint/v1\nkind: Accounts\naccounts: [{id: "111111111111", name: aws}]\n',
}


def run(*entries: str) -> tuple[PolicyTests, PolicyCoverage, list[str]]:
    session = memory_session(FILES)
    tests = PolicyTests(session, records=True)
    text = (
        "apiVersion: iamlint/v1\nkind: AccessTest\ntests:\n"
        + ("" if entries else "  []\n")
        + "".join(f"  - {{name: t{n}, {e}}}\n" for n, e in enumerate(entries))
    )
    read = read_tests(text.encode(), "t.iamtest.yaml")
    assert read.problems == ()
    names = [tests.run(test).result.test.name for test in read.tests]
    return tests, tests.coverage(), names


def exercised(*entries: str) -> list[str]:
    tests, coverage, _ = run(*entries)
    found = []
    for item in coverage.items:
        if item.tests:
            file, line = tests.answers.where(item.place)
            found.append(f"{file}:{line} {item.kind} {sorted(item.tests)}")
    return found


def test_without_a_test_nothing_is_exercised_and_what_governs_nothing_does_not_count():
    tests, coverage, _ = run()
    assert coverage.of() == (0, 10)
    assert coverage.percent == 0
    assert report.text(coverage, tests.answers) == dedent("""\
        coverage: 0.0 % of what gives or takes access was exercised
          statements:     0 of 3
          trust entries:  0 of 2
          mappings:       0 of 2
          bindings:       0 of 1
          other edges:    0 of 2
        """)
    assert "loose.json" not in {item.place.path for item in coverage.items}


def test_the_policy_of_an_endpoint_does_not_count():
    endpoint = """
    Resources:
      Way:
        Type: AWS::EC2::VPCEndpoint
        Properties:
          PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "*", Resource: "*"}]}
    """
    coverage = PolicyTests(memory_session(FILES | {"network/way.yaml": dedent(endpoint)}), records=True).coverage()
    assert coverage.of() == (0, 10)


@pytest.mark.parametrize(
    ("entry", "lines"),
    [
        ("as: bob@acme.example, can: [{do: telemetry:read, on: checkout-prod}]", ["access.access.yaml:11 mapping [1]", "access.access.yaml:23 edge [1]"]),
        ("as: alice@acme.example, can: [{do: telemetry:administer, on: checkout-prod}]", ["access.access.yaml:15 binding [1]"]),
        ("as: role/app, cannot: [{do: 's3:GetObject', on: 'arn:aws:s3:::data/secret/k'}]", ["aws/roles.yaml:19 statement [1]"]),
        ("as: role/app, cannot: [{do: 'sqs:SendMessage', on: 'arn:aws:sqs:eu-west-1:111111111111:q'}]", []),
        ("who_can: {do: 's3:GetObject', on: 'arn:aws:s3:::data/k'}, includes: [role/app], unknown: ok", ["aws/roles.yaml:10 trust entry [1]", "aws/roles.yaml:11 edge [1]", "aws/roles.yaml:18 statement [1]"]),
        ("as: bob@acme.example, reaches: [project:lightstep/checkout-dev]", ["access.access.yaml:12 mapping [1]", "access.access.yaml:23 edge [1]"]),
        ("as: bob@acme.example, never_reaches: [role/app]", []),
    ],
)  # fmt: skip
def test_exercised_is_what_an_answer_rests_on(entry: str, lines: list[str]):
    assert exercised(entry) == lines


def test_what_a_fixture_replaces_is_not_the_repositorys():
    entry = "as: role/app, can: [{do: 's3:GetObject', on: 'arn:aws:s3:::data/k'}]"
    assert exercised(entry) == ["aws/roles.yaml:18 statement [1]"]
    template = TEMPLATE.replace("\n", "\\n").replace('"', '\\"')
    assert exercised(f'{entry}, fixtures: {{aws/roles.yaml: "{template}"}}') == []


def test_a_failing_test_exercises_too():
    assert exercised("as: bob@acme.example, cannot: [{do: telemetry:read, on: checkout-prod}]") != []


def test_lcov_counts_the_tests_at_each_line():
    tests, coverage, _ = run(
        "as: bob@acme.example, can: [{do: telemetry:read, on: checkout-prod}]",
        "as: eng, can: [{do: telemetry:read, on: checkout-prod}]",
    )
    text = report.lcov(coverage, tests.answers)
    first = text.split("end_of_record\n")[0].splitlines()
    assert first[:2] == ["TN:iamlint", "SF:access.access.yaml"]
    assert [line for line in first if line.startswith("DA:")] == ["DA:11,2", "DA:12,0", "DA:15,0", "DA:23,1"]
    assert first[-2:] == ["LF:4", "LH:2"]


def test_cobertura_agrees_with_lcov():
    tests, coverage, _ = run("as: bob@acme.example, can: [{do: telemetry:read, on: checkout-prod}]")
    root = ET.fromstring(report.cobertura(coverage, tests.answers))
    lines = {
        (found.get("filename"), line.get("number")): line.get("hits")
        for found in root.iter("class")
        for line in found.iter("line")
    }
    assert lines["access.access.yaml", "11"] == "1"
    assert lines["aws/roles.yaml", "18"] == "0"
    assert (root.get("lines-covered"), root.get("lines-valid")) == ("2", str(len(lines)))


def test_several_on_one_line_are_branches():
    tests, coverage, _ = run("as: role/deploy, can: [{do: 's3:GetObject', on: 'arn:aws:s3:::data/k'}]")
    text = report.lcov(coverage, tests.answers)
    assert [line for line in text.splitlines() if line.startswith("BRDA:")] == []
    items = [item for item in coverage.items if item.place.path == "aws/roles.yaml"]
    assert {(tests.answers.where(item.place)[1], bool(item.tests)) for item in items} == {(10, True), (11, True), (18, True), (19, False), (26, False), (31, False)}  # fmt: skip


def test_the_page_marks_lines_names_tests_and_masks_secrets():
    tests, coverage, names = run("as: bob@acme.example, can: [{do: telemetry:read, on: checkout-prod}]")
    sources = {
        "access.access.yaml": TELEMETRY.replace("organization: acme", "password: hunter2-hunter2 <&>"),
        "aws/roles.yaml": TEMPLATE,
    }
    page = html(coverage, tests.answers, MaskedSources(lambda path: sources[path].encode(), {}), names)
    assert '<span class="hit"><i>   11 </i>      checkout-prod: Project Viewer</span>' in page
    assert '<span class="miss"><i>   12 </i>' in page
    assert "by t0" in page
    assert "hunter2" not in page


def test_a_share_is_never_rounded_up():
    assert report.percent_text(99.99) == "99.9 %"
    assert report.percent_text(100.0) == "100.0 %"
