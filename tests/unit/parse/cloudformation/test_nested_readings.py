"""A template that is nested in several ways is read once for every set of parameters, and says which stacks lead to it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from iamlint.model.aws import AwsRole
from iamlint.model.policy import Attachment, Layer
from iamlint.project.memory import memory_session
from iamlint.report.json import to_json
from iamlint.source.value import key

HEAD = "AWSTemplateFormatVersion: '2010-09-09'\n"
TRUST = "{Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: ec2.amazonaws.com}}]}"
CHILD = f"""{HEAD}
Parameters:
  Env: {{Type: String, Default: dev}}
  Named: {{Type: String, Default: 'yes'}}
Conditions:
  Prod: !Equals [!Ref Env, prod]
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub app-${{Env}}
      AssumeRolePolicyDocument: {TRUST}
      Policies:
      - PolicyName: p
        PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: '*', Resource: '*'}}]}}
  Made: {{Type: 'AWS::IAM::Role', Properties: {{AssumeRolePolicyDocument: {TRUST}}}}}
  OnlyProd: {{Type: 'AWS::IAM::User', Condition: Prod, Properties: {{UserName: only}}}}
Outputs:
  Name: {{Value: !Ref R}}
  Made: {{Value: !Ref Made}}
"""


def stack(name: str, child: str = "child.yaml", **parameters: str) -> str:
    given = ", ".join(f"{one}: {value}" for one, value in parameters.items())
    return f"  {name}: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: {child}, Parameters: {{{given}}}}}}}\n"


def template(*resources: str, parameters: str = "Stage: {Type: String, Default: test}") -> str:
    return f"{HEAD}Parameters: {{{parameters}}}\nResources:\n{''.join(resources)}"


def names(files: dict[str, str]) -> list[str]:
    return sorted(key(role.name) for role in memory_session(files).estate.all(AwsRole))


POLICY = """\
  P:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: p
      Roles: [!GetAtt A.Outputs.Made, !GetAtt B.Outputs.Made, !GetAtt A.Outputs.Name, !GetAtt B.Outputs.Name]
      PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 'sqs:SendMessage', Resource: '*'}]}
"""


def test_each_stack_has_names_and_outputs_of_its_own() -> None:
    files = {"child.yaml": CHILD, "parent.yaml": template(stack("A", Env="!Ref Stage"), stack("B", Env="prod"), POLICY)}
    assert names(files) == ["app-prod", "app-test", "⟨child.yaml[A]#Made.name⟩", "⟨child.yaml[B]#Made.name⟩"]
    attached = [one for one in memory_session(files).estate.all(Attachment) if one.unit == "parent.yaml"]
    assert [key(one.target) for one in attached if one.layer is Layer.IDENTITY] == [
        "⟨child.yaml[A]#Made.name⟩", "⟨child.yaml[B]#Made.name⟩", "app-test", "app-prod",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([stack("A", Env="prod"), stack("B", Env="prod")], ["app-prod", "⟨child.yaml#Made.name⟩"]),  # one set of parameters
        ([stack("A", Env="prod")], ["app-prod", "⟨child.yaml#Made.name⟩"]),
        ([stack("A", Env="prod"), stack("B")], ["app-dev", "app-prod", "⟨child.yaml[A]#Made.name⟩", "⟨child.yaml[B]#Made.name⟩"]),
    ],
)
def test_a_set_of_parameters_is_read_once(resources: list[str], expected: list[str]) -> None:
    assert names({"child.yaml": CHILD, "parent.yaml": template(*resources)}) == expected


def test_two_templates_that_nest_the_same_are_told_apart_by_their_names() -> None:
    files = {"child.yaml": CHILD, "a.yaml": template(stack("S", Env="one")), "b.yaml": template(stack("S", Env="two"))}
    assert [name for name in names(files) if "⟨" in name] == [
        "⟨child.yaml[a.yaml:S]#Made.name⟩",
        "⟨child.yaml[b.yaml:S]#Made.name⟩",
    ]


def test_what_differs_higher_up_differs_below() -> None:
    middle = template(stack("In", Env="!Ref Stage"))
    files = {"child.yaml": CHILD, "middle.yaml": middle}
    files["top.yaml"] = template(stack("A", "middle.yaml", Stage="one"), stack("B", "middle.yaml", Stage="two"))
    assert names(files) == ["app-one", "app-two", "⟨child.yaml[A.In]#Made.name⟩", "⟨child.yaml[B.In]#Made.name⟩"]


def test_an_output_of_one_stack_is_passed_to_another() -> None:
    files = {"child.yaml": CHILD, "parent.yaml": template(stack("A", Env="one"), stack("B", Env="!GetAtt A.Outputs.Name"))}
    assert names(files)[:2] == ["app-app-one", "app-one"]


def test_a_nested_stack_is_in_the_account_of_the_stack_that_nests_it() -> None:
    files = {"child.yaml": CHILD, "parent.yaml": template(stack("A", Env="one"), stack("B", Env="two"))}
    accounts = {key(role.account) for role in memory_session(files).estate.all(AwsRole)}
    assert accounts == {"⟨account:parent.yaml⟩"}


def stack_set(name: str, accounts: str) -> str:
    return f"""\
  {name}:
    Type: AWS::CloudFormation::StackSet
    Properties:
      TemplateURL: child.yaml
      StackInstancesGroup: [{{DeploymentTargets: {accounts}, Regions: [eu-west-1]}}]
"""


def test_a_stack_set_is_read_in_each_of_its_accounts() -> None:
    files = {"child.yaml": CHILD, "parent.yaml": template(stack_set("Set", "{Accounts: ['111111111111', '222222222222']}"))}
    arns = sorted(key(role.arn) for role in memory_session(files).estate.all(AwsRole))
    assert [arn.split(":")[4] for arn in arns] == ["111111111111", "111111111111", "222222222222", "222222222222"]


def test_accounts_that_nobody_knows_are_not_taken_for_one() -> None:
    unknown = "{OrganizationalUnitIds: [ou-1]}"
    files = {"child.yaml": CHILD, "parent.yaml": template(stack_set("Set", unknown), stack("Own"))}
    assert sorted({key(role.account) for role in memory_session(files).estate.all(AwsRole)}) == [
        "⟨account:child.yaml[Set]⟩", "⟨account:parent.yaml⟩",
    ]  # fmt: skip


def findings(files: dict[str, str], rule: str) -> list[tuple[str, list[str]]]:
    found = to_json(memory_session(files).check())["diagnostics"]
    return [
        (f"{one['file']}:{one['line']}", [f"{line['file']}:{line['line']} {line['message']}" for line in one["related"]])
        for one in found
        if one["rule"] == rule
    ]


def test_a_finding_stands_once_and_says_which_stacks_lead_there() -> None:
    files = {"child.yaml": CHILD, "parent.yaml": template(stack("A", Env="one"), stack("B", Env="two"))}
    ((place, related),) = findings(files, "IAM101")
    assert place == "child.yaml:16"
    assert related[1:] == [
        "child.yaml:9 `role:arn:aws:iam::⟨account:parent.yaml⟩:role/app-one` ends up with it",
        "child.yaml:9 `role:arn:aws:iam::⟨account:parent.yaml⟩:role/app-two` ends up with it",
        "parent.yaml:4 in the nested stack `A`, which is declared here",
        "parent.yaml:5 in the nested stack `B`, which is declared here",
    ]


def test_the_whole_chain_of_stacks_is_said() -> None:
    files = {"child.yaml": CHILD, "middle.yaml": template(stack("In")), "top.yaml": template(stack("Out", "middle.yaml"))}
    ((_, related),) = findings(files, "IAM101")
    assert related[-2:] == [
        "top.yaml:4 in the nested stack `Out`, which is declared here",
        "middle.yaml:4 in the nested stack `In`, which is declared here",
    ]
    assert findings({"child.yaml": CHILD}, "IAM101")[0][1][-1].startswith("child.yaml")


def test_what_one_of_the_stacks_has_is_not_switched_off() -> None:
    def off(*stacks: str) -> list[str]:
        report = memory_session({"child.yaml": CHILD, "parent.yaml": template(*stacks)}).check()
        return [line["reason"] for line in to_json(report)["coverage"]["switched_off"]]

    by = "`OnlyProd` is switched off by the default of the parameter"
    assert off(stack("A"), stack("B", Env="!Ref Stage")) == [f"{by} `Env`", f"{by} `Stage` of `parent.yaml`"]
    assert off(stack("A"), stack("B", Env="prod")) == []


def bombs(depth: int) -> dict[str, str]:
    """Return templates of which each nests the next one twice, with parameters that differ."""
    files = {f"t{depth}.yaml": CHILD}
    for level in range(depth):
        given = "Env" if level + 1 == depth else "Stage"
        both = (stack(side, f"t{level + 1}.yaml", **{given: f"!Sub '${{Stage}}{side}'"}) for side in "ab")
        files[f"t{level}.yaml"] = template(*both)
    return files


def test_nesting_that_multiplies_is_bounded() -> None:
    assert len([name for name in names(bombs(4)) if "⟨" not in name]) == 16
    report = to_json(memory_session(bombs(40)).check())
    told = [one for one in report["diagnostics"] if one["rule"] == "IL003"]
    assert [one["file"] for one in told][:1] == ["t12.yaml"]
    assert told[0]["message"] == "the template is nested in 64 ways that differ; what they do not agree on is unknown"
    assert [line["message"] for line in told[0]["related"]] == ["nested here"] * 2


def test_circles_of_templates_end() -> None:
    files = {
        "a.yaml": template(stack("S", "b.yaml", Stage="!Sub '${Stage}x'"), stack("T", "b.yaml", Stage="y")),
        "b.yaml": template(stack("S", "a.yaml", Stage="!Sub '${Stage}x'"), stack("C", Env="!Ref Stage")),
        "child.yaml": CHILD,
        "self.yaml": template(stack("S", "self.yaml")),
    }
    assert [name for name in names(files) if "⟨" not in name] == ["app-testx", "app-y"]


def test_exports_of_two_readings_decide_nothing() -> None:
    child = dedent(CHILD).replace("{Value: !Ref R}", "{Value: !Ref R, Export: {Name: role}}")
    reader = template(POLICY.replace("!GetAtt A.Outputs.Made, !GetAtt B.Outputs.Made, !GetAtt A.Outputs.Name, !GetAtt B.Outputs.Name", "!ImportValue role"))  # fmt: skip

    def target(*stacks: str) -> list[str]:
        files = {"child.yaml": child, "parent.yaml": template(*stacks), "reader.yaml": reader}
        return [key(one.target) for one in memory_session(files).estate.all(Attachment) if one.unit == "reader.yaml"]

    assert target(stack("A", Env="one")) == ["app-one"]
    assert target(stack("A", Env="one"), stack("B", Env="two")) == ["⟨export:role⟩"]
