"""Loops among properties, snippets of the repository, and what may be there."""

from __future__ import annotations

from textwrap import dedent

from unit_cloudformation import items, parse, written

from iamlint.model.aws import AwsRole
from iamlint.model.policy import Attachment, Policy, PolicyKind
from iamlint.project.memory import memory_session
from iamlint.source.value import key

TRUST = "{Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: ec2.amazonaws.com}}]}"


def test_a_loop_among_properties_is_written_out() -> None:
    text = """
    AWSTemplateFormatVersion: '2010-09-09'
    Transform: AWS::LanguageExtensions
    Resources:
      P:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: '*'
                Condition:
                  StringEquals:
                    Fn::ForEach::Tags:
                      - Name
                      - [team, env]
                      - aws:ResourceTag/${Name}: !Sub "own-${Name}"
    """
    (policy,) = items(parse(text), Policy)
    assert [(one.key, one.values) for one in policy.statements[0].conditions] == [
        ("aws:ResourceTag/team", ("own-team",)),
        ("aws:ResourceTag/env", ("own-env",)),
    ]
    assert written(text, policy.statements[0].place(*policy.statements[0].conditions[1].route)) == '!Sub "own-${Name}"'


def test_loops_in_loops_keep_their_places() -> None:
    text = """
    AWSTemplateFormatVersion: '2010-09-09'
    Resources:
      P:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: '*'
                Condition:
                  StringEquals:
                    Fn::ForEach::Kinds:
                      - Kind
                      - [Request, Resource]
                      - Fn::ForEach::Names:
                          - Name
                          - [team, env]
                          - aws:${Kind}Tag/${Name}: !Sub "${Kind}-${Name}"
    """
    (policy,) = items(parse(text), Policy)
    (statement,) = policy.statements
    assert [one.values[0] for one in statement.conditions] == ["Request-team", "Request-env", "Resource-team", "Resource-env"]
    assert {written(text, statement.place(*one.route)) for one in statement.conditions} == {'!Sub "${Kind}-${Name}"'}


def test_a_loop_over_something_unknown_stands_in_the_coverage() -> None:
    text = """
    AWSTemplateFormatVersion: '2010-09-09'
    Parameters: {Names: {Type: CommaDelimitedList}}
    Resources:
      P:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: s3:GetObject, Resource: '*', Condition: {StringEquals: {Fn::ForEach::T: [N, !Ref Names, {'x${N}': y}]}}}
    """
    assert "what a `Fn::ForEach` makes is not known" in [line.reason for line in parse(text).unresolved]


INCLUDING = """
AWSTemplateFormatVersion: '2010-09-09'
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./%s}}
"""


def test_a_snippet_of_the_repository_is_put_in() -> None:
    snippet = "Statement:\n- {Effect: Allow, Action: s3:GetObject, Resource: !Sub 'arn:${AWS::Partition}:s3:::x/*'}\n"
    session = memory_session({"a/t.yaml": INCLUDING % "s.yaml", "a/s.yaml": snippet})
    policy = next(policy for policy in session.estate.all(Policy) if policy.unit == "a/t.yaml")
    assert policy.statements[0].actions == ("s3:GetObject",)
    assert policy.statements[0].resources == ("arn:aws:s3:::x/*",)
    assert policy.statements[0].place().path == "a/t.yaml"
    assert "a/s.yaml" in next(facts.files for facts in session.facts if facts.unit == "a/t.yaml")


def test_a_snippet_that_includes_itself_or_is_elsewhere_is_unknown() -> None:
    own = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: s.yaml}}\n"
    for files in (
        {"t.yaml": INCLUDING % "s.yaml", "s.yaml": own},
        {"t.yaml": INCLUDING % "none.yaml"},
        {"t.yaml": INCLUDING % "../x.yaml"},
    ):
        (policy,) = memory_session(files).estate.all(Policy)
        assert [statement.opaque is not None for statement in policy.statements] == [True]


def test_a_snippet_that_includes_itself_beside_others_ends() -> None:
    own = "Statement: []\nFn::Transform: {Name: AWS::Include, Parameters: {Location: s.yaml}}\n"
    text = (INCLUDING % "s.yaml").replace("        Fn::Transform", "        Version: '2012-10-17'\n        Fn::Transform")
    (policy,) = memory_session({"t.yaml": text, "s.yaml": own}).estate.all(Policy)
    assert policy.version == "2012-10-17"


def test_managed_policies_under_an_undecided_condition_are_all_kept() -> None:
    text = f"""
    AWSTemplateFormatVersion: '2010-09-09'
    Parameters: {{Wide: {{Type: String}}}}
    Conditions: {{IsWide: !Equals [!Ref Wide, 'yes']}}
    Resources:
      R:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {TRUST}
          ManagedPolicyArns:
            - arn:aws:iam::aws:policy/ReadOnlyAccess
            - !If [IsWide, arn:aws:iam::aws:policy/AdministratorAccess, !Ref AWS::NoValue]
    """
    facts = parse(text)
    assert sorted(key(item.policy_arn).rpartition("/")[2] for item in items(facts, Attachment)) == [
        "AdministratorAccess",
        "ReadOnlyAccess",
    ]
    assert [line.reason for line in facts.unresolved] == [
        "`arn:aws:iam::aws:policy/AdministratorAccess` may be attached: the template does not decide the condition `IsWide`"
    ]
    certain = parse(text.replace("{Type: String}", "{Type: String, Default: 'no'}"))
    assert [key(item.policy_arn).rpartition("/")[2] for item in items(certain, Attachment)] == ["ReadOnlyAccess"]


def test_the_same_output_of_another_stack_is_the_same_value() -> None:
    output = "{Fn::GetStackOutput: {StackName: base, OutputName: Role}}"
    text = dedent(f"""
    AWSTemplateFormatVersion: '2010-09-09'
    Resources:
      P: {{Type: 'AWS::IAM::Policy', Properties: {{PolicyName: p, Roles: [{output}], PolicyDocument: {{Statement: [{{Effect: Allow, Action: 's3:Get*', Resource: '*'}}]}}}}}}
      R: {{Type: 'AWS::IAM::Role', Properties: {{RoleName: {output}, AssumeRolePolicyDocument: {TRUST}}}}}
    """)
    facts = parse(text)
    (role,), (attachment,) = items(facts, AwsRole), items(facts, Attachment)
    assert key(role.name) == key(attachment.target) == "⟨output:base.Role.⟩"
    assert [policy.kind for policy in items(facts, Policy)] == [PolicyKind.IDENTITY, PolicyKind.TRUST]


SNIPPET = f"Type: AWS::IAM::Role\nProperties: {{RoleName: included, AssumeRolePolicyDocument: {TRUST}}}\n"


def test_resources_and_sections_may_be_snippets() -> None:
    """AWS CloudFormation, "AWS::Include transform": beside other resources, as one, as all there are, and for a whole template."""
    for text in (
        "Resources:\n  R:\n    Fn::Transform: {Name: AWS::Include, Parameters: {Location: role.yaml}}\n",
        "Resources:\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: roles.yaml}}\n",
        "Transform: {Name: AWS::Include, Parameters: {Location: ./all.yaml}}\nResources: {}\n",
        "Transform: [AWS::LanguageExtensions, {Name: AWS::Include, Parameters: {Location: all.yaml}}]\nResources:\n  X: {Type: 'A::B::C'}\n",
    ):
        files = {
            "t.yaml": "AWSTemplateFormatVersion: '2010-09-09'\n" + text,
            "role.yaml": SNIPPET,
            "roles.yaml": "R:\n" + "".join(f"  {line}\n" for line in SNIPPET.splitlines()),
            "all.yaml": "Resources:\n  R:\n" + "".join(f"    {line}\n" for line in SNIPPET.splitlines()),
        }
        session = memory_session(files)
        (role,) = [role for role in session.estate.all(AwsRole) if role.unit == "t.yaml"]
        assert (key(role.name), role.place.path) == ("included", "t.yaml")


def test_a_resource_that_a_macro_gives_stands_in_the_coverage() -> None:
    for macro in ("{Name: AWS::Include, Parameters: {Location: 's3://bucket/x.yaml'}}", "{Name: Mine}", "[x]"):
        text = f"""
        AWSTemplateFormatVersion: '2010-09-09'
        Description: Roles with a PolicyDocument of their own
        Resources:
          R:
            Fn::Transform: {macro}
        """
        assert [line.reason for line in parse(text).unresolved] == ["the resource that a macro gives is not known"]
