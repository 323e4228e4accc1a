"""`check --since`: the report of a run, with only the findings that the change since a revision brings."""

from __future__ import annotations

from iamlint.project.changes import renames
from iamlint.project.checking import check
from iamlint.project.facts_store import StoredSession, file_contents
from iamlint.project.matching import new_findings
from iamlint.project.options import Options
from iamlint.project.revisions import WORK_TREE, open_history
from iamlint.report.run import RunReport, summarize
from iamlint.source.record import NamedTuple


class Since(NamedTuple):
    """The session of the work tree, and its report with only what is new."""

    session: StoredSession
    report: RunReport


def check_since(options: Options, revision: str) -> Since:
    """Check the work tree and the revision with today's rules and settings. Raises `UsageError`."""
    from iamlint.change.renames import renamed_units

    history = open_history(options)
    with history.git:
        old, new = history.session(revision), history.session(WORK_TREE)
        report = check(new)
        before = check(old)
        moved = {
            **renames(old, new),
            **renamed_units(file_contents(old), file_contents(new), lambda is_new, path: _lines(new if is_new else old, path)),
        }
        shown = {old.shown(was): new.shown(now) for was, now in moved.items()}
        brought = new_findings(before, report, shown)
    counts = summarize(brought, files=report.summary.files, units=report.summary.units)
    return Since(new, report._replace(diagnostics=tuple(brought), summary=counts))


def _lines(session: StoredSession, path: str) -> frozenset[bytes]:
    return frozenset(line.strip() for line in (session.files.read(path) or b"").splitlines())
