"""IAM302 cross-account-grant-to-unknown-account."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    account_exposures,
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


_ACCOUNTS = """
apiVersion: iamlint/v1
kind: Accounts
accounts:
  - {id: "111111111111", name: acme-prod}
  - {id: "222222222222", name: acme-tools}
"""


@rule(
    id="IAM302",
    name="cross-account-grant-to-unknown-account",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM User Guide: AWS JSON policy elements: Principal",
    ],
    bad=[
        Example("an account that no file names", {"accounts.access.yaml": _ACCOUNTS, **_queue(
            '{ AWS = "arn:aws:iam::999999999999:root" }', " # <- IAM302")}),
        Example("a role of it", {"accounts.access.yaml": _ACCOUNTS, **_queue(
            '{ AWS = "arn:aws:iam::999999999999:role/import" }', " # <- IAM302")}),
    ],
    good=[
        Example("an account of the repository", {"accounts.access.yaml": _ACCOUNTS, **_queue('{ AWS = "222222222222" }')}),
        Example("the repository declares no accounts", _queue('{ AWS = "999999999999" }')),
        Example("within one's organization", {"accounts.access.yaml": _ACCOUNTS, **_queue(
            '{ AWS = "999999999999" }', condition='StringEquals = { "aws:PrincipalOrgID" = "o-acme123456" }')}),
        Example("an account that nobody knows yet", {
            "accounts.access.yaml": _ACCOUNTS, "infra/variables.tf": 'variable "partner" {}\n', **_queue("{ AWS = var.partner }")}),
        Example("AWS's own account that writes access logs", {"accounts.access.yaml": _ACCOUNTS, **_queue(
            '{ AWS = "arn:aws:iam::156460612806:root" }')}),
    ],
)  # fmt: skip
def cross_account_grant_to_unknown_account(graph: AccessGraph) -> Iterator[Finding]:
    """A resource is open to an account that the repository does not know.

    The manifest (or the configuration, or `aws_organizations_account`) says which accounts there are. One that is not among
    them is a partner's, a former one, or a slip of the pen.

    ## What to do instead

    Declare the account in the manifest with its name, so that a reader knows whose it is, or remove the grant.

    ## What this rule does not see

    Repositories that declare no accounts, or some whose number is known only after they are made; roles' trust policies,
    which are `external-account-without-external-id`.
    """
    for exposure, account in account_exposures(graph):
        yield Finding(
            f"{exposure.guarded.words} is open to the account `{account}`, which the repository does not know, for `{exposure.action}`",
            at=exposure.place,
            because=[(exposure.guarded.place, "the resource")] if exposure.guarded.place is not None else [],
            help="declare the account in the manifest, or remove the grant",
            subject=f"{subject(exposure.statement)} {account}",
        )
