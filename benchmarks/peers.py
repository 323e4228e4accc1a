"""The tools to be measured against, each pinned, each in an environment of its own, made on demand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSIONS = {
    "cloudsplaining": "0.9.1",
    "parliament": "1.6.4",
    "iam-policy-validator": "1.31.4",
    "semgrep": "1.182.0",
    "checkov": "3.3.30",
    "cfn-lint": "1.58.0",
}
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


def without_breakers(program: str, folder: Path) -> Path:
    """Return a copy of a folder of policies without those that stop parliament's whole run, and say how many those are."""
    script = (
        "import os, sys, parliament\n"
        "for name in sorted(os.listdir(sys.argv[1])):\n"
        "    try:\n        parliament.analyze_policy_string(open(os.path.join(sys.argv[1], name)).read())\n"
        "    except Exception:\n        print(name)\n"
    )
    python = Path(program).with_name("python")
    run = subprocess.run([python, "-c", script, folder], capture_output=True, text=True, check=True)
    copy = folder.with_name(f"{folder.name}-parliament")
    shutil.copytree(folder, copy)
    for name in run.stdout.split():
        (copy / name).unlink()
    print(f"parliament reads {len(list(copy.iterdir()))} of them: the others stop its run")
    return copy
