"""ENV101 cross-environment-reach."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Bot,
    Confidence,
    Edge,
    Example,
    Finding,
    Node,
    NodeKind,
    Place,
    Severity,
    borders,
    label_origins,
    path_because,
    rule,
)  # fmt: skip

_ACCOUNTS = """
    apiVersion: iamlint/v1
    kind: Accounts
    accounts:
      - {id: "111111111111", name: acme-dev, environment: dev}
      - {id: "333333333333", name: acme-prod, environment: prod}
    """
_TOKEN = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    organization: acme
    projects: [{name: checkout-prod, environment: prod, owner: checkout}]
    credentials:
      - name: checkout
        kind: access-token
        project: checkout-prod
        use: ingest
        stored_in: ["arn:aws:secretsmanager:eu-west-1:333333333333:secret:lightstep/checkout-AbCdEf"]
    """
_ROLE = """
    provider "aws" {{ allowed_account_ids = ["{account}"] }}
    resource "aws_iam_role" "app" {{
      name = "app"
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "ecs-tasks.amazonaws.com" }} }}]
      }})
    }}
    resource "aws_iam_role_policy" "app" {{
      name = "token"
      role = aws_iam_role.app.id
      policy = jsonencode({{ Version = "2012-10-17", Statement = [{statements}] }})
    }}
    """
_READ = (
    '{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", '
    'Resource = "arn:aws:secretsmanager:*:333333333333:secret:lightstep/*" }'
)


def _estate(account: str, *statements: str) -> dict[str, str]:
    role = _ROLE.format(account=account, statements=", ".join(statements))
    return {"access/accounts.access.yaml": _ACCOUNTS, "access/telemetry.access.yaml": _TOKEN, "infra/app/main.tf": role}


_CHAIN = """
    provider "aws" { allowed_account_ids = ["333333333333"] }
    resource "aws_iam_role" "deploy" {
      name = "deploy"
      assume_role_policy = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect    = "Allow"
          Action    = "sts:AssumeRole"
          Principal = { AWS = "arn:aws:iam::111111111111:role/app" } # <- ENV101
        }]
      })
    }
    """
_ASSUME = '{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::333333333333:role/deploy" }'
_DENY = '{ Effect = "Deny", Action = "sts:*", Resource = "*" }'


@rule(
    id="ENV101",
    name="cross-environment-reach",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["AWS Whitepaper: Organizing Your AWS Environment Using Multiple Accounts"],
    bad=[
        Example("a development role assumes a production role", {
            **_estate("111111111111", _ASSUME), "infra/deploy/main.tf": _CHAIN}),
        Example("one pipeline bot in two environments", {"access/all.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: lightstep
            organization: acme
            projects:
              - {name: checkout-dev, environment: dev, owner: checkout}
              - {name: checkout-prod, environment: prod, owner: checkout}
            credentials:
              - {name: ci-dev, kind: access-token, project: checkout-dev, use: ingest, held_by: ["bot:ci"]}
              - {name: ci-prod, kind: access-token, project: checkout-prod, use: ingest, held_by: ["bot:ci"]}
            ---
            apiVersion: iamlint/v1
            kind: Identities
            provider: okta
            bots:
              - {name: ci, team: checkout}  # <- ENV101
            """}),
    ],
    good=[
        Example("an allow taken back by a deny", {
            **_estate("111111111111", _ASSUME, _DENY), "infra/deploy/main.tf": _CHAIN.replace(" # <- ENV101", "")}),
        Example("a role of the same environment", _estate("333333333333", _READ)),
        Example("what a vendor calls prod is the vendor's", {
            **_estate("111111111111", _ASSUME.replace("333333333333:role/deploy", "999999999999:role/prod-intake"))}),
        Example("and what a vendor calls dev", {
            **_estate("333333333333", _READ), "infra/deploy/main.tf": _CHAIN.replace(
                "111111111111:role/app\" } # <- ENV101", "999999999999:role/dev-us1-scanner\" }")}),
        Example("the identity side alone opens nothing in another account", _estate("111111111111", _READ)),
    ],
)  # fmt: skip
def cross_environment_reach(graph: AccessGraph) -> Iterator[Finding]:
    """An identity of one environment reaches something of a stricter one, or a bot spans two environments.

    The finding stands where the border is crossed, and its path shows each step: membership, trust, permission, stored
    credential. A role that may read the secret in which a token lies, may do what the token may. Conditions, denies and
    both sides of an account's border are evaluated; layers that the repository does not hold are taken as open.

    ## What to do instead

    Cut the step that crosses: give each environment its own role, secret and token. Where people need several
    environments, let them go through one role for each.

    ## What this rule does not see

    Anything whose environment nothing tells (`iamlint config --explain NODE` shows what was looked at), and steps that hang
    on what the repository does not hold. People belong to no environment, and an agent that acts for people is measured
    against them.
    """
    for border in borders(graph.queries.environment_crossings()):
        source, target = border.source, border.targets[0]
        message = f"`{source.id}` of `{_label(source)}` reaches `{target.id}` of `{_label(target)}`{border.others()}"
        yield _finding(source, border.targets, border.path, message, border.at)
    for bot, nearest in graph.queries.spanning():
        if bot.environment is None and bot.kind is NodeKind.BOT and not _acts_for_people(bot):
            both = sorted(nearest.values(), key=lambda reached: reached.node.id)
            words = " and ".join(f"`{reached.node.id}` of `{_label(reached.node)}`" for reached in both)
            path = tuple(edge for reached in both for edge in reached.path)
            targets = tuple(reached.node for reached in both)
            yield _finding(bot, targets, path, f"`{bot.id}` reaches {words}", bot.place)


def _acts_for_people(bot: Node) -> bool:
    return any(isinstance(fact, Bot) and fact.kind == "agent" for fact in bot.facts)


def _label(node: Node) -> str:
    return node.environment.value if node.environment is not None else ""


def _finding(source: Node, targets: tuple[Node, ...], path: tuple[Edge, ...], message: str, at: Place | None) -> Finding:
    place = at or source.place or targets[0].place or Place("")
    further = [(target.place or place, f"and so does it reach `{target.id}` of `{_label(target)}`") for target in targets[1:6]]
    return Finding(
        message,
        at=place,
        because=[
            *path_because(path),
            *(further if at is not source.place else ()),
            *label_origins([(node, node.environment) for node in (source, targets[0])], place),
        ],
        help="give each environment its own identity, secret and token",
        subject=f"{source.id} {targets[0].id}",
    )
