"""SAM templates become what AWS's translator makes of them, as far as it touches access."""

from __future__ import annotations

from textwrap import indent
from typing import Any

import pytest
from unit_cloudformation import items, parse, written

from iamlint.iam.actions import names_some
from iamlint.model.aws import AwsRole
from iamlint.model.policy import Attachment, Policy, PolicyKind
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.parse.cloudformation.sam_data import CONNECTORS, POLICY_TEMPLATES
from iamlint.source.value import is_known, key


def function(properties: str, rest: str = "") -> str:
    lines = indent(properties.strip("\n"), "      ")
    return f"Transform: AWS::Serverless-2016-10-31\n{rest}Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      FunctionName: f\n{lines}\n"


def managed(text: str) -> list[str]:
    return [
        key(item.policy_arn).rpartition(":policy/")[2] for item in items(parse(text), Attachment) if item.policy_arn is not None
    ]


def grants(text: str, kind: PolicyKind) -> list[tuple[Any, ...]]:
    """Return action, resource and principals or conditions of every statement of a kind."""
    found = []
    for policy in items(parse(text), Policy):
        if policy.kind is kind:
            for statement in policy.statements:
                principals = [key(principal.value) for principal in statement.principals or ()]
                conditions = [f"{one.key}={','.join(map(key, one.values))}" for one in statement.conditions]
                found.append((*statement.actions, *map(key, statement.resources or ()), *principals, *conditions))
    return found


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("", ["service-role/AWSLambdaBasicExecutionRole"]),
        ("Tracing: Active", ["service-role/AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess"]),
        ("Tracing: Disabled", ["service-role/AWSLambdaBasicExecutionRole"]),
        ("VpcConfig: {SubnetIds: [a]}", ["service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaVPCAccessExecutionRole"]),
        ("Policies: AmazonS3ReadOnlyAccess", ["service-role/AWSLambdaBasicExecutionRole", "AmazonS3ReadOnlyAccess"]),
        ("Policies: [AWSLambdaRole]", ["service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaRole"]),
        ("Policies: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/X']", ["service-role/AWSLambdaBasicExecutionRole", "X"]),
        ("Events: {Q: {Type: SQS, Properties: {Queue: q}}, R: {Type: SQS, Properties: {Queue: r}}}",
         ["service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaSQSQueueExecutionRole"]),
        ("Role: arn:aws:iam::111111111111:role/own\nPolicies: AmazonS3ReadOnlyAccess\nTracing: Active", []),
    ],
)  # fmt: skip
def test_managed_policies_of_the_role(properties: str, expected: list[str]) -> None:
    assert managed(function(properties)) == expected


def test_globals_count_unless_they_are_ignored() -> None:
    common = "Globals:\n  Function:\n    Tracing: Active\n    VpcConfig: {SubnetIds: [a]}\n    PermissionsBoundary: arn:aws:iam::111111111111:policy/b\n"
    assert managed(function("", common))[1:] == ["service-role/AWSLambdaVPCAccessExecutionRole", "AWSXrayWriteOnlyAccess"]
    assert [role.boundary for role in items(parse(function("", common)), AwsRole)] == ["arn:aws:iam::111111111111:policy/b"]
    assert managed(function("", common).replace("    Properties:", "    IgnoreGlobals: [Tracing]\n    Properties:"))[1:] == [
        "service-role/AWSLambdaVPCAccessExecutionRole"
    ]
    assert managed(function("", common).replace("    Properties:", "    IgnoreGlobals: '*'\n    Properties:"))[1:] == []


@pytest.mark.parametrize("name", sorted(POLICY_TEMPLATES))
def test_every_policy_template_is_written_out(name: str) -> None:
    wanted = sorted(set(_parameters(POLICY_TEMPLATES[name])))
    given = ", ".join(f"{parameter}: given" for parameter in wanted)
    facts = parse(function(f"Policies:\n  - {name}: {{{given}}}"))
    policy = next(policy for policy in items(facts, Policy) if policy.kind is PolicyKind.IDENTITY)
    assert policy.statements
    assert all(statement.opaque is None and statement.actions and statement.resources for statement in policy.statements)
    assert is_known(policy.document)
    assert all(names_some(str(action)) for statement in policy.statements for action in statement.actions)
    assert facts.unresolved == []
    if wanted:
        assert "given" in repr(policy.document)


def test_a_policy_template_stands_where_it_is_named() -> None:
    text = function("Policies:\n  - S3ReadPolicy: {BucketName: !Ref B}\n  - DynamoDBCrudPolicy: {}\n  - NobodyPolicy: {}", "")
    facts = parse(text + "  B:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: logs}\n")
    first, second, third = (policy for policy in items(facts, Policy) if policy.kind is PolicyKind.IDENTITY)
    assert first.statements[0].resources == ("arn:aws:s3:::logs", "arn:aws:s3:::logs/*")
    assert written(text, first.statements[0].action_place(0)) == "S3ReadPolicy"
    assert "TableName⟩/index/*" in repr(second.document)
    assert third.statements[0].opaque is not None


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("Type: SNS, Properties: {Topic: 'arn:aws:sns:eu-west-1:111111111111:t'}", ("sns.amazonaws.com", "AWS:SourceArn=arn:aws:sns:eu-west-1:111111111111:t")),
        ("Type: S3, Properties: {Bucket: !Ref B, Events: x}", ("s3.amazonaws.com", "AWS:SourceAccount=111111111111")),
        ("Type: Api, Properties: {Path: '/a/{id}', Method: get, RestApiId: abc}", ("apigateway.amazonaws.com", "AWS:SourceArn=arn:aws:execute-api:eu-west-1:111111111111:abc/*/GET/a/*")),
        ("Type: HttpApi, Properties: {Path: '/x', Method: any, ApiId: abc}", ("apigateway.amazonaws.com", "AWS:SourceArn=arn:aws:execute-api:eu-west-1:111111111111:abc/*/*/x")),
        ("Type: Schedule, Properties: {Schedule: rate(1 day), Name: nightly}", ("events.amazonaws.com", "AWS:SourceArn=arn:aws:events:eu-west-1:111111111111:rule/nightly")),
        ("Type: EventBridgeRule, Properties: {RuleName: r, EventBusName: bus}", ("events.amazonaws.com", "AWS:SourceArn=arn:aws:events:eu-west-1:111111111111:rule/bus/r")),
        ("Type: CloudWatchLogs, Properties: {LogGroupName: g, FilterPattern: x}", ("logs.amazonaws.com", "AWS:SourceArn=arn:aws:logs:eu-west-1:111111111111:log-group:g:*")),
        ("Type: AlexaSkill, Properties: {SkillId: s}", ("alexa-appkit.amazon.com", "lambda:EventSourceToken=s")),
        ("Type: AlexaSkill", ("alexa-appkit.amazon.com",)),
    ],
)  # fmt: skip
def test_an_event_permits_its_service_to_invoke_the_function(event: str, expected: tuple[str, ...]) -> None:
    arn = "arn:aws:lambda:eu-west-1:111111111111:function:f"
    assert grants(function(f"Events:\n  E: {{{event}}}"), PolicyKind.RESOURCE) == [("lambda:InvokeFunction", arn, *expected)]


def test_a_schedule_of_the_scheduler_has_a_role_of_its_own() -> None:
    text = function(
        "Role: arn:aws:iam::111111111111:role/own\nEvents:\n  E: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}"
    )
    assert grants(text, PolicyKind.TRUST) == [("sts:AssumeRole", "scheduler.amazonaws.com")]
    assert grants(text, PolicyKind.IDENTITY) == [("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111111111111:function:f")]


def test_roles_of_events_have_the_boundary_of_the_state_machine_and_start_its_alias() -> None:
    text = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      M:
        Type: AWS::Serverless::StateMachine
        Properties:
          Name: m
          Role: arn:aws:iam::111111111111:role/own
          PermissionsBoundary: arn:aws:iam::111111111111:policy/limit
          AutoPublishAlias: live
          UseAliasAsEventTarget: ALIAS
          Events:
            Rule: {Type: CloudWatchEvent, Properties: {Pattern: {source: [a]}}}
            Api: {Type: Api, Properties: {Path: /, Method: get}}
            Later: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}
            Own: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day), PermissionsBoundary: arn:own}}
    """
    limit = "arn:aws:iam::111111111111:policy/limit"
    machine = "arn:aws:states:eu-west-1:111111111111:stateMachine:m"
    for used, target in (("true", f"{machine}:live"), ("false", machine)):
        roles = items(parse(text.replace("ALIAS", used)), AwsRole)
        assert [role.boundary for role in roles] == [limit, limit, None, "arn:own"]
        assert grants(text.replace("ALIAS", used), PolicyKind.IDENTITY) == [("states:StartExecution", target)] * 4


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        ("NONE", [("lambda:InvokeFunctionUrl", "lambda:FunctionUrlAuthType=NONE"), ("lambda:InvokeFunction", "lambda:InvokedViaFunctionUrl=true")]),
        ("AWS_IAM", []),
    ],
)  # fmt: skip
def test_a_function_url_without_authentication_is_open_to_everybody(auth: str, expected: list[tuple[str, str]]) -> None:
    found = grants(function(f"FunctionUrlConfig:\n  AuthType: {auth}"), PolicyKind.RESOURCE)
    assert found == [
        (action, "arn:aws:lambda:eu-west-1:111111111111:function:f", "*", condition) for action, condition in expected
    ]


def test_dead_letters_and_destinations_need_permissions() -> None:
    text = function(
        "DeadLetterQueue: {Type: SQS, TargetArn: 'arn:aws:sqs:eu-west-1:111111111111:dead'}\n"
        "EventInvokeConfig:\n  DestinationConfig:\n    OnFailure: {Type: SNS, Destination: 'arn:aws:sns:eu-west-1:111111111111:t'}"
    )
    assert grants(text, PolicyKind.IDENTITY) == [
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111111111111:dead"),
        ("sns:Publish", "arn:aws:sns:eu-west-1:111111111111:t"),
    ]


def test_a_broker_is_read_with_its_secret() -> None:
    secret = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:mq-AbCdEf"
    text = function(
        "Events:\n  E:\n    Type: MQ\n    Properties:\n      Broker: arn:aws:mq:eu-west-1:111111111111:broker:b\n"
        f"      SecretsManagerKmsKeyId: k\n      SourceAccessConfigurations: [{{Type: BASIC_AUTH, URI: '{secret}'}}]\n"
    )
    found = grants(text, PolicyKind.IDENTITY)
    assert ("secretsmanager:GetSecretValue", secret) in found
    assert ("kms:Decrypt", "arn:aws:kms:eu-west-1:111111111111:key/k") in found
    assert ("mq:DescribeBroker", "arn:aws:mq:eu-west-1:111111111111:broker:b") in found


TABLE = "  T:\n    Type: AWS::DynamoDB::Table\n    Properties: {TableName: t}\n"
CONNECTOR = """  C:
    Type: AWS::Serverless::Connector
    Properties:
      Source: {Id: %s}
      Destination: {Id: %s}
      Permissions: [%s]
"""


def test_a_connector_gives_the_role_of_its_source_a_policy() -> None:
    text = function("") + TABLE + CONNECTOR % ("F", "T", "Read")
    ((action, *_, first, second),) = grants(text, PolicyKind.IDENTITY)
    assert action == "dynamodb:GetItem"
    assert (first, second) == (
        "arn:aws:dynamodb:eu-west-1:111111111111:table/t",
        "arn:aws:dynamodb:eu-west-1:111111111111:table/t/index/*",
    )
    (role,) = items(parse(text), AwsRole)
    assert [key(item.target) for item in items(parse(text), Attachment) if item.policy is not None] == [key(role.name)]


def test_a_connector_may_be_written_in_its_source() -> None:
    embedded = "    Connectors:\n      C:\n        Properties:\n          Destination: {Id: T}\n          Permissions: [Write]\n"
    ((action, *_),) = grants(function("") + embedded + TABLE, PolicyKind.IDENTITY)
    assert action == "dynamodb:PutItem"


def test_a_connector_to_a_queue_or_function_makes_its_policy() -> None:
    rest = "  S:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: s}\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: q}\n"
    topic = "arn:aws:sns:eu-west-1:111111111111:s"
    assert grants(function("Role: r") + rest + CONNECTOR % ("S", "Q", "Write"), PolicyKind.RESOURCE) == [
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111111111111:q", "sns.amazonaws.com", f"aws:SourceArn={topic}")
    ]
    assert grants(function("Role: r") + rest + CONNECTOR % ("S", "F", "Write"), PolicyKind.RESOURCE) == [
        (
            "lambda:InvokeFunction",
            "arn:aws:lambda:eu-west-1:111111111111:function:f",
            "sns.amazonaws.com",
            f"AWS:SourceArn={topic}",
        )
    ]


@pytest.mark.parametrize(("source", "destination"), sorted(CONNECTORS))
def test_every_pair_of_a_connector_makes_something(source: str, destination: str) -> None:
    ends = "".join(
        f"      {name}: {{Type: '{type_}', Arn: 'arn:x', RoleName: r, ResourceId: i, Name: n, Qualifier: q}}\n"
        for name, type_ in (("Source", source), ("Destination", destination))
    )
    text = f"Transform: x\nResources:\n  C:\n    Type: AWS::Serverless::Connector\n    Properties:\n{ends}      Permissions: [Read, Write]\n"
    facts = parse(text)
    policies = items(facts, Policy)
    assert policies
    assert all(is_known(policy.document) for policy in policies), policies[0].document
    assert len(items(facts, Attachment)) == len(policies)


def test_a_pair_without_a_connector_stands_in_the_coverage() -> None:
    facts = parse(function("") + TABLE + CONNECTOR % ("T", "T", "Read"))
    assert "SAM has no connector from `AWS::DynamoDB::Table` to `AWS::DynamoDB::Table`" in [
        line.reason for line in facts.unresolved
    ]


def _parameters(value: Any) -> list[str]:
    if isinstance(value, dict):
        name = value.get("Ref")
        own = [name] if isinstance(name, str) and not name.startswith("AWS::") else []
        return own + [found for item in value.values() for found in _parameters(item)]
    if isinstance(value, list):
        return [found for item in value for found in _parameters(item)]
    return []


API = """Transform: AWS::Serverless-2016-10-31
Resources:
  A:
    Type: AWS::Serverless::%s
    Properties:
      StageName: s
      Auth:
        Authorizers:
          One: {FunctionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:one', %s}
"""


@pytest.mark.parametrize(
    ("kind", "setting", "permitted"),
    [
        ("Api", "FunctionPayloadType: TOKEN", True),
        ("Api", "DisableFunctionDefaultPermissions: true", False),
        ("HttpApi", "AuthorizerPayloadFormatVersion: '2.0'", False),
        ("HttpApi", "EnableFunctionDefaultPermissions: true", True),
    ],
)
def test_the_gateway_may_invoke_authorizers(kind: str, setting: str, permitted: bool) -> None:
    found = grants(API % (kind, setting), PolicyKind.RESOURCE)
    source = "AWS:SourceArn=arn:aws:execute-api:eu-west-1:111111111111:⟨stack.yaml#A.Ref⟩/authorizers/*"
    expected = [
        ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111111111111:function:one", "apigateway.amazonaws.com", source)
    ]
    assert found == (expected if permitted else [])


def test_a_managed_policy_under_a_condition_that_nothing_decides() -> None:
    unsure = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x]}\n"
    for policies in ("[!If [C, AdministratorAccess, !Ref AWS::NoValue]]", "!If [C, AdministratorAccess, !Ref AWS::NoValue]"):
        text = function(f"Policies: {policies}", unsure)
        assert managed(text)[1:] == ["AdministratorAccess"]
        assert [line.reason for line in parse(text).unresolved] == [
            "`AdministratorAccess` may be attached: the template does not decide the condition `C`"
        ]
    assert managed(function("Policies: [!If [C, ReadOnlyAccess, AdministratorAccess]]", unsure))[1:] == [
        "AdministratorAccess", "ReadOnlyAccess",
    ]  # fmt: skip


def test_the_variables_that_globals_give_hold_secrets_and_tokens_too() -> None:
    common = "Globals:\n  Function:\n    Environment:\n      Variables:\n        DB_PASSWORD: kx82-Zu1q-Wm-94\n        API_TOKEN: kx82-Zu1q-Wm-95\n"
    text = function("Environment: {Variables: {API_TOKEN: '{{resolve:secretsmanager:token}}'}}", common)
    (secret,) = items(parse(text), LiteralSecret)
    assert written(text, secret.at) == "kx82-Zu1q-Wm-94"
    text = function("", "Globals:\n  Function:\n    Environment: {Variables: {DD_API_KEY: '{{resolve:secretsmanager:dd}}'}}\n")
    (use,) = items(parse(text), TokenUse)
    assert (use.vendor, key(use.workload)) == ("datadog", "arn:aws:iam::111111111111:role/⟨stack.yaml#FRole.name⟩")
