"""TRUST105 missing-oidc-subject."""

from collections.abc import Iterator
from re import match

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    Example,
    Finding,
    OidcTrust,
    Severity,
    key,
    oidc_trusts,
    rule,
    subject,
)  # fmt: skip

_NARROWING = {
    r"token\.actions\.githubusercontent\.com|token\.actions\..*\.ghe\.com|.*/_services/token": (
        "any GitHub repository", ("sub", "repository", "repository_id", "job_workflow_ref", "enterprise_id"),
    ),
    r"gitlab\.com$": ("any GitLab project", ("sub",)),
    r"agent\.buildkite\.com": ("any Buildkite pipeline", ("sub",)),
    r"app\.terraform\.io": ("any HCP Terraform workspace", ("sub",)),
    r"oidc\.circleci\.com/org/": ("any CircleCI project of the organization", ("sub",)),
    r"api\.bitbucket\.org/2\.0/workspaces/": ("any pipeline of the Bitbucket workspace", ("sub",)),
    r"oidc\.eks\..*": ("any service account of the cluster", ("sub",)),
}  # fmt: skip

_REQUEST_TAGS = ("aws:requesttag/organization_slug", "aws:requesttag/organization_id", "aws:requesttag/pipeline_slug",
                 "aws:requesttag/kubernetes-service-account")  # fmt: skip

_ROLE = """
resource "aws_iam_role" "deploy" {{
  name = "deploy"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = "arn:aws:iam::111111111111:oidc-provider/{issuer}" }}{mark}
      Condition = {{ {condition} }}
    }}]
  }})
}}
"""
_BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
_GITHUB = "token.actions.githubusercontent.com"


def _role(issuer: str, condition: str, mark: str = "") -> dict[str, str]:
    return {"infra/main.tf": _ROLE.format(issuer=issuer, condition=condition, mark=mark)}


@rule(
    id="TRUST105",
    name="missing-oidc-subject",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "GitHub Docs: OpenID Connect reference",
        "IAM User Guide: Identity-provider controls for shared OIDC providers",
    ],
    bad=[
        Example("only the audience is tested", _role(
            _GITHUB, f'StringEquals = {{ "{_GITHUB}:aud" = "sts.amazonaws.com" }}', " # <- TRUST105")),
        Example("a test that a missing claim passes", _role(
            _GITHUB, f'StringLikeIfExists = {{ "{_GITHUB}:repository" = "acme/checkout" }}', " # <- TRUST105")),
        Example("every pipeline of a workspace of Bitbucket", _role(
            _BITBUCKET, f'StringEquals = {{ "{_BITBUCKET}:aud" = "ari:cloud:bitbucket::workspace/1" }}', " # <- TRUST105")),
        Example("every service account of a cluster", _role(
            "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE",
            'StringEquals = { "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:aud" = "sts.amazonaws.com" }', " # <- TRUST105")),
    ],
    good=[
        Example("the subject is tested", _role(
            _GITHUB, f'StringEquals = {{ "{_GITHUB}:sub" = "repo:acme/checkout:environment:prod" }}')),
        Example("a test that a missing subject would pass, which no token lacks", _role(
            _GITHUB, f'"ForAllValues:StringLike" = {{ "{_GITHUB}:sub" = "repo:acme/checkout:*" }}')),
        Example("a repository of Bitbucket", _role(_BITBUCKET, f'StringLike = {{ "{_BITBUCKET}:sub" = "{{1}}*:*" }}')),
        Example("the repository is tested by its id", _role(
            _GITHUB, f'StringEquals = {{ "{_GITHUB}:repository_id" = "74" }}')),
        Example("an issuer of the organization's own", _role(
            "login.acme.example", 'StringEquals = { "login.acme.example:aud" = "aws" }')),
        Example("the issuer is written in full once, and given by a variable where the subject is tested", {
            "infra/variables.tf": 'variable "issuer" {}\n',
            **_role(_GITHUB, 'StringEquals = { "${var.issuer}:sub" = "repo:acme/checkout:environment:prod" }')}),
        Example("conditions that nobody knows yet", {"infra/variables.tf": 'variable "conditions" {}\n', "infra/main.tf": _ROLE.format(
            issuer=_GITHUB, mark="", condition="").replace("{  }", "var.conditions")}),
    ],
)  # fmt: skip
def missing_oidc_subject(graph: AccessGraph) -> Iterator[Finding]:
    """A role trusts a shared OIDC issuer without testing whose token it is.

    The issuer signs tokens for everybody who uses the service. Without a condition on the subject (or a claim that is as
    good), any customer's pipeline may assume the role. AWS refuses to create such roles for the issuers it knows, but
    leaves existing ones alone.

    ## What to do instead

    Add a condition with `StringEquals` (or `StringLike` with a full owner and name) on `<issuer>:sub`.

    ## What this rule does not see

    Issuers of your own (their audience may be enough), and conditions whose names the repository does not hold. Whether the
    tested subject is too wide is `wildcard-oidc-subject`.
    """
    for trust in oidc_trusts(graph.estate.all(AwsRole)):
        for pattern, (who, claims) in _NARROWING.items():
            if match(pattern, trust.issuer) and not _is_narrowed(trust, claims):
                yield Finding(
                    f"this role trusts `{trust.issuer}` without testing the subject, so {who} may assume it",
                    at=trust.principal_place,
                    because=[(trust.role.place, f"the role `{key(trust.role.name)}`")],
                    help=f"add a condition with `StringEquals` on `{trust.issuer}:sub`",
                    subject=subject(trust.statement),
                )


def _is_narrowed(trust: OidcTrust, claims: tuple[str, ...]) -> bool:
    if any(True for _ in trust.claims(*claims)):
        return True
    return any(condition.key.lower() in _REQUEST_TAGS for condition in trust.statement.conditions)
