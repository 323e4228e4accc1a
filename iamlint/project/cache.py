"""Remembers the report of a run, and gives it again while nothing that the run looked at has changed.

What it looked at is one entry (`seen.py`), the report another, what was printed a third (`recall.py`), which spares an
unchanged repository the report too. Parsed documents are not kept: loading them costs what parsing them again would.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from time import time

from iamlint import __version__
from iamlint.lint.finding import Confidence, Diagnostic, Related, Severity
from iamlint.lint.reserved import RESERVED
from iamlint.project import entries, seen
from iamlint.project.cache_pruning import prune
from iamlint.project.ran_rules import RanRules
from iamlint.project.seen import Seen
from iamlint.report.run import Coverage, Reason, RunReport, Summary, UnresolvedLine
from iamlint.source.place import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.project.discovery import DiskFiles
    from iamlint.project.session import Session

_TICK = int(0.01e9)
"""By how much the times of files may be behind the clock, in nanoseconds: they are those of the kernel's last tick."""


def load_report(session: Session) -> RunReport | None:
    """Return the remembered report of the same question over the same files, or None."""
    question = _question(session)
    known = entries.load(entries.name_of(question, "seen"))
    held = entries.load(entries.name_of(question, "report")) if known is not None else None
    if known is None or held is None or held[:2] != (question, known[0]):
        return None
    looked_at = Seen(known)
    if not looked_at.holds():
        return None
    if looked_at.renewed:
        entries.store(entries.name_of(question, "seen"), looked_at.values())
    session.remembered = (entries.name_of(question, "seen"), looked_at.id)
    return _report(session, json.loads(held[2]))


def store_report(session: Session, report: RunReport, also: Iterable[str] = ()) -> None:
    """Remember a report; `also` are absolute paths of files that have a say in what is printed."""
    looked_at = collect(session, also)
    if looked_at is None:
        return
    question = _question(session)
    name = entries.name_of(question, "seen")
    text = json.dumps(_as_json(report), ensure_ascii=True, separators=(",", ":"))
    if entries.store(entries.name_of(question, "report"), (question, looked_at.id, text)) and entries.store(
        name, looked_at.values()
    ):
        session.remembered = (name, looked_at.id)
        prune(time())


def collect(session: Session, also: Iterable[str] = ()) -> Seen | None:
    """Return what a run looked at; None when some of it changed while the run went on, so that nothing is remembered.

    `files`: absolute path, stamp, hash of the content. `folders`: absolute path, stamp, the names of its files, whether links
    are among its entries. `places`: a path that need not be a file, and whether it is there. `code`: folders with the names in
    them, and files, of all that has a say and is no input.
    """
    files: DiskFiles = session.files  # type: ignore[assignment]  # only files on disk are remembered
    changed = int(files.started * 1e9) - _TICK
    root = session.root
    listed = []
    for path, data in sorted(files.asked().items()):
        known = files.stamps.get(path)
        if path in files.from_forks and known is not None and max(known[1:3]) >= changed:
            return None
        listed.append((os.path.join(root, path), known, seen.digest_of(data)))
    for path in (*_configurations(session), os.path.join(root, ".git", "config"), *also):
        known, data = seen.stamped(path)
        if known is not None and max(known[1:3]) >= changed:
            return None
        listed.append((path, known, seen.digest_of(data)))
    folders = []
    for folder in sorted(files.folder_stamps):
        known, names, linked = files.folder_stamps[folder]
        if f"{folder}/" in files.from_forks and known is not None and max(known[1:3]) >= changed:
            return None
        folders.append((os.path.join(root, folder), known, names, linked))
    code = _code(session)
    if code is None:
        return None
    today = next((one.__dict__["today"] for one in (session, *session.variants) if "today" in one.__dict__), None)
    if session.options.as_of:
        today = None
    return Seen((
        entries.new_id(), files.started, seen.python(), files.listings, listed, folders, _places(session), code,
        today, root if today is not None and _is_work_tree(root) else "",
    ))  # fmt: skip


def _question(session: Session) -> bytes:
    """Return everything beside the files and the code that the answer depends on."""
    options = session.options
    return repr((
        seen.FORMAT, __version__, os.getcwd(), session.root, session.paths, session.explicit, options.config, options.select,
        options.ignore, options.variants, options.strict, options.as_of, options.untrusted, options.rule_dirs, session.config,
    )).encode("utf-8", "surrogatepass")  # fmt: skip


def _ancestors(session: Session) -> list[str]:
    """Return the folders that were looked through for a configuration and for a repository, from the paths upwards."""
    from iamlint.project.discovery import find_root

    here, top = find_root(session.options.paths or (session.root,))
    found = {here, top, session.root}
    for folder in (here, session.root, os.getcwd()):
        while os.path.dirname(folder) != folder:
            folder = os.path.dirname(folder)
            found.add(folder)
    return sorted(found)


def _places(session: Session) -> list[tuple[str, bool]]:
    places = [os.path.join(folder, ".git") for folder in _ancestors(session)]
    return [(path, os.path.exists(path)) for path in places]


def _configurations(session: Session) -> list[str]:
    """Return every file that is the configuration of the run, or would be if it were there."""
    given = [os.path.abspath(session.options.config)] if session.options.config else []
    return [*given, *(os.path.join(folder, name) for folder in _ancestors(session) for name in seen.CONFIGURATIONS)]


def _is_work_tree(root: str) -> bool:
    from iamlint.project.discovery import git_top

    return git_top(root) is not None


def _code(session: Session) -> tuple[list[Any], list[Any]] | None:
    """Return the folders and files of all code that has a say: iamlint, its rules, other rule packages, folders of rules.

    None when some of it changed just before the run, or while it went on.
    """
    import sys
    from importlib.util import find_spec

    from iamlint.project.plugins import installed_packages

    here = os.path.dirname(os.path.dirname(__file__))
    tops = [here, os.path.join(os.path.dirname(here), "rules"), *map(os.path.abspath, session.options.rule_dirs)]
    tops += [os.path.join(session.root, folder) for folder in session.config.rule_paths]
    for package in installed_packages():
        spec = find_spec(package.module)
        tops += list(spec.submodule_search_locations or ()) if spec else []
    folders: list[tuple[str, seen.Stamp | None, list[str], tuple[str, ...]]] = []
    files: list[tuple[str, seen.Stamp | None]] = []
    for top in sorted(set(tops)):
        for folder, below, _ in os.walk(top):
            below[:] = sorted(name for name in below if name != "__pycache__")
            folders.append((folder, seen.stamp(folder), seen.listed(folder, seen.CODE), seen.CODE))
            files += [(path, seen.stamp(path)) for path in (os.path.join(folder, name) for name in folders[-1][2])]
    for folder in sys.path:
        # A package that is installed, upgraded or removed changes what lies here.
        names = seen.listed(folder, _PACKAGES)
        folders.append((folder or os.curdir, seen.stamp(folder or os.curdir), names, _PACKAGES))
        entries = (os.path.join(folder, name, "entry_points.txt") for name in names)
        files += [(path, known) for path in entries if (known := seen.stamp(path)) is not None]
    started = session.files.started  # type: ignore[attr-defined]  # as above
    return (folders, files) if all(seen.is_settled(known, started) for _, known in files) else None


_PACKAGES = (".dist-info", ".egg-info")


def _as_json(report: RunReport) -> dict[str, Any]:
    return {
        "diagnostics": report.diagnostics,
        "summary": report.summary,
        "coverage": report.coverage,
        "reserved": [id for id in report.rules if id in RESERVED],
        "ran": [id for id in report.rules if id not in RESERVED],
        "catalogue": report.catalogue_version,
        "secrets": report.secret_spans,
        "incomplete": report.incomplete,
        "crashed": report.crashed,
    }


def _report(session: Session, held: Mapping[str, Any]) -> RunReport:
    prefix = len(session.shown("x")) - 1
    return RunReport(
        diagnostics=tuple(map(_diagnostic, held["diagnostics"])),
        summary=Summary(*held["summary"]),
        coverage=_coverage(*held["coverage"]),
        rules=RanRules({**dict.fromkeys(held["ran"]), **{id: RESERVED[id] for id in held["reserved"]}}, session.all_rules),
        tool_version=__version__,
        catalogue_version=held["catalogue"],
        sources=lambda path: session.files.read(path[prefix:]),
        secret_spans={path: tuple(Span(*span) for span in spans) for path, spans in held["secrets"].items()},
        incomplete=held["incomplete"],
        crashed=held["crashed"],
    )


def _coverage(
    resolved: int, lines: list[Any], full: int, partly: int, missed: int, reasons: list[Any], off: list[Any]
) -> Coverage:
    return Coverage(resolved, _lines(lines), full, partly, missed, tuple(Reason(*item) for item in reasons), _lines(off))


def _lines(held: list[Any]) -> tuple[UnresolvedLine, ...]:
    return tuple(UnresolvedLine(reason, path, Span(*span)) for reason, path, span in held)


def _diagnostic(held: list[Any]) -> Diagnostic:
    rule, name, severity, confidence, message, path, span, related, help, fingerprint, suppressed, variants = held
    return Diagnostic(
        rule, name, Severity(severity), Confidence(confidence), message, path, Span(*span),
        tuple(Related(words, where, Span(*at)) for words, where, at in related), help, fingerprint, suppressed, tuple(variants),
    )  # fmt: skip
