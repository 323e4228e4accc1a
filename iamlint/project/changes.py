"""From two sessions to what changed between them."""

from __future__ import annotations

from iamlint.change.diff import access_diff
from iamlint.change.renames import renamed_units
from iamlint.change.rows import AccessDiff
from iamlint.project.facts_store import StoredSession, unit_contents


def diff_sessions(old: StoredSession, new: StoredSession) -> AccessDiff:
    """Return who gained and who lost what."""
    if old.signature == new.signature:
        return AccessDiff()
    return access_diff(old.graph, new.graph, renames(old, new))


def renames(old: StoredSession, new: StoredSession) -> dict[str, str]:
    """Return the new path of every unit that was renamed."""

    def lines(is_new: bool, path: str) -> frozenset[bytes]:
        session = new if is_new else old
        unit = next(unit for unit in session.units if unit.path == path)
        return frozenset(line.strip() for file in unit.files for line in (session.files.read(file) or b"").splitlines())

    return renamed_units(unit_contents(old), unit_contents(new), lines)
