"""IAM039 constant-condition."""

from collections.abc import Iterator, Mapping

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    Tested,
    each_condition,
    resource_owners,
    rule,
    subject,
)


def _policy(condition: str, effect: str = "Allow") -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Action: "s3:*"
            Resource: "*"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM039",
    name="constant-condition",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM Access Analyzer policy check reference: Invalid condition multiple Boolean values, Null with qualifier",
        "IAM User Guide: Multivalued context keys",
    ],
    bad=[
        Example("a flag that may be either", _policy('Bool: {aws:SecureTransport: ["true", "false"]}  # <- IAM039')),
        Example("a key that may be absent or present", _policy('"Null": {aws:TokenIssueTime: ["true", "false"]}  # <- IAM039')),
        Example("absence under a set operator", _policy('"ForAllValues:Null": {aws:TagKeys: "true"}  # <- IAM039')),
        Example("a deny of whatever does not match everything", _policy('StringNotLike: {aws:PrincipalArn: "*"}  # <- IAM039', "Deny")),
        Example("some value that is not like everything", _policy('"ForAnyValue:StringNotLike": {aws:TagKeys: "*"}  # <- IAM039', "Deny")),
        Example("a key that must be absent and equal something", _policy(
            '{"Null": {aws:SourceVpce: "true"}, StringEquals: {aws:SourceVpce: vpce-1a2b3c4d}}  # <- IAM039')),
        Example("the account of the resource, in its own policy", {"infra/main.tf": """
            resource "aws_s3_bucket_policy" "logs" {
              bucket = "acme-logs"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { AWS = "111111111111" }
                  Action    = "s3:GetObject"
                  Resource  = "arn:aws:s3:::acme-logs/*"
                  Condition = { StringEquals = { "s3:ResourceAccount" = "222222222222" } } # <- IAM039
                }]
              })
            }
            """}),
    ],
    good=[
        Example("the account of the resource, in an identity policy", _policy('StringEquals: {s3:ResourceAccount: "111111111111"}')),
        Example("one flag", _policy('Bool: {aws:SecureTransport: "true"}')),
        Example("absence alone", _policy('"Null": {aws:TokenIssueTime: "false"}')),
        Example("a key that is there and equals something", _policy(
            '{"Null": {aws:SourceVpce: "false"}, StringEquals: {aws:SourceVpce: vpce-1a2b3c4d}}')),
        Example("not like a part", _policy('StringNotLike: {aws:PrincipalArn: "arn:aws:iam::*:role/admin"}', "Deny")),
    ],
)  # fmt: skip
def constant_condition(graph: AccessGraph) -> Iterator[Finding]:
    """A condition has the same outcome for every request, so the statement always applies, or never.

    Both values of a flag always fit one; absence under a set operator is decided before the request comes; nothing is unlike `*`.

    ## What to do instead

    Remove the condition if the statement is meant to apply always, else test what was meant.

    ## What this rule does not see

    Conditions that are constant only because of what AWS sends with this action.
    """
    owners = resource_owners(graph.estate)
    for tested in each_condition(graph):
        reason = _constant(tested) or _of_its_resource(tested, owners)
        if reason:
            yield Finding(
                reason,
                at=tested.place(),
                help="test what is meant, or remove the condition",
                subject=f"{subject(tested.statement)} {tested.condition.operator} {tested.condition.key}",
            )


_TELLING = frozenset({"Null", "Bool", "StringNotLike", "ArnNotLike", "ArnNotEquals"})


def _constant(tested: Tested) -> str:
    operator = tested.operator
    if operator.name not in _TELLING:
        return ""
    values = {value.lower() for _, value in tested.values()}
    name = f"`{tested.condition.operator}` of `{tested.condition.key}`"
    if operator.name == "Null" and operator.quantifier:
        return f"{name} is always {'true' if operator.quantifier == 'ForAllValues' else 'false'}"
    if operator.name == "Null" and {"true", "false"} <= values:
        return f"{name} is always true: a key is absent or it is not"
    if operator.name == "Bool" and {"true", "false"} <= values:
        return f"{name} is true whenever the key is there"
    if operator.name in ("StringNotLike", "ArnNotLike", "ArnNotEquals") and "*" in values:
        never = (
            "is never true"
            if operator.quantifier == "ForAnyValue" and not operator.if_exists
            else "is never true of a key that is there"
        )
        return f"{name} {never}: everything is like `*`"
    if operator.name == "Null" and values == {"true"} and _needs_the_key(tested):
        return f"{name} asks for its absence, and another condition of the statement for a value"
    return ""


_OF_RESOURCE = frozenset({"aws:resourceaccount", "s3:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"})


def _of_its_resource(tested: Tested, owners: Mapping[int, object]) -> str:
    if tested.key in _OF_RESOURCE and id(tested.statement.policy) in owners:
        return f"`{tested.condition.key}` is the same for every request that this policy decides: that of its own resource"
    return ""


def _needs_the_key(tested: Tested) -> bool:
    return any(
        other.key.lower() == tested.key and not other.operator.lower().endswith(("ifexists", "null")) and "not" not in other.operator.lower()
        and not other.operator.lower().startswith("forallvalues")
        for other in tested.statement.conditions
    )  # fmt: skip
