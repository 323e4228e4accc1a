"""Renamed units and files: what is gone on one side and new on the other, with the same content or nearly so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

_MOST_PAIRS = 2_500
_ALIKE = 0.5

Contents = Mapping[str, Sequence["str | None"]]
"""Paths of units, each with the ids of the contents of its files."""


def renamed_units(old: Contents, new: Contents, lines: Callable[[bool, str], frozenset[bytes]]) -> dict[str, str]:
    """Return the new path of each renamed unit. `lines` gives the lines of a unit's files: of the old side, or of the new."""
    gone = {path: tuple(ids) for path, ids in old.items() if path not in new}
    come = {path: tuple(ids) for path, ids in new.items() if path not in old}
    if not gone or not come:
        return {}
    found: dict[str, str] = {}
    by_content: dict[tuple[str, ...], list[str]] = {}
    for path, ids in sorted(come.items()):
        by_content.setdefault(_contents(ids), []).append(path)
    for path, ids in sorted(gone.items()):
        same = by_content.get(_contents(ids), [])
        if same:
            best = max(same, key=lambda other, path=path: (_alike_names(path, other), other))  # type: ignore[misc]
            same.remove(best)
            found[path] = best
    left = [path for path in sorted(gone) if path not in found]
    right = [path for path in sorted(come) if path not in found.values()]
    if not left or not right or len(left) * len(right) > _MOST_PAIRS:
        return found
    before = {path: lines(False, path) for path in left}
    after = {path: lines(True, path) for path in right}
    pairs = sorted(
        ((-_alike(before[a], after[b]), -_alike_names(a, b), a, b) for a in left for b in right if before[a] and after[b]),
    )
    taken: set[str] = set()
    for score, _, a, b in pairs:
        if -score >= _ALIKE and a not in found and b not in taken:
            found[a] = b
            taken.add(b)
    return found


def _contents(ids: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(sorted(one for one in ids if one is not None))


def _alike(left: frozenset[bytes], right: frozenset[bytes]) -> float:
    return len(left & right) / max(len(left), len(right))


def _alike_names(left: str, right: str) -> int:
    """Return how many folders or names two paths end with alike."""
    count = 0
    for a, b in zip(reversed(left.split("/")), reversed(right.split("/")), strict=False):
        if a != b:
            break
        count += 1
    return count
