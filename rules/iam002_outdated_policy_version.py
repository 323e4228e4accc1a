"""IAM002 outdated-policy-version."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, rule


@rule(
    id="IAM002",
    name="outdated-policy-version",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: IAM JSON policy elements: Version"],
    bad=[
        Example("no version at all", {"policies/a.yaml": """
            Statement:  # <- IAM002
              - {Effect: Allow, Action: "s3:GetObject", Resource: "*"}
            """}),
        Example("the version of 2008", {"policies/a.yaml": """
            Version: "2008-10-17"  # <- IAM002
            Statement:
              - {Effect: Allow, Action: "s3:GetObject", Resource: "*"}
            """}),
    ],
    good=[
        Example("the current version", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "s3:GetObject", Resource: "*"}
            """}),
        Example("a version that nobody knows yet", {"infra/main.tf": """
            variable "language" {}
            resource "aws_iam_policy" "app" {
              name = "app"
              policy = jsonencode({
                Version   = var.language
                Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
              })
            }
            """}),
        Example("what AWS itself writes for a VPC endpoint that was given no policy", {"endpoints.yaml": """
            VpcEndpoints:
              - VpcEndpointId: vpce-0123456789abcdef0
                VpcEndpointType: Gateway
                ServiceName: com.amazonaws.eu-west-1.s3
                OwnerId: "111111111111"
                PolicyDocument: >-
                  {"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}
            """}),
    ],
)  # fmt: skip
def outdated_policy_version(graph: AccessGraph) -> Iterator[Finding]:
    """A policy is written in the policy language of 2008, by its version or because it has none.

    In that language `${aws:username}` is plain text, and whoever adds a variable later will not notice. A policy without
    `Version` is read as one of 2008.

    ## What to do instead

    Write `"Version": "2012-10-17"`; the meaning of a policy without variables stays the same.

    ## What this rule does not see

    Whether a variable is written in the policy already: that is `policy-variable-without-effect`.
    """
    for policy in graph.policies():
        document = policy.document
        if not isinstance(document, dict) or "Statement" not in document or document == _OF_AWS:
            continue
        if "Version" not in document:
            at, message = policy.place, "this policy has no `Version`, so AWS reads it in the language of 2008"
        elif document["Version"] == "2008-10-17":
            at, message = policy.origin.at(("Version",)), "this policy is written in the policy language of 2008"
        else:
            continue
        yield Finding(message, at=at, help="write `2012-10-17`", subject=policy.ref)


_OF_AWS = {
    "Version": "2008-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
"""The policy that a VPC endpoint has until it is given one."""
