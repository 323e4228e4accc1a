"""TRUST101 wildcard-trust-principal."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    Decision,
    Effect,
    Example,
    Finding,
    Severity,
    admits_strangers,
    rule,
    subject,
)  # fmt: skip

_ROLE = """
resource "aws_iam_role" "import" {{
  name = "import"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{statements}]
  }})
}}
"""


def _role(*statements: str) -> dict[str, str]:
    return {"infra/main.tf": _ROLE.format(statements=", ".join(statements))}


@rule(
    id="TRUST101",
    name="wildcard-trust-principal",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: AWS JSON policy elements: Principal"],
    bad=[
        Example("everybody in every account", _role("""{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" } # <- TRUST101
    }""")),
        Example("a condition that everybody can meet", _role("""{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = "*" # <- TRUST101
      Condition = { Bool = { "aws:SecureTransport" = "true" } }
    }""")),
    ],
    good=[
        Example("a star within one organization", _role("""{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
      Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-acme123456" } }
    }""")),
        Example("a star narrowed to a role", _role("""{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
      Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::111111111111:role/ci-*" } }
    }""")),
        Example("an allow taken back by a deny", _role("""{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
    }""", """{
      Effect    = "Deny"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
      Condition = { StringNotEquals = { "aws:PrincipalAccount" = "111111111111" } }
    }""")),
        Example("an organization that nobody knows yet", {"infra/variables.tf": 'variable "organization" {}\n', **_role("""{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
      Condition = { StringEquals = { "aws:PrincipalOrgID" = var.organization } }
    }""")}),
        Example("one account", _role("""{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111111111111:role/ci" }
    }""")),
    ],
)  # fmt: skip
def wildcard_trust_principal(graph: AccessGraph) -> Iterator[Finding]:
    """A role can be assumed by principals of any AWS account.

    Decided by evaluation and not by pattern: a principal of an account that nobody named, with every permission at home,
    asks to assume the role. If the trust policy lets it in, it lets in everybody; a condition or a deny that stops it
    keeps this rule silent.

    ## What to do instead

    Name the principals, or narrow the star with `aws:PrincipalOrgID` or `aws:PrincipalArn`.

    ## What this rule does not see

    A condition on something that a stranger may or may not present, such as a source address, and one whose value the
    repository does not hold.
    """
    for role in graph.estate.all(AwsRole):
        open_to_all = [
            (statement, principal)
            for statement in (role.trust.statements if role.trust is not None else ())
            for principal in statement.principals or ()
            if statement.effect is Effect.ALLOW and principal.value == "*" and principal.kind in ("*", "AWS")
        ]
        if not open_to_all or admits_strangers(role) is not Decision.ALLOW:
            continue
        for statement, principal in open_to_all:
            yield Finding(
                "this role can be assumed by principals of any AWS account",
                at=statement.place(*principal.route),
                because=[(role.place, "the role")],
                help="name the principals, or add a condition on `aws:PrincipalOrgID` or `aws:PrincipalArn`",
                subject=subject(statement),
            )
