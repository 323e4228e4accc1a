"""Output is byte-identical from run to run, whatever the hash seed, the number of workers, and the order of the files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ESTATE = ROOT / "examples" / "estate"


def check(*arguments: str, seed: str = "0", cwd: Path = ESTATE) -> bytes:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")} | {"PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "iamlint", "check", "--no-cache", "--as-of", "2026-11-01", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, env=environment, cwd=cwd)
    assert done.returncode == 1, done.stderr.decode()
    assert len(done.stdout) > 1000, "the estate has findings"
    return done.stdout


@pytest.mark.parametrize("format", ["text", "json", "sarif", "junit", "markdown", "github"])
def test_the_hash_seed_changes_nothing(format: str) -> None:
    assert check("--format", format, seed="1") == check("--format", format, seed="2")


def test_workers_change_nothing() -> None:
    assert check("--format", "json", "--jobs", "1") == check("--format", "json", "--jobs", "3")


def test_the_order_of_the_paths_changes_nothing() -> None:
    folders = sorted(path.name for path in ESTATE.iterdir() if path.is_dir())
    assert check("--format", "json", *folders) == check("--format", "json", *reversed(folders))
