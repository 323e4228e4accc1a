"""IAM014 resource-without-fitting-action."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    PolicyKind,
    Severity,
    Statement,
    arn_fault,
    catalogue,
    has_known_type,
    idle_resources,
    rule,
    subject,
)  # fmt: skip


def _policy(action: str, resources: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: {action}
            Resource: {resources}
        """
    }


@rule(
    id="IAM014",
    name="resource-without-fitting-action",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Service Authorization Reference: Actions, resources, and condition keys for AWS services, Resource types"],
    bad=[
        Example("the bucket beside its objects", _policy(
            '"s3:GetObject"', '["arn:aws:s3:::acme-reports", "arn:aws:s3:::acme-reports/*"]  # <- IAM014')),
        Example("a resource of a service that the statement does not name", _policy(
            '["sqs:SendMessage", "sqs:GetQueueUrl"]', '["arn:aws:sqs:*:*:orders", "arn:aws:sns:*:*:orders"]  # <- IAM014')),
    ],
    good=[
        Example("every resource is worked on by some action", _policy(
            '["s3:GetObject", "s3:ListBucket"]', '["arn:aws:s3:::acme-reports", "arn:aws:s3:::acme-reports/*"]')),
        Example("an action that nobody knows yet may work on it", {"infra/main.tf": """
            variable "action" {}
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect   = "Allow"
                  Action   = ["sqs:SendMessage", var.action]
                  Resource = ["arn:aws:sqs:*:*:orders", "arn:aws:sns:*:*:orders"]
                }]
              })
            }
            """}),
        Example("no resource of AWS at all, which another rule says", _policy(
            '"lambda:InvokeFunction"', '["arn:aws:lambda:*:*:function:orders", "arn:aws:lambda:*:*:function/orders"]')),
        Example("no resource fits, which another rule says of the action", _policy('"s3:GetObject"', '["arn:aws:s3:::acme-reports"]')),
    ],
)  # fmt: skip
def resource_without_fitting_action(graph: AccessGraph) -> Iterator[Finding]:
    """A statement names a resource on which none of its actions works, so it stands there for nothing.

    A reader takes it for access that is given (or denied) and is not. Often it is a leftover, sometimes the sign that an action is
    missing.

    ## What to do instead

    Remove it, or name the action that was meant.

    ## What this rule does not see

    Statements of which no resource fits any action: there `action-without-fitting-resource` speaks. Resources of a type that AWS
    does not have are `unknown-resource-type`.
    """
    for statement in graph.statements():
        if statement.resources is None or len(statement.resources) < 2 or not _is_plain(statement):
            continue
        idle = idle_resources(statement.actions, statement.resources)
        if len(idle) == len(statement.resources):
            continue
        for number in idle:
            resource = statement.resources[number]
            if isinstance(resource, str) and arn_fault(resource) is None and has_known_type(resource):
                yield Finding(
                    f"no action of this statement works on `{resource}`",
                    at=statement.resource_place(number),
                    help=f"remove it, or name the action that was meant ({catalogue().as_of})",
                    subject=f"{subject(statement)} {resource}",
                )


def _is_plain(statement: Statement) -> bool:
    if statement.is_plain:
        return statement.policy.kind not in (PolicyKind.RESOURCE, PolicyKind.TRUST)
    return (
        not statement.resources_negated and not statement.actions_negated and statement.policy.kind not in (PolicyKind.RESOURCE, PolicyKind.TRUST)
        and all(isinstance(action, str) for action in statement.actions)
    )  # fmt: skip
