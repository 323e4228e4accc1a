"""What OpenTofu has beside Terraform, and files that say how modules are run and are not read."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, shown

from iamlint.model.aws import AwsRole, AwsUser
from iamlint.project.memory import memory_session
from iamlint.report.json import to_json


def names(files: dict[str, str]) -> list[str]:
    main = files.pop("main.tf", "")
    root = Root(main, {f"infra/{path}": text for path, text in files.items()})
    return sorted(shown(user.name) for user in root.all(AwsUser))


def user(name: str) -> str:
    return f'resource "aws_iam_user" "{name}" {{ name = "{name}" }}\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.tf": user("terraform"), "a.tofu": user("tofu")}, ["tofu"]),
        ({"a.tf": user("terraform"), "b.tofu": user("tofu")}, ["terraform", "tofu"]),
        ({"a.tf.json": '{"resource": {"aws_iam_user": {"x": {"name": "json"}}}}', "a.tofu.json": "{}"}, []),
        ({"a.tf": user("app"), "a_override.tofu": 'resource "aws_iam_user" "app" { name = "other" }\n'}, ["other"]),
        ({"a.tf": user("app"), "a.tftest.hcl": user("test"), "tests/b.tftest.hcl": user("test")}, ["app"]),
        ({"a.tf": user("app"), "mocks.tfmock.hcl": 'mock_resource "aws_iam_user" { defaults = { name = "mock" } }\n'}, ["app"]),
    ],
)
def test_which_files_count(files: dict[str, str], expected: list[str]) -> None:
    assert names(dict(files)) == expected


@pytest.mark.parametrize(
    ("switch", "expected", "reported"),
    [
        ("true", {"one", "inner"}, 0), ("false", {"none"}, 0), ("var.on", {"none"}, 0), ('"false"', {"none"}, 0),
        ("var.unknown", {"one", "inner"}, 2), ("var.on == false", {"one", "inner"}, 0),
    ],
)  # fmt: skip
def test_what_is_switched_off_is_not_there(switch: str, expected: set[str], reported: int) -> None:
    lifecycle = f"lifecycle {{\n    enabled = {switch}\n  }}"
    main = f"""
    variable "on" {{ default = false }}
    variable "unknown" {{}}
    resource "aws_iam_user" "one" {{
      name = "one"
      {lifecycle}
    }}
    module "inner" {{
      source = "./inner"
      {lifecycle}
    }}
    module "label" {{
      source = "cloudposse/label/null"
      name   = "x"
      {lifecycle}
    }}
    resource "aws_iam_user" "none" {{
      count = aws_iam_user.one == null && module.inner == null ? 1 : 0
      name  = try(aws_iam_user.one.name, module.label.id, "none")
    }}
    """
    root = Root(main, {"infra/inner/main.tf": user("inner")})
    assert {shown(user.name) for user in root.all(AwsUser)} - ({"none"} if reported else set()) == expected
    assert len([line for line in root.facts.unresolved if line.reason.startswith("how many instances")]) == reported


def test_modules_that_are_there_perhaps_are_told() -> None:
    main = 'variable "on" {}\nmodule "inner" {\n  source = "./inner"\n  count  = var.on ? 1 : 0\n}\n'
    root = Root(main, {"infra/inner/main.tf": user("inner")})
    assert [line.reason for line in root.facts.unresolved if "inner" in line.reason] == [
        "how many instances module `inner` has is not known: the variable `on` has no default"
    ]


PROVIDERS = """
variable "accounts" { default = { dev = "111111111111", prod = "333333333333" } }
provider "aws" {
  alias    = "by_stage"
  for_each = var.accounts
  assume_role { role_arn = "arn:aws:iam::${each.value}:role/deploy" }
}
resource "aws_iam_role" "app" {
  for_each           = var.accounts
  provider           = aws.by_stage[each.key]
  name               = "app"
  assume_role_policy = jsonencode({ Statement = [] })
}
resource "aws_iam_role" "fixed" {
  provider           = aws.by_stage["prod"]
  name               = "fixed"
  assume_role_policy = jsonencode({ Statement = [] })
}
module "inner" {
  for_each  = var.accounts
  source    = "./inner"
  providers = { aws = aws.by_stage[each.key] }
}
"""


def test_instances_of_a_provider() -> None:
    inner = 'resource "aws_iam_role" "in" {\n  name = "in"\n  assume_role_policy = jsonencode({ Statement = [] })\n}\n'
    root = Root(PROVIDERS, {"infra/inner/main.tf": inner})
    assert sorted(shown(role.arn) for role in root.all(AwsRole)) == [
        "arn:aws:iam::111111111111:role/app",
        "arn:aws:iam::111111111111:role/in",
        "arn:aws:iam::333333333333:role/app",
        "arn:aws:iam::333333333333:role/fixed",
        "arn:aws:iam::333333333333:role/in",
    ]


def test_an_instance_of_a_provider_that_is_not_known_is_no_other_account() -> None:
    root = Root(PROVIDERS.replace('aws.by_stage["prod"]', "aws.by_stage[var.stage]") + 'variable "stage" {}\n')
    fixed = next(role for role in root.all(AwsRole) if role.name == "fixed")
    assert not isinstance(fixed.account, str)


def test_the_source_of_a_module_may_be_an_expression() -> None:
    main = """
        variable "kind" { default = "reader" }
        locals { where = "./modules" }
        module "it" { source = "${local.where}/${var.kind}" }
        module "other" { source = var.elsewhere }
        variable "elsewhere" {}
    """
    root = Root(main, {"infra/modules/reader/main.tf": user("reader")})
    assert [shown(one.name) for one in root.all(AwsUser)] == ["reader"]
    assert [line.reason for line in root.facts.unresolved] == ["module `other` has no fixed source"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("stack/components.tfstack.hcl", "no deployment of the Terraform stack is in the repository"),
        ("stack/components.tfcomponent.hcl", "no deployment of the Terraform stack is in the repository"),
        ("app/terragrunt.hcl.json", "the inputs of a Terragrunt unit in JSON syntax are not read"),
        (
            "stack/deployments.tfdeploy.hcl",
            "the components of the Terraform stack that is deployed are not in the repository",
        ),
    ],
)
def test_stacks_are_said_to_be_not_read(path: str, reason: str) -> None:
    content = 'deployment "x" {\n  destroy = false\n}\n' if "deploy" in path else 'component "x" { source = "./x" }\n'
    coverage = to_json(memory_session({path: content}).check())["coverage"]
    assert [(line["reason"], line["file"]) for line in coverage["unresolved"]] == [(reason, path)]
    assert coverage["resources"] == {"full": 0, "partly": 0, "none": 1}
