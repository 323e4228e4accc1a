"""TRUST103 external-account-without-external-id."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    Effect,
    Example,
    Finding,
    PrincipalPattern,
    Severity,
    account_of,
    as_requester,
    decide_outside,
    insiders,
    is_admitted,
    key,
    rule,
    subject,
)  # fmt: skip

_ROLE = """
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
resource "aws_iam_role" "import" {{
  name = "import"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = {principal}{mark}
      Condition = {{ {condition} }}
    }}]
  }})
}}
"""


def _role(principal: str, mark: str = "", condition: str = "") -> dict[str, str]:
    return {"infra/main.tf": _ROLE.format(principal=principal, mark=mark, condition=condition)}


_ACCOUNTS = """
apiVersion: iamlint/v1
kind: Accounts
accounts:
  - {id: "111111111111", name: acme-prod}
  - {id: "222222222222", name: acme-tools}
"""


@rule(
    id="TRUST103",
    name="external-account-without-external-id",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=[
        "IAM User Guide: Access to AWS accounts owned by third parties",
        "IAM User Guide: The confused deputy problem",
    ],
    bad=[
        Example("a vendor's account", _role('{ AWS = "arn:aws:iam::999999999999:root" }', " # <- TRUST103")),
        Example("a vendor's role, among others", _role(
            '{ AWS = ["arn:aws:iam::111111111111:role/ci", "arn:aws:iam::999999999999:role/scanner"] }', " # <- TRUST103")),
        Example("an external id that may be missing", _role(
            '{ AWS = "999999999999" }', " # <- TRUST103", 'StringEqualsIfExists = { "sts:ExternalId" = "acme-7c1f" }')),
    ],
    good=[
        Example("with an external id", _role('{ AWS = "999999999999" }', condition='StringEquals = { "sts:ExternalId" = "acme-7c1f" }')),
        Example("an external id that nobody knows yet", {"infra/variables.tf": 'variable "id" {}\n', **_role(
            '{ AWS = "999999999999" }', condition='StringEquals = { "sts:ExternalId" = var.id }')}),
        Example("the own account", _role('{ AWS = "arn:aws:iam::111111111111:root" }')),
        Example("an account of the manifest", {"accounts.access.yaml": _ACCOUNTS, **_role('{ AWS = "222222222222" }')}),
        Example("within the organization", _role(
            '{ AWS = "999999999999" }', condition='StringEquals = { "aws:PrincipalOrgID" = "o-acme123456" }')),
        Example("the role of a service, which AWS made in the other account", _role(
            '{ AWS = "arn:aws:iam::999999999999:role/aws-service-role/stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgAdmin" }')),
        Example("a role of which nobody knows the account", {"infra/main.tf": _role('{ AWS = "999999999999" }')[
            "infra/main.tf"].replace('allowed_account_ids = ["111111111111"]', "")}),
    ],
)  # fmt: skip
def external_account_without_external_id(graph: AccessGraph) -> Iterator[Finding]:
    """A role trusts another party's account without an external id.

    A vendor acts for many customers from one account. If another customer tells the vendor this role's ARN, the vendor acts
    in this account for them (the confused deputy); an external id, which the vendor chooses per customer, prevents that.

    ## What to do instead

    Add `StringEquals` on `sts:ExternalId` with the value that the vendor gives. If the account is the organization's own,
    declare it in the manifest, or test `aws:PrincipalOrgID`.

    ## What this rule does not see

    Roles whose own account is not known where the repository declares no accounts: any account may be theirs. Roles that are
    linked to a service: AWS alone acts by them, and sends no external id.
    """
    inside = insiders(graph)
    for role in graph.estate.all(AwsRole):
        if role.trust is None or not (isinstance(role.account, str) or inside.is_complete):
            continue
        for statement in role.trust.statements:
            if statement.effect is not Effect.ALLOW or statement.principals_negated:
                continue
            for principal in statement.principals or ():
                account = account_of(principal)
                if not account or account == role.account or account in inside.accounts or _is_service_linked(principal):
                    continue
                verdict = decide_outside(
                    as_requester(principal),
                    "sts:AssumeRole",
                    role.arn,
                    role.account,
                    role.trust,
                    statement,
                    {"sts:externalid": ()},
                )
                if is_admitted(verdict, statement):
                    yield Finding(
                        f"`{key(role.name)}` trusts the account `{account}`, which the repository does not know, without an external id",
                        at=statement.place(*principal.route),
                        because=[(role.place, "the role")],
                        help="add a condition on `sts:ExternalId`, or declare the account if it is your own",
                        subject=f"{subject(statement)} {account}",
                    )


def _is_service_linked(principal: PrincipalPattern) -> bool:
    return isinstance(principal.value, str) and ":role/aws-service-role/" in principal.value
