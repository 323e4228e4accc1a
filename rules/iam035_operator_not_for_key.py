"""IAM035 operator-not-for-key."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    base_type,
    catalogue,
    each_condition,
    key_facts,
    rule,
    subject,
)  # fmt: skip

_OPERATORS = {
    "String": "StringEquals", "ARN": "ArnLike", "Bool": "Bool", "Numeric": "NumericEquals", "Date": "DateLessThan",
    "IPAddress": "IpAddress",
}  # fmt: skip
_FAMILIES = {"String": "String", "ARN": "ARN", "Bool": "Bool", "Numeric": "Numeric", "Date": "Date", "IPAddress": "IP"}
_USABLE = {("String", "Bool"), ("String", "ARN"), ("ARN", "String"), ("Numeric", "Date"), ("Bool", "String")}
"""Family and type that AWS compares in a way that works, although another operator would say better what is meant."""


def _policy(condition: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: ["s3:ListBucket", "sts:AssumeRole"]
            Resource: "*"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM035",
    name="operator-not-for-key",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: IAM JSON policy elements: Condition operators", "IAM Access Analyzer policy check reference: Type mismatch"],
    bad=[
        Example("an address compared as text", _policy("StringEquals: {aws:SourceIp: 203.0.113.0/24}  # <- IAM035")),
        Example("a time compared as text", _policy('StringLike: {aws:CurrentTime: "2026*"}  # <- IAM035')),
        Example("a text compared as a number", _policy("NumericEquals: {s3:prefix: 1}  # <- IAM035")),
        Example("a number compared as text", _policy('StringEquals: {s3:max-keys: "10"}  # <- IAM035')),
        Example("a flag compared as an address", _policy('IpAddress: {aws:SecureTransport: "true"}  # <- IAM035')),
    ],
    good=[
        Example("each by its own operator", _policy('{IpAddress: {aws:SourceIp: 203.0.113.0/24}, NumericLessThan: {s3:max-keys: "10"}}')),
        Example("absence can be tested of any key", _policy('Null: {aws:SourceIp: "true"}')),
        Example("a flag compared as text works", _policy('StringEquals: {aws:SecureTransport: "true"}')),
        Example("two addresses of the request", _policy('StringEquals: {"aws:Ec2InstanceSourcePrivateIPv4": "${aws:VpcSourceIp}"}')),
        Example("a key that nobody documents the type of", _policy('StringEquals: {"login.acme.example:tenant": acme}')),
    ],
)  # fmt: skip
def operator_not_for_key(graph: AccessGraph) -> Iterator[Finding]:
    """A condition compares a key by an operator that is not made for the key's type.

    `StringEquals` does not know that an address lies in a block, and `NumericEquals` fits no text. The comparison fails, or fits
    only the one spelling.

    ## What to do instead

    Use the operator of the key's type: `IpAddress`, `DateLessThan`, `NumericLessThan`, `Bool`, `ArnLike`.

    ## What this rule does not see

    Mismatches that work all the same (a flag or an ARN compared as text, an address compared with that of another key), and keys whose type AWS does not document.
    """
    for tested in each_condition(graph):
        facts = key_facts(tested.condition.key)
        if facts is None or tested.operator.family in ("Null", "Binary"):
            continue
        kind, family = base_type(facts), tested.operator.family
        wanted = _FAMILIES.get(kind)
        if wanted is None or wanted == family or (family, kind) in _USABLE:
            continue
        if kind == "IPAddress" and family == "String" and any("${" in value for _, value in tested.values()):
            continue  # address operators know no policy variables, so two keys are compared as texts
        yield Finding(
            f"`{tested.condition.operator}` is not made for `{tested.condition.key}`, which is {_WORDS[kind]}",
            at=tested.statement.place(*tested.condition.route[:2], part="key"),
            help=f"use `{_OPERATORS[kind]}` or an operator of its kind ({catalogue().as_of})",
            subject=f"{subject(tested.statement)} {tested.condition.operator} {tested.condition.key}",
        )


_WORDS = {
    "String": "a text",
    "ARN": "an ARN",
    "Bool": "a flag",
    "Numeric": "a number",
    "Date": "a point in time",
    "IPAddress": "an address",
}
