"""IAM108 allow-with-not-action."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Effect,
    Example,
    Finding,
    PolicyKind,
    Severity,
    every_resource_index,
    expand,
    governed,
    is_unlimited,
    rule,
    subject,
    taken_back,
)  # fmt: skip

_POLICY = """
Version: "2012-10-17"
Statement:
  - Effect: {effect}
    NotAction: {action}
    Resource: {resource}
"""


def _policy(
    effect: str = "Allow", action: str = '["iam:*", "organizations:*"]', resource: str = '"*"', more: str = ""
) -> dict[str, str]:
    return {"policies/power.yaml": _POLICY.format(effect=effect, action=action, resource=resource) + more}


@rule(
    id="IAM108",
    name="allow-with-not-action",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: IAM JSON policy elements: NotAction"],
    bad=[
        Example("everything but two services", _policy(action='["iam:*", "organizations:*"]  # <- IAM108')),
        Example("everything but one action, which leaves an administrator", _policy(action='"s3:DeleteBucket"  # <- IAM108')),
        Example("under a condition that everybody meets", _policy(
            action='"iam:*"  # <- IAM108', more='    Condition: {Bool: {"aws:SecureTransport": "true"}}\n')),
    ],
    good=[
        Example("a deny of everything but", _policy(effect="Deny")),
        Example("everything but, on one bucket", _policy(action='"s3:Delete*"', resource='"arn:aws:s3:::acme-reports/*"')),
        Example("limited by a condition", _policy(more='    Condition: {StringEquals: {"aws:ResourceTag/team": checkout}}\n')),
        Example("a guard rail grants nothing", {"scp/all-but.yaml": _policy()["policies/power.yaml"]}),
        Example("a deny of the same policy takes everything back", _policy(more='  - {Effect: Deny, Action: "*", Resource: "*"}\n')),
    ],
)  # fmt: skip
def allow_with_not_action(graph: AccessGraph) -> Iterator[Finding]:
    """A statement allows everything but a list, on every resource.

    What is not listed is allowed: every service that nobody thought of, and every one that AWS adds next year.

    ## What to do instead

    List what is needed under `Action`. If nearly everything is meant, attach `PowerUserAccess`, so that the intent is
    visible, and put what is forbidden into a `Deny`, which holds against every other policy too.

    ## What this rule does not see

    `NotAction` on named resources or under a condition, which limit it, and in policies that grant nothing by
    themselves (boundaries, guard rails).
    """
    for statement in graph.statements(Effect.ALLOW, PolicyKind.IDENTITY):
        if not statement.actions_negated or not statement.actions or not is_unlimited(statement):
            continue
        if every_resource_index(statement) is None or taken_back(statement, expand("*")):
            continue
        excluded = [f"`{action}`" for action in statement.actions[:3] if isinstance(action, str)]
        more = f" and {len(statement.actions) - 3} more" if len(statement.actions) > 3 else ""
        yield Finding(
            f"this statement allows every action but {', '.join(excluded) or 'some'}{more}, on every resource",
            at=statement.action_place(0),
            because=governed(graph, statement.policy),
            help="list what is needed under `Action`, and forbid in a `Deny`",
            subject=subject(statement),
        )
