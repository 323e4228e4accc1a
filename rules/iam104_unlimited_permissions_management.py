"""IAM104 unlimited-permissions-management."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, governed, permissions_grants, rule, subject

_POLICY = """
Version: "2012-10-17"
Statement:
  - Effect: Allow
    Action: {action}
    Resource: {resource}
"""


def _policy(action: str, resource: str = '"*"', more: str = "") -> dict[str, str]:
    return {"policies/app.yaml": _POLICY.format(action=action, resource=resource) + more}


@rule(
    id="IAM104",
    name="unlimited-permissions-management",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Service Authorization Reference: Actions, resources, and condition keys for AWS services", "IAM User Guide: Grant least privilege access"],
    bad=[
        Example("on every resource", _policy('iam:PutRolePolicy  # <- IAM104')),
        Example("on every resource of its kind", _policy('iam:PutRolePolicy  # <- IAM104', '"arn:aws:iam::111111111111:role/*"')),
        Example("under a condition that every caller meets", _policy('iam:PutRolePolicy  # <- IAM104', more='    Condition: {Bool: {"aws:SecureTransport": "true"}}\n')),
        Example("among others, in Terraform, in an account that is not known", {"infra/main.tf": '''
            data "aws_caller_identity" "current" {}
            resource "aws_iam_policy" "app" {
              name = "app"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect   = "Allow"
                  Action   = ["iam:GetRole", "iam:Put*"] # <- IAM104
                  Resource = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/*"
                }]
              })
            }
            '''}),
        Example("among others that Terraform sorts", {"infra/main.tf": '''
            locals {
              more = ["iam:TagRole", "iam:PutUserPolicy"]
            }
            data "aws_iam_policy_document" "app" {
              statement {
                actions = concat(local.more, [
                  "iam:GetRole",
                  "iam:AttachRolePolicy", # <- IAM104
                  "iam:PutRolePolicy",
                ])
                resources = ["*"]
              }
            }
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = data.aws_iam_policy_document.app.json
            }
            '''}),
        Example("a test that requests without the key pass", _policy('iam:PutRolePolicy  # <- IAM104', more='    Condition: {StringEqualsIfExists: {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}\n')),
    ],
    good=[
        Example("on named resources", _policy('iam:PutRolePolicy', '"arn:aws:iam::111111111111:role/app/*"')),
        Example("limited by a condition", _policy('iam:PutRolePolicy', more='    Condition: {StringEquals: {"iam:PermissionsBoundary": "arn:aws:iam::111111111111:policy/boundary"}}\n')),
        Example("until a day that has passed", _policy('iam:PutRolePolicy', more='    Condition: {DateLessThan: {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}\n')),
        Example("taken back by a deny of the same policy", _policy('iam:PutRolePolicy', more='  - {Effect: Deny, Action: "iam:*", Resource: "*"}\n')),
        Example("the whole service is another rule's matter", _policy('"iam:*"')),
        Example("a boundary grants nothing", {'boundaries/app-boundary.yaml': _POLICY.format(action='iam:PutRolePolicy', resource='"*"')}),
        Example("grants only for AWS services, which a condition says", _policy('kms:CreateGrant', more='    Condition: {Bool: {"kms:GrantIsForAWSResource": true}}\n')),
        Example("actions that nobody knows yet", {"infra/main.tf": '''
            variable "action" {}
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:${var.action}", Resource = "*" }] })
            }
            '''}),
    ],
)  # fmt: skip
def unlimited_permissions_management(graph: AccessGraph) -> Iterator[Finding]:
    """A statement lets its holder decide who may do what, on every resource.

    Whoever can change policies, trust or grants can give the rest to themselves: the permissions written beside it are a
    beginning and no limit.

    ## What to do instead

    Name the roles, keys or buckets whose permissions are to be managed. For roles that a pipeline creates, use a path
    (`role/app/*`) and require a boundary with `iam:PermissionsBoundary`.

    ## What this rule does not see

    What a deny of the same policy takes back, what a resource, a condition or an unknown may limit, and actions that
    support no resource. A whole service (`iam:*`) on every resource is `service-wildcard`.
    """
    for grant in permissions_grants(graph):
        yield Finding(
            f"this statement manages permissions {grant.where}: {grant.listed()}",
            at=grant.place,
            because=governed(graph, grant.statement.policy),
            help="name the resources whose permissions it is to manage, or require a boundary",
            subject=subject(grant.statement),
        )
