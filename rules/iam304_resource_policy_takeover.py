"""IAM304 resource-policy-takeover."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    rule,
    subject,
    takeover_exposures,
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


_ACCOUNTS = """
apiVersion: iamlint/v1
kind: Accounts
accounts:
  - {id: "111111111111", name: acme-prod}
  - {id: "222222222222", name: acme-tools}
"""


@rule(
    id="IAM304",
    name="resource-policy-takeover",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM User Guide: AWS JSON policy elements: Principal",
        "Pathfinding.cloud: paths by resource policies",
    ],
    bad=[
        Example("everybody may rewrite the queue's policy", _queue(mark=" # <- IAM304", action="sqs:*")),
        Example("another account may", _queue('{ AWS = "arn:aws:iam::999999999999:root" }', " # <- IAM304", action="sqs:AddPermission")),
        Example("a secret's policy", {"infra/main.tf": """
            provider "aws" {
              allowed_account_ids = ["111111111111"]
            }
            resource "aws_secretsmanager_secret" "token" {
              name = "token"
            }
            resource "aws_secretsmanager_secret_policy" "token" {
              secret_arn = aws_secretsmanager_secret.token.arn
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "secretsmanager:*"
                  Resource  = "*"
                  Principal = { AWS = ["arn:aws:iam::111111111111:role/app", "arn:aws:iam::999999999999:role/partner"] } # <- IAM304
                }]
              })
            }
            """}),
    ],
    good=[
        Example("the resource's own account", _queue('{ AWS = "arn:aws:iam::111111111111:root" }', action="sqs:*")),
        Example("a declared account", {"accounts.access.yaml": _ACCOUNTS, **_queue('{ AWS = "222222222222" }', action="sqs:*")}),
        Example("everybody may send", _queue()),
        Example("everything, but only on what is inside the bucket", {"policies/bucket.json": """
            {"Version": "2012-10-17",
             "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::acme-public/*"}]}
            """}),
        Example("everything, but only on what is inside the search domain", {"infra/main.tf": """
            data "aws_caller_identity" "current" {}
            resource "aws_opensearch_domain" "logs" {
              domain_name     = "logs"
              access_policies = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "es:*"
                  Resource  = "arn:aws:es:eu-west-1:${data.aws_caller_identity.current.account_id}:domain/logs/*"
                  Principal = "*"
                }]
              })
            }
            """}),
        Example("a deny takes the policy back", _queue('{ AWS = "999999999999" }', action="sqs:*", more=""", {
      Effect    = "Deny"
      Action    = ["sqs:AddPermission", "sqs:SetQueueAttributes"]
      Resource  = "*"
      Principal = { AWS = "999999999999" }
    }""")),
        Example("an account that is not known owns it", {"infra/main.tf": _queue(
            '{ AWS = "999999999999" }', action="sqs:*")["infra/main.tf"].replace('allowed_account_ids = ["111111111111"]', "")}),
    ],
)  # fmt: skip
def resource_policy_takeover(graph: AccessGraph) -> Iterator[Finding]:
    """Somebody from outside may rewrite the policy of a resource, and so give it to anybody.

    Whoever may call `sqs:AddPermission`, `s3:PutBucketPolicy`, `kms:PutKeyPolicy` and the like decides who gets in; what the
    policy says today is then no limit. Decided by evaluation, for a stranger and for each account that the policy names and
    that is neither the resource's own nor declared.

    ## What to do instead

    Grant the actions that the other side needs, and keep the management of the policy in the own account.

    ## What this rule does not see

    Accounts of the repository itself, and resources whose account is not known in repositories that declare none.
    """
    for exposure, account in takeover_exposures(graph):
        who = f"the account `{account}`" if account else "anybody"
        yield Finding(
            f"{who} may take {exposure.guarded.words} over by `{exposure.action}`",
            at=exposure.place,
            because=[(exposure.guarded.place, "the resource")] if exposure.guarded.place is not None else [],
            help="grant the actions that the other side needs, and keep the management of the policy at home",
            subject=f"{subject(exposure.statement)} {account}",
        )
