"""IAM112 policy-on-user."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Attachment,
    Confidence,
    Example,
    Finding,
    Layer,
    Severity,
    key,
    last_name,
    rule,
)  # fmt: skip

_USER = 'resource "aws_iam_user" "anna" {\n  name = "anna"\n}\n'
_DOCUMENT = 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::a/*" }] })'


@rule(
    id="IAM112",
    name="policy-on-user",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: Managed policies and inline policies"],
    bad=[
        Example("an inline policy", {"infra/main.tf": _USER + f"""
resource "aws_iam_user_policy" "anna" {{ # <- IAM112
  user   = aws_iam_user.anna.name
  policy = {_DOCUMENT}
}}
"""}),
        Example("a managed policy of which a list says who has it", {"infra/main.tf": _USER + """
resource "aws_iam_policy_attachment" "read" {
  name       = "read"
  users      = [aws_iam_user.anna.name]
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess" # <- IAM112
}
"""}),
        Example("a managed policy", {"infra/main.tf": _USER + """
resource "aws_iam_user_policy_attachment" "read" {
  user       = aws_iam_user.anna.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess" # <- IAM112
}
"""}),
    ],
    good=[
        Example("on a group", {"infra/main.tf": f"""
resource "aws_iam_group" "readers" {{
  name = "readers"
}}
resource "aws_iam_group_policy" "readers" {{
  group  = aws_iam_group.readers.name
  policy = {_DOCUMENT}
}}
"""}),
        Example("a boundary limits and grants nothing", {"infra/main.tf": """
resource "aws_iam_user" "anna" {
  name                 = "anna"
  permissions_boundary = "arn:aws:iam::111111111111:policy/boundary"
}
"""}),
    ],
)  # fmt: skip
def policy_on_user(graph: AccessGraph) -> Iterator[Finding]:
    """A policy is attached to a user directly.

    Permissions of single users are reviewed by nobody: they stay when the person changes teams, and the next one gets a
    copy of them.

    ## What to do instead

    Attach the policy to a group or, better, to a role that the user may assume.

    ## What this rule does not see

    Permissions boundaries, which belong on users.
    """
    for attachment in graph.estate.all(Attachment):
        if attachment.target_kind != "user" or attachment.layer is not Layer.IDENTITY:
            continue
        policy = f"the policy `{last_name(attachment.policy_arn)}`" if attachment.policy_arn is not None else "an inline policy"
        yield Finding(
            f"the user `{key(attachment.target)}` has {policy} directly",
            at=attachment.place,
            because=[(attachment.policy.place, "the policy")] if attachment.policy is not None else [],
            help="attach it to a group, or to a role that the user may assume",
            subject=f"{key(attachment.target)} {key(attachment.policy_arn) if attachment.policy_arn is not None else ''}",
        )
