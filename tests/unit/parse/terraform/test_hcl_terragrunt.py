"""Terragrunt: a module run with inputs, includes and generated providers."""

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
variable "env" {}
variable "vpc" { default = "none" }
variable "dir" { default = "none" }
resource "aws_iam_role" "this" {
  name = "${var.name}-${var.env}"
  tags = { vpc = var.vpc, dir = var.dir }
}
"""
PARENT = """
locals {
  account = read_terragrunt_config(find_in_parent_folders("account.hcl"))
}
generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite"
  contents  = <<-EOF
    provider "aws" {
      allowed_account_ids = ["${local.account.locals.id}"]
    }
  EOF
}
inputs = {
  env  = local.account.locals.env
  name = "from the parent: ${path_relative_to_include()}"
}
"""
CHILD = """
include "root" {
  path = find_in_parent_folders()
}
terraform {
  source = "../../..//modules/role"
}
dependency "vpc" {
  config_path = "../vpc"
}
inputs = {
  name = "app"
  vpc  = dependency.vpc.outputs.id
  dir  = get_terragrunt_dir()
}
"""
FILES = {
    "live/terragrunt.hcl": PARENT,
    "live/prod/account.hcl": 'locals {\n  id  = "222222222222"\n  env = "prod"\n}\n',
    "live/prod/app/terragrunt.hcl": CHILD,
    "modules/role/main.tf": MODULE,
}


def read(files: dict[str, str]) -> dict[str, Facts]:
    held = MemoryFiles({path: dedent(text) for path, text in files.items()})
    units = find_units(held.paths(), held)
    return {unit.path: parse_unit(unit, held, Context(unit.path, unknown_account(unit.path))) for unit in units}


def test_a_module_is_run_with_the_inputs_of_the_file_and_of_what_it_includes() -> None:
    found = read(FILES)
    assert list(found) == ["live/prod/app"]
    facts = found["live/prod/app"]
    (role,) = [item for item in facts.items if isinstance(item, AwsRole)]
    assert (role.name, role.account, role.place.path) == ("app-prod", "222222222222", "modules/role/main.tf")
    assert shown(role.tags["vpc"]) == "⟨live/prod/app#dependency.vpc.outputs.id⟩"
    assert "the path depends on where the repository lies" in repr(role.tags["dir"])
    assert set(facts.files) == set(FILES)


def test_a_parent_gives_what_the_child_does_not_write() -> None:
    files = {**FILES, "live/prod/app/terragrunt.hcl": CHILD.replace('name = "app"', "")}
    (role,) = [item for item in read(files)["live/prod/app"].items if isinstance(item, AwsRole)]
    assert role.name == "from the parent: prod/app-prod"


def test_a_module_that_is_not_here_is_said() -> None:
    source = 'terraform {\n  source = "git::https://example.com/role.git?ref=v1"\n}\n'
    found = read({**FILES, "live/prod/app/terragrunt.hcl": source})
    assert [line.reason for line in found["live/prod/app"].unresolved] == [
        "module `git::https://example.com/role.git?ref=v1` is not in the repository"
    ]


def test_hostile_files_end() -> None:
    for text in (
        "include {\n  path = find_in_parent_folders()\n}\nlocals {\n  a = local.b\n  b = local.a\n}\n",
        'include "x" {\n  path = "terragrunt.hcl"\n}\ninputs = include.x.inputs\n',
        'locals {\n  a = read_terragrunt_config("terragrunt.hcl")\n}\ninputs = local.a\n',
        "terraform {\n  source = 3\n}\n",
        "inputs = [\n",
    ):
        read({**FILES, "live/prod/app/terragrunt.hcl": text})
