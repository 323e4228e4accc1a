"""GitLab pipelines: subjects by ref, includes, inheritance, roles and tokens."""

from __future__ import annotations

from textwrap import dedent

import pytest
from graphs import edges_to, graph_of
from unit.parse.texts import items

from iamlint.graph.elements import EdgeKind
from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.model.workload import RoleAssumption, StaticKeyUse, WorkflowJob
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.workloads.gitlab import is_pipeline, parse_pipeline
from iamlint.source.files import MemoryFiles
from iamlint.source.place import Origin
from iamlint.source.read_yaml import read_yaml
from iamlint.source.value import key

PATH = ".gitlab-ci.yml"


def read(text: str, others: dict[str, str] | None = None) -> Facts:
    files = MemoryFiles({PATH: dedent(text), **{path: dedent(other) for path, other in (others or {}).items()}})
    (reading,) = read_yaml(dedent(text).encode(), PATH)
    assert is_pipeline(reading.value, PATH)
    context = Context(PATH, unknown_account(PATH), repository="acme/checkout")
    return parse_pipeline(reading.value, Origin(PATH), context, files)


def subjects(facts: Facts) -> dict[str, list[str]]:
    return {job.job: [key(subject) for subject in job.subjects] for job in items(facts, WorkflowJob)}


P = "project_path:acme/checkout"
ANY = [f"{P}:ref_type:branch:ref:*", f"{P}:ref_type:tag:ref:*"]


@pytest.mark.parametrize(
    ("refs", "expected"),
    [
        ("", ANY),
        ("only: [main]", [f"{P}:ref_type:branch:ref:main", f"{P}:ref_type:tag:ref:main"]),
        ("only: {refs: [tags]}", [f"{P}:ref_type:tag:ref:*"]),
        ("only: [/^release-.*$/]", ANY),
        ("rules: [{if: $CI_COMMIT_BRANCH == \"main\"}]", [f"{P}:ref_type:branch:ref:main"]),
        ("rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]", [f"{P}:ref_type:branch:ref:⟨gitlab:acme/checkout:default⟩"]),
        ("rules: [{if: $CI_COMMIT_TAG}]", [f"{P}:ref_type:tag:ref:*"]),
        ("rules: [{if: $CI_PIPELINE_SOURCE == \"merge_request_event\"}]", [f"{P}:ref_type:branch:ref:*"]),
        ("rules: [{if: $X == \"1\", when: never}, {if: $CI_COMMIT_BRANCH == \"a\" || $CI_COMMIT_BRANCH == \"b\"}]",
         [f"{P}:ref_type:branch:ref:a", f"{P}:ref_type:branch:ref:b"]),
        ("rules: [{changes: [src/**]}]", ANY),
    ],
)  # fmt: skip
def test_the_refs_for_which_a_job_runs_are_in_its_subjects(refs: str, expected: list[str]) -> None:
    assert subjects(read(f"deploy:\n  script: [x]\n  {refs}\n")) == {"deploy": expected}


PIPELINE = """
include:
  - local: /ci/base.yml
  - project: acme/templates
    file: deploy.yml
  - template: Security/SAST.gitlab-ci.yml
variables:
  ROLE: arn:aws:iam::111111111111:role/deploy
deploy:
  extends: .deploy
  environment: {name: prod}
"""
BASE = """
.deploy:
  extends: [.token]
  script:
    - |
      export CREDENTIALS=$(aws sts assume-role-with-web-identity \\
        --role-arn "${ROLE}" --role-session-name ci --web-identity-token "$AWS")
.token:
  id_tokens: {AWS: {aud: sts.amazonaws.com}}
check:
  script: [make]
"""


def test_includes_and_extends_are_followed() -> None:
    facts = read(PIPELINE, {"ci/base.yml": BASE})
    jobs = {job.job: job for job in items(facts, WorkflowJob)}
    assert (jobs["deploy"].can_request_token, jobs["deploy"].environment, jobs["check"].can_request_token) == (
        True,
        "prod",
        False,
    )
    (assumption,) = items(facts, RoleAssumption)
    assert (assumption.bot, assumption.role_arn, assumption.mechanism) == (
        f"{PATH}:deploy", "arn:aws:iam::111111111111:role/deploy", "gitlab-oidc",
    )  # fmt: skip
    assert (assumption.place.path, assumption.place.route) == ("ci/base.yml", (".deploy", "script", 0))
    assert facts.files == (PATH, "ci/base.yml")
    assert [item.reason for item in facts.unresolved] == [
        "`acme/templates`, which the pipeline includes, is not in the repository"
    ]


def test_a_child_pipeline_runs_as_the_same_project() -> None:
    facts = read(
        "child: {trigger: {include: [{local: ci/child.yml}]}}\n",
        {"ci/child.yml": "deploy: {id_tokens: {A: {aud: x}}, script: [aws sts assume-role-with-web-identity --role-arn $R]}\n"},
    )
    assert subjects(facts) == {"deploy": ANY}
    assert [key(one.role_arn) for one in items(facts, RoleAssumption)] == ["⟨gitlab/acme/checkout:R⟩"]
    assert [item.reason for item in facts.unresolved] == ["the role that the job assumes: `R` is known only to GitLab"]


def test_variables_hold_roles_tokens_and_keys() -> None:
    facts = read(
        f"""
        variables:
          HONEYCOMB_API_KEY: $HC
          DD_API_KEY: {"0a1b2c3d" * 4}
        deploy:
          id_tokens: {{AWS: {{aud: sts.amazonaws.com}}}}
          variables:
            AWS_ROLE_ARN: arn:aws:iam::111111111111:role/deploy
            AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/token
            AWS_ACCESS_KEY_ID: $KEY
            OTEL_EXPORTER_OTLP_HEADERS: lightstep-access-token=$LS
          rules: [{{if: $CI_COMMIT_BRANCH == "main"}}]
          script: [terraform apply]
        """
    )
    assert [one.role_arn for one in items(facts, RoleAssumption)] == ["arn:aws:iam::111111111111:role/deploy"]
    assert [(use.vendor, use.token) for use in items(facts, TokenUse)] == [
        ("honeycomb", "gitlab/acme/checkout:HC"),
        ("lightstep", "gitlab/acme/checkout:LS"),
    ]
    assert [one.key for one in items(facts, StaticKeyUse)] == ["KEY"]
    assert [one.what for one in items(facts, LiteralSecret)] == ["Datadog API key"]
    assert [bot.name for bot in items(facts, Bot)] == ["gitlab/acme/checkout:ref_type:branch:ref:main"]


ROLE = """
provider "aws" {{ allowed_account_ids = ["111111111111"] }}
resource "aws_iam_openid_connect_provider" "ci" {{
  url            = "https://{issuer}"
  client_id_list = ["sts.amazonaws.com"]
}}
resource "aws_iam_role" "deploy" {{
  name = "deploy"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = aws_iam_openid_connect_provider.ci.arn }}
      Condition = {{ {operator} = {{ "{issuer}:sub" = "{subject}" }} }}
    }}]
  }})
}}
"""


@pytest.mark.parametrize("issuer", ["gitlab.com", "git.acme.example"])
def test_a_job_assumes_the_role_that_admits_its_subject(issuer: str) -> None:
    graph = graph_of(
        {
            "iamlint.yaml": "inputs:\n  repository: acme/checkout\n",
            PATH: PIPELINE.replace("- project: acme/templates\n    file: deploy.yml", "- local: /ci/base.yml"),
            "ci/base.yml": BASE,
            "infra/main.tf": ROLE.format(issuer=issuer, operator="StringLike", subject="project_path:acme/checkout:*"),
        }
    )
    found = edges_to(graph, "role:arn:aws:iam::111111111111:role/deploy", EdgeKind.MAY_ASSUME)
    assert [name for name in found if "checkout:ref_type:branch" in name]
    assert not [name for name in found if name.endswith(("?", "~")) and "ref_type" in name]


def test_a_cycle_of_includes_and_of_inheritance_ends() -> None:
    facts = read(
        "include: [{local: a.yml}]\na: {extends: b, script: [x]}\nb: {extends: a, script: [y]}\n",
        {"a.yml": "include: [{local: .gitlab-ci.yml}, {local: a.yml}]\nc: {script: [z]}\n"},
    )
    assert set(subjects(facts)) == {"a", "b", "c"}
