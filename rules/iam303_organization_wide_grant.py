"""IAM303 organization-wide-grant."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    organization_exposures,
    rule,
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
    id="IAM303",
    name="organization-wide-grant",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM User Guide: AWS global condition context keys: aws:PrincipalOrgID",
    ],
    bad=[
        Example("every account of an organization", _queue(mark=" # <- IAM303", condition='StringEquals = { "aws:PrincipalOrgID" = "o-acme123456" }')),
        Example("a role that the whole organization may assume", {"infra/main.tf": """
            resource "aws_iam_role" "shared" {
              name = "shared"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "*" } # <- IAM303
                  Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-acme123456" } }
                }]
              })
            }
            """}),
    ],
    good=[
        Example("one account", _queue('{ AWS = "222222222222" }')),
        Example("of the organization, the roles of one name", _queue(
            condition='StringEquals = { "aws:PrincipalOrgID" = "o-acme123456" }\n        ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::*:role/deploy" }')),
        Example("of the organization, one account", _queue(
            condition='StringEquals = { "aws:PrincipalOrgID" = "o-acme123456", "aws:PrincipalAccount" = "222222222222" }')),
        Example("everybody is another rule's matter", _queue()),
    ],
)  # fmt: skip
def organization_wide_grant(graph: AccessGraph) -> Iterator[Finding]:
    """Everybody in the organization gets at a resource or may assume a role.

    An organization holds development and sandbox accounts too, and every account that joins it later. For shared images
    or keys of log archives that is meant; for most else it is not.

    ## What to do instead

    Name the accounts or roles, or the organizational unit (`aws:PrincipalOrgPaths`).

    ## What this rule does not see

    Grants to a part of the organization, and conditions whose value the repository does not hold.
    """
    for exposure, organization in organization_exposures(graph):
        what = "may be assumed" if exposure.action.startswith("sts:") else "is open"
        yield Finding(
            f"{exposure.guarded.words} {what} {'by' if what.endswith('assumed') else 'to'} everybody in the organization `{organization}`",
            at=exposure.place,
            because=[(exposure.guarded.place, "what is open")] if exposure.guarded.place is not None else [],
            help="name the accounts or roles, or the organizational unit with `aws:PrincipalOrgPaths`",
            subject=subject(exposure.statement),
        )
