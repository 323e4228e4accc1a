"""Which policy tests failed in the last run, remembered for `--last-failed`."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable

from iamlint.policytest.case import PolicyTest
from iamlint.project.cache_folder import cache_folder

Id = tuple[str, str]
"""A test's file and name."""


def id_of(test: PolicyTest) -> Id:
    """Return how a test is remembered."""
    return test.place.path, test.name


def load_failed(root: str) -> set[Id]:
    """Return the tests that failed when they last ran; empty when nothing is remembered."""
    try:
        with open(_path(root), encoding="utf-8") as file:
            return {(str(path), str(name)) for path, name in json.load(file)}
    except (OSError, ValueError, TypeError):
        return set()


def store_failed(root: str, ran: Iterable[PolicyTest], failed: Collection[Id]) -> None:
    """Remember which of the tests that ran failed; what is remembered of others stays. A cache that cannot be written is none."""
    left = load_failed(root) - {id_of(test) for test in ran}
    path = _path(root)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        temporary = f"{path}.{os.getpid()}"
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(sorted(left | set(failed)), file)
        os.replace(temporary, path)
    except OSError:
        return


def _path(root: str) -> str:
    from hashlib import sha256

    return os.path.join(cache_folder(), f"last-failed-{sha256(root.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json")
