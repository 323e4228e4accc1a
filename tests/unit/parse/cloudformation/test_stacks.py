"""Templates of one repository tell each other names: exports, nested stacks."""

from __future__ import annotations

from textwrap import dedent

import pytest

from iamlint.model.aws import AwsRole
from iamlint.model.policy import Attachment
from iamlint.project.memory import memory_session
from iamlint.source.value import key

TRUST = "{Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: ec2.amazonaws.com}}]}"
ROLES = f"""
AWSTemplateFormatVersion: '2010-09-09'
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {TRUST}
Outputs:
  Name:
    Value: !Ref R
    Export: {{Name: app-role}}
"""
USER = """
AWSTemplateFormatVersion: '2010-09-09'
Resources:
  P:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: p
      Roles: [!ImportValue app-role]
      PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*'}]}
"""


def targets(files: dict[str, str]) -> list[str]:
    session = memory_session({path: dedent(text) for path, text in files.items()})
    return sorted(key(item.target) for item in session.estate.all(Attachment))


def test_an_import_is_what_another_template_exports() -> None:
    assert targets({"roles.yaml": ROLES, "user.yaml": USER}) == ["⟨roles.yaml#R.name⟩"]
    assert targets({"user.yaml": USER}) == ["⟨export:app-role⟩"]


def test_two_templates_that_export_different_things_under_one_name_decide_nothing() -> None:
    assert targets({"a/roles.yaml": ROLES, "b/roles.yaml": ROLES, "user.yaml": USER}) == ["⟨export:app-role⟩"]


def test_the_export_of_another_account_is_not_meant() -> None:
    accounts = "accounts:\n- {id: '111111111111', paths: [one]}\n- {id: '222222222222', paths: [two]}\n"
    files = {"iamlint.yaml": accounts, "one/roles.yaml": ROLES, "two/roles.yaml": ROLES, "two/user.yaml": USER}
    assert targets(files) == ["⟨two/roles.yaml#R.name⟩"]


def test_an_import_may_be_passed_to_a_nested_stack_and_exported_again() -> None:
    parent = """
    AWSTemplateFormatVersion: '2010-09-09'
    Resources:
      Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml, Parameters: {Role: !ImportValue app-role}}}
    Outputs:
      Again: {Value: !GetAtt Inner.Outputs.Role, Export: {Name: role-again}}
    """
    inner = USER.replace("Resources:", "Parameters: {Role: {Type: String}}\nOutputs: {Role: {Value: !Ref Role}}\nResources:", 1)
    files = {
        "roles.yaml": ROLES, "parent.yaml": parent, "inner.yaml": inner.replace("!ImportValue app-role", "!Ref Role"),
        "user.yaml": USER.replace("app-role", "role-again"),
    }  # fmt: skip
    assert targets(files) == ["⟨roles.yaml#R.name⟩", "⟨roles.yaml#R.name⟩"]


CHILD = f"""
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Env: {{Type: String, Default: dev}}
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub "app-${{Env}}"
      AssumeRolePolicyDocument: {TRUST}
Outputs:
  Role: {{Value: !GetAtt R.Arn}}
  Name: {{Value: !Ref R}}
"""
PARENT = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage: {Type: String, Default: prod}
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./nested/child.yaml
      Parameters: {Env: !Ref Stage}
  P:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: p
      Roles: [!GetAtt Child.Outputs.Name]
      PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*'}]}
"""


def names(files: dict[str, str]) -> list[str]:
    return [key(role.name) for role in memory_session(files).estate.all(AwsRole)]


def test_a_nested_stack_gets_its_parameters_and_gives_its_outputs() -> None:
    files = {"stacks/parent.yaml": PARENT, "stacks/nested/child.yaml": CHILD}
    assert names(files) == ["app-prod"]
    assert targets(files) == ["app-prod"]
    assert names({"stacks/nested/child.yaml": CHILD}) == ["app-dev"]


def test_a_template_that_is_nested_in_two_ways_is_read_for_each() -> None:
    other = PARENT.replace("Default: prod", "Default: test")
    files = {"stacks/parent.yaml": PARENT, "stacks/other.yaml": other, "stacks/nested/child.yaml": CHILD}
    assert names(files) == ["app-prod", "app-test"]
    files["stacks/other.yaml"] = PARENT  # into an account that may be another
    assert names(files) == ["app-prod", "app-prod"]


def test_stacks_that_nest_each_other_end() -> None:
    circle = PARENT.replace("./nested/child.yaml", "other.yaml").replace("!Ref Stage", "!GetAtt Child.Outputs.Name")
    assert names({"a/parent.yaml": circle, "a/other.yaml": circle.replace("other.yaml", "parent.yaml")}) == []


def roles(files: dict[str, str]) -> list[str]:
    return [key(role.arn).removeprefix("arn:aws:iam::") for role in memory_session(files).estate.all(AwsRole)]


def test_a_nested_template_goes_where_the_stack_goes_that_nests_it() -> None:
    accounts = "accounts:\n- {id: '111111111111', paths: [stacks]}\n- {id: '222222222222', paths: [other]}\n"
    files = {"iamlint.yaml": accounts, "stacks/parent.yaml": PARENT.replace("./nested", "../nested"), "nested/child.yaml": CHILD}
    assert roles(files) == ["111111111111:role/app-prod"]
    both = {**files, "other/parent.yaml": files["stacks/parent.yaml"]}
    assert roles(both) == ["111111111111:role/app-prod", "222222222222:role/app-prod"]
    assert roles({**files, "iamlint.yaml": accounts + "- {id: '333333333333', paths: [nested]}\n"}) == [
        "333333333333:role/app-prod"
    ]


def test_a_stack_set_passes_parameters_and_account_to_a_template_of_the_repository() -> None:
    parent = """
    AWSTemplateFormatVersion: '2010-09-09'
    Resources:
      Set:
        Type: AWS::CloudFormation::StackSet
        Properties:
          TemplateURL: child.yaml
          Parameters: [{ParameterKey: Env, ParameterValue: stage}]
          StackInstancesGroup: [{DeploymentTargets: {Accounts: ['444444444444']}, Regions: [eu-west-1]}]
    """
    assert roles({"parent.yaml": dedent(parent), "child.yaml": CHILD}) == ["444444444444:role/app-stage"]


def test_a_stack_that_is_not_there_passes_nothing() -> None:
    parent = PARENT.replace("Type: AWS::CloudFormation::Stack", "Condition: Never\n    Type: AWS::CloudFormation::Stack")
    parent += "Conditions: {Never: !Equals [a, b]}\n"
    assert names({"stacks/parent.yaml": parent, "stacks/nested/child.yaml": CHILD}) == ["app-dev"]


def test_what_is_passed_and_not_known_is_no_default() -> None:
    parent = PARENT.replace("{Env: !Ref Stage}", "{Env: [a, !ImportValue envs]}")
    assert names({"stacks/parent.yaml": parent, "stacks/nested/child.yaml": CHILD}) == [
        "app-⟨stacks/parent.yaml#Child#parameter Env⟩"
    ]


BY_ADDRESS = PARENT.replace("./nested/child.yaml", "ADDRESS").replace(
    "Parameters:\n", "Parameters:\n  Bucket: {Type: String}\n  Prefix: {Type: String, Default: v1/}\n", 1
)


@pytest.mark.parametrize(
    "url",
    [
        "!Sub https://${Bucket}.s3.${AWS::Region}.${AWS::URLSuffix}/${Prefix}nested/child.yaml",
        "!Sub ['https://s3.amazonaws.com/${B}/child.yaml', {B: !Ref Bucket}]",
        "!Join ['/', ['https://s3.amazonaws.com', !Ref Bucket, nested, child.yaml]]",
        "!Sub https://${Bucket}.s3.amazonaws.com/${Bucket}nested/child.yaml",
        "!Sub https://${Bucket}.s3.amazonaws.com/project/${Prefix}child.yaml",
    ],
)
def test_a_template_is_told_by_the_end_of_its_address(url: str) -> None:
    session = memory_session({"stacks/parent.yaml": BY_ADDRESS.replace("ADDRESS", url), "stacks/nested/child.yaml": CHILD})
    assert [key(role.name) for role in session.estate.all(AwsRole)] == ["app-prod"]
    told = [line.reason for facts in session.estate.units for line in facts.unresolved if "address" in line.reason]
    taken = "the stack `Child` is taken to be made of `stacks/nested/child.yaml`, as which its address ends"
    assert told == [taken]
    assert [facts.missed for facts in session.estate.units if facts.missed] == []
    assert (taken,) in [reasons for facts in session.estate.units for reasons in facts.partly]


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("https://published.s3.amazonaws.com/nested/child.yaml", {}),  # somebody else's, as far as anybody can tell
        ("!Sub https://s3.${AWS::Region}.amazonaws.com/published/nested/child.yaml", {}),
        ("!Sub https://${Bucket}.s3.amazonaws.com/${Prefix}child.yaml", {"other/child.yaml": CHILD}),
        ("!Sub https://${Bucket}.s3.amazonaws.com/${Prefix}elsewhere/child.yaml", {}),
        ("!Sub https://${Bucket}.s3.amazonaws.com/${Bucket}submodules/vpc/nested/child.yaml", {}),
        ("!Join ['/', [!Ref Bucket, elsewhere, child.yaml]]", {}),
        ("!Sub https://${Bucket}.s3.amazonaws.com/${Prefix}-child.yaml", {}),
        ("!Sub https://${Bucket}.s3.amazonaws.com/nested/other.yaml", {}),
        ("!Sub https://${Bucket}.s3.amazonaws.com/nested/child.yaml", {"stacks/nested/child.yaml": CHILD.replace("  Env:", "  Stage:").replace("{Env}", "{Stage}")}),
        ("!Sub https://${Bucket}.s3.amazonaws.com/nested/child.yaml", {"stacks/nested/child.yaml": CHILD.replace("Parameters:", "Parameters:\n  More: {Type: String}")}),
        ("!Sub https://${Bucket}.s3.amazonaws.com/nested/child.yaml", {"stacks/nested/child.yaml": CHILD.replace("  Name:", "  Title:")}),
    ],
)  # fmt: skip
def test_an_address_that_may_mean_another_template_is_not_matched(url: str, more: dict[str, str]) -> None:
    session = memory_session(
        {"stacks/parent.yaml": BY_ADDRESS.replace("ADDRESS", url), "stacks/nested/child.yaml": CHILD, **more}
    )
    assert not [role for role in session.estate.all(AwsRole) if "app-prod" in key(role.name)]
    (told,) = [line.reason for facts in session.estate.units for line in facts.unresolved if "nested stack" in line.reason]
    assert told.endswith("of the nested stack `Child` is not a file of the repository")


def test_what_is_no_gap_in_one_template_is_none_in_another() -> None:
    other = """
    AWSTemplateFormatVersion: '2010-09-09'
    Resources:
      B: {Type: AWS::S3::Bucket}
      C: {Type: Custom::Thing, Properties: {ServiceToken: x}}
    Outputs:
      B: {Value: !GetAtt B.Arn, Export: {Name: bucket}}
      C: {Value: !GetAtt C.Role, Export: {Name: thing}}
      A: {Value: !Sub "arn:aws:iam::${AWS::AccountId}:root", Export: {Name: account}}
    """
    user = """
    AWSTemplateFormatVersion: '2010-09-09'
    Resources:
      P:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: 's3:*', Resource: [!ImportValue bucket, !ImportValue account]}]
    """

    def told(text: str) -> list[str]:
        session = memory_session({"other.yaml": dedent(other), "user.yaml": dedent(text)})
        return [line.reason for facts in session.estate.units for line in facts.unresolved]

    assert told(user) == []
    assert told(user.replace("ImportValue account", "ImportValue thing")) == ["`C` gives `Role` when the stack is deployed"]


WRITES = """
AWSTemplateFormatVersion: '2010-09-09'
Resources:
  P: {Type: AWS::SSM::Parameter, Properties: {Name: /accounts/shared, Type: String, Value: '222222222222'}}
  L: {Type: AWS::SSM::Parameter, Properties: {Name: /accounts/all, Type: StringList, Value: '222222222222,333333333333'}}
  S: {Type: AWS::SSM::Parameter, Properties: {Name: /db/password, Type: String, Value: '444444444444'}}
"""
LOOKS_UP = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Shared: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /accounts/shared}
  All: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /accounts/all}
  Secret: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /db/password}
Resources:
  P:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: p
      Roles:
        - !Sub "a-${Shared}"
        - "b-{{resolve:ssm:/accounts/shared}}"
        - "c-{{resolve:ssm:/accounts/shared:3}}"
        - !Select [1, !Ref All]
        - !Sub "d-${Secret}"
      PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*'}]}
"""
PLACES = """
inputs: {region: eu-west-1}
accounts:
- {id: '111111111111', paths: [one]}
- {id: '999999999999', paths: [two]}
"""


def test_a_parameter_that_another_template_of_the_account_writes() -> None:
    unknown = ["c-⟨{{resolve:ssm:/accounts/shared:3}}⟩", "d-⟨one/user.yaml#parameter Secret⟩"]
    files = {"iamlint.yaml": PLACES, "one/values.yaml": WRITES, "one/user.yaml": LOOKS_UP}
    assert targets(files) == ["333333333333", "a-222222222222", "b-222222222222", *unknown]


@pytest.mark.parametrize(
    "files",
    [
        {"two/values.yaml": WRITES},  # in another account
        {"values.yaml": WRITES},  # perhaps in another account
        {"one/values.yaml": WRITES, "one/more.yaml": WRITES},  # one of them is in another region, or not deployed
        {"one/values.yaml": WRITES, "more.yaml": WRITES},
        {"one/values.yaml": WRITES.replace("{Type: AWS::SSM::Parameter, ", "{Type: AWS::SSM::Parameter, Condition: C, ") + "Conditions: {C: !Equals [!Ref AWS::StackName, x]}\n"},
    ],
)  # fmt: skip
def test_a_parameter_that_may_be_another_one_is_not_known(files: dict[str, str]) -> None:
    found = targets({"iamlint.yaml": PLACES, "one/user.yaml": LOOKS_UP, **files})
    assert "a-⟨one/user.yaml#parameter Shared⟩" in found
    assert not [one for one in found if "22222" in one or "33333" in one]


def test_the_value_of_a_parameter_of_the_same_template() -> None:
    text = WRITES + LOOKS_UP[LOOKS_UP.index("  P:") :].replace("  P:", "  Policy:", 1).replace("${Shared}", "${P.Value}")
    assert "a-222222222222" in targets({"stack.yaml": text.replace("${Secret}", "x").replace("!Select [1, !Ref All]", "z")})


def test_stacks_that_a_loop_makes_are_nested_too() -> None:
    parent = """
    AWSTemplateFormatVersion: '2010-09-09'
    Transform: AWS::LanguageExtensions
    Resources:
      Fn::ForEach::Stacks:
        - Env
        - [prod]
        - "Stack${Env}": {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Env: !Ref Env}}}
    """
    session = memory_session({"parent.yaml": dedent(parent), "child.yaml": CHILD})
    assert [key(role.name) for role in session.estate.all(AwsRole)] == ["app-prod"]
    assert not [line.reason for facts in session.estate.units for line in facts.unresolved if line.at.path == "parent.yaml"]


def test_a_path_that_the_cdk_writes_beside_an_address_is_believed() -> None:
    beside = "Metadata: {'aws:asset:property': TemplateURL, 'aws:asset:path': nested/child.yaml}"
    url = "!Sub https://${Bucket}.s3.amazonaws.com/other/child.yaml"
    parent = BY_ADDRESS.replace("ADDRESS", url).replace(
        "    Properties:\n      TemplateURL", f"    {beside}\n    Properties:\n      TemplateURL"
    )
    other = CHILD.replace('"app-', '"other-')
    session = memory_session({"stacks/parent.yaml": parent, "stacks/nested/child.yaml": CHILD, "stacks/other/child.yaml": other})
    assert sorted(key(role.name) for role in session.estate.all(AwsRole)) == ["app-prod", "other-dev"]
