"""Every expression of the table has the value that Terraform documents for it."""

from __future__ import annotations

import pytest
from hcl_cases import CASES, HEADER

from iamlint.parse.context import Context, unknown_account
from iamlint.parse.terraform.evaluate import evaluate_expression, evaluate_root
from iamlint.parse.terraform.located import plain
from iamlint.source.files import MemoryFiles

CONTEXT = Context("u", unknown_account("u"))


def body(expression: str, header: str = HEADER, **files: str) -> object:
    text = header + 'resource "test_case" "this" {\n  value = ' + expression + "\n}\n"
    evaluation = evaluate_root("", MemoryFiles({"main.tf": text, **files}), CONTEXT, lambda instance, attribute: None)
    assert evaluation.problems == ()
    return plain(evaluation.instances[0].body.value["value"])


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[case[0][:60].replace("\n", " ") for case in CASES])
def test_value(expression: str, expected: object) -> None:
    value = body(expression)
    assert value == expected
    assert type(value) is type(expected)


def test_console_evaluates_in_the_scope_of_the_folder() -> None:
    files = MemoryFiles({"infra/main.tf": HEADER})
    assert plain(evaluate_expression("infra", files, CONTEXT, "upper(var.env)")) == "PROD"
    assert evaluate_expression("infra", files, CONTEXT, "var.nope").value.reason == "`var.nope` is not declared"
    assert evaluate_expression("infra", files, CONTEXT, "1 +").value.reason == "this is not HCL: expected an expression"


ERRORS = [
    ("local.list[9]", "the index is outside the list"),
    ("local.map.z", "there is no attribute or key `z`"),
    ('1 + "x"', "a number is required here, the text spells none"),
    ("1 / 0", "division by zero"),
    ("upper(null)", "`upper`: an argument is null"),
    ('join(",", [local.list])', "a string is required here, the value is a tuple"),
    ('regex("z", "a")', "`regex`: nothing matches the regular expression"),
    ("one([1, 2])", "`one`: the list has more than one element"),
    ("range(2000)", "`range`: more than 1024 values"),
    ('tonumber("x")', "a number is required here, the text spells none"),
    ("[for x in 1 : x]", "`for` goes over a number"),
    ("{ for x in [1, 1] : x => x }", "two elements of a `for` expression have one key"),
    ("upper()", "`upper`: called with 0 arguments"),
    ('format("%d")', "`format`: the format has more verbs than there are values"),
    ("timestamp()", "`timestamp` depends on the time of the run"),
    ('provider::aws::arn_parse("x")', "`provider::aws::arn_parse` is a provider's function"),
    ('file("nope.json")', "the file `nope.json` is not in the repository"),
    ("local.nope", "`local.nope` is not declared"),
    ("each.key", "`each` has no meaning here"),
]


@pytest.mark.parametrize(("expression", "reason"), ERRORS, ids=[error[0] for error in ERRORS])
def test_what_terraform_refuses_is_unknown_with_a_reason(expression: str, reason: str) -> None:
    assert body(expression).reason == reason  # type: ignore[attr-defined]


FILES = {
    "t.tpl": '{\n%{ for n in names ~}\n  "${n}": "${upper(n)}",\n%{ endfor ~}\n  "end": ${jsonencode(size)} }\n',
    "d.json": '{"a": {"b": [1, "x"]}}',
    "d.yaml": "a: {b: [1, x]}\n",
    "p/one.json": "1",
    "p/two.json": "2",
    "p/three.txt": "3",
}
FILE_CASES = [
    ('templatefile("${path.module}/t.tpl", { names = ["p", "q"], size = [1] })', '{\n  "p": "P",\n  "q": "Q",\n  "end": [1] }\n'),
    ('jsondecode(file("d.json")).a.b[1]', "x"),
    ('yamldecode(file("${path.root}/d.yaml"))', {"a": {"b": [1, "x"]}}),
    ('fileset("${path.module}/p", "*.json")', ["one.json", "two.json"]),
    ('fileset(path.module, "p/{one,three}.*")', ["p/one.json", "p/three.txt"]),
    ('fileset(".", "**/t*.*")', ["p/three.txt", "p/two.json", "t.tpl"]),
    ('{ for f in fileset("p", "*.json") : trimsuffix(f, ".json") => file("p/${f}") }', {"one": "1", "two": "2"}),
    ('fileexists("p/one.json")', True),
    ('fileexists("p/nine.json")', False),
    ('filemd5("p/one.json") == md5("1")', True),
]


@pytest.mark.parametrize(("expression", "expected"), FILE_CASES, ids=[case[0][:60] for case in FILE_CASES])
def test_functions_that_read_files(expression: str, expected: object) -> None:
    assert body(expression, "", **FILES) == expected
