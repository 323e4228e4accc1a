"""IAM110 allow-with-not-principal."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Effect,
    Example,
    Finding,
    PolicyKind,
    Severity,
    rule,
    subject,
)  # fmt: skip

_QUEUE = """
resource "aws_sqs_queue" "orders" {{
  name = "orders"
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect       = "{effect}"
      Action       = "sqs:SendMessage"
      Resource     = "arn:aws:sqs:eu-west-1:111111111111:orders"
      NotPrincipal = {{ AWS = "arn:aws:iam::111111111111:role/intern" }}{mark}
      Condition    = {{ {condition} }}
    }}]
  }})
}}
"""


def _queue(effect: str = "Allow", mark: str = "", condition: str = "") -> dict[str, str]:
    return {"infra/main.tf": _QUEUE.format(effect=effect, mark=mark, condition=condition)}


@rule(
    id="IAM110",
    name="allow-with-not-principal",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: IAM JSON policy elements: NotPrincipal"],
    bad=[
        Example("everybody in the world but one role", _queue(mark=" # <- IAM110")),
        Example("a condition that everybody can meet", _queue(mark=" # <- IAM110", condition='Bool = { "aws:SecureTransport" = "true" }')),
    ],
    good=[
        Example("a deny for everybody but", _queue(effect="Deny")),
        Example("within one organization", _queue(condition='StringEquals = { "aws:PrincipalOrgID" = "o-acme123456" }')),
    ],
)  # fmt: skip
def allow_with_not_principal(graph: AccessGraph) -> Iterator[Finding]:
    """A resource or trust policy allows everybody but a list.

    Everybody is meant literally: every principal of every AWS account, and callers without credentials. AWS advises to use
    `NotPrincipal` with `Deny` only, and refuses it in trust policies.

    ## What to do instead

    Name under `Principal` who may.

    ## What this rule does not see

    Statements with a condition on the caller's organization, account, ARN or tags, or on where the request comes from.
    """
    for statement in graph.statements(Effect.ALLOW, PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.ENDPOINT):
        if not statement.principals_negated or not statement.principals or statement.opaque is not None:
            continue
        if any(condition.key.lower() not in _MET_BY_ALL for condition in statement.conditions):
            continue
        yield Finding(
            "this statement allows everybody in the world but those whom it names",
            at=statement.place(*statement.principals[0].route),
            help="name under `Principal` who may",
            subject=subject(statement),
        )


_MET_BY_ALL = ("aws:securetransport", "aws:currenttime", "aws:epochtime", "s3:tlsversion", "aws:useragent", "aws:referer")
