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
    ("true && null.x", "`x` is taken of null"),
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
    ('provider::aws::arn_parse("x")', "`provider::aws::arn_parse`: the text is no ARN"),
    ('provider::acme::anything("x")', "`provider::acme::anything` is a provider's function"),
    ('file("nope.json")', "the file `nope.json` is not in the repository"),
    ("local.nope", "`local.nope` is not declared"),
    ("each.key", "`each` has no meaning here"),
    ('formatdate("YYYYY", "2018-01-02T23:12:01Z")', "`formatdate`: `YYYYY` means nothing in a date's format"),
    ('formatdate("\'x", "2018-01-02T23:12:01Z")', "`formatdate`: a quoted stretch of the format is not closed"),
    ('timeadd("2018-02-30T00:00:00Z", "1h")', "`timeadd`: the text is no timestamp as RFC 3339 has it"),
    ('timeadd("2018-02-20T00:00:00Z", "1 day")', "`timeadd`: the text is no duration such as `1h30m`"),
    ('templatestring("x", {})', "`templatestring`: the template must be a reference, not an expression"),
]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # The examples of Terraform's documentation.
        ('formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")', "02 Jan 2018 23:12 UTC"),
        ('formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z")', "Tuesday, 02-Jan-18 23:12:01 UTC"),
        ('formatdate("EEE, DD MMM YYYY hh:mm:ss ZZZ", "2018-01-02T23:12:01-08:00")', "Tue, 02 Jan 2018 23:12:01 -0800"),
        ('formatdate("MMM DD, YYYY", "2018-01-02T23:12:01Z")', "Jan 02, 2018"),
        ('formatdate("HH:mmaa", "2018-01-02T23:12:01Z")', "11:12pm"),
        ("formatdate(\"h'h'mm 'o''clock'\", \"2018-01-02T03:12:01Z\")", "3h12 o'clock"),
        ('formatdate("Z ZZZZ ZZZZZ", "2018-01-02T03:12:01+05:30")', "+05:30 +0530 +05:30"),
        ('timeadd("2017-11-22T00:00:00Z", "10m")', "2017-11-22T00:10:00Z"),
        ('timeadd("2017-11-22T00:00:00+02:00", "-1.5h10s")', "2017-11-21T22:29:50+02:00"),
        ('timeadd("2017-11-22T00:00:00.9Z", "200ms")', "2017-11-22T00:00:01Z"),
        ('timecmp("2017-11-22T00:00:00Z", "2017-11-22T00:00:00Z")', 0),
        ('timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00Z")', -1),
        ('timecmp("2017-11-22T00:00:00+01:00", "2017-11-21T23:00:00Z")', 0),
        ('timecmp("2017-11-22T01:00:00Z", "2017-11-22T00:59:00Z")', 1),
    ],
)
def test_functions_of_time(expression: str, expected: object) -> None:
    assert body(expression) == expected


def test_a_text_as_a_template() -> None:
    header = HEADER + 'locals { greeting = "Hello $${upper(name)}%%{ if name == \\"x\\" }!%%{ endif }" }\n'
    assert body('templatestring(local.greeting, { name = "x" })', header) == "Hello X!"
    assert body("templatestring(local.greeting, {})", header).reason == (  # type: ignore[attr-defined]
        "`templatestring`: the template is given no `name`"
    )


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
    ('fileset("p", "./*.txt")', ["three.txt"]),
    ('fileset(".", "/p/*.txt")', ["p/three.txt"]),
    ('fileset("p", "../*.tpl")', ["../t.tpl"]),
    ('fileset(".", "**.json")', ["d.json"]),
    ('fileset(".", "p**/t**.json")', ["p/two.json"]),
    ('fileset(".", "p/**")', ["p/one.json", "p/three.txt", "p/two.json"]),
    ('fileexists("p/one.json")', True),
    ('fileexists("p/nine.json")', False),
    ('filemd5("p/one.json") == md5("1")', True),
]


@pytest.mark.parametrize(("expression", "expected"), FILE_CASES, ids=[case[0][:60] for case in FILE_CASES])
def test_functions_that_read_files(expression: str, expected: object) -> None:
    assert body(expression, "", **FILES) == expected
