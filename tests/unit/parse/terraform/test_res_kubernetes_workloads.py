"""Workloads of Kubernetes in Terraform's words say what their manifests say, with the places of HCL."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root

from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.model.workload import SecretImport

KEY = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCY0123456789"
SPEC = f"""
spec {{
  service_account_name = "checkout"
  container {{
    name = "app"
    env {{
      name  = "AWS_SECRET_ACCESS_KEY"
      value = "{KEY}"
    }}
    env {{
      name  = "LOG_LEVEL"
      value = "info"
    }}
    env {{
      name = "LS_ACCESS_TOKEN"
      value_from {{
        secret_key_ref {{
          name = "lightstep"
          key  = "token"
        }}
      }}
    }}
    env_from {{
      secret_ref {{
        name = "database"
      }}
    }}
  }}
}}
"""
METADATA = 'metadata {\n  name      = "checkout"\n  namespace = "shop"\n}\n'
TEMPLATE = f"spec {{\n  template {{\n{SPEC}\n  }}\n}}\n"


def workload(type_: str, body: str) -> Root:
    return Root(f'resource "{type_}" "app" {{\n{METADATA}{body}\n}}\n')


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        ("kubernetes_pod", SPEC),
        ("kubernetes_deployment", TEMPLATE),
        ("kubernetes_deployment_v1", TEMPLATE),
        ("kubernetes_stateful_set_v1", TEMPLATE),
        ("kubernetes_daemonset", TEMPLATE),
        ("kubernetes_daemon_set_v1", TEMPLATE),
        ("kubernetes_replication_controller_v1", TEMPLATE),
        ("kubernetes_job_v1", TEMPLATE),
        ("kubernetes_cron_job_v1", f"spec {{\n  job_template {{\n{TEMPLATE}\n  }}\n}}\n"),
    ],
)
def test_whom_it_runs_as_and_what_it_holds(type_: str, body: str) -> None:
    root = workload(type_, body)
    assert root.one(Bot).name == "k8s/shop/checkout"
    assert root.written(root.one(LiteralSecret).at) == f'"{KEY}"'
    assert root.one(TokenUse).workload == "k8s/shop/checkout"
    assert root.one(SecretImport).name == "secret/database"


def test_a_value_of_a_variable_stands_at_the_variable() -> None:
    container = 'container {\n  env {\n    name  = "AWS_SECRET_ACCESS_KEY"\n    value = var.key\n  }\n}\n'
    root = Root(
        f'variable "key" {{ default = "{KEY}" }}\nresource "kubernetes_pod" "a" {{\n{METADATA}spec {{\n{container}}}\n}}\n'
    )
    assert root.at(root.one(LiteralSecret).at) == f'infra/main.tf:1:28 "{KEY}"'


def test_what_is_not_known_is_no_value() -> None:
    dynamic = 'dynamic "env" {\n  for_each = var.env\n  content {\n    name = env.key\n    value = env.value\n  }\n}\n'
    root = workload("kubernetes_pod", f'spec {{\n  container {{\n    name = "a"\n{dynamic}  }}\n}}\n')
    assert (root.all(LiteralSecret), root.facts.problems) == ([], [])
