"""Empty collections keep the type of what they would hold: Terraform's own evaluator judges what is made of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from differential.test_hcl_tfparse import both, failed, unclear

from iamlint.source.value import is_known, to_json

pytest.importorskip("tfparse")

EMPTY = [
    "compact([])", "range(0)", "tolist([])", "toset([])", "keys({})", "keys(tomap({}))", "values({})", "values(local.em)", "sort([])",
    "distinct([])", 'matchkeys(["a"], ["a"], ["b"])', 'regexall("x", "y")', 'setsubtract(["a"], ["a"])', 'setintersection(["a"], ["b"])',
    'slice(tolist(["a"]), 0, 0)', "slice([1], 0, 0)", "chunklist([], 1)", "chunklist(local.texts, 1)", 'setproduct([], ["a"])',
    "setproduct(local.texts, [1])", "flatten([])", 'formatlist("%s", [])', 'csvdecode("a\\n")', "reverse(local.texts)", "local.texts",
    "local.numbers", "local.set", "local.objects", "local.objects[*].a", "local.texts[*]", "concat(local.texts, local.texts)",
    "concat(local.texts, local.numbers)", "setunion(local.set, [])", "tolist(local.set)", "try(local.texts, [])",
    'true ? [] : ["a"]', "true ? tolist([]) : tolist([1])", "tomap({})", "zipmap(local.texts, [])", "merge()", "merge(local.em, {})",
    "transpose({})", "local.texts_by_name", 'lookup(local.texts_by_name, "a", [])',
]  # fmt: skip
MADE = [
    "@", "@ == tolist([])", "@ == local.numbers", "true ? @ : [1]", "true ? tolist([1]) : @", "true ? [1] : @", "true ? toset([1]) : @",
    "concat(@, tolist([1]))", "concat(tolist([1]), @)", "concat(@, [1])", "setunion(@, toset([1]))", "setsubtract([1], @)",
    "setproduct([1], @)", "tolist([@, [1]])", "tolist([tolist([1]), @])", "tomap({ a = @, b = tolist([1]) })", "distinct([@, tolist([1])])",
    "true ? { a = tolist([1]) } : { a = @ }", 'coalesce(@, tolist([1]))', "contains([@], tolist([]))", "sort(@)", "chunklist(@, 1)",
    'matchkeys(tolist([1]), tolist(["a"]), @)', "merge(@, tomap({ a = 1 }))", "true ? tomap({ a = 1 }) : @", "true ? @ : { a = 1 }",
    'jsonencode(concat(@, tolist(["a"])))', 'lookup({ a = @ }, "b", tolist([1]))',
]  # fmt: skip
HEADER = """
locals {
  em            = tomap({})
  texts         = compact([""])
  numbers       = slice(tolist([1]), 0, 0)
  set           = setsubtract(toset(["a"]), toset(["a"]))
  objects       = slice(tolist([{ a = "x" }]), 0, 0)
  texts_by_name = { for name, texts in tomap({ a = tolist(["x"]) }) : name => texts if false }
}
"""


def test_what_is_made_of_empty_collections(tmp_path: Path) -> None:
    expressions = [made.replace("@", f"({empty})") for empty in EMPTY for made in MADE]
    lines = "".join(f"  c{number} = {expression}\n" for number, expression in enumerate(expressions))
    ours, theirs = both(tmp_path, {"main.tf": f'{HEADER}resource "test_case" "this" {{\n{lines}}}\n'})
    compared = 0
    for number, expression in enumerate(expressions):
        our, their = ours[f"c{number}"], theirs.get(f"c{number}")
        if not is_known(our) or unclear(their):
            continue
        if failed(their) and ("toset" in expression or "set" in expression):
            continue  # lists and sets of different types: go-cty takes one of both types, which nobody writes
        assert to_json(our) == their, expression
        compared += 1
    assert compared > 600
