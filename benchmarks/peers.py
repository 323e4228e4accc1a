"""The tools to be measured against, each pinned, each in an environment of its own, made on demand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

VERSIONS = {"cloudsplaining": "0.9.1", "parliament": "1.6.4", "iam-policy-validator": "1.31.4"}
# parliament needs pkg_resources at run time, which newer setuptools no longer bring.
EXTRAS = {"parliament": ["setuptools<80"], "cloudsplaining": ["setuptools<80"]}


def peer(name: str, program: str) -> str | None:
    """Return the path of a peer's program, installing it when it is not there; None when it cannot be had."""
    cache = Path(os.environ.get("IAMLINT_BENCH_CACHE", Path.home() / ".cache" / "iamlint-benchmarks"))
    folder = cache / f"{name}-{VERSIONS[name]}"
    found = folder / "bin" / program
    if found.exists():
        return str(found)
    commands = [
        [sys.executable, "-m", "venv", str(folder)],
        [str(folder / "bin" / "pip"), "install", "-q", f"{name}=={VERSIONS[name]}", *EXTRAS.get(name, [])],
    ]
    for command in commands:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            last = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
            print(f"{name} {VERSIONS[name]} cannot be installed: {last}")
            return None
    return str(found) if found.exists() else None
