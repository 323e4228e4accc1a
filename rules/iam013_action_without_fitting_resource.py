"""IAM013 action-without-fitting-resource."""

from collections.abc import Iterator
from functools import lru_cache

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    PolicyKind,
    Severity,
    Statement,
    catalogue,
    formats_for,
    has_known_type,
    idle_actions,
    may_be_checked_on,
    rule,
    subject,
    takes_resources,
)  # fmt: skip


def _policy(action: str, resource: str, effect: str = "Allow") -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Action: {action}
            Resource: {resource}
        """
    }


@rule(
    id="IAM013",
    name="action-without-fitting-resource",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["Service Authorization Reference: Actions, resources, and condition keys for AWS services, Resource types"],
    bad=[
        Example("an action on objects with the ARN of a bucket", _policy('"s3:GetObject"  # <- IAM013', "arn:aws:s3:::acme-reports")),
        Example("an action on buckets with the ARN of objects", _policy(
            '["s3:GetObject", "s3:ListBucket"]  # <- IAM013', "arn:aws:s3:::acme-reports/*")),
        Example("an action that knows no resources", _policy('"s3:ListAllMyBuckets"  # <- IAM013', "arn:aws:s3:::acme-reports")),
        Example("a list with all of a kind, which AWS checks on `*` alone", _policy(
            '"ecr:GetAuthorizationToken"  # <- IAM013', '"arn:aws:ecr:eu-west-1:111111111111:repository/*"')),
        Example("a pattern of which no action works on it", _policy(
            '"dynamodb:*Item"  # <- IAM013', "arn:aws:sqs:eu-west-1:111111111111:orders")),
        Example("in the policy of a bucket, which Amazon S3 refuses then", {"infra/main.tf": """
            resource "aws_s3_bucket_policy" "logs" {
              bucket = "acme-logs"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { Service = "cloudtrail.amazonaws.com" }
                  Action    = ["s3:PutObject", "s3:GetBucketAcl"] # <- IAM013
                  Resource  = "arn:aws:s3:::acme-logs/*"
                }]
              })
            }
            """}),
        Example("in a deny, where it protects nothing", _policy('"sqs:DeleteQueue"  # <- IAM013', "arn:aws:sns:*:*:*", "Deny")),
    ],
    good=[
        Example("bucket and objects together", _policy(
            '["s3:GetObject", "s3:ListBucket"]', '["arn:aws:s3:::acme-reports", "arn:aws:s3:::acme-reports/*"]')),
        Example("one star covers both", _policy('["s3:GetObject", "s3:ListBucket"]', '"arn:aws:s3:::acme-reports*"')),
        Example("some action of the pattern works on it", _policy('"s3:*"', "arn:aws:s3:::acme-reports/*")),
        Example("an action that knows no resources, on everything", _policy('"ec2:DescribeInstances"', '"*"')),
        Example("lists on all of a kind, which AWS may check them on", _policy(
            '["dynamodb:ListTables", "s3:ListAllMyBuckets", "ssm:DescribeParameters"]',
            '["arn:aws:dynamodb:*:*:table/*", "arn:aws:s3:::*", "arn:aws:ssm:*:*:*"]')),
        Example("answers to the state machine that waits for them", _policy(
            '"states:SendTaskSuccess"', "arn:aws:states:eu-west-1:111111111111:stateMachine:orders")),
        Example("what the second generation of a service tags", _policy(
            '["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"]',
            '["arn:aws:elasticloadbalancing:*:*:listener/app/*/*/*", "arn:aws:elasticloadbalancing:*:*:listener-rule/net/*/*/*"]')),
        Example("a resource that nobody knows yet", {"infra/main.tf": """
            variable "target" {}
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = var.target }] })
            }
            """}),
    ],
)  # fmt: skip
def action_without_fitting_resource(graph: AccessGraph) -> Iterator[Finding]:
    """A statement names an action that works on none of its resources, so the action is neither allowed nor denied by it.

    Every action works on certain types of resource: `s3:GetObject` on objects (`bucket/*`), `s3:ListBucket` on the bucket. Some
    know none and need `*`. AWS accepts a statement that mixes them up without a word.

    ## What to do instead

    Add a resource of the type that the message names, or give the action a statement of its own, with `*` where it knows no
    resources.

    ## What this rule does not see

    Actions that the shipped catalogue does not know, `NotAction`, `NotResource`, and types of resource that AWS does not document.
    An action without a type of its own beside a pattern for all of a kind (`dynamodb:ListTables` on `…:table/*`), which AWS may
    check it on.
    Where a resource is malformed or of no known type, `invalid-arn` and `unknown-resource-type` speak alone.
    """
    for statement in graph.statements():
        if not _has_known_resources(statement):
            continue
        actions = statement.actions
        idle = idle_actions(actions, statement.resources)
        if idle and all(map(has_known_type, statement.resources)):  # otherwise the resource is what is wrong: see other rules
            for number in idle:
                action = actions[number]
                if not takes_resources(action) and may_be_checked_on(action, statement.resources):
                    continue
                message, help = _words(action)
                if statement.policy.kind is PolicyKind.RESOURCE:
                    help = f"Amazon S3 refuses a policy like this; {help}"
                yield Finding(
                    message,
                    at=statement.action_place(number),
                    help=f"{help} ({catalogue().as_of})",
                    subject=f"{subject(statement)} {action}",
                )


def _has_known_resources(statement: Statement) -> bool:
    """Return whether all resources are known and none is everything; a resource policy stands on its resource."""
    if not statement.resources or statement.resources == ("*",) or statement.resources_negated or statement.actions_negated:
        return False
    if statement.policy.kind is PolicyKind.TRUST or (
        statement.policy.kind is PolicyKind.RESOURCE and not _is_of_buckets(statement)
    ):
        return False
    if statement.is_plain:
        return True  # beside what stands for everything, no action is idle
    return all(isinstance(resource, str) and resource.strip("*") for resource in statement.resources)


def _is_of_buckets(statement: Statement) -> bool:
    """Return whether a resource policy is one of Amazon S3, which asks that every action works on some resource."""
    return all(isinstance(resource, str) and resource.split(":")[2:5] == ["s3", "", ""] for resource in statement.resources or ())


@lru_cache(maxsize=10_000)
def _words(action: str) -> tuple[str, str]:
    if not takes_resources(action):
        return f"`{action}` knows no resources, so it needs `*`", "move it to a statement with `*` as its resource"
    formats = [f"`{form}`" for form in formats_for(action)]
    help = (
        f"it works on {' or '.join(formats[:3])}" if formats else f"name resources of `{action.partition(':')[0]}`, or remove it"
    )
    return f"`{action}` works on none of the resources of this statement", help
