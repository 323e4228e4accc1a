"""What ARCHITECTURE.md promises, checked on the source itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LAYERS = [row.split(" | ") for row in PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]]
FLOOR = {name: len(LAYERS) - number for number, row in enumerate(LAYERS) for name in row}
SOURCES = sorted((ROOT / "iamlint").rglob("*.py"))
RULES = sorted(path for path in (ROOT / "rules").glob("*.py") if path.name != "__init__.py")

# Files that may be long, each with the reason.
LONG_FILES = {
    "iamlint/parse/terraform/expression_parser.py": "one grammar, read top to bottom",
    "iamlint/parse/terraform/values.py": "Terraform's type system: conversions and unification of every type with every other",
    "iamlint/parse/terraform/module.py": "one module's scope; a split would only move its state about",
    "iamlint/parse/terraform/expressions.py": "one case for each kind of expression",
    "iamlint/parse/terraform/functions_text.py": "one function of Terraform after another",
    "iamlint/parse/cloudformation/sam_data.py": "data, generated",
    "iamlint/project/session.py": "what a run computes once, each from the others",
    "rules/env101_cross_environment_reach.py": "two questions (a border crossed, a bot that spans) with one set of examples",
    "rules/env103_role_shared_across_environments.py": "three ways of sharing, two of which need whole roles as examples",
    "rules/idp104_self_service_membership.py": "four identity providers, each with a way of its own and its examples",
    "rules/iam004_policy_too_large.py": "a table of AWS's quotas",
    "rules/trust114_workflow_role_mismatch.py": "two services, whose examples are whole repositories",
    "rules/trust107_wildcard_oidc_subject.py": "subjects of six services, each with examples",
    "rules/idp108_idle_group.py": "what counts as a use, each with an example of its own",
    "rules/tel111_telemetry_visible_to_outsiders.py": "three kinds of outsiders, one of which needs AWS as an example",
    "rules/env105_telemetry_to_wrong_environment.py": "workloads, jobs and alerts, each with examples",
    "rules/iam301_public_resource.py": "services of which each guards its resources in another way, with examples",
    "rules/tel105_conflicting_authority.py": "three kinds of declarations that can conflict, each with examples",
}
LONGEST = 300
LONGEST_RULE = 150
# The aim is no cliff: a file may pass it by this much before somebody has to say why.
GRACE = 20

PURE_FLOORS = {"source", "model", "iam", "parse", "graph", "lint", "policytest", "change", "report"}
IMPURE = {
    "open": "opens a file", "print": "writes to the terminal", "input": "reads the terminal",
    "os.environ": "reads the environment", "os.getenv": "reads the environment", "os.getcwd": "reads the working directory",
    "os.listdir": "reads the disk", "os.scandir": "reads the disk", "os.walk": "reads the disk",
    "sys.stdout": "writes to the terminal", "sys.stderr": "writes to the terminal", "sys.stdin": "reads the terminal",
    "time.time": "reads the clock", "date.today": "reads the clock", "datetime.now": "reads the clock",
    "datetime.today": "reads the clock", "datetime.utcnow": "reads the clock",
    "random.random": "is not the same twice",
}  # fmt: skip
# The catalogue of AWS actions is data of the package itself, read once.
ALLOWED_IMPURE = {("iamlint/iam/catalogue.py", "open"), ("iamlint/iam/managed_policies.py", "open")}
# A program of one line, run by hand: it prints the published schema.
ALLOWED_IMPURE |= {("iamlint/parse/schemas/render.py", "print")}
# The style and code of the HTML pages: data of the package, as above.
ALLOWED_IMPURE |= {("iamlint/report/web/__init__.py", "open")}


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            for name in node.names:
                yield f"{node.module}.{name.name}", node.lineno
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno


def _part(module: str) -> str:
    return module.split(".")[1] if module.count(".") else ""


def test_an_import_never_goes_up():
    wrong = []
    for path in SOURCES:
        own = _part(_shown(path).removesuffix(".py").replace("/", "."))
        for module, line in _imports(path):
            other = _part(module)
            if not module.startswith("iamlint.") or own not in FLOOR or other not in FLOOR or other == own:
                continue
            if FLOOR[other] >= FLOOR[own]:
                wrong.append(f"{_shown(path)}:{line}: {own} imports {module}")
    assert wrong == []


def test_a_rule_imports_only_the_rule_kit():
    allowed = {"iamlint.rulekit", "iamlint_rules"}
    wrong = [
        f"{_shown(path)}:{line}: {module}"
        for path in RULES
        for module, line in _imports(path)
        if module.split(".")[0] in ("iamlint", "click", "yaml", "networkx", "tree_sitter")
        and not any(module == name or module.startswith(name + ".") for name in allowed)
    ]
    assert wrong == []


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        left = _dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return node.id if isinstance(node, ast.Name) else ""


def test_the_pure_floors_touch_no_disk_environment_clock_or_terminal():
    wrong = []
    for path in SOURCES:
        if _part(_shown(path).removesuffix(".py").replace("/", ".")) not in PURE_FLOORS:
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                name = node.func.id if node.func.id in ("open", "print", "input") else ""
            else:
                name = _dotted(node) if isinstance(node, ast.Attribute) else ""
            if name in IMPURE and (_shown(path), name) not in ALLOWED_IMPURE:
                wrong.append(f"{_shown(path)}:{getattr(node, 'lineno', 0)}: `{name}` {IMPURE[name]}")
    assert wrong == []


def test_every_package_folder_is_listed():
    folders = {path.parent for path in (ROOT / "iamlint").rglob("*.py")}
    found = {_shown(folder).replace("/", ".") for folder in folders} | {"iamlint_rules"}
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == sorted(found)


def test_every_data_file_is_listed():
    listed: dict[str, list[str]] = PROJECT["tool"]["setuptools"]["package-data"]
    lost = []
    for path in sorted((ROOT / "iamlint").rglob("*")):
        if path.is_dir() or path.suffix in (".py", ".pyc"):
            continue
        package = next(folder for folder in path.parents if (folder / "__init__.py").exists())
        globs = [*listed["*"], *listed.get(_shown(package).replace("/", "."), [])]
        if not any(
            fnmatch(path.relative_to(package).as_posix(), glob) and glob.count("/") == _depth(path, package) for glob in globs
        ):
            lost.append(_shown(path))
    assert lost == []


def _depth(path: Path, package: Path) -> int:
    return len(path.relative_to(package).parts) - 1


def test_every_folder_of_code_is_a_package():
    assert [_shown(path.parent) for path in SOURCES if not (path.parent / "__init__.py").exists()] == []


@pytest.mark.parametrize(("paths", "longest"), [(SOURCES, LONGEST), (RULES, LONGEST_RULE)], ids=["source", "rules"])
def test_files_stay_small(paths: list[Path], longest: int):
    lengths = {_shown(path): path.read_bytes().count(b"\n") for path in paths}
    long = {path: lines for path, lines in lengths.items() if lines > longest + GRACE and path not in LONG_FILES}
    assert long == {}, "split them, or say in LONG_FILES why not"


def test_files_that_may_be_long_still_are():
    """Advice: an entry of LONG_FILES that is short again goes."""
    limit = {path: LONGEST_RULE if path.startswith("rules/") else LONGEST for path in LONG_FILES}
    assert [path for path in LONG_FILES if (ROOT / path).read_bytes().count(b"\n") <= limit[path]] == []


def test_a_rule_file_is_named_after_its_id_and_name():
    wrong = [_shown(path) for path in RULES if not re.fullmatch(r"_?[a-z]{2,8}\d{3}(_[a-z0-9]+)+\.py|_[a-z_]+\.py", path.name)]
    assert wrong == []


HEAVY = (
    "asyncio", "click", "contextlib", "dataclasses", "importlib.metadata", "inspect", "jsonschema", "logging", "multiprocessing",
    "networkx", "subprocess", "tree_sitter", "tree_sitter_hcl", "typing", "typing_extensions", "yaml",
)  # fmt: skip


def _imported_by(arguments: list[str], folder: Path = ROOT) -> list[str]:
    """Return the modules that the program imports for these arguments."""
    program = (
        "import re, sys\nbefore = set(sys.modules)\nfrom iamlint.cli.main import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True, cwd=folder)
    return run.stdout.splitlines()[-1].split()


def test_asking_for_the_version_imports_nothing_heavy():
    modules = _imported_by(["--version"])
    assert "iamlint.cli.main" in modules
    assert [name for name in modules if name in HEAVY or name.startswith("iamlint_rules")] == []


NOT_FOR_A_USER = (
    "iamlint.graph.ask", "iamlint.graph.federation", "iamlint.graph.link_administration", "iamlint.graph.link_federated",
    "iamlint.graph.link_members", "iamlint.graph.link_permission_sets", "iamlint.graph.link_rules", "iamlint.graph.link_secrets",
    "iamlint.graph.link_telemetry", "iamlint.graph.link_trust", "iamlint.iam.compare", "iamlint.iam.evaluate",
    "iamlint.iam.managed_policies", "iamlint.lint.escalation", "iamlint.lint.exposure", "iamlint.lint.trust",
    "iamlint.parse.telemetry.vendors",
    "iamlint.parse.terraform.adapters", "iamlint.parse.terraform.functions_text", "iamlint.parse.terraform.json_syntax",
    "base64", "datetime", "decimal", "hashlib", "ipaddress", "weakref",
)  # fmt: skip
NOT_FOR_A_DOCUMENT = (
    *NOT_FOR_A_USER, "iamlint.graph.joins", "iamlint.model.aws", "iamlint.model.identity", "iamlint.model.telemetry",
    "iamlint.model.workload", "iamlint.parse.terraform.evaluate",
)  # fmt: skip
ONE_FILE = {
    "policies/operations.json": NOT_FOR_A_DOCUMENT,
    "policies/export.yaml": NOT_FOR_A_DOCUMENT,
    "infra/staging/users.tf": tuple(name for name in NOT_FOR_A_USER if not name.endswith("functions_text")),
}
"""A file of the estate, and what its check has no need of beside what is heavy."""


@pytest.mark.parametrize("path", ONE_FILE)
def test_the_check_of_one_file_imports_little(path: str, tmp_path: Path):
    (tmp_path / Path(path).name).write_bytes((ROOT / "examples" / "estate" / path).read_bytes())
    modules = _imported_by(["check", "--no-cache", Path(path).name], tmp_path)
    assert "iamlint.report.text" in modules
    heavy = HEAVY if not path.endswith(".yaml") else [name for name in HEAVY if name != "yaml"]
    assert [name for name in modules if name in heavy or name in ONE_FILE[path]] == []
    # A third of the rules, which are a hundred and forty.
    assert sum(name.startswith("iamlint_rules.") for name in modules) < 45


# They serve pytest and hypothesis, which import it anyway.
_MAY_IMPORT_TYPING = ("iamlint/testing/", "iamlint/pytest_plugin.py")


def test_typing_is_imported_for_type_checkers_only():
    """Its import costs a fifth of an interpreter's start, and a class of its `NamedTuple` fifteen of ours."""
    wrong = [
        f"{_shown(path)}:{node.lineno}"
        for path in (*SOURCES, *RULES)
        if not _shown(path).startswith(_MAY_IMPORT_TYPING)
        for node in ast.parse(path.read_bytes()).body
        if isinstance(node, ast.ImportFrom) and node.module == "typing"
    ]
    assert wrong == [], "put it under `if TYPE_CHECKING:` (which is False), and take NamedTuple from iamlint.source.record"
