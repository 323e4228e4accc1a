"""TRUST108 pull-request-subject-on-deploy-role."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    Example,
    Finding,
    NodeKind,
    OidcTrust,
    Severity,
    deploying_action,
    has_star,
    key,
    matches,
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


_DEPLOY = """
resource "aws_iam_role_policy" "deploy" {{
  role = aws_iam_role.deploy.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = {actions}, Resource = "arn:aws:lambda:eu-west-1:111111111111:function:app" }}]
  }})
}}
"""


def _with(actions: str, role: dict[str, str]) -> dict[str, str]:
    return {**role, "infra/policy.tf": _DEPLOY.format(actions=actions)}


@rule(
    id="TRUST108",
    name="pull-request-subject-on-deploy-role",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "GitHub Docs: OpenID Connect reference, Example subject claims",
    ],
    bad=[
        Example("pull requests may replace a function", _with('"lambda:UpdateFunctionCode"', _role(
            '["repo:acme/checkout:ref:refs/heads/main", "repo:acme/checkout:pull_request"]', mark=" # <- TRUST108"))),
        Example("any subject of the repository", _with('"lambda:*"', _role(
            '"repo:acme/checkout:*"', "StringLike", " # <- TRUST108"))),
        Example("an administrator", {**_role('"repo:acme/checkout:pull_request"', mark=" # <- TRUST108"), "infra/policy.tf": """
            resource "aws_iam_role_policy_attachment" "deploy" {
              role       = aws_iam_role.deploy.name
              policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }
            """}),
    ],
    good=[
        Example("a role that only reads", _with('["lambda:GetFunction", "lambda:ListVersionsByFunction"]', _role(
            '"repo:acme/checkout:pull_request"'))),
        Example("one environment", _with('"lambda:*"', _role('"repo:acme/checkout:environment:prod"'))),
        Example("any branch, which is no pull request", _with('"lambda:*"', _role('"repo:acme/checkout:ref:refs/heads/*"', "StringLike"))),
        Example("a star taken literally", _with('"lambda:*"', _role('"repo:acme/checkout:*"'))),
        Example("another condition keeps pull requests out", _with('"lambda:*"', _role(
            '"repo:acme/checkout:*"', "StringLike", more=f'StringEquals = {{ "{_GITHUB}:environment" = "prod" }}'))),
        Example("permissions that nobody knows yet", {"infra/variables.tf": 'variable "policy" {}\n', "infra/policy.tf": """
            resource "aws_iam_role_policy_attachment" "deploy" {
              role       = aws_iam_role.deploy.name
              policy_arn = var.policy
            }
            """, **_role('"repo:acme/checkout:pull_request"')}),
    ],
)  # fmt: skip
def pull_request_subject_on_deploy_role(graph: AccessGraph) -> Iterator[Finding]:
    """A role that changes things may be assumed from pull requests.

    A pull request runs what its author wrote, before anybody has read it. With this role, proposing a change is as good as
    deploying it.

    ## What to do instead

    One role that reads for `pull_request` (plans), and one that deploys for `environment:NAME` or `ref:refs/heads/main`.

    ## What this rule does not see

    Roles whose permissions the repository does not hold; changing means here to manage permissions, to replace or destroy
    what runs, to pass roles, or to be an administrator: a plan's lock is none of that.
    """
    for trust in oidc_trusts(graph.estate.all(AwsRole)):
        for condition, _ in trust.claims("sub"):
            for number, value in enumerate(condition.values):
                pattern = text_of(value)
                if pattern is None or not _fits_pull_request(condition.operator, pattern) or _is_fixed(trust):
                    continue
                action = _deploys(graph, trust.role)
                if action:
                    yield Finding(
                        f"pull requests may assume `{key(trust.role.name)}`, which may `{action}`",
                        at=trust.statement.place(*condition.route, number),
                        because=[(trust.role.place, "the role")],
                        help="let pull requests assume a role that only reads",
                        subject=f"{subject(trust.statement)} {pattern}",
                    )


def _fits_pull_request(operator: str, pattern: str) -> bool:
    """Return whether a pattern admits the subject of a pull request of the repository that it names."""
    repository = ":".join(pattern.split(":")[:2])
    if not repository.startswith("repo:") or has_star(repository):
        return False  # several repositories: another rule's matter
    return (
        matches(pattern, f"{repository}:pull_request") if "like" in operator.lower() else pattern == f"{repository}:pull_request"
    )


def _is_fixed(trust: OidcTrust) -> bool:
    """Return whether another claim keeps pull requests out."""
    return any(True for _ in trust.claims("environment", "ref", "job_workflow_ref", "event_name"))


def _deploys(graph: AccessGraph, role: AwsRole) -> str:
    """Return an action by which the role changes what runs or who may, or nothing."""
    for node in graph.nodes(NodeKind.ROLE):
        if any(fact is role for fact in node.facts):
            return deploying_action(graph.policy_index.of(node).identity)
    return ""
