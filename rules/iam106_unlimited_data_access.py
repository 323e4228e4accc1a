"""IAM106 unlimited-data-access."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, data_grants, governed, rule, subject

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
    id="IAM106",
    name="unlimited-data-access",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Service Authorization Reference: Actions, resources, and condition keys for AWS services", "IAM User Guide: Grant least privilege access"],
    bad=[
        Example("on every resource", _policy('dynamodb:Query  # <- IAM106')),
        Example("on every resource of its kind", _policy('dynamodb:Query  # <- IAM106', '"arn:aws:dynamodb:*:*:table/*"')),
        Example("under a condition that every caller meets", _policy('dynamodb:Query  # <- IAM106', more='    Condition: {Bool: {"aws:SecureTransport": "true"}}\n')),
        Example("any object of any bucket", _policy('s3:GetObject  # <- IAM106', '"arn:aws:s3:::*/*"')),
        Example("any key", _policy('["kms:Decrypt"]  # <- IAM106')),
    ],
    good=[
        Example("on named resources", _policy('dynamodb:Query', '"arn:aws:dynamodb:eu-west-1:111111111111:table/orders"')),
        Example("limited by a condition", _policy('dynamodb:Query', more='    Condition: {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:PrincipalTag/team}"]}}\n')),
        Example("taken back by a deny of the same policy", _policy('dynamodb:Query', more='  - {Effect: Deny, Action: "dynamodb:*", Resource: "*"}\n')),
        Example("the whole service is another rule's matter", _policy('"dynamodb:*"')),
        Example("a boundary grants nothing", {'boundaries/app-boundary.yaml': _POLICY.format(action='dynamodb:Query', resource='"*"')}),
        Example("one bucket", _policy('s3:GetObject', '"arn:aws:s3:::acme-*/reports/*"')),
        Example("decrypting through one service", _policy('kms:Decrypt', more='    Condition: {StringEquals: {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}\n')),
        Example("listing the names of buckets", _policy('s3:ListAllMyBuckets')),
    ],
)  # fmt: skip
def unlimited_data_access(graph: AccessGraph) -> Iterator[Finding]:
    """A statement reads all data of a kind, or decrypts with every key.

    A program needs its own buckets, tables and keys. With everybody's, one leaked credential is a leak of everything.

    ## What to do instead

    Name the buckets, tables, queues or keys.

    ## What this rule does not see

    What a deny of the same policy takes back, what a resource, a condition or an unknown may limit, and actions that
    support no resource. A whole service (`dynamodb:*`) on every resource is `service-wildcard`.
    """
    for grant in data_grants(graph):
        yield Finding(
            f"this statement reads data {grant.where}: {grant.listed()}",
            at=grant.place,
            because=governed(graph, grant.statement.policy),
            help="name the buckets, tables, queues or keys that are needed",
            subject=subject(grant.statement),
        )
