"""IAM077 weak-mfa-condition."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Effect, Example, Finding, Severity, Tested, each_condition, rule, subject

_PRESENT, _AGE = "aws:multifactorauthpresent", "aws:multifactorauthage"


def _policy(effect: str, condition: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Action: "ec2:TerminateInstances"
            Resource: "*"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM077",
    name="weak-mfa-condition",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: Secure API access with MFA", "IAM User Guide: AWS global condition context keys, aws:MultiFactorAuthPresent"],
    bad=[
        Example("a deny that access keys pass", _policy("Deny", 'Bool: {aws:MultiFactorAuthPresent: "false"}  # <- IAM077')),
        Example("an allow that access keys pass", _policy("Allow", 'BoolIfExists: {aws:MultiFactorAuthPresent: "true"}  # <- IAM077')),
        Example("presence of the key, which also says no", _policy("Allow", '"Null": {aws:MultiFactorAuthPresent: "false"}  # <- IAM077')),
        Example("an allow for those without", _policy("Allow", 'Bool: {aws:MultiFactorAuthPresent: "false"}  # <- IAM077')),
        Example("a deny of absence only", _policy("Deny", '"Null": {aws:MultiFactorAuthPresent: "true"}  # <- IAM077')),
        Example("an age that a session without MFA does not have", _policy(
            "Deny", 'NumericGreaterThan: {aws:MultiFactorAuthAge: "3600"}  # <- IAM077')),
    ],
    good=[
        Example("a deny unless MFA is there and true", _policy("Deny", 'BoolIfExists: {aws:MultiFactorAuthPresent: "false"}')),
        Example("an allow if MFA is there and true", _policy("Allow", 'Bool: {aws:MultiFactorAuthPresent: "true"}')),
        Example("an age that fails when it is missing", _policy("Allow", 'NumericLessThan: {aws:MultiFactorAuthAge: "3600"}')),
        Example("two denies that together leave nobody out", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - {Effect: Deny, Action: "ec2:*", Resource: "*", Condition: {Bool: {aws:MultiFactorAuthPresent: "false"}}}
              - {Effect: Deny, Action: "ec2:*", Resource: "*", Condition: {"Null": {aws:MultiFactorAuthPresent: "true"}}}
            """}),
    ],
)  # fmt: skip
def weak_mfa_condition(graph: AccessGraph) -> Iterator[Finding]:
    """A condition on MFA does not demand it of everybody.

    `aws:MultiFactorAuthPresent` is missing in requests signed by long-lived access keys, and `false` in sessions without MFA. A
    test has to turn down both: `Bool` with `false` in a Deny lets access keys pass, `BoolIfExists` with `true` in an Allow too.

    ## What to do instead

    In a Deny `BoolIfExists` with `false`, in an Allow `Bool` with `true`.

    ## What this rule does not see

    Whether another policy denies what this one lets pass.
    """
    for tested in each_condition(graph):
        if tested.key in (_PRESENT, _AGE):
            words = _weakness(tested)
            if words is not None and not _is_completed(tested):
                yield Finding(
                    words[0],
                    at=tested.place(),
                    help=words[1],
                    subject=f"{subject(tested.statement)} {tested.condition.operator} {tested.condition.key}",
                )


def _weakness(tested: Tested) -> tuple[str, str] | None:
    operator, values = tested.operator, {value.lower() for _, value in tested.values()}
    denies = tested.statement.effect is Effect.DENY
    if tested.key == _AGE:
        if denies and operator.family == "Numeric" and not operator.if_exists:
            return "this Deny lets pass whoever has no MFA session at all", "write `NumericGreaterThanIfExists`"
        return (
            ("this Allow lets in whoever has no MFA session at all", "leave `IfExists` out")
            if not denies and operator.if_exists
            else None
        )
    if operator.name == "Null":
        if denies and values == {"true"}:
            return "this Deny lets pass a session in which MFA is `false`", 'write `BoolIfExists` with `"false"`'
        return (
            ("the key is also there when MFA is `false`", 'write `Bool` with `"true"`')
            if not denies and values == {"false"}
            else None
        )
    if denies and values == {"false"} and not operator.if_exists:
        return "this Deny lets long-lived access keys pass, whose requests lack the key", "write `BoolIfExists`"
    if not denies and values == {"true"} and operator.if_exists:
        return "this Allow lets in long-lived access keys, whose requests lack the key", "write `Bool`"
    if not denies and values == {"false"}:
        return "this Allow is for those without MFA", 'write `Bool` with `"true"` if MFA is meant'
    return None


def _is_completed(tested: Tested) -> bool:
    """Return whether another statement or condition of the policy covers those whom this one lets pass."""
    own = tested.operator.name
    for statement in tested.statement.policy.statements:
        for condition in statement.conditions:
            if (
                condition.key.lower() == _PRESENT
                and statement.effect is tested.statement.effect
                and condition is not tested.condition
            ):
                other = condition.operator.lower()
                if (own == "Null") != (other == "null") or other == "boolifexists":
                    return True
    return False
