"""IAM078 untrustworthy-condition-key."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Effect, Example, Finding, Severity, Statement, each_condition, rule, subject

_FORGEABLE = {"aws:referer": "the address in the `Referer` header", "aws:useragent": "the name in the `User-Agent` header"}


def _bucket(condition: str, effect: str = "Allow") -> dict[str, str]:
    return {
        "policies/bucket.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Principal: "*"
            Action: "s3:GetObject"
            Resource: "arn:aws:s3:::acme-site/*"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM078",
    name="untrustworthy-condition-key",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM User Guide: AWS global condition context keys, aws:Referer and aws:UserAgent",
        "IAM Access Analyzer policy check reference: Untrustworthy condition key",
    ],
    bad=[
        Example("whoever says that he comes from the site", _bucket('StringLike: {aws:Referer: "https://acme.example/*"}  # <- IAM078')),
        Example("whoever says that he is the program", _bucket("StringEquals: {aws:UserAgent: acme-mirror}  # <- IAM078")),
    ],
    good=[
        Example("beside a condition that cannot be forged", _bucket(
            '{StringLike: {aws:Referer: "https://acme.example/*"}, IpAddress: {aws:SourceIp: 203.0.113.0/24}}')),
        Example("a service of AWS, which writes the account for which it acts", {"policies/topic.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: ses.amazonaws.com}
                Action: "sns:Publish"
                Resource: "arn:aws:sns:eu-west-1:111111111111:bounces"
                Condition: {StringEquals: {"aws:Referer": "111111111111"}}
            """}),
        Example("in a deny, where it only takes away", _bucket('StringNotLike: {aws:Referer: "https://acme.example/*"}', "Deny")),
    ],
)  # fmt: skip
def untrustworthy_condition_key(graph: AccessGraph) -> Iterator[Finding]:
    """An Allow is limited only by what the caller says about himself.

    Browsers send `Referer` and `User-Agent`, and any other program sends in them what it likes. AWS says of both that they must
    not keep out unauthorized callers.

    ## What to do instead

    Limit by principal, network or organization; in front of a website, by CloudFront with an origin access control.

    ## What this rule does not see

    Statements that have another condition besides, and what services of AWS send (SES names the account in `Referer`).
    """
    for tested in each_condition(graph, Effect.ALLOW):
        statement = tested.statement
        if tested.key in _FORGEABLE and tested.operator.name != "Null" and _is_all(statement) and not _is_for_services(statement):
            yield Finding(
                f"only {_FORGEABLE[tested.key]} limits this Allow, and every caller writes that himself",
                at=tested.place("key"),
                help="limit it by principal, network or organization",
                subject=f"{subject(statement)} {tested.condition.key}",
            )


def _is_for_services(statement: Statement) -> bool:
    return bool(statement.principals) and all(principal.kind == "Service" for principal in statement.principals or ())


def _is_all(statement: Statement) -> bool:
    return statement.opaque is None and all(condition.key.lower() in _FORGEABLE for condition in statement.conditions)
