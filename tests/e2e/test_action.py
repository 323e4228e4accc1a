"""The composite action: well-formed, every input used and described, no text of a pull request in shell code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
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


@pytest.mark.parametrize(("folder", "expected"), [("policies", "1"), ("okta", "0")])
def test_its_check_writes_sarif_annotations_and_a_summary_and_tells_the_exit_code(folder: str, expected: str, tmp_path: Path):
    step = next(step for step in STEPS if step.get("id") == "check")
    program = tmp_path / "iamlint" / "bin" / "iamlint"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m iamlint.cli.main "$@"\n')
    program.chmod(0o755)
    work = tmp_path / "work"
    shutil.copytree(ROOT / "examples" / "estate" / folder, work / folder)
    defaults = {f"INPUT_{name.upper().replace('-', '_')}": entry["default"] for name, entry in ACTION["inputs"].items()}
    environment = {**os.environ, **{name: defaults.get(name, "") for name in step["env"]}}
    environment |= {"INPUT_PATH": folder, "INPUT_SARIF": "out.sarif", "RUNNER_TEMP": str(tmp_path), "GITHUB_ACTIONS": "true"}
    environment |= {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    run = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )  # as the runner calls bash
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "output").read_text() == f"exit-code={expected}\n"
    assert json.loads((work / "out.sarif").read_text())["version"] == "2.1.0"
    assert ("::error" in run.stdout or "::warning" in run.stdout) == (expected == "1")
    assert (tmp_path / "summary").read_text().strip()
