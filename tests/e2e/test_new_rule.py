"""The scaffold of a rule: the next free id, a file that fails until it is written, and what to do next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def scaffold(rules: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/new_rule.py", "--rules", str(rules), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "env101_one_thing.py").touch()
    (tmp_path / "env104_another_thing.py").touch()
    (tmp_path / "iam201_third_thing.py").touch()
    (tmp_path / "retired.txt").write_text("ENV105\n")
    return tmp_path


def test_it_takes_the_next_id_that_was_never_used(rules: Path):
    assert scaffold(rules, "ENV", "role-without-owner").returncode == 0
    assert (rules / "env106_role_without_owner.py").exists()


def test_it_can_be_told_the_hundred(rules: Path):
    scaffold(rules, "iam", "some-escalation", "--hundred", "2")
    scaffold(rules, "iam", "some-exposure", "--hundred", "3")
    assert {path.name for path in rules.glob("iam*_some_*.py")} == {"iam202_some_escalation.py", "iam301_some_exposure.py"}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("XYZ", "role-without-owner"), "not a prefix of this package"),
        (("ENV", "Role_without_owner"), "not kebab-case"),
        (("ENV", "another-thing"), "is the name of env104_another_thing.py"),
    ],
)
def test_it_refuses(rules: Path, arguments: tuple[str, str], reason: str):
    run = scaffold(rules, *arguments)
    assert run.returncode == 2
    assert reason in run.stderr


def test_it_says_what_to_do_next(rules: Path):
    printed = scaffold(rules, "ENV", "role-without-owner").stdout
    assert "env106_role_without_owner.py" in printed
    assert printed.count("\n  ") == 6


def test_what_it_writes_is_a_rule_whose_bad_example_fails_until_the_check_is_written(rules: Path):
    scaffold(rules, "ENV", "role-without-owner")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import env106_role_without_owner as module\n"
        "from iamlint.testing import examples_of\n"
        "for case in examples_of(module):\n"
        "    try:\n        case.check()\n    except AssertionError:\n        print('fails', case.wrong)\n    else:\n        print('passes', case.wrong)\n"
    )
    run = subprocess.run([sys.executable, "-c", program, str(rules)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout.splitlines() == ["fails True", "passes False"], run.stderr
