"""The hooks of .pre-commit-hooks.yaml, with the real `pre-commit` in a repository of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "*.egg-info", "build", "dist", "__pycache__", ".*_cache", ".hypothesis")

CLEAN = """\
Version: "2012-10-17"
Statement:
  - Effect: Allow
    Action: s3:GetObject
    Resource: arn:aws:s3:::acme-exports/*
"""
PLANTED = """\
Version: "2012-10-17"
Statement:
  - Effect: Allow
    Action: "*"
    Resource: "*"
"""
SUPPRESSED = PLANTED.replace(
    '    Action: "*"', '    # iamlint: ignore[IAM101] the break-glass policy, attached to nobody\n    Action: "*"'
)


class Repository:
    """A git repository for one test. Nothing of the surroundings' git configuration counts in it."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
        self.environment |= {
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PRE_COMMIT_HOME": str(cache), "PRE_COMMIT_COLOR": "never",
            "GIT_AUTHOR_NAME": "test", "GIT_AUTHOR_EMAIL": "test@acme.example",
            "GIT_COMMITTER_NAME": "test", "GIT_COMMITTER_EMAIL": "test@acme.example",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }  # fmt: skip
        self.run("git", "init", "-q", "-b", "main")

    def run(self, *command: str) -> str:
        done = self.attempt(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def attempt(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)

    def write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        self.run("git", "add", path)

    def commit(self) -> tuple[int, str]:
        """Commit what was added, hooks included; return the exit code and what was printed."""
        done = self.attempt("git", "commit", "-q", "-m", "a change")
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    cache = tmp_path / "cache"
    hooks = Repository(Path(shutil.copytree(ROOT, tmp_path / "iamlint", ignore=LEFT_OUT)), cache)
    hooks.run("git", "add", "-A")
    hooks.run("git", "commit", "-q", "-m", "as it stands")
    revision = hooks.run("git", "rev-parse", "HEAD")
    repository = Repository(tmp_path / "work", cache)
    config = {"repos": [{"repo": str(hooks.folder), "rev": revision, "hooks": [{"id": "iamlint"}]}]}
    repository.write(".pre-commit-config.yaml", yaml.safe_dump(config))
    repository.run(sys.executable, "-m", "pre_commit", "install")
    return repository


def test_a_commit_passes_clean_fails_on_a_violation_and_passes_with_a_reason(repository: Repository):
    repository.write("policies/app.yaml", CLEAN)
    code, printed = repository.commit()
    assert (code, "Passed" in printed) == (0, True), printed

    repository.write("policies/app.yaml", PLANTED)
    code, printed = repository.commit()
    assert (code, "Failed" in printed) == (1, True), printed
    assert "policies/app.yaml:4:" in printed
    assert "IAM101" in printed

    repository.write("policies/app.yaml", SUPPRESSED)
    code, printed = repository.commit()
    assert (code, "Passed" in printed) == (0, True), printed

    repository.write("notes.txt", "nothing that bears on access")
    code, printed = repository.commit()
    assert (code, "Skipped" in printed) == (0, True), printed


def test_there_are_two_hooks_over_the_whole_repository():
    assert [hook["id"] for hook in HOOKS] == ["iamlint", "iamlint-test"]
    assert all(hook["language"] == "python" and hook["pass_filenames"] is False and hook["require_serial"] for hook in HOOKS)


@pytest.mark.parametrize(
    "path",
    [
        "infra/main.tf",
        "prod.tfvars",
        "a/b.json",
        ".github/workflows/x.yml",
        "x.access.yaml",
        "pyproject.toml",
        "iamlint.yaml",
        "live/status_reports.csv",
        "live/credentials.csv",
        "infra/policy.json.tmpl",
        ".github/CODEOWNERS",
    ],
)
def test_a_change_of_this_file_runs_the_hooks(path: str):
    assert all(re.search(hook["files"], path) for hook in HOOKS)


@pytest.mark.parametrize("path", ["README.md", "main.py", "a/pyproject.toml.orig", "x.tf.md", "image.png"])
def test_a_change_of_this_file_does_not(path: str):
    assert not any(re.search(hook["files"], path) for hook in HOOKS)
