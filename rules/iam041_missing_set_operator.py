"""IAM041 missing-set-operator."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    catalogue,
    each_condition,
    key_facts,
    rule,
    subject,
)


def _policy(condition: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: "ec2:CreateTags"
            Resource: "*"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM041",
    name="missing-set-operator",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: Multivalued context keys", "IAM Access Analyzer policy check reference: Missing qualifier", "Amazon EventBridge User Guide: Using IAM policy conditions in Amazon EventBridge"],
    bad=[
        Example("the keys of the tags", _policy("StringEquals: {aws:TagKeys: [team, environment]}  # <- IAM041")),
        Example("the paths of an organization", _policy('StringLike: {aws:PrincipalOrgPaths: "o-abcdefghij/*"}  # <- IAM041')),
        Example("negated", _policy("StringNotEquals: {aws:CalledVia: cloudformation.amazonaws.com}  # <- IAM041")),
    ],
    good=[
        Example("all of them", _policy('"ForAllValues:StringEquals": {aws:TagKeys: [team, environment]}')),
        Example("any of them", _policy('"ForAnyValue:StringLike": {aws:PrincipalOrgPaths: "o-abcdefghij/*"}')),
        Example("absence needs no set operator", _policy('"Null": {aws:TagKeys: "false"}')),
        Example("EventBridge says what comes of a pattern with several sources", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: events:PutRule
                Resource: "*"
                Condition: {StringEquals: {"events:source": aws.ec2, "events:detail-type": EC2 Instance State-change Notification}}
            """}),
        Example("several values in the policy do not make the key one of several values", _policy(
            "StringEquals: {aws:RequestTag/team: [checkout, payments]}")),
    ],
)  # fmt: skip
def missing_set_operator(graph: AccessGraph) -> Iterator[Finding]:
    """A condition tests a key of which a request may carry several values, without saying whether all or any must fit.

    AWS does not define the outcome for such a request, and Access Analyzer calls the policy an error.

    ## What to do instead

    Put `ForAnyValue:` before the operator if one fitting value is enough, `ForAllValues:` (with a test that the key is there) if
    all must fit.

    ## What this rule does not see

    Keys of which AWS does not document that they may carry several values, and those of EventBridge, whose guide writes them
    without a set operator and says which patterns of several values are then refused.
    """
    for tested in each_condition(graph):
        if tested.operator.quantifier or tested.operator.name == "Null":
            continue
        facts = key_facts(tested.condition.key)
        if facts is not None and facts.multivalued and facts.service != "events":
            yield Finding(
                f"`{tested.condition.key}` may carry several values, and `{tested.condition.operator}` does not say whether all must fit",
                at=tested.statement.place(*tested.condition.route[:2], part="key"),
                help=f"write `ForAnyValue:{tested.condition.operator}` or `ForAllValues:{tested.condition.operator}` ({catalogue().as_of})",
                subject=f"{subject(tested.statement)} {tested.condition.operator} {tested.condition.key}",
            )
