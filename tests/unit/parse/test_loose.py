"""Documents that stand alone: what a template that takes them in fills in is unknown, and not malformed."""

import json

import pytest

from iamlint.model.policy import Policy
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.units import Unit, parse_unit
from iamlint.source.files import MemoryFiles
from iamlint.source.value import Unknown, key

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ({"Fn::GetAtt": ["Data", "Arn"]}, "Fn::GetAtt"),
        ({"Fn::Sub": "${Data.Arn}/*"}, "Fn::Sub"),
        ({"Ref": "Topic"}, "Ref"),
    ],
)
def test_functions_of_cloudformation_are_unknown(resource: object, name: str) -> None:
    document = {"Version": "2012-10-17", "Statement": [{**STATEMENT, "Resource": [resource, "arn:aws:s3:::c"]}]}
    facts = parse_unit(
        Unit("document", "p.json", ("p.json",)),
        MemoryFiles({"p.json": json.dumps(document)}),
        Context("p.json", unknown_account("p.json")),
    )
    (policy,) = [item for item in facts.items if isinstance(item, Policy)]
    first, second = policy.statements[0].resources
    assert isinstance(first, Unknown)
    assert second == "arn:aws:s3:::c"
    assert not facts.problems
    assert [(one.reason, one.at.route) for one in facts.unresolved] == [
        (f"what `{name}` gives is known in the template that takes the file in", ("Statement", 0, "Resource", 0))
    ]


def test_a_statement_that_a_function_gives_is_there_and_unknown() -> None:
    text = """
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: s3:GetObject, Resource: !Sub "${Data.Arn}/*"}
          - !If [Open, {Effect: Allow, Action: "*", Resource: "*"}, !Ref "AWS::NoValue"]
        """
    facts = parse_unit(
        Unit("document", "p.yaml", ("p.yaml",)), MemoryFiles({"p.yaml": text}), Context("p.yaml", unknown_account("p.yaml"))
    )
    (policy,) = [item for item in facts.items if isinstance(item, Policy)]
    assert not facts.problems
    assert [key(one) for one in policy.statements[0].resources] == ["⟨p.yaml:Fn::Sub '${Data.Arn}/*'⟩"]
    assert policy.statements[1].opaque is not None


@pytest.mark.parametrize(
    ("document", "route"),
    [
        ({"Statement": [{**STATEMENT, "Condition": {"Fn::Transform": {"Name": "Open"}}}]}, ("Statement", 0, "Condition")),
        (
            {"Statement": [{**STATEMENT, "Condition": {"StringEquals": {"Ref": "Team"}}}]},
            ("Statement", 0, "Condition", "StringEquals"),
        ),
        (
            {"Statement": [{**STATEMENT, "Condition": {"StringEquals": {"Fn::Select": "Team"}}}]},
            ("Statement", 0, "Condition", "StringEquals"),
        ),
        ({"Version": {"Ref": "Version"}, "Statement": [STATEMENT]}, ("Version",)),
        ({"Statement": [STATEMENT, "${rest}"]}, ("Statement", 1)),
        ({"Statement": [{**STATEMENT, "Resource": "arn:aws:s3:::${bucket}/*"}]}, ("Statement", 0, "Resource")),
        ({"Statement": [{**STATEMENT, "Resource": "arn:aws:s3:::\x24{bucket}/*é"}]}, ("Statement", 0, "Resource")),
    ],
)
def test_what_is_not_known_of_a_policy_written_plainly_otherwise(document: object, route: tuple[str | int, ...]) -> None:
    text = json.dumps(document).replace("$", "\\u0024") if "é" in str(document) else json.dumps(document)
    facts = parse_unit(
        Unit("document", "p.json", ("p.json",)), MemoryFiles({"p.json": text}), Context("p.json", unknown_account("p.json"))
    )
    assert [one.at.route for one in facts.unresolved] == [route]
    assert facts.full == 0
    assert len(facts.partly) == 1


@pytest.mark.parametrize("resource", ["arn:aws:s3:::{{bucket}}/*", "arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::b/*"])
def test_a_policy_that_nothing_fills_in_is_known(resource: str) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**STATEMENT, "Resource": resource}]})
    facts = parse_unit(
        Unit("document", "p.json", ("p.json",)), MemoryFiles({"p.json": text}), Context("p.json", unknown_account("p.json"))
    )
    assert (facts.full, facts.resolved, facts.unresolved) == (1, 1, [])
