"""`terraform`: generated and real trees, against tree-sitter alone on the files that bear on access, and against the peers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import inputs
from benchmarks.peers import peer
from benchmarks.timing import Contender, race, ratio

FILES = 5000

FLOOR = """
import os, re, tree_sitter, tree_sitter_hcl
parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
bears = re.compile(rb"aws_iam|policy|aws_sqs_queue").search
for folder, folders, names in os.walk("."):
    folders[:] = [name for name in folders if not name.startswith(".")]
    for name in names:
        if name.endswith(".tf"):
            data = open(os.path.join(folder, name), "rb").read()
            if bears(data):
                parser.parse(data)
"""

SEMGREP_RULES = """
rules:
  - id: policy-allows-every-action
    languages: [terraform]
    severity: WARNING
    message: a policy allows every action
    pattern: 'actions = [..., "*", ...]'
  - id: user-instead-of-role
    languages: [terraform]
    severity: WARNING
    message: a user where a role would do
    pattern: 'resource "aws_iam_user" $NAME { ... }'
"""

Met = Callable[[str, float, float], bool]


def terraform(iamlint: list[str], rounds: int, peers: bool, met: Met) -> bool:
    """Time trees of Terraform; `$IAMLINT_BENCH_TREES` names real ones to measure instead of the generated one."""
    good = True
    for name, folder in _trees():
        files = sum(1 for path in folder.rglob("*.tf") if path.is_file())
        print(f"{name}: {files} .tf files")
        check = Contender("iamlint", [*iamlint, "check", "--no-cache", "--exit-zero", "-q", "."], str(folder), (0, 3))
        floor = Contender("tree-sitter alone", [sys.executable, "-c", FLOOR], str(folder))
        taken = race([floor, check], rounds)
        print(f"iamlint {taken['iamlint'].middle:.2f} s; tree-sitter alone {taken['tree-sitter alone'].middle:.2f} s")
        spent = ratio(taken, "iamlint", "tree-sitter alone", processor=True)
        print(f"processor time, all processes together: {spent:.3g} × tree-sitter alone")
        good &= met(f"{name}: iamlint ÷ tree-sitter alone", ratio(taken, "iamlint", "tree-sitter alone"), 3)
        good &= met(f"{name}: iamlint, peak MiB of one process", taken["iamlint"].peak, 1024)
        if peers:
            with tempfile.TemporaryDirectory() as temporary:
                for contender, limit in _peers(folder, Path(temporary)):
                    # They take minutes: one round, and no run to warm up.
                    against = race([check, contender], 1, warm=False)
                    title = f"{name}: iamlint ÷ {contender.name} ({against[contender.name].middle:.0f} s)"
                    good &= met(title, ratio(against, "iamlint", contender.name), limit)
    return good


def _trees() -> Iterator[tuple[str, Path]]:
    real = [Path(path) for path in os.environ.get("IAMLINT_BENCH_TREES", "").split(os.pathsep) if path]
    for path in real:
        yield path.name, path.resolve()
    if not real:
        with tempfile.TemporaryDirectory() as temporary:
            inputs.terraform_tree(Path(temporary), FILES)
            yield "generated", Path(temporary)


def _peers(folder: Path, temporary: Path) -> Iterator[tuple[Contender, float]]:
    if program := peer("semgrep", "semgrep"):
        rules = temporary / "rules.yaml"
        rules.write_text(SEMGREP_RULES)
        quiet = ["--metrics=off", "--disable-version-check", "--no-git-ignore", "-q", "--json"]
        yield Contender("semgrep", [program, "scan", *quiet, "--config", str(rules), "."], str(folder), (0, 1)), 0.1
    if program := peer("checkov", "checkov"):
        done = subprocess.run([program, "-l", "--framework", "terraform"], capture_output=True, text=True, check=False)
        rows = [line for line in done.stdout.splitlines() if "iam" in line.lower() or "policy" in line.lower()]
        ids = set(re.findall(r"\bCKV2?_[A-Z]+_\d+\b", "\n".join(rows)))
        print(f"checkov runs {len(ids)} checks that name IAM or a policy")
        only = ["-c", ",".join(sorted(ids))]
        command = [program, "-d", ".", "--framework", "terraform", *only, "--compact", "--quiet", "--skip-download"]
        yield Contender("checkov", command, str(folder), (0, 1)), 0.01
