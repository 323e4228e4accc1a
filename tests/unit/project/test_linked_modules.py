"""Modules that are called through folders that are links: they are no root modules, on disk and in revisions."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from iamlint.project.options import Options
from iamlint.project.revisions import WORK_TREE, open_history
from iamlint.project.session import Session, open_session

ROLE = 'variable "name" {}\nresource "aws_iam_user" "this" {\n  name = var.name\n}\n'


def call(source: str, name: str = "m") -> str:
    return f'module "{name}" {{\n  source = "{source}"\n  name   = "{name}"\n}}\n'


CASES: dict[str, tuple[dict[str, str], dict[str, str], list[str]]] = {
    "a link to the module's folder": (
        {"app/main.tf": call("./role"), "modules/role/main.tf": ROLE},
        {"app/role": "../modules/role"},
        ["app"],
    ),
    "a link to the folder around it, and one to that link": (
        {"app/main.tf": call("./linked/role"), "modules/role/main.tf": ROLE, "other/main.tf": call("./again/role")},
        {"app/linked": "../modules", "other/again": "../app/linked"},
        ["app", "other"],
    ),
    "a module that calls another one beside it": (
        {"app/main.tf": call("./m/role"), "modules/role/main.tf": ROLE + call("../tag", "t"), "modules/tag/main.tf": ROLE},
        {"app/m": "../modules"},
        ["app"],
    ),
    "a link that leads to itself": ({"app/main.tf": call("./role"), "role/main.tf": ROLE}, {"app/role": "role"}, ["app", "role"]),
    "two links in a circle": ({"app/main.tf": call("./a"), "role/main.tf": ROLE}, {"app/a": "b", "app/b": "a"}, ["app", "role"]),
    "a folder that calls itself": ({"app/main.tf": ROLE + call("./me")}, {"app/me": "."}, ["app"]),
    "two folders that call each other": (
        {"a/main.tf": ROLE + call("./b"), "b/main.tf": ROLE + call("./a")}, {"a/b": "../b", "b/a": "../a"}, ["a"],
    ),
    "a link out of the repository": ({"app/main.tf": call("./role")}, {"app/role": "../../outside"}, ["app"]),
    "a link that nobody calls": ({"app/main.tf": ROLE, "role/main.tf": ROLE}, {"app/role": "../role"}, ["app", "role"]),
}  # fmt: skip


def roots(session: Session) -> list[str]:
    return [unit.path for unit in session.units if unit.kind == "terraform"]


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=Robin Example", "-c", "user.email=robin@acme.example"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def lay(folder: Path, files: dict[str, str], links: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    for path, target in links.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to(target)


@pytest.mark.parametrize("case", CASES)
def test_a_module_that_is_called_through_a_link_is_no_root_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    files, links, expected = CASES[case]
    lay(tmp_path, {"outside/main.tf": ROLE}, {})
    folder = tmp_path / "repository"
    lay(folder, files, links)
    monkeypatch.chdir(folder)
    assert roots(open_session(Options(cache=False))) == expected  # without git
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "change")
    assert roots(open_session(Options(cache=False))) == expected
    history = open_history(Options())
    with history.git:
        assert roots(history.session("HEAD")) == expected
        assert roots(history.session(WORK_TREE)) == expected


def test_its_users_are_those_of_the_calls_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, links, _ = CASES["a link to the folder around it, and one to that link"]
    lay(tmp_path, {**files, "app/more.tf": call("./linked/role", "n")}, links)
    monkeypatch.chdir(tmp_path)
    nodes = [node.id for node in open_session(Options(cache=False)).graph.nodes() if node.kind == "user"]
    assert sorted(nodes) == [
        f"user:arn:aws:iam::⟨account:{folder}⟩:user/{name}" for folder, name in (("app", "m"), ("app", "n"), ("other", "m"))
    ]
