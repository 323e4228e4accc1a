"""Progress: only on a terminal, only after a second."""

from __future__ import annotations

import io
import sys

import pytest

from iamlint.cli import terminal


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(terminal, "monotonic", lambda: now[0])
    monkeypatch.delenv("CI", raising=False)
    return now


def test_a_short_run_shows_nothing(clock: list[float], monkeypatch: pytest.MonkeyPatch):
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    progress = terminal.Progress()
    clock[0] += 0.9
    progress(1, 2)
    progress.close()
    assert shown.getvalue() == ""


def test_a_long_run_shows_a_bar_and_takes_it_away(clock: list[float], monkeypatch: pytest.MonkeyPatch):
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    progress = terminal.Progress()
    clock[0] += 1.5
    progress(1, 2)
    progress(1, 2)  # at once: not drawn again
    progress.close()
    assert shown.getvalue() == "\r[###############...............] 1/2 units\r\x1b[K"


def test_what_is_no_terminal_gets_nothing(clock: list[float], monkeypatch: pytest.MonkeyPatch):
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    progress = terminal.Progress()
    clock[0] += 5
    progress(1, 2)
    progress.close()
    assert shown.getvalue() == ""
