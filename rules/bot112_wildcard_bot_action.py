"""BOT112 wildcard-bot-action."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Certainty,
    Confidence,
    Edge,
    EdgeKind,
    Effect,
    Example,
    Finding,
    Node,
    NodeKind,
    PolicyKind,
    Severity,
    Statement,
    catalogue,
    every_resource_index,
    expand,
    place_of,
    rule,
    subject,
    taken_back,
)  # fmt: skip

_ROLE = """
    resource "aws_iam_openid_connect_provider" "github" {{
      url            = "https://token.actions.githubusercontent.com"
      client_id_list = ["sts.amazonaws.com"]
    }}
    resource "aws_iam_role" "deploy" {{
      name = "deploy"
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{
          Effect    = "Allow"
          Action    = "{trust}"
          Principal = {{ {principal} }}
          Condition = {{ StringEquals = {{
            "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
            "token.actions.githubusercontent.com:sub" = "repo:acme/site:environment:prod"
          }} }}
        }}]
      }})
    }}
    resource "aws_iam_role_policy" "deploy" {{
      name = "deploy"
      role = aws_iam_role.deploy.id
      policy = jsonencode({{
        Version = "2012-10-17"
        Statement = [{{
          Effect   = "Allow"
          Action   = [
            {action}
          ]
          Resource = "{resource}"
        }}]
      }})
    }}
    """
_BOT = ("sts:AssumeRoleWithWebIdentity", "Federated = aws_iam_openid_connect_provider.github.arn")


def _role(action: str, resource: str = "arn:aws:s3:::acme-site/*", trust: tuple[str, str] = _BOT) -> dict[str, str]:
    return {"infra/main.tf": _ROLE.format(action=action, resource=resource, trust=trust[0], principal=trust[1])}


@rule(
    id="BOT112",
    name="wildcard-bot-action",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["AWS IAM User Guide: Security best practices in IAM", "OWASP Top 10 CI/CD Security Risks: CICD-SEC-5"],
    bad=[
        Example("a pipeline may do everything to its bucket", _role('"s3:*", # <- BOT112')),
        Example("every action, on one kind of thing", _role('"*", # <- BOT112')),
    ],
    good=[
        Example("the actions are named", _role('"s3:PutObject", "s3:DeleteObject",')),
        Example("a pattern within a service", _role('"s3:Get*",')),
        Example("every resource is IAM102's", _role('"s3:*",', "*")),
        Example("no bot runs as the role", _role('"s3:*",', trust=("sts:AssumeRole", 'Service = "ec2.amazonaws.com"'))),
        Example("a bot that is not known", _role('"s3:*",', trust=(
            "sts:AssumeRole", 'AWS = "arn:aws:iam::111111111111:root"'))),
    ],
)  # fmt: skip
def wildcard_bot_action(graph: AccessGraph) -> Iterator[Finding]:
    """A bot's role allows every action of a service.

    A bot does the same few things every day, so its actions can be named. What the wildcard brings beside them (change the
    bucket's policy, delete it, switch its log off) is for whoever gets a job to run.

    ## What to do instead

    Name the actions that the job calls; the last days of CloudTrail or Access Analyzer list them.

    ## What this rule does not see

    Wildcards on every resource (IAM101, IAM102), patterns within a service (`s3:Get*`), and roles of which nothing says that
    a bot runs as them. No vendor of telemetry has patterns of actions: what a bot's token may do there beyond its use is the
    matter of BOT101.
    """
    bots: dict[int, Edge] = {}
    for edge in graph.edges(EdgeKind.MAY_ASSUME):
        if edge.source.kind is NodeKind.BOT and edge.certainty is not Certainty.UNKNOWN:
            bots.setdefault(edge.target.number, edge)
    if not bots:
        return
    for statement in graph.statements(Effect.ALLOW, PolicyKind.IDENTITY):
        index = _whole_service(statement)
        if index is None or every_resource_index(statement) is not None:
            continue
        pattern = str(statement.actions[index])
        bits = expand(pattern)
        roles: list[Node] = [node for node in graph.attached_to(statement.policy) if node.number in bots]
        if not roles or taken_back(statement, bits):
            continue
        run = bots[roles[0].number]
        harm = _worst(bits)
        yield Finding(
            f"`{run.source.id}` may do `{pattern}`{f', which includes `{harm}`' if harm else ''}",
            at=statement.action_place(index),
            because=[(place_of(run), f"`{run.source.id}` {run.reason}: `{roles[0].name}`")],
            help="name the actions that the bot calls",
            subject=subject(statement),
        )


def _whole_service(statement: Statement) -> int | None:
    if statement.actions_negated:
        return None
    for index, action in enumerate(statement.actions):
        if isinstance(action, str) and (action == "*" or action.partition(":")[2] == "*"):
            return index
    return None


def _worst(bits: int) -> str:
    """Return an action that manages permissions, if a pattern covers one of them."""
    for name in catalogue().names(bits) if bits.bit_count() < 2000 else ():
        if catalogue().access_level(name) == "Permissions management":
            return name
    return ""
