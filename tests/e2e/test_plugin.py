"""The example rule package: built and installed into an environment of its own, tested there, and listed by iamlint."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of an environment that holds the example package, and sees this one's iamlint and pytest."""
    folder = tmp_path_factory.mktemp("plugin")
    source = shutil.copytree(
        ROOT / "examples" / "plugin", folder / "source", ignore=shutil.ignore_patterns("*.egg-info", "build")
    )
    _run(sys.executable, "-m", "build", "--quiet", "--wheel", "--outdir", str(folder / "dist"), str(source))
    _run(sys.executable, "-m", "venv", "--without-pip", str(folder / "venv"))
    interpreter = folder / "venv" / "bin" / "python"
    (wheel,) = (folder / "dist").glob("*.whl")
    site = Path(_run(str(interpreter), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    shutil.unpack_archive(wheel, site, "zip")  # what an installer does with a pure wheel
    (site / "surroundings.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    return interpreter


def _run(*command: str, cwd: Path = ROOT) -> str:
    run = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_its_tests_pass(python: Path):
    tests = python.parents[2] / "source" / "tests"
    printed = _run(str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", str(tests), cwd=tests)
    assert "9 passed" in printed


def test_iamlint_lists_it(python: Path, tmp_path: Path):
    listed = _run(str(python), "-m", "iamlint.cli.main", "rules", "list", cwd=tmp_path)
    assert "ACME101" in listed
    assert "IAM101" in listed


def test_a_check_runs_it(python: Path):
    command = [str(python), "-m", "iamlint.cli.main", "check", "--select", "ACME", "--format", "json", "examples/estate"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stderr
    assert run.stdout.startswith("{")
