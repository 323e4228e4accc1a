#!/usr/bin/env python3
"""Write the outputs that README.md, the estate's README and docs/usage show, by running the commands that they name.

A block of output stands below a mark and is replaced as a whole::

    <!-- output: iamlint check examples/estate -->
    <!-- output: iamlint check examples/estate | only TEL101, mallory -->

With `| only WORDS` just the findings with one of these in their first line are shown, and the closing lines.
Commands run at the root of the repository.
With `--check`, nothing is written, and a difference fails. `--program PATH` runs another iamlint than this environment's.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from difflib import unified_diff
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARK = r"<!-- output: (?P<command>[^\n]*?)(?: \| only (?P<words>[^|\n]+?))? -->"
BLOCK = re.compile(rf"({MARK}\n\n```text\n)(.*?)(```\n)", re.DOTALL)


def main(arguments: list[str]) -> int:
    """Write, or compare."""
    check = "--check" in arguments
    program = [sys.executable, "-m", "iamlint.cli.main"]
    if "--program" in arguments:
        program = [arguments[arguments.index("--program") + 1]]
    stale = False
    pages = [ROOT / "README.md", ROOT / "examples" / "estate" / "README.md", *sorted((ROOT / "docs" / "usage").glob("*.md"))]
    for path in pages:
        old = path.read_text()
        new = BLOCK.sub(lambda match: match[1] + _output(program, match["command"], match["words"]) + match[5], old)
        if new == old:
            continue
        stale = True
        shown = path.relative_to(ROOT).as_posix()
        if check:
            sys.stdout.writelines(unified_diff(old.splitlines(True), new.splitlines(True), shown, f"{shown} (as it is)"))
        else:
            path.write_text(new)
            print(f"wrote: {shown}")
    if check and stale:
        print("run: python scripts/build_readme.py")
    return 1 if check and stale else 0


def _output(program: list[str], command: str, words: str | None) -> str:
    name, *arguments = shlex.split(command)
    if name != "iamlint":
        raise SystemExit(f"`{command}`: only iamlint is run here")
    plain = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "GITHUB_ACTIONS", "PYTHONPATH")}
    run = subprocess.run([*program, *arguments], cwd=ROOT, env=plain, capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        raise SystemExit(f"`{command}` ended with {run.returncode}:\n{run.stdout}{run.stderr}")
    return only(run.stdout, words.split(", ")) if words else run.stdout


def only(output: str, words: list[str]) -> str:
    """Return the findings that say one of these words, and the closing lines, with `…` for what was left out."""
    *findings, closing = output.strip("\n").split("\n\n")
    shown: list[str] = []
    for finding in findings:
        if any(word in finding.partition("\n")[0] for word in words):
            shown.append(finding)
        elif not shown or shown[-1] != "…":
            shown.append("…")
    return "\n\n".join([*shown, closing]) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
