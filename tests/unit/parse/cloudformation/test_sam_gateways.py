"""What SAM makes for WebSocket and GraphQL APIs, capacity providers, brokers with schema registries and dead letters."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest
from unit_cloudformation import items, parse

from iamlint.model.aws import AwsRole
from iamlint.model.policy import Attachment, Policy, PolicyKind
from iamlint.source.value import key

SAM = "Transform: AWS::Serverless-2016-10-31\n"
GATEWAY = "arn:aws:execute-api:eu-west-1:111111111111:⟨stack.yaml#A.Ref⟩"
ONE = "arn:aws:lambda:eu-west-1:111111111111:function:one"


def resource(type_: str, properties: str, more: str = "") -> str:
    written = indent(dedent(properties).strip("\n"), "      ")
    return f"{SAM}{more}Resources:\n  A:\n    Type: AWS::Serverless::{type_}\n    Properties:\n      X: y\n{written}\n"


def permitted(text: str) -> list[tuple[str, ...]]:
    """Return what is attached to which function or queue: target, action, who, on which condition."""
    found = []
    for attachment in items(parse(text), Attachment):
        if attachment.policy is not None and attachment.policy.kind is PolicyKind.RESOURCE:
            (statement,) = attachment.policy.statements
            conditions = [f"{one.key}={key(one.values[0])}" for one in statement.conditions]
            who = [key(principal.value) for principal in statement.principals or ()]
            found.append((key(attachment.target), *map(key, statement.actions), *who, *conditions))
    return found


def allowed(text: str) -> list[tuple[list[str], list[str]]]:
    """Return actions and resources of what roles are given by documents."""
    return [
        (list(map(key, statement.actions)), list(map(key, statement.resources or ())))
        for policy in items(parse(text), Policy)
        if policy.kind is PolicyKind.IDENTITY
        for statement in policy.statements
    ]


def managed(text: str) -> list[str]:
    return [key(item.policy_arn).rpartition(":policy/")[2] for item in items(parse(text), Attachment) if item.policy_arn]


def trusted(text: str) -> list[str]:
    return [
        key(principal.value)
        for role in items(parse(text), AwsRole)
        for statement in role.trust.statements
        for principal in statement.principals
    ]


SOCKET = f"""
    Routes:
      $connect: {{FunctionArn: "{ONE}"}}
      send: {{FunctionArn: "{ONE}"}}
"""


def test_the_gateway_may_invoke_the_functions_of_routes() -> None:
    for stage, name in (("", "default"), ("StageName: live", "live")):
        text = resource("WebSocketApi", SOCKET + (f"    {stage}\n" if stage else ""))
        assert permitted(text) == [
            (ONE, "lambda:InvokeFunction", "apigateway.amazonaws.com", f"AWS:SourceArn={GATEWAY}/{name}/{route}")
            for route in ("$connect", "send")
        ]
        assert parse(text).unresolved == []


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        (f'{{AuthType: CUSTOM, AuthArn: "{ONE}"}}', 1),
        (f'{{AuthType: CUSTOM, AuthArn: "{ONE}", InvokeRole: arn:aws:iam::111111111111:role/invoke}}', 0),
        ("{AuthType: AWS_IAM}", 0),
    ],
)
def test_the_gateway_may_invoke_what_authorizes_unless_a_role_does(auth: str, expected: int) -> None:
    text = resource("WebSocketApi", f"{SOCKET}    Auth: {auth}\n")
    assert len([one for one in permitted(text) if one[-1].endswith("/authorizers/*")]) == expected


@pytest.mark.parametrize(
    ("logging", "has_role"),
    [("", True), ("Logging: true", True), ("Logging: false", False), ("Logging: {FieldLogLevel: ALL}", True),
     ("Logging: {CloudWatchLogsRoleArn: arn:aws:iam::111111111111:role/logs}", False)],
)  # fmt: skip
def test_a_graph_api_writes_logs_as_a_role_of_its_own(logging: str, has_role: bool) -> None:
    text = resource("GraphQLApi", logging)
    assert managed(text) == (["service-role/AWSAppSyncPushToCloudWatchLogs"] if has_role else [])
    assert trusted(text) == (["appsync.amazonaws.com"] if has_role else [])


def test_data_sources_of_a_graph_api() -> None:
    text = resource(
        "GraphQLApi",
        f"""
        Logging: false
        DataSources:
          DynamoDb:
            Table: {{TableName: todo, Region: us-west-2, Permissions: [Read]}}
            Given: {{TableArn: "arn:aws:dynamodb:x", ServiceRoleArn: arn:aws:iam::111111111111:role/own}}
          Lambda:
            Code: {{FunctionArn: "{ONE}"}}
        """,
    )
    (reads, table), (invokes, function) = allowed(text)
    assert "dynamodb:GetItem" in reads
    assert "dynamodb:PutItem" not in reads
    arn = "arn:aws:dynamodb:us-west-2:111111111111:table/todo"
    assert table == [arn, f"{arn}/index/*"]
    assert (invokes, function) == (["lambda:InvokeAsync", "lambda:InvokeFunction"], [ONE, f"{ONE}:*"])
    assert trusted(text) == ["appsync.amazonaws.com", "appsync.amazonaws.com"]
    more = text.replace(", Permissions: [Read]", "")
    assert "dynamodb:PutItem" in str(allowed(more))


def test_a_graph_api_may_invoke_what_authorizes() -> None:
    text = resource(
        "GraphQLApi",
        f"""
        Logging: false
        Auth:
          Type: AWS_IAM
          Additional: [{{Type: AWS_LAMBDA, LambdaAuthorizer: {{AuthorizerUri: "{ONE}"}}}}]
        """,
    )
    assert permitted(text) == [
        (ONE, "lambda:InvokeFunction", "appsync.amazonaws.com",
         "AWS:SourceArn=arn:aws:appsync:eu-west-1:111111111111:apis/⟨stack.yaml#A.ApiId⟩")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "policies"),
    [("", ["AWSLambdaManagedEC2ResourceOperator"]), ("OperatorRole: arn:aws:iam::111111111111:role/own", [])],
)
def test_a_capacity_provider_is_operated_by_a_role(given: str, policies: list[str]) -> None:
    text = resource("CapacityProvider", f"VpcConfig: {{SubnetIds: [a]}}\n{given}")
    assert managed(text) == policies
    assert trusted(text) == (["lambda.amazonaws.com"] if policies else [])


BROKER = """
    Events:
      E:
        Type: MSK
        Properties:
          Stream: arn:aws:kafka:eu-west-1:111111111111:cluster/c
          SourceAccessConfigurations: [{Type: CLIENT_CERTIFICATE_TLS_AUTH, URI: "arn:aws:secretsmanager:x:secret:tls"}]
          SchemaRegistryConfig:
            SchemaRegistryURI: arn:aws:glue:eu-west-1:222222222222:registry/r
            AccessConfigs: [{Type: BASIC_AUTH, URI: "arn:aws:secretsmanager:x:secret:basic"}]
          DestinationConfig: {OnFailure: {Type: S3, Destination: "arn:aws:s3:::failed"}}
"""


def test_what_polling_a_broker_takes() -> None:
    assert allowed(resource("Function", BROKER)) == [
        (["glue:GetRegistry"], ["arn:aws:glue:eu-west-1:222222222222:registry/r"]),
        (["glue:GetSchemaVersion"], ["arn:aws:glue:eu-west-1:111111111111:schema/r/*"]),
        (["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:x:secret:tls"]),
        (["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:x:secret:basic"]),
        (["s3:PutObject"], ["arn:aws:s3:::failed/*"]),
        (["s3:ListBucket"], ["arn:aws:s3:::failed"]),
    ]


def test_a_role_that_a_condition_may_leave_out() -> None:
    more = "Parameters: {Arn: {Type: String}}\nConditions: {Given: !Not [!Equals ['', !Ref Arn]]}\n"
    facts = parse(resource("Function", "Role: !If [Given, !Ref Arn, !Ref AWS::NoValue]", more))
    assert len(items(facts, AwsRole)) == 1
    assert "whether SAM makes a role for `A` depends on the condition `Given`" in [line.reason for line in facts.unresolved]
    other = resource("Function", "Role: !If [Given, !Ref Arn, 'arn:aws:iam::111111111111:role/other']", more)
    assert items(parse(other), AwsRole) == []


@pytest.mark.parametrize(("letters", "expected"), [("{Type: SQS}", 1), ("{Arn: arn:aws:sqs:x}", 0)])
def test_a_rule_may_send_to_the_queue_that_sam_makes(letters: str, expected: int) -> None:
    text = resource(
        "Function", f"Events: {{E: {{Type: EventBridgeRule, Properties: {{Pattern: {{}}, DeadLetterConfig: {letters}}}}}}}"
    )
    assert len([one for one in permitted(text) if one[1] == "sqs:SendMessage"]) == expected


def test_a_url_is_open_where_none_stands_itself() -> None:
    for auth, expected in (("NONE", 2), ("!Ref Kind", 0), ("AWS_IAM", 0)):
        text = resource(
            "Function", f"FunctionUrlConfig: {{AuthType: {auth}}}", "Parameters: {Kind: {Type: String, Default: NONE}}\n"
        )
        assert len(permitted(text)) == expected, auth
