"""IAM115 grant-given-twice."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Node, NodeKind, Policy, Severity, given_twice, key, rule

_ROLE = """
resource "aws_iam_role" "reports" {{
  name = "reports"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "lambda.amazonaws.com" }} }}]
  }})
}}
resource "aws_iam_role_policy_attachment" "all" {{
  role       = aws_iam_role.reports.name
  policy_arn = "arn:aws:iam::aws:policy/{policy}"
}}
resource "aws_iam_role_policy" "own" {{ {mark}
  role   = aws_iam_role.reports.name
  name   = "own"
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{statements}]
  }})
}}
"""
_READ = '{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/*" }'
_DENY = '{ Effect = "Deny", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/private/*" }'


def _role(policy: str, statements: str, mark: str = "") -> dict[str, str]:
    return {"infra/main.tf": _ROLE.format(policy=policy, statements=statements, mark=mark)}


def _function(line: str) -> dict[str, str]:
    return {"api/template.yaml": f"""
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Orders:
            Type: AWS::Serverless::Function
            Properties:
              FunctionName: orders
              {line}
        """}  # fmt: skip


_USER = """
resource "aws_iam_group" "readers" {
  name = "readers"
}
resource "aws_iam_group_policy_attachment" "readers" {
  group      = aws_iam_group.readers.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}
resource "aws_iam_user" "exporter" {
  name = "exporter"
}
resource "aws_iam_user_group_membership" "exporter" {
  user   = aws_iam_user.exporter.name
  groups = [aws_iam_group.readers.name]
}
resource "aws_iam_user_policy" "exporter" { # <- IAM115
  user   = aws_iam_user.exporter.name
  name   = "exporter"
  policy = jsonencode({ Version = "2012-10-17", Statement = [READ] })
}
"""


@rule(
    id="IAM115",
    name="grant-given-twice",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: Security best practices in IAM", "IAM User Guide: Policy evaluation logic"],
    bad=[
        Example("a policy of one's own under one that gives all of it", _role("AmazonS3FullAccess", _READ, "# <- IAM115")),
        Example("the group of a user gives it already", {"infra/main.tf": _USER.replace("READ", _READ)}),
        Example("one policy twice", {"infra/main.tf": """
            resource "aws_iam_role_policy_attachment" "first" {
              role       = "reports"
              policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" # <- IAM115
            }
            resource "aws_iam_role_policy_attachment" "second" {
              role       = aws_iam_role.reports.name
              policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
            }
            resource "aws_iam_role" "reports" {
              name               = "reports"
              assume_role_policy = "{}"
            }
            """}),
        Example("two inline policies of one name, one of which was meant for another role", {"infra/main.tf": """
            resource "aws_iam_role" "reports" {
              name               = "reports"
              assume_role_policy = "{}"
            }
            resource "aws_iam_role_policy" "first" { # <- IAM115
              name   = "kms"
              role   = aws_iam_role.reports.name
              policy = jsonencode({ Version = "2012-10-17", Statement = [READ] })
            }
            resource "aws_iam_role_policy" "second" {
              name   = "kms"
              role   = aws_iam_role.reports.name
              policy = jsonencode({ Version = "2012-10-17", Statement = [READ] })
            }
            """.replace("READ", _READ)}),
        Example("a policy of one's own under what SAM gives to every function", _function(
            'Policies: [{Statement: {Effect: Allow, Action: "logs:CreateLogGroup", Resource: "*"}}]  # <- IAM115')),
    ],
    good=[
        Example("a policy that adds something", _role(
            "AmazonS3ReadOnlyAccess", _READ.replace("GetObject", "PutObject"))),
        Example("a policy that takes something back", _role("AmazonS3FullAccess", f"{_READ}, {_DENY}")),
        Example("a resource that nobody knows yet", {"infra/variables.tf": 'variable "bucket" {}\n', **_role(
            "AmazonSQSFullAccess", _READ.replace("reports/*", "${var.bucket}/*"))}),
        Example("what SAM gives to every function", _function(
            "Events: {Order: {Type: SQS, Properties: {Queue: arn:aws:sqs:eu-west-1:111111111111:orders}}}")),
    ],
)  # fmt: skip
def grant_given_twice(graph: AccessGraph) -> Iterator[Finding]:
    """A role or user has a policy that adds nothing to its other policies.

    Who takes that policy away believes that the access is gone, and it is not: the other policies give it too. Decided over
    everything that the holder has together, the policies of a user's groups included, with conditions and denies.

    ## What to do instead

    Take away the wider policy, if the narrow one is what the work needs; else the narrow one.

    ## What this rule does not see

    Policies that the repository does not hold, policies with a deny, access that a resource's own policy gives, and policies
    that SAM attaches by itself.
    Statements that repeat each other within one policy are `redundant-statement`.
    """
    for found in given_twice(graph):
        first, more = found.others[0], len(found.others) - 1
        by = f"`{_name(first)}` gives all of it" if not more else f"its {more + 1} other policies together give all of it"
        is_same = not more and first.arn is not None and first.arn == found.policy.arn
        message = f"`{_name(found.policy)}` adds nothing to what `{found.holder.name}` may do: {by}"
        if is_same:
            message = f"`{_name(found.policy)}` is given to `{found.holder.name}` twice"
        elif not more and _are_one(found.policy, first, found.holder):
            message = f"`{found.holder.name}` has two inline policies called `{_name(first)}`, of which AWS keeps one"
        yield Finding(
            message,
            at=found.place,
            because=[
                (other.place, "here too" if is_same else f"`{_name(other)}` gives it")
                for other in found.others
                if other.place.path
            ][:5],
            help="give it once" if is_same else "take away the wider policy, or this one",
            subject=f"{found.holder.id} {found.policy.ref}",
        )


def _are_one(policy: Policy, other: Policy, holder: Node) -> bool:
    """Return whether two inline policies of a role have one name: the second that is put takes the place of the first."""
    is_inline = policy.arn is None and other.arn is None and isinstance(policy.name, str)
    return is_inline and holder.kind is NodeKind.ROLE and policy.name == other.name


def _name(policy: Policy) -> str:
    return key(policy.name) if policy.name else policy.ref
