"""IAM045 wildcard-without-like-operator."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    Example,
    Finding,
    Severity,
    each_condition,
    has_wildcard,
    rule,
    subject,
)


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
    id="IAM045",
    name="wildcard-without-like-operator",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: IAM JSON policy elements: Condition operators", "IAM Access Analyzer policy check reference: Wildcard without like operator"],
    bad=[
        Example("a star that is compared as a star", _policy('StringEquals: {aws:PrincipalTag/team: "checkout-*"}  # <- IAM045')),
        Example("a question mark", _policy('StringEqualsIgnoreCase: {aws:PrincipalTag/team: "checkout-?"}  # <- IAM045')),
        Example("in a deny that exempts nobody then", _policy(
            'StringNotEquals: {aws:PrincipalArn: "arn:aws:iam::111111111111:role/admin-*"}  # <- IAM045', "Deny")),
        Example("among other values", _policy('StringEquals: {aws:SourceVpce: [vpce-1a2b3c4d, "vpce-*"]}  # <- IAM045')),
    ],
    good=[
        Example("a pattern under an operator that knows patterns", _policy('StringLike: {aws:PrincipalTag/team: "checkout-*"}')),
        Example("operators of ARNs know patterns", _policy('ArnEquals: {aws:PrincipalArn: "arn:aws:iam::111111111111:role/admin-*"}')),
        Example("a star that is meant", _policy("StringEquals: {aws:PrincipalTag/team: '${*}'}")),
        Example("a question mark in a URL", _policy('StringEquals: {aws:Referer: "https://acme.example/?page=1"}')),
    ],
)  # fmt: skip
def wildcard_without_like_operator(graph: AccessGraph) -> Iterator[Finding]:
    """A condition compares with a wildcard by an operator that takes `*` and `?` literally.

    `StringEquals` with `checkout-*` fits the text `checkout-*` alone, so it fits nothing; `StringNotEquals` always holds.

    ## What to do instead

    Use `StringLike` or `StringNotLike`, for ARNs `ArnLike`; write `${*}` if a star is meant.

    ## What this rule does not see

    Values that hold a question mark as URLs do. In the trust policy of a role, `oidc-subject-never-matches` speaks of subjects.
    """
    trusts = {id(role.trust) for role in graph.estate.all(AwsRole)}
    for tested in each_condition(graph):
        if tested.operator.family != "String" or tested.operator.positive == "StringLike":
            continue
        if tested.key.endswith(":sub") and id(tested.statement.policy) in trusts:
            continue
        for number, value in tested.values():
            plain = value.replace("${*}", "").replace("${?}", "")
            if has_wildcard(plain) and "://" not in plain:
                like = _like(tested.condition.operator, value)
                yield Finding(
                    f"`{tested.condition.operator}` takes the wildcard in `{value}` literally",
                    at=tested.value_place(number),
                    help=f"use `{like}`",
                    subject=f"{subject(tested.statement)} {tested.condition.key} {value}",
                )


def _like(operator: str, value: str) -> str:
    head, colon, name = operator.rpartition(":")
    ending = "IfExists" if name.lower().endswith("ifexists") else ""
    family = "Arn" if value.startswith("arn:") else "String"
    return f"{head}{colon}{family}{'Not' if 'not' in name.lower() else ''}Like{ending}"
