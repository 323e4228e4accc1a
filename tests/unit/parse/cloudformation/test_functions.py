"""Intrinsic functions: what each gives, with what stays unknown in its place."""

import json
from textwrap import indent

import pytest
from unit_cloudformation import items, parse

from iamlint.model.aws import AwsGroup
from iamlint.model.policy import Policy
from iamlint.source.value import Text, Unknown, key

SURROUNDINGS = """\
Parameters:
  Env: {Type: String, Default: dev}
  Open: {Type: String}
  Only: {Type: String, AllowedValues: [one]}
  Some: {Type: String, AllowedValues: [one, two]}
  List: {Type: CommaDelimitedList, Default: "a, b,c"}
  Flag: {Type: String, Default: true}
  Empty: {Type: String, Default: ""}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
  Looked: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path}
Mappings:
  Accounts:
    dev: {Id: "222222222222", Same: x, List: [p, q]}
    prod: {Id: "333333333333", Same: x}
Outputs:
  One: {Value: !GetAtt Bucket.Arn, Export: {Name: !Sub '${Env}-bucket'}}
  Self: {Value: !ImportValue self, Export: {Name: self}}
  Absent: {Value: wrong, Condition: IsProd, Export: {Name: absent}}
  Fn::ForEach::Outputs: [X, [One, Two], {'Each${X}': {Value: !Sub '${X}-value', Export: {Name: 'each-${X}'}}}]
Conditions:
  IsDev: !Equals [!Ref Env, dev]
  IsProd: !Equals [!Ref Env, prod]
  Unsure: !Equals [!Ref Open, prod]
  Both: !And [!Condition IsDev, !Not [!Condition IsProd]]
  Either: !Or [!Condition Unsure, !Condition IsDev]
  Neither: !And [!Condition Unsure, !Condition IsProd]
  Circular: !Not [!Condition Circular]
  NotAllowed: !Equals [!Ref Some, three]
  Allowed: !Equals [two, !Ref Some]
  Fn::ForEach::Conditions: [X, [One, Two], {'Is${X}': !Equals [!Ref Env, dev]}]
Resources:
  Bucket: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub 'logs-${Env}'}}
  Made: {Type: 'AWS::S3::Bucket'}
  Role: {Type: 'AWS::IAM::Role', Properties: {RoleName: app, Path: /team/}}
  NoName: {Type: 'AWS::IAM::Role'}
  Managed: {Type: 'AWS::IAM::ManagedPolicy', Properties: {ManagedPolicyName: m}}
  Queue: {Type: 'AWS::SQS::Queue', Properties: {QueueName: q}}
  Topic: {Type: 'AWS::SNS::Topic', Properties: {TopicName: t}}
  Token: {Type: 'AWS::SecretsManager::Secret', Properties: {Name: ls/token}}
  Param: {Type: 'AWS::SSM::Parameter', Properties: {Name: /a/b}}
  Oidc: {Type: 'AWS::IAM::OIDCProvider', Properties: {Url: 'https://token.actions.githubusercontent.com'}}
  Saml: {Type: 'AWS::IAM::SAMLProvider', Properties: {Name: okta}}
  Other: {Type: 'AWS::EC2::Thing'}
  LoopA: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref LoopB}}
  LoopB: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref LoopA}}
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: p
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Action: 's3:*'
            Resource:
"""


def resource(expression: str) -> object:
    """Return what an expression gives as a statement's resource."""
    facts = parse(SURROUNDINGS + indent(expression, " " * 14) + "\n")
    assert facts.problems == []
    policy = next(item for item in facts.items if isinstance(item, Policy) and item.name == "p")
    raw = policy.document["Statement"][0]["Resource"]
    assert not isinstance(raw, (str, Text, Unknown)) or policy.statements[0].resources == (raw,)
    return raw


def shown(value: object) -> object:
    return key(value) if isinstance(value, (str, Text, Unknown)) else [shown(item) for item in value]  # type: ignore[union-attr]


UNIT = "stack.yaml"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!Ref Env", "dev"),
        ("!Ref Only", "one"),
        ("!Ref List", ["a", "b", "c"]),
        ("!Ref Flag", "true"),
        ("!Ref Empty", f"⟨{UNIT}#parameter Empty⟩"),
        ("!Sub 'a${Empty}b'", "ab"),
        (
            "['', !Sub '${Empty}']",
            ["", f"⟨{UNIT}#parameter Empty⟩"],
        ),
        ("!Ref Open", f"⟨{UNIT}#parameter Open⟩"),
        ("!Ref Secret", f"⟨{UNIT}#parameter Secret⟩"),
        ("!Ref Looked", f"⟨{UNIT}#parameter Looked⟩"),
        ("!Ref AWS::AccountId", "111111111111"),
        ("!Ref AWS::Region", "eu-west-1"),
        ("!Sub '${AWS::Partition}.${AWS::URLSuffix}'", "aws.amazonaws.com"),
        ("!Ref AWS::StackName", f"⟨{UNIT}#AWS::StackName⟩"),
        ("!Ref Bucket", "logs-dev"),
        ("!GetAtt Bucket.Arn", "arn:aws:s3:::logs-dev"),
        ("!Sub '${Bucket.Arn}/*'", "arn:aws:s3:::logs-dev/*"),
        ("Fn::GetAtt: Bucket.Arn", "arn:aws:s3:::logs-dev"),
        ("!Sub ['${A}/${Env}', {A: !GetAtt Made.Arn}]", f"arn:aws:s3:::⟨{UNIT}#Made.name⟩/dev"),
        ("!Sub '${!aws:username}-${aws:username}-${!Env}'", "${aws:username}-${aws:username}-${Env}"),
        ("!Join ['', ['arn:aws:s3:::', !Ref Bucket, '/', !Ref Open]]", f"arn:aws:s3:::logs-dev/⟨{UNIT}#parameter Open⟩"),
        ("!Join ['|', !Ref List]", "a|b|c"),
        ("!Join ['', !Split ['-', 'a-b-c']]", "abc"),
        ("!Select [1, !Ref List]", "b"),
        ("!Select ['0', !Split [':', !GetAtt Bucket.Arn]]", "arn"),
        ("!FindInMap [Accounts, !Ref Env, Id]", "222222222222"),
        ("!FindInMap [Accounts, !Ref Env, List]", ["p", "q"]),
        ("!FindInMap [Accounts, !Ref Open, Same]", "x"),
        ("!FindInMap [Accounts, nope, Id, {DefaultValue: d}]", "d"),
        ("!FindInMap [Accounts, !Ref Open, Same, {DefaultValue: x}]", "x"),
        ("!FindInMap [Accounts, !Ref Open, Same, {DefaultValue: y}]", f"⟨{UNIT}#mapping Accounts/⟨{UNIT}#parameter Open⟩/Same⟩"),
        ("!FindInMap [Accounts, !Ref Open, Id]", f"⟨{UNIT}#mapping Accounts/⟨{UNIT}#parameter Open⟩/Id⟩"),
        ("!If [IsDev, a, b]", "a"),
        ("!If [IsProd, a, b]", "b"),
        ("!If [Both, a, b]", "a"),
        ("!If [Either, a, b]", "a"),
        ("!If [Neither, a, b]", "b"),
        ("!If [Unsure, same, same]", "same"),
        ("!If [NotAllowed, a, b]", "b"),
        ("!If [IsTwo, a, b]", "a"),
        ("!ImportValue absent", "⟨export:absent⟩"),
        ("!ImportValue each-Two", "Two-value"),
        ("Fn::Length: [a, b, !If [IsProd, c, !Ref AWS::NoValue]]", "2"),
        ("!Join ['', ['{{resolve:ssm:', /a, '}}/*']]", "⟨{{resolve:ssm:/a}}⟩/*"),
        (
            "!Sub '${Env}{{resolve:ssm:/${Open}/arn}}{{resolve:ssm:/b}}/*'",
            f"dev⟨{{{{resolve:ssm:/⟨{UNIT}#parameter Open⟩/arn}}}}⟩⟨{{{{resolve:ssm:/b}}}}⟩/*",
        ),
        ("[a, !If [IsProd, b, !Ref AWS::NoValue], c]", ["a", "c"]),
        ("!Base64 abc", "YWJj"),
        ("{'Fn::GetStackOutput': {StackName: s, OutputName: o}}", "⟨output:s.o.⟩"),
        (
            "{'Fn::GetStackOutput': {StackName: s, OutputName: o, RoleArn: !GetAtt Role.Arn}}",
            "⟨output:s.o. by arn:aws:iam::111111111111:role/team/app⟩",
        ),
        ("'Fn::GetAtt Bucket.Arn'", "Fn::GetAtt Bucket.Arn"),
        ("!ImportValue dev-bucket", "arn:aws:s3:::logs-dev"),
        ("!ImportValue self", "⟨export:self⟩"),
        ("!ImportValue shared-bucket", "⟨export:shared-bucket⟩"),
        ("!Sub 'arn:aws:s3:::{{resolve:ssm:/bucket:1}}/*'", "arn:aws:s3:::⟨{{resolve:ssm:/bucket:1}}⟩/*"),
        ("!GetAtt Role.Arn", "arn:aws:iam::111111111111:role/team/app"),
        ("!Ref NoName", f"⟨{UNIT}#NoName.name⟩"),
        ("!GetAtt NoName.Arn", f"arn:aws:iam::111111111111:role/⟨{UNIT}#NoName.name⟩"),
        ("!GetAtt Role.RoleId", f"⟨{UNIT}#Role.RoleId⟩"),
        ("!Ref Managed", "arn:aws:iam::111111111111:policy/m"),
        ("!GetAtt Managed.PolicyArn", "arn:aws:iam::111111111111:policy/m"),
        ("!GetAtt Queue.Arn", "arn:aws:sqs:eu-west-1:111111111111:q"),
        ("!Ref Queue", "https://sqs.eu-west-1.amazonaws.com/111111111111/q"),
        ("!Ref Topic", "arn:aws:sns:eu-west-1:111111111111:t"),
        ("!Ref Token", f"arn:aws:secretsmanager:eu-west-1:111111111111:secret:ls/token-⟨{UNIT}#Token.suffix⟩"),
        ("!Ref Param", "/a/b"),
        ("!Ref Oidc", "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"),
        ("!Ref Saml", "arn:aws:iam::111111111111:saml-provider/okta"),
        ("!GetAtt Other.Whatever", f"⟨{UNIT}#Other.Whatever⟩"),
        ("!Ref Missing", f"⟨{UNIT}#Missing⟩"),
    ],
)
def test_functions(expression: str, value: object) -> None:
    assert shown(resource(expression)) == value


@pytest.mark.parametrize(
    "expression",
    [
        "!Sub '${If}'",
        "!If [IsDev, a]",
        "!GetAZs ''",
        "!Cidr [a, 1, 2]",
        "!Transform {Name: X}",
        "!Nonsense x",
        "!Select [9, !Ref List]",
        "!Select [x, !Ref List]",
        "!Select [0, !Ref Open]",
        "!Split [':', !Ref Open]",
        "!Join x",
        "!Join [a, b, c]",
        "!Sub [a]",
        "!GetAtt []",
        "!GetAtt [[], {}]",
        "!FindInMap [a]",
        "!FindInMap [Accounts, nope, Id]",
        "!ImportValue []",
        "Fn::EnumTargetAccounts RoleBinding 'arn:aws:iam::${account}:role/x'",
        "!Ref []",
        "!Ref LoopA",
        "{'Fn::Join': {Ref: x}}",
    ],
)
def test_what_cannot_be_known_is_unknown_with_a_reason(expression: str) -> None:
    value = resource(expression)
    if isinstance(value, Text):
        value = next(part for part in value.parts if isinstance(part, Unknown))
    assert isinstance(value, Unknown)
    assert value.reason
    assert value.place is not None


@pytest.mark.parametrize(
    "expression",
    [
        "!If [Allowed, a, b]",
        "{'Fn::Length': [a, !If [Unsure, b, !Ref AWS::NoValue]]}",
        "{'Fn::Length': [!If [IsDev, !If [Unsure, !Ref AWS::NoValue, b], c]]}",
        "!Select [0, [!If [Unsure, b, !Ref AWS::NoValue], c]]",
        "!Join [',', [a, !If [Unsure, b, !Ref AWS::NoValue]]]",
    ],
)
def test_what_hangs_on_an_undecided_condition_is_unknown(expression: str) -> None:
    group = f"  Group: {{Type: 'AWS::IAM::Group', Properties: {{GroupName: {expression}}}}}\n"
    facts = parse(SURROUNDINGS.partition("  Policy:\n")[0] + group)
    (found,) = (item for item in facts.items if isinstance(item, AwsGroup))
    assert isinstance(found.name, Unknown)


def test_equal_unknowns_are_the_same_value() -> None:
    first, second = resource("[!Sub 'arn:aws:s3:::${Open}/*', !Join ['', ['arn:aws:s3:::', !Ref Open, '/*']]]")  # type: ignore[misc]
    assert isinstance(first, Text)
    assert first == second


def test_a_secret_parameter_is_never_shown() -> None:
    facts = parse(SURROUNDINGS + " " * 14 + "!Sub 'x-${Secret}'\n")
    assert "hunter2" not in repr(facts.items) + json.dumps(
        [repr(item.document) for item in facts.items if isinstance(item, Policy)]
    )


def test_a_piece_of_the_id_of_the_stack_is_no_gap() -> None:
    text = """
    Parameters: {P: {Type: String}}
    Resources:
      M:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              Effect: Allow
              Action: s3:GetObject
              Resource: !Sub
                - arn:aws:s3:::logs-${Id}/*
                - Id: !Select [4, !Split ['-', !Select [2, !Split ['/', !Ref WHOLE]]]]
    """
    assert not parse(text.replace("WHOLE", "AWS::StackId")).unresolved
    assert [line.reason for line in parse(text.replace("WHOLE", "P")).unresolved] == ["parameter `P` has no default"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!Sub 'arn:aws:iam::${Account}:root'", "arn:aws:iam::⟨stack.yaml#parameter Account⟩:root"),
        ("!Join ['', ['arn:aws:iam::', !Ref Account, ':root']]", "arn:aws:iam::⟨stack.yaml#parameter Account⟩:root"),
        ("!Join [':', ['arn:aws:iam:', !Ref Account, root]]", "arn:aws:iam::⟨stack.yaml#parameter Account⟩:root"),
        ("!Sub 'arn:aws:s3:::${Account}logs/*'", "arn:aws:s3:::logs/*"),
        ("!Sub 'arn:${AWS::Partition}:s3:::${Account}'", "arn:aws:s3:::⟨stack.yaml#parameter Account⟩"),
        ("!Sub 'arn:aws:s3:::${Account}/*'", "arn:aws:s3:::⟨stack.yaml#parameter Account⟩/*"),
        ("!Sub 'arn:aws:logs:*:*:log-group:${Account}/aws/*'", "arn:aws:logs:*:*:log-group:/aws/*"),
        ("!Sub 'a:${Account}:b'", "a::b"),
    ],
)
def test_a_field_of_an_arn_that_a_parameter_leaves_empty_is_unknown(written: str, expected: str) -> None:
    text = f"""
    Parameters: {{Account: {{Type: String, Default: ''}}}}
    Resources:
      M:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument: {{Version: '2012-10-17', Statement: {{Effect: Allow, Action: 's3:*', Resource: {written}}}}}
    """
    (policy,) = items(parse(text), Policy)
    assert [key(one) for one in policy.statements[0].resources or ()] == [expected]
