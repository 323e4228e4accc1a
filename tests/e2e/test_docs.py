"""The documentation: generated pages are fresh, and every command on the usage pages works in the example estate."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(page for page in (ROOT / "docs" / "usage").glob("*.md") if "<!-- file: " not in page.read_text())


def commands(page: Path) -> list[str]:
    """Return the commands of a page's console blocks."""
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_the_generated_pages_are_what_the_generator_writes():
    run = subprocess.run(
        [sys.executable, "scripts/build_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_generated_page_says_so():
    generated = [ROOT / "docs" / name for name in ("cli.md", "configuration.md", "manifest.md")]
    generated += sorted((ROOT / "docs" / "rules").glob("*.md"))
    assert len(generated) > 20
    assert [page.name for page in generated if "do not edit" not in page.read_text().partition("\n")[0]] == []


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """A copy of the example estate with a history of two commits: the second takes an editor's role back."""
    copy = Path(shutil.copytree(ROOT / "examples" / "estate", tmp_path / "estate"))
    mappings = copy / "lightstep" / "mappings.tf"
    after = mappings.read_text()
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    for text in (after.replace("Project Viewer", "Project Editor", 1), after):
        mappings.write_text(text)
        subprocess.run(["git", "add", "-A"], cwd=copy, check=True)
        who = ["-c", "user.name=Robin Example", "-c", "user.email=robin@acme.example"]
        subprocess.run(["git", *who, "commit", "-q", "-m", "mappings"], cwd=copy, check=True)
    return copy


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_usage_page_work_one_after_the_other(page: Path, estate: Path):
    environment = {
        name: value for name, value in os.environ.items() if name not in ("GITHUB_ACTIONS", "PYTHONPATH", "FORCE_COLOR")
    }
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    for line in commands(page):
        assert "iamlint " in line
        run = subprocess.run(["sh", "-c", line], cwd=estate, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode in (0, 1), line + "\n" + run.stdout + run.stderr
        assert run.stdout or "--output" in line, line
        assert "Traceback" not in run.stderr
