"""IAM103 wildcard-resource-on-restrictable-action."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    catalogue,
    changing_grants,
    governed,
    rule,
    subject,
)

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
    id="IAM103",
    name="wildcard-resource-on-restrictable-action",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Service Authorization Reference: Actions, resources, and condition keys for AWS services", "IAM User Guide: Grant least privilege access"],
    bad=[
        Example("on every resource", _policy('sqs:SendMessage  # <- IAM103')),
        Example("under a condition that every caller meets", _policy('sqs:SendMessage  # <- IAM103', more='    Condition: {Bool: {"aws:SecureTransport": "true"}}\n')),
    ],
    good=[
        Example("on named resources", _policy('sqs:SendMessage', '"arn:aws:sqs:eu-west-1:111111111111:orders"')),
        Example("limited by a condition", _policy('sqs:SendMessage', more='    Condition: {StringEquals: {"aws:ResourceTag/team": checkout}}\n')),
        Example("taken back by a deny of the same policy", _policy('sqs:SendMessage', more='  - {Effect: Deny, Action: "sqs:*", Resource: "*"}\n')),
        Example("the whole service is another rule's matter", _policy('"sqs:*"')),
        Example("a boundary grants nothing", {'boundaries/app-boundary.yaml': _POLICY.format(action='sqs:SendMessage', resource='"*"')}),
        Example("actions that support only a star", _policy('["ec2:DescribeInstances", "cloudwatch:PutMetricData", "ecr:GetAuthorizationToken"]')),
        Example("what every execution role does", _policy('["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]')),
        Example("all queues, by their ARN", _policy('sqs:SendMessage', '"arn:aws:sqs:eu-west-1:111111111111:*"')),
        Example("sensitive actions have rules of their own", _policy('cloudtrail:StopLogging')),
    ],
)  # fmt: skip
def wildcard_resource_on_restrictable_action(graph: AccessGraph) -> Iterator[Finding]:
    """A statement changes things on every resource by actions that can be limited to some.

    The star was quicker to write than the names, and stays when resources of others join the account.

    ## What to do instead

    Name the resources. Split the statement if some of its actions support only `*`.

    ## What this rule does not see

    Reading and listing, and the making of new things; what a deny of the same policy takes back, what a resource, a condition or an unknown may limit, and actions that
    support no resource. A whole service (`sqs:*`) on every resource is `service-wildcard`.
    """
    for grant in changing_grants(graph):
        yield Finding(
            f"`*` is the resource of actions that can be limited: {grant.listed()}",
            at=grant.place,
            because=governed(graph, grant.statement.policy),
            help=f"name the resources; actions that support only `*` can stand in a statement of their own ({catalogue().as_of})",
            subject=subject(grant.statement),
        )
