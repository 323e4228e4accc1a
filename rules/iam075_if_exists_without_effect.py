"""IAM075 if-exists-without-effect."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Condition,
    Confidence,
    Example,
    Finding,
    PolicyKind,
    Severity,
    Statement,
    Tested,
    each_condition,
    rule,
    subject,
)

_ALWAYS_THERE = (
    "aws:currenttime", "aws:epochtime", "aws:requestedregion", "aws:principalaccount", "aws:principaltype", "aws:userid",
)  # fmt: skip

_OF_PRINCIPALS = (PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP)
"""Policies that only decide for principals of AWS, who always sign."""


def _policy(effect: str, condition: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Action: "s3:*"
            Resource: "*"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM075",
    name="if-exists-without-effect",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: IAM JSON policy elements: Condition operators, IfExists and matching missing keys"],
    bad=[
        Example("a negated operator, which a missing key passes anyway", _policy("Allow", "StringNotEqualsIfExists: {aws:PrincipalTag/team: guest}  # <- IAM075")),
        Example("an account, which also who does not sign has", _policy("Allow", "StringEqualsIfExists: {aws:PrincipalAccount: '111111111111'}  # <- IAM075")),
        Example("the caller, in a policy attached to one", _policy("Allow", "ArnLikeIfExists: {aws:PrincipalArn: 'arn:aws:iam::*:role/app'}  # <- IAM075")),
        Example("a key that is always there", _policy("Allow", "DateLessThanIfExists: {aws:CurrentTime: '2027-01-01T00:00:00Z'}  # <- IAM075")),
    ],
    good=[
        Example("a positive operator on a key that may be missing", _policy("Deny", 'BoolIfExists: {aws:MultiFactorAuthPresent: "false"}')),
        Example("for any value, a missing key fails without it", _policy(
            "Deny", '"ForAnyValue:StringNotLikeIfExists": {aws:PrincipalOrgPaths: "o-abcdefghij/*"}')),
        Example("a key that is always there beside one that may be missing, under one operator", _policy(
            "Allow", "StringEqualsIfExists: {aws:PrincipalAccount: '111111111111', aws:SourceVpc: vpc-0123456789abcdef0}")),
        Example("an account among what AWS's guides except from a deny", _policy(
            "Deny", "StringNotEqualsIfExists: {aws:PrincipalAccount: '111111111111'}")),
        Example("the form that AWS's guides on data perimeters use in a deny", _policy(
            "Deny", "StringNotEqualsIfExists: {aws:PrincipalOrgID: o-abcdefghij}")),
    ],
)  # fmt: skip
def if_exists_without_effect(graph: AccessGraph) -> Iterator[Finding]:
    """A condition says `IfExists` where it changes nothing.

    A negated operator holds when the key is missing, with or without it; and some keys are never missing. Readers take the word
    for an exception that is not there.

    ## What to do instead

    Leave `IfExists` out.

    ## What this rule does not see

    Denies with a negated operator: AWS's own guides write `StringNotEqualsIfExists` there, and it says openly what happens.
    """
    for tested in each_condition(graph):
        operator = tested.operator
        if not operator.if_exists or operator.quantifier:
            continue
        if operator.negated and tested.statement.effect == "Deny":
            continue
        if _is_always_there(tested.key, tested.statement):
            if not all(_is_always_there(one.key.lower(), tested.statement) for one in _under_the_same(tested)):
                continue  # the other keys need the word
            message = f"`{tested.condition.key}` comes with every request, so `IfExists` changes nothing"
        elif operator.negated and tested.statement.effect == "Allow":
            message = f"`{operator.name}` holds for a missing key anyway, so `IfExists` changes nothing"
        else:
            continue
        yield Finding(
            message,
            at=tested.statement.place(*tested.condition.route[:2], part="key"),
            help=f"write `{operator.name}`",
            subject=f"{subject(tested.statement)} {tested.condition.operator} {tested.condition.key}",
        )


def _is_always_there(key: str, statement: Statement) -> bool:
    return key in _ALWAYS_THERE or (key == "aws:principalarn" and statement.policy.kind in _OF_PRINCIPALS)


def _under_the_same(tested: Tested) -> list[Condition]:
    return [one for one in tested.statement.conditions if one.operator == tested.condition.operator]
