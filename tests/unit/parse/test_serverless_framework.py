"""Services of the Serverless Framework: variables, the shared role, CloudFormation beside it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from iamlint.graph.access_graph import AccessGraph
from iamlint.model.aws import AwsResource, AwsRole
from iamlint.model.compute import ComputeRole
from iamlint.model.policy import PolicyKind
from iamlint.model.telemetry import LiteralSecret
from iamlint.project.memory import memory_session
from iamlint.source.locate import locate
from iamlint.source.value import key

HEAD = "service: orders\nprovider:\n  name: aws\n"


def graph(text: str) -> AccessGraph:
    return memory_session({"serverless.yml": dedent(text)}).graph


def grants(text: str) -> list[tuple[str, list[str], list[str], list[str]]]:
    """Return the holders, actions, resources and lines of every statement of an identity policy."""
    found = []
    asked = graph(text)
    for policy in asked.policies(PolicyKind.IDENTITY):
        for statement in policy.statements:
            line = locate(statement.place(), dedent(text).encode()).line
            holders = ",".join(node.name for node in asked.attached_to(policy))
            found.append((holders, list(map(key, statement.actions)), list(map(key, statement.resources or ())), [line]))
    return found


SHARED = "⟨serverless.yml#IamRoleLambdaExecution.name⟩"


@pytest.mark.parametrize(
    ("provider", "name"),
    [
        ("  iam:\n    role:\n      statements:\n", SHARED),
        ("  iam:\n    role:\n      name: orders-role\n      statements:\n", "orders-role"),
        ("  iamRoleStatements:\n", SHARED),
    ],
)
def test_the_statements_of_the_shared_role(provider: str, name: str) -> None:
    text = f"{HEAD}{provider}        - {{Effect: Allow, Action: 'sqs:SendMessage', Resource: '*'}}\nfunctions: {{f: {{handler: a.b}}}}\n"
    line = text[: text.index("- {")].count("\n") + 1
    assert [(holder, lines) for holder, _, _, lines in grants(text)] == [(name, [line])]
    (role,) = graph(text).estate.all(AwsRole)
    assert role.trust is not None
    assert [key(one.value) for one in role.trust.statements[0].principals or ()] == ["lambda.amazonaws.com"]


def test_without_functions_or_with_a_role_of_its_own_there_is_none() -> None:
    statements = "  iam: {role: {statements: [{Effect: Allow, Action: '*', Resource: '*'}]}}\n"
    assert grants(HEAD + statements) == []
    own = HEAD + "  iam: {role: 'arn:aws:iam::111111111111:role/own'}\nfunctions: {f: {handler: a.b}}\n"
    assert list(graph(own).estate.all(AwsRole)) == []


def test_variables_are_what_the_file_says_or_unknown() -> None:
    text = HEAD + """\
  iam:
    role:
      statements:
        - Effect: Allow
          Action: ["sqs:SendMessage"]
          Resource:
            - arn:aws:sqs:eu-west-1:111111111111:${self:custom.queue}
            - arn:aws:sqs:eu-west-1:111111111111:${self:service}-${opt:stage, 'dev'}
            - arn:aws:sqs:eu-west-1:111111111111:${opt:name, ${self:custom.queue}}
            - !Sub arn:aws:sqs:eu-west-1:111111111111:${AWS::Partition}-${self:custom.queue}
custom: {queue: orders}
functions: {f: {handler: a.b}}
"""  # fmt: skip
    ((_, _, resources, _),) = grants(text)
    assert resources == [
        "arn:aws:sqs:eu-west-1:111111111111:orders",
        "arn:aws:sqs:eu-west-1:111111111111:orders-⟨serverless.yml#opt:stage, 'dev'⟩",
        "arn:aws:sqs:eu-west-1:111111111111:⟨serverless.yml#opt:name, ${self:custom.queue}⟩",
        "arn:aws:sqs:eu-west-1:111111111111:aws-orders",
    ]


def test_resources_are_cloudformation() -> None:
    text = HEAD + """\
resources:
  - Resources:
      Reader:
        Type: AWS::IAM::Role
        Properties:
          RoleName: reader
          AssumeRolePolicyDocument: {Statement: {Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: "ec2.amazonaws.com"}}}
          Policies:
            - PolicyName: read
              PolicyDocument: {Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: !Sub "arn:aws:s3:::${self:service}/*"}]}
  - ${file(more.yml)}
"""  # fmt: skip
    assert grants(text) == [("reader", ["s3:GetObject"], ["arn:aws:s3:::orders/*"], [13])]
    (unresolved,) = memory_session({"serverless.yml": text}).graph.estate.unresolved()
    assert "another file of the Serverless Framework" in unresolved.reason


def test_statements_of_one_function() -> None:
    text = (
        HEAD
        + """\
functions:
  pay:
    handler: a.b
    iamRoleStatements:
      - {Effect: Allow, Action: "s3:GetObject", Resource: "*"}
"""
    )
    assert grants(text) == [("⟨serverless.yml#payIamRoleLambdaExecution.name⟩", ["s3:GetObject"], ["*"], [8])]


@pytest.mark.parametrize(
    "text",
    [
        "service: a\nprovider: aws\nfunctions: []\n",
        "service: a\nprovider: {name: aws, iam: [1]}\nfunctions: {a: 1}\nresources: [1, {Resources: [2]}]\n",
    ],
)
def test_what_is_malformed_is_passed_over(text: str) -> None:
    assert grants(text) == []


def test_variables_lead_on_and_stand_for_structures() -> None:
    text = HEAD + """\
  iam:
    role:
      statements: ${self:custom.statements}
custom:
  stage: ${opt:stage, 'dev'}
  name: orders-${self:custom.stage}
  round: ${self:custom.round}
  statements:
    - Effect: Allow
      Action: "sqs:SendMessage"
      Resource: ["arn:aws:sqs:eu-west-1:111111111111:${self:custom.name}", "${self:custom.round}", "a-${self:custom.statements}"]
functions: {f: {handler: a.b}}
"""  # fmt: skip
    ((_, actions, resources, _),) = grants(text)
    assert (actions, resources) == (
        ["sqs:SendMessage"],
        [
            "arn:aws:sqs:eu-west-1:111111111111:orders-⟨serverless.yml#opt:stage, 'dev'⟩",
            "⟨serverless.yml#self:custom.round⟩",
            "a-⟨serverless.yml#self:custom.statements⟩",
        ],
    )


FUNCTIONS = HEAD + """\
  environment:
    API_TOKEN: kx82-Zu1q-Wm-94
    DB_PASSWORD: overridden-Zu1q-94
    TABLE_NAME: orders
custom:
  password: pw82-Zu1q-Wm-94
functions:
  my-pay_fn:
    handler: a.b
    role: Own
    url: true
    environment:
      DB_PASSWORD: ${self:custom.password}
      OTHER_PASSWORD: ${ssm:/path}
  read:
    handler: a.b
    name: reader
    url: {authorizer: aws_iam}
resources:
  Resources:
    Own: {Type: AWS::IAM::Role, Properties: {RoleName: own}}
    P:
      Type: AWS::Lambda::Permission
      Properties: {FunctionName: !GetAtt MyDashpayUnderscorefnLambdaFunction.Arn, Action: lambda:InvokeFunction, Principal: events.amazonaws.com}
"""  # fmt: skip


def test_functions_run_as_their_roles_and_may_be_called_by_their_urls() -> None:
    estate = graph(FUNCTIONS).estate
    ran = {key(item.name): key(item.role).rpartition("/")[2] for item in estate.all(ComputeRole)}
    assert ran == {"orders-⟨serverless.yml#self:provider.stage⟩-my-pay_fn": "own", "reader": SHARED}
    granted = [
        (
            str(statement.actions[0]),
            key((statement.resources or ("",))[0]).partition(":function:")[2],
            key((statement.principals or ())[0].value),
        )
        for policy in graph(FUNCTIONS).policies(PolicyKind.RESOURCE)
        for statement in policy.statements
    ]
    name = "orders-⟨serverless.yml#self:provider.stage⟩-my-pay_fn"
    assert sorted(granted) == [
        ("lambda:InvokeFunction", name, "*"),
        ("lambda:InvokeFunction", name, "events.amazonaws.com"),
        ("lambda:InvokeFunctionUrl", name, "*"),
    ]


def test_secrets_in_the_variables_of_functions_are_found_where_they_are_written() -> None:
    lines = FUNCTIONS.split("\n")
    spans = {locate(item.at, FUNCTIONS.encode()) for item in graph(FUNCTIONS).estate.all(LiteralSecret)}
    found = sorted(lines[span.line - 1][span.column - 1 : span.end_column - 1] for span in spans)
    assert found == ["kx82-Zu1q-Wm-94", "overridden-Zu1q-94", "pw82-Zu1q-Wm-94"]


def test_functions_may_be_a_list_of_mappings_and_stand_in_another_file() -> None:
    text = (
        HEAD
        + """\
functions:
  - one: {handler: a.b, name: one, environment: {API_TOKEN: kx82-Zu1q-Wm-94}}
    two: {handler: a.b, name: two}
  - ${file(more.yml)}
"""
    )
    estate = graph(text).estate
    assert sorted(key(item.name) for item in estate.all(ComputeRole)) == ["one", "two"]
    (secret,) = estate.all(LiteralSecret)
    span = locate(secret.at, text.encode())
    assert text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1] == "kx82-Zu1q-Wm-94"
    assert [line.reason for line in estate.unresolved()] == ["functions in another file of the Serverless Framework are not read"]


def test_statements_of_plugins_stand_in_the_coverage() -> None:
    text = (
        HEAD
        + """\
plugins: [serverless-fargate]
fargate:
  clusterName: c
  iamRoleStatements:
  - Effect: Allow
    Action: s3:PutObject
    Resource: "*"
stepFunctions: {stateMachines: {one: {definition: {StartAt: a}}}}
custom: {statement: {Effect: Allow, Action: "s3:*", Resource: "*"}}
"""
    )
    (line,) = graph(text).estate.unresolved()
    assert line.reason == "what a plugin of the Serverless Framework makes of the statements in `fargate` is not read"
    assert locate(line.at, text.encode()).line == 8


def test_the_policy_of_the_api_that_functions_share() -> None:
    for above in ("  apiGateway:\n    resourcePolicy:\n", "  resourcePolicy:\n"):
        text = f"{HEAD}{above}      - {{Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: ['execute-api:/*']}}\n"
        (api,) = [item for item in graph(text).estate.all(AwsResource) if item.kind == "execute-api:api"]
        assert api.policy is not None
        (statement,) = api.policy.statements
        span = locate(statement.action_place(0), text.encode())
        assert text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1] == "'execute-api:Invoke'"


TAKEN_IN = """\
Parameters:
  Name: {Type: String, Default: "${self:custom.name}"}
Conditions:
  All: !Equals ["${self:custom.bucket}", "*"]
Resources:
  R:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: p
      Roles: [app]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: "s3:GetObject"
            Resource:
              - ${self:custom.bucket}
              - !Sub arn:aws:s3:::${self:custom.name}-${AWS::Partition}/${aws:username}/${opt:stage}
              - !Sub ["${file(a.yml):b}-${B}", {B: b}]
              - !Ref Name
          - !If
            - All
            - {Effect: Allow, Action: "s3:PutObject", Resource: "*"}
            - !Ref AWS::NoValue
"""


def test_a_template_that_a_service_takes_in_has_unknowns_for_its_variables() -> None:
    asked = memory_session({"infra/cloudformation.yml": TAKEN_IN})
    (policy,) = asked.graph.policies(PolicyKind.IDENTITY)
    first, second = policy.statements
    assert list(map(key, first.resources or ())) == [
        "⟨infra/cloudformation.yml#self:custom.bucket⟩",
        "arn:aws:s3:::⟨infra/cloudformation.yml#self:custom.name⟩-aws/${aws:username}/⟨infra/cloudformation.yml#opt:stage⟩",
        "⟨infra/cloudformation.yml#file(a.yml):b⟩-b",
        "⟨infra/cloudformation.yml#self:custom.name⟩",
    ]
    assert second.opaque is not None  # nobody but the service knows whether the condition holds
    found = asked.check()
    assert [one.rule for one in found.diagnostics if one.rule.startswith("IAM0")] == []
    reasons = {one.reason for one in found.coverage.unresolved}
    assert "`${self:custom.bucket}` is filled in by the Serverless Framework" in reasons
    assert not any("opt:stage" in reason for reason in reasons)  # as the account, it differs from stack to stack


def test_the_service_says_which_template_is_read_by_itself() -> None:
    service = HEAD + "resources:\n  - ${file(./infra/cloudformation.yml)}\n  - ${file(./infra/more.js)}\n"
    files = {"api/serverless.yml": service, "api/infra/cloudformation.yml": TAKEN_IN, "api/infra/more.js": "x"}
    found = memory_session(files).estate.unresolved()
    assert [one.reason for one in found if one.at.path == "api/serverless.yml"] == [
        "`api/infra/cloudformation.yml` is read by itself: what it and the service that takes it in say of each other is not",
        "resources in another file of the Serverless Framework are not read",
    ]


def test_what_looks_like_a_variable_elsewhere_is_a_policy_variable() -> None:
    text = TAKEN_IN.replace("self:", "aws:").replace("opt:", "aws:").replace("file(a.yml):b", "aws:userid")
    (policy,) = memory_session({"infra/cloudformation.yml": text}).graph.policies(PolicyKind.IDENTITY)
    assert key((policy.statements[0].resources or ("",))[0]) == "${aws:custom.bucket}"
