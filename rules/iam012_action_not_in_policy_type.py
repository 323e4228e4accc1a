"""IAM012 action-not-in-policy-type."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Policy,
    PolicyKind,
    Severity,
    catalogue,
    has_wildcard,
    resource_owners,
    rule,
    subject,
)  # fmt: skip

_TRUST = frozenset({
    "assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "assumeroot", "setcontext", "setsourceidentity", "tagsession",
})  # fmt: skip
_KIN = {
    "s3": ("s3", "s3express", "s3-object-lambda", "s3-outposts"), "lambda": ("lambda",), "sqs": ("sqs",), "sns": ("sns",), "kms": ("kms",),
    "secretsmanager": ("secretsmanager",), "ecr": ("ecr",), "dynamodb": ("dynamodb",), "kinesis": ("kinesis",),
    "es": ("es", "opensearch"), "backup": ("backup",), "elasticfilesystem": ("elasticfilesystem",), "glacier": ("glacier",),
    "events": ("events",),
}  # fmt: skip


def _role(action: str, mark: str = "") -> dict[str, str]:
    return {
        "infra/main.tf": f"""
        resource "aws_iam_role" "app" {{
          name = "app"
          assume_role_policy = jsonencode({{
            Version = "2012-10-17"
            Statement = [{{
              Effect    = "Allow"
              Principal = {{ Service = "lambda.amazonaws.com" }}
              Action    = {action}{mark}
            }}]
          }})
        }}
        """
    }


def _rcp(action: str) -> dict[str, str]:
    return {
        "rcp/perimeter.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Deny
            Principal: "*"
            Action: {action}
            Resource: "*"
            Condition: {{StringNotEqualsIfExists: {{"aws:PrincipalOrgID": o-abcdefghij}}}}
        """
    }


@rule(
    id="IAM012",
    name="action-not-in-policy-type",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM Access Analyzer policy check reference: Unsupported action in policy",
        "AWS Organizations User Guide: RCP syntax",
    ],
    bad=[
        Example("a permission in a trust policy", _role('"s3:GetObject"', " # <- IAM012")),
        Example("every action in a trust policy", _role('"*"', " # <- IAM012")),
        Example("an action of STS that assumes nothing", _role('"sts:GetCallerIdentity"', " # <- IAM012")),
        Example("an action of another service in a bucket policy", {"infra/main.tf": """
            resource "aws_s3_bucket" "reports" {
              bucket = "acme-reports"
            }
            resource "aws_s3_bucket_policy" "reports" {
              bucket = aws_s3_bucket.reports.id
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { AWS = "111111111111" }
                  Action    = ["s3:GetObject", "kms:Decrypt"] # <- IAM012
                  Resource  = "arn:aws:s3:::acme-reports/*"
                }]
              })
            }
            """}),
        Example("a resource control policy over a service that has none", _rcp('["s3:*", "ec2:*"]  # <- IAM012')),
        Example("a resource control policy over everything", _rcp('"*"  # <- IAM012')),
    ],
    good=[
        Example("a trust policy that also lets tags pass", _role('["sts:AssumeRole", "sts:TagSession"]')),
        Example("every way of assuming", _role('"sts:AssumeRole*"')),
        Example("a resource control policy over services that have it", _rcp('["s3:*", "sts:AssumeRole"]')),
        Example("an action that nobody knows yet", {"infra/variables.tf": 'variable "action" {}\n', **_role("var.action")}),
    ],
)  # fmt: skip
def action_not_in_policy_type(graph: AccessGraph) -> Iterator[Finding]:
    """A policy names an action that a policy of its type cannot speak of, so AWS refuses it.

    A trust policy says who may assume the role and nothing else; a resource policy speaks of the actions of its service; a
    resource control policy of those services that take part, each by its prefix.

    ## What to do instead

    Move the action into the policy that it belongs to: permissions of a role into an identity policy, the use of a key into the
    policy of the key.

    ## What this rule does not see

    Resource policies of which the repository does not show the resource.
    """
    owners = resource_owners(graph.estate)
    for policy in graph.policies(PolicyKind.TRUST, PolicyKind.RCP, PolicyKind.RESOURCE):
        owner = owners.get(id(policy))
        for statement in policy.statements:
            for number, action in enumerate(statement.actions):
                fault = _fault(policy, action, owner.service if owner is not None else "") if isinstance(action, str) else None
                if fault is not None:
                    yield Finding(
                        fault[0], at=statement.action_place(number), help=fault[1], subject=f"{subject(statement)} {action}"
                    )


def _fault(policy: Policy, action: str, service: str) -> tuple[str, str] | None:
    prefix, _, name = action.lower().partition(":")
    if policy.kind is PolicyKind.TRUST:
        if prefix == "sts" and (name in _TRUST or has_wildcard(name) or not name):
            return None
        return f"a trust policy cannot speak of `{action}`", "name `sts:AssumeRole`, and grant permissions in an identity policy"
    if policy.kind is PolicyKind.RCP:
        if action == "*" or has_wildcard(prefix):
            return f"a resource control policy cannot speak of `{action}`", "name each service, such as `s3:*`"
        if prefix in catalogue().rcp_services or catalogue().service(prefix) is None:
            return None
        return (
            f"`{prefix}` takes no part in resource control policies",
            f"protect it by a service control policy, or in its own policy ({catalogue().as_of})",
        )
    kin = _KIN.get(service)
    if kin is None or has_wildcard(prefix) or prefix in kin or catalogue().service(prefix) is None:
        return None
    return (
        f"a policy of a resource of `{service}` cannot speak of `{action}`",
        f"name actions of `{service}` ({catalogue().as_of})",
    )
