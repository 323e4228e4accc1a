"""IAM306 service-grant-without-source."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Exposure,
    Finding,
    Severity,
    nameless_sources,
    rule,
    service_exposures,
    subject,
)  # fmt: skip

_QUEUE = """
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
resource "aws_sqs_queue" "orders" {{
  name = "orders"
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "{action}"
      Resource  = "arn:aws:sqs:eu-west-1:111111111111:orders"
      Principal = {principal}{mark}
      Condition = {{ {condition} }}
    }}{more}]
  }})
}}
"""


def _queue(
    principal: str = '{ AWS = "*" }', mark: str = "", condition: str = "", action: str = "sqs:SendMessage", more: str = ""
) -> dict[str, str]:
    return {"infra/main.tf": _QUEUE.format(action=action, principal=principal, mark=mark, condition=condition, more=more)}


@rule(
    id="IAM306",
    name="service-grant-without-source",
    severity=Severity.NOTE,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=[
        "IAM User Guide: The confused deputy problem",
        "Access Analyzer policy check reference: Restrict access to service principal",
    ],
    bad=[
        Example("any topic of anybody", _queue('{ Service = "sns.amazonaws.com" }', " # <- IAM306")),
        Example("any bucket calls a function", {"infra/main.tf": """
            resource "aws_lambda_permission" "s3" {
              function_name = "import"
              action        = "lambda:InvokeFunction"
              principal     = "s3.amazonaws.com" # <- IAM306
            }
            """}),
        Example("a bucket of another repository, by its name alone", _queue(
            '{ Service = "s3.amazonaws.com" }', " # <- IAM306",
            condition='ArnEquals = { "aws:SourceArn" = "arn:aws:s3:::acme-uploads" }')),
    ],
    good=[
        Example("a bucket of the repository", {"infra/bucket.tf": 'resource "aws_s3_bucket" "uploads" {\n  bucket = "acme-uploads"\n}\n', **_queue(
            '{ Service = "s3.amazonaws.com" }', condition='ArnEquals = { "aws:SourceArn" = aws_s3_bucket.uploads.arn }')}),
        Example("one topic", _queue(
            '{ Service = "sns.amazonaws.com" }', condition='ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:111111111111:orders" }')),
        Example("one account", _queue(
            '{ Service = "sns.amazonaws.com" }', condition='StringEquals = { "AWS:SourceAccount" = "111111111111" }')),
        Example("a topic that nobody knows yet", {"infra/variables.tf": 'variable "topic" {}\n', **_queue(
            '{ Service = "sns.amazonaws.com" }', condition='ArnEquals = { "aws:SourceArn" = var.topic }')}),
        Example("a deny for other accounts' topics", _queue('{ Service = "sns.amazonaws.com" }', more=""", {
      Effect    = "Deny"
      Action    = "sqs:*"
      Resource  = "*"
      Principal = "*"
      Condition = { StringNotEquals = { "aws:SourceAccount" = "111111111111" } }
    }""")),
        Example("a service that acts within the account only", _queue('{ Service = "autoscaling.amazonaws.com" }')),
    ],
)  # fmt: skip
def service_grant_without_source(graph: AccessGraph) -> Iterator[Finding]:
    """A resource lets a service of AWS in, whoever the service acts for.

    The same service works for every customer. Without a condition on what it acts for, somebody else's topic, bucket or
    rule can make it call this resource (the confused deputy). The ARN of a bucket holds no account: when its owner deletes it,
    somebody else may take the name.

    ## What to do instead

    Add a condition on `aws:SourceArn`, or on `aws:SourceAccount` where the ARN is not known.

    ## What this rule does not see

    Services that only act within the account, and conditions whose value the repository does not hold.
    """
    found: dict[int, list[Exposure]] = {}
    for exposure in service_exposures(graph):
        if str(exposure.principal.value).partition(".")[0] not in _WITHIN_THE_ACCOUNT:
            found.setdefault(id(exposure.statement), []).append(exposure)
    for together in found.values():
        first = together[0]
        services = " and ".join(dict.fromkeys(f"`{exposure.principal.value}`" for exposure in together))
        yield Finding(
            f"{first.guarded.words} is open to {services} for whatever account that acts for",
            at=first.place,
            because=[(first.guarded.place, "the resource")] if first.guarded.place is not None else [],
            help="add a condition on `aws:SourceArn` or `aws:SourceAccount`",
            subject=subject(first.statement),
        )
    for exposure, bucket in nameless_sources(graph):
        if id(exposure.statement) in found:
            continue
        found[id(exposure.statement)] = []
        yield Finding(
            f"{exposure.guarded.words} is open to whoever has the bucket `{bucket}`, whose name says no account",
            at=exposure.place,
            because=[(exposure.guarded.place, "the resource")] if exposure.guarded.place is not None else [],
            help="add a condition on `aws:SourceAccount`",
            subject=subject(exposure.statement),
        )


_WITHIN_THE_ACCOUNT = frozenset({
    "autoscaling", "ec2", "ecs", "ecs-tasks", "edgelambda", "eks", "lambda", "rds", "secretsmanager", "redshift", "dynamodb", "elasticfilesystem",
    "organizations", "replicator", "spot", "spotfleet", "ssm",
})  # fmt: skip
