"""The access changelog: for every commit of a range, what it gave and took."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.change.rows import AccessDiff, Row
from iamlint.project.changes import diff_sessions
from iamlint.project.facts_store import MOST_VALUES, StoredSession
from iamlint.project.revisions import History
from iamlint.source.record import NamedTuple

_KEPT_SESSIONS = 8
_COLLECT_EVERY = 16


class Commit(NamedTuple):
    """A commit as the log names it. `day` is the author's date (ISO)."""

    id: str
    parents: tuple[str, ...]
    author: str
    day: str
    subject: str


class LogEntry(NamedTuple):
    """What a commit changed; `old` and `new` are the sessions whose files its rows speak of.

    `is_cut`: the history of a shallow clone ends here, so what the commit changed is not known.
    """

    commit: Commit
    diff: AccessDiff
    old: StoredSession
    new: StoredSession
    is_cut: bool = False


def access_log(history: History, revision: str, most: int | None = None, *, first_parent: bool = False) -> Iterator[LogEntry]:
    """Yield what each commit of a range changed, oldest first. A merge has what it brings that none of its parents had.

    Raises `UsageError` for a range that is not there, and `ConfigError` for a commit with a broken configuration.
    """
    import gc

    sessions = _Sessions(history)
    commits = [_commit(record) for record in history.git.log(revision, most, first_parent=first_parent)]
    for number, commit in enumerate(commits):
        parents = commit.parents[:1] if first_parent else commit.parents
        new = sessions.of(commit.id)
        if not parents and history.git.is_cut(commit.id):
            yield LogEntry(commit, AccessDiff(), new, new, is_cut=True)
            continue
        olds = [sessions.of(parent) for parent in parents] or [history.before_everything()]
        if any(old is new for old in olds):
            diff = AccessDiff()
        else:
            diff = _in_all([diff_sessions(old, new) for old in olds])
        yield LogEntry(commit, diff, olds[0], new)
        del olds, new, diff
        if number % _COLLECT_EVERY == _COLLECT_EVERY - 1 or sessions.dropped > MOST_VALUES:
            gc.collect()  # graphs hold on to themselves, and a command runs without automatic collection
            sessions.dropped = 0


class _Sessions:
    """The sessions of the latest commits; commits with one tree share one."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._by_tree: dict[str, StoredSession] = {}
        self.dropped = 0  # how many model values sessions held that are gone

    def of(self, commit: str) -> StoredSession:
        """Return the session of a commit."""
        tree = self._history.git.tree_of(commit)
        found = self._by_tree.pop(tree, None) or self._history.at(commit)
        self._by_tree[tree] = found  # the latest asked stands last
        held = sum(session.size for session in self._by_tree.values())
        while len(self._by_tree) > _KEPT_SESSIONS or (len(self._by_tree) > 2 and held > MOST_VALUES):
            oldest = self._by_tree.pop(next(iter(self._by_tree)))
            held -= oldest.size
            self.dropped += oldest.size
        return found


def _in_all(diffs: list[AccessDiff]) -> AccessDiff:
    """Return what changed against every parent, with the paths of the first."""
    first, *others = diffs
    if not others:
        return first

    def kept(name: str) -> tuple[Row, ...]:
        there = [{row.about for row in getattr(other, name)} for other in others]
        rows: tuple[Row, ...] = getattr(first, name)
        return tuple(row for row in rows if all(row.about in about for about in there))

    return AccessDiff(kept("gained"), kept("lost"), kept("unknown"))


def _commit(record: bytes) -> Commit:
    commit, parents, author, day, subject = record.decode("utf-8", "replace").split("\x1f", 4)
    return Commit(commit, tuple(parents.split()), author, day, subject)
