"""Templates that nobody should write: never an exception, never long."""

from time import process_time
from typing import Any

import pytest

from iamlint.parse.cloudformation import is_template
from iamlint.parse.cloudformation.reader import parse_template
from iamlint.parse.context import Context
from iamlint.source.place import Origin


def parse(value: Any) -> Any:
    return parse_template(value, Origin("x.json"), Context("x.json", "111111111111"))


def role(properties: Any, **sections: Any) -> dict[str, Any]:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": properties}},
        **sections,
    }


@pytest.mark.parametrize(
    "value", [None, [], "x", {}, {"Resources": []}, {"Resources": {"R": {"Type": ["x"]}}}, {"Resources": {"R": 1}}]
)
def test_what_is_no_template(value: Any) -> None:
    assert not is_template(value)
    assert parse(value).items == []


@pytest.mark.parametrize(
    "value",
    [
        role(None),
        role([]),
        role("x"),
        role({"RoleName": []}),
        role({"RoleName": {"Ref": {"Ref": "R"}}}),
        role({"Policies": "x", "ManagedPolicyArns": {"a": 1}, "Tags": [1, {"Key": []}], "AssumeRolePolicyDocument": []}),
        role({"Policies": [1, None, {}, {"PolicyDocument": 1}, {"PolicyName": {"x": 1}, "PolicyDocument": {"Statement": {}}}]}),
        role({"AssumeRolePolicyDocument": "{not json"}),
        role({"AssumeRolePolicyDocument": {"Fn::If": ["c", {"Statement": []}, {"Ref": "AWS::NoValue"}]}}),
        role({"RoleName": {"Fn::Sub": ["${a}", [1]]}}),
        role({"RoleName": {"Fn::Sub": ["${a}", {"a": {"b": 1}}]}}),
        role({"RoleName": {"Fn::Select": ["9" * 50, [1]]}}),
        role({"RoleName": {"Fn::Join": ["", [{"Fn::Split": ["", "x"]}]]}}),
        role({}, Conditions={"C": {"Fn::And": "x"}, "D": 7}, Parameters={"P": 1}, Mappings=[1], Globals=[1]),
        role({"RoleName": {"Ref": "P"}}, Parameters={"P": {"Type": 1, "Default": {"a": 1}}}),
        role({"RoleName": {"Ref": "P"}}, Parameters={"P": {"Type": "String", "AllowedValues": [{}]}}),
        {"Resources": {"Fn::ForEach::X": ["I", [], {}], "R": {"Type": "AWS::IAM::Role"}, "S": 1, "T": {"Type": 7}}},
        {
            "Resources": {
                "Fn::ForEach::X": ["I", ["a"], {"${I}": 1, "Fn::ForEach::Y": ["J", {"Ref": "I"}, {}]}],
                "R": {"Type": "a::b"},
            }
        },
        {"Resources": {"Fn::ForEach::X": ["I", [1, {}], {"${I}": 1}], "Fn::ForEach::Y": 1, "R": {"Type": "a::b"}}},
        {
            "Resources": {
                "Fn::ForEach::X": [{}, ["a"], []],
                "Fn::ForEach::Y": ["I", ["a"] * 5000, {"${I}": {}}],
                "R": {"Type": "a::b"},
            }
        },
        {"Resources": {"R": {"Type": "AWS::IAM::Role", "Condition": {"x": 1}, "Properties": {}}}},
        {
            "Resources": {
                "A": {"Type": "AWS::SSO::Assignment", "Properties": {"PermissionSetArn": [], "TargetId": {}, "PrincipalId": 1}}
            }
        },
        {"Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {"Policies": [{}, [], 1, {"Statement": 1}]}}}},
        {"Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": None}, "G": {"Type": "AWS::Lambda::Permission"}}},
    ],
)
def test_odd_shapes_are_borne(value: Any) -> None:
    assert parse(value).kind == "cloudformation"


def test_a_long_chain_of_references_ends() -> None:
    count = 500
    resources: dict[str, Any] = {
        f"R{number}": {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": {"Fn::Sub": f"${{R{number + 1}}}-${{R{number + 1}}}"}},
        }
        for number in range(count)
    }
    started = process_time()
    parse({"Resources": resources})
    assert process_time() - started < 20


def test_nested_conditions_do_not_multiply() -> None:
    deep: Any = "x"
    for _ in range(40):
        deep = {"Fn::If": ["C", deep, {"Fn::Sub": "y"}]}
    value = role({"RoleName": deep}, Conditions={"C": {"Fn::Equals": [{"Ref": "Missing"}, "a"]}})
    started = process_time()
    parse(value)
    assert process_time() - started < 20


def test_a_circle_of_conditions_is_undecided() -> None:
    names = [f"C{number}" for number in range(200)]
    conditions = {name: {"Fn::Not": [{"Condition": after}]} for name, after in zip(names, names[1:] + names[:1], strict=True)}
    facts = parse(role({"RoleName": {"Fn::If": ["C0", "a", "b"]}}, Conditions=conditions))
    assert facts.kind == "cloudformation"
