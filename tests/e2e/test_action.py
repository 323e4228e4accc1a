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


@pytest.mark.parametrize(("folder", "expected"), [("policies", "1"), ("infra/modules", "0")])
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


GH = """\
#!/usr/bin/env python3
import json, os, sys
words = sys.argv[1:]
with open(os.environ["GH_LOG"], "a") as log:
    body = [open(word[6:]).read() for word in words if word.startswith("body=@")]
    log.write(json.dumps({"words": words, "body": body, "token": os.environ.get("GH_TOKEN")}) + "\\n")
if "--paginate" in words:
    print(os.environ.get("GH_COMMENT", ""))
"""


@pytest.mark.parametrize(
    ("changed", "comment", "method"), [(True, "", "POST"), (True, "77", "PATCH"), (False, "77", "PATCH"), (False, "", None)]
)
def test_its_comment_is_posted_once_and_then_written_anew(changed: bool, comment: str, method: str | None, tmp_path: Path):
    step = next(step for step in STEPS if step.get("name") == "Comment")
    assert "inputs.diff-comment == 'true'" in step["if"]
    for path, text in (
        ("iamlint/bin/iamlint", f'#!/bin/sh\nexec "{sys.executable}" -m iamlint.cli.main "$@"\n'),
        ("bin/gh", GH.replace("/usr/bin/env python3", sys.executable)),
    ):
        program = tmp_path / path
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    work = Path(shutil.copytree(ROOT / "examples" / "estate", tmp_path / "work"))
    who = ["-c", "user.name=Robin Example", "-c", "user.email=robin@acme.example"]
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "start"]):
        subprocess.run(["git", *words], cwd=work, check=True)
    base = subprocess.run(["git", "rev-parse", "HEAD"], cwd=work, check=True, capture_output=True, text=True).stdout.strip()
    if changed:
        mappings = work / "lightstep" / "mappings.tf"
        mappings.write_text(mappings.read_text().replace("Project Viewer", "Project Editor", 1))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GH_")}
    environment |= {
        "INPUT_PATH": ".",
        "INPUT_TOKEN": "t",
        "INPUT_BASE": base,
        "INPUT_REPOSITORY": "acme/shop",
        "INPUT_NUMBER": "5",
    }
    environment |= {"RUNNER_TEMP": str(tmp_path), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "GH_COMMENT": comment}
    environment |= {"GH_LOG": str(tmp_path / "gh.log"), "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=work, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    calls = [json.loads(line) for line in (tmp_path / "gh.log").read_text().splitlines()]
    written = [call for call in calls if call["body"]]
    assert [call["words"][call["words"].index("--method") + 1] for call in written] == ([method] if method else [])
    assert all(call["token"] == "t" and call["body"][0].startswith("<!-- iamlint diff -->") for call in written)
    assert all(("telemetry:edit" in call["body"][0]) == changed for call in written)
    if method == "PATCH":
        assert written[0]["words"][4] == "repos/acme/shop/issues/comments/77"
