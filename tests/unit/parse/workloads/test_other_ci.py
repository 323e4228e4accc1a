"""Buildkite, CircleCI and Bitbucket: jobs, subjects whose ids no file holds, roles and tokens; HCP Terraform's workspaces."""

from __future__ import annotations

import pytest
from graphs import edges_to, graph_of
from unit.parse.terraform.roots import Root
from unit.parse.texts import items, parse

from iamlint.graph.elements import EdgeKind
from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.model.workload import RoleAssumption, StaticKeyUse, WorkflowJob
from iamlint.parse.workloads import bitbucket, buildkite, circleci
from iamlint.source.value import key

BUILDKITE = ".buildkite/pipeline.yml"
CIRCLECI = ".circleci/config.yml"
BITBUCKET = "bitbucket-pipelines.yml"


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


def read_bitbucket(text: str) -> Facts:
    return parse(bitbucket.parse_pipeline, text, BITBUCKET, repository="acme/checkout")


def test_steps_of_bitbucket_in_stages_and_side_by_side() -> None:
    facts = read_bitbucket(
        """
        definitions:
          steps:
            - step: &test {name: test, script: [make test]}
        pipelines:
          default:
            - step: *test
            - parallel:
                fail-fast: true
                steps:
                  - step: {name: lint, script: [make lint]}
            - parallel:
                - step: {script: [make docs]}
          branches:
            main:
              - stage:
                  name: deploy
                  deployment: production
                  steps:
                    - step:
                        name: deploy
                        oidc: true
                        script:
                          - export AWS_ROLE_ARN=arn:aws:iam::111111111111:role/deploy
                          - export AWS_WEB_IDENTITY_TOKEN_FILE=$(pwd)/token
                          - echo $BITBUCKET_STEP_OIDC_TOKEN > $(pwd)/token
                          - pipe: atlassian/aws-s3-deploy:1.1.0
                            variables: {AWS_OIDC_ROLE_ARN: "$ROLE", HONEYCOMB_API_KEY: $HONEYCOMB}
          custom:
            old:
              - variables: [{name: Target}]
              - step: {script: [{pipe: "atlassian/aws-s3-deploy:0.2.4", variables: {AWS_ACCESS_KEY_ID: $AWS_ACCESS_KEY_ID}}]}
        """
    )
    jobs = items(facts, WorkflowJob)
    assert [(job.job, job.can_request_token, job.environment) for job in jobs] == [
        ("default:test", False, None), ("default:lint", False, None), ("default:step 3", False, None),
        ("branches/main:deploy", True, "production"), ("custom/old:step 1", False, None),
    ]  # fmt: skip
    assert key(jobs[0].subjects[0]) == (
        "{⟨bitbucket:repository of acme/checkout⟩}:{⟨bitbucket:step bitbucket-pipelines.yml:default:test of acme/checkout⟩}"
    )
    assert key(jobs[3].subjects[0]).startswith(
        "{⟨bitbucket:repository of acme/checkout⟩}:{⟨bitbucket:environment production of acme/checkout⟩}:{"
    )
    assert jobs[3].bots == ("bitbucket/acme/checkout:branches/main:deploy:environment:production",)
    assert [(key(one.role_arn), one.mechanism) for one in items(facts, RoleAssumption)] == [
        ("arn:aws:iam::111111111111:role/deploy", "bitbucket-oidc"),
        ("⟨bitbucket/acme/checkout:ROLE⟩", "bitbucket-oidc"),
    ]
    assert [use.token for use in items(facts, TokenUse)] == ["bitbucket/acme/checkout:HONEYCOMB"]
    assert [one.key for one in items(facts, StaticKeyUse)] == ["AWS_ACCESS_KEY_ID"]


def test_a_role_in_a_variable_counts_only_with_a_token() -> None:
    text = "pipelines: {default: [{step: {script: ['export AWS_ROLE_ARN=arn:aws:iam::111111111111:role/a'%s]}}]}"
    assert items(read_bitbucket(text % ""), RoleAssumption) == []
    assert len(items(read_bitbucket(text % ", 'export AWS_WEB_IDENTITY_TOKEN_FILE=t'"), RoleAssumption)) == 1


def test_an_imported_pipeline_stands_in_the_coverage() -> None:
    facts = read_bitbucket("pipelines: {branches: {main: {import: 'shared:main:deploy'}}}")
    assert [one.reason for one in facts.unresolved] == ["the pipeline is imported from another repository"]


def test_bitbuckets_pipelines_go_by_their_name() -> None:
    steps = {"pipelines": {"default": []}}
    assert bitbucket.is_pipeline(steps, "bitbucket-pipelines.yml")
    assert not bitbucket.is_pipeline(steps, "pipelines.yml")
    assert not bitbucket.is_pipeline({"image": "x"}, "bitbucket-pipelines.yml")


@pytest.mark.parametrize(
    "text", ["pipelines: []", "pipelines: {default: [a, {parallel: [1]}, {stage: x}, {step: {script: [[]]}}], branches: 3}"]
)
def test_no_shape_breaks_the_reader_of_bitbucket(text: str) -> None:
    assert items(read_bitbucket(text), RoleAssumption) == []


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
    ("subject", "phases"),
    [
        ("organization:acme:project:shop:workspace:checkout-prod:run_phase:*", {"plan", "apply"}),
        ("organization:acme:project:shop:workspace:checkout-prod:run_phase:apply", {"apply"}),
        ("organization:acme:project:shop:workspace:other:run_phase:*", set()),
    ],
)
def test_the_runs_of_a_workspace_assume_the_role_that_admits_them(subject: str, phases: set[str]) -> None:
    role = f"""
provider "aws" {{ allowed_account_ids = ["111111111111"] }}
resource "aws_iam_role" "apply" {{
  name = "apply"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = "arn:aws:iam::111111111111:oidc-provider/app.terraform.io" }}
      Condition = {{ StringLike = {{ "app.terraform.io:sub" = "{subject}" }} }}
    }}]
  }})
}}
"""
    graph = graph_of({"tfe/main.tf": TFE, "infra/main.tf": role})
    found = {edge.source.id for edge in graph.in_edges(graph.find("role/apply"), EdgeKind.MAY_ASSUME)}
    runs = "bot:terraform/acme:project:shop:workspace:checkout-prod:run_phase:"
    assert {name.removeprefix(runs) for name in found if name.startswith(runs)} - {"*"} == phases


@pytest.mark.parametrize(
    ("issuer", "subject", "bot"),
    [
        ("app.terraform.io", "organization:acme:project:shop:workspace:checkout-prod:run_phase:apply",
         "bot:terraform/acme:project:shop:workspace:checkout-prod:run_phase:apply"),
        ("agent.buildkite.com", "organization:acme:pipeline:checkout:*", "bot:buildkite/acme:pipeline:checkout:*"),
        ("oidc.circleci.com/org/1234", "org/1234/project/5678/user/*", "bot:circleci/1234/project/5678/user/*"),
        ("api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc", "{1}*:*", "bot:bitbucket/{1}*:*"),
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


def test_a_step_of_bitbucket_may_assume_a_role_whose_trust_names_the_id_of_some_repository() -> None:
    issuer = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
    graph = graph_of(
        {
            "iamlint.yaml": "inputs: {repository: acme/checkout}\n",
            "infra/main.tf": f"""
provider "aws" {{ allowed_account_ids = ["111111111111"] }}
resource "aws_iam_role" "deploy" {{
  name = "deploy"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = "arn:aws:iam::111111111111:oidc-provider/{issuer}" }}
      Condition = {{ StringLike = {{ "{issuer}:sub" = "{{1}}*:*" }} }}
    }}]
  }})
}}
""",
            BITBUCKET: """
pipelines:
  default:
    - step:
        name: deploy
        oidc: true
        script:
          - aws sts assume-role-with-web-identity --role-arn arn:aws:iam::111111111111:role/deploy
""",
        }
    )
    edges = edges_to(graph, "role:arn:aws:iam::111111111111:role/deploy", EdgeKind.MAY_ASSUME)
    assert edges == ["bot:bitbucket/acme/checkout:default:deploy ?", "bot:bitbucket/{1}*:*"]
