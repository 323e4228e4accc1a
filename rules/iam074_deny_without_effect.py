"""IAM074 deny-without-effect."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Effect,
    Example,
    Finding,
    Place,
    Severity,
    Statement,
    rule,
    subject,
)  # fmt: skip


def _policy(statement: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - {{Effect: Allow, Action: "s3:*", Resource: "*"}}
          - {statement}
        """
    }


@rule(
    id="IAM074",
    name="deny-without-effect",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: IAM JSON policy elements: NotResource, NotAction, NotPrincipal"],
    bad=[
        Example("every resource but all of them", _policy('{Effect: Deny, Action: "s3:DeleteBucket", NotResource: "*"}  # <- IAM074')),
        Example("every action but all of them", _policy('{Effect: Deny, NotAction: ["s3:*", "*"], Resource: "*"}  # <- IAM074')),
        Example("everybody but everybody", {"policies/bucket.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                NotPrincipal: "*"  # <- IAM074
                Action: "s3:*"
                Resource: "arn:aws:s3:::acme-reports/*"
            """}),
        Example("whoever has none of two accounts and one of them", _policy(
            '{Effect: Deny, Action: "s3:*", Resource: "*", Condition: {StringEquals: {aws:PrincipalAccount: "111111111111"}, '
            'StringNotEquals: {aws:PrincipalAccount: ["111111111111", "222222222222"]}}}  # <- IAM074')),
    ],
    good=[
        Example("every resource but some", _policy('{Effect: Deny, Action: "s3:DeleteBucket", NotResource: "arn:aws:s3:::acme-scratch"}')),
        Example("every action but some", _policy('{Effect: Deny, NotAction: "s3:*", Resource: "*"}')),
        Example("conditions that leave somebody", _policy(
            '{Effect: Deny, Action: "s3:*", Resource: "*", Condition: {StringEquals: {aws:PrincipalAccount: ["111111111111", "333333333333"]}, '
            'StringNotEquals: {aws:PrincipalAccount: "111111111111"}}}')),
    ],
)  # fmt: skip
def deny_without_effect(graph: AccessGraph) -> Iterator[Finding]:
    """A Deny exempts everything that it speaks of, so it denies nothing.

    It reads like a guard and is none. Mostly an exemption was written wider than it was meant, or `NotResource` for `Resource`.

    ## What to do instead

    Write `Resource` (or `Action`, `Principal`) if all of it is to be denied, else exempt only what is meant.

    ## What this rule does not see

    Exemptions that leave nothing because of what exists in the account. Patterns that fit no action are `unknown-action`, conditions
    that never hold are `constant-condition`.
    """
    for statement in graph.statements(Effect.DENY):
        found = _exempts_all(statement)
        if found is not None:
            yield Finding(f"this Deny denies nothing: {found[1]}", at=found[0], help=found[2], subject=subject(statement))


def _exempts_all(statement: Statement) -> tuple[Place, str, str] | None:
    if statement.resources_negated and "*" in (statement.resources or ()):
        return statement.place("NotResource"), "no resource is left beside `*`", "write `Resource` if every resource is meant"
    if statement.actions_negated and "*" in statement.actions:
        return statement.place("NotAction"), "no action is left beside `*`", "write `Action` if every action is meant"
    if statement.principals_negated and any(item.value == "*" for item in statement.principals or ()):
        return statement.place("NotPrincipal"), "nobody is left beside `*`", "write `Principal` if everybody is meant"
    return _contradiction(statement) if len(statement.conditions) > 1 else None


def _contradiction(statement: Statement) -> tuple[Place, str, str] | None:
    """Return a pair of conditions of which the second exempts every value that the first names."""
    named = {item.key.lower(): item for item in statement.conditions if item.operator.lower() == "stringequals"}
    for condition in statement.conditions:
        wanted = named.get(condition.key.lower()) if condition.operator.lower() == "stringnotequals" else None
        if wanted is not None and wanted.values and set(wanted.values) <= set(condition.values):
            words = f"`StringNotEquals` exempts every value of `{condition.key}` that `StringEquals` names"
            return statement.place(*condition.route), words, "exempt only what is meant"
    return None
