"""Terragrunt's stacks: units that are written before they run, nested stacks, values, and what a stack adds to a unit."""

from __future__ import annotations

from textwrap import dedent

from unit.parse.terraform.roots import shown

from iamlint.model.aws import AwsRole
from iamlint.model.estate import Facts
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.units import find_units, parse_unit
from iamlint.source.files import MemoryFiles

MODULE = """
variable "name" {}
variable "env" { default = "none" }
variable "arn" { default = "none" }
resource "aws_iam_role" "this" {
  name = "${var.name}-${var.env}"
  tags = { arn = var.arn }
}
output "name" { value = aws_iam_role.this.name }
"""
UNIT = """
include "root" {
  path = find_in_parent_folders("root.hcl")
}
terraform {
  source = "${get_repo_root()}//modules/role"
}
inputs = {
  name = values.name
  env  = try(values.env, "no-env")
}
"""
ROOT = "inputs = {\n  arn = path_relative_to_include()\n}\n"


def read(files: dict[str, str]) -> dict[str, Facts]:
    held = MemoryFiles({path: dedent(text) for path, text in files.items()})
    units = find_units(held.paths(), held)
    return {unit.path: parse_unit(unit, held, Context(unit.path, unknown_account(unit.path))) for unit in units}


def roles(files: dict[str, str]) -> dict[str, tuple[str, str]]:
    found = {path: [item for item in facts.items if isinstance(item, AwsRole)] for path, facts in read(files).items()}
    return {path: (shown(role.name), shown(role.tags["arn"])) for path, items in found.items() for role in items}


def unresolved(files: dict[str, str]) -> list[tuple[str, int]]:
    text = {path: dedent(content) for path, content in files.items()}
    lines = [line for facts in read(files).values() for line in facts.unresolved if "AWS account" not in line.reason]
    return [(line.reason, text[line.at.path].count("\n", 0, (line.at.span or (0, 0))[0]) + 1) for line in lines]


def test_each_unit_of_a_stack_runs_its_source_with_its_values() -> None:
    stack = """
    locals { env = "prod" }
    unit "app" {
      source = "../units/role"
      path   = "app"
      values = { name = "app", env = local.env }
    }
    unit "flat" {
      source                  = find_in_parent_folders("units/role")
      path                    = "flat"
      no_dot_terragrunt_stack = true
      values                  = { name = "flat" }
    }
    """
    files = {
        "root.hcl": ROOT,
        "live/terragrunt.stack.hcl": stack,
        "units/role/terragrunt.hcl": UNIT,
        "modules/role/main.tf": MODULE,
    }
    assert roles(files) == {
        "live/.terragrunt-stack/app": ("app-prod", "live/.terragrunt-stack/app"),
        "live/flat": ("flat-no-env", "live/flat"),
    }
    assert unresolved(files) == []


def test_stacks_are_made_of_stacks() -> None:
    outer = """
    stack "dev" {
      source = "../stacks/env"
      path   = "dev"
      values = { env = "development" }
    }
    stack "prod" {
      source = "../stacks/env"
      path   = "prod"
      values = { env = "production" }
    }
    """
    inner = """
    unit "app" {
      source = "${get_repo_root()}/units/role"
      path   = "app"
      values = { name = "app", env = values.env }
    }
    """
    files = {
        "root.hcl": ROOT, "live/terragrunt.stack.hcl": outer, "stacks/env/terragrunt.stack.hcl": inner,
        "units/role/terragrunt.hcl": UNIT, "modules/role/main.tf": MODULE,
    }  # fmt: skip
    where = "live/.terragrunt-stack/{}/.terragrunt-stack/app"
    assert roles(files) == {
        where.format("dev"): ("app-development", where.format("dev")), where.format("prod"): ("app-production", where.format("prod")),
    }  # fmt: skip


def test_a_unit_reads_the_outputs_of_another_and_has_a_module_of_its_own() -> None:
    stack = """
    unit "one" {
      source = "../units/own"
      path   = "one"
      values = { name = "one" }
    }
    unit "two" {
      source = "../units/own"
      path   = "two"
      values = { name = "two", other = unit.one.path }
      autoinclude {
        dependency "one" {
          config_path = unit.one.path
        }
        inputs = { env = dependency.one.outputs.name }
      }
    }
    """
    unit = """
    terraform {
      source = "."
    }
    inputs = merge({ name = values.name }, { env = "a" })
    """
    files = {"live/terragrunt.stack.hcl": stack, "units/own/terragrunt.hcl": unit, "units/own/main.tf": MODULE}
    assert {path: name for path, (name, _) in roles(files).items()} == {
        "live/.terragrunt-stack/one": "one-a", "live/.terragrunt-stack/two": "two-one-a",
    }  # fmt: skip


def test_values_may_lie_beside_a_unit() -> None:
    files = {
        "live/app/terragrunt.hcl": UNIT.replace('include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n', ""),
        "live/app/terragrunt.values.hcl": 'name = "app"\nenv  = "test"\n',
        "modules/role/main.tf": MODULE,
    }
    assert roles(files) == {"live/app": ("app-test", "none")}


def test_what_is_not_in_the_repository_is_said() -> None:
    stack = """
    unit "vpc" {
      source = "git::git@github.com:acme/catalog.git//units/vpc?ref=v0.0.1"
      path   = "vpc"
    }
    unit "gone" {
      source = "../units/gone"
      path   = "gone"
    }
    unit "open" {
      source = "../units/${values.kind}"
      path   = "open"
    }
    stack "self" {
      source = "."
      path   = "self"
    }
    """
    assert unresolved({"live/terragrunt.stack.hcl": stack}) == [
        ("the unit `git::git@github.com:acme/catalog.git//units/vpc?ref=v0.0.1` is not in the repository", 2),
        ("the unit `../units/gone` is not in the repository", 6),
        ("where the unit of a stack comes from is not known", 10),
        ("the stack `.` is not in the repository", 14),
    ]
    assert unresolved({"live/terragrunt.stack.hcl": 'unit "x" {\n  source = "./x"\n'}) == []


def test_a_stack_that_holds_itself_ends() -> None:
    found = unresolved(
        {"live/a/terragrunt.stack.hcl": 'stack "self" {\n  source = "${get_repo_root()}/live/a"\n  path = "self"\n}\n'}
    )
    assert found == [("the stack has more units than are read", 1)]
