"""Input that is broken or made to exhaust: each bound is a clear problem, and nothing is lost elsewhere."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from hcl_cases import CASES, HEADER

from iamlint.parse.context import Context, unknown_account
from iamlint.parse.terraform.evaluate import evaluate_root, find_root_modules
from iamlint.parse.terraform.instance import Evaluation
from iamlint.parse.terraform.located import plain
from iamlint.parse.terraform.templates import MOST_TURNS
from iamlint.project.memory import memory_session
from iamlint.source.files import MemoryFiles
from iamlint.source.value import to_json

GOOD = 'resource "a_b" "good" { n = 1 }\n'


def root(text: str | bytes, **files: str) -> Evaluation:
    memory = MemoryFiles({"main.tf": text, "zz_good.tf": GOOD, **files})
    return evaluate_root("", memory, Context("u", unknown_account("u")), lambda instance, attribute: None)


def bodies(evaluation: Evaluation) -> dict[str, Any]:
    return {instance.address: to_json(plain(instance.body)) for instance in evaluation.instances}


def chain(count: int, step: str) -> str:
    lines = "".join(f"  v{n} = {step.replace('@', f'local.v{n - 1}')}\n" for n in range(1, count))
    return f'locals {{\n  v0 = "x"\n{lines}}}\nresource "a_b" "x" {{ n = local.v{count - 1} }}\n'


HOSTILE = [
    ("brackets", 'resource "a_b" "x" { n = ' + "[" * 10_000 + "]" * 10_000 + " }", "expressions are nested more than 100 deep"),
    (
        "parentheses",
        'resource "a_b" "x" { n = ' + "(" * 10_000 + "1" + ")" * 10_000 + " }",
        "expressions are nested more than 100 deep",
    ),
    (
        "objects",
        'resource "a_b" "x" {\n n = ' + "{a=" * 5_000 + "1" + "}" * 5_000 + "\n}",
        "expressions are nested more than 100 deep",
    ),
    (
        "templates",
        'resource "a_b" "x" { n = ' + '"${' * 3_000 + "1" + '}"' * 3_000 + " }",
        "expressions are nested more than 100 deep",
    ),
    ("negations", 'resource "a_b" "x" { n = ' + "!" * 10_000 + "true }", "expressions are nested more than 100 deep"),
    ("splats", 'resource "a_b" "x" { n = a' + "[*]" * 10_000 + " }", "expressions are nested more than 100 deep"),
    ("conditions", 'resource "a_b" "x" { n = ' + "true ? 1 : " * 5_000 + "1 }", "expressions are nested more than 100 deep"),
    (
        "directives",
        'resource "a_b" "x" {\n n = "' + "%{ if true }" * 3_000 + "%{ endif }" * 3_000 + '"\n}',
        "expressions are nested more than 100 deep",
    ),
    ("blocks", 'resource "a_b" "x" {\n' + "b {\n" * 3_000 + "}\n" * 3_000 + "}\n", "blocks are nested more than 40 deep"),
    ("doubled text", chain(40, '"@@@@"'.replace("@", "${@}")), "the value of `local.v11` is too large to evaluate"),
    ("doubled list", chain(60, "[@, @]"), "`a_b.x` is too large to evaluate"),
    ("doubled concat", chain(60, "concat(flatten([@]), flatten([@]))"), None),
    (
        "product",
        'resource "a_b" "x" { n = setproduct(range(1000), range(1000), range(1000)) }',
        "the value of `a_b.x.n` is too large to evaluate",
    ),
    (
        "for_each product",
        'resource "a_b" "x" {\n  for_each = toset([for p in setproduct(range(300), range(300), range(300)) : join("-", p)])\n}',
        "the value of `resource.a_b.x.for_each` is too large to evaluate",
    ),
    ("range", 'resource "a_b" "x" { n = range(1000000000) }', None),
    (
        "heredoc",
        'resource "a_b" "x" {\n  n = <<-EOT\n' + "    a line\n" * 600_000 + "  EOT\n}",
        "the value of `a_b.x.n` is too large to evaluate",
    ),
    (
        "loops of a template",
        'resource "a_b" "x" {\n  n = "'
        + "".join(f"%{{ for {name} in range(1000) }}" for name in "abc")
        + "%{ endfor }" * 3
        + '"\n}',
        "the value of `a_b.x.n` is too large to evaluate",
    ),
    ("long chain", chain(3_000, "@"), "what `local.v"),
    ("instances", 'resource "a_b" "x" { count = 1000000000 }', "`resource.a_b.x` makes 5,001 instances: too many to evaluate"),
    ("number", 'resource "a_b" "x" { n = ' + "9" * 5_000 + " }", "the number is too long"),
    ("unclosed heredoc", 'resource "a_b" "x" {\n  n = <<EOF\n', "the heredoc `EOF` is not closed"),
    ("unclosed text", 'resource "a_b" "x" {\n  n = "abc\n}\n', "the string is not closed on its line"),
    ("unclosed block", 'resource "a_b" "x" {\n  n = 1\n', "the block is not closed"),
    ("bad escape", 'resource "a_b" "x" { n = "\\d" }', "`\\d` is no escape sequence of HCL"),
    ("for without end", 'resource "a_b" "x" {\n  n = "%{ for x in [1] }a"\n}\n', "`for` has no end in this template"),
    ("wrong end", 'resource "a_b" "x" {\n  n = "%{ if true }a%{ endfor }"\n}\n', "`endfor` without `for` before it"),
]


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_bounds_are_problems_and_the_rest_is_read(text: str, message: str | None) -> None:
    started = time.process_time()
    found = root(text)
    assert time.process_time() - started < 20
    assert bodies(found)["a_b.good"] == {"n": 1}
    if message is not None:
        assert any(message in problem.message for problem in found.problems), found.problems
        assert len(found.problems) == 1
        assert found.problems[0].at.path == "main.tf"


def test_a_long_chain_of_operators_is_no_depth() -> None:
    assert bodies(root('resource "a_b" "x" { n = ' + " + ".join(["1"] * 5_000) + " }"))["a_b.x"] == {"n": 5_000}


def test_a_slow_regular_expression_is_not_run() -> None:
    found = root('resource "a_b" "x" { n = regex("(a+)+$", "' + "a" * 60 + '!") }')
    assert bodies(found)["a_b.x"]["n"] == {"unknown": "the regular expression is not one that we evaluate"}


def test_the_turns_of_a_template_are_counted_over_its_loops_together() -> None:
    inner = "%{ for b in range(MOST) }%{ endfor }"
    text = 'resource "a_b" "x" { n = "%{ for a in range(200) }' + inner + '%{ endfor }!" }'
    most = MOST_TURNS // 200 - 1  # the outer loop turns two hundred times itself
    assert bodies(root(text.replace("MOST", str(most))))["a_b.x"] == {"n": "!"}
    found = root(text.replace("MOST", str(most + 1)))
    assert [problem.message for problem in found.problems] == ["the value of `a_b.x.n` is too large to evaluate"]


def test_nested_loops_end_with_the_budget_of_their_module() -> None:
    found = root('resource "a_b" "x" {\n  n = [for a in range(999) : [for b in range(999) : [for c in range(999) : a]]]\n}\n')
    wanted = "evaluating this module takes more than 3,000,000 steps; the rest is unknown"
    assert [(problem.message, problem.at.path) for problem in found.problems] == [(wanted, ".")]
    assert {instance.address for instance in found.instances} == {"a_b.good", "a_b.x"}


def test_a_module_that_calls_itself_is_told_and_not_followed() -> None:
    found = root(
        'module "m" { source = "./m" }\n',
        **{"m/main.tf": 'module "n" {\n  source = "../n"\n}\n', "n/main.tf": 'module "m" {\n  source = "../m"\n}\n'},
    )
    assert [problem.message for problem in found.problems] == ["module `m` calls itself"]
    assert bodies(found)["a_b.good"] == {"n": 1}


def test_a_module_with_ten_million_instances_is_told_and_not_evaluated() -> None:
    found = root('module "m" {\n  count = 10000000\n  source = "./m"\n}\n', **{"m/main.tf": GOOD})
    assert [problem.message for problem in found.problems] == ["`module.m` makes 5,001 instances: too many to evaluate"]


def test_modules_that_multiply_are_bounded() -> None:
    files = {f"m{n}/main.tf": f'module "m" {{\n  count = 10\n  source = "../m{n + 1}"\n}}\n' for n in range(9)}
    files["m9/main.tf"] = 'resource "a_b" "leaf" { n = 1 }\n'
    started = time.process_time()
    found = root('module "m" { source = "./m0" }\n', **files)
    assert time.process_time() - started < 20
    assert bodies(found)["a_b.good"] == {"n": 1}
    assert any("the root module has more than 20,000 instances" in problem.message for problem in found.problems)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"\xef\xbb\xbflocals {}", b"}" * 100, b'"', b"<<", b"a = ", b"\x00" * 50, b"resource"]
)
def test_anything_may_stand_in_a_file(content: bytes) -> None:
    assert bodies(root(content))["a_b.good"] == {"n": 1}
    assert find_root_modules(["main.tf"], MemoryFiles({"main.tf": content})) == [""]


def test_cut_and_changed_files_never_raise() -> None:
    source = (
        HEADER + 'resource "a_b" "x" {\n' + "".join(f"  c{n} = {text}\n" for n, (text, _) in enumerate(CASES)) + "}\n"
    ).encode()
    dice = random.Random(7)
    for _ in range(60):
        changed = bytearray(source)
        for _ in range(dice.randrange(1, 4)):
            at = dice.randrange(len(changed))
            kind = dice.randrange(3)
            if kind == 0:
                del changed[at : at + dice.randrange(1, 40)]
            elif kind == 1:
                changed[at : at + 1] = dice.choice(
                    [b"{", b"}", b'"', b"[", b"]", b"${", b"\n", b"<<E\n", b"\xff", b"for", b"?", b"%{"]
                )
            else:
                del changed[at:]
        found = root(bytes(changed))
        assert bodies(found)["a_b.good"] == {"n": 1}


def test_a_broken_block_with_an_empty_label_is_a_problem() -> None:
    found = root('provider "" {\n  a = 1\n}\nresource [[]] "orders" {\n}\n')
    assert [problem.message for problem in found.problems][:1] == ["this is not HCL: expected `{` or `=`"]


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("terraform.tfvars.json", '{"a": "x"', ("IL002", "the file is not JSON: it ends too early", (8, 9))),
        ("terraform.tfvars.json", '["a"]', ("IL003", "a variable file in JSON is one object, the variables by name", None)),
        ("terraform.tfvars", 'a = "x"\nblock {\n}\n', ("IL003", "a variable file holds no blocks", (8, 13))),
        ("terraform.tfvars", 'a = "x"\nb = [\n', ("IL002", "this is not HCL: expected an expression", (13, 14))),
        ("terraform.tfvars", 'a = "x"\nunknown = 1\n', None),
    ],
)
def test_a_broken_variable_file_is_one_problem_at_its_place(path: str, text: str, problem: Any) -> None:
    found = root('variable "a" {}\nresource "a_b" "x" { n = var.a }\n', **{path: text})
    shown = [(problem.id, problem.message, problem.at.span) for problem in found.problems]
    assert shown == ([] if problem is None else [problem])
    lost = "the variable `a` has no default" if "JSON is one" in str(problem) else f"the variable file `{path}` cannot be read"
    assert bodies(found)["a_b.x"]["n"] == ("x" if path.endswith(".tfvars") else {"unknown": lost})


@pytest.mark.parametrize("path", ["terraform.tfvars", "prod.auto.tfvars.json", "more.tf"])
def test_a_file_that_git_crypt_keeps_stands_in_the_coverage_and_no_default_counts(path: str) -> None:
    found = root('variable "a" { default = "x" }\nresource "a_b" "x" { n = var.a }\n', **{path: "\0GITCRYPT\0\x01{b = ["})
    assert found.problems == ()
    assert [item.reason for item in found.unresolved] == ["the file is encrypted by git-crypt: unlock it for the check"]
    lost = {"unknown": f"the variable file `{path}` is encrypted by git-crypt"}
    assert bodies(found)["a_b.x"]["n"] == ("x" if path.endswith(".tf") else lost)


@pytest.mark.parametrize("line", ["{{ range .Roles }}", "{% if prod %}", "  {{- end }}"])
def test_a_template_of_another_language_is_no_mistake_and_stands_in_the_coverage(line: str) -> None:
    found = root(f'resource "a_b" "x" {{\n  n = 1\n{line}\n}}\nresource "a_b" "y" {{ n = 2 }}\n')
    assert found.problems == ()
    assert "the file is a template that has not been rendered" in [item.reason for item in found.unresolved]
    assert bodies(found)["a_b.good"] == {"n": 1}


def test_an_interpolation_with_two_braces_is_a_mistake() -> None:
    found = root('resource "a_b" "x" { n = "${{ secrets.x }}" }')
    assert [problem.message.partition(":")[0] for problem in found.problems] == ["this is not HCL"]


def test_a_text_that_is_encoded_again_and_again_is_bounded() -> None:
    found = root(chain(40, "base64encode(base64encode(@))"))
    assert [problem.message.partition("`")[0] for problem in found.problems] == ["the value of "]
    assert bodies(found)["a_b.x"]["n"] == {"unknown": "the value is too large to evaluate"}


def test_blocks_that_blocks_make_take_from_the_budget_of_their_module() -> None:
    inner = 'dynamic "c" {\n for_each = range(1000)\n content {\n n = [1]\n }\n }'
    found = root(f'resource "a_b" "x" {{\n dynamic "b" {{\n for_each = range(1000)\n content {{\n {inner}\n }}\n }}\n}}\n')
    made = [block["c"] for block in bodies(found)["a_b.x"]["b"]]
    assert len(made) == 1000
    assert made.count([{"unknown": "the value is too large to evaluate"}]) > 900


def test_lists_that_functions_make_take_from_the_budget_of_their_module() -> None:
    found = root('resource "a_b" "x" { n = [for a in range(1000) : [for b in range(1000) : length(range(1000))]] }')
    assert [problem.message.partition(" takes")[0] for problem in found.problems] == ["evaluating this module"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b'resource "a_b" "x" {\n n = "caf\xe9"\n m = 1\n}\n', "the file is not UTF-8 text: byte 30 cannot be decoded"),
        (b'resource "a_b" "x" {\n n = <<E\ncaf\xe9 # x\nE\n m = 1\n}\n', "the file is not UTF-8 text: byte 33 cannot be decoded"),
        (b'resource "a_b" "x" { # caf\xe9\n m = 1\n}\n', ""),
        (b'// caf\xe9 "\nresource "a_b" "x" {\n m = 1 /* caf\xe9\n * */\n}\n', ""),
        (b'resource "a_b" "x" {\n n = "# \xe9"\n m = 1\n}\n', "the file is not UTF-8 text: byte 29 cannot be decoded"),
        ('resource "a_b" "x" {\n n = "café" # é\n m = 1\n}\n'.encode(), ""),
        (b'resource "a_b" "x" {\n n = "a\0b"\n m = 1\n}\n', ""),
        (b'\xef\xbb\xbfresource "a_b" "x" {\n m = 1\n}\n', ""),
    ],
)  # fmt: skip
def test_bytes_that_are_no_text_are_told_outside_of_comments(text: bytes, problem: str) -> None:
    """Terraform 1.11 says `Invalid character encoding` of the same ones."""
    found = root(text)
    assert [told.message for told in found.problems] == ([problem] if problem else [])
    assert bodies(found)["a_b.x"]["m"] == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('resource "a_b" "x" {}\n'.encode("utf-16"), "the file is UTF-16 and not UTF-8 text"),
        (bytes(range(256)) * 20, "the file is binary, not text"),
    ],
)
def test_a_file_that_is_no_text_at_all_is_told_once(text: bytes, problem: str) -> None:
    found = root(text)
    assert [told.message for told in found.problems] == [problem]
    assert bodies(found) == {"a_b.good": {"n": 1}}


@pytest.mark.parametrize("first", ["  n = 1\n", "  n = <<E\nresource\nE\n", "n = 1\n", "  n = 1\n  inner {\n    a = 1\n  }\n"])
@pytest.mark.parametrize("end", [" }", "\t}", "  } # the end"])
@pytest.mark.parametrize("header", ['resource "a_b" "y"', "resource a_b y", "locals"])
def test_a_block_whose_last_brace_is_indented_does_not_take_the_next_one(first: str, end: str, header: str) -> None:
    found = root(f'resource "a_b" "x" {{\n{first}{end}\n\n{header} {{\n  m = 2\n}}\n')
    assert found.problems == ()
    assert set(bodies(found)) == {"a_b.x", "a_b.good"} | ({"a_b.y"} if header.startswith("resource") else set())
    assert "m" not in bodies(found)["a_b.x"]


def test_a_file_beyond_the_bound_is_said_to_be_one() -> None:
    text = 'resource "aws_iam_user" "u" { name = "u" }\n' + "# a line that says nothing\n" * 300_000
    (found,) = memory_session({"infra/main.tf": text}).check().diagnostics
    assert (found.rule, found.message) == ("IL007", "the file is larger than the 8 MB that are read")
