"""A small estate in text, and rules that find something in it, for the tests of reports."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.lint.settings import LoadedRule
from iamlint.project.memory import memory_session
from iamlint.report.run import RunReport
from iamlint.rulekit import AccessGraph, Confidence, Edge, Example, Finding, NodeKind, Severity, rule

OPS = """\
{
\t"Version": "2012-10-17",
\t"Statement": [
\t\t{"Sid": "Ops😀", "Effect": "Allow", "Action": "*", "Resource": "*"},
\t\t{"Sid": "Quiet", "Effect": "Allow", "Action": ["s3:GetObject", "*"], "Resource": "*"}
\t]
}
"""

EVERYTHING = """\
Version: "2012-10-17"
Statement:
  # iamlint: ignore[EX101] the break-glass policy, attached to nobody
  - {Effect: Allow, Action: "*", Resource: "*"}
"""

ACCESS = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects:
  - {name: checkout-prod, environment: prod, owner: checkout}
mappings:
  - attribute: member_of
    value: eng-checkout
    organization_role: Organization Restricted Member
    project_roles:
      checkout-prod: Project Viewer
---
apiVersion: iamlint/v1
kind: Identities
provider: okta
users: [{email: alice@acme.example, status: active, groups: [eng-checkout]}]
groups: [{name: eng-checkout, team: checkout, members: [alice@acme.example]}]
"""

MAIN = """\
variable "bucket" {}

resource "aws_iam_policy" "app" {
  name   = "app"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = var.bucket, password = "hunter2-hunter2" }] })
}
"""

FILES = {
    "policies/ops.json": OPS,
    "policies/everything.yaml": EVERYTHING,
    "access/telemetry.access.yaml": ACCESS,
    "infra/main.tf": MAIN,
}

_NOTHING = (Example("an action by name", {"policies/a.yaml": 'Version: "2012-10-17"\nStatement: []\n'}),)


@rule(
    id="EX101",
    name="every-action",
    severity=Severity.ERROR,
    since="0.1.0",
    bad=[Example("a star", {"policies/a.yaml": EVERYTHING})],
    good=_NOTHING,
    references=["IAM User Guide: IAM JSON policy elements: Action"],
)
def every_action(graph: AccessGraph) -> Iterator[Finding]:
    """A statement names every action.

    Whoever holds this policy may do everything on its resources.

    ## What to do instead

    Name the actions.

    ## What this rule does not see

    Two statements that only together name everything.
    """
    for statement in graph.statements():
        for number, action in enumerate(statement.actions):
            if action == "*":
                yield Finding(
                    "statement names every action, written `*`",
                    at=statement.action_place(number),
                    because=[(statement.place("Effect"), "it allows"), (statement.resource_place(0), "on `*` | <all> of 100%")],
                    help="name the actions, one by one",
                )


@rule(
    id="EX102",
    name="reached-project",
    severity=Severity.NOTE,
    confidence=Confidence.LOW,
    since="0.1.0",
    bad=_NOTHING,
    good=_NOTHING,
    status="preview",
)
def reached_project(graph: AccessGraph) -> Iterator[Finding]:
    """A person reaches a telemetry project."""
    for user in graph.nodes(NodeKind.USER):
        for reached in graph.reach(user):
            if reached.node.kind is NodeKind.PROJECT and user.place is not None:
                edges: list[Edge] = [edge for edge in reached.path if edge.place is not None]
                because = [(edge.place, f"`{edge.source.id}` {edge.reason}") for edge in edges if edge.place is not None]
                yield Finding(f"`{user.id}` reaches `{reached.node.id}`", user.place, because, subject=user.id)


RULES = (every_action, reached_project)


def report(files: dict[str, str] | None = None, rules: tuple[object, ...] = RULES) -> RunReport:
    """Return the report of a run over these files, with versions and a count that do not change."""
    session = memory_session(FILES if files is None else files)
    session.rules = [LoadedRule(item, "iamlint") for item in rules]  # type: ignore[arg-type]
    session.options = session.options._replace(select=("ALL", "EX102"))
    made = session.check()
    coverage = made.coverage._replace(resolved=10)  # how reports look does not depend on how much a parser counts
    return made._replace(coverage=coverage, tool_version="1.2.3", catalogue_version="0.0.1", elapsed=None)
