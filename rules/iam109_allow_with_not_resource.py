"""IAM109 allow-with-not-resource."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Effect,
    Example,
    Finding,
    PolicyKind,
    Severity,
    governed,
    is_unlimited,
    rule,
    statement_bits,
    subject,
    taken_back,
)  # fmt: skip

_POLICY = """
Version: "2012-10-17"
Statement:
  - Effect: {effect}
    Action: {action}
    NotResource: {resource}
"""


def _policy(
    effect: str = "Allow", action: str = "s3:GetObject", resource: str = '"arn:aws:s3:::acme-payroll/*"', more: str = ""
) -> dict[str, str]:
    return {"policies/read.yaml": _POLICY.format(effect=effect, action=action, resource=resource) + more}


@rule(
    id="IAM109",
    name="allow-with-not-resource",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: IAM JSON policy elements: NotResource"],
    bad=[
        Example("every bucket but one", _policy(resource='"arn:aws:s3:::acme-payroll/*"  # <- IAM109')),
        Example("every resource but a list", _policy(action='"s3:*"', resource='\n      - "arn:aws:s3:::acme-payroll"  # <- IAM109\n      - "arn:aws:s3:::acme-payroll/*"')),
        Example("under a condition that everybody meets", _policy(
            resource='"arn:aws:s3:::acme-payroll/*"  # <- IAM109', more='    Condition: {Bool: {"aws:SecureTransport": "true"}}\n')),
    ],
    good=[
        Example("a deny of everything but", _policy(effect="Deny")),
        Example("limited by a condition", _policy(more='    Condition: {StringEquals: {"aws:ResourceAccount": "111111111111"}}\n')),
        Example("a deny of the same policy takes it back", _policy(more='  - {Effect: Deny, Action: "s3:*", Resource: "*"}\n')),
        Example("a boundary grants nothing", {"boundaries/app-boundary.yaml": _policy()["policies/read.yaml"]}),
    ],
)  # fmt: skip
def allow_with_not_resource(graph: AccessGraph) -> Iterator[Finding]:
    """A statement allows something on every resource but a list.

    The list protects what somebody thought of. A bucket that is made tomorrow, a copy under another name, a bucket of
    another account: all of them are allowed.

    ## What to do instead

    Name under `Resource` what is needed; put what must stay closed into a `Deny`, which holds against every other policy.

    ## What this rule does not see

    Statements with a condition that limits them, and policies that grant nothing by themselves (boundaries, guard rails).
    """
    for statement in graph.statements(Effect.ALLOW, PolicyKind.IDENTITY):
        if not statement.resources_negated or not statement.resources or not is_unlimited(statement):
            continue
        if taken_back(statement, statement_bits(statement)):
            continue
        count = len(statement.resources)
        yield Finding(
            f"this statement is about every resource but {'one' if count == 1 else count}",
            at=statement.resource_place(0),
            because=governed(graph, statement.policy),
            help="name under `Resource` what is needed, and protect the others with a `Deny`",
            subject=subject(statement),
        )
