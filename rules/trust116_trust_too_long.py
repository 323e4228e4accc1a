"""TRUST116 trust-too-long."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    Effect,
    Example,
    Finding,
    NamedTuple,
    PrincipalPattern,
    Severity,
    key,
    rule,
)

_SHORTEST, _LONGEST = 3600, 43_200

_ROLE = """
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
resource "aws_iam_role" "app" {{
  name                 = "app"
  max_session_duration = {seconds} {mark}
  assume_role_policy   = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "{action}", Principal = {principal} }}]
  }})
}}
"""
_GITHUB = '{ Federated = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com" }'


def _role(seconds: str, principal: str, mark: str = "", action: str = "sts:AssumeRole") -> dict[str, str]:
    return {"infra/main.tf": _ROLE.format(seconds=seconds, principal=principal, mark=mark, action=action)}


class Options(NamedTuple):
    """How long somebody from outside may go on after the trust has been taken back."""

    hours: int = 8
    """The longest session that is accepted for identities from outside of the account."""


@rule(
    id="TRUST116",
    name="trust-too-long",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    options=Options(),
    references=["IAM User Guide: Update a role session duration", "IAM User Guide: Revoke IAM role temporary security credentials"],
    bad=[
        Example("a workflow that keeps its session for twelve hours", _role(
            "43200", _GITHUB, "# <- TRUST116", "sts:AssumeRoleWithWebIdentity")),
        Example("a vendor's account", _role("12 * 3600", '{ AWS = "999999999999" }', "# <- TRUST116")),
        Example("more than AWS accepts", _role("86400", '{ Service = "ec2.amazonaws.com" }', "# <- TRUST116")),
        Example("less than AWS accepts", _role("900", '{ Service = "ec2.amazonaws.com" }', "# <- TRUST116")),
        Example("a permission set for a night and a day", {"infra/main.tf": """
            resource "aws_ssoadmin_permission_set" "admins" {
              name             = "admins"
              instance_arn     = "arn:aws:sso:::instance/ssoins-1"
              session_duration = "PT12H" # <- TRUST116
            }
            resource "aws_ssoadmin_account_assignment" "admins" {
              for_each           = toset(["111111111111", "222222222222"])
              instance_arn       = "arn:aws:sso:::instance/ssoins-1"
              permission_set_arn = aws_ssoadmin_permission_set.admins.arn
              principal_type     = "GROUP"
              principal_id       = "g-platform"
              target_type        = "AWS_ACCOUNT"
              target_id          = each.value
            }
            """}),
        Example("in a template", {"stack.yaml": """
            AWSTemplateFormatVersion: "2010-09-09"
            Resources:
              Auditor:
                Type: AWS::IAM::Role
                Properties:
                  MaxSessionDuration: 36000  # <- TRUST116
                  AssumeRolePolicyDocument:
                    Version: "2012-10-17"
                    Statement: {Effect: Allow, Action: "sts:AssumeRoleWithSAML", Principal: {Federated: !Sub "arn:aws:iam::${AWS::AccountId}:saml-provider/okta"}}
            """}),
    ],
    good=[
        Example("a working day", _role("28800", _GITHUB, action="sts:AssumeRoleWithWebIdentity")),
        Example("a limit that is set here", {"iamlint.yaml": "rules: {TRUST116: {hours: 12}}", **_role(
            "43200", _GITHUB, action="sts:AssumeRoleWithWebIdentity")}),
        Example("another role gets an hour at most", _role("43200", '{ AWS = "arn:aws:iam::999999999999:role/scanner" }')),
        Example("services take what they need", _role("43200", '{ Service = "ec2.amazonaws.com" }')),
        Example("the own account", _role("43200", '{ AWS = "arn:aws:iam::111111111111:root" }')),
        Example("a duration that nobody knows yet", {"infra/variables.tf": 'variable "seconds" {}\n', **_role(
            "var.seconds", _GITHUB, action="sts:AssumeRoleWithWebIdentity")}),
    ],
)  # fmt: skip
def trust_too_long(graph: AccessGraph, options: Options) -> Iterator[Finding]:
    """Sessions of a role outlast the trust in those from outside who assume it, or last longer than AWS accepts.

    A trust policy is asked once, when the session begins. Who then is thrown out at the identity provider, or taken out of
    the trust policy, goes on until the session ends. AWS accepts between one and twelve hours.

    ## What to do instead

    Let sessions of people and workloads from outside last as long as one task, and ask again. One hour is the default. To
    end sessions that are open, deny what was issued before a moment (`aws:TokenIssueTime`).

    ## What this rule does not see

    How long callers really ask for. A role that assumes a role gets an hour at most, whatever is written, so roles from
    elsewhere are no finding. The size of a trust policy is judged by `policy-too-large`.
    """
    seen = set()
    for role in graph.estate.all(AwsRole):
        if role.longest_session is None or role.longest_session in seen:
            continue
        seen.add(role.longest_session)
        seconds, place = role.longest_session
        if not _SHORTEST <= seconds <= _LONGEST:
            message = f"sessions of `{key(role.name)}` may last {_shown(seconds)}, and AWS accepts 1 to 12 hours"
        elif seconds > options.hours * 3600 and (who := _outsider(role)):
            message = f"sessions of `{key(role.name)}` may last {_shown(seconds)} after {who} is no longer trusted"
        else:
            continue
        yield Finding(message, at=place, help="let a session last as long as one task", subject=role.ref)


def _outsider(role: AwsRole) -> str:
    """Return who from outside may hold a long session, in words, or nothing."""
    if role.kind == "permission_set":
        return "whoever signs in with the permission set"
    for statement in role.trust.statements if role.trust is not None else ():
        if statement.effect is Effect.ALLOW and not statement.principals_negated:
            for principal in statement.principals or ():
                if _is_outside(principal, role):
                    return f"`{key(principal.value)}`"
    return ""


def _is_outside(principal: PrincipalPattern, role: AwsRole) -> bool:
    value = key(principal.value)
    if principal.kind != "AWS":
        return principal.kind in ("Federated", "*")
    account = value.split(":")[4] if value.count(":") >= 5 else value
    is_role = ":role/" in value or ":assumed-role/" in value
    return value == "*" or (account.isdigit() and isinstance(role.account, str) and account != role.account and not is_role)


def _shown(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{seconds} seconds" if rest or not hours else f"{hours} hour{'s' if hours > 1 else ''}"
