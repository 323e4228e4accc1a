"""IAM205 workflow-takeover."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, path_because, rule, unguarded_jobs

_WORKFLOW = """
on: {{push: {{branches: [main]}}}}
permissions: {{id-token: write}}
jobs:
  deploy:{mark}
    runs-on: ubuntu-latest
    {environment}
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: {{role-to-assume: "arn:aws:iam::111111111111:role/deploy", aws-region: eu-west-1}}
"""
_ROLE = """
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
resource "aws_iam_openid_connect_provider" "github" {{
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}}
resource "aws_iam_role" "deploy" {{
  name = "deploy"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = aws_iam_openid_connect_provider.github.arn }}
      Condition = {{
        StringEquals = {{ "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }}
        StringLike   = {{ "token.actions.githubusercontent.com:sub" = "repo:acme/infra:*" }}
      }}
    }}]
  }})
}}
resource "aws_iam_role_policy_attachment" "deploy" {{
  role       = aws_iam_role.deploy.name
  policy_arn = "arn:aws:iam::aws:policy/{policy}"
}}
"""


def _estate(mark: str = "", environment: str = "", policy: str = "AdministratorAccess", owners: str = "") -> dict[str, str]:
    files = {
        "iamlint.yaml": "inputs: {repository: acme/infra}\n",
        ".github/workflows/deploy.yml": _WORKFLOW.format(mark=mark, environment=environment),
        "infra/main.tf": _ROLE.format(policy=policy),
    }
    return {**files, ".github/CODEOWNERS": owners} if owners else files


@rule(
    id="IAM205",
    name="workflow-takeover",
    severity=Severity.NOTE,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    status="preview",
    references=["GitHub Docs: Using environments for deployment", "GitHub Docs: About code owners"],
    bad=[Example("whoever pushes becomes an administrator", _estate(mark=" # <- IAM205"))],
    good=[
        Example("an environment, which reviewers may guard", _estate(environment="environment: production")),
        Example("the role only reads", _estate(policy="ReadOnlyAccess")),
        Example("the workflow has an owner", _estate(owners="/.github/ @acme/platform\n")),
    ],
)  # fmt: skip
def workflow_takeover(graph: AccessGraph) -> Iterator[Finding]:
    """A job becomes an administrator, and anybody who can push may change what the job does.

    The role trusts the repository, the job runs without a deployment environment, and CODEOWNERS gives the workflow to nobody.

    ## What to do instead

    Run the job in an environment with required reviewers, and let the trust policy accept that environment alone. Give
    `.github/workflows/` an owner in CODEOWNERS.

    ## What this rule does not see

    Branch protection and the reviewers of an environment, which are settings of the forge and in no file.
    """
    for found in unguarded_jobs(graph):
        becomes = "is" if found.is_administrator else "can make itself"
        yield Finding(
            f"anybody who can change this job acts as `{found.edge.target.name}`, which {becomes} an administrator",
            at=found.job.place,
            because=path_because((found.edge,)),
            help="run it in an environment with reviewers, and give the workflow an owner in CODEOWNERS",
            subject=found.bot.id,
        )
