"""Remembers the report of a run, and gives it again while nothing that the run looked at has changed.

An entry holds the report and every file that the run asked for, also those that were not there, each with the stamp that
git's index would keep (size, times, inode) and the hash of its content. Parsed documents are not kept: loading them costs
what parsing them again would (ARCHITECTURE.md, *Speed*).
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from iamlint import __version__
from iamlint.lint.finding import Confidence, Diagnostic, Related, Severity
from iamlint.lint.reserved import RESERVED
from iamlint.lint.rule import Rule
from iamlint.project.cache_folder import cache_folder
from iamlint.report.run import Coverage, Reason, RunReport, Summary, UnresolvedLine
from iamlint.source.place import Span

if TYPE_CHECKING:
    from iamlint.project.session import Session

_FORMAT = 2
_RACY_SECONDS = 2.0
"""A file changed this shortly before an entry was written may change again with the same stamp; its content is compared."""

Stamp = list[int]


def load_report(session: Session) -> RunReport | None:
    """Return the remembered report of the same question over the same files, or None."""
    try:
        with open(_entry_path(session), "rb") as file:
            entry = json.load(file)
    except (OSError, ValueError):
        return None
    if entry.get("question") != _question(session) or not _holds(session, entry):
        return None
    if entry["today"] is not None and entry["today"] != session.today:
        return None
    return _report(session, entry["report"])


def store_report(session: Session, report: RunReport) -> None:
    """Remember a report. A cache that cannot be written is no cache, and no error."""
    root = session.root
    files = {path: [_stamp(os.path.join(root, path)), _digest(data)] for path, data in sorted(session.files.asked().items())}
    entry = {
        "question": _question(session),
        "written": time.time(),
        "files": files,
        "folders": {folder: session.files.under(folder) for folder in sorted(session.files.folders())},
        "today": session.__dict__.get("today"),
        "report": _as_json(report),
    }
    path = _entry_path(session)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        temporary = f"{path}.{os.getpid()}"
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(entry, file, ensure_ascii=True, separators=(",", ":"))
        os.replace(temporary, path)
    except OSError:
        return


def _entry_path(session: Session) -> str:
    options = session.options
    name = _digest(
        json.dumps([session.root, session.paths, options.select, options.ignore, options.strict, options.variants]).encode()
    )
    return os.path.join(cache_folder(), f"{name}.json")


def _question(session: Session) -> list[Any]:
    """Return everything beside the files that the answer depends on."""
    options = session.options
    return [
        _FORMAT, __version__, sys.version, os.getcwd(), session.root, session.paths, session.explicit, list(options.select),
        list(options.ignore), list(options.variants), options.strict, options.as_of, options.untrusted, list(options.rule_dirs),
        repr(session.config), list(_code_stamps(session)),
    ]  # fmt: skip


def _code_stamps(session: Session) -> Iterator[list[Any]]:
    """Yield the stamps of all code that has a say: iamlint, its rules, other rule packages, folders of rules."""
    from importlib.util import find_spec

    from iamlint.project.plugins import installed_packages

    here = os.path.dirname(os.path.dirname(__file__))
    folders = [here, os.path.join(os.path.dirname(here), "rules"), *session.options.rule_dirs]
    folders += [os.path.join(session.root, folder) for folder in session.config.rule_paths]
    for package in installed_packages():
        spec = find_spec(package.module)
        folders += list(spec.submodule_search_locations or ()) if spec else []
    for folder in sorted(set(folders)):
        for path, _, names in os.walk(folder):
            for name in sorted(names):
                if name.endswith((".py", ".bin", ".json", ".rule.yaml", ".rule.yml")):
                    full = os.path.join(path, name)
                    yield [full, _stamp(full)]


def _holds(session: Session, entry: Mapping[str, Any]) -> bool:
    """Return whether every file and folder that the remembered run asked for is what it was."""
    root = session.root
    for folder, names in entry["folders"].items():
        if list(session.files.under(folder)) != names:
            return False
    racy = entry["written"] - _RACY_SECONDS
    for path, (stamp, digest) in entry["files"].items():
        now = _stamp(os.path.join(root, path))
        certain = now == stamp and (now is None or now[1] / 1e9 < racy)
        if not certain and _digest(session.files.read(path)) != digest:
            return False
    return True


def _stamp(path: str) -> Stamp | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _digest(data: bytes | None) -> str:
    from hashlib import sha256

    return "" if data is None else sha256(data).hexdigest()


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
        rules=_RememberedRules(session, held["ran"], held["reserved"]),
        tool_version=__version__,
        catalogue_version=held["catalogue"],
        sources=lambda path: session.files.read(path[prefix:]),
        secret_spans={path: tuple(Span(*span) for span in spans) for path, spans in held["secrets"].items()},
        incomplete=held["incomplete"],
        crashed=held["crashed"],
    )


def _coverage(resolved: int, lines: list[Any], full: int, partly: int, missed: int, reasons: list[Any]) -> Coverage:
    unresolved = tuple(UnresolvedLine(reason, path, Span(*span)) for reason, path, span in lines)
    return Coverage(resolved, unresolved, full, partly, missed, tuple(Reason(*item) for item in reasons))


def _diagnostic(held: list[Any]) -> Diagnostic:
    rule, name, severity, confidence, message, path, span, related, help, fingerprint, suppressed, variants = held
    return Diagnostic(
        rule, name, Severity(severity), Confidence(confidence), message, path, Span(*span),
        tuple(Related(words, where, Span(*at)) for words, where, at in related), help, fingerprint, suppressed, tuple(variants),
    )  # fmt: skip


class _RememberedRules(Mapping[str, Rule]):
    """The rules that ran, loaded only when a report asks for more than their ids."""

    def __init__(self, session: Session, ran: list[str], reserved: list[str]) -> None:
        self._session = session
        self._ran = ran
        self._reserved = reserved
        self._loaded: dict[str, Rule] | None = None

    def __getitem__(self, id: str) -> Rule:
        if id in self._reserved:
            return RESERVED[id]
        if self._loaded is None:
            self._loaded = {loaded.rule.id: loaded.rule for loaded in self._session.all_rules()}
        if id not in self._ran:
            raise KeyError(id)
        return self._loaded[id]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._ran, *self._reserved])

    def __len__(self) -> int:
        return len(self._ran) + len(self._reserved)
