"""IAM201 privilege-escalation-path."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, administrator_ascents, rule

_ROLES = """
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
resource "aws_iam_role" "ci" {{
  name = "ci"
  {boundary}
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "codebuild.amazonaws.com" }} }}]
  }})
}}
resource "aws_iam_role" "admin" {{
  name = "admin"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "{service}.amazonaws.com" }} }}]
  }})
}}
resource "aws_iam_role_policy_attachment" "admin" {{
  role       = aws_iam_role.admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
resource "aws_iam_role_policy" "ci" {{
  name = "ci"
  role = aws_iam_role.ci.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [
      {statements}
    ]
  }})
}}
"""
_RUN = '{ Effect = "Allow", Action = ["lambda:CreateFunction", "lambda:InvokeFunction"], Resource = "*" },'
_HAND_OVER = '{ Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::111111111111:role/*" },'
_OWN = '{ Effect = "Allow", Action = "iam:PutRolePolicy", Resource = "*" },'
_DENY = '{ Effect = "Deny", Action = "iam:*", Resource = "*" },'
_OTHER = (
    '{ Effect = "Allow", Action = "iam:PassRole", Resource = "*", '
    'Condition = { StringEquals = { "iam:PassedToService" = "ec2.amazonaws.com" } } },'
)
_BOUNDED = 'permissions_boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"'
_KEYS = 'Action = ["iam:CreateAccessKey", "iam:UpdateLoginProfile"], Resource = "arn:aws:iam::*:user/$${aws:username}"'
_SCP = """
resource "aws_organizations_policy" "guard" {
  name    = "guard"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      { Effect = "Deny", Action = "iam:PutRolePolicy", Resource = "*" },
    ]
  })
}
resource "aws_organizations_policy_attachment" "guard" {
  policy_id = aws_organizations_policy.guard.id
  target_id = "111111111111"
}
"""


def _estate(*statements: str, service: str = "lambda", boundary: str = "", mark: int | None = None) -> dict[str, str]:
    lines = [line + (" # <- IAM201" if number == mark else "") for number, line in enumerate(statements)]
    text = _ROLES.format(statements="\n      ".join(lines), service=service, boundary=boundary)
    return {"infra/main.tf": text}


@rule(
    id="IAM201",
    name="privilege-escalation-path",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "pathfinding.cloud: AWS IAM privilege escalation paths",
        "IAM User Guide: Grant a user permissions to pass a role to an AWS service",
    ],
    bad=[
        Example("an inline policy for itself", _estate(_OWN, mark=0)),
        Example("a function that runs as an administrator", _estate(_RUN, _HAND_OVER, mark=1)),
    ],
    good=[
        Example("a role passed to another service only", _estate(_RUN, _OTHER)),
        Example("a role that does not trust the service", _estate(_RUN, _HAND_OVER, service="ecs-tasks")),
        Example("a deny takes it back", _estate(_RUN, _HAND_OVER, _OWN, _DENY)),
        Example("a permissions boundary stays", _estate(_OWN, boundary=_BOUNDED)),
        Example("a service control policy forbids it", {**_estate(_OWN), "org/main.tf": _SCP}),
        Example("everybody may change the own key", {"infra/main.tf": f"""
            resource "aws_iam_user" "alice" {{
              name = "alice"
            }}
            resource "aws_iam_user_policy" "own" {{
              user   = aws_iam_user.alice.name
              policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", {_KEYS} }}] }})
            }}
            """}),
    ],
)  # fmt: skip
def privilege_escalation_path(graph: AccessGraph) -> Iterator[Finding]:
    """An identity that is no administrator can make itself one.

    Known methods are tried on every role and user, each as AWS would decide it: denies, conditions, permissions boundaries and
    service control policies included, and permissions that only several policies give together. To pass a role to a service
    takes three things, and all three are looked at: the permission to pass that role, the role's trust in the service, and the
    permission to start something there. The finding names the methods by their id, and shows the whole way of the first.

    ## What to do instead

    Name the roles that may be passed, and the service (`iam:PassedToService`). Let whoever manages roles do so only for roles
    with a permissions boundary (`iam:PermissionsBoundary`), under a path that holds no administrator.

    ## What this rule does not see

    Who takes over something that is no administrator (`iamlint reach` shows it), compute that no file declares, and steps
    that hang on what the repository does not hold. Whoever may assume an administrator's role is one by design.
    """
    for ascent in administrator_ascents(graph):
        yield Finding(
            f"{ascent.names()} can make {_WHAT[len(ascent.who) > 1]} account, by {ascent.by()}",
            at=ascent.at,
            because=ascent.because(),
            help="narrow the statement to named roles and services, or set a permissions boundary",
            subject=f"{ascent.who[0].id} {' '.join(ascent.methods)}",
        )


_WHAT = ("itself an administrator of its", "themselves administrators of their")
