"""An alias of a function has an ARN and a resource policy of its own: who may call it may not call the function."""

from __future__ import annotations

import pytest
from unit_cloudformation import items, parse

from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind
from iamlint.project.memory import memory_session
from iamlint.source.value import key

FUNCTION = "arn:aws:lambda:eu-west-1:111111111111:function:f"
SAM = """\
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String, Default: live}, Asked: {Type: String}}
GLOBALS
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: f, MORE}
"""


def sam(more: str, rest: str = "", common: str = "") -> str:
    return SAM.replace("MORE", more).replace("GLOBALS", common) + rest


def open_to(text: str) -> list[tuple[str, str, str]]:
    """Return what is permitted on what and to whom, and that each is attached to what it is for."""
    facts = parse(text)
    found = []
    for one in items(facts, Attachment):
        if one.layer is Layer.RESOURCE and one.policy is not None:
            (statement,) = one.policy.statements
            assert [key(resource) for resource in statement.resources or ()] == [key(one.target)]
            found.append((statement.actions[0], key(one.target), key(next(iter(statement.principals or ())).value)))
    return found


@pytest.mark.parametrize(
    ("event", "principal"),
    [
        ("S3, Properties: {Bucket: b, Events: x}", "s3.amazonaws.com"),
        ("SNS, Properties: {Topic: 'arn:aws:sns:eu-west-1:111111111111:t'}", "sns.amazonaws.com"),
        ("Api, Properties: {Path: /a, Method: get}", "apigateway.amazonaws.com"),
        ("HttpApi, Properties: {Path: /a, Method: get}", "apigateway.amazonaws.com"),
        ("Schedule, Properties: {Schedule: rate(1 day)}", "events.amazonaws.com"),
        ("EventBridgeRule, Properties: {Pattern: {source: [a]}}", "events.amazonaws.com"),
        ("CloudWatchLogs, Properties: {LogGroupName: g, FilterPattern: x}", "logs.amazonaws.com"),
        ("IoTRule, Properties: {Sql: x}", "iot.amazonaws.com"),
        ("AlexaSkill", "alexa-appkit.amazon.com"),
        ("Cognito, Properties: {UserPool: !Ref P, Trigger: PreSignUp}", "cognito-idp.amazonaws.com"),
    ],
)
def test_events_permit_to_invoke_the_alias(event: str, principal: str) -> None:
    more = f"Events: {{E: {{Type: {event}}}}}"
    assert open_to(sam(more)) == [("lambda:InvokeFunction", FUNCTION, principal)]
    assert open_to(sam(f"AutoPublishAlias: live, {more}")) == [("lambda:InvokeFunction", f"{FUNCTION}:live", principal)]


@pytest.mark.parametrize(
    ("alias", "common", "target"),
    [
        ("AutoPublishAlias: !Ref Stage", "", f"{FUNCTION}:live"),
        ("AutoPublishAlias: !Ref Asked", "", f"{FUNCTION}:⟨stack.yaml#parameter Asked⟩"),
        ("AutoPublishAlias: !Ref AWS::NoValue", "", FUNCTION),
        ("Timeout: 3", "Globals: {Function: {AutoPublishAlias: all}}", f"{FUNCTION}:all"),
        ("AutoPublishAlias: own", "Globals: {Function: {AutoPublishAlias: all}}", f"{FUNCTION}:own"),
    ],
)
def test_which_alias(alias: str, common: str, target: str) -> None:
    text = sam(f"{alias}, FunctionUrlConfig: {{AuthType: NONE}}", common=common)
    assert open_to(text) == [("lambda:InvokeFunctionUrl", target, "*"), ("lambda:InvokeFunction", target, "*")]


def test_the_scheduler_invokes_the_alias() -> None:
    facts = parse(sam("AutoPublishAlias: live, Events: {E: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}}"))
    invoking = [one for one in items(facts, Policy) if one.kind is PolicyKind.IDENTITY]
    assert [one.statements[0].resources for one in invoking] == [(f"{FUNCTION}:live",)]


ALIAS, NUMBER = f"{FUNCTION}:live-1", "⟨stack.yaml#F.Version⟩"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!Ref F.Alias", ALIAS),
        ("!Ref FAliasliveD1", ALIAS),
        ("!Sub '${F.Alias}'", ALIAS),
        ("!Sub '${FAliasliveD1}'", ALIAS),
        ("!GetAtt FAliasliveD1.AliasArn", ALIAS),
        ("!Sub '${F}:live-1'", ALIAS),
        ("!Ref F.Version", f"{FUNCTION}:{NUMBER}"),
        ("!Sub '${F.Version}'", f"{FUNCTION}:{NUMBER}"),
        ("!GetAtt F.Version.FunctionArn", f"{FUNCTION}:{NUMBER}"),
        ("!Sub '${F}:${F.Version.Version}'", f"{FUNCTION}:{NUMBER}"),
        ("!Ref F", FUNCTION),
        ("!Ref A", f"{FUNCTION}:named"),
        ("!GetAtt A.AliasArn", f"{FUNCTION}:named"),
        ("!Ref V", f"{FUNCTION}:⟨stack.yaml#V.Version⟩"),
        ("!Sub '${F.Arn}:${V.Version}'", f"{FUNCTION}:⟨stack.yaml#V.Version⟩"),
    ],
)
def test_references(written: str, value: str) -> None:
    rest = f"""\
  A: {{Type: 'AWS::Lambda::Alias', Properties: {{FunctionName: !Ref F, Name: named, FunctionVersion: !GetAtt V.Version}}}}
  V: {{Type: 'AWS::Lambda::Version', Properties: {{FunctionName: !GetAtt F.Arn}}}}
  P: {{Type: 'AWS::Lambda::Permission', Properties: {{Action: 'lambda:InvokeFunction', Principal: '*', FunctionName: {written}}}}}
"""
    text = sam("AutoPublishAlias: live-1", rest)
    assert open_to(text) == [("lambda:InvokeFunction", value, "*")]
    assert parse(text).unresolved == []


@pytest.mark.parametrize("name", ["F.Alias", "FAliaslive", "F.Version"])
def test_what_is_not_published_is_not_in_the_template(name: str) -> None:
    rest = f"  P: {{Type: 'AWS::Lambda::Permission', Properties: {{Action: a:b, Principal: '*', FunctionName: !Ref {name}}}}}\n"
    assert [line.reason for line in parse(sam("Timeout: 3", rest)).unresolved] == [f"`{name}` is not in the template"]


@pytest.mark.parametrize(
    "text",
    [
        "  F: {Type: 'AWS::Serverless::Function', Properties: {AutoPublishAlias: !Ref F.Alias, FunctionName: !Ref F.Alias}}",
        "  A: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !Ref A, Name: !Ref A}}",
        "  A: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !Ref B}}\n  B: {Type: 'AWS::Lambda::Version', Properties: {FunctionName: !Ref A}}",
        "  A: {Type: 'AWS::Lambda::Alias', Properties: [1]}",
    ],
)
def test_circles_end(text: str) -> None:
    permission = "  P: {Type: 'AWS::Lambda::Permission', Properties: {Action: a:b, Principal: '*', FunctionName: !Ref %s}}\n"
    parse(f"Resources:\n{text}\n{permission % ('A' if '  A:' in text else 'F.Alias')}")


def test_who_may_call_the_alias_may_not_call_the_function() -> None:
    rest = """\
  P:
    Type: AWS::Lambda::Permission
    Properties: {Action: 'lambda:InvokeFunction', Principal: !GetAtt R.Arn, FunctionName: !Ref F.Alias}
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: caller
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: ec2.amazonaws.com}}]}
"""
    accounts = "accounts:\n- {id: '111111111111', name: prod, paths: ['**']}\n"
    graph = memory_session(
        {"iamlint.yaml": accounts, "t.yaml": sam("AutoPublishAlias: live, Role: 'arn:aws:iam::111111111111:role/own'", rest)}
    ).graph
    caller = "role:arn:aws:iam::111111111111:role/caller"
    for name, may in (("f:live", [caller]), ("f", []), ("f:other", [])):
        arn = f"arn:aws:lambda:⟨region⟩:111111111111:function:{name}"
        assert [one.node.id for one in graph.who_can("lambda:InvokeFunction", arn)] == may
