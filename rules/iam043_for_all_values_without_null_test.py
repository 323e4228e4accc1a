"""IAM043 for-all-values-without-null-test."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Effect,
    Example,
    Finding,
    Severity,
    Tested,
    each_condition,
    key_facts,
    rule,
    subject,
)  # fmt: skip

_FINE_WHEN_ABSENT = (
    "aws:tagkeys", "s3:requestobjecttagkeys", "sts:transitivetagkeys", "kms:encryptioncontextkeys",
    "kms:grantoperations", "route53:changeresourcerecordsets", "oam:resourcetypes",
)  # fmt: skip
"""No tags at all is what a list of the tags that may be set wants to let through; the last three come with every request."""


def _policy(condition: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: ["dynamodb:GetItem", "s3:GetObject"]
            Resource: "*"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM043",
    name="for-all-values-without-null-test",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: Multivalued context keys, ForAllValues"],
    bad=[
        Example("rows by their leading key", _policy('"ForAllValues:StringEquals": {dynamodb:LeadingKeys: "${aws:username}"}  # <- IAM043')),
        Example("paths of an organization", _policy('"ForAllValues:StringLike": {aws:PrincipalOrgPaths: "o-abcdefghij/*"}  # <- IAM043')),
    ],
    good=[
        Example("with a test that the key is there", _policy(
            '{"ForAllValues:StringEquals": {dynamodb:LeadingKeys: "${aws:username}"}, "Null": {dynamodb:LeadingKeys: "false"}}')),
        Example("any value must fit, so one must be there", _policy('"ForAnyValue:StringLike": {aws:PrincipalOrgPaths: "o-abcdefghij/*"}')),
        Example("tags that may be set, or none", _policy('"ForAllValues:StringEquals": {aws:TagKeys: [team, environment]}')),
        Example("what a link shares, which every request to make one says", _policy(
            '"ForAllValues:StringEquals": {oam:ResourceTypes: ["AWS::Logs::LogGroup"]}')),
        Example("in a deny a missing key denies, which is safe", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Action: "s3:GetObject"
                Resource: "*"
                Condition: {"ForAllValues:StringNotLike": {aws:PrincipalOrgPaths: "o-abcdefghij/*"}}
            """}),
    ],
)  # fmt: skip
def for_all_values_without_null_test(graph: AccessGraph) -> Iterator[Finding]:
    """An Allow is limited by `ForAllValues` only, which a request without the key passes.

    Of no values, all fit. Whoever leaves the key out (a `Scan` without a leading key, a principal outside of any organization) is
    let in.

    ## What to do instead

    Add `"Null": {"key": "false"}`, or use `ForAnyValue` where one value is enough.

    ## What this rule does not see

    Keys of the tags in a request (`aws:TagKeys`), where no tag at all is mostly fine, and keys that come with every request of
    their action (`kms:GrantOperations`). A key with a single value is
    `set-operator-on-single-value`.
    """
    for tested in each_condition(graph, Effect.ALLOW):
        if (
            tested.operator.quantifier != "ForAllValues"
            or tested.operator.name == "Null"
            or tested.key.startswith(_FINE_WHEN_ABSENT)
        ):
            continue
        facts = key_facts(tested.condition.key)
        if facts is None or not facts.multivalued or _is_required(tested):
            continue
        yield Finding(
            f"`{tested.condition.operator}` lets in a request without `{tested.condition.key}`",
            at=tested.place("key"),
            help=f'add `"Null": {{"{tested.condition.key}": "false"}}`',
            subject=f"{subject(tested.statement)} {tested.condition.operator} {tested.condition.key}",
        )


def _is_required(tested: Tested) -> bool:
    """Return whether another condition of the statement fails without the key."""
    return any(
        other.key.lower() == tested.key
        and (other.operator.lower() == "null" or other.operator.lower().startswith("foranyvalue:"))
        for other in tested.statement.conditions
    )
