"""What a parameter's default keeps from being there stands in the coverage; what the files decide otherwise does not."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from iamlint.project.memory import memory_session
from iamlint.report.json import to_json
from iamlint.report.text import closing

HEADER = """
AWSTemplateFormatVersion: '2010-09-09'
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  Env: {Type: String, Default: dev}
  Create: {Type: String, Default: 'no'}
  Number: {Type: Number, Default: 0}
  Single: {Type: String, Default: x, AllowedValues: [x]}
  Either: {Type: String, Default: a, AllowedValues: [a, b]}
  Users: {Type: CommaDelimitedList, Default: ''}
  Asked: {Type: String}
Mappings:
  Stages: {dev: {Wide: 'no'}, prod: {Wide: 'yes'}}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  Wide: !Equals [!FindInMap [Stages, !Ref Env, Wide], 'yes']
  It: CONDITION
Resources:
"""
OFF = "`R` is switched off by "
CREATE, ENV = "the default of the parameter `Create`", "the default of the parameter `Env`"


def report(files: dict[str, str]) -> dict[str, object]:
    """Return the coverage of a run over some files."""
    found = to_json(memory_session({path: dedent(text) for path, text in files.items()}).check())["coverage"]
    assert isinstance(found, dict)
    return found


def lines(files: dict[str, str]) -> list[str]:
    return [line["reason"] for line in report(files)["switched_off"]]  # type: ignore[attr-defined]


USER = "  R: {Type: 'AWS::IAM::User', Condition: It, Properties: {UserName: u}}\n"


@pytest.mark.parametrize(
    ("condition", "by"),
    [
        ("!Equals [!Ref Create, 'yes']", CREATE),
        ("!Not [!Equals [!Ref Create, 'no']]", CREATE),
        ("!Equals [!Sub '${Env}-x', prod-x]", ENV),
        ("!Equals [!Ref Number, 1]", "the default of the parameter `Number`"),
        ("!Condition Prod", ENV),
        ("!Condition Wide", ENV),
        ("!Or [!Equals [!Ref Create, 'yes'], !Condition Prod]", f"{ENV} and {CREATE}"),  # either suffices
        ("!And [!Equals [!Ref Create, 'yes'], !Condition Prod]", f"{ENV} and {CREATE}"),  # only together
        ("!And [!Equals [!Ref Create, 'yes'], !Not [!Condition Prod]]", CREATE),
        ("!And [!Equals [!Ref Create, 'yes'], !Equals [!Ref Asked, x]]", CREATE),
        # what the files decide, whatever a parameter says
        ("!Equals [a, b]", None),
        ("!Equals [!Ref Single, y]", None),
        ("!Equals [!Ref Either, c]", None),
        ("!And [!Equals [a, b], !Equals [!Ref Create, 'yes']]", None),
        # what is there, and what may be there
        ("!Equals [!Ref Create, 'no']", None),
        ("!Equals [!Ref Asked, x]", None),
    ],
)
def test_a_resource(condition: str, by: str | None) -> None:
    assert lines({"t.yaml": HEADER.replace("CONDITION", condition) + USER}) == ([] if by is None else [OFF + by])


@pytest.mark.parametrize(
    ("resource", "what"),
    [
        ("  R: {Type: 'AWS::Serverless::Function', Condition: It, Properties: {DeploymentPreference: {Type: AllAtOnce}}}", "`R`"),
        ("  R: {Type: 'AWS::CloudFormation::Stack', Condition: It, Properties: {TemplateURL: 'https://x.test/y'}}", "`R`"),
        ("  R: {Type: 'Custom::X', Condition: It, Properties: {P: {Statement: [{Effect: Allow}]}}}", "`R`"),
        ("  R: {Type: 'Custom::X', Condition: It, Properties: {}}", None),
        ("  R: {Type: 'AWS::EC2::VPC', Condition: It, Properties: {}}", None),
        ("  'Fn::ForEach::L': [U, !Ref Users, {'X${U}': {Type: 'AWS::IAM::User'}}]", "what a `Fn::ForEach` makes"),
        ("  'Fn::ForEach::L': [U, !Ref Users, {'X${U}': {Type: 'AWS::EC2::VPC'}}]", None),
        ("  'Fn::ForEach::L': [U, [], {'X${U}': {Type: 'AWS::IAM::User'}}]", None),
    ],
)
def test_what_bears_on_access(resource: str, what: str | None) -> None:
    by = CREATE if what == "`R`" else "the default of the parameter `Users`"
    found = report({"t.yaml": HEADER.replace("CONDITION", "!Equals [!Ref Create, 'yes']") + resource + "\n"})
    assert [line["reason"] for line in found["switched_off"]] == ([] if what is None else [f"{what} is switched off by {by}"])  # type: ignore[attr-defined]
    assert (found["resources"], found["unresolved"]) == ({"full": 0, "partly": 0, "none": 0}, [])


@pytest.mark.parametrize("name", ["ManagedPolicies", "CustomerManagedPolicyReferences"])
def test_policies_of_a_permission_set(name: str) -> None:
    one = "{Name: p}" if name.startswith("Customer") else "!Sub 'arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess'"
    listed = f"[!If [It, {one}, !Ref 'AWS::NoValue']]"
    resource = f"  R: {{Type: 'AWS::SSO::PermissionSet', Properties: {{Name: n, InstanceArn: i, {name}: {listed}}}}}\n"
    assigned = "Type: 'AWS::SSO::Assignment', Properties: {InstanceArn: i, PermissionSetArn: !GetAtt R.PermissionSetArn, TargetType: AWS_ACCOUNT, TargetId: TARGET, PrincipalType: GROUP, PrincipalId: g}"
    for number in (1, 2):  # each assignment makes a role with these policies, and the switch is said once
        resource += f"  A{number}: {{{assigned.replace('TARGET', str(number) * 12)}}}\n"
    assert lines({"t.yaml": HEADER.replace("CONDITION", "!Condition Prod") + resource}) == [f"a part of {OFF}{ENV}"]


def test_it_is_in_none_of_the_numbers() -> None:
    text = HEADER.replace("CONDITION", "!Condition Prod") + USER + "  S: {Type: 'AWS::IAM::User', Properties: {UserName: s}}\n"
    run = memory_session({"t.yaml": text}).check()
    counts = "of 1 resource 1 fully, 0 partly, 0 not; 1 more switched off by defaults"
    assert closing(run).splitlines()[-1] == f"coverage: 1 resolved, 0 unresolved (-v lists them); {counts}"
    assert f"switched off: t.yaml:19: {OFF}{ENV}" in closing(run, verbosity=1).splitlines()


BRANCHES = """\
  G:
    Type: AWS::IAM::Group
    Properties:
      GroupName: g
      ManagedPolicyArns: [!If [It, 'arn:aws:iam::aws:policy/AdministratorAccess', !Ref 'AWS::NoValue']]
      Policies:
        - !If [Not, !Ref 'AWS::NoValue', {PolicyName: a, PolicyDocument: {Statement: []}}]
        - PolicyName: b
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - !If [It, {Effect: Allow, Action: 's3:*', Resource: '*'}, !Ref 'AWS::NoValue']
              - {Effect: Allow, Action: 's3:GetObject', Resource: !If [It, '*', !Ref 'AWS::NoValue']}
  T:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: !If [It, [{Effect: Allow, Action: 'sts:AssumeRole', Principal: '*'}], []]
      Tags: [!If [It, {Key: a, Value: b}, !Ref 'AWS::NoValue']]
      PermissionsBoundary: !If [It, 'arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::aws:policy/PowerUserAccess']
      Policies: !If [It, [{PolicyName: c, PolicyDocument: {Statement: []}}], !Ref 'AWS::NoValue']
      ManagedPolicyArns:
        - !If [It, !FindInMap [Stages, prod, Wide], !Ref 'AWS::NoValue']
        - !If [It, !Ref 'AWS::NoValue', !Ref 'AWS::NoValue']
        - !If [It, !Ref Asked, 'arn:aws:iam::aws:policy/ReadOnlyAccess']
"""


@pytest.mark.parametrize(
    ("condition", "by"),
    [("!Condition Prod", ENV), ("!And [!Equals [!Ref Create, 'yes'], !Condition Prod]", f"{ENV} and {CREATE}"), ("!Equals [a, b]", None)],
)  # fmt: skip
def test_a_branch_inside_a_resource(condition: str, by: str | None) -> None:
    head = HEADER.replace("CONDITION", f"{condition}\n  Not: !Not [!Condition It]")
    found = report({"t.yaml": head + BRANCHES})
    first = head.count("\n")
    expected = [("G", 5), ("G", 7), ("G", 12), ("T", 20), ("T", 23), ("T", 25)]
    assert [(line["reason"], line["line"] - first) for line in found["switched_off"]] == [  # type: ignore[attr-defined]
        (f"a part of `{name}` is switched off by {by}", line) for name, line in (expected if by else ())
    ]
    # it is in none of the numbers: two policies and their three statements are known, and so are the group and the role
    assert (found["resources"], found["unresolved"]) == ({"full": 2, "partly": 0, "none": 0}, [])


def test_a_branch_that_one_of_several_stacks_has_is_there() -> None:
    branches = HEADER.replace("CONDITION", "!Condition Prod\n  Not: !Not [!Condition It]") + BRANCHES
    head = "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {Asked: {Type: String, Default: x}}\nResources:\n"
    one = "  A: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: t.yaml, Parameters: {Asked: x}}}\n"
    other = one.replace("A:", "B:").replace("Asked: x", "Asked: y, Env: GIVEN")
    assert len(lines({"p.yaml": head + one + other.replace("GIVEN", "test"), "t.yaml": branches})) == 6
    assert lines({"p.yaml": head + one + other.replace("GIVEN", "prod"), "t.yaml": branches}) == []


PARENT = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Users: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: child.yaml, Parameters: {Env: GIVEN}}}
"""
CHILD = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Env: {Type: String, Default: dev}}
Conditions: {It: !Equals [!Ref Env, prod]}
Resources:
  R: {Type: 'AWS::IAM::User', Condition: It, Properties: {UserName: u}}
"""


@pytest.mark.parametrize(
    ("given", "by"),
    [
        ("!Ref Stage", "the default of the parameter `Stage` of `parent.yaml`"),
        ("!Sub 'x-${Stage}'", "the default of the parameter `Stage` of `parent.yaml`"),
        ("!Ref AWS::NoValue", "the default of the parameter `Env`"),
        ("dev", None),  # the files decide it
        ("prod", None),
    ],
)
def test_a_nested_stack(given: str, by: str | None) -> None:
    files = {"parent.yaml": PARENT.replace("GIVEN", given), "child.yaml": CHILD}
    assert lines(files) == ([] if by is None else [OFF + by])


def test_a_default_is_passed_on_and_on() -> None:
    middle = PARENT.replace("GIVEN", "!Ref Stage")
    top = middle.replace("child.yaml", "middle.yaml").replace("{Env:", "{Stage:").replace("Default: dev", "Default: test")
    files = {"top.yaml": top, "middle.yaml": middle, "child.yaml": CHILD}
    assert lines(files) == [f"{OFF}the default of the parameter `Stage` of `top.yaml`"]


STACK_SET = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Users:
    Type: AWS::CloudFormation::StackSet
    Properties:
      Parameters: [{ParameterKey: Env, ParameterValue: GIVEN}]
      StackInstancesGroup:
        - DeploymentTargets: {Accounts: ['111111111111']}
          Regions: [eu-west-1]
          ParameterOverrides: OVERRIDES
      """
OF_PARENT = "the default of the parameter `Stage` of `parent.yaml`"


@pytest.mark.parametrize("body", [True, False])
@pytest.mark.parametrize(
    ("given", "overrides", "by"),
    [
        ("!Ref Stage", "[]", OF_PARENT),
        ("dev", "[]", None),
        ("dev", "[{ParameterKey: Env, ParameterValue: !Ref Stage}]", OF_PARENT),
        ("!Ref Stage", "[{ParameterKey: Env, ParameterValue: test}]", None),
        ("prod", "[{ParameterKey: Env, ParameterValue: !Ref Stage}]", OF_PARENT),
    ],
)
def test_a_stack_set(body: bool, given: str, overrides: str, by: str | None) -> None:
    parent = STACK_SET.replace("GIVEN", given).replace("OVERRIDES", overrides)
    files = {"parent.yaml": parent + "TemplateURL: child.yaml\n", "child.yaml": CHILD}
    if body:
        files = {"parent.yaml": parent + "TemplateBody: |\n" + indent(CHILD, " " * 8)}
    assert lines(files) == ([] if by is None else [OFF + by])


NESTED = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Stage: {Type: String, Default: dev}}
Conditions: {It: CONDITION, Always: !Equals [a, a]}
Resources:
  Users: {Type: 'AWS::CloudFormation::Stack', Condition: It, Properties: {TemplateURL: child.yaml}}
"""
ALONE = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  U: {Type: 'AWS::IAM::User', Properties: {UserName: u}}\n"


@pytest.mark.parametrize(
    ("condition", "more", "there", "off"),
    [
        ("!Equals [!Ref Stage, prod]", "", False, True),
        ("!Equals [!Ref Stage, dev]", "", True, False),
        ("!Equals [a, b]", "", True, False),  # the files say that nobody nests it, so it stands for itself
        (
            "!Equals [!Ref Stage, prod]",
            NESTED[NESTED.index("  Users") :].replace("Users", "More").replace("It", "Always"),
            True,
            True,
        ),
    ],
)
def test_a_template_whose_stacks_are_all_switched_off_makes_nothing(condition: str, more: str, there: bool, off: bool) -> None:
    files = {"child.yaml": ALONE, "parent.yaml": NESTED.replace("CONDITION", condition) + more.lstrip("\n")}
    found = report(files)
    said = ["`Users` is switched off by the default of the parameter `Stage`"]
    template = "the template is switched off: defaults keep every stack away that is made of it"
    expected = [] if not off else said if there else [template, *said]
    assert [line["reason"] for line in found["switched_off"]] == expected  # type: ignore[attr-defined]
    assert found["resources"] == {"full": int(there), "partly": 0, "none": 0}


def test_a_template_below_one_that_is_switched_off_makes_nothing() -> None:
    top = NESTED.replace("CONDITION", "!Equals [!Ref Stage, prod]").replace("child", "middle")
    middle = NESTED.replace("CONDITION", "!Equals [a, a]")
    assert report({"top.yaml": top, "middle.yaml": middle, "child.yaml": ALONE})["resources"]["full"] == 0  # type: ignore[index]
    assert report({"middle.yaml": middle, "child.yaml": ALONE})["resources"]["full"] == 1  # type: ignore[index]
