"""TRUST110 branch-and-environment-confused."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    Example,
    Finding,
    Severity,
    key,
    oidc_trusts,
    rule,
    subject,
    text_of,
)  # fmt: skip

_GITHUB = "token.actions.githubusercontent.com"
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
    issuer: str = _GITHUB,
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
    id="TRUST110",
    name="branch-and-environment-confused",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "GitHub Docs: OpenID Connect reference, Filtering for a specific environment",
    ],
    bad=[
        Example("a branch in the subject and an environment beside it", _role(
            '"repo:acme/checkout:ref:refs/heads/main"', mark=" # <- TRUST110", more=f'StringLike = {{ "{_GITHUB}:environment" = "prod" }}')),
        Example("both in one subject", _role('"repo:acme/checkout:ref:refs/heads/main:environment:prod"', mark=" # <- TRUST110")),
        Example("a branch's ref as the name of an environment", _role('"repo:acme/checkout:environment:refs/heads/main"', mark=" # <- TRUST110")),
    ],
    good=[
        Example("an environment, and the branch by its own claim", _role(
            '"repo:acme/checkout:environment:prod"', more=f'StringLike = {{ "{_GITHUB}:ref" = "refs/heads/main" }}')),
        Example("either of both", _role('["repo:acme/checkout:ref:refs/heads/main", "repo:acme/checkout:environment:prod"]')),
        Example("any subject, and an environment beside it", _role(
            '"repo:acme/checkout:*"', "StringLike", more=f'StringEquals = {{ "{_GITHUB}:environment" = "prod" }}')),
        Example("a template that has both", _role('"repo:acme/checkout:environment:prod:ref:refs/heads/main"')),
    ],
)  # fmt: skip
def branch_and_environment_confused(graph: AccessGraph) -> Iterator[Finding]:
    """A role wants a branch and an environment in one subject, which GitHub never sends.

    The subject of a job with an environment names the environment and not the branch; that of a job without one names the
    branch. Neither implies the other, and a role that asks for both at once can be assumed by nobody.

    ## What to do instead

    Test the subject for `environment:prod`, and the branch by the claim `ref`, or in the protection rules of the environment.

    ## What this rule does not see

    Subjects of the organization's own template, which it takes from an order of the claims that is not GitHub's default.
    """
    for trust in oidc_trusts(graph.estate.all(AwsRole)):
        wants_environment = any(True for _ in trust.claims("environment"))
        for condition, _ in trust.claims("sub"):
            texts = [text_of(value) or "" for value in condition.values]
            for number, text in enumerate(texts):
                only_branches = wants_environment and all(":ref:refs/" in one for one in texts)
                tail = ":".join(text.split(":")[2:])
                if not text.startswith("repo:"):
                    continue
                if tail.startswith("ref:") and ":environment:" in tail:
                    message = f"no token has the subject `{text}`: it names a branch or an environment, never both"
                elif tail.startswith("environment:refs/"):
                    message = f"`{tail.partition(':')[2]}` is a branch and no environment"
                elif only_branches and number == 0:
                    message = "a token with a branch in its subject has no environment, so the two conditions exclude each other"
                else:
                    continue
                yield Finding(
                    message,
                    at=trust.statement.place(*condition.route, number),
                    because=[(trust.role.place, f"the role `{key(trust.role.name)}`")],
                    help=f"test the subject for the environment, and the branch by `{trust.issuer}:ref`",
                    subject=f"{subject(trust.statement)} {text}",
                )
