"""IAM079 prefix-denied-by-name."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Effect, Example, Finding, Severity, each_condition, rule, subject


def _policy(effect: str, condition: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Action: "s3:ListBucket"
            Resource: "arn:aws:s3:::acme-reports"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM079",
    name="prefix-denied-by-name",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM Access Analyzer policy check reference: S3 prefix in negative context", "Amazon S3 User Guide: Bucket policy examples using condition keys, s3:prefix"],
    bad=[
        Example("a deny of one prefix", _policy("Deny", 'StringLike: {s3:prefix: "payroll/*"}  # <- IAM079')),
        Example("an allow of all but one prefix", _policy("Allow", 'StringNotEquals: {s3:prefix: payroll/}  # <- IAM079')),
    ],
    good=[
        Example("an allow of one prefix", _policy("Allow", 'StringLike: {s3:prefix: "reports/*"}')),
        Example("a deny of all but one prefix", _policy("Deny", 'StringNotLike: {s3:prefix: "reports/*"}')),
    ],
)  # fmt: skip
def prefix_denied_by_name(graph: AccessGraph) -> Iterator[Finding]:
    """A policy keeps a part of a bucket from being listed by naming its prefix, which a shorter prefix passes.

    `s3:prefix` is what the caller asks for. Whoever lists `pay`, or the whole bucket, sees `payroll/…` too.

    ## What to do instead

    Allow the prefixes that may be listed, or deny all but those.

    ## What this rule does not see

    Whether the names of the objects are worth protecting.
    """
    for tested in each_condition(graph):
        if tested.key != "s3:prefix" or tested.operator.family != "String":
            continue
        if tested.operator.negated == (tested.statement.effect is Effect.ALLOW):
            yield Finding(
                "a shorter `s3:prefix` passes this condition and lists the same objects",
                at=tested.place("key"),
                help="allow the prefixes that may be listed, or deny all but those",
                subject=f"{subject(tested.statement)} {tested.condition.operator}",
            )
