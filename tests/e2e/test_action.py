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
        used = set(re.findall(r"\$\{?(INPUT_[A-Z_]+|ACTION_PATH|PYTHON_PATH|EXIT_CODE)", step.get("run", "")))
        assert used == set(step.get("env", {})), step.get("name")


def test_other_actions_are_pinned_to_a_major_version():
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert "github/codeql-action/upload-sarif" in {name.partition("@")[0] for name in used}
    assert all(re.fullmatch(r"[\w/-]+@v\d+", name) for name in used)


def test_it_ends_with_the_exit_code_of_the_check():
    assert STEPS[-1]["run"] == 'exit "$EXIT_CODE"'
    assert STEPS[-1]["env"] == {"EXIT_CODE": "${{ steps.check.outputs.exit-code }}"}
    assert 'echo "exit-code=$code" >> "$GITHUB_OUTPUT"' in next(step["run"] for step in STEPS if step.get("id") == "check")


IAMLINT = f'#!/bin/sh\nexec "{sys.executable}" -m iamlint.cli.main "$@"\n'


def checked(tmp_path: Path, path: str, program: str = IAMLINT, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the step that checks, in `work`, as the runner calls bash."""
    step = next(step for step in STEPS if step.get("id") == "check")
    executable(tmp_path / "iamlint/bin/iamlint", program)
    (tmp_path / "work").mkdir(exist_ok=True)
    defaults = {f"INPUT_{name.upper().replace('-', '_')}": entry["default"] for name, entry in ACTION["inputs"].items()}
    environment = {**os.environ, **{name: defaults.get(name, "") for name in step["env"]}}
    environment |= {"INPUT_PATH": path, "INPUT_SARIF": "out.sarif", "RUNNER_TEMP": str(tmp_path), "GITHUB_ACTIONS": "true"}
    environment |= {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), **inputs}
    run = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=tmp_path / "work", env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.mark.parametrize(("folder", "expected"), [("policies", "1"), ("infra/modules", "0")])
def test_its_check_writes_sarif_annotations_and_a_summary_and_tells_the_exit_code(folder: str, expected: str, tmp_path: Path):
    work = tmp_path / "work"
    shutil.copytree(ROOT / "examples" / "estate" / folder, work / folder)
    run = checked(tmp_path, folder)
    assert (tmp_path / "output").read_text() == f"exit-code={expected}\n"
    assert json.loads((work / "out.sarif").read_text())["version"] == "2.1.0"
    assert ("::error" in run.stdout or "::warning" in run.stdout) == (expected == "1")
    assert (tmp_path / "summary").read_text().strip()


def test_no_input_becomes_shell_code_and_the_report_may_lie_in_a_folder_of_its_own(tmp_path: Path):
    folder = 'my infra $(touch pwned) `touch pwned` "; touch pwned'
    shutil.copytree(ROOT / "examples/estate/policies", tmp_path / "work" / folder)
    run = checked(tmp_path, folder, INPUT_SARIF="reports/of iamlint/out.sarif", INPUT_SELECT="IAM002,$(touch pwned)")
    assert (tmp_path / "output").read_text() == "exit-code=2\n"  # no such rule
    run = checked(tmp_path, folder, INPUT_SARIF="reports/of iamlint/out.sarif")
    assert f"::notice file={folder}/ancient.yaml,line=2," in run.stdout
    results = json.loads((tmp_path / "work/reports/of iamlint/out.sarif").read_text())["runs"][0]["results"]
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
    assert all(place.startswith("my%20infra%20$(touch%20pwned)") for place in places)
    assert not list(tmp_path.rglob("pwned"))


def test_what_stops_it_is_said_once(tmp_path: Path):
    run = checked(tmp_path, "nowhere")
    assert (tmp_path / "output").read_text() == "exit-code=2\n"
    assert run.stderr == "iamlint: error: `nowhere` does not exist\n"
    assert run.stdout == "::error title=iamlint::iamlint did not check anything (exit code 2); why stands above in the log\n"
    assert not (tmp_path / "summary").exists()


def test_a_summary_that_github_would_refuse_is_cut(tmp_path: Path):
    lines = 'while [ $# -gt 1 ]; do [ "$1" = --output ] && output="$2"; shift; done\n'
    checked(tmp_path, ".", f'#!/bin/sh\n{lines}[ -z "$output" ] || seq -f "line %09g of them" 100000 > "$output"\n')
    summary = (tmp_path / "summary").read_text()
    assert 990_000 < len(summary) < 1 << 20
    *listed, gap, last = summary.removesuffix("\n").split("\n")
    assert (gap, last) == ("", "The rest is left out here; the SARIF report has everything.")
    assert all(re.fullmatch(r"line \d{9} of them", line) for line in listed)


GH = """\
#!/usr/bin/env python3
import json, os, sys
words = sys.argv[1:]
with open(os.environ["GH_LOG"], "a") as log:
    body = [open(word[6:]).read() for word in words if word.startswith("body=@")]
    log.write(json.dumps({"words": words, "body": body, "token": os.environ.get("GH_TOKEN")}) + "\\n")
if "--paginate" in words:
    if os.environ["GH_COMMENT"] == "refused":
        sys.exit(1)
    print(os.environ["GH_COMMENT"])
"""


@pytest.mark.parametrize(
    ("changed", "comment", "method"),
    [
        (True, "", "POST"), (True, "77", "PATCH"), (False, "77", "PATCH"), (False, "", None),
        (True, "77\n78", "PATCH"), (True, "refused", None),
    ],
)  # fmt: skip
def test_its_comment_is_posted_once_and_then_written_anew(changed: bool, comment: str, method: str | None, tmp_path: Path):
    step = next(step for step in STEPS if step.get("name") == "Comment")
    assert "inputs.diff-comment == 'true'" in step["if"]
    executable(tmp_path / "iamlint/bin/iamlint", IAMLINT)
    executable(tmp_path / "bin/gh", GH.replace("/usr/bin/env python3", sys.executable))
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
    assert ("could not be read" in run.stdout) == (comment == "refused")


def test_a_base_that_cannot_be_fetched_is_a_warning(tmp_path: Path):
    step = next(step for step in STEPS if step.get("name") == "Comment")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    environment = {**os.environ, "INPUT_PATH": ".", "INPUT_BASE": "0123456789" * 4, "RUNNER_TEMP": str(tmp_path)}
    run = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0
    assert run.stdout.startswith("::warning::iamlint could not fetch 0123456789")
