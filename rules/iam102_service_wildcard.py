"""IAM102 service-wildcard."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Effect,
    Example,
    Finding,
    PolicyKind,
    Severity,
    action_lists,
    every_resource_index,
    expand,
    governed,
    is_unlimited,
    lost_by_all,
    rule,
    subject,
    taken_back,
)  # fmt: skip


@rule(
    id="IAM102",
    name="service-wildcard",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: Grant least privilege access"],
    bad=[
        Example("all of S3, everywhere", {"policies/uploads.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action:
                  - sqs:SendMessage
                  - s3:*  # <- IAM102
                Resource: "*"
            """}),
        Example("under a condition that everybody meets", {"policies/uploads.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: s3:*  # <- IAM102
                Resource: "*"
                Condition: {Bool: {"aws:SecureTransport": "true"}}
            """}),
        Example("in a policy document of Terraform", {"infra/main.tf": """
            data "aws_iam_policy_document" "uploads" {
              statement {
                actions   = ["S3:*"] # <- IAM102
                resources = ["*"]
              }
            }
            resource "aws_iam_policy" "uploads" {
              name   = "uploads"
              policy = data.aws_iam_policy_document.uploads.json
            }
            """}),
    ],
    good=[
        Example("all of S3, in one bucket", {"policies/bucket.yaml": """
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "s3:*", Resource: ["arn:aws:s3:::acme-reports", "arn:aws:s3:::acme-reports/*"]}
            """}),
        Example("one kind of action", {"policies/read.yaml": """
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "s3:Get*", Resource: "*"}
            """}),
        Example("the same policy takes all of it back", {"policies/no-s3.yaml": """
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "s3:*", Resource: "*"}
              - {Effect: Deny, Action: "s3:*", Resource: "*"}
            """}),
        Example("a guard rail names what it leaves open", {"scp/allowed-services.yaml": """
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: ["s3:*", "ec2:*"], Resource: "*"}
            """}),
    ],
)  # fmt: skip
def service_wildcard(graph: AccessGraph) -> Iterator[Finding]:
    """A statement allows every action of a service on every resource.

    Most services mix reading, writing and the management of permissions under one prefix, and new actions join it
    without anybody's review.

    ## What to do instead

    Name the actions, or at least a kind of them (`s3:Get*`), and the resources they are for.

    ## What this rule does not see

    A wildcard limited to named resources or by a condition, and a list of single actions that amounts to all of them.
    `Action: "*"` is `full-admin-statement`.
    """
    lists = action_lists(graph)
    for statement in graph.statements(Effect.ALLOW, PolicyKind.IDENTITY):
        listed = lists[statement]
        if not listed.odd or (listed.is_known and not listed.whole):
            continue
        if statement.actions_negated or not is_unlimited(statement) or every_resource_index(statement) is None:
            continue
        whole = [
            (number, pattern)
            for number, pattern in enumerate(statement.actions)
            if isinstance(pattern, str)
            and pattern[-1:] == "*"
            and _is_whole_service(pattern)
            and not taken_back(statement, expand(pattern))
            and not lost_by_all(graph, statement.policy, expand(pattern))
        ]
        if not whole:
            continue
        number, pattern = whole[0]
        more = f", and {len(whole) - 1} more like it do so" if len(whole) > 1 else ""
        further = [(statement.action_place(at), f"so does `{other}`") for at, other in whole[1:_SHOWN]]
        yield Finding(
            f"`{pattern}` allows every action of `{pattern.partition(':')[0].lower()}` on every resource{more}",
            at=statement.action_place(number),
            because=[*further, *governed(graph, statement.policy)],
            help="name the actions that are needed, and the resources",
            subject=f"{subject(statement)} {pattern}",
        )


_SHOWN = 6


def _is_whole_service(pattern: str) -> bool:
    service, colon, name = pattern.partition(":")
    return bool(colon) and bool(name) and not name.strip("*") and not set(service) & {"*", "?"}
