"""IAM105 unlimited-credentials-access."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, credentials_grants, governed, rule, subject

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
    id="IAM105",
    name="unlimited-credentials-access",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Service Authorization Reference: Actions, resources, and condition keys for AWS services", "IAM User Guide: Grant least privilege access"],
    bad=[
        Example("on every resource", _policy('secretsmanager:GetSecretValue  # <- IAM105')),
        Example("on every resource of its kind", _policy('secretsmanager:GetSecretValue  # <- IAM105', '"arn:aws:secretsmanager:*:*:secret:*"')),
        Example("under a condition that every caller meets", _policy('secretsmanager:GetSecretValue  # <- IAM105', more='    Condition: {Bool: {"aws:SecureTransport": "true"}}\n')),
        Example("any role", _policy('sts:AssumeRole  # <- IAM105', '"arn:aws:iam::*:role/*"')),
        Example("any parameter", _policy('ssm:GetParam*  # <- IAM105', '"arn:aws:ssm:eu-west-1:111111111111:parameter/*"')),
    ],
    good=[
        Example("on named resources", _policy('secretsmanager:GetSecretValue', '"arn:aws:secretsmanager:eu-west-1:111111111111:secret:checkout/*"')),
        Example("limited by a condition", _policy('secretsmanager:GetSecretValue', more='    Condition: {StringEquals: {"aws:ResourceTag/team": checkout}}\n')),
        Example("taken back by a deny of the same policy", _policy('secretsmanager:GetSecretValue', more='  - {Effect: Deny, Action: "secretsmanager:*", Resource: "*"}\n')),
        Example("the whole service is another rule's matter", _policy('"secretsmanager:*"')),
        Example("a boundary grants nothing", {'boundaries/app-boundary.yaml': _POLICY.format(action='secretsmanager:GetSecretValue', resource='"*"')}),
        Example("an action that supports no resource", _policy('ecr:GetAuthorizationToken')),
        Example("one role in any account", _policy('sts:AssumeRole', '"arn:aws:iam::*:role/deploy"')),
    ],
)  # fmt: skip
def unlimited_credentials_access(graph: AccessGraph) -> Iterator[Finding]:
    """A statement hands out every credential of a kind.

    Secrets, parameters, access keys and other roles are how one permission becomes another: who may read all of them has
    what all of them open.

    ## What to do instead

    Name the secrets, parameters, users or roles. Names with a common beginning (`secret:checkout/*`) make that easy.

    ## What this rule does not see

    What a deny of the same policy takes back, what a resource, a condition or an unknown may limit, and actions that
    support no resource. A whole service (`secretsmanager:*`) on every resource is `service-wildcard`.
    """
    for grant in credentials_grants(graph):
        yield Finding(
            f"this statement reaches credentials {grant.where}: {grant.listed()}",
            at=grant.place,
            because=governed(graph, grant.statement.policy),
            help="name the secrets, parameters, users or roles that are needed",
            subject=subject(grant.statement),
        )
