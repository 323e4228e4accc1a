"""Whatever stands in an attribute, a reader neither fails nor invents."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest
from unit.parse.terraform.roots import Root

from iamlint.parse.terraform import resources

FOLDER = Path(str(resources.__file__)).parent
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if "READERS" in path.read_text() and path.stem != "__init__")
VALUES = (
    "null", "[]", "{}", '""', '"x"', "1", "1.5", "true", "var.u", "[var.u]", "[null]", "{ a = var.u }", '{ "${var.u}" = 1 }',
    '"a${var.u}"', "[[1]]", "[{}]", "{ id = [] }", "jsonencode(var.u)", "jsonencode([])", "jsonencode(1)", '"{"', '"[1,2]"',
    '"{\\"Statement\\": 1}"', '"\\ud83d"', "toset([var.u])", 'jsonencode({ Statement = "x", a = [null] })',
)  # fmt: skip


def names(module: str) -> list[str]:
    """Return every text in a module that may name an attribute or a block."""
    found = {"name", "path", "tags", "url"}
    for node in ast.walk(ast.parse((FOLDER / f"{module}.py").read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            found.add(node.value)
    return sorted(
        name
        for name in found
        if name.islower()
        and not name.startswith(("aws_", "okta_", "lightstep_"))
        and name not in ("provider", "count", "for_each")
    )


def kinds(module: str) -> list[tuple[str, str]]:
    """Return the (mode, type) that a module reads."""
    readers = import_module(f"iamlint.parse.terraform.resources.{module}").READERS
    return [(mode, "lightstep_x" if kind == "*" else kind) for mode, kind in readers]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("form", ["attribute", "block", "dynamic"])
def test_no_value_breaks_a_reader(module: str, form: str) -> None:
    lines = ['variable "u" {}']
    types = {kind for _, kind in kinds(module)}
    names_here = [name for name in names(module) if name not in types]
    for mode, kind in kinds(module):
        # Every value meets every name of some type; each instance holds a different mixture.
        for number in range(0, len(VALUES), 5):
            block = "resource" if mode == "managed" else "data"
            lines.append(f'{block} "{kind}" "x{number}" {{')
            for index, name in enumerate(names_here):
                value = VALUES[(number + index) % len(VALUES)]
                if form == "attribute":
                    lines.append(f"  {name} = {value}")
                elif form == "block":
                    lines.append(f"  {name} {{\n    name = {value}\n    type = {value}\n    id = {value}\n  }}")
                else:
                    lines.append(f'  dynamic "{name}" {{\n    for_each = {value}\n    content {{ value = {name}.value }}\n  }}')
            lines.append("}")
    root = Root("\n".join(lines))
    assert all(problem.id.startswith("IL") for problem in root.facts.problems)
    assert root.facts.items or module in (
        "vendors",
        "aws_shared",
        "cloud_control",
        "manifests",
        "kubernetes_workloads",
        "okta_admin",
        "okta_claims",
        "okta_policies",
        "entra_policies",
        "entra_units",
        "aws_tokens",
        "start_scripts",
        "tfe",
    )  # these add nothing by themselves


def test_a_provider_block_may_hold_anything() -> None:
    blocks = [
        f'provider "{kind}" {{\n  alias = "a{number}"\n'
        + "".join(f"  {name} = {value}\n" for name in names("providers") if name != "alias")
        + "}"
        for kind in ("aws", "lightstep", "okta", "vault", "nobody")
        for number, value in enumerate(VALUES)
    ]
    root = Root("\n".join(['variable "u" {}', 'resource "lightstep_alert" "a" { project_name = "p" }', *blocks]))
    assert root.facts.items
