"""From two sessions to what changed between them."""

from __future__ import annotations

from iamlint.change.diff import access_diff
from iamlint.change.renames import renamed_units
from iamlint.change.rows import AccessDiff, Row
from iamlint.project.facts_store import StoredSession, unit_contents
from iamlint.project.variants import variant_name


def diff_sessions(old: StoredSession, new: StoredSession, move: tuple[str, str] | None = None) -> AccessDiff:
    """Return who gained and who lost what, in any variant.

    `move` names two telemetry vendors: then the second one's scopes in the new state are compared with the first one's in the
    old state. Raises `UsageError` for a vendor of which a state has nothing.
    """
    pairs = _pairs(old, new)
    if move is not None:
        diffs = [_moved(before, after, *move) for before, after in pairs]
    elif len(pairs) == 1:
        return _diff(*pairs[0])
    else:
        diffs = [_diff(before, after) for before, after in pairs]

    def rows(name: str) -> tuple[Row, ...]:
        found = {(*row.order, row.is_old): row for diff in diffs for row in getattr(diff, name)}
        return tuple(sorted(found.values(), key=lambda row: row.order))

    return AccessDiff(rows("gained"), rows("lost"), rows("unknown"))


def _diff(old: StoredSession, new: StoredSession) -> AccessDiff:
    if old.signature == new.signature:
        return AccessDiff()
    return access_diff(old.graph, new.graph, renames(old, new))


def _moved(old: StoredSession, new: StoredSession, source: str, target: str) -> AccessDiff:
    from iamlint.change.move import move_diff, vendors_of
    from iamlint.errors import UsageError

    for session, vendor, where in ((old, source, "first"), (new, target, "second")):
        known = vendors_of(session.graph)
        if vendor not in known:
            listed = ", ".join(f"`{name}`" for name in sorted(known)) or "none"
            raise UsageError(f"the {where} state has no scope of the telemetry vendor `{vendor}`", f"it has of: {listed}")
    return move_diff(old.graph, new.graph, source, target)


def _pairs(old: StoredSession, new: StoredSession) -> list[tuple[StoredSession, StoredSession]]:
    """Return each variant before and after; one that only one side configures is compared with the other side's first."""
    from iamlint.project.variants import sessions_of

    before, after = sessions_of(old, lenient=True), sessions_of(new, lenient=True)
    olds, news = ({variant_name(one): one for one in sessions} for sessions in (before, after))
    return [(olds.get(name, before[0]), news.get(name, after[0])) for name in dict.fromkeys((*olds, *news))]


def renames(old: StoredSession, new: StoredSession) -> dict[str, str]:
    """Return the new path of every unit that was renamed."""

    def lines(is_new: bool, path: str) -> frozenset[bytes]:
        session = new if is_new else old
        unit = next(unit for unit in session.units if unit.path == path)
        return frozenset(line.strip() for file in unit.files for line in (session.files.read(file) or b"").splitlines())

    return renamed_units(unit_contents(old), unit_contents(new), lines)
