"""IAM082 dynamodb-attributes-without-select."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Effect,
    Example,
    Finding,
    Severity,
    Statement,
    each_condition,
    expand,
    rule,
    statement_bits,
    subject,
)  # fmt: skip


def _policy(action: str, more: str = "") -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: {action}
            Resource: "arn:aws:dynamodb:eu-west-1:111111111111:table/orders"
            Condition:
              "ForAllValues:StringEquals": {{dynamodb:Attributes: [id, state]}}{more}
        """
    }


@rule(
    id="IAM082",
    name="dynamodb-attributes-without-select",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "Amazon DynamoDB Developer Guide: Using IAM policy conditions for fine-grained access control",
        "IAM Access Analyzer policy check reference: DynamoDB attributes without select",
    ],
    bad=[
        Example("a query that names no attributes returns all", _policy('"dynamodb:Query"', "  # <- IAM082")),
        Example("a scan among others", _policy("[dynamodb:GetItem, dynamodb:Scan]", "  # <- IAM082")),
    ],
    good=[
        Example("the attributes must be named", _policy(
            '"dynamodb:Query"', "\n              StringEqualsIfExists: {dynamodb:Select: SPECIFIC_ATTRIBUTES}")),
        Example("actions that return nothing", _policy('"dynamodb:PutItem"')),
    ],
)  # fmt: skip
def dynamodb_attributes_without_select(graph: AccessGraph) -> Iterator[Finding]:
    """An Allow limits the attributes of a table, and a request that names none gets all.

    `dynamodb:Attributes` holds what the request names. A query, scan or get without a projection names nothing and returns every
    attribute.

    ## What to do instead

    Add `StringEqualsIfExists` on `dynamodb:Select` with `SPECIFIC_ATTRIBUTES`.

    ## What this rule does not see

    Indexes that project all attributes.
    """
    for tested in each_condition(graph, Effect.ALLOW):
        if tested.key == "dynamodb:attributes" and _returns_items(tested.statement) and not _has_select(tested.statement):
            yield Finding(
                "a request that names no attributes passes this condition and gets all of them",
                at=tested.place("key"),
                help="add `StringEqualsIfExists` on `dynamodb:Select` with `SPECIFIC_ATTRIBUTES`",
                subject=subject(tested.statement),
            )


def _returns_items(statement: Statement) -> bool:
    wanted = 0
    for action in ("Query", "Scan", "GetItem", "BatchGetItem"):
        wanted |= expand(f"dynamodb:{action}")
    return bool(statement_bits(statement) & wanted)


def _has_select(statement: Statement) -> bool:
    return any(condition.key.lower() == "dynamodb:select" for condition in statement.conditions)
