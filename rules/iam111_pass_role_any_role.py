"""IAM111 pass-role-any-role."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, governed, pass_role_grants, rule, subject

_POLICY = """
Version: "2012-10-17"
Statement:
  - Effect: Allow
    Action: {action}
    Resource: {resource}
"""


def _policy(action: str, resource: str = '"*"', more: str = "") -> dict[str, str]:
    return {"policies/app.yaml": _POLICY.format(action=action, resource=resource) + more}


@rule(
    id="IAM111",
    name="pass-role-any-role",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Service Authorization Reference: Actions, resources, and condition keys for AWS services", "IAM User Guide: Grant least privilege access"],
    bad=[
        Example("on every resource", _policy('iam:PassRole  # <- IAM111')),
        Example("on every resource of its kind", _policy('iam:PassRole  # <- IAM111', '"arn:aws:iam::*:role/*"')),
        Example("under a condition that every caller meets", _policy('iam:PassRole  # <- IAM111', more='    Condition: {Bool: {"aws:SecureTransport": "true"}}\n')),
        Example("a condition that every service meets", _policy('iam:PassRole  # <- IAM111', more='    Condition: {StringLike: {"iam:PassedToService": "*"}}\n')),
    ],
    good=[
        Example("on named resources", _policy('iam:PassRole', '"arn:aws:iam::111111111111:role/app-*"')),
        Example("limited by a condition", _policy('iam:PassRole', more='    Condition: {StringEquals: {"iam:PassedToService": "lambda.amazonaws.com"}}\n')),
        Example("taken back by a deny of the same policy", _policy('iam:PassRole', more='  - {Effect: Deny, Action: "iam:*", Resource: "*"}\n')),
        Example("the whole service is another rule's matter", _policy('"iam:*"')),
        Example("a boundary grants nothing", {'boundaries/app-boundary.yaml': _POLICY.format(action='iam:PassRole', resource='"*"')}),
        Example("a path that a variable completes", _policy('iam:PassRole', '"arn:aws:iam::111111111111:role/service/*"')),
    ],
)  # fmt: skip
def pass_role_any_role(graph: AccessGraph) -> Iterator[Finding]:
    """A statement lets its holder pass any role to any service.

    Who passes a role to a service makes the service act with it. With any role, and a service that runs the caller's code,
    that is every permission of the account.

    ## What to do instead

    Name the roles, and say with `iam:PassedToService` for which service.

    ## What this rule does not see

    What a deny of the same policy takes back, what a resource, a condition or an unknown may limit, and actions that
    support no resource. A whole service (`iam:*`) on every resource is `service-wildcard`.
    """
    for grant in pass_role_grants(graph):
        yield Finding(
            "this statement lets any role be passed to any service",
            at=grant.place,
            because=governed(graph, grant.statement.policy),
            help="name the roles, and add a condition on `iam:PassedToService`",
            subject=subject(grant.statement),
        )
