"""What a template has another one make: read where that is at hand, in the coverage where not."""

from __future__ import annotations

from textwrap import dedent

import pytest
from unit_cloudformation import items, parse, written

from iamlint.model.aws import AwsRole
from iamlint.model.policy import Policy
from iamlint.model.telemetry import LiteralSecret
from iamlint.project.memory import memory_session
from iamlint.source.value import Unknown, key

ROLE = """\
Resources:
  Admin:
    Type: AWS::IAM::Role
    Properties:
      RoleName: admin
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: {AWS: "*"}}]
"""


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ("{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://b.s3.amazonaws.com/iam.yaml'}}", "the template (`https://b.s3.amazonaws.com/iam.yaml`) of the nested stack `A` is not a file of the repository"),
        ("{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: !Sub 'https://${B}/iam.yaml'}}", "the template of the nested stack `A` is not a file of the repository"),
        ("{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./missing.yaml}}", "the template (`./missing.yaml`) of the nested stack `A` is not a file of the repository"),
        ("{Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: 'arn:aws:serverlessrepo:us-east-1:111111111111:applications/x'}}}", "the template (`arn:aws:serverlessrepo:us-east-1:111111111111:applications/x`) of the nested stack `A` is not a file of the repository"),
        ("{Type: Acme::Iam::Role::MODULE}", "what the module `A` (`Acme::Iam::Role::MODULE`) makes is not in the repository"),
        ("{Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct}", "what the product `A` (`AWS::ServiceCatalog::CloudFormationProvisionedProduct`) makes is not in the repository"),
        ("{Type: Community::SSO::AssignmentGroup, Properties: {PrincipalId: x}}", "what a resource of type `Community::SSO::AssignmentGroup` declares is not read"),
        ("{Type: 'Custom::Role', Properties: {In: [{PolicyDocument: {Statement: [{Effect: Allow}]}}]}}", "what `A` (`Custom::Role`) does with the policy that stands in it is not known"),
        ("{Type: 'Custom::Set', Properties: {Body: !Sub \"Resources:\\n  R:\\n    Statement:\\n      - Effect: Allow\\n\"}}", "what `A` (`Custom::Set`) does with the policy that stands in it is not known"),
        ("{Type: 'Custom::Set', Properties: {Body: !Sub [\"Statement: [{Effect: 'Deny'}]\", {B: b}]}}", "what `A` (`Custom::Set`) does with the policy that stands in it is not known"),
        ("{Type: AWS::New::Thing, Properties: {Policy: '{\"Statement\": {\"Effect\": \"Allow\"}}'}}", "what `A` (`AWS::New::Thing`) does with the policy that stands in it is not known"),
        ("{Type: Okta::Group::Membership}", "what a resource of type `Okta::Group::Membership` declares is not read"),
        ("{Type: AWS::CloudFormation::StackSet, Properties: {TemplateURL: 'https://b.s3.amazonaws.com/iam.yaml'}}", "the template of the stack set `A` is not a file of the repository"),
        ("{Type: AWS::CloudFormation::StackSet, Properties: {TemplateBody: !Ref Body}}", "the template of the stack set `A` is not known"),
        ("{Type: AWS::CloudFormation::StackSet, Properties: {TemplateBody: 'no template'}}", "the template of the stack set `A` is not known"),
    ],
)  # fmt: skip
def test_what_is_not_at_hand_stands_in_the_coverage(resource: str, reason: str) -> None:
    facts = parse(f"AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: {resource}\n")
    assert [line.reason for line in facts.unresolved] == [reason]
    assert facts.missed == [reason]


def test_a_policy_in_a_resource_that_is_not_read_is_told_at_its_place() -> None:
    text = "Resources:\n  A: {Type: 'Custom::Role', Properties: {In: [{PolicyDocument: {Statement: [{Effect: Allow}]}}]}}\n"
    (line,) = parse(text).unresolved
    assert written(text, line.at) == "PolicyDocument"
    assert not parse(text.replace("Effect: Allow", "Text: Statement")).unresolved


def test_a_stack_by_a_path_of_the_repository_is_no_gap() -> None:
    files = {
        "stack.yaml": "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n"
        "  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./inner/iam.yaml}}\n"
        "  B: {Type: AWS::CloudFormation::StackSet, Properties: {TemplateURL: inner/iam.yaml}}\n",
        "inner/iam.yaml": ROLE,
    }
    estate = memory_session(files).estate
    assert [role.name for role in estate.all(AwsRole)] == ["admin", "admin"]  # in the stack's account, and where the set goes
    assert not [line for facts in estate.units for line in facts.unresolved if line.at.path == "stack.yaml"]


def stack_set(body: str, more: str = "") -> str:
    return f"Resources:\n  Roles:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n      StackSetName: roles\n{more}      TemplateBody: {body}"


def block(head: str, text: str = ROLE) -> str:
    return head + "\n" + "".join(f"        {line}\n" for line in text.splitlines())


def test_the_template_in_a_stack_set_is_read_in_the_account_of_the_set() -> None:
    groups = "      StackInstancesGroup: [{DeploymentTargets: {Accounts: ['222222222222']}, Regions: [us-east-1]}]\n"
    text = stack_set(block("|"), groups)
    facts = parse(text)
    (role,) = items(facts, AwsRole)
    assert (role.arn, role.account, role.unit) == ("arn:aws:iam::222222222222:role/admin", "222222222222", "stack.yaml")
    assert written(text, role.place) == "Admin"
    (trust,) = items(facts, Policy)
    assert written(text, trust.statements[0].action_place(0)) == "sts:AssumeRole"
    assert (facts.full, facts.partly, facts.missed, facts.unresolved) == (1, [], [], [])


@pytest.mark.parametrize(
    "groups",
    [
        "",
        "[{DeploymentTargets: {OrganizationalUnitIds: [ou-1]}}]",
        "[{DeploymentTargets: {Accounts: ['222222222222', !Ref Other]}}]",
        "[{DeploymentTargets: {Accounts: ['222222222222'], OrganizationalUnitIds: [ou-1], AccountFilterType: DIFFERENCE}}]",
        f"[{{DeploymentTargets: {{Accounts: [{', '.join(str(100000000000 + number) for number in range(40))}]}}}}]",
    ],
)
def test_the_account_of_a_stack_set_whose_accounts_are_not_listed_or_very_many_is_not_known(groups: str) -> None:
    (role,) = items(parse(stack_set(block("|"), f"      StackInstancesGroup: {groups}\n" if groups else "")), AwsRole)
    assert isinstance(role.account, Unknown)
    assert key(role.arn) == "arn:aws:iam::⟨account:stack.yaml#Roles⟩:role/admin"


def test_what_is_filled_into_the_template_of_a_stack_set() -> None:
    body = ROLE.replace("admin", "admin-${Who}").replace('AWS: "*"', 'AWS: "arn:aws:iam::${AWS::AccountId}:root"')
    text = "Parameters: {Who: {Type: String}}\n" + stack_set(block("!Sub |", body))
    facts = parse(text)
    (role,) = items(facts, AwsRole)
    assert key(role.name) == "admin-⟨stack.yaml#parameter Who⟩"
    (trust,) = items(facts, Policy)
    assert [item.value for item in trust.statements[0].principals] == ["arn:aws:iam::111111111111:root"]
    assert written(text, trust.statements[0].place("Principal", "AWS")) == '"arn:aws:iam::${AWS::AccountId}:root"'


def test_a_name_that_aws_chooses_is_no_gap_in_the_template_of_a_stack_set() -> None:
    body = ROLE.replace("admin", "admin-${Bucket}")
    text = stack_set(block("!Sub |", body)) + "\n  Bucket: {Type: AWS::S3::Bucket}\n"
    facts = parse(text)
    (role,) = items(facts, AwsRole)
    assert key(role.name) == "admin-⟨stack.yaml#Bucket.name⟩"
    assert [line.reason for line in facts.unresolved if "account" not in line.reason] == []


def test_parameters_of_a_stack_set() -> None:
    body = "Parameters:\n  Name: {Type: String, Default: none}\n  Other: {Type: String, Default: none}\n" + ROLE.replace(
        "RoleName: admin", "RoleName: !Sub '${Name}-${Other}'"
    )
    more = (
        "      Parameters: [{ParameterKey: Name, ParameterValue: one}, {ParameterKey: Other, ParameterValue: two}]\n"
        "      StackInstancesGroup:\n"
        "      - {DeploymentTargets: {Accounts: ['222222222222', '333333333333']}}\n"
        "      - DeploymentTargets: {Accounts: TARGETS}\n"
        "        ParameterOverrides: [{ParameterKey: Other, ParameterValue: three}]\n"
    )
    roles = items(parse(stack_set(block("|", body), more.replace("TARGETS", "['444444444444']"))), AwsRole)
    assert [key(role.arn).removeprefix("arn:aws:iam::") for role in roles] == [
        "222222222222:role/one-two",
        "333333333333:role/one-two",
        "444444444444:role/one-three",
    ]
    assert len({role.ref for role in roles}) == 3
    (role,) = items(parse(stack_set(block("|", body), more.replace("TARGETS", "!Ref Some"))), AwsRole)
    assert key(role.name) == "one-⟨stack.yaml#Roles#parameter Other⟩"


def test_a_gap_in_a_stack_set_is_told_once_for_all_its_accounts() -> None:
    body = ROLE.replace("RoleName: admin", "RoleName: !ImportValue name")
    groups = (
        "      StackInstancesGroup: [{DeploymentTargets: {Accounts: ['222222222222', '333333333333']}, Regions: [us-east-1]}]\n"
    )
    facts = parse(stack_set(block("|", body), groups))
    assert [line.reason for line in facts.unresolved] == ["the export `name` is another stack's"]


def test_json_and_secrets_in_a_stack_set() -> None:
    body = '{"Parameters": {"P": {"Type": "String", "NoEcho": true, "Default": "kx82-Zu1q-Wm-94"}}, "Resources": {"G": {"Type": "AWS::IAM::Group"}}}'
    text = stack_set(f"'{body}'\n")
    (secret,) = items(parse(text), LiteralSecret)
    assert written(text, secret.at) == '"kx82-Zu1q-Wm-94"'


def test_resources_of_both_templates_are_told_apart() -> None:
    text = dedent(ROLE) + stack_set(block("|")).removeprefix("Resources:\n")
    roles = items(parse(text), AwsRole)
    assert [role.ref for role in roles] == ["stack.yaml#Admin", "stack.yaml#Roles#Admin"]


def test_stack_sets_that_hold_one_another_without_end() -> None:
    text = ROLE
    for _ in range(60):
        text = stack_set("|\n" + "".join(f"        {line}\n" for line in text.splitlines()))
    facts = parse(text)
    assert not items(facts, AwsRole)
    assert [line.reason for line in facts.unresolved] == ["the template of the stack set `Roles` is not known"]
