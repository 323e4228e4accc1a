"""TRUST111 forallvalues-in-allow."""

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
    subject,
)  # fmt: skip

_GITHUB = "token.actions.githubusercontent.com"
_REQUIRED = (":aud", ":iss")
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


@rule(
    id="TRUST111",
    name="forallvalues-in-allow",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM User Guide: Set operators for multivalued context keys",
        "Access Analyzer policy check reference: ForAllValues with a single valued key",
    ],
    bad=[
        Example("on the subject of a token", _role('["repo:acme/checkout:environment:prod"]', '"ForAllValues:StringEquals"', " # <- TRUST111")),
        Example("on the caller's organization", {"infra/main.tf": """
            resource "aws_iam_role" "shared" {
              name = "shared"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::999999999999:root" }
                  Condition = { "ForAllValues:StringLike" = { "aws:PrincipalOrgID" = "o-acme*" } } # <- TRUST111
                }]
              })
            }
            """}),
    ],
    good=[
        Example("on a key that has several values", _role(
            '"repo:acme/checkout:environment:prod"', more='"ForAllValues:StringEquals" = { "aws:TagKeys" = ["team"] }')),
        Example("with a test that the key is there", _role(
            '["repo:acme/checkout:environment:prod"]', '"ForAllValues:StringEquals"', more=f'Null = {{ "{_GITHUB}:sub" = "false" }}')),
        Example("with another condition that fails without the key", _role(
            '["repo:acme/checkout:environment:prod"]', '"ForAllValues:StringEquals"',
            more=f'StringLike = {{ "{_GITHUB}:sub" = "repo:acme/*" }}')),
        Example("on a claim without which AWS refuses the token", _role('["sts.amazonaws.com"]', '"ForAllValues:StringEquals"', claim="aud")),
        Example("without a set operator", _role('["repo:acme/checkout:environment:prod"]')),
        Example("in a deny, where it is the careful choice", {"infra/main.tf": _role(
            '["repo:acme/checkout:environment:prod"]', '"ForAllValues:StringEquals"')["infra/main.tf"].replace('"Allow"', '"Deny"')}),
    ],
)  # fmt: skip
def forallvalues_in_allow(graph: AccessGraph) -> Iterator[Finding]:
    """A trust policy tests a key with one value by `ForAllValues`, which a request without the key passes.

    `ForAllValues` is true when there is nothing to test. A caller whose request does not carry the key, for example a token
    without that claim, is let in as if it fitted.

    ## What to do instead

    Leave the set operator out: `StringEquals` takes a list of values and wants one of them.

    ## What this rule does not see

    `aud` and `iss` of a token: AWS refuses one without them ("Missing a required claim"), and `set-operator-on-single-value`
    speaks of them. Keys that carry several values (`aws:TagKeys`, `aws:PrincipalOrgPaths`, `amr`), where the operator belongs, and
    conditions beside another one of the same key that fails without it (`Null`, or `StringLike` without a set operator).
    """
    for role in graph.estate.all(AwsRole):
        for statement in role.trust.statements if role.trust is not None else ():
            if statement.effect is not Effect.ALLOW:
                continue
            present = {condition.key.lower() for condition in statement.conditions if _demands(condition)}
            for condition in statement.conditions:
                name = condition.key.lower()
                if not condition.operator.lower().startswith("forallvalues:") or name in present or _has_several(name):
                    continue
                if name.endswith(_REQUIRED):
                    continue
                yield Finding(
                    f"a request without `{condition.key}` passes `{condition.operator}`",
                    at=statement.place(*condition.route),
                    because=[(role.place, f"the role `{key(role.name)}`")],
                    help=f"write `{condition.operator.partition(':')[2]}`, which wants one of the values",
                    subject=f"{subject(statement)} {name}",
                )


def _demands(condition: Condition) -> bool:
    """Return whether a request without the key fails a condition."""
    quantifier, _, name = condition.operator.lower().rpartition(":")
    if name == "null":
        return condition.values == ("false",)
    return quantifier != "forallvalues" and "not" not in name and not name.endswith("ifexists")


def _has_several(name: str) -> bool:
    """Return whether a request may carry several values of a key."""
    if name.endswith(":amr") or name.startswith(("saml:edupersonorg", "saml:edupersonaffiliation", "saml:edupersonentitlement")):
        return True
    known = catalogue().condition_key(name, "sts")
    return known is not None and known.is_multivalued
