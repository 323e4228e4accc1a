"""The example estate says what iamlint finds in it: its README, its comments and the run agree, and every rule fires."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import iamlint_rules
from iamlint.project.plugins import rules_in

ROOT = Path(__file__).resolve().parents[2]
ESTATE = ROOT / "examples" / "estate"
README = (ESTATE / "README.md").read_text()
MARK = re.compile(r"planted ([A-Z]+\d{3})")
# A mark stands on the flagged line, or above it with at most the head of a block between.
NEAR = 12


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "iamlint.cli.main", "check", ".", "--format", "json"]
    run = subprocess.run(command, cwd=ESTATE, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stderr
    diagnostics: list[dict[str, Any]] = json.loads(run.stdout)["diagnostics"]
    return diagnostics


def rows(section: str) -> set[tuple[str, str]]:
    """Return the pairs of rule and file in a table of the README."""
    text = README.split(f"## {section}")[1].split("\n## ")[0]
    return {(match[1], match[2]) for match in re.finditer(r"^\| ([A-Z]+\d{3}) \| `([^`]+)`", text, re.MULTILINE)}


def test_the_readme_explains_every_finding_and_no_other(found: list[dict[str, Any]]):
    reported = {(made["rule"], made["file"]) for made in found if made["suppressed"] is None}
    assert reported == rows("Planted mistakes") | rows("What follows from them")


def test_the_readme_names_what_is_suppressed(found: list[dict[str, Any]]):
    assert {(made["rule"], made["file"]) for made in found if made["suppressed"]} == rows("Suppressed, with a reason")


# Rules whose mistake nobody has planted yet: plant it, explain it in the estate's README, take the id out.
UNPLANTED: frozenset[str] = frozenset()


def test_every_built_in_rule_fires(found: list[dict[str, Any]]):
    stable = {rule.id for rule in rules_in(iamlint_rules) if rule.status == "stable"}
    assert stable - {made["rule"] for made in found} == UNPLANTED


def test_every_planted_mistake_is_found_where_its_comment_stands(found: list[dict[str, Any]]):
    missed = []
    for path in sorted(ESTATE.rglob("*")):
        if not path.is_file() or path.suffix == ".md":
            continue
        shown = path.relative_to(ESTATE).as_posix()
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for rule in MARK.findall(line):
                lines = [made["line"] for made in found if made["rule"] == rule and made["file"] == shown]
                if not any(number <= flagged <= number + NEAR for flagged in lines):
                    missed.append(f"{shown}:{number}: {rule}, reported on {lines}")
    assert missed == []


def test_the_policy_tests_hold():
    command = [sys.executable, "-m", "iamlint.cli.main", "test", "."]
    run = subprocess.run(command, cwd=ESTATE, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
