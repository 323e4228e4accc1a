"""Pages that lead through something: their files are written and their commands run, in order, in a folder that starts empty."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [path for path in sorted((ROOT / "docs").rglob("*.md")) if "<!-- file: " in path.read_text()]
_BLOCK = re.compile(r"(?:<!-- (file|exit): ([^\n]+?) -->\n\n)?^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_can_be_followed(page: Path, tmp_path: Path):
    environment = {
        name: value for name, value in os.environ.items() if name not in ("GITHUB_ACTIONS", "PYTHONPATH", "FORCE_COLOR")
    }
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    printed = ""
    ran = 0
    for marker, value, language, text in _BLOCK.findall(page.read_text()):
        if marker == "file":
            target = tmp_path / value
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        elif language == "console":
            wanted = int(value) if marker == "exit" else 0
            for line in text.splitlines():
                assert line.startswith("$ iamlint ")
                done = subprocess.run(
                    ["sh", "-c", line[2:]], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
                )
                assert done.returncode == wanted, f"{line}\n{done.stdout}{done.stderr}"
                printed, ran = done.stdout, ran + 1
        elif language == "text":
            assert text.strip() in printed, printed
    assert ran


def test_every_shell_block_of_the_documentation_is_run_by_a_test():
    """A page's commands are run here, on the usage pages' estate, or by a test that names the page."""
    tests = {path.name: path.read_text() for path in (ROOT / "tests" / "e2e").glob("*.py")}
    texts = "".join(text for name, text in tests.items() if name != Path(__file__).name)
    left = []
    for page in [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "examples" / "plugin" / "README.md"]:
        assert not re.search(r"^```(sh|bash|shell)$", page.read_text(), re.MULTILINE), f"{page}: shell blocks are `console`"
        is_usage = page.parent.name == "usage" and page not in PAGES
        if "```console" in page.read_text() and not (page in PAGES or is_usage or page.name in texts):
            left.append(str(page.relative_to(ROOT)))
    assert left == []
