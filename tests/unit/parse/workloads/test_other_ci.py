"""Buildkite and CircleCI: jobs, subjects whose ids no file holds, roles and tokens; HCP Terraform's workspaces."""

from __future__ import annotations

import pytest
from graphs import edges_to, graph_of
from unit.parse.terraform.roots import Root
from unit.parse.texts import items, parse

from iamlint.graph.elements import EdgeKind
from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.model.workload import RoleAssumption, WorkflowJob
from iamlint.parse.workloads import buildkite, circleci
from iamlint.source.value import key

BUILDKITE = ".buildkite/pipeline.yml"
CIRCLECI = ".circleci/config.yml"


def read_buildkite(text: str) -> Facts:
    return parse(buildkite.parse_pipeline, text, BUILDKITE, repository="acme/checkout")


def read_circleci(text: str) -> Facts:
    return parse(circleci.parse_config, text, CIRCLECI, repository="acme/checkout")


def test_a_step_of_buildkite_and_its_plugin() -> None:
    facts = read_buildkite(
        """
        env: {LS_ACCESS_TOKEN: $LS}
        steps:
          - label: ":rocket: deploy"
            key: deploy
            branches: main
            plugins:
              - aws-assume-role-with-web-identity#v1.0.0:
                  role-arn: arn:aws:iam::111111111111:role/deploy
          - wait
          - group: checks
            steps:
              - command: |
                  buildkite-agent oidc request-token --audience sts.amazonaws.com > token
                  aws sts assume-role-with-web-identity --role-arn=$ROLE --web-identity-token file://token
        """
    )
    deploy, check = items(facts, WorkflowJob)
    assert (deploy.job, check.job) == ("deploy", "step 2")
    assert key(deploy.subjects[0]).endswith(":ref:refs/heads/main:commit:⟨buildkite:commit of acme/checkout⟩:step:deploy")
    assert [bot.name for bot in items(facts, Bot)] == [
        "buildkite/acme/checkout:.buildkite/pipeline.yml:deploy@refs/heads/main",
        "buildkite/acme/checkout:.buildkite/pipeline.yml:step 2",
    ]
    assert [(one.bot, key(one.role_arn), one.mechanism) for one in items(facts, RoleAssumption)] == [
        (f"{BUILDKITE}:deploy", "arn:aws:iam::111111111111:role/deploy", "buildkite-oidc"),
        (f"{BUILDKITE}:step 2", "⟨buildkite/acme/checkout:ROLE⟩", "buildkite-oidc"),
    ]
    assert {use.token for use in items(facts, TokenUse)} == {"buildkite/acme/checkout:LS"}


def test_buildkites_pipelines_go_by_their_folder() -> None:
    steps = {"steps": [{"command": "make"}]}
    assert buildkite.is_pipeline(steps, ".buildkite/deploy.yml")
    assert buildkite.is_pipeline(steps, "services/shop/buildkite/pipeline.yaml")
    assert not buildkite.is_pipeline(steps, "docs/pipeline.yml")


def test_a_job_of_circleci_its_contexts_and_commands() -> None:
    facts = read_circleci(
        f"""
        version: 2.1
        orbs: {{aws-cli: circleci/aws-cli@4.1}}
        commands:
          login:
            parameters: {{role: {{type: string}}}}
            steps:
              - aws-cli/setup: {{role_arn: << parameters.role >>, region: eu-west-1}}
        jobs:
          deploy:
            environment: {{HONEYCOMB_API_KEY: {"0a1b2c3d" * 4}}}
            parameters: {{stage: {{type: string, default: dev}}}}
            steps:
              - checkout
              - login: {{role: "arn:aws:iam::111111111111:role/deploy-<< parameters.stage >>"}}
              - run: {{command: "aws sts assume-role --role-arn arn:aws:iam::111111111111:role/other"}}
        workflows:
          main:
            jobs:
              - deploy: {{name: deploy-prod, stage: prod, context: [prod-aws]}}
              - aws-ecr/build_and_push_image:
                  auth:
                    - aws-cli/setup: {{role_arn: "${{ECR_ROLE}}"}}
        """
    )
    assert [job.job for job in items(facts, WorkflowJob)] == ["main:deploy-prod", "main:aws-ecr/build_and_push_image"]
    assert [name for name, _ in items(facts, WorkflowJob)[0].secrets] == ["context.prod-aws"]
    assert [(one.bot.partition(":")[2], key(one.role_arn), one.mechanism) for one in items(facts, RoleAssumption)] == [
        ("main:deploy-prod", "arn:aws:iam::111111111111:role/deploy-prod", "circleci-oidc"),
        ("main:deploy-prod", "arn:aws:iam::111111111111:role/other", "role-chaining"),
        ("main:aws-ecr/build_and_push_image", "⟨circleci/acme/checkout:ECR_ROLE⟩", "circleci-oidc"),
    ]
    assert [one.what for one in items(facts, LiteralSecret)] == ["Honeycomb ingest key"]


TFE = """
resource "tfe_project" "shop" {
  organization = "acme"
  name         = "shop"
}
resource "tfe_workspace" "prod" {
  organization = "acme"
  name         = "checkout-prod"
  project_id   = tfe_project.shop.id
}
resource "tfe_variable" "role" {
  key          = "TFC_AWS_RUN_ROLE_ARN"
  value        = "arn:aws:iam::111111111111:role/apply"
  category     = "env"
  workspace_id = tfe_workspace.prod.id
}
resource "tfe_variable_set" "plan" {
  organization  = "acme"
  name          = "plan"
  workspace_ids = [tfe_workspace.prod.id]
}
resource "tfe_variable" "plan" {
  key             = "TFC_AWS_PLAN_ROLE_ARN"
  value           = "arn:aws:iam::111111111111:role/plan"
  category        = "env"
  variable_set_id = tfe_variable_set.plan.id
}
"""


def test_the_variables_of_a_workspace_name_the_roles_of_its_runs() -> None:
    root = Root(TFE)
    plan, run = root.all(WorkflowJob)
    assert plan.subjects == ("organization:acme:project:shop:workspace:checkout-prod:run_phase:plan",)
    assert run.subjects == tuple(
        f"organization:acme:project:shop:workspace:checkout-prod:run_phase:{phase}" for phase in ("plan", "apply")
    )
    assert run.bots[0] == "terraform/acme:project:shop:workspace:checkout-prod:run_phase:plan"
    assert [(one.role_arn, one.mechanism) for one in root.all(RoleAssumption)] == [
        ("arn:aws:iam::111111111111:role/plan", "terraform-oidc"),
        ("arn:aws:iam::111111111111:role/apply", "terraform-oidc"),
    ]


@pytest.mark.parametrize(
    ("issuer", "subject", "bot"),
    [
        ("app.terraform.io", "organization:acme:project:shop:workspace:checkout-prod:run_phase:apply",
         "bot:terraform/acme:project:shop:workspace:checkout-prod:run_phase:apply"),
        ("agent.buildkite.com", "organization:acme:pipeline:checkout:*", "bot:buildkite/acme:pipeline:checkout:*"),
        ("oidc.circleci.com/org/1234", "org/1234/project/5678/user/*", "bot:circleci/1234/project/5678/user/*"),
    ],
)  # fmt: skip
def test_a_trust_policy_names_the_bots_of_every_service(issuer: str, subject: str, bot: str) -> None:
    graph = graph_of(
        {
            "infra/main.tf": f"""
provider "aws" {{ allowed_account_ids = ["111111111111"] }}
resource "aws_iam_role" "apply" {{
  name = "apply"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = "arn:aws:iam::111111111111:oidc-provider/{issuer}" }}
      Condition = {{ StringLike = {{ "{issuer}:sub" = "{subject}" }} }}
    }}]
  }})
}}
""",
            "tfe/main.tf": TFE,
        }
    )
    assert bot in edges_to(graph, "role:arn:aws:iam::111111111111:role/apply", EdgeKind.MAY_ASSUME)


@pytest.mark.parametrize(
    ("block", "subject"),
    [
        (
            'cloud {\n    organization = "acme"\n    workspaces {\n      name = "shop-prod"\n      project = "shop"\n    }\n  }',
            "organization:acme:project:shop:workspace:shop-prod:run_phase:plan",
        ),
        (
            'backend "remote" {\n    organization = "acme"\n    workspaces { prefix = "shop-" }\n  }',
            "organization:acme:project:⟨hcp project of infra/main.tf⟩:workspace:⟨hcp workspace of infra/main.tf⟩:run_phase:plan",
        ),
    ],
)
def test_a_root_module_that_hcp_terraform_runs(block: str, subject: str) -> None:
    root = Root(
        f"""
terraform {{
  {block}
}}
provider "aws" {{
  assume_role_with_web_identity {{
    role_arn                = "arn:aws:iam::111111111111:role/apply"
    web_identity_token_file = "/tmp/token"
  }}
}}
"""
    )
    job = root.one(WorkflowJob)
    assert key(job.subjects[0]) == subject
    (assumption,) = root.all(RoleAssumption)
    assert (assumption.role_arn, assumption.mechanism) == ("arn:aws:iam::111111111111:role/apply", "terraform-oidc")


def test_a_root_module_of_another_backend_has_no_runs() -> None:
    root = Root('terraform {\n  backend "s3" { bucket = "remote-cloud" }\n}\n')
    assert root.all(WorkflowJob) == []
