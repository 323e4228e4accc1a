"""IAM034 tag-key-not-for-action."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Effect,
    Example,
    Finding,
    Severity,
    Statement,
    Tested,
    catalogue,
    each_condition,
    presents,
    rule,
    subject,
)  # fmt: skip

_TAG_KEYS = ("aws:resourcetag/", "aws:requesttag/")


def _policy(effect: str, action: str, key: str, operator: str = "StringEquals") -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Action: {action}
            Resource: "*"
            Condition:
              {operator}:
                {key}
        """
    }


@rule(
    id="IAM034",
    name="tag-key-not-for-action",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=[
        "IAM User Guide: AWS services that work with IAM, column ABAC",
        "IAM Access Analyzer policy check reference: Deny with unsupported tag condition key for service",
    ],
    bad=[
        Example("no action of the statement knows tags of resources", _policy(
            "Allow", "[s3:ListAllMyBuckets, sts:GetCallerIdentity]", "aws:ResourceTag/team: checkout  # <- IAM034")),
        Example("an action that makes nothing carries no tags of a request", _policy(
            "Allow", "ec2:StopInstances", "aws:RequestTag/team: checkout  # <- IAM034")),
        Example("in a deny, where it protects nothing", _policy(
            "Deny", "iam:ListRoles", "aws:ResourceTag/environment: prod  # <- IAM034")),
    ],
    good=[
        Example("the action knows tags of its resource", _policy("Allow", "ec2:StopInstances", "aws:ResourceTag/team: checkout")),
        Example("one of the actions knows them", _policy("Allow", "[ec2:StopInstances, ec2:DescribeInstances]", "aws:ResourceTag/team: checkout")),
        Example("tags of the principal come with every request", _policy("Allow", "iam:ListRoles", "aws:PrincipalTag/team: checkout")),
        Example("a test that a missing tag passes", _policy(
            "Allow", "iam:ListRoles", "aws:ResourceTag/team: checkout", "StringEqualsIfExists")),
        Example("every action", _policy("Deny", '"*"', "aws:ResourceTag/environment: prod")),
    ],
)  # fmt: skip
def tag_key_not_for_action(graph: AccessGraph) -> Iterator[Finding]:
    """A condition tests tags, and no action of the statement carries them.

    `aws:ResourceTag` comes with actions on resources whose service supports tags in policies, `aws:RequestTag` with actions that
    set tags. Elsewhere the key is missing: an Allow then allows nothing, and a Deny that should protect what is tagged denies nothing.

    ## What to do instead

    Limit these actions by the ARN of the resource, or leave them out of the statement.

    ## What this rule does not see

    A statement of which only some actions carry the tags: for those it does what it says. `NotAction` is not looked into.
    """
    for tested in each_condition(graph):
        if not tested.key.startswith(_TAG_KEYS) or tested.lets_absent_pass or tested.operator.name == "Null":
            continue
        if _nobody_carries(tested):
            verb = "allows" if tested.statement.effect is Effect.ALLOW else "denies"
            yield Finding(
                f"no action of this statement carries `{tested.condition.key}`, so it {verb} nothing",
                at=tested.place("key"),
                help=f"name resources by ARN, or actions that carry the tag ({catalogue().as_of})",
                subject=f"{subject(tested.statement)} {tested.condition.key}",
            )


def _nobody_carries(tested: Tested) -> bool:
    statement: Statement = tested.statement
    if statement.actions_negated or not statement.actions:
        return False
    return all(isinstance(action, str) and presents(action, tested.key) is False for action in statement.actions)
