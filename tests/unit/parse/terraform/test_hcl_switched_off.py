"""What the default of a variable keeps from being there stands in the coverage; what the files decide otherwise does not."""

from __future__ import annotations

import pytest

from iamlint.project.memory import memory_session
from iamlint.report.json import to_json
from iamlint.report.text import closing

MODULE = """
variable "users" { default = [] }
resource "aws_iam_user" "this" {
  for_each = toset(var.users)
  name     = each.key
}
"""
HEADER = """
variable "create" { default = false }
variable "users" { default = {} }
variable "number" { default = 0 }
variable "env" { default = "dev" }
variable "tags" { default = {} }
locals { is_prod = var.env == "prod" }
"""
USER = 'resource "aws_iam_user" "app" {\n  name = "app"\n  HOW\n}\n'
CALL = 'module "team" {\n  source = "./team"\n  HOW\n}\n'
OFF = "`aws_iam_user.app` is switched off by the default of the variable "


def lines(code: str, **files: str) -> list[str]:
    """Return what is switched off in a root module with a module beside it."""
    named = {path.replace("__", "."): text for path, text in files.items()}
    module = {"team/main.tf": MODULE} if "./team" in code else {}
    session = memory_session({"main.tf": HEADER + code, **module, **named})
    return [line["reason"] for line in to_json(session.check())["coverage"]["switched_off"]]


@pytest.mark.parametrize(
    ("how", "variable"),
    [
        ("count = var.create ? 1 : 0", "create"),
        ("count = var.number", "number"),
        ("count = !var.create ? 0 : 1", "create"),
        ("for_each = var.users", "users"),
        ("for_each = { for name, user in var.users : name => user }", "users"),
        ("count = local.is_prod ? 1 : 0", "env"),
        ("count = length(keys(var.users))", "users"),
        # what the files decide, whatever a variable says
        ("count = 0", None),
        ("for_each = {}", None),
        ("count = var.create ? 0 : 0", None),
        ("count = false && var.create ? 1 : 0", None),
        ("for_each = { for k, v in { a = { on = false, tags = var.tags } } : k => v if v.on }", None),
        # what is there
        ("count = var.create ? 0 : 1", None),
        ('for_each = toset(concat(["a"], keys(var.users)))', None),
        ("", None),
    ],
)
def test_a_resource(how: str, variable: str | None) -> None:
    assert lines(USER.replace("HOW", how)) == ([] if variable is None else [f"{OFF}`{variable}`"])


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("count = var.number", "`module.team` is switched off by the default of the variable `number`"),
        ("count = 0", None),
        ("users = keys(var.users)", "`module.team.aws_iam_user.this` is switched off by the default of the variable `users`"),
        ("", None),  # the default of a variable that no deployment can give
        ('users = ["ana"]', None),
        (
            'for_each = toset(["a", "b"])\n  users = each.key == "a" ? [] : keys(var.users)',
            '`module.team["b"].aws_iam_user.this` is switched off by the default of the variable `users`',
        ),
    ],
)
def test_a_module(how: str, expected: str | None) -> None:
    assert lines(CALL.replace("HOW", how)) == ([] if expected is None else [expected])


STATEMENT = """
data "aws_iam_policy_document" "app" {
  dynamic "statement" {
    for_each = HOW
    content {
      actions   = ["s3:GetObject"]
      resources = ["*"]
    }
  }
}
"""


@pytest.mark.parametrize(
    ("how", "variable"),
    [
        ("var.users", "users"),
        ("length(var.users) > 0 ? [1] : []", "users"),
        ("[for user in concat(keys(var.users)) : user]", "users"),
        ('local.is_prod ? ["prod"] : []', "env"),
        ("[]", None),
        ("var.create ? [] : [1]", None),
        ('concat(["a"], keys(var.users))', None),
    ],
)
def test_a_statement(how: str, variable: str | None) -> None:
    expected = "a `statement` of `data.aws_iam_policy_document.app` is switched off by the default of the variable "
    assert lines(STATEMENT.replace("HOW", how)) == ([] if variable is None else [f"{expected}`{variable}`"])


def test_a_statement_of_each_instance() -> None:
    counted = STATEMENT.replace("{\n  dynamic", "{\n  for_each = { a = {}, b = var.users, c = { x = 1 } }\n  dynamic", 1)
    expected = 'a `statement` of `data.aws_iam_policy_document.app["b"]` is switched off by the default of the variable `users`'
    assert lines(counted.replace("HOW", "each.value")) == [expected]


def test_a_condition_is_no_statement() -> None:
    condition = STATEMENT.replace("HOW", "[1]").replace(
        '"]\n    }', '"]\n      dynamic "condition" {\n        for_each = var.users\n        content {}\n      }\n    }'
    )
    assert lines(condition) == []


MORE = """
data "aws_iam_policy_document" "more" {
  count = var.create ? 1 : 0
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}
"""
BASE = 'data "aws_iam_policy_document" "base" {\n  source_policy_documents = HOW\n}\n'
MORE_IS_OFF = "`data.aws_iam_policy_document.more` is switched off by the default of the variable `create`"


@pytest.mark.parametrize(
    ("code", "is_told"),
    [
        (BASE.replace("HOW", "compact([var.create ? data.aws_iam_policy_document.more[0].json : null])"), True),
        (BASE.replace("HOW", "data.aws_iam_policy_document.more[*].json"), True),
        ("locals {\n  documents = data.aws_iam_policy_document.more[*].json\n}\n", True),
        ('output "policy" {\n  value = one(data.aws_iam_policy_document.more[*].json)\n}\n', True),
        # nothing takes it in but what is switched off itself
        ("", False),
        ("# data.aws_iam_policy_document.more\n", False),
        (BASE.replace("HOW", "[data.aws_iam_policy_document.more_of_it.json]"), False),
    ],
)
def test_a_document(code: str, is_told: bool) -> None:
    assert lines(MORE + code) == ([MORE_IS_OFF] if is_told else [])


def test_a_document_of_a_policy_that_is_switched_off_with_it() -> None:
    policy = 'resource "aws_iam_policy" "more" {\n  count = var.create ? 1 : 0\n  policy = data.aws_iam_policy_document.more[0].json\n}\n'
    assert lines(MORE + policy) == ["`aws_iam_policy.more` is switched off by the default of the variable `create`"]
    passed = 'module "team" {\n  source = "./team"\n  users = data.aws_iam_policy_document.more[*].json\n}\n'
    assert MORE_IS_OFF in lines(MORE + passed)


def test_the_default_of_an_environment_variable_in_terragrunt() -> None:
    env = 'locals {\n  env = get_env("APP_ENV", "dev")\n}\n'
    unit = """
include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}
inputs = {
  env    = include.root.locals.env
  create = read_terragrunt_config(find_in_parent_folders("root.hcl")).locals.env == "prod"
}
"""
    prod = USER.replace("HOW", "count = local.is_prod ? 1 : 0") + CALL.replace("HOW", "count = var.create ? 1 : 0")
    files = {"root.hcl": env, "app/terragrunt.hcl": unit, "app/main.tf": HEADER + prod, "app/team/main.tf": MODULE}
    found = to_json(memory_session(files).check())["coverage"]["switched_off"]
    by = "is switched off by the default of the environment variable `APP_ENV`"
    assert [line["reason"] for line in found] == [f"`aws_iam_user.app` {by}", f"`module.team` {by}"]


def test_what_bears_on_nothing_is_not_told() -> None:
    assert lines('resource "aws_vpc" "main" {\n  count = var.number\n}\n') == []


def test_a_variable_that_is_given_is_no_default() -> None:
    code = USER.replace("HOW", "count = var.create ? 1 : 0")
    assert lines(code, terraform__tfvars="create = false\n") == []
    assert lines(code, terraform__tfvars="number = 1\n") == [f"{OFF}`create`"]


def test_a_variant_that_switches_it_on_decides() -> None:
    code = USER.replace("HOW", "count = var.create ? 1 : 0") + USER.replace("app", "two").replace("HOW", "count = var.number")
    variants = "inputs: {variants: [{workspace: dev}, {workspace: prod, variable-files: [prod.vars]}]}\n"
    found = lines(code, iamlint__yaml=variants, prod__vars="create = true\n")
    assert found == ["`aws_iam_user.two` is switched off by the default of the variable `number`"]


def test_it_is_in_none_of_the_other_numbers() -> None:
    files = {"main.tf": HEADER + USER.replace("HOW", "count = var.create ? 1 : 0")}
    report = memory_session(files).check()
    assert "coverage: 0 resolved, 0 unresolved (-v lists them); 1 switched off by defaults" in closing(report)
    verbose = closing(report, verbosity=1)
    assert f"switched off: main.tf:8: {OFF}`create`" in verbose
    assert "no findings in 1 file, 1 unit" in verbose
    more = memory_session({**files, "more.tf": USER.replace('"app"', '"more"').replace("HOW", "")}).check()
    assert "of 1 resource 1 fully, 0 partly, 0 not; 1 more switched off by defaults" in closing(more)
    assert to_json(more)["coverage"]["resources"] == {"full": 1, "partly": 0, "none": 0}
