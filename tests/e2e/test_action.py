"""The composite action: well-formed, every input used and described, no text of a pull request in shell code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "action.yml").read_text()
ACTION: dict[str, Any] = yaml.safe_load(TEXT)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


def test_it_is_a_composite_action_with_described_inputs_and_outputs():
    assert ACTION["runs"]["using"] == "composite"
    for entry in (*ACTION["inputs"].values(), *ACTION["outputs"].values()):
        assert entry["description"].endswith(".")
    assert all(isinstance(entry["default"], str) for entry in ACTION["inputs"].values())


def test_every_input_is_used_and_every_used_input_is_declared():
    assert set(re.findall(r"inputs\.([a-z-]+)", TEXT)) == set(ACTION["inputs"])


def test_no_expression_stands_inside_a_script():
    assert [step["name"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_every_variable_of_a_script_is_given_to_it():
    for step in STEPS:
        used = set(re.findall(r"\$\{?(INPUT_[A-Z_]+|ACTION_PATH|EXIT_CODE)", step.get("run", "")))
        assert used == set(step.get("env", {})), step.get("name")


def test_other_actions_are_pinned_to_a_major_version():
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert "github/codeql-action/upload-sarif" in {name.partition("@")[0] for name in used}
    assert all(re.fullmatch(r"[\w/-]+@v\d+", name) for name in used)


def test_it_ends_with_the_exit_code_of_the_check():
    assert STEPS[-1]["run"] == 'exit "$EXIT_CODE"'
    assert STEPS[-1]["env"] == {"EXIT_CODE": "${{ steps.check.outputs.exit-code }}"}
    assert 'echo "exit-code=$code" >> "$GITHUB_OUTPUT"' in next(step["run"] for step in STEPS if step.get("id") == "check")
