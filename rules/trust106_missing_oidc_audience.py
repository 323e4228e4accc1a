"""TRUST106 missing-oidc-audience."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    Example,
    FederationProvider,
    Finding,
    Severity,
    key,
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


_PROVIDER = """
resource "aws_iam_openid_connect_provider" "github" {{
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = {audiences}
  lifecycle {{
    prevent_destroy = true
  }}
}}
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
"""


@rule(
    id="TRUST106",
    name="missing-oidc-audience",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM User Guide: Create a role for OpenID Connect federation",
    ],
    bad=[
        Example("only the subject is tested", _role('"repo:acme/checkout:environment:prod"', principal_mark=" # <- TRUST106")),
        Example("a provider with two audiences", {
            "infra/oidc.tf": _PROVIDER.format(audiences='["sts.amazonaws.com", "https://github.com/acme"]'),
            **_role('"repo:acme/checkout:environment:prod"', principal_mark=" # <- TRUST106")}),
        Example("a cluster's service account", _role(
            '"system:serviceaccount:checkout:app"', issuer="oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
            principal_mark=" # <- TRUST106")),
        Example("a job of GitLab", _role('"project_path:acme/checkout:ref_type:branch:ref:main"', issuer="gitlab.com",
            principal_mark=" # <- TRUST106")),
    ],
    good=[
        Example("a cluster's service account and audience", _role(
            '"system:serviceaccount:checkout:app"', issuer="oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
            more='StringLike = { "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud" = "sts.amazonaws.com" }')),
        Example("audience and subject", _role(
            '"repo:acme/checkout:environment:prod"', more=f'StringLike = {{ "{_GITHUB}:aud" = "sts.amazonaws.com" }}')),
        Example("the audience under `ForAllValues`, which every token has", _role(
            '"repo:acme/checkout:environment:prod"', more=f'"ForAllValues:StringEquals" = {{ "{_GITHUB}:aud" = "sts.amazonaws.com" }}')),
        Example("a provider that accepts one audience only", {
            "infra/oidc.tf": _PROVIDER.format(audiences='["sts.amazonaws.com"]'), **_role('"repo:acme/checkout:environment:prod"')}),
        Example("a provider whose audiences nobody knows yet", {
            "infra/variables.tf": 'variable "audiences" {}\n', "infra/oidc.tf": _PROVIDER.format(audiences="var.audiences"),
            **_role('"repo:acme/checkout:environment:prod"')}),
        Example("the subject is missing too, which is worse", _role('"acme"', claim="repository_owner")),
    ],
)  # fmt: skip
def missing_oidc_audience(graph: AccessGraph) -> Iterator[Finding]:
    """A role trusts an OIDC issuer without testing for whom its tokens are.

    A token that a pipeline asks for another system (a registry, a vault) is as good for this role as one made for AWS, so
    whoever receives such a token can come back with it.

    ## What to do instead

    Test `<issuer>:aud`, mostly for `sts.amazonaws.com`, or let the provider accept that audience only.

    ## What this rule does not see

    Providers that are declared with exactly one audience, or with audiences that are not known: AWS holds every token against
    that list. A role without a test of the subject is `missing-oidc-subject`. Datadog and Grafana sign in to AWS with an external
    id and without a token (TRUST103); Honeycomb and Lightstep do not sign in there.
    """
    providers = graph.estate.all(FederationProvider)
    for trust in oidc_trusts(graph.estate.all(AwsRole)):
        if any(True for _ in trust.claims("aud")) or not any(True for _ in trust.claims("sub")):
            continue
        named = [one for one in providers if key(one.arn).endswith(f"oidc-provider/{trust.issuer}")]
        own = [one for one in named if key(one.account) == key(trust.role.account)]
        if any(len(one.audiences) < 2 or any(text_of(audience) is None for audience in one.audiences) for one in own or named):
            continue
        yield Finding(
            f"this role accepts tokens of `{trust.issuer}` that were made for anybody else",
            at=trust.principal_place,
            because=[(trust.role.place, f"the role `{key(trust.role.name)}`")],
            help=f"add a condition on `{trust.issuer}:aud`",
            subject=subject(trust.statement),
        )
