"""ACME101: production roles that no team answers for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamlint.rulekit import AccessGraph, Example, Finding, NodeKind, Severity, rule


@dataclass(frozen=True)
class Options:
    """Options of ACME101."""

    environments: tuple[str, ...] = ("prod",)
    """Environments in which every role needs a team."""


@rule(
    id="ACME101",
    name="role-without-team",
    severity=Severity.WARNING,
    since="1.0.0",
    options=Options(),
    bad=[
        Example(
            "a production role without a team tag",
            {
                "roles.tf": """
                resource "aws_iam_role" "app" { # <- ACME101
                  name               = "app"
                  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
                  tags               = { Environment = "prod" }
                }
                """,
            },
        ),
    ],
    good=[
        Example(
            "the tag names the team",
            {
                "roles.tf": """
                resource "aws_iam_role" "app" {
                  name               = "app"
                  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
                  tags               = { Environment = "prod", team = "checkout" }
                }
                """,
            },
        ),
        Example(
            "a development role needs no team",
            {
                "roles.tf": """
                resource "aws_iam_role" "app" {
                  name               = "app"
                  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
                  tags               = { Environment = "dev" }
                }
                """,
            },
        ),
    ],
)
def role_without_team(graph: AccessGraph, options: Options) -> Iterator[Finding]:
    """A role of a guarded environment belongs to no team.

    When the role turns up in an incident, nobody knows whom to call, and nobody removes it when its service is gone.

    ## What to do instead

    Tag the role with `team`, or give its account a team in the manifest.

    ## What this rule does not see

    A team that is named but was dissolved.
    """
    for node in graph.nodes(NodeKind.ROLE):
        if node.place is None or node.team is not None or node.environment is None:
            continue
        if node.environment.value in options.environments:
            message = f"role `{node.name}` of environment `{node.environment.value}` belongs to no team"
            yield Finding(message, node.place, help="tag the role with `team`", subject=node.id)
