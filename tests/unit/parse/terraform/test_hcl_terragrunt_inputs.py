"""Terragrunt's inputs: merged as its own code merges them, unknown where they are not known, said where they cannot be read."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import shown

from iamlint.model.aws import AwsRole
from iamlint.model.estate import Facts
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.units import find_units, parse_unit
from iamlint.source.files import MemoryFiles

MODULE = """
variable "value" {
  type    = any
  default = "its default"
}
resource "aws_iam_role" "this" {
  name = can(tostring(var.value)) ? coalesce(var.value, "null or empty") : jsonencode(var.value)
}
"""
CHILD = """
include "root" {
  path           = find_in_parent_folders("root.hcl")
  merge_strategy = "deep"
}
terraform { source = "../modules/role" }
"""


def read(files: dict[str, str]) -> dict[str, Facts]:
    memory = MemoryFiles({"modules/role/main.tf": MODULE, **files})
    units = find_units(memory.paths(), memory)
    return {unit.path: parse_unit(unit, memory, Context(unit.path, unknown_account(unit.path))) for unit in units}


def name_of(facts: Facts) -> str:
    return shown(next(item for item in facts.items if isinstance(item, AwsRole)).name)


# What the parent gives, what the child gives, what comes out: mergo's `Merge` with `WithAppendSlice` and `WithOverride`.
DEEP = [
    ('{ a = "p", b = "p" }', '{ b = "c" }', '{"a":"p","b":"c"}'),
    ('{ a = "p" }', "{}", '{"a":"p"}'),
    ('{ a = { x = 1 } }', "{ a = {} }", '{"a":{"x":1}}'),
    ('["p"]', '["c"]', '["p","c"]'),
    ('["p"]', "[]", '["p"]'),
    ("[]", '["c"]', '["c"]'),
    ('{ a = ["p"] }', "{ a = [] }", '{"a":["p"]}'),
    ('"p"', '""', "null or empty"),
    ('{ a = "p" }', '{ a = "" }', '{"a":""}'),
    ("{ a = true }", "{ a = false }", '{"a":false}'),
    ("{ a = 1 }", "{ a = 0 }", '{"a":0}'),
    ('{ a = "p" }', "{ a = null }", '{"a":null}'),
    ('{ a = { x = 1 } }', "{ a = null }", '{"a":null}'),
    ("{ a = null }", "{ a = [] }", '{"a":[]}'),
    ('{ a = ["p"] }', '{ a = "c" }', '{"a":"c"}'),
    ('{ a = ["p"] }', '{ a = { x = 1 } }', '{"a":{"x":1}}'),
    ('{ a = "p" }', '{ a = { x = 1 } }', '{"a":{"x":1}}'),
    ('{ a = { x = 1 } }', '{ a = "c" }', '{"a":"c"}'),
]  # fmt: skip


@pytest.mark.parametrize(("parent", "child", "expected"), DEEP)
def test_a_deep_merge_is_that_of_terragrunt(parent: str, child: str, expected: str) -> None:
    files = {
        "root.hcl": f"inputs = {{ value = {parent} }}\n",
        "app/terragrunt.hcl": f"{CHILD}inputs = {{ value = {child} }}\n",
    }
    assert name_of(read(files)["app"]) == expected


@pytest.mark.parametrize(("parent", "child"), [('"p"', '["c"]'), ("{ x = 1 }", "[]"), ("true", "[]")])
def test_a_list_is_appended_to_lists_only(parent: str, child: str) -> None:
    files = {
        "root.hcl": f"inputs = {{ value = {parent} }}\n",
        "app/terragrunt.hcl": f"{CHILD}inputs = {{ value = {child} }}\n",
    }
    facts = read(files)["app"]
    assert "Terragrunt cannot append the list `value` to what is no list" in repr(facts.items[0].name)


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        # The child may give anything: neither the parent's value nor the variable's default is sure to count.
        ('inputs = { value = "p" }', 'inputs = run_cmd("x")', None),
        ('inputs = { value = "p" }', 'inputs = merge(run_cmd("x"), { other = 1 })', None),
        ("", 'inputs = run_cmd("x")', None),
        # The parent may give anything, under what the child gives.
        ('inputs = run_cmd("x")', 'inputs = { value = "c" }', "c"),
        ('inputs = run_cmd("x")', 'inputs = { value = ["c"] }', None),
        ('inputs = run_cmd("x")', "inputs = { other = 1 }", None),
        ('inputs = { value = run_cmd("x") }', "inputs = { value = null }", "null or empty"),
        ('inputs = { value = "p" }', "inputs = { other = 1 }", "p"),
        ("", "", "its default"),
    ],
)
def test_inputs_that_are_not_known_leave_no_default(parent: str, child: str, expected: str | None) -> None:
    files = {"root.hcl": f"{parent}\n", "app/terragrunt.hcl": f"{CHILD}{child}\n"}
    found = name_of(read(files)["app"])
    assert found == expected if expected is not None else "⟨" in found


@pytest.mark.parametrize(
    ("type_", "given", "expected"),
    [
        ("list(string)", 'get_env("DOMAINS", "[\\"a\\", \\"b\\"]")', '["a","b"]'),
        ("list(string)", 'jsonencode(["a", "b"])', '["a","b"]'),
        ("map(number)", '"{ a = 1 }"', '{"a":1}'),
        ("string", '"[1]"', "[1]"),
        ("any", '"[1]"', "[1]"),
        ("list(string)", '"not a list"', None),
    ],
)
def test_a_text_for_a_variable_of_a_complex_type_is_an_expression(type_: str, given: str, expected: str | None) -> None:
    files = {
        "modules/role/main.tf": MODULE.replace("any", type_).replace('"its default"', "null"),
        "app/terragrunt.hcl": f'terraform {{ source = "../modules/role" }}\ninputs = {{\n  value = {given}\n}}\n',
    }
    found = name_of(read(files)["app"])
    assert found == expected if expected is not None else "⟨" in found


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ({"app/terragrunt.hcl": f"{CHILD}inputs = {{\n  value = [\n"}, "app/terragrunt.hcl"),
        ({"app/terragrunt.hcl": f"{CHILD}inputs = {{ value = [1 2] }}\n"}, "app/terragrunt.hcl"),
        ({"app/terragrunt.hcl": CHILD, "root.hcl": "inputs = {\n  value = [\n"}, "root.hcl"),
        ({"app/terragrunt.hcl": CHILD, "root.hcl": 'locals {\n  x = "\n}\ninputs = { value = local.x }\n'}, "root.hcl"),
        (
            {
                "app/terragrunt.hcl": f'{CHILD}locals {{\n  x = read_terragrunt_config("../env.hcl")\n}}\n'
                "inputs = { value = local.x.inputs.value }\n",
                "env.hcl": "inputs = {\n  value = {\n",
            },
            "env.hcl",
        ),
    ],
)
def test_what_cannot_be_read_is_a_problem_and_leaves_no_default(broken: dict[str, str], line: str) -> None:
    facts = read({"root.hcl": "", **broken})["app"]
    assert [(problem.id, problem.at.path) for problem in facts.problems] == [("IL002", line)]
    assert "its default" not in name_of(facts)
    assert "⟨" in name_of(facts)


def test_a_unit_of_which_nothing_can_be_read_is_a_problem() -> None:
    facts = read({"app/terragrunt.hcl": "terraform {\n  source = \n"})
    assert [(problem.id, problem.at.path) for problem in facts["app"].problems] == [("IL002", "app/terragrunt.hcl")]


def test_a_stack_that_cannot_be_read_is_a_problem() -> None:
    facts = read({"live/terragrunt.stack.hcl": 'unit "a" {\n  source = "../modules/role"\n  path =\n}\n'})
    (found,) = facts["live/terragrunt.stack.hcl"].problems
    assert (found.id, found.at.path) == ("IL002", "live/terragrunt.stack.hcl")
