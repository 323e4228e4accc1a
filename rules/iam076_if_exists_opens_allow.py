"""IAM076 if-exists-opens-allow."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Effect,
    Example,
    Finding,
    PolicyKind,
    Severity,
    Tested,
    each_condition,
    rule,
    subject,
)

_GUARDS = (
    "aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:principalorgid", "aws:principalorgpaths",
    "aws:principalarn", "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths",
    "sts:externalid", "aws:federatedprovider",
)  # fmt: skip


def _policy(condition: str, effect: str = "Allow") -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Action: "s3:GetObject"
            Resource: "*"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM076",
    name="if-exists-opens-allow",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: IAM JSON policy elements: Condition operators, IfExists"],
    bad=[
        Example("a network that a request may leave out", _policy("StringEqualsIfExists: {aws:SourceVpce: vpce-1a2b3c4d}  # <- IAM076")),
        Example("addresses, missing behind an endpoint", _policy("IpAddressIfExists: {aws:SourceIp: 203.0.113.0/24}  # <- IAM076")),
        Example("an external id that nobody has to present", {"trust/role.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {AWS: "222222222222"}
                Action: "sts:AssumeRole"
                Condition: {StringEqualsIfExists: {"sts:ExternalId": acme-4711}}  # <- IAM076
            """}),
    ],
    good=[
        Example("a test that a missing key fails", _policy("StringEquals: {aws:SourceVpce: vpce-1a2b3c4d}")),
        Example("another condition demands the key", _policy(
            '{StringEqualsIfExists: {aws:SourceVpce: vpce-1a2b3c4d}, "Null": {aws:SourceVpce: "false"}}')),
        Example("a key that only some of the actions carry", _policy("StringEqualsIfExists: {iam:PassedToService: lambda.amazonaws.com}")),
        Example("the caller, in a policy attached to one", _policy("ArnLikeIfExists: {aws:PrincipalArn: 'arn:aws:iam::*:role/app'}")),
        Example("an account, which comes with every request", _policy("StringEqualsIfExists: {aws:PrincipalAccount: '111111111111'}")),
        Example("in a deny, a missing key denies", _policy("StringEqualsIfExists: {aws:SourceVpce: vpce-1a2b3c4d}", "Deny")),
    ],
)  # fmt: skip
def if_exists_opens_allow(graph: AccessGraph) -> Iterator[Finding]:
    """An Allow is limited by who calls or from where, with `IfExists`, so a request without the key is let in.

    The network keys are missing on other ways in, the organization's for anonymous callers and services, the external id whenever
    the caller does not give one.

    ## What to do instead

    Leave `IfExists` out. If several ways in are meant, write a statement for each.

    ## What this rule does not see

    Keys that only some actions carry (`iam:PassedToService`, tags), for which `IfExists` is made, and MFA (`weak-mfa-condition`).
    """
    for tested in each_condition(graph, Effect.ALLOW):
        operator = tested.operator
        if tested.key == "aws:principalarn" and tested.statement.policy.kind is PolicyKind.IDENTITY:
            continue  # whoever it is attached to signs
        if operator.if_exists and not operator.negated and tested.key in _GUARDS and not _is_demanded(tested):
            yield Finding(
                f"a request without `{tested.condition.key}` is let in",
                at=tested.statement.place(*tested.condition.route[:2], part="key"),
                help=f"write `{tested.condition.operator[:-8]}`",
                subject=f"{subject(tested.statement)} {tested.condition.operator} {tested.condition.key}",
            )


def _is_demanded(tested: Tested) -> bool:
    return any(
        other.key.lower() == tested.key and not other.operator.lower().endswith("ifexists")
        for other in tested.statement.conditions
    )  # fmt: skip
