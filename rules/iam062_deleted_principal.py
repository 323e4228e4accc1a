"""IAM062 deleted-principal."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, rule, subject, unique_id_kind


def _trust(principal: str) -> dict[str, str]:
    return {
        "trust/role.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {principal}
            Action: "sts:AssumeRole"
        """
    }


@rule(
    id="IAM062",
    name="deleted-principal",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM User Guide: AWS JSON policy elements: Principal",
        "IAM Access Analyzer policy check reference: Invalid role reference, Invalid user reference",
    ],
    bad=[
        Example("the id of a role", _trust("{AWS: AROA1234567890EXAMPLE}  # <- IAM062")),
        Example("the id of a user, among others", _trust('{AWS: ["111111111111", AIDA1234567890EXAMPLE]}  # <- IAM062')),
    ],
    good=[
        Example("the ARN of a role", _trust('{AWS: "arn:aws:iam::111111111111:role/app"}')),
        Example("an id in a condition, where it is meant", {"policies/bucket.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: "s3:*"
                Resource: "arn:aws:s3:::acme-reports/*"
                Condition: {StringNotLike: {aws:userId: "AROA1234567890EXAMPLE:*"}}
            """}),
    ],
)  # fmt: skip
def deleted_principal(graph: AccessGraph) -> Iterator[Finding]:
    """A policy names a principal by its unique id, which is what AWS shows after the principal was deleted.

    The statement lets in nobody, also when a role of the same name is made again.

    ## What to do instead

    Write the ARN of the role or user, or remove the entry.

    ## What this rule does not see

    Principals that are named by ARN and were deleted after the policy was read.
    """
    for statement in graph.statements():
        for principal in statement.principals or ():
            kind = unique_id_kind(principal.value) if principal.kind == "AWS" and isinstance(principal.value, str) else None
            if kind is not None:
                yield Finding(
                    f"`{principal.value}` is the unique id of a {kind} that was deleted",
                    at=statement.place(*principal.route),
                    help="write the ARN, or remove the entry",
                    subject=f"{subject(statement)} {principal.value}",
                )
