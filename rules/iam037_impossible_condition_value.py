"""IAM037 impossible-condition-value."""

import re
from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    Tested,
    each_condition,
    has_wildcard,
    is_placeholder,
    rule,
    subject,
)  # fmt: skip

_ORG_PATH = r"o-[a-z0-9]{10,32}(?:/(?:r-[a-z0-9]{4,32}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}))*/?"
_FORMS: dict[str, tuple[str, str]] = {
    "account": (r"\d{12}", "an account is twelve digits"),
    "organization": (r"o-[a-z0-9]{10,32}", "an organization is `o-` and ten to 32 letters and digits in lower case"),
    "path": (_ORG_PATH, "a path is `o-…/r-…/ou-…/`"),
    "vpc": (r"vpc-[0-9a-f]{8}(?:[0-9a-f]{9})?", "a VPC is `vpc-` and 8 or 17 hexadecimal digits"),
    "endpoint": (r"vpce-[0-9a-f]{8}(?:[0-9a-f]{9})?", "an endpoint is `vpce-` and 8 or 17 hexadecimal digits"),
    "key": (r"arn:.*|", "the key is compared as its ARN"),
}
_KEYS = {
    "aws:principalaccount": "account", "aws:resourceaccount": "account", "aws:sourceaccount": "account", "s3:resourceaccount": "account",
    "s3:dataaccesspointaccount": "account", "kms:calleraccount": "account", "aws:vpceaccount": "account",
    "aws:principalorgid": "organization", "aws:resourceorgid": "organization", "aws:sourceorgid": "organization",
    "aws:vpceorgid": "organization", "aws:principalorgpaths": "path", "aws:resourceorgpaths": "path", "aws:sourceorgpaths": "path",
    "aws:vpceorgpaths": "path", "aws:sourcevpc": "vpc", "aws:ec2instancesourcevpc": "vpc", "aws:sourcevpce": "endpoint",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "key",
}  # fmt: skip


def _policy(key: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: "s3:PutObject"
            Resource: "*"
            Condition:
              StringEquals:
                {key}
        """
    }


@rule(
    id="IAM037",
    name="impossible-condition-value",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM User Guide: AWS global condition context keys",
        "IAM Access Analyzer policy check reference: Invalid VPC identifier format and its neighbors",
    ],
    bad=[
        Example("an account of eleven digits", _policy('aws:PrincipalAccount: "11111111111"  # <- IAM037')),
        Example("the ARN of an organization", _policy("aws:PrincipalOrgID: arn:aws:organizations::111111111111:organization/o-abcdefghij  # <- IAM037")),
        Example("an organizational unit where a path is compared", _policy("aws:PrincipalOrgPaths: ou-ab12-11111111  # <- IAM037")),
        Example("an endpoint where a VPC is compared", _policy("aws:SourceVpc: vpce-1a2b3c4d  # <- IAM037")),
        Example("a VPC where an endpoint is compared", _policy("aws:SourceVpce: [vpce-1a2b3c4d, vpc-1a2b3c4d]  # <- IAM037")),
        Example("the alias of a key", _policy("s3:x-amz-server-side-encryption-aws-kms-key-id: alias/reports  # <- IAM037")),
        Example("a source that the service never acts for", {"infra/main.tf": """
            resource "aws_lambda_permission" "events" {
              function_name = "import"
              action        = "lambda:InvokeFunction"
              principal     = "events.amazonaws.com"
              source_arn    = "arn:aws:s3:::acme-uploads" # <- IAM037
            }
            """}),
    ],
    good=[
        Example("a source of the service", {"infra/main.tf": """
            resource "aws_lambda_permission" "events" {
              function_name = "import"
              action        = "lambda:InvokeFunction"
              principal     = "events.amazonaws.com"
              source_arn    = "arn:aws:events:eu-west-1:111111111111:rule/nightly"
            }
            """}),
        Example("each in its form", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: "s3:PutObject"
                Resource: "*"
                Condition:
                  StringEquals:
                    aws:PrincipalAccount: "111111111111"
                    aws:PrincipalOrgID: o-abcdefghij
                    aws:SourceVpc: vpc-1a2b3c4d
                    aws:SourceVpce: vpce-0123456789abcdef0
            """}),
        Example("a policy variable", _policy("aws:ResourceAccount: '${aws:PrincipalAccount}'")),
    ],
)  # fmt: skip
def impossible_condition_value(graph: AccessGraph) -> Iterator[Finding]:
    """A condition compares a key with a value that the key can never have.

    Accounts, organizations, VPCs and endpoints have a fixed form. A value of another form never fits: an Allow allows nothing, a
    Deny with a negated test denies everybody.

    ## What to do instead

    Write the id in its form, as the message says.

    ## What this rule does not see

    Patterns with wildcards, policy variables, and ids of the right form that do not exist.
    """
    for tested in each_condition(graph):
        if tested.key == "aws:sourcearn":
            yield from _foreign_sources(tested)
        kind = _KEYS.get(tested.key)
        if kind is None or tested.operator.family != "String":
            continue
        form, help = _FORMS[kind]
        for number, value in tested.values():
            if has_wildcard(value) or "$" in value or re.fullmatch(form, value):
                continue
            yield Finding(
                f"`{value}` is a placeholder, and `{tested.condition.key}` is never that"
                if is_placeholder(value)
                else f"`{tested.condition.key}` is never `{value}`",
                at=tested.value_place(number),
                help=help,
                subject=f"{subject(tested.statement)} {tested.condition.key} {value}",
            )


_SOURCES = {"s3.amazonaws.com": "s3", "sns.amazonaws.com": "sns", "events.amazonaws.com": "events"}
"""Services that act for resources of their own alone, and how the ARNs of these name the service."""


def _foreign_sources(tested: Tested) -> Iterator[Finding]:
    principals = tested.statement.principals or ()
    if len(principals) != 1 or principals[0].kind != "Service" or tested.statement.principals_negated:
        return
    service = _SOURCES.get(str(principals[0].value))
    for number, value in tested.values() if service else ():
        parts = value.split(":", 5)
        if len(parts) == 6 and parts[2] != service and not has_wildcard(parts[2]) and "$" not in parts[2]:
            yield Finding(
                f"`{tested.condition.key}` of `{principals[0].value}` is never `{value}`",
                at=tested.value_place(number),
                help=f"name an ARN of `{service}`, or the service that acts for this one",
                subject=f"{subject(tested.statement)} {tested.condition.key} {value}",
            )
