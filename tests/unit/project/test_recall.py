"""A remembered answer is what a fresh run would print, whatever has changed: each change here must be seen at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import sleep

import pytest

from iamlint.cli.main import main
from iamlint.project import entries, seen
from iamlint.project.recall import recall
from iamlint.project.session import FEW_FILES

OPEN = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
NARROW = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*"}}'
UNKNOWN = NARROW.replace("DescribeInstances", "DescribeInstanceZ")  # of the same size
RULE = '''\
from iamlint.rulekit import AccessGraph, Finding, Severity, rule


@rule(id="LOC001", name="each-policy", severity=Severity.NOTE, since="1", bad=[], good=[])
def check(graph: AccessGraph):
    """Say something of each policy."""
    for policy in graph.policies():
        yield Finding("WORDS", policy.place)
'''
OLD = 1_700_000_000
WORDS = ["check", "--exit-zero", "-q"]


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@acme.example", "-c", "protocol.file.allow=always"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a change")


def fill(root: Path) -> None:
    (root / "policies").mkdir(parents=True)
    for number in range(FEW_FILES + 5):
        (root / "policies" / f"p{number:02}.json").write_text(OPEN if number == 3 else NARROW)
    (root / "iamlint.yaml").write_text("rules:\n  ignore: [IAM013]\n")
    for path in root.rglob("*"):
        os.utime(path, (OLD, OLD))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("GIT_") or name in ("GITHUB_ACTIONS", "FORCE_COLOR", "NO_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("IAMLINT_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "work"
    fill(root)
    git(root, "init", "-q", "-b", "main")
    commit(root)
    monkeypatch.chdir(root)
    return root


class Runs:
    """Runs of the command in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *more: str) -> str:
        """Return what a run prints, having seen that it is what one without a cache prints."""
        printed = self.plain(*more)
        assert printed == self.plain(*more, "--no-cache")
        return printed

    def plain(self, *more: str) -> str:
        sleep(0.02)  # what changes while a run goes on keeps it from being remembered
        code = main([*WORDS, *more])
        out, err = self._capsys.readouterr()
        assert code in (0, 3), err
        return out


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Runs:
    return Runs(capsys)


def is_known(*more: str) -> bool:
    return recall([*WORDS[1:], *more]) is not None


def test_an_unchanged_repository_is_not_even_opened(repository: Path, run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run()
    assert "p03.json:1:" in first
    assert is_known()
    monkeypatch.setattr("iamlint.project.session.open_session", None)
    assert run.plain() == first


def test_what_was_left_alone_is_not_read(repository: Path, run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run()
    monkeypatch.setattr(seen, "_RACY", -(10**18))  # as if everything had been there for years
    monkeypatch.setattr(seen, "stamped", None)
    assert run.plain() == first


def test_what_changed_just_before_the_run_is_compared_once(repository: Path, run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    read = []
    stamped = seen.stamped
    monkeypatch.setattr(seen, "stamped", lambda path: read.append(path) or stamped(path))
    monkeypatch.setattr(seen, "time", lambda: os.stat("policies/p03.json").st_ctime + 3600)
    assert is_known()
    assert len(read) > FEW_FILES
    read.clear()
    assert is_known()
    assert read == []


def other_content(root: Path) -> None:
    (root / "policies/p07.json").write_text(OPEN)


def same_size_and_time(root: Path) -> None:
    (root / "policies/p07.json").write_text(UNKNOWN)
    os.utime(root / "policies/p07.json", (OLD, OLD))


def replaced(root: Path) -> None:
    (root / "policies/new").write_text(UNKNOWN)
    os.utime(root / "policies/new", (OLD, OLD))
    os.replace(root / "policies/new", root / "policies/p07.json")


def untracked(root: Path) -> None:
    (root / "policies/another.json").write_text(OPEN)


def untracked_folder(root: Path) -> None:
    (root / "a/b/c").mkdir(parents=True)
    (root / "a/b/c/another.json").write_text(OPEN)


def deleted(root: Path) -> None:
    (root / "policies/p03.json").unlink()


def renamed(root: Path) -> None:
    (root / "policies/p03.json").rename(root / "policies/q03.json")


def swapped(root: Path) -> None:
    (root / "policies/p03.json").rename(root / "x")
    (root / "policies/p04.json").rename(root / "policies/p03.json")
    (root / "x").rename(root / "policies/p04.json")


def configured(root: Path) -> None:
    (root / "iamlint.yaml").write_text("rules:\n  ignore: [IAM102]\n")


def ignored(root: Path) -> None:
    git(root, "rm", "-q", "--cached", "policies/p03.json")
    (root / ".gitignore").write_text("p03.json\n")


def ignored_below(root: Path) -> None:
    git(root, "rm", "-q", "--cached", "policies/p03.json")
    (root / "policies/.gitignore").write_text("p03.json\n")


def ignored_by_hand(root: Path) -> None:
    git(root, "rm", "-q", "--cached", "policies/p03.json")
    (root / ".git/info/exclude").write_text("p03.json\n")


def ignored_everywhere(root: Path) -> None:
    git(root, "rm", "-q", "--cached", "policies/p03.json")
    (root.parent / "ignored").write_text("p03.json\n")
    (root.parent / "gitconfig").write_text(f"[core]\n\texcludesFile = {root.parent / 'ignored'}\n")


def linked(root: Path) -> None:
    (root / "policies/p07.json").unlink()
    (root / "policies/p07.json").symlink_to("p03.json")


CHANGES = [
    other_content, same_size_and_time, replaced, untracked, untracked_folder, deleted, renamed, swapped, configured, ignored,
    ignored_below, ignored_by_hand, ignored_everywhere, linked,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("settled", [True, False], ids=["settled", "just made"])
def test_a_change_is_seen(
    repository: Path, run: Runs, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], settled: bool
) -> None:
    before = run()
    assert is_known()
    if settled:
        monkeypatch.setattr(seen, "_RACY", -(10**18))
    change(repository)
    after = run()
    assert after != before
    assert is_known()


def test_a_change_that_means_nothing_is_compared_by_content(repository: Path, run: Runs) -> None:
    run()
    for path in (repository / "policies").iterdir():
        os.utime(path)
    assert is_known()


def test_a_link_that_leads_elsewhere(repository: Path, run: Runs) -> None:
    (repository / "kept").mkdir()
    (repository / "kept/open.txt").write_text(OPEN)
    (repository / "kept/narrow.txt").write_text(NARROW)
    link = repository / "policies/link.json"
    link.symlink_to("../kept/narrow.txt")
    before = run()
    assert is_known()
    link.unlink()
    link.symlink_to("../kept/open.txt")
    assert run() != before
    (repository / "kept/open.txt").write_text(NARROW)
    assert run() == before


def test_a_link_out_of_the_repository_is_not_followed(repository: Path, run: Runs, tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text(OPEN)
    (repository / "policies/link.json").symlink_to("../../outside.json")
    before = run()
    assert is_known()
    (tmp_path / "outside.json").write_text(NARROW)
    assert run() == before


def test_a_nearer_configuration(repository: Path, run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "policies")
    before = run(".")
    assert is_known(".")
    (repository / "policies/pyproject.toml").write_text('[tool.iamlint.rules]\nignore = ["IAM102"]\n')
    assert run(".") != before


@pytest.mark.parametrize("words", [["--rules", "local"], []], ids=["option", "configuration"])
def test_a_folder_of_rules(repository: Path, run: Runs, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    if not words:
        (repository / "iamlint.yaml").write_text("rule-paths: [local]\n")
    (repository / "local").mkdir()
    (repository / "local/each.py").write_text(RULE)
    assert "WORDS" in run(*words)
    assert not is_known(*words), "its code was written just now, and may be written again"
    monkeypatch.setattr(seen, "_RACY", -(10**18))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)  # bytecode of the same second and size is no answer either
    assert "WORDS" in run(*words)
    assert is_known(*words)
    assert not (repository / "local/__pycache__").exists()
    (repository / "local/each.py").write_text(RULE.replace("WORDS", "OTHER"))
    assert not is_known(*words)
    assert "OTHER" in run(*words)
    (repository / "local/two.py").write_text(RULE.replace("LOC001", "LOC002").replace("each-policy", "two"))
    assert "WORDS" in run(*words)


def test_another_package(repository: Path, run: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "packages"
    (packages / "acme-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(packages))
    run()
    assert is_known()
    (packages / "acme-1.0.dist-info").rename(packages / "acme-1.1.dist-info")
    assert not is_known()
    run()
    assert is_known()
    monkeypatch.setattr(sys, "path", sys.path[1:])
    assert not is_known()


def test_another_version_of_iamlint(repository: Path, run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    stamp = seen.stamp
    code = os.path.dirname(seen.__file__)
    path = os.path.join(code, "session.py")
    monkeypatch.setattr(os, "stat", lambda given, *_, **__: _Newer(real(given)) if given == path else real(given)) if (
        real := os.stat
    ) else None
    assert stamp(path) is not None
    assert not is_known()


class _Newer:
    """The stamp of a file that an upgrade has written anew."""

    def __init__(self, status: os.stat_result) -> None:
        self.st_size, self.st_mtime_ns = status.st_size, status.st_mtime_ns + 1
        self.st_ctime_ns, self.st_ino, self.st_mode = status.st_ctime_ns + 1, status.st_ino, status.st_mode


def test_a_repository_that_moved(repository: Path, run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run()
    repository.rename(repository.parent / "elsewhere")
    fill(repository)
    git(repository, "init", "-q")
    (repository / "policies/p03.json").write_text(NARROW)
    monkeypatch.chdir(repository)
    assert run() == ""
    monkeypatch.chdir(repository.parent / "elsewhere")
    assert run() == first


def test_a_worktree_whose_git_is_a_file(repository: Path, run: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repository, "worktree", "add", "-q", str(tmp_path / "tree"))
    monkeypatch.chdir(tmp_path / "tree")
    before = run()
    assert is_known()
    (tmp_path / "tree/policies/p07.json").write_text(OPEN)
    assert run() != before


def test_a_submodule(repository: Path, run: Runs, tmp_path: Path) -> None:
    other = tmp_path / "other"
    fill(other)
    git(other, "init", "-q")
    commit(other)
    git(repository, "submodule", "add", "-q", str(other), "shared")
    before = run()
    assert is_known()
    (repository / "shared/policies/p07.json").write_text(OPEN)
    assert run() == before, "a submodule is a repository of its own"
    assert "p07.json" in run("shared")
    assert is_known("shared")
    (repository / "shared/policies/p07.json").write_text(NARROW)
    assert "p07.json" not in run("shared")


def test_no_git_at_all(tmp_path: Path, run: Runs, monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    root = tmp_path / "plain"
    fill(root)
    monkeypatch.chdir(root)
    before = run()
    assert is_known()
    (root / "deep/er").mkdir(parents=True)
    (root / "deep/er/open.json").write_text(OPEN)
    after = run()
    assert after != before
    git(root, "init", "-q")
    (root / ".gitignore").write_text("deep\n")
    assert run() == before


def test_a_repository_around_it(tmp_path: Path, run: Runs, monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    root = tmp_path / "outer/inner"
    fill(root)
    monkeypatch.chdir(root)
    before = run()
    assert is_known()
    (tmp_path / "outer/policies").mkdir()
    (tmp_path / "outer/policies/open.json").write_text(OPEN)
    git(tmp_path / "outer", "init", "-q")
    assert not is_known()
    assert run() != before


def test_the_day_of_the_commit(repository: Path, run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "apiVersion: iamlint/v1\nkind: Telemetry\nvendor: lightstep\norganization: acme\ncredentials:\n  - {name: ci, kind: api-key,"
    key += " organization: true, role: Organization Viewer, use: query, created: 2024-01-01, last_rotated: 2024-01-01}\n"
    (repository / "keys.access.yaml").write_text(key)
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2024-01-05T12:00:00")
    commit(repository)
    before = run()
    assert "BOT102" not in before
    assert is_known()
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-05T12:00:00")
    git(repository, "commit", "-q", "--allow-empty", "-m", "later")
    assert "BOT102" in run()


def test_the_name_of_the_repository(repository: Path, run: Runs) -> None:
    run()
    assert is_known()
    git(repository, "remote", "add", "origin", "https://github.com/acme/checkout")
    assert not is_known()


def test_the_baseline(repository: Path, run: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["baseline"]) == 0
    capsys.readouterr()
    assert run("--baseline", "iamlint-baseline.json") == ""
    (repository / "iamlint-baseline.json").write_text('{"version": 1, "findings": []}')
    assert run("--baseline", "iamlint-baseline.json") != ""


def test_what_changed_while_a_fork_read_it_is_not_remembered(
    repository: Path, run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from iamlint.project.discovery import DiskFiles

    read = DiskFiles._read

    def late(self: DiskFiles, path: str) -> bytes | None:
        self.from_forks.add(path)
        if path.endswith("p07.json"):
            (repository / path).write_text(NARROW)
        return read(self, path)

    monkeypatch.setattr(DiskFiles, "_read", late)
    run()
    assert not is_known()


def test_other_words_have_other_answers(repository: Path, run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    before = run()
    assert run("--format", "json") != before
    assert run("--ignore", "IAM102") != before
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run()
    monkeypatch.delenv("FORCE_COLOR")
    assert run() == before
    assert not any(is_known(word) for word in ("-v", "--no-cache", "--output=x", "--since=HEAD"))


def test_a_damaged_entry_is_no_entry(repository: Path, run: Runs, tmp_path: Path) -> None:
    first = run()
    for entry in (tmp_path / "cache").iterdir():
        data = entry.read_bytes()
        for damaged in (data[:-7], b"", data[:40] + b"\xff" + data[41:], b"no entry at all"):
            entry.write_bytes(damaged)
            assert entry.suffix in (".report", ".places", "") or not is_known()
            assert run() == first


def test_an_entry_of_another_layout_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "cache_folder", lambda: str(tmp_path))
    for value in (3, "text", None, {"a": 1}):
        assert entries.store("entry", value)
        assert entries.load_with_text("entry") is None
    assert entries.store("entry", (3, "question"), [b"text"])
    held, text = entries.load_with_text("entry") or (None, b"")
    assert (held, bytes(text)) == ((3, "question"), b"text")
