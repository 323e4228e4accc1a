"""IAM031 unknown-condition-operator."""

from collections.abc import Iterator

from iamlint.rulekit import (
    FAMILY_OF,
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    nearest,
    read_operator,
    rule,
    subject,
)  # fmt: skip

_POLICY = """
Version: "2012-10-17"
Statement:
  - Effect: Allow
    Action: "s3:GetObject"
    Resource: "*"
    Condition:
      {operator}:{mark}
        aws:PrincipalTag/team: checkout
"""


def _policy(operator: str, mark: str = "") -> dict[str, str]:
    return {"policies/a.yaml": _POLICY.format(operator=operator, mark=mark)}


@rule(
    id="IAM031",
    name="unknown-condition-operator",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: IAM JSON policy elements: Condition operators"],
    bad=[
        Example("a misspelled operator", _policy("StringEqual", "  # <- IAM031")),
        Example("a set operator that does not exist", _policy('"ForEachValue:StringEquals"', "  # <- IAM031")),
        Example("a test for absence cannot be made optional", _policy("NullIfExists", "  # <- IAM031")),
    ],
    good=[
        Example("case does not matter", _policy("stringequals")),
        Example("set operators and IfExists", _policy('"ForAnyValue:StringLikeIfExists"')),
    ],
)  # fmt: skip
def unknown_condition_operator(graph: AccessGraph) -> Iterator[Finding]:
    """A condition uses an operator that IAM does not have.

    AWS refuses a policy with such a condition, so the change fails at deployment, or the document never becomes active.

    ## What to do instead

    Use one of IAM's operators, alone or with `ForAllValues:`, `ForAnyValue:` before and `IfExists` behind it.

    ## What this rule does not see

    Whether the operator suits the type of the key.
    """
    for statement in graph.statements():
        for condition in statement.conditions:
            if read_operator(condition.operator) is not None:
                continue
            near = nearest(condition.operator.rpartition(":")[2], [*FAMILY_OF, *_IF_EXISTS])
            yield Finding(
                f"`{condition.operator}` is no condition operator",
                at=statement.place(*condition.route[:2], part="key"),
                help=f"did you mean `{near}`?" if near else "the IAM User Guide lists the operators",
                subject=f"{subject(statement)} {condition.operator}",
            )


_IF_EXISTS = tuple(f"{operator}IfExists" for operator in FAMILY_OF if operator != "Null")
