"""What is there and cannot be read is said: files, folders, links out of the repository, configurations."""

from __future__ import annotations

import builtins
import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iamlint.cli.main import main
from iamlint.errors import ConfigError
from iamlint.project.config import find_config
from iamlint.project.options import Options
from iamlint.project.session import open_session

OPEN = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
USER = 'resource "aws_iam_user" "app" {\n  name = "app"\n}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setenv("IAMLINT_CACHE_DIR", str(tmp_path / "cache"))
    return root


def lay(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", ".").replace("_in_", "/")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def refuse(monkeypatch: pytest.MonkeyPatch, home: Any, name: str, ending: str) -> None:
    """Let a function that opens or lists refuse paths with an ending, as the disk does for all but root."""
    real: Callable[..., Any] = getattr(home, name)

    def refusing(path: Any, *others: Any, **more: Any) -> Any:
        if str(path).endswith(ending):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, *others, **more)

    monkeypatch.setattr(home, name, refusing)


def said() -> tuple[list[str], list[str]]:
    """Return the problems and the coverage of a run on the working directory."""
    report = open_session(Options(cache=False, jobs=1)).check()
    problems = [f"{one.path}: {one.message}" for one in report.diagnostics if one.rule == "IL001"]
    return problems, [f"{line.path}: {line.reason}" for line in report.coverage.unresolved if "AWS account" not in line.reason]


@pytest.mark.parametrize("name", ["policy.json", "policy.yaml", "more.tf", "more.tf.json"])
def test_a_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    lay(folder, main__tf=USER)
    (folder / name).write_text(OPEN)
    refuse(monkeypatch, os, "open", name)
    assert said() == ([f"{name}: the file cannot be read: permission denied"], [])
    assert main(["check", "--no-cache"]) == 3


def test_a_folder_that_may_not_be_listed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(folder, main__tf=USER, kept_in_policy__json=OPEN)
    refuse(monkeypatch, os, "scandir", "kept")
    assert said() == (["kept: the folder cannot be listed: permission denied"], [])


def test_links_out_of_the_repository_stand_in_the_coverage(folder: Path) -> None:
    lay(folder, main__tf=USER)
    (folder.parent / "outside").mkdir()
    lay(folder.parent / "outside", policy__json=OPEN, more__tf=USER)
    for name, target in {
        "policy.json": "../outside/policy.json", "more.tf": "../outside/more.tf", "folder": "../outside",
        "nowhere.json": "none", "nowhere.tf": "none", "loop.json": "loop.json",
    }.items():  # fmt: skip
        (folder / name).symlink_to(target)
    outside = "the link leads out of the repository and is not followed"
    assert said() == ([], [f"more.tf: {outside}", f"policy.json: {outside}"])


def test_what_a_file_that_was_not_read_may_declare_is_unknown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(folder, main__tf='resource "aws_iam_user" "app" {\n  name = local.name\n}\n', more__tf="")
    refuse(monkeypatch, os, "open", "more.tf")
    problems, unresolved = said()
    assert problems == ["more.tf: the file cannot be read: permission denied"]
    assert unresolved == ["main.tf: `local.name` is not declared in what could be read of the module"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.symlink_to("none"), "is a link that leads nowhere"),
        (lambda path: path.symlink_to(path.name), "is a link that leads nowhere"),
        (lambda path: os.mkfifo(path), "is no file"),
    ],
    ids=["folder", "dangling", "loop", "pipe"],
)
def test_a_configuration_that_is_no_file_is_not_passed_over(folder: Path, make: Callable[[Path], None], message: str) -> None:
    make(folder / "iamlint.yaml")
    with pytest.raises(ConfigError, match=message):
        find_config(str(folder), str(folder))


def test_a_pyproject_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(folder, pyproject__toml="")
    refuse(monkeypatch, builtins, "open", "pyproject.toml")
    with pytest.raises(ConfigError, match=r"pyproject\.toml`, which may configure iamlint, cannot be read: Permission denied"):
        find_config(str(folder), str(folder))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["policies", "-C", "policy.json"], "`--repository` takes a folder, and `policy.json` is a file"),
        (["check", "nowhere.json"], "`nowhere.json` is a link that leads nowhere"),
        (["check", "none.json"], "`none.json` does not exist"),
        (["check", "--jobs", "-1"], "`--jobs` takes a number of 0 or more, not `-1`"),
        (["log"], "`.` is in no git work tree\n  help: start in a work tree"),
        (["diff", "HEAD"], "`.` is in no git work tree\n  help: name two folders, or start in a work tree"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    lay(folder, policy__json=OPEN)
    (folder / "nowhere.json").symlink_to("none")
    assert main(words) == 2
    assert capsys.readouterr().err == f"iamlint: error: {message}\n"


@pytest.mark.parametrize("words", [["log"], ["diff", "HEAD"], ["check", "--since", "HEAD"]])
def test_a_repository_without_a_commit(folder: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    assert main(words) == 2
    assert capsys.readouterr().err == "iamlint: error: this repository has no commit yet\n"


def test_a_working_directory_that_is_gone(folder: Path) -> None:
    script = (
        f"import os, shutil, sys; shutil.rmtree({str(folder)!r}); from iamlint.cli.main import main; sys.exit(main(['check']))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    help = "  help: change into a folder that is there\n"
    assert (done.returncode, done.stderr) == (2, f"iamlint: error: the working directory is not there any more\n{help}")
