"""The folder of remembered answers stays small, whatever else lies in it and whoever else works there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from iamlint.project import cache_pruning, entries
from iamlint.project.cache_pruning import DAY, MOST_DAYS, prune
from iamlint.project.options import Options
from iamlint.project.session import FEW_FILES, open_session

NOW = 1_800_000_000.0


def entry(folder: Path, number: int, days: float, ending: str = "report", size: int = 10) -> Path:
    path = folder / f"{number:016x}.{ending}"
    path.write_bytes(b"x" * size)
    os.utime(path, (NOW - days * DAY, NOW - days * DAY))
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != "pruned"}


def test_what_nobody_asked_for_in_a_month_goes(tmp_path: Path) -> None:
    kept = {entry(tmp_path, number, days).name for number, days in enumerate((0, 1, MOST_DAYS - 0.5))}
    for number, ending in enumerate(("seen", "report", "answer", "places"), 10):
        entry(tmp_path, number, MOST_DAYS + 1, ending)
    failed = tmp_path / f"last-failed-{'a' * 32}.json"
    failed.write_text("[]")
    os.utime(failed, (0, 0))
    assert prune(NOW, str(tmp_path)) == (5, 42)
    assert names(tmp_path) == kept


@pytest.mark.parametrize(("limit", "value", "left"), [("MOST_ENTRIES", 4, 4), ("MOST_BYTES", 45, 4), ("MOST_BYTES", 9, 0)])
def test_of_too_many_the_latest_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, left: int) -> None:
    entries = [entry(tmp_path, number, number / 10) for number in range(7)]
    monkeypatch.setattr(cache_pruning, limit, value)
    assert prune(NOW, str(tmp_path)).entries == 7 - left
    assert names(tmp_path) == {path.name for path in entries[:left]}


def test_it_is_done_once_a_day(tmp_path: Path) -> None:
    entry(tmp_path, 1, 0)
    assert prune(NOW, str(tmp_path)) == (0, 0)
    old = entry(tmp_path, 2, MOST_DAYS + 5)
    assert prune(NOW + DAY / 2, str(tmp_path)) == (0, 0)
    assert old.exists()
    assert prune(NOW + DAY + 1, str(tmp_path)).entries == 1
    assert not old.exists()


def test_a_mark_from_the_future_does_not_stop_it(tmp_path: Path) -> None:
    """A clock that was set back must not keep everything for years."""
    (tmp_path / "pruned").touch()
    os.utime(tmp_path / "pruned", (NOW + 400 * DAY, NOW + 400 * DAY))
    entry(tmp_path, 1, MOST_DAYS + 1)
    assert prune(NOW, str(tmp_path)).entries == 1


def test_only_files_that_are_named_as_ours_are_touched(tmp_path: Path) -> None:
    """Somebody may point `IAMLINT_CACHE_DIR` at a folder of theirs."""
    others = ["notes.txt", "0123.report", f"{1:016x}.report.bak", f"{1:016x}.json", "x" * 16 + ".seen"]
    for name in others:
        (tmp_path / name).write_text("mine")
        os.utime(tmp_path / name, (0, 0))
    (tmp_path / f"{2:016x}.seen").mkdir()
    target = tmp_path / "elsewhere"
    target.write_text("mine")
    (tmp_path / f"{3:016x}.seen").symlink_to(target)
    before = names(tmp_path)
    assert prune(NOW, str(tmp_path)) == (0, 0)
    assert names(tmp_path) == before
    assert target.read_text() == "mine"


def test_what_a_killed_run_left_half_written_goes_and_what_is_being_written_stays(tmp_path: Path) -> None:
    half = entry(tmp_path, 1, 0.2, "report.4711")
    being = entry(tmp_path, 2, 0, "seen.4712")
    assert prune(NOW, str(tmp_path)).entries == 1
    assert (half.exists(), being.exists()) == (False, True)


def test_another_run_that_removes_the_same_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        entry(tmp_path, number, MOST_DAYS + 1)
    real = os.remove

    def first_of_all(path: str) -> None:
        real(path)
        real(path)  # the other run was faster: the second time it is not there

    monkeypatch.setattr(cache_pruning.os, "remove", first_of_all)
    assert prune(NOW, str(tmp_path)) == (0, 0)
    assert names(tmp_path) == set()


def test_no_folder_is_no_error(tmp_path: Path) -> None:
    assert prune(NOW, str(tmp_path / "none")) == (0, 0)


def test_who_reads_an_entry_while_it_goes_has_it_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IAMLINT_CACHE_DIR", str(tmp_path))
    name = f"{1:016x}.report"
    assert entries.store(name, ("whole",) * 100)
    with (tmp_path / name).open("rb") as file:
        assert prune(NOW + 365 * DAY, str(tmp_path)).entries == 1
        assert len(file.read()) > 100
    assert entries.load(name) is None


def test_an_entry_that_is_asked_for_counts_from_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IAMLINT_CACHE_DIR", str(tmp_path))
    used, idle = f"{1:016x}.report", f"{2:016x}.report"
    for name in (used, idle):
        assert entries.store(name, (1,))
        os.utime(tmp_path / name, (0, 0))
    assert entries.load(used) == (1,)
    assert prune((tmp_path / used).stat().st_mtime + 1, str(tmp_path)).entries == 1
    assert entries.load(used) == (1,)
    assert entries.load(idle) is None


def test_a_run_that_remembers_something_clears_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, cache = tmp_path / "estate", tmp_path / "cache"
    root.mkdir()
    cache.mkdir()
    for number in range(FEW_FILES + 5):
        (root / f"p{number:02}.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    for path in root.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    old = cache / f"{1:016x}.seen"
    old.write_bytes(b"x")
    os.utime(old, (1, 1))
    monkeypatch.setenv("IAMLINT_CACHE_DIR", str(cache))
    monkeypatch.chdir(root)
    open_session(Options(paths=(".",), jobs=1)).check()
    assert not old.exists()
    assert {path.suffix for path in cache.iterdir()} >= {".seen", ".report"}
