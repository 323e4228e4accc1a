"""IAM204 identity-provider-takeover."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, provider_ascents, rule

_FEDERATION = """
resource "aws_iam_saml_provider" "okta" {{
  name                   = "okta"
  saml_metadata_document = "<xml/>"
}}
resource "aws_iam_role" "engineers" {{
  name = "engineers"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithSAML"
      Principal = {{ Federated = aws_iam_saml_provider.okta.arn }}
      Condition = {{ StringEquals = {{ "SAML:aud" = "https://signin.aws.amazon.com/saml" }} }}
    }}]
  }})
}}
resource "aws_iam_user" "helpdesk" {{
  name = "helpdesk"
}}
resource "aws_iam_user_policy" "helpdesk" {{
  user   = aws_iam_user.helpdesk.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [
      {statement}
    ]
  }})
}}
"""


def _estate(action: str, resource: str, mark: str = "") -> dict[str, str]:
    statement = f'{{ Effect = "Allow", Action = "{action}", Resource = "{resource}" }},{mark}'
    return {"infra/main.tf": _FEDERATION.format(statement=statement)}


@rule(
    id="IAM204",
    name="identity-provider-takeover",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    status="preview",
    references=["IAM User Guide: Create a SAML identity provider in IAM"],
    bad=[Example("who replaces the metadata signs in as anybody", _estate("iam:UpdateSAMLProvider", "*", " # <- IAM204"))],
    good=[
        Example("reading it takes nothing over", _estate("iam:GetSAMLProvider", "*")),
        Example("another provider", _estate("iam:UpdateSAMLProvider", "arn:aws:iam::*:saml-provider/test-*")),
    ],
)  # fmt: skip
def identity_provider_takeover(graph: AccessGraph) -> Iterator[Finding]:
    """An identity that is no administrator may replace an identity provider that roles trust.

    With metadata of its own it signs assertions for any user, and comes in as every role that trusts the provider.

    ## What to do instead

    Leave `iam:UpdateSAMLProvider` to administrators, or deny it by a service control policy.

    ## What this rule does not see

    OIDC providers: their keys are at the issuer's address and not in AWS, so a new client id or thumbprint alone lets nobody in.
    """
    for ascent in provider_ascents(graph):
        others = f" and {len(ascent.targets) - 1} more" if len(ascent.targets) > 1 else ""
        yield Finding(
            f"{ascent.names()} can replace the identity provider that `{ascent.targets[0].id}`{others} trusts",
            at=ascent.at,
            because=ascent.because(),
            help="leave the provider to administrators",
            subject=f"{ascent.who[0].id} {ascent.targets[0].id}",
        )
