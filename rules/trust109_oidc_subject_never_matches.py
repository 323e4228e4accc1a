"""TRUST109 oidc-subject-never-matches."""

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
    why_never,
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


_BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"


@rule(
    id="TRUST109",
    name="oidc-subject-never-matches",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "GitHub Docs: OpenID Connect reference",
        "GitLab Docs: OpenID Connect authentication using ID tokens",
        "Amazon EKS User Guide: IAM roles for service accounts",
    ],
    bad=[
        Example("a star under StringEquals", _role('"repo:acme/checkout:*"', mark=" # <- TRUST109")),
        Example("a branch without refs/heads", _role('"repo:acme/checkout:ref:main"', mark=" # <- TRUST109")),
        Example("a word that GitHub does not write", _role('"repo:acme/checkout:branch:main"', mark=" # <- TRUST109")),
        Example("no owner", _role('["repo:checkout:environment:prod"]', mark=" # <- TRUST109")),
        Example("GitLab with refs/heads", _role(
            '"project_path:acme/checkout:ref_type:branch:ref:refs/heads/main"', issuer="gitlab.com", mark=" # <- TRUST109")),
        Example("a service account with a slash", _role(
            '"system:serviceaccount:checkout/app"', issuer="oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE", mark=" # <- TRUST109")),
        Example("a star in a text that is partly unknown", {"infra/variables.tf": 'variable "repository" {}\n', **_role(
            '"repo:acme/${var.repository}:*"', mark=" # <- TRUST109")}),
        Example("Buildkite's subject without its commit", _role(
            '"organization:acme:pipeline:checkout:ref:refs/heads/main"', mark=" # <- TRUST109", issuer="agent.buildkite.com")),
        Example("a phase that HCP Terraform does not have", _role(
            '"organization:acme:project:shop:workspace:prod:run_phase:deploy"', mark=" # <- TRUST109", issuer="app.terraform.io")),
        Example("CircleCI's subject without its user", _role(
            '"org/1234/project/5678"', mark=" # <- TRUST109", issuer="oidc.circleci.com/org/1234")),
        Example("Bitbucket's subject by the repository's name", _role('"acme/checkout:*"', "StringLike", mark=" # <- TRUST109", issuer=_BITBUCKET)),
        Example("Bitbucket's subject without its step", _role('"{1}"', mark=" # <- TRUST109", issuer=_BITBUCKET)),
        Example("GitHub's subject at GitLab", _role(
            '"repo:acme/checkout:ref:refs/heads/main"', issuer="gitlab.com", mark=" # <- TRUST109")),
        Example("GitLab's subject at GitHub", _role(
            '"project_path:acme/checkout:ref_type:branch:ref:main"', mark=" # <- TRUST109")),
        Example("GitLab has no refs of another type", _role(
            '"project_path:acme/checkout:ref_type:merge_request:ref:main"', mark=" # <- TRUST109", issuer="gitlab.com")),
        Example("a placeholder that nobody filled in", _role('"repo:<org>/<repo>:*"', "StringLike", " # <- TRUST109")),
    ],
    good=[
        Example("a star under StringLike", _role('"repo:acme/checkout:*"', "StringLike")),
        Example("an environment", _role('"repo:acme/checkout:environment:prod"')),
        Example("immutable ids", _role('"repo:acme@1/checkout@2:ref:refs/heads/main"')),
        Example("a subject of the organization's own template", _role('"repo:acme/checkout:job_workflow_ref:acme/ci/.github/workflows/a.yml@refs/heads/main"')),
        Example("the template of the repository alone", _role('"repo:acme/checkout"')),
        Example("a template without repo", _role('"repository_owner:acme:environment:prod"')),
        Example("GitLab", _role('"project_path:acme/checkout:ref_type:branch:ref:main"', issuer="gitlab.com")),
        Example("a service account", _role('"system:serviceaccount:checkout:app"', issuer="oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE")),
        Example("patterns over the other services' subjects", {
            path.replace("main", name): text.replace('"deploy"', f'"{name}"')
            for name, issuer, value in (
                ("a", "agent.buildkite.com", "organization:acme:pipeline:checkout:*"),
                ("b", "app.terraform.io", "organization:acme:project:shop:workspace:prod:run_phase:*"),
                ("c", "oidc.circleci.com/org/1234", "org/1234/project/5678/user/*"),
                ("d", "gitlab.com", "project_path:acme/checkout:*"),
                ("e", _BITBUCKET, "{1}:{2}:*"),
            )
            for path, text in _role(f'"{value}"', "StringLike", issuer=issuer).items()}),
        Example("a subject that nobody knows yet", {"infra/variables.tf": 'variable "subject" {}\n', **_role("var.subject")}),
    ],
)  # fmt: skip
def oidc_subject_never_matches(graph: AccessGraph) -> Iterator[Finding]:
    """A role tests the subject of a token for a text that no token carries.

    Nobody can assume the role this way. That is noticed at the first deployment, and then mended in a hurry, mostly with a
    star too many.

    ## What to do instead

    `StringLike` for a pattern; the exact form for the issuer: `repo:acme/checkout:ref:refs/heads/main`,
    `project_path:acme/checkout:ref_type:branch:ref:main`, `system:serviceaccount:NAMESPACE:NAME`.

    ## What this rule does not see

    Other issuers' forms, and claims of custom templates that are misspelled inside their value.
    """
    for trust in oidc_trusts(graph.estate.all(AwsRole)):
        for condition, _ in trust.claims("sub"):
            for number, value in enumerate(condition.values):
                why = why_never(trust.issuer, condition.operator, value)
                if why:
                    yield Finding(
                        f"no token has the subject `{key(value)}`: {why}",
                        at=trust.statement.place(*condition.route, number),
                        because=[(trust.role.place, f"the role `{key(trust.role.name)}`")],
                        help="write the subject as the issuer does, and patterns with `StringLike`",
                        subject=f"{subject(trust.statement)} {key(value)}",
                    )
