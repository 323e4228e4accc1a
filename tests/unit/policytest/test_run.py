"""Running policy tests: what passes, what fails, and what a failure shows."""

from __future__ import annotations

from functools import cache

import pytest

from iamlint.policytest.case import read_tests
from iamlint.policytest.result import CaseResult, Outcome
from iamlint.policytest.run import Bench, run_tests
from iamlint.project.memory import memory_session
from iamlint.project.session import Session
from iamlint.source.locate import locate
from iamlint.source.place import Place

ESTATE = {
    "telemetry.access.yaml": """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects:
  - {name: checkout-prod, environment: prod, owner: checkout}
  - {name: checkout-dev, environment: dev, owner: checkout}
  - {name: payments-prod, environment: prod, owner: payments}
mappings:
  - attribute: member_of
    value: eng-checkout
    organization_role: Organization Restricted Member
    project_roles: {checkout-prod: Project Viewer, checkout-dev: Project Editor}
bindings:
  - {role: Organization Admin, users: [alice@acme.example], break_glass: "on-call leads"}
credentials:
  - name: ci
    kind: api-key
    project: checkout-prod
    role: Project Editor
    held_by: ["bot:deployer"]
""",
    "people.access.yaml": """\
apiVersion: iamlint/v1
kind: Identities
provider: okta
users:
  - {email: alice@acme.example, status: active}
  - {email: bob@acme.example, status: active}
  - {email: carol@acme.example, status: active}
groups:
  - {name: eng-checkout, team: checkout, members: [bob@acme.example]}
bots:
  - {name: deployer, team: checkout, environment: dev}
""",
    "aws/template.yaml": """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Bucket: {Type: String}
Resources:
  App:
    Type: AWS::IAM::Role
    Properties:
      RoleName: app
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Sid: Read, Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*"}
              - {Effect: Allow, Action: "s3:PutObject", Resource: "arn:aws:s3:::data/*", Condition: {StringEquals: {"aws:SourceVpce": vpce-1}}}
              - {Effect: Allow, Action: "s3:DeleteObject", Resource: !Sub "arn:aws:s3:::${Bucket}/*"}
              - {Sid: Never, Effect: Deny, Action: "s3:*", Resource: "arn:aws:s3:::data/secret/*"}
              - {Effect: Deny, Action: "ec2:*", Resource: "*", Condition: {StringNotEquals: {"aws:RequestedRegion": eu-west-1}}}
""",
}


@cache
def session() -> Session:
    return memory_session(ESTATE)


def lines(place: Place) -> tuple[int, int]:
    span = locate(place, session().files.read(place.path) or b"")
    return span.line, span.end_line


def run(entry: str) -> CaseResult:
    """Run one test, given as the YAML of its fields."""
    body = "".join(f"    {line}\n" for line in entry.strip().splitlines())
    text = f"apiVersion: iamlint/v1\nkind: AccessTest\ntests:\n  - name: t\n{body}"
    read = read_tests(text.encode(), "t.iamtest.yaml")
    assert read.problems == ()
    (result,) = run_tests(read.tests, Bench(session().graph, lines))
    return result


@pytest.mark.parametrize(
    "entry",
    [
        "as: group:okta/eng-checkout\ncan: [{do: telemetry:read, on: project:lightstep/checkout-prod}]",
        "as: user:bob@acme.example\ncan: [{do: telemetry:edit, on: checkout-dev}]",
        "as: eng-checkout\ncannot: [{do: telemetry:edit, on: project:lightstep/checkout-prod}]",
        "as: eng-checkout\ncannot: [{do: 'telemetry:*', on: 'project:lightstep/payments-*'}]",
        "as: carol@acme.example\ncannot: [{do: 'telemetry:*', on: 'project:lightstep/*'}]",
        "as: alice@acme.example\ncan: [{do: telemetry:administer, on: 'project:lightstep/*'}]",
        "as: bob@acme.example\nreaches: [group:okta/eng-checkout, 'project:lightstep/checkout-*']\nnever_reaches: ['project:lightstep/payments-*']",
        "who_can: {do: telemetry:administer, on: project:lightstep/checkout-prod}\nexactly: [user:alice@acme.example]",
        "who_can: {do: telemetry:administer, on: project:lightstep/checkout-prod}\nat_most: [alice@acme.example, bob@acme.example]",
        "who_can: {do: telemetry:read, on: project:lightstep/checkout-prod}\nincludes: [bob@acme.example]",
        "as: eng-checkout\ngiven: {environment: dev}\ncan: [{do: telemetry:edit, on: 'project:lightstep/checkout-*'}]",
        "disjoint: [user:carol@acme.example, user:bob@acme.example]",
        "as: role/app\ncan: [{do: 's3:GetObject', on: 'arn:aws:s3:::data/k'}]\ncannot: [{do: 's3:*', on: 'arn:aws:s3:::data/secret/k'}]",
        "as: role/app\ngiven: {'aws:SourceVpce': vpce-1}\ncan: [{do: 's3:PutObject', on: 'arn:aws:s3:::data/k'}]",
        "as: role/app\ngiven: {'aws:SourceVpce': vpce-2}\ncannot: [{do: 's3:PutObject', on: 'arn:aws:s3:::data/k'}]",
        "as: role/app\nunknown: ok\ncannot: [{do: 's3:DeleteObject', on: 'arn:aws:s3:::data/k'}]",
        "as: role/app\ncan: [{do: 's3:GetObject', on: 'arn:aws:s3:::data/k', determined_by: Read}]",
        "as: role/app\ncannot: [{do: 's3:GetObject', on: 'arn:aws:s3:::data/secret/k', determined_by: [Never, 'aws/template.yaml:20']}]",
        "as: role/app\ncannot: [{do: 's3:GetObject', on: 'arn:aws:s3:::data/secret/k', determined_by: aws/template.yaml}]",
        "as: bob@acme.example\ncan: [{do: telemetry:read, on: checkout-prod, determined_by: ['telemetry.access.yaml:13', 'people.access.yaml:9']}]",
        "as: role/app\ncannot: [{do: 'ec2:DescribeInstances', on: '*'}]",  # denied in any region, this way or that
        "as: role/app\ncannot: [{do: 's3:NewerThanUs', on: 'arn:aws:s3:::data/secret/k'}]\nunknown: ok",
    ],
)
def test_holds(entry: str):
    result = run(entry)
    assert result.outcome is Outcome.PASSED, result.failures


@pytest.mark.parametrize(
    ("entry", "message", "actual"),
    [
        (
            "as: eng-checkout\ncan: [{do: telemetry:edit, on: project:lightstep/checkout-prod}]",
            "`group:okta/eng-checkout` may not do `telemetry:edit` on `project:lightstep/checkout-prod`",
            "not allowed",
        ),
        (
            "as: bob@acme.example\ncannot: [{do: 'telemetry:*', on: 'project:lightstep/checkout-*'}]",
            "`user:bob@acme.example` may do `telemetry:*` on `project:lightstep/checkout-*`",
            "allowed",
        ),
        (
            "who_can: {do: telemetry:administer, on: project:lightstep/checkout-prod}\nexactly: [bob@acme.example]",
            "`user:bob@acme.example` may not do `telemetry:administer` on `project:lightstep/checkout-prod`",
            "not allowed",
        ),
        (
            "who_can: {do: telemetry:administer, on: project:lightstep/checkout-prod}\nat_most: []",
            "`user:alice@acme.example`, which is not listed, may do `telemetry:administer` on `project:lightstep/checkout-prod`",
            "`user:alice@acme.example`",
        ),
        (
            "as: carol@acme.example\nreaches: [checkout-prod]",
            "`user:carol@acme.example` does not reach `checkout-prod`",
            "not reached",
        ),
        (
            "as: bob@acme.example\nnever_reaches: ['project:*']",
            "`user:bob@acme.example` reaches `project:lightstep/checkout-dev`",
            "reached",
        ),
        (
            "disjoint: [env:dev, env:prod]",
            "`env:dev` and `env:prod` both reach `project:lightstep/checkout-prod`",
            "`project:lightstep/checkout-prod`",
        ),
        ("as: nobody@acme.example\nreaches: [env:dev]", "no node is called `nobody@acme.example`", "none"),
        (
            "as: bob@acme.example\ncannot: [{do: telemetry:read, on: project:lightstep/typo}]",
            "no node is called `project:lightstep/typo`",
            "none",
        ),
        (
            "as: bob@acme.example\ncannot: [{do: telemetry:read, on: 'project:lightstep/typo-*'}]",
            "no telemetry project matches `project:lightstep/typo-*`",
            "none",
        ),
        (
            "as: role/app\ncannot: [{do: 's3:GetObject', on: 'arn:aws:s3:::data/secret/k', determined_by: Read}]",
            "`Read` has no say in whether `role:",
            "Deny statement `Never` of `read`",
        ),
        (
            "as: role/app\ncannot: [{do: 's3:GetObject', on: 'arn:aws:s3:::data/secret/k', determined_by: 'aws/template.yaml:17'}]",
            "`aws/template.yaml:17` has no say in whether",
            "Deny statement `Never` of `read`",
        ),
        (
            "as: role/app\ncannot: [{do: 'sqs:SendMessage', on: 'arn:aws:sqs:eu-west-1:111111111111:q', determined_by: Never}]",
            "`Never` has no say in whether",
            "not allowed without any statement",
        ),
        (
            "as: bob@acme.example\ncan: [{do: telemetry:raed, on: checkout-prod}]",
            "no telemetry capability is called `telemetry:raed`; did you mean `telemetry:read`?",
            "none",
        ),
        (
            "as: carol@acme.example\ncannot: [{do: 'telemetry:raed', on: checkout-prod}]",
            "no telemetry capability is called `telemetry:raed`; did you mean `telemetry:read`?",
            "none",
        ),
        (
            "as: role/app\ncannot: [{do: 's3:PutObjct', on: 'arn:aws:s3:::data/secret/k'}]",
            "`s3:PutObjct` is no action that the catalogue of ",
            "none",
        ),
        (
            "who_can: {do: 's3:PutObjct*', on: 'arn:aws:s3:::data/secret/k'}\nexactly: []",
            "`s3:PutObjct*` fits no action that the catalogue of ",
            "none",
        ),
        ("as: role/app\ncan: [{do: 'ec2:DescribeInstances', on: '*'}]", "`role:", "never allowed: only what denies it is open"),
        ("as: role/app\ncannot: [{do: PutObject, on: 'arn:aws:s3:::data/secret/k'}]", "`PutObject` is no action; write", "none"),
    ],
)
def test_does_not_hold(entry: str, message: str, actual: str):
    result = run(entry)
    assert result.outcome is Outcome.FAILED
    assert any(failure.message.startswith(message) and failure.actual.startswith(actual) for failure in result.failures), (
        result.failures
    )


def test_an_unknown_answer_fails_and_says_what_it_depends_on():
    result = run("as: role/app\ncannot: [{do: 's3:DeleteObject', on: 'arn:aws:s3:::data/k'}]")
    (failure,) = result.failures
    assert failure.message.startswith("it is unknown whether `role:")
    assert failure.actual.startswith("unknown: ")
    assert "Bucket" in failure.actual


def test_a_denied_request_names_the_statement_that_denies():
    result = run("as: role/app\ncan: [{do: 's3:GetObject', on: 'arn:aws:s3:::data/secret/k'}]")
    (failure,) = result.failures
    assert failure.actual.startswith("explicitly denied")
    assert [words for words, _ in failure.determining] == ["Deny statement `Never` of `read`"]


def test_a_failure_shows_the_path():
    result = run("as: bob@acme.example\ncannot: [{do: telemetry:read, on: project:lightstep/checkout-prod}]")
    (failure,) = result.failures
    assert [(edge.source.id, edge.target.id) for edge in failure.path] == [
        ("user:bob@acme.example", "group:okta/eng-checkout"),
        ("group:okta/eng-checkout", "project:lightstep/checkout-prod"),
    ]


def test_what_is_shared_is_shown_from_both_sides():
    result = run("disjoint: [env:dev, env:prod]")
    failure = next(item for item in result.failures if "checkout-prod`" in item.actual)
    assert {edge.source.id for edge in failure.path} >= {"bot:deployer", "project:lightstep/checkout-prod"}


def test_every_assertion_of_a_test_is_tried():
    result = run("as: carol@acme.example\ncan: [{do: telemetry:read, on: checkout-prod}, {do: telemetry:edit, on: checkout-dev}]")
    assert len(result.failures) == 2


def test_a_todo_that_fails_is_no_failure():
    result = run("as: carol@acme.example\nreaches: [checkout-prod]\ntodo: carol joins in May")
    assert result.outcome is Outcome.TODO


def test_a_todo_that_holds_fails_the_run():
    result = run("as: carol@acme.example\nnever_reaches: [checkout-prod]\ntodo: something")
    assert result.outcome is Outcome.FAILED
    assert "drop the `todo`" in result.failures[0].actual


def test_a_group_whose_members_are_listed_is_no_extra():
    result = run(
        "who_can: {do: telemetry:read, on: project:lightstep/checkout-dev}\nexactly: [alice@acme.example, bob@acme.example]"
    )
    assert result.outcome is Outcome.PASSED, result.failures


def test_a_listed_group_covers_its_members():
    result = run("who_can: {do: telemetry:read, on: project:lightstep/checkout-dev}\nexactly: [alice@acme.example, eng-checkout]")
    assert result.outcome is Outcome.PASSED, result.failures
