"""IAM065 deny-with-not-principal."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Effect, Example, Finding, PolicyKind, Severity, rule, subject


def _bucket(effect: str, principal: str, condition: str = "") -> dict[str, str]:
    return {
        "policies/bucket.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            {principal}
            Action: "s3:*"
            Resource: "arn:aws:s3:::acme-reports/*"
            {condition}
        """
    }


@rule(
    id="IAM065",
    name="deny-with-not-principal",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: AWS JSON policy elements: NotPrincipal"],
    bad=[
        Example("everybody but one role", _bucket("Deny", 'NotPrincipal: {AWS: "arn:aws:iam::111111111111:role/app"}  # <- IAM065')),
        Example("everybody but a role and its account", _bucket(
            "Deny", 'NotPrincipal: {AWS: ["arn:aws:iam::111111111111:role/app", "111111111111"]}  # <- IAM065')),
        Example("everybody but one role, through an endpoint", {"infra/main.tf": """
            resource "aws_vpc_endpoint" "logs" {
              vpc_id            = "vpc-1a2b3c4d"
              service_name      = "com.amazonaws.eu-west-1.logs"
              vpc_endpoint_type = "Interface"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  { Effect = "Allow", Principal = "*", Action = "logs:*", Resource = "*" },
                  { Effect = "Deny", Action = "logs:DeleteLogGroup", Resource = "*",
                    NotPrincipal = { AWS = "arn:aws:iam::111111111111:role/app" } } # <- IAM065
                ]
              })
            }
            """}),
    ],
    good=[
        Example("a condition on the principal", _bucket("Deny", 'Principal: "*"',
            'Condition: {ArnNotEquals: {aws:PrincipalArn: "arn:aws:iam::111111111111:role/app"}}')),
        Example("in an Allow, which is another defect", _bucket("Allow", 'NotPrincipal: {AWS: "arn:aws:iam::111111111111:role/app"}')),
    ],
)  # fmt: skip
def deny_with_not_principal(graph: AccessGraph) -> Iterator[Finding]:
    """A Deny exempts principals by `NotPrincipal`, which denies more than it says.

    The account of each exempt role must be listed too, and for a session the role. A principal with a permissions boundary is
    always denied, whatever is listed. AWS advises against the element.

    ## What to do instead

    Deny `"Principal": "*"` with `ArnNotEquals` on `aws:PrincipalArn`.

    ## What this rule does not see

    `NotPrincipal` in an Allow, which opens instead of closing.
    """
    for statement in graph.statements(Effect.DENY, PolicyKind.RESOURCE, PolicyKind.ENDPOINT):
        if statement.principals_negated:
            yield Finding(
                "this Deny exempts by `NotPrincipal`, which does not exempt principals with a permissions boundary",
                at=statement.place("NotPrincipal", part="key"),
                help='deny `"Principal": "*"` with `ArnNotEquals` on `aws:PrincipalArn`',
                subject=subject(statement),
            )
