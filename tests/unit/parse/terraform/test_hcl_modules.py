"""Modules, variables, expansion, providers: what a root module makes of its files."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamlint.parse.context import Context, VariableFile, unknown_account
from iamlint.parse.terraform.evaluate import evaluate_root, find_root_modules
from iamlint.parse.terraform.instance import Evaluation
from iamlint.parse.terraform.located import plain
from iamlint.source.files import MemoryFiles
from iamlint.source.value import Unknown, to_json


def evaluated(folder: str = "", interesting: Any = None, context: dict[str, Any] | None = None, **files: str) -> Evaluation:
    named = {path.replace("__", "/"): text for path, text in files.items()}
    given = Context("u", unknown_account("u"))._replace(**(context or {}))
    return evaluate_root(folder, MemoryFiles(named), given, lambda instance, attribute: None, interesting)


def root(text: str, context: dict[str, Any] | None = None, **files: str) -> Evaluation:
    return evaluate_root(
        "",
        MemoryFiles({"main.tf": text, **files}),
        Context("u", unknown_account("u"))._replace(**(context or {})),
        lambda i, a: None,
    )


def bodies(evaluation: Evaluation) -> dict[str, Any]:
    return {instance.address: to_json(plain(instance.body)) for instance in evaluation.instances}


def test_count_and_for_each_make_instances() -> None:
    found = root(
        """
        resource "a_b" "none" { count = 0 }
        resource "a_b" "two" {
          count = 2
          n     = "x${count.index}"
        }
        resource "a_b" "set" {
          for_each = toset(["q", "p"])
          n        = "${each.key}-${each.value}"
        }
        resource "a_b" "map" {
          for_each = { "a b" = 1 }
          n        = each.value
        }
        resource "a_b" "uses" {
          all   = a_b.two[*].n
          one   = a_b.two[1].n
          named = a_b.set["p"].n
          keyed = { for k, v in a_b.set : k => v.n }
          none  = length(a_b.none)
          first = try(a_b.none[0].n, "nothing")
        }
        """
    )
    assert bodies(found) == {
        "a_b.two[0]": {"n": "x0"},
        "a_b.two[1]": {"n": "x1"},
        'a_b.set["p"]': {"n": "p-p"},
        'a_b.set["q"]': {"n": "q-q"},
        'a_b.map["a b"]': {"n": 1},
        "a_b.uses": {
            "all": ["x0", "x1"], "one": "x1", "named": "p-p", "keyed": {"p": "p-p", "q": "q-q"}, "none": 0, "first": "nothing",
        },
    }  # fmt: skip
    assert [i.address for i in found.instances] == sorted(i.address for i in found.instances)


def test_unknown_for_each_is_one_representative_and_a_line_of_coverage() -> None:
    found = root(
        """
        variable "teams" {}
        resource "a_b" "x" {
          for_each = var.teams
          n        = "role-${each.key}"
          fixed    = "f"
        }
        resource "a_b" "y" {
          known = a_b.x["blue"].n
          other = a_b.x["blue"].fixed
        }
        """
    )
    assert bodies(found) == {
        "a_b.x[*]": {"n": "role-${unknown: the variable `teams` has no default}", "fixed": "f"},
        "a_b.y": {"known": "role-blue", "other": "f"},
    }
    assert found.instances[0].key is None
    assert [line.reason for line in found.unresolved] == [
        "how many instances `a_b.x` has is not known: the variable `teams` has no default"
    ]


def test_unknown_condition_of_count_keeps_the_instance_that_may_exist() -> None:
    found = root(
        """
        variable "on" {}
        resource "a_b" "x" {
          count = var.on ? 1 : 0
          n     = "x${count.index}"
        }
        """
    )
    assert bodies(found) == {"a_b.x[0]": {"n": "x0"}}
    assert len(found.unresolved) == 1


def test_dynamic_blocks() -> None:
    found = root(
        """
        variable "more" {}
        resource "a_b" "x" {
          block { n = 0 }
          dynamic "block" {
            for_each = { a = 1, b = 2 }
            content { n = "${block.key}${block.value}" }
          }
          dynamic "block" {
            for_each = ["z"]
            iterator = it
            content {
              n = it.value
              dynamic "inner" {
                for_each = [1, 2]
                content { n = "${it.key}${inner.value}" }
              }
            }
          }
          dynamic "block" {
            for_each = var.more
            content { n = 1 }
          }
        }
        """
    )
    assert bodies(found)["a_b.x"] == {
        "block": [
            {"n": 0}, {"n": "a1"}, {"n": "b2"}, {"n": "z", "inner": [{"n": "01"}, {"n": "02"}]},
            {"unknown": "the variable `more` has no default"},
        ]
    }  # fmt: skip


def test_local_modules_with_inputs_outputs_and_instances() -> None:
    found = evaluated(
        "live/prod",
        live__prod__main__tf="",
        **{
            "live/prod/main.tf": """
              locals { names = ["x", "y"] }
              module "app" {
                source   = "../../modules/app"
                for_each = toset(local.names)
                name     = each.key
              }
              module "one" {
                source = "../../modules/app"
                name   = "one"
                suffix = null
              }
              resource "a_b" "out" {
                all  = { for k, m in module.app : k => m.full }
                one  = module.one.full
                file = module.one.doc
              }
            """,
            "modules/app/main.tf": """
              variable "name" { type = string }
              variable "suffix" {
                default  = "dflt"
                nullable = false
              }
              module "deep" {
                source = "./deep"
                text   = "${var.name}-${var.suffix}"
              }
              output "full" { value = module.deep.upper }
              output "doc" { value = file("${path.module}/doc.txt") }
              resource "a_b" "in" { n = module.deep.upper }
            """,
            "modules/app/doc.txt": "hi",
            "modules/app/deep/main.tf": """
              variable "text" {}
              output "upper" { value = upper(var.text) }
            """,
        },
    )
    assert bodies(found) == {
        "a_b.out": {"all": {"x": "X-DFLT", "y": "Y-DFLT"}, "one": "ONE-DFLT", "file": "hi"},
        'module.app["x"].a_b.in': {"n": "X-DFLT"},
        'module.app["y"].a_b.in': {"n": "Y-DFLT"},
        "module.one.a_b.in": {"n": "ONE-DFLT"},
    }
    inner = next(instance for instance in found.instances if instance.address == "module.one.a_b.in")
    assert [place.path for place in inner.calls] == ["live/prod/main.tf"]
    assert found.files == (
        "live/prod/main.tf", "modules/app/deep/main.tf", "modules/app/doc.txt", "modules/app/main.tf",
    )  # fmt: skip


def test_module_that_is_not_there_is_one_line_of_coverage() -> None:
    found = root(
        """
        module "m" { source = "terraform-aws-modules/iam/aws" }
        resource "a_b" "x" {
          n = "${module.m.arn}/x"
          s = module.m.arn
        }
        """
    )
    assert bodies(found)["a_b.x"]["n"] == "${unknown: module `terraform-aws-modules/iam/aws` is not in the repository}/x"
    assert found.instances[0].body.value["s"].value.symbol == "u#module.m.arn"
    assert [line.reason for line in found.unresolved] == ["module `terraform-aws-modules/iam/aws` is not in the repository"]


def test_vendored_module_is_found_by_the_list_that_init_writes() -> None:
    manifest = {"Modules": [{"Key": "", "Dir": "."}, {"Key": "m", "Source": "x/y/z", "Dir": ".terraform/modules/m"}]}
    found = root(
        """
        module "m" { source = "x/y/z" }
        resource "a_b" "x" { n = module.m.v }
        """,
        **{".terraform/modules/modules.json": json.dumps(manifest), ".terraform/modules/m/main.tf": 'output "v" { value = 7 }'},
    )
    assert bodies(found)["a_b.x"] == {"n": 7}
    assert found.unresolved == ()


def test_module_that_calls_itself_is_a_problem_and_nothing_else_is_lost() -> None:
    found = root(
        'module "m" { source = "./m" }\nresource "a_b" "x" { n = 1 }',
        **{"m/main.tf": 'module "again" { source = "../m" }\nresource "a_b" "y" { n = 2 }'},
    )
    assert bodies(found) == {"a_b.x": {"n": 1}, "module.m.a_b.y": {"n": 2}}
    assert [problem.message for problem in found.problems] == ["module `again` calls itself"]


def test_variables_take_their_values_in_the_order_of_terraform() -> None:
    text = "".join(f'variable "{name}" {{ default = "default" }}\n' for name in "abcdef")
    text += 'resource "t_c" "x" {\n' + "".join(f"  {name} = var.{name}\n" for name in "abcdef") + "}\n"
    found = root(
        text,
        {"variable_files": (VariableFile("prod.tfvars"),), "variables": {"f": "configured"}},
        **{
            "terraform.tfvars": 'b = "tfvars"\nc = "tfvars"\nd = "tfvars"\ne = "tfvars"\nf = "tfvars"\n',
            "z.auto.tfvars.json": '{"d": "auto z", "e": "auto z"}',
            "a.auto.tfvars": 'c = "auto a"\nd = "auto a"\n',
            "prod.tfvars": 'e = "file"\nf = "file"\n',
        },
    )
    assert bodies(found)["t_c.x"] == {
        "a": "default", "b": "tfvars", "c": "auto a", "d": "auto z", "e": "file", "f": "configured",
    }  # fmt: skip


def test_configured_text_for_a_variable_of_a_complex_type_is_an_expression() -> None:
    text = 'variable "l" { type = list(string) }\nvariable "s" { type = string }\nresource "a_b" "x" {\n  l = var.l\n  s = var.s\n}\n'
    found = root(text, {"variables": {"l": '["a", "b"]', "s": '["a"]'}})
    assert bodies(found)["a_b.x"] == {"l": ["a", "b"], "s": '["a"]'}


def test_cycle_of_locals_is_reported_and_the_rest_is_known() -> None:
    found = root('locals {\n  a = local.b\n  b = local.a\n  c = 1\n}\nresource "a_b" "x" {\n  n = [local.a, local.c]\n}\n')
    assert bodies(found)["a_b.x"] == {"n": [{"unknown": "`local.a` refers to itself"}, 1]}
    assert [problem.message for problem in found.problems] == ["`local.a` refers to itself"]


def test_one_broken_block_is_one_problem_and_the_rest_goes_on() -> None:
    text = """
locals {
  ok = "fine"
}
resource "a_b" "broken" {
  n = [1, 2
  m = "x"
}
resource "a_b" "good" {
  n = local.ok
  m = a_b.broken.m
}
resource "a_b" "unclosed" {
  n = {
resource "a_b" "last" {
  n = 1
}
"""
    found = root(text)
    assert bodies(found) == {
        "a_b.good": {"n": "fine", "m": {"unknown": "`a_b.broken` cannot be read"}},
        "a_b.last": {"n": 1},
    }
    assert [(problem.id, problem.message) for problem in found.problems] == [
        ("IL002", "this is not HCL: expected `]` in a list"),
        ("IL002", "this is not HCL: expected an expression"),
    ]
    first = found.problems[0].at.span
    assert first is not None
    assert text.encode()[first[0] : first[0] + 1] == b"m"
    assert [line.reason for line in found.unresolved] == ["`a_b.broken` cannot be read", "`a_b.unclosed` cannot be read"]


def test_places_are_the_tokens_themselves() -> None:
    text = 'locals {\n  actions = ["s3:Get*", "s3:é"]\n}\nresource "a_b" "x" {\n  n = { k = local.actions }\n  h = <<-E\n    one ${local.actions[0]}\n    two\n  E\n}\n'
    body = root(text).instances[0].body
    source = text.encode()

    def written(place: Any) -> str:
        return source[slice(*place.span)].decode()

    value = body.value["n"].value["k"]
    assert [written(item.place) for item in value.value] == ['"s3:Get*"', '"s3:é"']
    assert written(body.value["n"].keys["k"]) == "k"
    assert written(body.keys["n"]) == "n"
    heredoc = body.value["h"]
    assert heredoc.value == "one s3:Get*\ntwo\n"
    assert [(heredoc.value[s.start : s.end], written(s.place), s.literal) for s in heredoc.segments] == [
        ("one ", "one ", True), ("s3:Get*", "${local.actions[0]}", False), ("\n", "\n", True), ("two\n", "two\n", True),
    ]  # fmt: skip


def test_places_inside_files_that_are_decoded() -> None:
    body = root('resource "a_b" "x" { n = jsondecode(file("d.json")) }', **{"d.json": '{"a": [1, "x"]}'}).instances[0].body
    place = body.value["n"].value["a"].value[1].place
    assert (place.path, place.route, place.span) == ("d.json", ("a", 1), None)
    encoded = root('resource "a_b" "x" { n = jsonencode({ a = ["x"] }) }').instances[0].body.value["n"]
    assert encoded.value == '{"a":["x"]}'
    assert encoded.tree.value["a"].value[0].value == "x"


def test_override_files_replace_arguments() -> None:
    found = root(
        'resource "a_b" "x" {\n  n = 1\n  m = 2\n  block { a = 1 }\n}\n',
        **{"main_override.tf": 'resource "a_b" "x" {\n  n = 9\n  block { b = 2 }\n}\n'},
    )
    assert bodies(found)["a_b.x"] == {"n": 9, "m": 2, "block": [{"b": 2}]}


DYNAMIC = 'dynamic "block" {\n  for_each = ["d"]\n  content { a = block.value }\n}\n'
OTHER = 'dynamic "other" {\n  for_each = ["o"]\n  content { a = other.value }\n}\n'


@pytest.mark.parametrize(
    ("base", "override", "expected"),
    [
        (f"block {{ a = 1 }}\n{DYNAMIC}{OTHER}", "block { a = 9 }", {"block": [{"a": 9}], "other": [{"a": "o"}]}),
        (f"block {{ a = 1 }}\n{OTHER}", DYNAMIC, {"block": [{"a": "d"}], "other": [{"a": "o"}]}),
        (f"{DYNAMIC}{OTHER}", "n = 1", {"n": 1, "block": [{"a": "d"}], "other": [{"a": "o"}]}),
    ],
)
def test_blocks_of_an_override_replace_all_of_their_type(base: str, override: str, expected: dict[str, Any]) -> None:
    found = root(f'resource "a_b" "x" {{\n{base}\n}}\n', **{"main_override.tf": f'resource "a_b" "x" {{\n{override}\n}}\n'})
    assert bodies(found)["a_b.x"] == expected


def test_the_lifecycle_of_an_override_is_merged() -> None:
    found = root(
        'resource "a_b" "x" {\n  n = 1\n  lifecycle { ignore_changes = [n] }\n}\nresource "a_b" "y" { n = a_b.x.n }\n',
        **{"main_override.tf": 'resource "a_b" "x" {\n  lifecycle { prevent_destroy = true }\n}\n'},
    )
    assert isinstance(plain(next(one for one in found.instances if one.name == "y").body)["n"], Unknown)


def test_opentofu_files_stand_for_terraform_files_of_the_same_name() -> None:
    found = evaluated(**{"main.tf": 'resource "a_b" "x" { n = 1 }', "main.tofu": 'resource "a_b" "y" { n = 2 }'})
    assert bodies(found) == {"a_b.y": {"n": 2}}


PROVIDERS = """
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
provider "aws" {
  alias  = "prod"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::222222222222:role/deploy"
  }
}
provider "aws" {
  alias   = "other"
  profile = "someone"
}
resource "aws_iam_role" "plain" {}
resource "aws_iam_role" "us" { provider = aws.us }
resource "aws_iam_role" "prod" { provider = aws.prod }
resource "aws_iam_role" "other" { provider = aws.other }
module "m" {
  source    = "./m"
  providers = { aws = aws.prod, aws.second = aws.us }
}
module "inherits" { source = "./m" }
"""


def test_accounts_and_regions_come_from_providers() -> None:
    found = root(
        PROVIDERS, **{"m/main.tf": 'resource "aws_iam_role" "x" {}\nresource "aws_iam_role" "y" { provider = aws.second }\n'}
    )
    shown = {i.address: (to_json(i.account), to_json(i.region)) for i in found.instances if i.mode == "managed"}
    unknown = {"unknown": "the account of the provider `aws.other` is not in the repository"}
    missing = {"unknown": "the provider `aws.second` is not configured in the repository"}
    assert shown == {
        "aws_iam_role.plain": ("111111111111", "eu-west-1"),
        "aws_iam_role.us": ("111111111111", "us-east-1"),
        "aws_iam_role.prod": ("222222222222", "eu-west-1"),
        "aws_iam_role.other": (unknown, {"unknown": "the region is not in the repository"}),
        "module.m.aws_iam_role.x": ("222222222222", "eu-west-1"),
        "module.m.aws_iam_role.y": ("111111111111", "us-east-1"),
        "module.inherits.aws_iam_role.x": ("111111111111", "eu-west-1"),
        "module.inherits.aws_iam_role.y": (missing, missing),
    }
    assert [i.address for i in found.instances if i.mode == "provider"] == [
        "provider.aws", "provider.aws.other", "provider.aws.prod", "provider.aws.us",
    ]  # fmt: skip


def test_only_what_is_interesting_is_listed_but_anything_can_be_referred_to() -> None:
    files = {
        "main.tf": 'resource "aws_s3_bucket" "b" { bucket = "logs" }\nresource "aws_iam_policy" "p" { name = aws_s3_bucket.b.bucket }\n'
        'module "none" { source = "./none" }\n',
        "none/main.tf": 'resource "aws_s3_bucket" "c" { bucket = upper(7, 8) }\n',
    }
    found = evaluated("", lambda mode, kind: kind.startswith("aws_iam"), **files)
    assert bodies(found) == {"aws_iam_policy.p": {"name": "logs"}}


def test_root_modules() -> None:
    files = {
        "live/prod/main.tf": 'module "a" {\n  source = "../../modules/a"\n}\n',
        "live/dev/main.tofu": "",
        "modules/a/main.tf": 'module "b" { source = "./b" }\n',
        "modules/a/b/main.tf": "",
        "modules/unused/main.tf": '# module "a" {\n#  source = "../../live/dev"\n/*\n  source = "../../live/dev"\n*/\n',
        "circle/one/main.tf": 'module "two" {\n  source = "../two"\n}\n',
        "circle/two/main.tf": 'module "one" {\n  source = "../one"\n}\n',
        "lib/main.tf": "",
        "lib/examples/full/main.tf": 'module "lib" {\n  source = "../.."\n}\n',
        "live/prod/.terraform/modules/x/main.tf": "",
        "README.md": "",
    }
    assert find_root_modules(files, MemoryFiles(files)) == [
        "circle/one", "lib/examples/full", "live/dev", "live/prod", "modules/unused",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("called", "line"),
    [
        (True, 'module "m" {\n\t source  =\t"./m" # here\n}\n'),
        (True, 'module "m" { source = "./m" }\n'),
        (True, 'module\t"m"\t{source="./m"}'),
        (False, 'module "m" {\n  source = "git::https://example.org/m.git"\n  resource = "./m"\n}\n'),
        (False, 'module "m" {\n  # source = "./m"\n  source = "org/m/aws"\n}\n'),
        (False, 'locals { source = "./m" }\n# module\n'),
    ],
)
def test_a_folder_is_called_where_a_line_gives_a_module_its_source(called: bool, line: str) -> None:
    files = {"main.tf": line, "m/main.tf": ""}
    assert find_root_modules(files, MemoryFiles(files)) == ([""] if called else ["", "m"])


def test_all_variables_locals_and_modules_as_objects() -> None:
    found = root(
        """
                variable "a" { default = "x" }
                variable "b" {}
                locals { c = 1 }
                module "m" { source = "./m" }
                resource "a_b" "r" {
                  vars   = var
                  one    = var["a"]
                  names  = keys(local)
                  locals = [for name, value in local : "${name}=${value}"]
                  out    = module["m"].o
                  seen   = lookup(var, "a", "none")
                }
        """,
        **{"m/main.tf": 'output "o" { value = "out" }\n'},
    )
    assert bodies(found)["a_b.r"] == {
        "vars": {"a": "x", "b": {"unknown": "the variable `b` has no default"}},
        "one": "x",
        "names": ["c"],
        "locals": ["c=1"],
        "out": "out",
        "seen": "x",
    }


def test_an_instance_names_the_block_of_its_provider() -> None:
    found = root(
        """
                provider "lightstep" { organization = "acme" }
                provider "lightstep" {
                  alias        = "other"
                  organization = "other"
                }
                resource "lightstep_dashboard" "a" {}
                resource "lightstep_dashboard" "b" { provider = lightstep.other }
                resource "okta_group" "c" {}
                module "m" {
                  source    = "./m"
                  providers = { lightstep = lightstep.other }
                }
        """,
        **{"m/main.tf": 'resource "lightstep_dashboard" "d" {}\n'},
    )
    assert {instance.address: instance.provider for instance in found.instances} == {
        "provider.lightstep": "provider.lightstep",
        "provider.lightstep.other": "provider.lightstep.other",
        "lightstep_dashboard.a": "provider.lightstep",
        "lightstep_dashboard.b": "provider.lightstep.other",
        "okta_group.c": "",
        "module.m.lightstep_dashboard.d": "provider.lightstep.other",
    }
