"""The rule kit offers what it names, each from where it lives."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from iamlint import rulekit


def test_everything_named_is_offered() -> None:
    for name in rulekit.__all__:
        assert getattr(rulekit, name) is not None


def test_type_checkers_and_the_interpreter_see_the_same_names() -> None:
    tree = ast.parse(Path(rulekit.__file__).read_text(encoding="utf-8"))
    guard = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {
        (alias.asname or alias.name, node.module)
        for node in guard.body
        if isinstance(node, ast.ImportFrom) and node.module != "typing"
        for alias in node.names
    }
    assert typed == set(rulekit._HOME.items())


def test_a_name_that_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no `Session`"):
        _ = rulekit.Session


def test_a_rule_about_one_policy_does_not_load_trust_or_telemetry() -> None:
    code = "import iamlint_rules.iam101_full_admin_statement, sys; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for module in ("iamlint.lint.trust", "iamlint.iam.evaluate", "iamlint.model.telemetry", "networkx", "yaml", "click"):
        assert f"'{module}'" not in loaded
