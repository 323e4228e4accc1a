"""IAM101 full-admin-statement."""

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
    every_action_index,
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
    id="IAM101",
    name="full-admin-statement",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: Security best practices in IAM, Apply least-privilege permissions"],
    bad=[
        Example("a star on both sides of an Allow", {"policies/operations.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: "*"  # <- IAM101
                Resource: "*"
            """}),
        Example("the star stands among other actions, in Terraform", {"infra/prod/main.tf": """
            resource "aws_iam_policy" "ops" {
              name = "ops"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect   = "Allow"
                  Action   = ["s3:GetObject", "*"] # <- IAM101
                  Resource = ["*"]
                }]
              })
            }
            """}),
        Example("a deny of one action leaves an administrator", {"policies/almost.yaml": """
            Version: "2012-10-17"
            Statement:
              - {Effect: Deny, Action: "s3:DeleteBucket", Resource: "*"}
              - Effect: Allow
                Action: "*"  # <- IAM101
                Resource: "*"
            """}),
        Example("under a condition that everybody meets", {"policies/tls.yaml": """
Version: "2012-10-17"
Statement:
  - Effect: Allow
    Action: "*"  # <- IAM101
    Resource: "*"
    Condition: {Bool: {"aws:SecureTransport": "true"}}
"""}),
    ],
    good=[
        Example("a star in a Deny takes access away", {"policies/freeze.yaml": """
            Version: "2012-10-17"
            Statement:
              - {Effect: Deny, Action: "*", Resource: "*"}
            """}),
        Example("every action on one resource", {"policies/bucket.yaml": """
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "*", Resource: "arn:aws:s3:::acme-reports/*"}
            """}),
        Example("a deny in the same policy takes permissions management back", {"policies/power.yaml": """
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "*", Resource: "*"}
              - {Effect: Deny, Action: ["iam:*", "organizations:*"], Resource: "*"}
            """}),
        Example("a deny in another policy of everybody who has it", {"infra/main.tf": """
            resource "aws_iam_user" "drill" {
              name = "drill"
            }
            resource "aws_iam_user_policy" "everything" {
              user   = aws_iam_user.drill.name
              policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
            }
            resource "aws_iam_user_policy" "nothing" {
              user   = aws_iam_user.drill.name
              policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }] })
            }
            """}),
        Example("a boundary sets a ceiling and grants nothing", {"boundaries/everything-boundary.yaml": """
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "*", Resource: "*"}
            """}),
        Example("limited by a condition", {"policies/tagged.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: "*"
                Resource: "*"
                Condition: {StringEquals: {"aws:ResourceTag/team": checkout}}
            """}),
    ],
)  # fmt: skip
def full_admin_statement(graph: AccessGraph) -> Iterator[Finding]:
    """One statement allows every action on every resource.

    Whoever holds this policy is an administrator, whatever the policy is called, so a review that goes by names misses
    it. The finding names the roles, users and groups that end up with the policy, as far as the repository shows them.

    ## What to do instead

    Name the actions that the work needs. If an administrator is meant, attach `AdministratorAccess`, so that the intent
    is visible and AWS keeps the list.

    ## What this rule does not see

    Two statements that only together cover everything, and a statement limited by a condition (that a
    connection is encrypted limits nobody). A statement of which a
    deny in the same policy, or in another policy of everybody who has it, takes back every `iam` action is no administrator's
    and stays silent.
    """
    lists = action_lists(graph)
    for statement in graph.statements(Effect.ALLOW, PolicyKind.IDENTITY):
        if not lists[statement].odd:  # names of single actions alone
            continue
        action, resource = every_action_index(statement), every_resource_index(statement)
        if action is None or resource is None or not is_unlimited(statement):
            continue
        if taken_back(statement, expand("iam:*")) or lost_by_all(graph, statement.policy, expand("iam:*")):
            continue
        yield Finding(
            "this statement allows every action on every resource",
            at=statement.action_place(action),
            because=[(statement.resource_place(resource), "on every resource"), *governed(graph, statement.policy)],
            help="name the actions and resources that are needed, or attach `AdministratorAccess` if an administrator is meant",
            subject=subject(statement),
        )
