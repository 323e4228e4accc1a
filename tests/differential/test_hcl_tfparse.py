"""Terraform's own evaluator, behind the PyPI package `tfparse`, judges ours: where both know a value, it is the same.

Known deviations of the judge, left out here: it gives no value where it met an error or something unknown (so only
values that it has are compared), it turns numbers into floats of 64 bits, and null attributes of variables come back
as references.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hcl_calls import random_call
from hcl_cases import CASES, HEADER

from iamlint.parse.context import Context, unknown_account
from iamlint.parse.terraform.evaluate import evaluate_root
from iamlint.parse.terraform.located import plain
from iamlint.source.files import MemoryFiles
from iamlint.source.value import is_known, to_json

tfparse = pytest.importorskip("tfparse")


def both(folder: Path, files: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the attributes of `test_case.this` as we and as the judge see them."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    evaluation = evaluate_root("", MemoryFiles(files), Context("u", unknown_account("u")), lambda instance, attribute: None)
    assert evaluation.problems == ()
    ours = next(instance for instance in evaluation.instances if instance.type == "test_case")
    theirs = next(block for block in tfparse.load_from_path(folder)["test_case"] if block["__tfmeta"]["path"] == "test_case.this")
    return plain(ours.body), theirs


def unclear(value: Any) -> bool:
    """Return whether the judge gave no value."""
    if isinstance(value, dict):
        return "__attribute__" in value or any(unclear(item) for item in value.values())
    return isinstance(value, list) and any(unclear(item) for item in value)


def failed(value: Any) -> bool:
    """Return whether the judge met an error, perhaps in a part: ours keeps the parts without error."""
    if isinstance(value, dict):
        return any(failed(item) for item in value.values())
    return value is None or (isinstance(value, list) and any(failed(item) for item in value))


def case_file(expressions: list[str]) -> str:
    return (
        HEADER + 'resource "test_case" "this" {\n' + "".join(f"  c{n} = {text}\n" for n, text in enumerate(expressions)) + "}\n"
    )


def test_table(tmp_path: Path) -> None:
    ours, theirs = both(tmp_path, {"main.tf": case_file([expression for expression, _ in CASES])})
    compared = 0
    for number, (expression, _) in enumerate(CASES):
        name = f"c{number}"
        if name in theirs and not unclear(theirs[name]):
            assert to_json(ours[name]) == theirs[name], expression
            compared += 1
    assert compared > 0.9 * len(CASES)


def generated(dice: random.Random, kind: str, depth: int) -> str:
    """Return a random expression of a kind."""

    def sub(wanted: str) -> str:
        return generated(dice, wanted, depth - 1)

    leaves = {
        "text": ['"a"', '"b-c"', '""', "var.env", "local.list[1]", '"x.y"', '"é ü"'],
        "number": ["0", "1", "2.5", "-3", "10", "local.map.x"],
        "bool": ["true", "false", "local.flag"],
        "texts": ["local.list", "[]", '["q", "a", "q"]', "keys(local.map)", "local.users[*].name"],
        "object": ["local.map", '{ k = "v" }', "{}"],
    }
    if depth <= 0:
        return dice.choice(leaves[kind])
    makers = {
        "text": [
            lambda: f'"${{{sub("text")}}}-${{{sub("number")}}}"', lambda: f"upper({sub('text')})", lambda: f"title({sub('text')})",
            lambda: f"join({sub('text')}, {sub('texts')})", lambda: f"replace({sub('text')}, \"-\", {sub('text')})",
            lambda: f"({sub('bool')} ? {sub('text')} : {sub('text')})", lambda: f"jsonencode({sub('object')})",
            lambda: f'format("%s/%v/%5.1f", {sub("text")}, {sub("bool")}, {sub("number")})', lambda: f"try({sub('texts')}[1], {sub('text')})",
            lambda: f"coalesce({sub('text')}, \"z\")", lambda: f'"%{{ if {sub("bool")} }}{{}}%{{ else ~}}  n%{{ endif }}"',
            lambda: f'"%{{ for i, x in {sub("texts")} }}${{i}}${{x}}%{{ endfor }}"', lambda: f"trimsuffix({sub('text')}, {sub('text')})",
            lambda: f"substr({sub('text')}, 0, 2)", lambda: f"yamlencode({sub('object')})", lambda: f"md5({sub('text')})",
            lambda: f"({sub('bool')} ? {sub('text')} : {sub('number')})", lambda: f"urlencode({sub('text')})",
        ],
        "number": [
            lambda: f"({sub('number')} {dice.choice('+-*')} {sub('number')})", lambda: f"length({sub('texts')})", lambda: f"length({sub('text')})",
            lambda: f"max({sub('number')}, {sub('number')})", lambda: f"floor({sub('number')})", lambda: f"-{sub('number')}",
            lambda: f"({sub('number')} % 7)", lambda: f"({sub('bool')} ? {sub('number')} : {sub('number')})", lambda: f"abs({sub('number')})",
        ],
        "bool": [
            lambda: f"({sub('number')} {dice.choice(['<', '>=', '==', '!='])} {sub('number')})", lambda: f"!{sub('bool')}",
            lambda: f"({sub('bool')} {dice.choice(['&&', '||'])} {sub('bool')})", lambda: f"contains({sub('texts')}, {sub('text')})",
            lambda: f"({sub('text')} == {sub('text')})", lambda: f"can({sub('texts')}[2])", lambda: f"startswith({sub('text')}, {sub('text')})",
        ],
        "texts": [
            lambda: f"[for x in {sub('texts')} : \"${{x}}{dice.choice('ab')}\" if x != {sub('text')}]", lambda: f"concat({sub('texts')}, {sub('texts')})",
            lambda: f"sort({sub('texts')})", lambda: f"distinct({sub('texts')})", lambda: f"toset({sub('texts')})", lambda: f"reverse({sub('texts')})",
            lambda: f"split(\"-\", {sub('text')})", lambda: f"[{sub('text')}, {sub('text')}]", lambda: f"flatten([{sub('texts')}, [{sub('texts')}]])",
            lambda: f"compact({sub('texts')})", lambda: f"setunion({sub('texts')}, {sub('texts')})", lambda: f'formatlist("%s!", {sub("texts")})',
            lambda: f"({sub('bool')} ? {sub('texts')} : [])", lambda: f"keys({sub('object')})", lambda: f"regexall(\"[a-c]+\", {sub('text')})",
        ],
        "object": [
            lambda: f"{{ a = {sub('text')}, (\"b${{1}}\") = {sub('texts')} }}", lambda: f"merge({sub('object')}, {sub('object')})",
            lambda: f"{{ for i, x in {sub('texts')} : \"${{x}}${{i}}\" => upper(x) }}", lambda: f"{{ for x in {sub('texts')} : x => 1... }}",
            lambda: f"jsondecode(jsonencode({sub('object')}))",
        ],
    }  # fmt: skip
    return str(dice.choice(makers[kind])())


@pytest.mark.parametrize("seed", range(4))
def test_generated_expressions(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    expressions = [generated(dice, dice.choice(["text", "number", "bool", "texts", "object"]), 4) for _ in range(150)]
    ours, theirs = both(tmp_path, {"main.tf": case_file(expressions)})
    compared = 0
    for number, expression in enumerate(expressions):
        name = f"c{number}"
        if failed(theirs.get(name)) or unclear(theirs[name]) or not is_known(ours[name]):
            continue
        assert to_json(ours[name]) == theirs[name], expression
        compared += 1
    assert compared > 60


@pytest.mark.parametrize("seed", range(4))
def test_generated_calls(tmp_path: Path, seed: int) -> None:
    """As JSON text, since that shows types, order and null where the judge's own values do not."""
    dice = random.Random(seed)
    calls = [random_call(dice) for _ in range(400)]
    ours, theirs = both(tmp_path, {"main.tf": case_file([f"jsonencode({call})" for call in calls])})
    compared = 0
    for number, call in enumerate(calls):
        found, judged = ours[f"c{number}"], theirs.get(f"c{number}")
        if not isinstance(found, str) or not isinstance(judged, str):
            continue
        if call.startswith("coalesce(") and "toset" in call:
            continue  # lists and sets of different types: go-cty takes one of both types, which nobody writes
        assert json.loads(found) == json.loads(judged), call
        compared += 1
    assert compared > 200


MODULES: list[dict[str, str]] = [
    {
        "main.tf": """
module "m" {
  source = "./m"
  names  = ["a", "b"]
}
resource "test_case" "this" {
  out = module.m.texts
  one = module.m.object["b"].upper
}
""",
        "m/main.tf": """
variable "names" { type = set(string) }
variable "size" {
  type    = object({ a = optional(number, 3), b = optional(string) })
  default = {}
}
locals { made = { for n in var.names : n => { upper = upper(n), size = var.size.a } } }
output "object" { value = local.made }
output "texts" { value = [for k, v in local.made : "${k}${v.upper}${v.size}"] }
""",
    },
    {
        "main.tf": """
variable "list" {
  type    = list(map(string))
  default = [{ k = 1 }, { k = true }]
}
resource "test_case" "this" {
  l = var.list
  t = <<-EOT
    %{ for m in var.list ~}
    ${m.k}
    %{ endfor ~}
    end
  EOT
}
""",
    },
]


@pytest.mark.parametrize("files", MODULES)
def test_modules(tmp_path: Path, files: dict[str, str]) -> None:
    ours, theirs = both(tmp_path, files)
    for name, value in ours.items():
        assert to_json(value) == theirs[name], name
