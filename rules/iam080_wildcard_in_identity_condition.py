"""IAM080 wildcard-in-identity-condition."""

from collections.abc import Iterator, Sequence

from iamlint.rulekit import (
    AccessGraph,
    Condition,
    Confidence,
    Effect,
    Example,
    Finding,
    Severity,
    Statement,
    Value,
    covers,
    each_condition,
    has_wildcard,
    key,
    rule,
    subject,
)

_WHOLE = {
    "aws:principalaccount": "accounts", "aws:sourceaccount": "accounts", "aws:resourceaccount": "accounts", "aws:principalorgid": "organizations",
    "aws:sourceorgid": "organizations", "aws:resourceorgid": "organizations", "aws:sourcevpc": "networks", "aws:sourcevpce": "endpoints",
}  # fmt: skip
_PATHS = ("aws:principalorgpaths", "aws:sourceorgpaths", "aws:resourceorgpaths")


def _bucket(condition: str, more: str = "") -> dict[str, str]:
    return {
        "policies/bucket.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: "*"
            Action: "s3:GetObject"
            Resource: "arn:aws:s3:::acme-reports/*"
            Condition:
              {condition}{more}
        """
    }


@rule(
    id="IAM080",
    name="wildcard-in-identity-condition",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM Access Analyzer policy check reference: Wildcard usage too permissive"],
    bad=[
        Example("every organization", _bucket('StringLike: {aws:PrincipalOrgID: "o-*"}  # <- IAM080')),
        Example("accounts that begin alike", _bucket('StringLike: {aws:PrincipalAccount: "1111*"}  # <- IAM080')),
        Example("paths of every organization", _bucket('"ForAnyValue:StringLike": {aws:PrincipalOrgPaths: "o-*/r-ab12/*"}  # <- IAM080')),
        Example("a deny that is about something else", _bucket('ArnLike: {aws:PrincipalArn: "arn:aws:iam::*:role/deploy"}  # <- IAM080', """
          - Effect: Deny
            Principal: "*"
            Action: "s3:PutObject"
            Resource: "arn:aws:s3:::acme-reports/*"
            Condition: {StringNotEquals: {aws:PrincipalOrgID: o-abcdefghij}}""")),
        Example("the ARNs of every account", _bucket('ArnLike: {aws:PrincipalArn: "arn:aws:iam::*:role/deploy"}  # <- IAM080')),
    ],
    good=[
        Example("one organization", _bucket("StringEquals: {aws:PrincipalOrgID: o-abcdefghij}")),
        Example("the paths below one organization", _bucket('"ForAnyValue:StringLike": {aws:PrincipalOrgPaths: "o-abcdefghij/*"}')),
        Example("roles of one account", _bucket('ArnLike: {aws:PrincipalArn: "arn:aws:iam::111111111111:role/deploy-*"}')),
        Example("a deny for everybody outside of one organization", _bucket('ArnLike: {aws:PrincipalArn: "arn:aws:iam::*:role/deploy"}', """
          - Effect: Deny
            Principal: "*"
            Action: "s3:*"
            Resource: ["arn:aws:s3:::acme-reports", "arn:aws:s3:::acme-reports/*"]
            Condition: {StringNotEquals: {aws:PrincipalOrgID: o-abcdefghij}}""")),
        Example("roles of every account, in one organization", _bucket(
            '{ArnLike: {aws:PrincipalArn: "arn:aws:iam::*:role/deploy"}, StringEquals: {aws:PrincipalOrgID: o-abcdefghij}}')),
    ],
)  # fmt: skip
def wildcard_in_identity_condition(graph: AccessGraph) -> Iterator[Finding]:
    """An Allow is limited to accounts, organizations or networks by a pattern, and anybody can get one that fits.

    Their ids are handed out by AWS without order: a pattern names no set that anybody owns. A role of the right name can be made in
    any account.

    ## What to do instead

    Name the ids; for roles of many accounts, add `aws:PrincipalOrgID`.

    ## What this rule does not see

    Denies of other policies, and patterns of ARNs in policies that name their principals.
    """
    for tested in each_condition(graph, Effect.ALLOW):
        if tested.operator.negated or tested.operator.positive not in ("StringLike", "ArnLike", "ArnEquals"):
            continue
        for number, value in tested.values():
            words = _too_wide(tested.key, value)
            if (
                words
                and (tested.key != "aws:principalarn" or _is_open_otherwise(tested.statement))
                and not _is_denied(tested.statement)
            ):
                yield Finding(
                    f"`{value}` fits {words} of anybody",
                    at=tested.value_place(number),
                    help="name the ids" if tested.key != "aws:principalarn" else "name the account, or add `aws:PrincipalOrgID`",
                    subject=f"{subject(tested.statement)} {tested.condition.key} {value}",
                )


def _too_wide(key: str, value: str) -> str:
    if not has_wildcard(value) or not value.strip("*"):
        return ""
    if key in _WHOLE:
        return _WHOLE[key]
    if key in _PATHS:
        return "organizations" if has_wildcard(value.partition("/")[0]) else ""
    if key == "aws:principalarn" and value.startswith("arn:"):
        parts = value.split(":", 5)
        return "accounts" if len(parts) == 6 and has_wildcard(parts[4]) else ""
    return ""


def _is_open_otherwise(statement: Statement) -> bool:
    """Return whether everybody is let in and no other condition says whose accounts are meant."""
    keys = {condition.key.lower() for condition in statement.conditions}
    return _is_for_everybody(statement) and not keys & {*_WHOLE, *_PATHS}


def _is_for_everybody(statement: Statement) -> bool:
    return any(item.value == "*" for item in statement.principals or ()) and not statement.principals_negated


def _is_denied(statement: Statement) -> bool:
    """Return whether the policy denies the same to everybody but the accounts, organizations or networks that it names, or may."""
    return any(
        other.effect is Effect.DENY
        and _is_for_everybody(other)
        and not other.actions_negated
        and not other.resources_negated
        and not statement.actions_negated
        and bool(other.conditions)
        and all(_spares_the_named(condition) for condition in other.conditions)
        and _covers_all(other.actions, statement.actions)
        and _covers_all(other.resources or (), statement.resources or ())
        for other in statement.policy.statements
    )


def _spares_the_named(condition: Condition) -> bool:
    """Return whether a stranger meets the condition of a deny: a negated one on ids, none of which is a pattern of all."""
    quantifier, _, name = condition.operator.lower().rpartition(":")
    named = all(not isinstance(value, str) or value.strip("*") for value in condition.values)
    is_id = condition.key.lower() in {*_WHOLE, *_PATHS}
    return is_id and name.startswith(("stringnotequals", "stringnotlike")) and quantifier != "foranyvalue" and named


def _covers_all(wide: Sequence[Value], narrow: Sequence[Value]) -> bool:
    return all(any(covers(key(one).lower(), key(two).lower()) for one in wide) for two in narrow)
