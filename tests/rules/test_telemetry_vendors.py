"""Rules that hold for every vendor of telemetry, on whole root modules of Datadog, Grafana and Honeycomb."""

from __future__ import annotations

import pytest

import iamlint_rules
from iamlint.testing.examples import check_files, marks, rules_of

RULES = {rule.id: rule for rule in rules_of(iamlint_rules)}

PEOPLE = """
apiVersion: iamlint/v1
kind: Identities
provider: okta
groups: [{{name: eng-checkout, members: [alice@acme.example]}}, {{name: copilots}}]
agents:
  - {{name: trace-copilot, groups: [copilots], acts_for: ["group:okta/eng-checkout"]}}{mark}
"""
GRAFANA_TEAMS = """
resource "grafana_folder" "checkout" {{
  title = "checkout-prod"
}}
resource "grafana_folder" "payments" {{
  title = "payments-prod"
}}
resource "grafana_team" "people" {{
  name = "people"
  team_sync {{ groups = ["eng-checkout"] }}
}}
resource "grafana_team" "copilots" {{
  name = "copilots"
  team_sync {{ groups = ["copilots"] }}
}}
resource "grafana_folder_permission" "checkout" {{
  folder_uid = grafana_folder.checkout.uid
  permissions {{
    team_id    = grafana_team.people.id
    permission = "View"
  }}
  permissions {{
    team_id    = grafana_team.copilots.id
    permission = "View"
  }}
}}
resource "grafana_folder_permission" "other" {{
  folder_uid = grafana_folder.payments.uid
  permissions {{
    team_id    = grafana_team.{team}.id
    permission = "View"
  }}
}}
"""
DATADOG_ROLES = """
data "datadog_permissions" "all" {{
}}
resource "datadog_role" "people" {{
  name = "people"
  permission {{ id = data.datadog_permissions.all.permissions.apm_read }}
}}
resource "datadog_role" "copilots" {{
  name = "copilots"
  permission {{ id = data.datadog_permissions.all.permissions.apm_read }}
  permission {{ id = data.datadog_permissions.all.permissions.{more} }}
}}
resource "datadog_authn_mapping" "people" {{
  key   = "memberOf"
  value = "eng-checkout"
  role  = datadog_role.people.id
}}
resource "datadog_authn_mapping" "copilots" {{
  key   = "memberOf"
  value = "copilots"
  role  = datadog_role.copilots.id
}}
"""
HONEYCOMB_KEYS = """
apiVersion: iamlint/v1
kind: Telemetry
vendor: honeycomb
credentials:
  - {{name: copilot, kind: configuration-key, project: prod, scopes: [run_queries{more}], held_by: ["bot:trace-copilot"]}}
  - {{name: people, kind: configuration-key, project: prod, scopes: [run_queries], held_by: ["group:okta/eng-checkout"]}}
"""
ROTATING = """
resource "grafana_service_account" "ci" {{
  name = "ci"
  role = "Viewer"
}}
resource "grafana_service_account_rotating_token" "ci" {{
  name_prefix                   = "ci"
  service_account_id            = grafana_service_account.ci.id
  seconds_to_live               = {seconds}
  early_rotation_window_seconds = 86400
}}
"""
CLOUD = """
resource "grafana_cloud_access_policy" "collector" {{
  name   = "collector"
  scopes = ["traces:write"]
  realm {{
    type       = "stack"
    identifier = "acme"
  }}
}}
resource "grafana_cloud_access_policy_rotating_token" "collector" {{
  name_prefix           = "collector"
  access_policy_id      = grafana_cloud_access_policy.collector.policy_id
  expire_after          = {after}
  early_rotation_window = "24h"
}}
"""
TASK = """
provider "aws" {{
  region              = "eu-west-1"
  allowed_account_ids = ["333333333333"]
}}
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
  policy = jsonencode({{ Version = "2012-10-17", Statement = [
    {statement}
  ] }})
}}
resource "datadog_api_key" "agent" {{
  name = "agent"
}}
resource "aws_secretsmanager_secret" "agent" {{
  name = "telemetry/agent"
}}
resource "aws_secretsmanager_secret_version" "agent" {{
  secret_id     = aws_secretsmanager_secret.agent.id
  secret_string = datadog_api_key.agent.key
}}
resource "aws_iam_role" "execution" {{
  name = "execution"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "ecs-tasks.amazonaws.com" }} }}]
  }})
}}
resource "aws_iam_role_policy" "execution" {{
  name = "token"
  role = aws_iam_role.execution.id
  policy = jsonencode({{ Version = "2012-10-17", Statement = [
    {{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.agent.arn }}
  ] }})
}}
resource "aws_ecs_task_definition" "agent" {{
  family             = "agent"
  execution_role_arn = aws_iam_role.execution.arn
  task_role_arn      = aws_iam_role.execution.arn
  container_definitions = jsonencode([{{
    name    = "agent"
    secrets = [{{ name = "DD_API_KEY", valueFrom = aws_secretsmanager_secret.agent.arn }}]
  }}])
}}
"""
READ = '{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "arn:aws:secretsmanager:*:*:secret:%s" }'


def copilot(path: str, text: str, mark: str = "") -> dict[str, str]:
    return {path: text, "access/people.access.yaml": PEOPLE.format(mark=mark)}


CASES = {
    "an agent sees a folder of Grafana that its people do not": (
        "BOT109", copilot("grafana/main.tf", GRAFANA_TEAMS.format(team="copilots"), "  # <- BOT109")),
    "its people see a folder of Grafana that it does not": (
        "BOT109", copilot("grafana/main.tf", GRAFANA_TEAMS.format(team="people"))),
    "an agent edits at Datadog where its people read": (
        "BOT109", copilot("datadog/main.tf", DATADOG_ROLES.format(more="dashboards_write"), "  # <- BOT109")),
    "an agent reads at Datadog by another permission than its people": (
        "BOT109", copilot("datadog/main.tf", DATADOG_ROLES.format(more="logs_read_data"))),
    "what an agent may do at Datadog is not in the repository": (
        "BOT109", copilot("datadog/main.tf", DATADOG_ROLES.format(more="dashboards_write").replace("all.permissions", "other[0]"))),
    "an agent's key of Honeycomb changes what its people's reads": (
        "BOT109", copilot("access/keys.access.yaml", HONEYCOMB_KEYS.format(more=", manage_slos"), "  # <- BOT109")),
    "an agent has a key of its own, like that of its people": (
        "BOT109", copilot("access/keys.access.yaml", HONEYCOMB_KEYS.format(more=""))),
    "Grafana makes a token anew once a year": ("BOT102", {"grafana/main.tf": ROTATING.format(seconds="31536000 # <- BOT102")}),
    "Grafana makes a token anew four times a year": ("BOT102", {"grafana/main.tf": ROTATING.format(seconds="7776000")}),
    "Grafana Cloud makes a token anew twice a year": (
        "BOT102", {"grafana/main.tf": CLOUD.format(after='"4380h" # <- BOT102')}),
    "Grafana Cloud makes a token anew every month": ("BOT102", {"grafana/main.tf": CLOUD.format(after='"30d"')}),
    "how long a token of Grafana Cloud lives is not known": ("BOT102", {"grafana/main.tf": CLOUD.format(after="var.life")}),
    "a token of Grafana Cloud that ends, and is not made anew": (
        "BOT102", {"grafana/main.tf": CLOUD.format(after='"4380h"').replace("policy_rotating_token", "policy_token")}),
    "a role reads the key of Datadog that a task presents": (
        "BOT110", {"infra/main.tf": TASK.format(statement=READ % "telemetry/*" + " # <- BOT110")}),
    "a role reads other secrets": ("BOT110", {"infra/main.tf": TASK.format(statement=READ % "payments/*")}),
}  # fmt: skip


@pytest.mark.parametrize("title", CASES)
def test_the_rule_fires_on_the_marked_lines_and_nowhere_else(title: str) -> None:
    rule_id, files = CASES[title]
    found = check_files(files, [RULES[rule_id]])
    assert sorted({(made.path, made.span.line) for made in found if made.rule == rule_id}) == marks(files, rule_id), [
        made.message for made in found
    ]
    assert not [made for made in found if made.rule.startswith("IL")]


@pytest.mark.parametrize(
    ("project", "owned"),
    [
        ("checkout-prod", True),
        ("folder/checkout-prod", True),
        ("grafana/folder/checkout-*", True),
        ("folder/checkout-*", True),
        ("project:grafana/folder/checkout-prod", True),
        ("datasource/checkout-*", False),
        ("datadog/folder/checkout-prod", False),
    ],
)
def test_a_team_lists_a_scope_by_its_name_in_any_length(project: str, owned: bool) -> None:
    files = {
        "g/main.tf": 'resource "grafana_folder" "f" {\n  title = "checkout-prod"\n}\n',
        "t.access.yaml": f'apiVersion: iamlint/v1\nkind: Teams\nteams: [{{name: checkout, projects: ["{project}"]}}]\n',
    }
    assert bool(check_files(files, [RULES["TEAM103"]])) is not owned
