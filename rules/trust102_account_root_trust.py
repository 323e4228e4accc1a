"""TRUST102 account-root-trust."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Certainty,
    Confidence,
    EdgeKind,
    Example,
    Finding,
    Node,
    NodeKind,
    Severity,
    account_trusts,
    key,
    rule,
)  # fmt: skip

_SECRET = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    organization: acme
    projects:
      - {name: checkout-prod, owner: checkout}
    credentials:
      - name: checkout
        kind: access-token
        project: checkout-prod
        use: ingest
        stored_in: ["arn:aws:secretsmanager:eu-west-1:333333333333:secret:lightstep/checkout-AbCdEf"]
    """

_ROLE = """
    provider "aws" {{
      allowed_account_ids = ["333333333333"]
    }}
    resource "aws_iam_role" "tracing" {{
      name = "tracing"
      assume_role_policy = jsonencode({{
        Version = "2012-10-17"
        Statement = [{{
          Effect    = "Allow"
          Action    = "sts:AssumeRole"
          Principal = {{ AWS = {principal} }}{mark}
          Condition = {{ {condition} }}
        }}]
      }})
    }}
    resource "aws_iam_role_policy" "tracing" {{
      name = "token"
      role = aws_iam_role.tracing.id
      policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{ Effect = "Allow", Action = "{action}", Resource = "*" }}]
      }})
    }}
    """


def _estate(principal: str, action: str = "secretsmanager:GetSecretValue", condition: str = "", mark: str = "") -> dict[str, str]:
    role = _ROLE.format(principal=principal, action=action, condition=condition, mark=mark)
    return {"access/telemetry.access.yaml": _SECRET, "infra/main.tf": role}


@rule(
    id="TRUST102",
    name="account-root-trust",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: AWS JSON policy elements: Principal, AWS account principals"],
    bad=[
        Example("a role that reads a telemetry token trusts its whole account", _estate(
            '"arn:aws:iam::333333333333:root"', mark=" # <- TRUST102")),
        Example("twelve digits mean the same", _estate('["444444444444"]', mark=" # <- TRUST102")),
    ],
    good=[
        Example("one role", _estate('"arn:aws:iam::333333333333:role/collector"')),
        Example("the account, narrowed to its collectors", _estate(
            '"arn:aws:iam::333333333333:root"', condition='ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::333333333333:role/collector-*" }')),
        Example("a role that leads to no telemetry and serves no bot", _estate(
            '"arn:aws:iam::333333333333:root"', action="s3:ListAllMyBuckets")),
    ],
)  # fmt: skip
def account_root_trust(graph: AccessGraph) -> Iterator[Finding]:
    """A tracing or bot role trusts a whole AWS account instead of the workload that uses it.

    `arn:aws:iam::…:root` (or the twelve digits) hands the decision to every administrator of that account: each policy there
    that allows `sts:AssumeRole` widely opens this role, and no review here sees it. A role counts when it leads to a
    telemetry project or credential, or when a bot may assume it.

    ## What to do instead

    Name the role or user that needs it, or narrow the account with `aws:PrincipalArn`, `aws:PrincipalTag` or, for another
    company's account, `sts:ExternalId`.

    ## What this rule does not see

    Roles of people, for which delegation to the account is usual; conditions that keep the answer open.
    """
    for trust in account_trusts(graph.estate.all(AwsRole)):
        role = graph.node(f"role:{key(trust.role.arn)}")
        why = _bot_or_tracing(graph, role) if role is not None else ""
        if why:
            yield Finding(
                f"`{key(trust.role.name)}` trusts the whole account `{trust.account}`, and {why}",
                at=trust.place,
                because=[(trust.role.place, "the role")],
                help="name the role or user that needs it, or add a condition on `aws:PrincipalArn`",
                subject=f"{trust.account} {key(trust.role.arn)}",
            )


def _bot_or_tracing(graph: AccessGraph, role: Node) -> str:
    for reached in graph.reach(role):
        if reached.node.kind in (NodeKind.CREDENTIAL, NodeKind.PROJECT) and reached.certainty is not Certainty.UNKNOWN:
            return f"leads to `{reached.node.id}`"
    for edge in graph.in_edges(role, EdgeKind.MAY_ASSUME):
        if edge.source.kind is NodeKind.BOT and edge.certainty is not Certainty.UNKNOWN:
            return f"serves `{edge.source.id}`"
    return ""
