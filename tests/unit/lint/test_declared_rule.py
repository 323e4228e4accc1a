"""Rules declared in YAML: what they find, what they leave alone, and what is said of one that is wrong."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from iamlint.lint.declared_rule import read_rules
from iamlint.lint.rule import Rule
from iamlint.source.locate import locate
from iamlint.testing import cases_of, check_files

HEAD = "apiVersion: iamlint/v1\nkind: Rule\nid: LOC201\nname: some-defect\nsummary: a defect\n"

MFA = """\
require:
  actions: [s3:DeleteBucket, kms:ScheduleKeyDeletion]
  condition: {Bool: {"aws:MultiFactorAuthPresent": "true"}}
"""
TELEMETRY = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects: [{name: checkout-prod}, {name: checkout-dev}]
mappings:
  - attribute: member_of
    value: contractors
    organization_role: Organization Restricted Member
    project_roles:
      checkout-prod: Project Viewer
      checkout-dev: Project Editor
bindings: [{role: Organization Admin, users: [alice@acme.example]}]
---
apiVersion: iamlint/v1
kind: Identities
provider: okta
users: [{email: alice@acme.example, status: active}, {email: bob@acme.example, status: active}]
groups: [{name: contractors, members: [bob@acme.example]}]
"""


def rule_of(body: str) -> Rule:
    rules, problems = read_rules((HEAD + dedent(body)).encode(), "a.rule.yaml")
    assert problems == []
    return rules[0]


def found(body: str, files: dict[str, str]) -> list[tuple[int, str]]:
    return [(made.span.line, made.message) for made in check_files(files, [rule_of(body)]) if made.rule == "LOC201"]


def policy(*statements: str) -> dict[str, str]:
    return {"p.yaml": 'Version: "2012-10-17"\nStatement:\n' + "".join(f"  - {{{text}}}\n" for text in statements)}


@pytest.mark.parametrize(
    ("statements", "lines"),
    [
        (['Effect: Allow, Action: "s3:Delete*", Resource: "*"'], [3]),
        (['Effect: Allow, Action: "*", Resource: "*"'], [3]),
        (['Effect: Allow, NotAction: "iam:*", Resource: "*"'], [3]),
        (['Effect: Allow, Action: "s3:GetObject", Resource: "*"', 'Effect: Allow, Action: ["s3:Get*", "kms:*"], Resource: "*"'], [4]),
        (['Effect: Allow, Action: "s3:*", Resource: "*", Condition: {Bool: {"aws:MultiFactorAuthPresent": "true"}}'], []),
        (['Effect: Allow, Action: "s3:*", Resource: "*", Condition: {BoolIfExists: {"aws:MultiFactorAuthPresent": "true"}}'], [3]),
        (['Effect: Allow, Action: "s3:*", Resource: "*", Condition: {Bool: {"aws:MultiFactorAuthPresent": "false"}}'], [3]),
        (['Effect: Deny, Action: "s3:DeleteBucket", Resource: "*"'], []),
        (['Effect: Allow, Action: "s3:*", Resource: "*"', 'Effect: Deny, Action: "s3:DeleteBucket", Resource: "*"'], []),
        (
            ['Effect: Allow, Action: "s3:*", Resource: "*"', 'Effect: Deny, Action: "s3:Delete*", Resource: "*", Condition: {BoolIfExists: {"aws:MultiFactorAuthPresent": "false"}}'],
            [],
        ),
        (['Effect: Allow, Action: "s3:GetObject", Resource: "*"'], []),
    ],
)  # fmt: skip
def test_an_action_only_with_a_condition(statements: list[str], lines: list[int]):
    assert [line for line, _ in found(MFA, policy(*statements))] == lines


def test_only_on_some_resources():
    body = MFA.replace("  condition", '  resources: "arn:aws:s3:::prod-*"\n  condition')
    assert found(body, policy('Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::dev-*"')) == []
    ((line, message),) = found(body, policy('Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::*"'))
    assert line == 3
    assert message.startswith("`s3:DeleteBucket` on `arn:aws:s3:::prod-")


def test_what_governs_only_the_spared_is_left_alone():
    template = (
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: breakglass\n"
        "      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}\n      Policies:\n        - PolicyName: p\n"
        "          PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}\n"
    )
    assert len(found(MFA, {"t.yaml": template})) == 1
    assert found(MFA + '  except: "role:*breakglass"\n', {"t.yaml": template}) == []


@pytest.mark.parametrize(
    ("never", "found_lines"),
    [
        ('{who: group:okta/contractors, reaches: "project:lightstep/*-prod"}', [11]),
        ("{who: contractors, reaches: [project:lightstep/checkout-prod, project:lightstep/checkout-dev]}", [11, 12]),
        ('{who: "user:bob*", do: telemetry:read, on: project:lightstep/checkout-prod}', [11]),
        ('{who: "group:okta/contractors", do: telemetry:edit, on: project:lightstep/checkout-prod}', []),
        ('{who: "group:okta/nobody", reaches: "*"}', []),
    ],
)
def test_never(never: str, found_lines: list[int]):
    assert [line for line, _ in found(f"never: {never}\n", {"a.access.yaml": TELEMETRY})] == found_lines


def test_never_shows_the_path():
    (made,) = check_files(
        {"a.access.yaml": TELEMETRY}, [rule_of('never: {who: "user:bob*", reaches: "*-prod"}\nhelp: ask alice\n')]
    )
    assert made.message == "`user:bob@acme.example` reaches `project:lightstep/checkout-prod`"
    assert [related.span.line for related in made.related] == [19, 11]
    assert made.help == "ask alice"


@pytest.mark.parametrize(
    ("only", "who"),
    [
        ("{who: alice@acme.example, do: telemetry:administer, on: project:lightstep/checkout-prod}", []),
        ("{who: alice@acme.example, do: telemetry:read, on: project:lightstep/checkout-prod}", ["group:okta/contractors", "user:bob@acme.example"]),
        ("{who: [alice@acme.example, group:okta/contractors], do: telemetry:read, on: project:lightstep/checkout-prod}", []),
        ('{who: "user:*@acme.example", do: telemetry:read, on: project:lightstep/checkout-prod}', []),
    ],
)  # fmt: skip
def test_nobody_but_these(only: str, who: list[str]):
    messages = [message for _, message in found(f"only: {only}\n", {"a.access.yaml": TELEMETRY})]
    assert sorted(message.split("`")[1] for message in messages) == who


def test_its_examples_are_cases_like_those_of_any_rule():
    examples = f"""\
bad:
  - title: allowed without
    files:
      p.yaml: |
{indent(policy('Effect: Allow, Action: "s3:*", Resource: "*"')["p.yaml"].replace("}", "}  # <- LOC201"), "        ")}
good:
  - title: allowed with
    files: {{p.json: '{{"Version": "2012-10-17", "Statement": []}}'}}
"""
    cases = cases_of([rule_of(MFA + examples)])
    assert [case.wrong for case in cases] == [True, False]
    for case in cases:
        case.check()


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("", 3, "this one has none"),
        (MFA + "never: {who: a, reaches: b}\n", 3, "this one has `require` and `never`"),
        ("never: {who: a}\n", 6, "either `reaches`, or `do` with `on`"),
        ("never: {who: a, do: b}\n", 6, "`do` and `on` go together"),
        ("requires: {}\n", 6, "unknown field `requires`"),
        ("require: {actions: [a], condition: {Bool: x}}\n", 6, "must be a mapping"),
        (MFA + "bad: [{title: t, files: {a: b}, expect: [a]}]\n", 9, "`expect` names lines as `path:line`"),
        (MFA + "severity: fatal\n", 9, "must be one of"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(body: str, line: int, words: str):
    data = (HEAD + body).encode()
    rules, problems = read_rules(data, "a.rule.yaml")
    assert rules == []
    assert (locate(problems[0].at, data).line, words in problems[0].message) == (line, True), problems[0].message


def test_the_id_and_the_name_have_a_form():
    _, problems = read_rules(
        HEAD.replace("LOC201", "LOC-1").replace("some-defect", "Defect").encode() + MFA.encode(), "a.rule.yaml"
    )
    assert [problem.message.split("`")[1] for problem in problems] == ["id", "name"]
