"""IAM040 wildcard-instead-of-null-test."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, each_condition, rule, subject

_LIKE = ("StringLike", "ArnLike", "ArnEquals")


def _policy(condition: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: "ec2:CreateVolume"
            Resource: "*"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM040",
    name="wildcard-instead-of-null-test",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM Access Analyzer policy check reference: Equivalent to null false, Redundant key due to wildcard in condition"],
    bad=[
        Example("like anything", _policy('StringLike: {aws:RequestTag/team: "*"}  # <- IAM040')),
        Example("like anything, among other values", _policy('StringLike: {aws:RequestTag/team: ["checkout-*", "*"]}  # <- IAM040')),
        Example("like anything or absent, which is always", _policy('StringLikeIfExists: {aws:RequestTag/team: "*"}  # <- IAM040')),
    ],
    good=[
        Example("a test that the key is there", _policy('"Null": {aws:RequestTag/team: "false"}')),
        Example("like something", _policy('StringLike: {aws:RequestTag/team: "checkout-*"}')),
    ],
)  # fmt: skip
def wildcard_instead_of_null_test(graph: AccessGraph) -> Iterator[Finding]:
    """A condition asks whether a key is like `*`, which only says that the key is there.

    Readers take it for a limit on the value. With `IfExists` it says nothing at all, and other values beside the star mean nothing.

    ## What to do instead

    Write `"Null": {"key": "false"}` if presence is meant, or the values that are.

    ## What this rule does not see

    Patterns that fit every value a key can have without being `*`.
    """
    for tested in each_condition(graph):
        if tested.operator.name not in _LIKE:
            continue
        for number, value in tested.values():
            if value and not value.strip("*"):
                always = tested.operator.if_exists or tested.operator.quantifier == "ForAllValues"
                yield Finding(
                    f"every value of `{tested.condition.key}` is like `*`, so {'nothing is tested' if always else 'only its presence is tested'}",
                    at=tested.value_place(number),
                    help="remove the condition" if always else 'write `"Null"` with `"false"` if that is meant',
                    subject=f"{subject(tested.statement)} {tested.condition.key}",
                )
