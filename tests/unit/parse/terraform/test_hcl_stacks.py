"""Terraform Stacks: deployments as root modules, with the inputs and providers that they give the components."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import Any

import pytest
from unit.parse.terraform.roots import shown

from iamlint.model.aws import AwsRole
from iamlint.model.estate import Facts
from iamlint.model.policy import Policy
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.units import find_units, parse_unit
from iamlint.source.files import MemoryFiles

COMPONENTS = """
variable "role_arn" {
  type = string
}
variable "token" {
  type      = string
  ephemeral = true
}
variable "stage" {
  type    = string
  default = "none"
}
variable "regions" {
  type    = set(string)
  default = ["eu-west-1"]
}
locals {
  prefix = "shop-${var.stage}"
}
required_providers {
  aws = {
    source  = "hashicorp/aws"
    version = "~> 5.0"
  }
}
provider "aws" "main" {
  config {
    region = "eu-west-1"
    assume_role_with_web_identity {
      role_arn           = var.role_arn
      web_identity_token = var.token
    }
  }
}
provider "aws" "by_region" {
  for_each = var.regions
  config {
    region = each.value
    assume_role_with_web_identity {
      role_arn           = var.role_arn
      web_identity_token = var.token
    }
  }
}
component "roles" {
  source = "./modules/role"
  inputs = {
    name = "${local.prefix}-app"
  }
  providers = {
    aws = provider.aws.main
  }
}
component "queues" {
  for_each = var.regions
  source   = "./modules/queue"
  inputs = {
    reader = component.roles.arn
    region = each.value
  }
  providers = {
    aws = provider.aws.by_region[each.value]
  }
}
output "role" {
  type  = string
  value = component.roles.arn
}
"""
DEPLOYMENTS = """
identity_token "aws" {
  audience = ["aws.workload.identity"]
}
store "varset" "accounts" {
  id       = "varset-1"
  category = "terraform"
}
locals {
  roles = { prod = "arn:aws:iam::222222222222:role/deploy" }
}
deployment "dev" {
  inputs = {
    role_arn = "arn:aws:iam::111111111111:role/deploy"
    token    = identity_token.aws.jwt
  }
}
deployment "prod" {
  inputs = {
    role_arn = local.roles["prod"]
    token    = identity_token.aws.jwt
    stage    = "prod"
    regions  = ["eu-west-1", "us-east-1"]
  }
}
deployment "elsewhere" {
  inputs = {
    role_arn = store.varset.accounts.role_arn
    token    = identity_token.aws.jwt
    stage    = store.varset.accounts.stage
  }
}
deployment "gone" {
  inputs  = { role_arn = "x", token = "x" }
  destroy = true
}
"""
ROLE = """
variable "name" { type = string }
resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = file("${path.module}/trust.json")
}
output "arn" { value = aws_iam_role.this.arn }
"""
QUEUE = """
variable "reader" { type = string }
variable "region" { type = string }
resource "aws_sqs_queue_policy" "this" {
  queue_url = "https://sqs.${var.region}.amazonaws.com/1/q"
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Principal = { AWS = var.reader }, Action = "sqs:ReceiveMessage", Resource = "*" }]
  })
}
"""
TRUST = """
{"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
"""
FILES = {
    "shop/components.tfcomponent.hcl": COMPONENTS,
    "shop/deployments.tfdeploy.hcl": DEPLOYMENTS,
    "shop/modules/role/main.tf": ROLE,
    "shop/modules/role/trust.json": TRUST,
    "shop/modules/queue/main.tf": QUEUE,
}
DEV, PROD, ELSEWHERE = (f"shop/deployments.tfdeploy.hcl/{name}" for name in ("dev", "prod", "elsewhere"))


def read(files: dict[str, str]) -> dict[str, Facts]:
    """Return the facts of each unit by its path."""
    held = MemoryFiles({path: dedent(text).lstrip("\n") for path, text in files.items()})
    return {
        unit.path: parse_unit(unit, held, Context(unit.path, unknown_account(unit.path)))
        for unit in find_units(held.paths(), held)
    }


def all_of(facts: Facts, kind: type[Any]) -> list[Any]:
    return [item for item in facts.items if isinstance(item, kind)]


def roles(facts: Facts) -> list[str]:
    return [shown(role.arn) for role in all_of(facts, AwsRole)]


def test_deployments_are_the_root_modules() -> None:
    read_of = read(FILES)
    assert [path for path in read_of if read_of[path].kind == "terraform"] == [DEV, ELSEWHERE, PROD]
    assert all(facts.problems == [] for facts in read_of.values())
    assert {line.reason for line in read_of[DEV].unresolved + read_of[PROD].unresolved} == set()


def test_a_deployment_gives_inputs_and_accounts() -> None:
    read_of = read(FILES)
    assert roles(read_of[DEV]) == ["arn:aws:iam::111111111111:role/shop-none-app"]
    assert roles(read_of[PROD]) == ["arn:aws:iam::222222222222:role/shop-prod-app"]
    (elsewhere,) = roles(read_of[ELSEWHERE])
    assert elsewhere == f"arn:aws:iam::⟨account:{ELSEWHERE}:aws.main⟩:role/shop-⟨shop#store.varset.accounts.stage⟩-app"
    reasons = {line.reason for line in read_of[ELSEWHERE].unresolved}
    assert "`store.varset.accounts.stage` is kept in HCP Terraform" in reasons
    assert "the account of the provider `aws.main` is not in the repository" in reasons


def test_components_know_each_other_and_are_made_once_for_each_key() -> None:
    facts = read(FILES)[PROD]
    queues = [policy for policy in all_of(facts, Policy) if "queue" in policy.ref]
    assert [policy.ref.partition("#")[2] for policy in queues] == [
        f'component.queues["{region}"].aws_sqs_queue_policy.this' for region in ("eu-west-1", "us-east-1")
    ]
    assert {statement.principals[0].value for policy in queues for statement in policy.statements} == {
        "arn:aws:iam::222222222222:role/shop-prod-app"
    }
    assert {
        "shop/components.tfcomponent.hcl",
        "shop/deployments.tfdeploy.hcl",
        "shop/modules/role/trust.json",
    } <= set(facts.files)


@pytest.mark.parametrize(
    ("inputs", "name"),
    [
        ('{ name = "${local.prefix}-app" }', "shop-none-app"),
        ('merge({ name = "a" }, { name = "b" })', "b"),
        ("{ name = stack.inner.name }", "⟨shop/deployments.tfdeploy.hcl/dev#stack.inner⟩"),
        ("stack.inner", "⟨shop/deployments.tfdeploy.hcl/dev#stack.inner.name⟩"),
    ],
)
def test_inputs_are_any_expression(inputs: str, name: str) -> None:
    components = COMPONENTS.replace('{\n    name = "${local.prefix}-app"\n  }', inputs)
    facts = read({**FILES, "shop/components.tfcomponent.hcl": components})[DEV]
    (role,) = all_of(facts, AwsRole)
    assert shown(role.name).startswith(name.rstrip("⟩"))


def test_variables_of_the_preview() -> None:
    files = {
        "shop/a.tfstack.hcl": COMPONENTS,
        "shop/deployments.tfdeploy.hcl": DEPLOYMENTS.replace("inputs = {", "variables = {"),
        **{path: text for path, text in FILES.items() if path.startswith("shop/modules")},
    }
    assert roles(read(files)[PROD]) == ["arn:aws:iam::222222222222:role/shop-prod-app"]


def test_inputs_that_are_not_known_leave_no_default() -> None:
    deployments = 'deployment "dev" {\n  inputs = merge(upstream_input.network.all, { token = "t" })\n}\n'
    facts = read({**FILES, "shop/deployments.tfdeploy.hcl": deployments})[DEV]
    (role,) = all_of(facts, AwsRole)
    assert "none" not in shown(role.name)
    assert any("`upstream_input.network.all` comes from another stack" in line.reason for line in facts.unresolved)


def test_what_is_not_there_is_said() -> None:
    more = '\nstack "inner" {\n  source = "acme/network"\n}\ncomponent "gone" {\n  source = "acme/gone/aws"\n  inputs = {}\n}\n'
    read_of = read({**FILES, "shop/components.tfcomponent.hcl": COMPONENTS + more})
    inner = [line.reason for line in read_of["shop/components.tfcomponent.hcl"].unresolved]
    assert inner == ["the Terraform stack `acme/network` inside this one is not read"]
    assert "module `acme/gone/aws` is not in the repository" in [line.reason for line in read_of[DEV].unresolved]


def test_a_broken_block_spoils_itself_only() -> None:
    broken = COMPONENTS + '\ncomponent "broken" {\n  source = \n}\n'
    facts = read({**FILES, "shop/components.tfcomponent.hcl": broken})[DEV]
    assert [problem.id for problem in facts.problems] == ["IL002"]
    assert roles(facts) == ["arn:aws:iam::111111111111:role/shop-none-app"]


COMPONENTS_IN_JSON = {
    "variable": {
        "role_arn": {"type": "string"},
        "token": {"type": "string", "ephemeral": True},
        "stage": {"type": "string", "default": "none"},
        "regions": {"type": "set(string)", "default": ["eu-west-1"]},
    },
    "locals": {"prefix": "shop-${var.stage}"},
    "required_providers": {"aws": {"source": "hashicorp/aws"}},
    "provider": {
        "aws": {
            "main": {"config": {"region": "eu-west-1", "assume_role_with_web_identity": {"role_arn": "${var.role_arn}"}}},
            "by_region": {
                "for_each": "${var.regions}",
                "config": [{"region": "${each.value}", "assume_role_with_web_identity": [{"role_arn": "${var.role_arn}"}]}],
            },
        }
    },
    "component": {
        "roles": {
            "source": "./modules/role",
            "inputs": {"name": "${local.prefix}-app"},
            "providers": {"aws": "${provider.aws.main}"},
        },
        "queues": {
            "for_each": "${var.regions}",
            "source": "./modules/queue",
            "inputs": "${merge({reader = component.roles.arn}, {region = each.value})}",
            "providers": {"aws": "${provider.aws.by_region[each.value]}"},
        },
    },
    "output": {"role": {"type": "string", "value": "${component.roles.arn}"}},
}
DEPLOYMENTS_IN_JSON = {
    "//": "a comment",
    "identity_token": {"aws": {"audience": ["aws.workload.identity"]}},
    "store": {"varset": {"accounts": {"id": "varset-1", "category": "terraform"}}},
    "locals": {"roles": {"prod": "arn:aws:iam::222222222222:role/deploy"}},
    "deployment": {
        "dev": {"inputs": {"role_arn": "arn:aws:iam::111111111111:role/deploy", "token": "${identity_token.aws.jwt}"}},
        "prod": {
            "inputs": {
                "role_arn": '${local.roles["prod"]}',
                "token": "${identity_token.aws.jwt}",
                "stage": "prod",
                "regions": ["eu-west-1", "us-east-1"],
            }
        },
        "elsewhere": {
            "inputs": {
                "role_arn": "${store.varset.accounts.role_arn}",
                "token": "${identity_token.aws.jwt}",
                "stage": "${store.varset.accounts.stage}",
            }
        },
        "gone": {"inputs": {"role_arn": "x", "token": "x"}, "destroy": True},
    },
}


@pytest.mark.parametrize("components", ["a.tfcomponent.json", "a.tfstack.json", "components.tfcomponent.hcl"])
@pytest.mark.parametrize("deployments", ["prod.tfdeploy.json", "deployments.tfdeploy.hcl"])
def test_stacks_in_json(components: str, deployments: str) -> None:
    files = {path: text for path, text in FILES.items() if path.startswith("shop/modules")}
    files[f"shop/{components}"] = json.dumps(COMPONENTS_IN_JSON) if components.endswith(".json") else COMPONENTS
    files[f"shop/{deployments}"] = json.dumps(DEPLOYMENTS_IN_JSON) if deployments.endswith(".json") else DEPLOYMENTS
    read_of, in_hcl = read(files), read(FILES)
    assert [path for path in read_of if read_of[path].kind == "terraform"] == [
        f"shop/{deployments}/{name}" for name in ("dev", "elsewhere", "prod")
    ]
    for path, facts in read_of.items():
        assert facts.problems == []
        same = in_hcl.get(path.replace(f"shop/{deployments}/", "shop/deployments.tfdeploy.hcl/"))
        if facts.kind == "terraform" and same is not None:
            assert roles(facts) == [role.replace("deployments.tfdeploy.hcl", deployments) for role in roles(same)]
            assert len(facts.items) == len(same.items)
            assert sorted(line.reason for line in facts.unresolved) == sorted(
                line.reason.replace("deployments.tfdeploy.hcl", deployments) for line in same.unresolved
            )
    prod = read_of[f"shop/{deployments}/prod"]
    assert [policy.ref.partition("#")[2] for policy in all_of(prod, Policy) if "queue" in policy.ref] == [
        f'component.queues["{region}"].aws_sqs_queue_policy.this' for region in ("eu-west-1", "us-east-1")
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/prod.tfdeploy.json", '{"deployment": {'),
        ("shop/prod.tfdeploy.hcl", "deployment prod\n"),
        ("shop/a.tfcomponent.json", '{"component": }'),
    ],
)
def test_a_file_of_a_stack_that_cannot_be_read_is_a_problem(path: str, text: str) -> None:
    files = {other: content for other, content in FILES.items() if other.startswith("shop/modules")}
    facts = read({**files, path: text})[path]
    assert [problem.id for problem in facts.problems] == ["IL002"]
    assert facts.problems[0].at.path == path


def test_modules_without_a_deployment_stay_root_modules() -> None:
    files = {path: text for path, text in FILES.items() if not path.endswith(".tfdeploy.hcl")}
    assert [path for path, facts in read(files).items() if facts.kind == "terraform"] == [
        "shop/modules/queue",
        "shop/modules/role",
    ]
