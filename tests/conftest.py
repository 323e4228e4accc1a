"""What all tests share."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# How fast a machine draws examples says nothing about the code; a busy one must not fail a test.
# The ordinary run draws the same examples every time, so that a change fails for what it changed; IAMLINT_RANDOM=1 explores.
settings.register_profile(
    "iamlint", deadline=None, derandomize="IAMLINT_RANDOM" not in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("iamlint")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="write the rendered output over tests/snapshot/expected")


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what would change a run's output."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
