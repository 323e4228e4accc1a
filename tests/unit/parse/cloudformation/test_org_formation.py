"""Files of org-formation: what is read of them, and what stands in the coverage."""

from __future__ import annotations

import pytest
from unit_cloudformation import items, parse, written

from iamlint.model.policy import Policy, PolicyKind

ORGANIZATION = """
AWSTemplateFormatVersion: '2010-09-09-OC'
Organization:
  Root: {Type: OC::ORG::OrganizationRoot, Properties: {ServiceControlPolicies: !Ref Scp}}
  Scp:
    Type: OC::ORG::ServiceControlPolicy
    Properties:
      PolicyName: everything
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]
"""


def test_the_service_control_policies_of_an_organization() -> None:
    facts = parse(ORGANIZATION)
    (policy,) = items(facts, Policy)
    assert (policy.kind, policy.name, policy.ref) == (PolicyKind.SCP, "everything", "stack.yaml#Scp")
    assert written(ORGANIZATION, policy.statements[0].action_place(0)) == "'s3:*'"
    (line,) = facts.unresolved
    assert line.reason == "the accounts and units of `Organization`, and whom its policies govern, are not read"
    assert written(ORGANIZATION, line.at) == "Organization"


def test_an_organization_without_policies_stands_in_the_coverage() -> None:
    text = "Organization:\n  Main: {Type: OC::ORG::MasterAccount, Properties: {AccountId: '111111111111'}}\n"
    assert [written(text, line.at) for line in parse(text).unresolved] == ["Organization"]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("AWSTemplateFormatVersion: '2010-09-09-OC'\nResources: {G: {Type: AWS::IAM::Group}}\n", "AWSTemplateFormatVersion"),
        ("AWSTemplateFormatVersion: '2010-09-09-OC'\nOrganizationBindings: {B: {Account: '*'}}\nResources: {G: {Type: AWS::IAM::Group}}\n", "OrganizationBindings"),
        ("Resources:\n  G: {Type: AWS::IAM::Group, OrganizationBinding: {Account: '*'}}\n", "OrganizationBinding"),
        ("AWSTemplateFormatVersion: '2010-09-09'\nResources: {G: {Type: AWS::IAM::Group}}\n", ""),
    ],
)  # fmt: skip
def test_into_which_accounts_a_template_goes_is_not_read(text: str, at: str) -> None:
    lines = parse(text).unresolved
    assert [line.reason for line in lines] == ["into which accounts org-formation puts this is not read"] * bool(at)
    assert [written(text, line.at) for line in lines] == [at] * bool(at)
