"""Real git repositories in a temporary folder, and the program run on them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from iamlint.cli.main import main


class Repository:
    """A git repository whose commits are given as texts by path; None removes a file."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        root.mkdir(exist_ok=True)
        monkeypatch.chdir(root)
        for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "FORCE_COLOR"):
            monkeypatch.delenv(name, raising=False)
        for role in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{role}_NAME", "Robin Example")
            monkeypatch.setenv(f"GIT_{role}_EMAIL", "robin@acme.example")
            monkeypatch.setenv(f"GIT_{role}_DATE", "2026-10-01T12:00:00+00:00")
        monkeypatch.setenv("GIT_OPTIONAL_LOCKS", "0")  # `git status` of a test must not write the index either
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, files: Mapping[str, str | None]) -> None:
        for path, text in files.items():
            target = self.root / path
            if text is None:
                target.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)

    def commit(self, files: Mapping[str, str | None], subject: str = "change") -> str:
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "HEAD")

    def run(self, *words: str) -> tuple[int, str, str]:
        """Return exit code, standard output and standard error of a command."""
        self._capsys.readouterr()
        code = main(list(words))
        told = self._capsys.readouterr()
        return code, told.out, told.err

    def json(self, *words: str) -> dict[str, Any]:
        """Return what a command writes as JSON, whatever its exit code."""
        _, out, err = self.run(*words, "--format", "json")
        assert out, err
        found: dict[str, Any] = json.loads(out)
        return found

    def diff(self, *words: str) -> dict[str, list[tuple[str, str, str]]]:
        """Return who, what and on what of each section of `iamlint diff`."""
        told = self.json("diff", *words)
        assert told["version"] == 1
        return {
            section: [(row["principal"], row["action"], row["resource"]) for row in told[section]]
            for section in ("gained", "lost", "unknown")
        }


NOTHING: dict[str, list[tuple[str, str, str]]] = {"gained": [], "lost": [], "unknown": []}
