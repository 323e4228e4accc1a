"""IAM305 key-policy-open."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Exposure,
    Finding,
    Severity,
    public_exposures,
    rule,
    subject,
)  # fmt: skip

_KEY = """
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
resource "aws_kms_key" "data" {{
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = {action}
      Resource  = "*"
      Principal = {principal}{mark}
      Condition = {{ {condition} }}
    }}]
  }})
}}
"""


def _key(
    principal: str = '{ AWS = "*" }', mark: str = "", condition: str = "", action: str = '["kms:Decrypt", "kms:GenerateDataKey*"]'
) -> dict[str, str]:
    return {"infra/main.tf": _KEY.format(action=action, principal=principal, mark=mark, condition=condition)}


@rule(
    id="IAM305",
    name="key-policy-open",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "AWS KMS Developer Guide: Key policies in AWS KMS",
    ],
    bad=[
        Example("everybody decrypts", _key(mark=" # <- IAM305")),
        Example("through a service, which everybody can use", _key(
            mark=" # <- IAM305", condition='StringEquals = { "kms:ViaService" = "s3.eu-west-1.amazonaws.com" }')),
    ],
    good=[
        Example("through a service, from one account", _key(condition='''StringEquals = {
        "kms:ViaService"    = "s3.eu-west-1.amazonaws.com"
        "kms:CallerAccount" = "111111111111"
      }''')),
        Example("the account itself, as AWS advises", _key('{ AWS = "arn:aws:iam::111111111111:root" }', action='"kms:*"')),
        Example("within the organization", _key(condition='StringEquals = { "aws:PrincipalOrgID" = "o-acme123456" }')),
        Example("an account that nobody knows yet", {"infra/variables.tf": 'variable "account" {}\n', **_key(
            condition='StringEquals = { "kms:CallerAccount" = var.account }')}),
    ],
)  # fmt: skip
def key_policy_open(graph: AccessGraph) -> Iterator[Finding]:
    """A key's policy lets anybody in the world use the key.

    What is encrypted with the key is then protected by nothing but access to the ciphertext. A condition on `kms:ViaService`
    alone does not help: a stranger calls the same service from an account of their own.

    ## What to do instead

    Name the principals, or add `kms:CallerAccount` or `aws:PrincipalOrgID`.

    ## What this rule does not see

    Conditions whose value the repository does not hold, and grants made at run time.
    """
    for exposure in public_exposures(graph):
        if exposure.action.lower().startswith("kms:"):
            yield Finding(
                f"{_key_words(exposure)} is open to anybody with an AWS account for `{exposure.action}`",
                at=exposure.place,
                because=[(exposure.guarded.place, "the key")] if exposure.guarded.place is not None else [],
                help="name the principals, or add a condition on `kms:CallerAccount` or `aws:PrincipalOrgID`",
                subject=subject(exposure.statement),
            )


def _key_words(exposure: Exposure) -> str:
    """Return the key for a message: keys have no names, so mostly only `this key`."""
    words = exposure.guarded.words
    return f"the key {words}" if words.startswith("`") else "this key"
