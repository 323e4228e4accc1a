"""ENV102 cross-environment-trust."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Certainty,
    Confidence,
    EdgeKind,
    Example,
    Finding,
    Label,
    Node,
    NodeKind,
    Place,
    Severity,
    account_trusts,
    key,
    rule,
)  # fmt: skip

_ACCOUNTS = """
    apiVersion: iamlint/v1
    kind: Accounts
    accounts:
      - {id: "111111111111", name: acme-dev, environment: dev}
      - {id: "333333333333", name: acme-prod, environment: prod}
    """

_ROLE = """
    provider "aws" {{
      allowed_account_ids = ["333333333333"]
    }}
    resource "aws_iam_role" "migrator" {{
      name        = "ledger-migrator"
      description = "{description}"
      assume_role_policy = jsonencode({{
        Version = "2012-10-17"
        Statement = [{{
          Effect    = "Allow"
          Action    = "sts:AssumeRole"
          Principal = {{ AWS = "arn:aws:iam::{account}:{who}" }}{mark}
          Condition = {{ {condition} }}
        }}]
      }})
    }}
    """


def _estate(
    account: str, who: str = "role/payments", condition: str = "", mark: str = "", description: str = ""
) -> dict[str, str]:
    role = _ROLE.format(account=account, who=who, condition=condition, mark=mark, description=description)
    return {"access/accounts.access.yaml": _ACCOUNTS, "infra/ledger/main.tf": role}


@rule(
    id="ENV102",
    name="cross-environment-trust",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["AWS Whitepaper: Organizing Your AWS Environment Using Multiple Accounts"],
    bad=[
        Example("production trusts a role of the development account", _estate("111111111111", mark=" # <- ENV102")),
        Example("production trusts the whole development account", _estate("111111111111", "root", mark=" # <- ENV102")),
    ],
    good=[
        Example("a role of the same environment", _estate("333333333333")),
        Example("a condition that nobody of the other account can meet", _estate(
            "111111111111", condition='StringEquals = { "aws:PrincipalAccount" = "333333333333" }')),
        Example("an account of no known environment", _estate("999999999999")),
        Example("what a vendor calls prod is the vendor's", _estate("999999999999", "role/dev-us1-scanner")),
        Example("the description names another environment", _estate("333333333333", description="moves the ledger from dev")),
    ],
)  # fmt: skip
def cross_environment_trust(graph: AccessGraph) -> Iterator[Finding]:
    """A role's trust policy lets in a principal of another environment.

    Whoever is compromised there continues here: the separation of the accounts ends at this line. Decided by evaluation,
    so a condition or deny that keeps the principal out keeps this rule silent.

    ## What to do instead

    Let each environment have its own identity, or go through a shared account that belongs to no environment and is guarded
    as the strictest.

    ## What this rule does not see

    Principals and roles whose environment nothing tells (`iamlint config --explain NODE`), and trust that hangs on what the
    repository does not hold. Longer ways into another environment are `cross-environment-reach`.
    """
    admitted: dict[tuple[Node, Place], list[Node]] = {}
    for edge in graph.edges(EdgeKind.MAY_ASSUME):
        place = edge.place or edge.target.place
        if place is not None and edge.certainty is not Certainty.UNKNOWN and edge.source.kind in _PRINCIPALS:
            admitted.setdefault((edge.target, place), []).append(edge.source)
    for trust in account_trusts(graph.estate.all(AwsRole)):
        account, role = graph.node(f"account:{trust.account}"), graph.node(f"role:{key(trust.role.arn)}")
        if account is not None and role is not None:
            admitted.setdefault((role, trust.place), []).append(account)
    for (role, place), principals in admitted.items():
        strangers = [node for node in dict.fromkeys(principals) if _is_elsewhere(node, role)]
        if strangers and role.environment is not None:
            yield _finding(role, role.environment, strangers, place)


_PRINCIPALS = (NodeKind.ROLE, NodeKind.USER, NodeKind.BOT)


def _is_elsewhere(principal: Node, role: Node) -> bool:
    return (
        principal.environment is not None
        and role.environment is not None
        and principal.environment.value != role.environment.value
    )


def _finding(role: Node, own: Label, strangers: list[Node], place: Place) -> Finding:
    first, more = strangers[0], len(strangers) - 1
    label = first.environment.value if first.environment is not None else ""
    because = [
        (node.environment.place or place, f"`{node.id}` belongs to `{node.environment.value}` ({node.environment.source})")
        for node in strangers[:5]
        if node.environment is not None
    ]
    return Finding(
        f"`{role.name}` of `{own.value}` may be assumed by `{first.id}` of `{label}`{f' and {more} more' if more else ''}",
        at=place,
        because=[*because, (own.place or place, f"`{role.id}` belongs to `{own.value}` ({own.source})")],
        help="give each environment its own identity, or narrow the principal by a condition",
        subject=role.id,
    )
