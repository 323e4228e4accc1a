"""IAM032 unknown-condition-key."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    catalogue,
    each_condition,
    is_open,
    key_facts,
    near_key,
    rule,
    subject,
)  # fmt: skip


def _policy(key: str, action: str = "s3:GetObject") -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: {action}
            Resource: "*"
            Condition:
              StringEquals:
                {key}
        """
    }


@rule(
    id="IAM032",
    name="unknown-condition-key",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=[
        "IAM User Guide: AWS global condition context keys",
        "Service Authorization Reference: Actions, resources, and condition keys for AWS services",
    ],
    bad=[
        Example("a misspelled global key", _policy("aws:PrincipalOrgId2: o-abcdefghij  # <- IAM032")),
        Example("a misspelled key of a service", _policy("s3:prefixes: home  # <- IAM032", "s3:ListBucket")),
        Example("a key without its prefix", _policy("PrincipalOrgID: o-abcdefghij  # <- IAM032")),
        Example("a tag key without the name of the tag", _policy("aws:ResourceTag: checkout  # <- IAM032")),
        Example("a tag key whose name is empty", _policy("aws:PrincipalTag/: checkout  # <- IAM032")),
        Example("a claim that AWS does not pass on", {"infra/main.tf": """
            resource "aws_iam_role" "deploy" {
              name = "deploy"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRoleWithWebIdentity"
                  Principal = { Federated = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com" }
                  Condition = { StringEquals = {
                    "token.actions.githubusercontent.com:repository_owner" = "acme" # <- IAM032
                  } }
                }]
              })
            }
            """}),
    ],
    good=[
        Example("case does not matter", _policy("AWS:principalorgid: o-abcdefghij")),
        Example("a tag by its name", _policy("aws:ResourceTag/team: checkout")),
        Example("a key with a part of the user's own", _policy("kms:EncryptionContext:application: checkout", "kms:Decrypt")),
        Example("a claim of any issuer", _policy("login.acme.example/tenant:sub: checkout", "sts:AssumeRoleWithWebIdentity")),
        Example("an attribute of SAML", _policy('"SAML:aud": "https://signin.aws.amazon.com/saml"', "sts:AssumeRoleWithSAML")),
    ],
)  # fmt: skip
def unknown_condition_key(graph: AccessGraph) -> Iterator[Finding]:
    """A condition tests a key that AWS does not have, so no request ever carries it.

    IAM accepts most such policies without a word. A positive test then never holds, and a negated one always does: an Allow
    allows nothing, or a Deny denies nothing.

    ## What to do instead

    Write the key as the reference spells it; case does not matter, and tags need their name (`aws:ResourceTag/team`).

    ## What this rule does not see

    Keys newer than the shipped catalogue are reported too: suppress those with that reason. Claims of identity providers are known
    where AWS passes on a fixed list (GitHub, GitLab, Buildkite), and taken as they are elsewhere.
    """
    for tested in each_condition(graph):
        key = tested.condition.key
        if key_facts(key) is not None or is_open(key):
            continue
        near = near_key(key)
        yield Finding(
            _message(key),
            at=tested.place("key"),
            help=f"did you mean `{near}`?" if near is not None else "the Service Authorization Reference lists the keys",
            subject=f"{subject(tested.statement)} {key}",
        )


_TAGGED = ("aws:resourcetag", "aws:requesttag", "aws:principaltag")


def _message(key: str) -> str:
    if ":" not in key:
        return f"`{key}` is no condition key: the prefix is missing"
    if key.lower().rstrip("/") in _TAGGED:
        return f"`{key}` lacks the name of the tag"
    return f"`{key}` is no condition key that the catalogue of {catalogue().date} knows"
