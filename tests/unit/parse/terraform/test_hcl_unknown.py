"""What the files do not say stays unknown, what is known beside it stays known, and equal unknowns stay equal."""

from __future__ import annotations

import pytest

from iamlint.parse.context import Context, unknown_account
from iamlint.parse.terraform.evaluate import evaluate_root
from iamlint.parse.terraform.located import Located, plain
from iamlint.source.files import MemoryFiles
from iamlint.source.value import Unknown, to_json

HEADER = """
variable "u" {}
variable "v" {}
locals {
  known = { a = ["x/${var.u.b}", "y"] }
}
resource "aws_iam_role" "r" {
  path = "/x/"
}
"""


def values(**expressions: str) -> dict[str, Located]:
    text = HEADER + 'resource "test_case" "this" {\n' + "".join(f"  {name} = {e}\n" for name, e in expressions.items()) + "}\n"
    evaluation = evaluate_root("", MemoryFiles({"main.tf": text}), Context("u", unknown_account("u")), lambda i, a: None)
    assert evaluation.problems == ()
    return next(i for i in evaluation.instances if i.type == "test_case").body.value  # type: ignore[no-any-return]


U = "${unknown: the variable `u` has no default}"
PARTLY = [
    ('"a-${var.u}-b"', f"a-{U}-b"),
    ('["x", var.u]', ["x", {"unknown": "the variable `u` has no default"}]),
    ("{ a = 1, b = var.u }", {"a": 1, "b": {"unknown": "the variable `u` has no default"}}),
    ('join("/", ["a", var.u])', f"a/{U}"),
    ('format("arn:%s:%s", "aws", var.u)', f"arn:aws:{U}"),
    ('jsonencode({ a = "x${var.u}", b = 1 })', f'{{"a":"x{U}","b":1}}'),
    (
        'jsonencode({ "${var.u}:sub" = "s", a = [{ "x/${var.u}:aud" = var.v }] })',
        (f'{{"a":[{{"x/{U}:aud":{U.replace("`u`", "`v`")}}}],"{U}:sub":"s"}}'),
    ),
    ("merge({ a = var.u }, { b = 2 }).b", 2),
    ('concat([var.u], ["x"])[1]', "x"),
    ("flatten([[{ a = var.u, b = 1 }]])[0].b", 1),
    ("length([var.u, 1])", 2),
    ('startswith("arn:${var.u}", "arn")', True),
    ('startswith("x${var.u}", "arn")', False),
    ('"x${var.u}" == "y"', False),
    ("var.u == var.u", True),
    ('"a${var.u}" == "a${var.u}"', True),
    ('contains(["a", var.u], "a")', True),
    ('var.u == "x" || true', True),
    ('var.u == "x" && false', False),
    ('var.u ? "same" : "same"', "same"),
    ('lookup({ a = 1 }, "a", var.u)', 1),
    ('coalesce("x", var.u)', "x"),
    ('try("x", var.u)', "x"),
    ('[for x in ["a", "b"] : "${x}${var.u}"][1]', f"b{U}"),
    ('{ a = 1, b = "x${null}" }.a', 1),
    ("[1, upper(null)][0]", 1),
    ('"x-${null}-y"', "x-${unknown: a string is required here, the value is null}-y"),
    ('try(["x${null}"], "caught")', "caught"),
    ("can({ a = upper(null) })", False),
    ('replace("a.${var.u}", ".", "-")', None),
    ('trimprefix("https://x/${var.u}", "https://")', f"x/{U}"),
    ("aws_iam_role.r.path", "/x/"),
    ('"${aws_iam_role.r.arn}*"', "${unknown: `aws_iam_role.r.arn` is known to the provider only}*"),
]


@pytest.mark.parametrize(("expression", "expected"), PARTLY, ids=[case[0] for case in PARTLY])
def test_known_parts_stay_known(expression: str, expected: object) -> None:
    value = plain(values(x=expression)["x"])
    if expected is None:
        assert to_json(value).startswith("a-${unknown: ")
    else:
        assert to_json(value) == expected


WHOLLY = [
    '{ "${var.u}:sub" = 1 }',
    'length({ "${var.u}:sub" = 1, b = 2 })',
    '{ "${var.u}:sub" = 1, b = 2 }["b"]',
    'jsonencode({ "x-${var.u}" = 1 })',
    "var.u + 1",
    "upper(var.u)",
    "var.u.a.b[0]",
    "var.u[*].x",
    "[for x in var.u : x]",
    'var.u == "a"',
    'var.u ? "a" : "b"',
    "try(var.u.x, 1)",
    "can(var.u.x)",
    'lookup(var.u, "a", 1)',
    "lookup({ a = 1 }, var.u, 1)",
    "concat(var.u, [1])",
    "merge(var.u, {})",
    "flatten([var.u])",
    'coalesce(var.u, "x")',
    'contains([var.u], "a")',
    'distinct(["a", var.u])',
    "length(toset([var.u, var.v]))",
    'split(",", "a,${var.u}")',
    'regex("a", "a${var.u}")',
    "setunion(var.u, [1])",
    '"a${var.u}" == "ab"',
]


@pytest.mark.parametrize("before", ["1", "local.known"], ids=["first", "looked at before"])
@pytest.mark.parametrize(("expression", "expected"), [("try(local.known.a, [])", [f"x/{U}", "y"]), ("can(local.known.a)", True)])
def test_try_doubts_nothing_inside_of_what_it_names(before: str, expression: str, expected: object) -> None:
    """Terraform refuses a local that cannot be evaluated wherever it is named: `try` catches only what its own expression does."""
    assert to_json(plain(values(before=before, x=expression)["x"])) == expected


@pytest.mark.parametrize("expression", WHOLLY)
def test_unknown_is_never_guessed(expression: str) -> None:
    value = values(x=expression)["x"].value
    assert isinstance(value, Unknown)
    assert "`u`" in value.reason or "whether this fails" in value.reason


EQUAL = [
    ("var.u", "var.u"),
    ("upper(var.u)", "upper(var.u)"),
    ("aws_iam_role.r.arn", "aws_iam_role.r.arn"),
    ('format("%s-x", var.u)', '"${var.u}-x"'),
    ("var.u.a[0]", "var.u.a[0]"),
]
DIFFERENT = [
    ("var.u", "var.v"),
    ("upper(var.u)", "lower(var.u)"),
    ('var.u ? "a" : "b"', 'var.u ? "a" : "c"'),
    ("aws_iam_role.r.arn", "aws_iam_role.r.id"),
    ("substr(var.u, 0, 1)", "substr(var.u, 0, 2)"),
    ("[for x in var.u : x]", "[for x in var.u : upper(x)]"),
    ("timestamp()", "timestamp()"),
]


@pytest.mark.parametrize(("one", "two"), EQUAL)
def test_equal_unknowns_are_equal(one: str, two: str) -> None:
    found = values(a=one, b=two)
    assert found["a"].value == found["b"].value


@pytest.mark.parametrize(("one", "two"), DIFFERENT)
def test_different_unknowns_differ(one: str, two: str) -> None:
    found = values(a=one, b=two)
    assert found["a"].value != found["b"].value


def test_symbols_name_the_unit_and_never_show_text() -> None:
    found = values(a="var.u", b="aws_iam_role.r.name", c='replace(var.u, "hunter2", "")')
    assert found["a"].value.symbol == "u#var.u"
    assert found["b"].value.symbol == "u#aws_iam_role.r.name"
    assert "hunter2" not in found["c"].value.symbol


@pytest.mark.parametrize("expression", ["uuid()", "[for x in var.u : x][0]", '"a-${uuid()}"'])
def test_what_differs_each_time_has_a_name_of_its_own_that_only_its_place_decides(expression: str) -> None:
    def symbols(unit: str, count: str = "2") -> list[object]:
        text = f'{HEADER}\nresource "test_case" "this" {{\n  x = {expression}\n  count = {count}\n}}\n'
        root = evaluate_root("", MemoryFiles({"main.tf": text}), Context(unit, unknown_account("u")), lambda i, a: None)
        found = [plain(i.body)["x"] for i in root.instances if i.type == "test_case"]
        return [value for value in found if not isinstance(value, str)]

    first, second = symbols("infra/a")
    assert first != second
    assert symbols("infra/a", "length([for n in range(2) : n])") == [first, second]  # work elsewhere changes nothing
    assert not {first, second} & set(symbols("infra/b"))  # another root module that calls the same module


def test_a_key_that_is_known_in_part_stays_in_a_document() -> None:
    found = values(x='jsonencode({ S = [{ "${var.u}:sub" = ["s"] }], k = true })')["x"]
    assert found.tree is not None
    assert to_json(plain(found.tree)) == {"S": [{"⟨u#var.u⟩:sub": ["s"]}], "k": True}
    [at] = found.tree.value["S"].value[0].keys.values()
    assert at.span is not None
    assert at.span[1] - at.span[0] == len('"${var.u}:sub"')
    assert to_json(plain(values(x='jsondecode(jsonencode({ "${var.u}:sub" = 1 }))')["x"])) == {"⟨u#var.u⟩:sub": 1}


EMPTY = "${unknown: the default of the variable `e` is empty}"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"arn:aws:iam::${var.e}:root"', f"arn:aws:iam::{EMPTY}:root"),
        ('"arn:aws:iam::${local.e}:root"', f"arn:aws:iam::{EMPTY}:root"),
        ('"arn:aws:s3:::${var.e}/*"', f"arn:aws:s3:::{EMPTY}/*"),
        ('"arn:aws:s3:::${var.e}logs"', "arn:aws:s3:::logs"),
        ('"arn:aws:iam::111111111111:role/${var.e}"', "arn:aws:iam::111111111111:role/"),
        ('"a:${var.e}:b"', "a::b"),
        ('format("arn:aws:iam::%s:root", var.e)', f"arn:aws:iam::{EMPTY}:root"),
        ('format("arn:%s:iam::%s:role/%s", "aws", local.e, var.e)', f"arn:aws:iam::{EMPTY}:role/"),
        ('formatlist("arn:aws:iam::%s:root", [var.e])', [f"arn:aws:iam::{EMPTY}:root"]),
        ('join(":", ["arn:aws:iam", "", var.e, "root"])', f"arn:aws:iam::{EMPTY}:root"),
        ('join("", ["a", var.e, "b"])', "ab"),
        ('format("%s:%s", "a", var.e)', "a:"),
        (
            '<<EOT\n{"AWS": "arn:${var.e}:iam::${var.e}:root"}\nEOT',
            f'{{"AWS": "arn:{EMPTY}:iam::{EMPTY}:root"}}\n',
        ),
        (
            '<<EOT\n{"Resource": ["${var.e}", "${local.e}", "a${var.e}", "${var.e}/*"]}\nEOT',
            f'{{"Resource": ["{EMPTY}", "{EMPTY}", "a", "/*"]}}\n',
        ),
    ],
)
def test_a_field_of_an_arn_that_an_empty_default_leaves_empty_is_unknown(written: str, expected: object) -> None:
    text = f'variable "e" {{ default = "" }}\nlocals {{ e = var.e }}\nresource "test_case" "this" {{\n  x = {written}\n}}\n'
    evaluation = evaluate_root("", MemoryFiles({"main.tf": text}), Context("u", unknown_account("u")), lambda i, a: None)
    (case,) = [one for one in evaluation.instances if one.type == "test_case"]
    assert to_json(plain(case.body.value["x"])) == expected


@pytest.mark.parametrize(("written", "known"), [("var.on ? setsubtract(var.given, []) : []", True), ("[]", False)])
def test_an_empty_side_of_a_conditional_is_a_set_as_the_unknown_side_is(written: str, known: bool) -> None:
    text = f'variable "on" {{ default = false }}\nvariable "given" {{}}\nresource "a_b" "x" {{ for_each = {written} }}\n'
    evaluation = evaluate_root("", MemoryFiles({"main.tf": text}), Context("", unknown_account("")), lambda *_: None)
    assert ([instance.address for instance in evaluation.instances] == []) is known
