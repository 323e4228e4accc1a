"""Environments and teams of nodes (semantics F1, F1a)."""

from __future__ import annotations

import pytest
from graphs import graph_of

from iamlint.graph.label_settings import DEFAULT_ENVIRONMENTS, CodeownersRule
from iamlint.graph.label_texts import OwnerRules, owns_path
from iamlint.graph.words import patterns, shown_in, words_of
from iamlint.source.place import Place

KNOWN = tuple(pattern for entry in DEFAULT_ENVIRONMENTS for pattern in patterns(entry.name, entry.patterns))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("checkout-prod", "prod"),
        ("prod", "prod"),
        ("CheckoutProd", "prod"),
        ("checkoutProdReader", "prod"),
        ("acme_production_eu1", "prod"),
        ("prod2", "prod"),
        ("PRD-deploy", "prod"),
        ("pre-prod", "staging"),
        ("preprod", "staging"),
        ("PreProd", "staging"),
        ("checkout-uat", "staging"),
        ("non-prod", None),
        ("nonprod", None),
        ("NonProd", None),
        ("not-prod", None),
        ("dev-to-prod-sync", None),  # shows two
        ("production-line-dev", None),
        ("product-catalogue", None),
        ("reproduce", None),
        ("contest", None),
        ("devices", None),
        ("DevOps", None),
        ("dev-ops-deployer", None),
        ("PassRoleToNewGlueDevEndpoint", None),
        ("modules/load-testing", None),
        ("tool-testing", None),
        ("ApiStageVariables", None),
        ("dev-deployer", "dev"),
        ("checkout-testing", "test"),
        ("checkout", None),
        ("app⟨infra/prod#var.suffix⟩", None),
        ("app-⟨infra/a#module.dev⟨infra/b#each.key⟩.name⟩", None),
        ("app-⟨infra/dev#var.suffix⟩-prod", "prod"),
        ("", None),
    ],
)
def test_the_environment_that_a_name_shows(name: str, expected: str | None) -> None:
    assert shown_in(name, KNOWN) == expected


def test_words_of_a_name() -> None:
    assert words_of("AWSProdRole-eu1_x") == ("aws", "prod", "role", "eu", "x")


def role(name: str, extra: str = "", description: str = "") -> str:
    return f"""
    resource "aws_iam_role" "r" {{
      name        = "{name}"
      description = "{description}"
      {extra}
      assume_role_policy = jsonencode({{
        Version = "2012-10-17"
        Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "ec2.amazonaws.com" }} }}]
      }})
    }}
    """


ACCOUNT = 'provider "aws" {\n  allowed_account_ids = ["111111111111"]\n}\n'
ACCOUNTS = """\
    apiVersion: iamlint/v1
    kind: Accounts
    accounts: [{id: "111111111111", name: acme-%s, environment: %s, team: checkout}]
    """


@pytest.mark.parametrize(
    ("files", "environment", "source"),
    [
        ({"infra/main.tf": role("app", 'tags = { Environment = "Production" }')}, "prod", "tag `Environment`"),
        ({"infra/main.tf": role("app", 'tags = { ENV = "dev" }')}, "dev", "tag `ENV`"),
        ({"infra/main.tf": role("app-prod", 'tags = { stage = "staging" }')}, "staging", "tag `stage`"),
        (
            {"infra/main.tf": ACCOUNT + role("app-dev"), "a.access.yaml": ACCOUNTS % ("prod", "prod")},
            "prod", "account `111111111111`",
        ),
        ({"infra/main.tf": role("app-prod")}, "prod", "name `app-prod`"),
        ({"infra/dev/main.tf": role("app-prod")}, "prod", "name `app-prod`"),
        ({"infra/prod/main.tf": role("app")}, "prod", "path `infra/prod`"),
        ({"envs/prod/tools-dev/main.tf": role("app")}, "dev", "path `envs/prod/tools-dev`"),
        ({"infra/prod.tf": role("app")}, "prod", "path `infra/prod.tf`"),
        ({"infra/test_roles.tf": role("app")}, None, None),
        ({"infra/main.tf": role("app", description="reads what prod writes")}, None, None),
        ({"infra/main.tf": role("app", 'tags = { Purpose = "prod" }')}, None, None),
        ({"infra/main.tf": role("app"), "iamlint.yaml": "inputs: {workspace: prod}\n"}, "prod", "workspace `prod`"),
    ],
)  # fmt: skip
def test_the_first_source_that_answers_labels_a_role(files: dict[str, str], environment: str | None, source: str | None) -> None:
    label = graph_of(files).find("role/" + ("app" if '"app"' in "".join(files.values()) else _name(files))).environment
    assert (label.value if label else None, label.source if label else None) == (environment, source)


def _name(files: dict[str, str]) -> str:
    text = "".join(files.values())
    return next(name for name in ("app-prod", "app-dev") if f'"{name}"' in text)


def test_explicit_labels_come_first_and_people_have_none() -> None:
    graph = graph_of({
        "prod/access.access.yaml": """\
            apiVersion: iamlint/v1
            kind: Identities
            provider: okta
            users: [{email: prod-oncall@acme.example, status: active, groups: [eng-prod]}]
            groups: [{name: eng-prod, environment: dev, team: checkout}]
            bots: [{name: "github/acme/prod-tools:environment:staging"}, {name: "github/acme/prod-tools:ref:refs/heads/main"}]
            """,
    })  # fmt: skip
    labels = {node.id: node.environment.value if node.environment else None for node in graph.nodes()}
    assert labels["group:okta/eng-prod"] == "dev"
    assert labels["user:prod-oncall@acme.example"] is None
    assert labels["bot:github/acme/prod-tools:environment:staging"] == "staging"
    assert labels["bot:github/acme/prod-tools:ref:refs/heads/main"] == "prod"  # the folder
    assert graph.find("group:okta/eng-prod").team is not None


def test_a_team_owns_the_groups_and_projects_that_it_lists() -> None:
    graph = graph_of({
        "teams.access.yaml": """\
            apiVersion: iamlint/v1
            kind: Teams
            teams: [{name: checkout, groups: [eng-checkout], projects: ["checkout-*"]}]
            ---
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: lightstep
            projects: [{name: checkout-prod}, {name: checkout-labs, owner: research}, {name: payments}]
            ---
            apiVersion: iamlint/v1
            kind: Identities
            provider: okta
            groups: [{name: eng-checkout}]
            """,
    })  # fmt: skip
    teams = {node.id: (node.team.value, node.team.source) for node in graph.nodes() if node.team}
    assert teams == {
        "group:okta/eng-checkout": ("checkout", "listed by team `checkout`"),
        "project:lightstep/checkout-prod": ("checkout", "listed by team `checkout`"),
        "project:lightstep/checkout-labs": ("research", "label `research`"),
    }
    checkout = graph.find("team:checkout")
    assert [edge.target.id for edge in graph.out_edges(checkout)] == [
        "group:okta/eng-checkout",
        "project:lightstep/checkout-prod",
    ]
    assert "team:checkout" in [item.node.id for item in graph.reach(graph.find("group:okta/eng-checkout"))]


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*", "a/b.tf", True),
        ("/infra/", "infra/x/y.tf", True),
        ("/infra/", "other/infra/y.tf", False),
        ("*.tf", "a/b.tf", True),
        ("docs/*", "docs/a", True),
        ("apps/", "x/apps/y.tf", True),
        ("apps/", "x/apps", False),
        ("docs", "a/docs/b.md", True),
        ("docs", "a/docs2/b.md", False),
        ("/docs", "docs/b.md", True),
        ("/docs/b.md", "docs/b.md", True),
        ("/docs/a", "docs/ab.md", False),
    ],
)
def test_codeowners(pattern: str, path: str, expected: bool) -> None:
    assert owns_path(pattern, path) is expected


LINES = ["*", "*.tf", "docs/*", "/infra/", "infra", "apps/", "/docs/b.md", "infra/prod/", "[a-c].tf", "/docs"]
PATHS = [
    "main.tf",
    "infra/main.tf",
    "x/infra/y.tf",
    "apps",
    "a/apps/z.json",
    "docs/b.md",
    "docs/c/d.md",
    "infra/prod/a.tf",
    "b.tf",
]


@pytest.mark.parametrize("start", range(len(LINES)))
@pytest.mark.parametrize("step", [1, 3, 7, 9])
def test_the_last_line_of_codeowners_that_covers_a_path_wins(start: int, step: int) -> None:
    lines = [LINES[(start + step * number) % len(LINES)] for number in range(7)]
    rules = [CodeownersRule(line, ("@acme/team",), Place("CODEOWNERS")) for line in lines]
    found = OwnerRules(rules)
    for path in PATHS:
        wanted = next((rule for rule in reversed(rules) if owns_path(rule.pattern, path)), None)
        assert found.of(path) is wanted, path
