"""IAM202 escalation-across-accounts."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, account_ascents, rule

_INSIDE = """
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
resource "aws_iam_role" "ci" {{
  name = "ci"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "codebuild.amazonaws.com" }} }}]
  }})
}}
resource "aws_iam_role" "deploy" {{
  name = "deploy"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "ecs-tasks.amazonaws.com" }} }}]
  }})
}}
resource "aws_iam_role_policy" "deploy" {{
  role   = aws_iam_role.deploy.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::333333333333:role/release" }}]
  }})
}}
resource "aws_iam_role_policy" "ci" {{
  role   = aws_iam_role.ci.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [
      {{ Effect = "Allow", Action = ["ecs:RegisterTaskDefinition", "ecs:RunTask"], Resource = "*" }},
      {{ Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::111111111111:role/{passed}" }},{mark}
    ]
  }})
}}
"""
_OUTSIDE = """
provider "aws" {
  allowed_account_ids = ["333333333333"]
}
resource "aws_iam_role" "release" {
  name = "release"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111111111111:role/deploy" }
    }]
  })
}
"""


def _estate(passed: str, mark: str = "") -> dict[str, str]:
    return {"infra/ci/main.tf": _INSIDE.format(passed=passed, mark=mark), "infra/prod/main.tf": _OUTSIDE}


@rule(
    id="IAM202",
    name="escalation-across-accounts",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    status="preview",
    references=["pathfinding.cloud: AWS IAM privilege escalation paths"],
    bad=[Example("a task that runs as a role which another account trusts", _estate("*", " # <- IAM202"))],
    good=[Example("the role that may be passed is another one", _estate("task"))],
)  # fmt: skip
def escalation_across_accounts(graph: AccessGraph) -> Iterator[Finding]:
    """An identity gets into another account, and only by raising its rights in its own.

    The other account trusts a role, or this account as a whole; here, somebody can become that role who was never meant to.

    ## What to do instead

    Cut the step up: name the roles that may be passed. In the other account, trust one role and not the account.

    ## What this rule does not see

    Accounts whose number no file says, and steps that hang on what the repository does not hold.
    """
    for ascent in account_ascents(graph):
        yield Finding(
            f"{ascent.names()} {'get' if len(ascent.who) > 1 else 'gets'} into another account as `{ascent.targets[0].id}`, by {ascent.by()}",
            at=ascent.at,
            because=ascent.because(),
            help="name the roles that may be passed or changed",
            subject=f"{ascent.who[0].id} {ascent.targets[0].id}",
        )
