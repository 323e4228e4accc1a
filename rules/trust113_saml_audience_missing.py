"""TRUST113 saml-audience-missing."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Condition,
    Confidence,
    Effect,
    Example,
    Finding,
    Severity,
    catalogue,
    key,
    rule,
    statement_bits,
    subject,
)  # fmt: skip

_PROVIDERS = """
provider "aws" {
  allowed_account_ids = ["111111111111"]
}
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}
resource "aws_iam_saml_provider" "okta" {
  name                   = "okta"
  saml_metadata_document = "<xml/>"
}
"""
_ROLE = """
resource "aws_iam_role" "deploy" {{
  name = "deploy"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "{action}"
      Principal = {{ Federated = {provider} }}{mark}
      Condition = {{ {condition} }}
    }}]
  }})
}}
"""


def _role(
    provider: str, action: str = "sts:AssumeRoleWithWebIdentity", mark: str = "", condition: str = "", providers: str = _PROVIDERS
) -> dict[str, str]:
    role = _ROLE.format(provider=provider, action=action, mark=mark, condition=condition)
    return {"infra/main.tf": role, "infra/providers.tf": providers}


@rule(
    id="TRUST113",
    name="saml-audience-missing",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM User Guide: Create a role for SAML 2.0 federation",
    ],
    bad=[
        Example("no condition", _role("aws_iam_saml_provider.okta.arn", "sts:AssumeRoleWithSAML", " # <- TRUST113")),
        Example("a condition that an assertion without it passes", _role(
            "aws_iam_saml_provider.okta.arn", "sts:AssumeRoleWithSAML", " # <- TRUST113",
            'StringEqualsIfExists = { "SAML:aud" = "https://signin.aws.amazon.com/saml" }')),
    ],
    good=[
        Example("the audience is tested", _role(
            "aws_iam_saml_provider.okta.arn", "sts:AssumeRoleWithSAML",
            condition='StringEquals = { "SAML:aud" = "https://signin.aws.amazon.com/saml" }')),
        Example("who signs in is tested", _role(
            "aws_iam_saml_provider.okta.arn", "sts:AssumeRoleWithSAML", condition='StringEquals = { "SAML:sub" = "anna" }')),
        Example("an OIDC provider", _role("aws_iam_openid_connect_provider.github.arn")),
        Example("conditions that nobody knows yet", {"infra/variables.tf": 'variable "conditions" {}\n', **{
            path: text.replace("{  }", "var.conditions") for path, text in _role(
                "aws_iam_saml_provider.okta.arn", "sts:AssumeRoleWithSAML").items()}}),
    ],
)  # fmt: skip
def saml_audience_missing(graph: AccessGraph) -> Iterator[Finding]:
    """A role trusts a SAML provider without testing for whom its assertions are.

    The provider signs assertions for every application that it serves. Without a test of `SAML:aud`, one that was made for
    another application, and leaks there, opens this role too.

    ## What to do instead

    Add `StringEquals` on `SAML:aud` with `https://signin.aws.amazon.com/saml`, or the regional endpoint.

    ## What this rule does not see

    Conditions whose names the repository does not hold. A test of another field of the assertion keeps it silent.
    """
    number = catalogue().number_of("sts:AssumeRoleWithSAML")
    for role in graph.estate.all(AwsRole):
        for statement in role.trust.statements if role.trust is not None else ():
            if statement.effect is not Effect.ALLOW or statement.opaque is not None or number is None:
                continue
            if not statement_bits(statement) >> number & 1 or any(_tests(condition) for condition in statement.conditions):
                continue
            for principal in statement.principals or ():
                if principal.kind == "Federated" and ":saml-provider/" in key(principal.value):
                    yield Finding(
                        f"`{key(role.name)}` takes assertions of this provider that were made for any application",
                        at=statement.place(*principal.route),
                        because=[(role.place, "the role")],
                        help="add `StringEquals` on `SAML:aud` with `https://signin.aws.amazon.com/saml`",
                        subject=subject(statement),
                    )
                    break


def _tests(condition: Condition) -> bool:
    """Return whether a condition wants something of the assertion."""
    operator = condition.operator.lower()
    loose = operator.endswith("ifexists") or operator.startswith("forallvalues:") or "not" in operator or operator == "null"
    return condition.key.lower().startswith("saml:") and not loose
