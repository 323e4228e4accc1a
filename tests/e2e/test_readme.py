"""README.md says what is true: its commands, and the output of the run that it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def commands() -> list[str]:
    """Return the commands of the README's console blocks, in order."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_the_output_it_shows_is_what_the_run_prints():
    run = subprocess.run(
        [sys.executable, "scripts/build_readme.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "<!-- output: iamlint check examples/estate" in README


def test_the_first_command_installs_and_checks_the_example_estate():
    assert commands()[0] == "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/iamlint check examples/estate"


def test_the_second_command_is_what_ci_runs():
    line = commands()[1]
    assert line.startswith("python3 -m venv ")
    assert "pytest" in line
    assert line in (ROOT / ".ci" / "run").read_text().splitlines()


def test_the_first_screen_holds_purpose_and_both_commands():
    first_screen = "\n".join(README.splitlines()[:30])
    assert all(command in first_screen for command in commands()[:2])


def test_links_lead_to_files():
    pages = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    pages += sorted((ROOT / "docs").rglob("*.md")) + sorted((ROOT / "examples").rglob("*.md"))
    broken = []
    for page in pages:
        text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []
