"""IAM046 string-like-on-arn."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    base_type,
    each_condition,
    has_wildcard,
    key_facts,
    rule,
    subject,
)  # fmt: skip


def _policy(condition: str) -> dict[str, str]:
    return {
        "policies/topic.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {{Service: s3.amazonaws.com}}
            Action: "sns:Publish"
            Resource: "arn:aws:sns:eu-west-1:111111111111:orders"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM046",
    name="string-like-on-arn",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: ARN condition operators", "IAM Access Analyzer policy check reference: String like operator with ARN condition keys"],
    bad=[
        Example("a star in front of the resource", _policy('StringLike: {aws:SourceArn: "arn:aws:s3:*:111111111111:reports"}  # <- IAM046')),
        Example("negated", _policy('StringNotLike: {aws:PrincipalArn: "arn:aws:iam::*:role/admin"}  # <- IAM046')),
    ],
    good=[
        Example("an operator of ARNs keeps the parts apart", _policy('ArnLike: {aws:SourceArn: "arn:aws:s3:*:111111111111:reports"}')),
        Example("the wildcard is in the last part, where both mean the same", _policy('StringLike: {aws:SourceArn: "arn:aws:s3:::acme-*"}')),
        Example("root users, whose ARN has no name", _policy('StringLike: {aws:PrincipalArn: "arn:aws:iam::*:root"}')),
        Example("a key that is no ARN", _policy('StringLike: {aws:PrincipalTag/owner: "arn:aws:iam::*:role/admin"}')),
    ],
)  # fmt: skip
def string_like_on_arn(graph: AccessGraph) -> Iterator[Finding]:
    """A condition compares an ARN with a pattern of text, whose star crosses the colons between the parts.

    `arn:aws:s3:*:111111111111:reports` then fits an ARN of another account whose last part ends in `:111111111111:reports`.
    Operators of ARNs compare part by part.

    ## What to do instead

    Use `ArnLike` or `ArnNotLike`.

    ## What this rule does not see

    Patterns with wildcards in the last part only, where both operators mean the same; and `arn:aws:iam::*:root`, which no ARN but
    that of an account fits, since no name has a colon.
    """
    for tested in each_condition(graph):
        if tested.operator.positive != "StringLike":
            continue
        facts = key_facts(tested.condition.key)
        if facts is None or base_type(facts) != "ARN":
            continue
        for number, value in tested.values():
            head = value.rpartition(":")[0] if value.count(":") < 5 else ":".join(value.split(":", 5)[:5])
            is_root = tested.key == "aws:principalarn" and value.endswith("*:root")
            if value.startswith("arn:") and has_wildcard(head) and not is_root:
                yield Finding(
                    f"in `{value}` a star crosses colons, since `{tested.condition.operator}` compares text",
                    at=tested.value_place(number),
                    help=f"use `{tested.condition.operator.replace('String', 'Arn', 1)}`",
                    subject=f"{subject(tested.statement)} {tested.condition.key} {value}",
                )
