"""IAM033 key-not-for-action."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Effect,
    Example,
    Finding,
    Severity,
    Tested,
    catalogue,
    each_condition,
    key_facts,
    presents,
    rule,
    subject,
)  # fmt: skip


def _policy(action: str, key: str, effect: str = "Allow") -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Action: {action}
            Resource: "*"
            Condition:
              StringEquals:
                {key}
        """
    }


@rule(
    id="IAM033",
    name="key-not-for-action",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["Service Authorization Reference: Actions, resources, and condition keys for AWS services"],
    bad=[
        Example("a key that another action of the service carries", _policy("s3:GetObject", "s3:prefix: home/  # <- IAM033")),
        Example("some actions carry it, one does not", _policy(
            "[s3:ListBucket, s3:GetObject]", "s3:prefix: home/  # <- IAM033")),
        Example("a key of another service", _policy("sqs:SendMessage", "ec2:ResourceTag/team: checkout  # <- IAM033")),
        Example("a pattern of which no action carries it", _policy('"dynamodb:List*"', "s3:prefix: home/  # <- IAM033")),
        Example("an action of which no page says so", _policy(
            "[aws-marketplace:Subscribe, aws-marketplace:ViewSubscriptions]", "aws-marketplace:ProductId: prod-1  # <- IAM033")),
        Example("in a deny, where it protects nothing", _policy("s3:DeleteObject", "s3:x-amz-acl: public-read  # <- IAM033", "Deny")),
    ],
    good=[
        Example("the action carries it", _policy("s3:ListBucket", "s3:prefix: home/")),
        Example("some action of the pattern carries it", _policy('"s3:List*"', "s3:prefix: home/")),
        Example("a key of which the reference does not say what carries it", _policy(
            "states:InvokeHTTPEndpoint", "states:HTTPMethod: GET")),
        Example("a key of which another page says so", _policy("aws-marketplace:Subscribe", "aws-marketplace:ProductId: prod-1")),
        Example("as a page of AWS has it for service-linked roles", _policy(
            "[iam:CreateServiceLinkedRole, iam:DeleteServiceLinkedRole]", "iam:AWSServiceName: elasticmapreduce.amazonaws.com")),
        Example("a key of every request", _policy("s3:GetObject", "aws:PrincipalOrgID: o-abcdefghij")),
        Example("every action", _policy('"*"', "s3:prefix: home/")),
        Example("session tags are checked within the call that assumes the role", {"trust/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: [sts:AssumeRole, sts:TagSession]
                Principal: {AWS: "arn:aws:iam::222222222222:root"}
                Condition: {StringEquals: {"sts:ExternalId": acme-7}}
            """}),
        Example("a test that a missing key passes is meant for the actions that carry it", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: [iam:PassRole, iam:GetRole]
                Resource: "*"
                Condition: {StringEqualsIfExists: {"iam:PassedToService": lambda.amazonaws.com}}
            """}),
    ],
)  # fmt: skip
def key_not_for_action(graph: AccessGraph) -> Iterator[Finding]:
    """A condition tests a key that an action of the statement never carries.

    Requests for that action lack the key, so a positive test fails: an Allow does not allow it, a Deny does not deny it. A negated
    test always holds, as if it were not there.

    ## What to do instead

    Give the action a statement of its own, with a key that it carries, or add `IfExists` if it is meant to pass.

    ## What this rule does not see

    Keys of every request (`aws:…`), `NotAction`, and patterns of which some action carries the key. Tests that a missing key
    passes on purpose (`IfExists`, `Null`) are left alone.
    """
    for tested in each_condition(graph):
        facts = key_facts(tested.condition.key)
        if facts is None or facts.service in ("", "federated") or tested.statement.actions_negated:
            continue
        if tested.operator.if_exists or tested.operator.name == "Null" or tested.operator.quantifier == "ForAllValues":
            continue
        without = _actions_without(tested)
        if without:
            yield Finding(
                f"`{tested.condition.key}` is not carried by {_listed(without)}{_effect(tested)}",
                at=tested.place("key"),
                help=f"give the action a statement of its own, with a key that it carries ({catalogue().as_of})",
                subject=f"{subject(tested.statement)} {tested.condition.key}",
            )


def _actions_without(tested: Tested) -> list[str]:
    actions = tested.statement.actions
    return [action for action in actions if isinstance(action, str) and presents(action, tested.key) is False]


def _listed(actions: list[str]) -> str:
    shown = [f"`{action}`" for action in actions]
    if len(shown) > 3:
        return f"{', '.join(shown[:2])} and {len(shown) - 2} more actions of this statement"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _effect(tested: Tested) -> str:
    if tested.operator.negated:
        return ", so the test always holds there"
    verb = "allowed" if tested.statement.effect is Effect.ALLOW else "denied"
    return f", so nothing is {verb} there"
