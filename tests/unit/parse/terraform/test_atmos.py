"""Atmos: components of stacks as root modules, with the variables that the manifests give them (docs: atmos.tools, Stacks)."""

from __future__ import annotations

from textwrap import dedent

import pytest
from unit.parse.terraform.roots import shown

from iamlint.model.aws import AwsRole
from iamlint.model.estate import Facts
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.terraform.atmos_manifests import is_matched
from iamlint.parse.units import find_units, parse_unit
from iamlint.source.files import MemoryFiles

CONFIG = """
base_path: ""
stacks:
  base_path: stacks
  included_paths: ["deploy/**/*"]
  excluded_paths: ["**/_defaults.yaml"]
  name_template: "{{.vars.environment}}-{{.vars.stage}}"
components:
  terraform: {base_path: components/terraform}
templates: {settings: {enabled: true}}
"""
MODULE = """
variable "name" {}
variable "stage" { default = "none" }
variable "list" { default = ["default"] }
variable "tags" {
  type    = any
  default = {}
}
resource "aws_iam_role" "this" {
  name = join("/", concat([var.name, var.stage, terraform.workspace], var.list))
  tags = { for key, value in var.tags : key => jsonencode(value) }
}
"""
DEFAULTS = """
vars: {environment: ue2, list: [global]}
terraform:
  vars: {tags: {ManagedBy: terraform, Team: all}}
"""
CATALOG = """
components:
  terraform:
    role/defaults:
      metadata: {type: abstract, component: iam/role}
      vars: {tags: {Team: platform, Base: 1}, list: [base]}
    role/logging:
      metadata: {type: abstract}
      vars: {tags: {Logging: true, Base: 2}}
"""
PROD = """
import:
  - _defaults
  - catalog/role
vars: {stage: prod}
components:
  terraform:
    app:
      metadata: {component: iam/role, inherits: [role/defaults, role/logging]}
      vars: {name: app, tags: {Team: shop}}
"""
FILES = {
    "atmos.yaml": CONFIG,
    "components/terraform/iam/role/main.tf": MODULE,
    "stacks/_defaults.yaml": DEFAULTS,
    "stacks/catalog/role.yaml": CATALOG,
    "stacks/deploy/prod.yaml": PROD,
}
APP = "stacks/deploy/prod.yaml/app"


def read(files: dict[str, str]) -> dict[str, Facts]:
    memory = MemoryFiles({path: dedent(text) for path, text in files.items()})
    units = find_units(memory.paths(), memory)
    return {unit.path: parse_unit(unit, memory, Context(unit.path, unknown_account(unit.path))) for unit in units}


def roles(files: dict[str, str]) -> dict[str, AwsRole]:
    found = read(files)
    return {
        unit: role
        for unit, facts in found.items()
        if (role := next((item for item in facts.items if isinstance(item, AwsRole)), None)) is not None
    }


def prod(text: str, **more: str) -> dict[str, str]:
    return {**FILES, "stacks/deploy/prod.yaml": dedent(text), **more}


def test_a_component_is_a_root_module_with_the_variables_of_its_stack() -> None:
    ((unit, role),) = roles(FILES).items()  # the component's folder itself runs nothing
    assert unit == APP
    # The nearest wins: the component, what it inherits (in order), Terraform's own section, all of the stack.
    assert role.name == "app/prod/ue2-prod-app/base"
    assert role.tags == {"ManagedBy": '"terraform"', "Team": '"shop"', "Base": "2", "Logging": "true"}
    assert set(read(FILES)[APP].files) == set(FILES)


def test_values_stand_where_they_are_written() -> None:
    text = PROD.replace("name: app,", 'name: "app",')
    found = read(prod(text))[APP]
    role = next(item for item in found.items if isinstance(item, AwsRole))
    assert role.place.path == "components/terraform/iam/role/main.tf"


@pytest.mark.parametrize(
    ("name", "component", "expected"),
    [
        ("iam/role", "vars: {name: x}", "x/prod/ue2-prod/global"),  # its own name is that of the module
        ("x", "metadata: {component: iam/role}\nvars: {name: x}", "x/prod/ue2-prod-x/global"),
        ("x", "component: iam/role\nvars: {name: x}", "x/prod/ue2-prod-x/global"),
        ("x", "metadata: {inherits: [role/defaults]}\nvars: {name: x}", "x/prod/ue2-prod-x/base"),  # inherits the module
        ("x", "metadata: {component: iam/role, terraform_workspace: w/1}\nvars: {name: x}", "x/prod/w-1/global"),
        ("x", "metadata: {component: iam/role, terraform_workspace_pattern: '{stage}!'}\nvars: {name: x}", "x/prod/prod!/global"),
        ("x", "metadata: {component: iam/role}\nvars: {name: x, list: []}", "x/prod/ue2-prod-x"),
        ("x", "metadata: {component: iam/role}\nvars: {name: '{{ .vars.stage }}-{{ .vars.tags.Team }}'}", "prod-all/prod/ue2-prod-x/global"),
        ("x", "metadata: {component: iam/role}\nvars: {name: 012}", None),
        ("x", "metadata: {component: iam/role}\nvars: {name: !terraform.output vpc id}", None),
        ("x", "metadata: {component: iam/role}\nvars: {name: '{{ env \"X\" }}'}", None),
        ("x", "metadata: {component: iam/role}\nvars: {name: x}\noverrides: {vars: {name: y}}", "y/prod/ue2-prod-x/global"),
    ],
)  # fmt: skip
def test_components(name: str, component: str, expected: str | None) -> None:
    inside = "".join(f"      {line}\n" for line in component.split("\n"))
    text = f"import: [_defaults, catalog/role]\nvars: {{stage: prod}}\ncomponents:\n  terraform:\n    {name}:\n{inside}"
    found = shown(roles(prod(text))[f"stacks/deploy/prod.yaml/{name}"].name)
    assert found == expected if expected is not None else found.startswith("⟨")


def test_what_is_abstract_or_switched_off_is_not_deployed() -> None:
    text = PROD + "    off:\n      metadata: {component: iam/role, enabled: false}\n      vars: {name: off}\n"
    assert list(roles(prod(text))) == [APP]


def test_imports_come_in_order_by_globs_relative_or_with_a_context() -> None:
    text = """
        import:
          - path: catalog/made.yaml.tmpl
            context: {flavor: blue, size: 2}
          - "mixins/*"
          - ./local
        vars: {stage: prod}
    """
    files = {
        "stacks/catalog/made.yaml.tmpl": "components:\n  terraform:\n    'role-{{ .flavor }}':\n"
        "      metadata: {component: iam/role}\n      vars: {name: 'n-{{ .flavor }}-{{ .size }}'}\n",
        "stacks/mixins/a.yaml": "vars: {environment: a, list: [a]}\n",
        "stacks/mixins/b.yml": "vars: {environment: b}\n",
        "stacks/deploy/local.yaml": "vars: {tags: {Local: 1}}\n",
        "atmos.yaml": CONFIG.replace('["**/_defaults.yaml"]', '["**/local.yaml"]'),
    }
    role = roles(prod(text, **files))["stacks/deploy/prod.yaml/role-blue"]
    assert role.name == "n-blue-2/prod/b-prod-role-blue/a"
    assert role.tags == {"Local": "1"}


def test_overrides_hold_for_a_manifest_its_imports_and_where_it_is_imported() -> None:
    # Source: internal/exec/stack_processor_utils.go; docs: "Importing the Overrides".
    def component(name: str) -> str:
        return f"components:\n  terraform:\n    {name}:\n      metadata: {{component: iam/role}}\n      vars: {{name: {name}, list: [own]}}\n"

    files = {
        "stacks/teams/a.yaml": "import: [catalog/app]\nterraform: {overrides: {vars: {list: [team]}}}\n",
        "stacks/catalog/app.yaml": component("app"),
        "stacks/catalog/before.yaml": component("before"),
        "stacks/catalog/after.yaml": component("after"),
    }
    text = "import: [_defaults, catalog/before, teams/a, catalog/after]\nvars: {stage: prod}\n" + component("here")
    found = {unit.rpartition("/")[2]: str(role.name).rpartition("/")[2] for unit, role in roles(prod(text, **files)).items()}
    assert found == {"before": "own", "app": "team", "after": "team", "here": "team"}


def test_what_is_not_known_is_another_value_in_each_stack() -> None:
    files = {"stacks/catalog/role.yaml": CATALOG.replace("list: [base]", "list: [!terraform.output a b]")}
    found = roles({**FILES, **files, "stacks/deploy/dev.yaml": PROD})
    assert [shown(role.name) for role in found.values()] == [
        "app/prod/ue2-prod-app/⟨stacks/deploy/dev.yaml/app#var.list[0]⟩", "app/prod/ue2-prod-app/⟨stacks/deploy/prod.yaml/app#var.list[0]⟩",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (
            "github.com/acme/stacks//catalog/x?ref=v1",
            "the import `github.com/acme/stacks//catalog/x?ref=v1` is not in the repository",
        ),
        ("catalog/none", "the import `catalog/none` is not in the repository"),
        ("deploy/prod", "manifests import each other"),
        ("catalog/template", "the file is a template that has not been rendered"),
        ("{path: catalog/none, skip_if_missing: true}", None),
    ],
)
def test_what_is_not_known_of_a_stack_leaves_no_default(entry: str, reason: str | None) -> None:
    text = PROD.replace("  - catalog/role\n", f"  - catalog/role\n  - {entry}\n")
    files = prod(text, **{"stacks/catalog/template.yaml": "vars:\n{{ range .x }}\n  a: 1\n{{ end }}\n"})
    found = read(files)
    assert [line.reason for line in found["atmos.yaml"].unresolved] == ([] if reason is None else [reason])
    without = files | {
        "stacks/_defaults.yaml": DEFAULTS.replace(", list: [global]", ""),
        "stacks/catalog/role.yaml": CATALOG.replace(", list: [base]", ""),
    }
    name = shown(roles(without)[APP].name)
    assert name == "app/prod/ue2-prod-app/default" if reason is None else "⟨" in name


def test_a_broken_manifest_is_a_problem() -> None:
    found = read(prod(PROD, **{"stacks/catalog/role.yaml": "components: {\n"}))
    assert [(problem.id, problem.at.path) for problem in found["atmos.yaml"].problems] == [("IL002", "stacks/catalog/role.yaml")]
    assert found[APP].items


def test_a_component_that_is_not_here_is_said() -> None:
    found = read(prod("components:\n  terraform:\n    vpc:\n      vars: {name: x}\n"))
    assert [line.reason for line in found["stacks/deploy/prod.yaml/vpc"].unresolved] == [
        "module `components/terraform/vpc` is not in the repository"
    ]


def test_lists_are_appended_when_the_configuration_says_so() -> None:
    role = roles({**FILES, "atmos.yaml": CONFIG + "settings: {list_merge_strategy: append}\n"})[APP]
    assert role.name == "app/prod/ue2-prod-app/global/base"


def test_without_templates_and_by_a_pattern() -> None:
    config = CONFIG.replace('name_template: "{{.vars.environment}}-{{.vars.stage}}"', 'name_pattern: "{tenant}-{stage}"')
    assert roles({**FILES, "atmos.yaml": config})[APP].name == "app/prod/deploy-prod-app/base"  # no tenant: the file's name
    files = prod(PROD.replace("name: app", "name: '{{ .vars.stage }}'"))
    assert roles(files)[APP].name == "prod/prod/ue2-prod-app/base"
    # Configured in an image's folder, and without templates: they are left to whatever renders them.
    files["rootfs/usr/local/etc/atmos/atmos.yaml"] = files.pop("atmos.yaml").replace("enabled: true", "enabled: false")
    assert shown(roles(files)[APP].name) == f"⟨{APP}#var.name⟩/prod/ue2-prod-app/base"


@pytest.mark.parametrize(
    "text",
    ["", "3", "[]", "import: 3", "import: [3, null, {}]", "components: 3", "components: {terraform: 3}", "components: {terraform: {a: 3}}",
     "components: {terraform: {a: {metadata: 3, vars: 3, component: {}}}}", "a: &a [*a]", "a: &a {b: *a}", "vars: {? [1] : 2}", "\t",
     "components: {terraform: {a: {metadata: {inherits: [b]}}, b: {metadata: {inherits: [a]}}}}", "import: ['**/*']",
     "".join(f"{name}: &{name} [{','.join([below] * 8)}]\n" for name, below in zip("abcdefg", ["1", *(f"*{one}" for one in "abcdef")], strict=True))],
)  # fmt: skip
def test_hostile_manifests_end(text: str) -> None:
    read(prod(text))
    read({**FILES, "atmos.yaml": text})
    read({**FILES, "stacks/catalog/role.yaml": text})


def test_imports_that_double_end() -> None:
    files = {f"stacks/catalog/n{n}.yaml": f"import: [catalog/n{n + 1}, catalog/n{n + 1}]\n" for n in range(30)}
    found = read(prod(PROD.replace("- catalog/role", "- catalog/role\n  - catalog/n0"), **files))
    assert "more is imported than is read" in [line.reason for line in found["atmos.yaml"].unresolved]


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("stacks/mixins/*", "stacks/mixins/region.yaml", True),
        ("stacks/mixins/*", "stacks/mixins/a/region.yaml", False),
        ("stacks/mixins/**/*", "stacks/mixins/a/region.yaml", True),
        ("stacks/mixins/**/prod", "stacks/mixins/a/b/prod.yaml.tmpl", True),
        ("stacks/mixins/**/prod", "stacks/mixins/prod.yml", True),
        ("stacks/mixins/pro?.yaml", "stacks/mixins/prod.yaml", True),
        ("stacks/mixins/*.yaml", "stacks/mixinsXa.yaml", False),
        ("**/_defaults.yaml", "_defaults.yaml", True),
        ("stacks/a+b/*", "stacks/aab/x.yaml", False),
    ],
)
def test_globs(pattern: str, path: str, expected: bool) -> None:
    assert is_matched(pattern, path) is expected
