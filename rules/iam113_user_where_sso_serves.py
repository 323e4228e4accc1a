"""IAM113 user-where-sso-serves."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AccessKey,
    AwsUser,
    Confidence,
    Example,
    FederationProvider,
    Finding,
    PermissionSetAssignment,
    Place,
    Severity,
    key,
    rule,
)  # fmt: skip

_SSO = """
resource "aws_ssoadmin_permission_set" "readers" {
  name         = "readers"
  instance_arn = "arn:aws:sso:::instance/ssoins-1"
}
resource "aws_ssoadmin_account_assignment" "readers" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  permission_set_arn = aws_ssoadmin_permission_set.readers.arn
  principal_type     = "GROUP"
  principal_id       = "g-1"
  target_type        = "AWS_ACCOUNT"
  target_id          = "111111111111"
}
"""


@rule(
    id="IAM113",
    name="user-where-sso-serves",
    severity=Severity.NOTE,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["IAM User Guide: Security best practices in IAM, Require human users to use federation"],
    bad=[
        Example("a person beside Identity Center", {"infra/sso.tf": _SSO, "infra/users.tf": """
            resource "aws_iam_user" "anna" { # <- IAM113
              name = "anna@acme.example"
            }
            """}),
        Example("a user beside a SAML provider", {"infra/main.tf": """
            resource "aws_iam_saml_provider" "okta" {
              name                   = "okta"
              saml_metadata_document = "<xml/>"
            }
            resource "aws_iam_user" "anna" { # <- IAM113
              name = "anna"
            }
            """}),
    ],
    good=[
        Example("no sign-in for people is declared", {"infra/users.tf": 'resource "aws_iam_user" "anna" {\n  name = "anna"\n}\n'}),
        Example("a program's user has a key and is another rule's matter", {"infra/sso.tf": _SSO, "infra/users.tf": """
            resource "aws_iam_user" "uploader" {
              name = "uploader"
            }
            resource "aws_iam_access_key" "uploader" {
              user = aws_iam_user.uploader.name
            }
            """}),
        Example("a user for emergencies", {"infra/sso.tf": _SSO, "infra/users.tf": """
            resource "aws_iam_user" "emergency" {
              name = "break-glass"
            }
            """}),
    ],
)  # fmt: skip
def user_where_sso_serves(graph: AccessGraph) -> Iterator[Finding]:
    """A person has an IAM user although the repository declares a sign-in for people.

    An IAM user has its own password and keys: it stays when the person leaves the identity provider, and it evades the
    provider's second factor.

    ## What to do instead

    Assign a permission set (or a role behind SAML) to a group of the identity provider, and remove the user.

    ## What this rule does not see

    Users whose access key the repository declares (`long-lived-aws-key`), and users for emergencies, which it knows by
    `break-glass`, `breakglass` or `emergency` in the name.
    """
    sign_in = _sign_in(graph)
    if sign_in is None:
        return
    with_key = {key(access_key.user) for access_key in graph.estate.all(AccessKey)}
    for user in graph.estate.all(AwsUser):
        name = key(user.name).lower()
        if key(user.name) in with_key or any(word in name for word in ("break-glass", "breakglass", "break_glass", "emergency")):
            continue
        yield Finding(
            f"`{key(user.name)}` is an IAM user, where people sign in through {sign_in[1]}",
            at=user.place,
            because=[(sign_in[0], "how people sign in")],
            help="assign a permission set or role to a group of the identity provider",
            subject=user.ref,
        )


def _sign_in(graph: AccessGraph) -> tuple[Place, str] | None:
    for assignment in graph.estate.all(PermissionSetAssignment):
        return assignment.place, "Identity Center"
    for provider in graph.estate.all(FederationProvider):
        if provider.protocol == "saml":
            return provider.place, f"the SAML provider `{key(provider.name)}`"
    return None
