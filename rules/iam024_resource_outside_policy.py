"""IAM024 resource-outside-policy."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    PolicyKind,
    Severity,
    Value,
    intersects,
    key,
    resource_owners,
    rule,
    subject,
)  # fmt: skip

_STRICT = ("s3", "sqs", "sns", "kinesis", "dynamodb")


def _bucket(resource: str, mark: str = "") -> dict[str, str]:
    return {
        "infra/main.tf": f"""
        resource "aws_s3_bucket_policy" "reports" {{
          bucket = "acme-reports"
          policy = jsonencode({{
            Version = "2012-10-17"
            Statement = [{{
              Effect    = "Allow"
              Principal = {{ AWS = "111111111111" }}
              Action    = "s3:*"
              Resource  = {resource}{mark}
            }}]
          }})
        }}
        """
    }


@rule(
    id="IAM024",
    name="resource-outside-policy",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM Access Analyzer policy check reference: Unsupported resource ARN in policy"],
    bad=[
        Example("the policy of a bucket names another bucket", _bucket('"arn:aws:s3:::acme-report/*"', " # <- IAM024")),
        Example("the other bucket stands in a list", _bucket('["arn:aws:s3:::acme-reports", "arn:aws:s3:::acme-logs"]', " # <- IAM024")),
        Example("the policy of a queue names another queue", {"infra/main.tf": """
            resource "aws_sqs_queue" "orders" {
              name   = "orders"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { AWS = "111111111111" }
                  Action    = "sqs:SendMessage"
                  Resource  = "arn:aws:sqs:eu-west-1:111111111111:order" # <- IAM024
                }]
              })
            }
            """}),
    ],
    good=[
        Example("the bucket and its objects", _bucket('["arn:aws:s3:::acme-reports", "arn:aws:s3:::acme-reports/*"]')),
        Example("a pattern that the bucket fits", _bucket('"arn:aws:s3:::acme-*"')),
        Example("a partition that only the policy tells", _bucket('"arn:aws-us-gov:s3:::acme-reports/*"')),
        Example("a bucket that nobody knows yet", {"infra/variables.tf": 'variable "bucket" {}\n', **_bucket('"arn:aws:s3:::${var.bucket}/*"')}),
    ],
)  # fmt: skip
def resource_outside_policy(graph: AccessGraph) -> Iterator[Finding]:
    """A resource policy names a resource other than the one that it belongs to, so its service refuses it.

    It mostly comes from a copy, or from a bucket that got a new name.

    ## What to do instead

    Name the resource itself; in Terraform and CloudFormation by reference, so that it follows a new name.

    ## What this rule does not see

    Resources whose name is only known at deployment, and the wrong partition of a right name.
    """
    owners = resource_owners(graph.estate)
    for policy in graph.policies(PolicyKind.RESOURCE):
        owner = owners.get(id(policy))
        if owner is None or owner.service not in _STRICT:
            continue
        for statement in policy.statements:
            for number, resource in enumerate(statement.resources or ()):
                if isinstance(resource, str) and not _belongs(resource, owner.arn):
                    yield Finding(
                        f"`{resource}` is not `{_name(owner.arn)}`, to which this policy belongs",
                        at=statement.resource_place(number),
                        help="name the resource itself",
                        subject=f"{subject(statement)} {resource}",
                    )


def _belongs(resource: str, arn: Value) -> bool:
    if not resource.startswith("arn:") or "$" in resource:
        return True
    shape = arn if isinstance(arn, str) else _pattern(arn)
    if shape.startswith("arn:"):  # the partition of the owner is often only assumed to be `aws`
        resource = ":".join(["arn", shape.split(":")[1], *resource.split(":")[2:]])
    return intersects(resource, shape) or intersects(resource, f"{shape}/*") or intersects(resource, f"{shape}:*")


def _pattern(arn: Value) -> str:
    """Return the ARN with a star for each stretch that nobody knows."""
    parts = getattr(arn, "parts", ())
    return "".join(part if isinstance(part, str) else "*" for part in parts) or "*"


def _name(arn: Value) -> str:
    return key(arn).rpartition(":")[2]
