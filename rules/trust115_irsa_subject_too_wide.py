"""TRUST115 irsa-subject-too-wide."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    Example,
    Finding,
    Severity,
    has_star,
    key,
    oidc_trusts,
    rule,
    subject,
    text_of,
)  # fmt: skip

_CLUSTER = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
_ROLE = """
resource "aws_iam_role" "deploy" {{
  name = "deploy"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = "arn:aws:iam::111111111111:oidc-provider/{issuer}" }}{principal_mark}
      Condition = {{
        {operator} = {{
          "{issuer}:{claim}" = {value}{mark}
        }}
        {more}
      }}
    }}]
  }})
}}
"""


def _role(
    value: str,
    operator: str = "StringEquals",
    mark: str = "",
    issuer: str = _CLUSTER,
    claim: str = "sub",
    more: str = "",
    principal_mark: str = "",
) -> dict[str, str]:
    return {
        "infra/main.tf": _ROLE.format(
            issuer=issuer, operator=operator, claim=claim, value=value, mark=mark, more=more, principal_mark=principal_mark
        )
    }


@rule(
    id="TRUST115",
    name="irsa-subject-too-wide",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "Amazon EKS User Guide: IAM roles for service accounts",
    ],
    bad=[
        Example("every service account of a namespace", _role('"system:serviceaccount:checkout:*"', "StringLike", " # <- TRUST115")),
        Example("a name in any namespace", _role('"system:serviceaccount:*:app"', "StringLike", " # <- TRUST115")),
        Example("a cluster that is not known", {"infra/variables.tf": 'variable "issuer" {}\n', **_role(
            '"system:serviceaccount:checkout:*"', "StringLike", " # <- TRUST115", issuer="${var.issuer}")}),
        Example("a cluster that is not known, in a policy document of Terraform", {"infra/main.tf": """
            variable "issuer" {}
            data "aws_iam_policy_document" "trust" {
              statement {
                actions = ["sts:AssumeRoleWithWebIdentity"]
                principals {
                  type        = "Federated"
                  identifiers = ["arn:aws:iam::111111111111:oidc-provider/${var.issuer}"]
                }
                condition {
                  test     = "StringLike"
                  variable = "${var.issuer}:sub"
                  values   = ["system:serviceaccount:*:app"] # <- TRUST115
                }
              }
            }
            resource "aws_iam_role" "deploy" {
              name               = "deploy"
              assume_role_policy = data.aws_iam_policy_document.trust.json
            }
            """}),
    ],
    good=[
        Example("one service account", _role('"system:serviceaccount:checkout:app"')),
        Example("names that begin alike in one namespace", _role('"system:serviceaccount:checkout:app-*"', "StringLike")),
        Example("every service account of the cluster is another rule's matter", _role('"system:serviceaccount:*"', "StringLike")),
        Example("one service account of a cluster that is not known", {"infra/variables.tf": 'variable "issuer" {}\n', **_role(
            '"system:serviceaccount:checkout:app"', issuer="${var.issuer}")}),
        Example("a subject that is not known", {"infra/variables.tf": 'variable "issuer" {}\nvariable "subject" {}\n', **_role(
            "var.subject", "StringLike", issuer="${var.issuer}")}),
        Example("a star taken literally", _role('"system:serviceaccount:checkout:*"')),
    ],
)  # fmt: skip
def irsa_subject_too_wide(graph: AccessGraph) -> Iterator[Finding]:
    """A role may be assumed by more service accounts of a cluster than one workload has.

    Whoever may start a pod in a namespace that fits chooses its service account, and with it this role. A star as the
    namespace lets in those of every team.

    ## What to do instead

    Name namespace and service account: `system:serviceaccount:checkout:app`.

    ## What this rule does not see

    Conditions of which nothing but an unknown says which claim they test, names that begin alike within one namespace, and
    roles for every service account of the cluster, which are `wildcard-oidc-subject`.
    """
    for trust in oidc_trusts(graph.estate.all(AwsRole)):
        for condition, _ in trust.claims("sub"):
            for number, value in enumerate(condition.values):
                text = text_of(value) or ""
                if "like" not in condition.operator.lower() or not text.startswith("system:serviceaccount:"):
                    continue
                namespace, colon, name = text.removeprefix("system:serviceaccount:").partition(":")
                if not colon or (has_star(namespace) and not name.strip("*")):
                    continue
                if has_star(namespace):
                    who = f"`{name}` of every namespace that fits `{namespace}`"
                elif not name.strip("*"):
                    who = f"every service account of the namespace `{namespace}`"
                else:
                    continue
                yield Finding(
                    f"`{key(trust.role.name)}` may be assumed by {who}",
                    at=trust.statement.place(*condition.route, number),
                    because=[(trust.role.place, "the role")],
                    help="name one namespace and one service account",
                    subject=f"{subject(trust.statement)} {text}",
                )
