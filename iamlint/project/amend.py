"""What was printed, amended after an edit of policy documents that nothing refers to: only they are read and checked again.

A document stands alone when it lies in a file of its own that no other unit read, and holds policies without an ARN and
nothing else. It is then no part of the graph (nobody can attach it), and what rules find in it depends on it alone; rule
packages say so of their rules under `DOCUMENTS_STAND_ALONE`, and where one does not say so nothing is amended.
"""

from __future__ import annotations

import os
from importlib import import_module

from iamlint import __version__
from iamlint.lint.finding import Severity
from iamlint.model.policy import Policy
from iamlint.project.contexts import STACKS
from iamlint.project.entries import load, name_of, new_id, store
from iamlint.project.seen import FORMAT, Seen, digest_of
from iamlint.report.run import Coverage, RunReport, Summary, UnresolvedLine
from iamlint.source.place import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.model.estate import Facts
    from iamlint.project.entries import Piece
    from iamlint.project.options import Options
    from iamlint.project.session import Session

_COUNTED = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
_OPTIONS = ("config", "select", "ignore", "strict", "untrusted", "as_of")
"""The options that a session needs again."""


def keep(session: Session, report: RunReport, words: list[str], how: tuple[Any, ...]) -> None:
    """Keep where in a printed text each document that stands alone has its findings. `how`: verbosity, color, fail-on, exit-zero.

    A new run has to be behind the report; of one that was itself remembered the facts are not known.
    """
    if session.remembered is None or "facts" not in session.__dict__ or not _stand_alone(session, report):
        return
    from iamlint.report.text import blocks

    verbosity, color, _, _ = how
    alone = {facts.files[0]: facts for facts in session.facts if stands_alone(facts, session)}
    counts = {path: [0, 0, 0, 0] for path in alone}
    prefix = session.shown("x")[:-1]
    for diagnostic in report.diagnostics:
        found = counts.get(diagnostic.path[len(prefix) :])
        if found is not None:
            found[3 if diagnostic.suppressed is not None else _COUNTED.index(diagnostic.severity)] += 1
    sizes: list[tuple[str, int]] = []
    for path, text in blocks(report, color=color, verbosity=verbosity):
        size = len(text.encode("utf-8", "backslashreplace"))
        if sizes and sizes[-1][0] == path:
            sizes[-1] = (path, sizes[-1][1] + size)
        else:
            sizes.append((path, size))
    places: dict[str, tuple[int, int, tuple[int, ...], int, int]] = {}
    at = number = 0  # of the text so far, and of the files that have a part in it
    for path in sorted(alone, key=lambda path: prefix + path):
        while number < len(sizes) and sizes[number][0] < prefix + path:
            at += sizes[number][1]
            number += 1
        size = sizes[number][1] if number < len(sizes) and sizes[number][0] == prefix + path else 0
        places[path] = (at, at + size, tuple(counts[path]), alone[path].resolved, alone[path].resources()[0])
    body = sum(size for _, size in sizes)
    options = tuple(getattr(session.options, name) for name in _OPTIONS)
    config = os.path.join(session.root, session.config.path) if session.config.path else ""
    coverage = report.coverage
    name, id = session.remembered
    store(
        name_of(repr(words).encode() + name.encode(), "places"),
        (
            FORMAT, id, session.root, config, options, how, report.incomplete, tuple(report.summary),
            (coverage.resolved, len(coverage.unresolved), coverage.full, coverage.partly, coverage.missed, len(coverage.off)),
            report.catalogue_version, body, places,
        ),
    )  # fmt: skip


def amended(words: list[str], held: tuple[Any, ...], output: memoryview, seen: Seen) -> tuple[list[Piece], int] | None:
    """Return what is printed now, and the exit code, after the edits that `seen` has met; None when a whole run is needed."""
    _, question, name, id, _ = held
    entry = load(name_of(repr(words).encode() + name.encode(), "places"))
    if entry is None or entry[:2] != (FORMAT, id):
        return None
    _, _, root, config_file, given, how, incomplete, summary, coverage, catalogue, body, places = entry
    paths = [os.path.relpath(seen.files[number][0], root).replace(os.sep, "/") for number in seen.changed]
    if not all(path in places for path in paths):
        return None
    session = _session(root, config_file, given, paths)
    if not _rules_stand_alone(session) or not all(stands_alone(facts, session) for facts in session.facts):
        return None
    by_path = {facts.files[0]: facts for facts in session.facts}
    if sorted(by_path) != sorted(paths):
        return None
    from iamlint.project.checking import check

    report = check(session)
    if report.crashed or report.incomplete or report.secret_spans:
        return None
    if "today" in session.__dict__ and not session.options.as_of and session.today != seen.today:
        return None
    printed, summary, coverage = _spliced(session, report, output, (summary, coverage, body, places), by_path, how)
    resolved, unresolved, full, partly, missed, off = coverage
    merged = RunReport(
        (), Summary(*summary), Coverage(resolved, (_SOMEWHERE,) * unresolved, full, partly, missed, (), (_SOMEWHERE,) * off),
        {}, __version__, catalogue,
        lambda path: None, incomplete=incomplete,
    )  # fmt: skip
    verbosity, color, fail_on, exit_zero = how
    body = sum(map(len, printed))
    if verbosity >= 0:
        from iamlint.report.text import closing

        printed.append(closing(merged, color=color, verbosity=verbosity).encode("utf-8", "backslashreplace"))
    least = Severity(fail_on).rank
    fails = any(count and severity.rank >= least for severity, count in zip(_COUNTED, summary[2:5], strict=True))
    code = 3 if incomplete else 1 if fails and not exit_zero else 0
    for number, path in zip(seen.changed, paths, strict=True):
        known, data = session.files.stamps[path], session.files.read(path)  # type: ignore[attr-defined]
        seen.files[number] = (seen.files[number][0], known, digest_of(data))
    seen.id = new_id()
    if store(name, seen.values()):
        store(name_of(repr(words).encode() + name.encode(), "places"), (
            FORMAT, seen.id, root, config_file, given, how, incomplete, summary, coverage, catalogue, body, places,
        ))  # fmt: skip
        store(name_of(question, "answer"), (FORMAT, question, name, seen.id, code), printed)
    return printed, code


_SOMEWHERE = UnresolvedLine("", "", Span(1, 1, 1, 1))


def _spliced(
    session: Session,
    report: RunReport,
    output: memoryview,
    known: tuple[Any, ...],
    by_path: dict[str, Facts],
    how: tuple[Any, ...],
) -> tuple[list[Piece], tuple[int, ...], tuple[int, ...]]:
    """Return the findings as printed with those of some documents replaced, and the counts; brings the places up to date."""
    from iamlint.report.text import blocks

    summary, coverage, body, places = known
    counts, (resolved, unresolved, full, *rest) = list(summary), coverage
    prefix = session.shown("x")[:-1]
    texts = dict.fromkeys(by_path, "")
    for path, text in blocks(report, color=how[1], verbosity=how[0]):
        texts[path[len(prefix) :]] += text
    now = {path: [0, 0, 0, 0] for path in by_path}
    for diagnostic in report.diagnostics:
        column = 3 if diagnostic.suppressed is not None else _COUNTED.index(diagnostic.severity)
        now[diagnostic.path[len(prefix) :]][column] += 1
    pieces: list[Piece] = []
    shifts: dict[str, int] = {}
    done = 0
    for path in sorted(by_path, key=lambda path: prefix + path):
        start, end, before, was_resolved, was_full = places[path]
        printed = texts[path].encode("utf-8", "backslashreplace")
        pieces += [output[done:start], printed]
        done = end
        shifts[path] = len(printed) - (end - start)
        counts[2:] = [count - old + new for count, old, new in zip(counts[2:], before, now[path], strict=True)]
        facts = by_path[path]
        resolved += facts.resolved - was_resolved
        full += facts.resources()[0] - was_full
        places[path] = (start, end, tuple(now[path]), facts.resolved, facts.resources()[0])
    pieces.append(output[done:body])
    shift = 0
    for path, (start, end, *rest_of_it) in places.items():  # as they stand in the text
        longer = shifts.get(path, 0)
        if shift or longer:
            places[path] = (start + shift, end + shift + longer, *rest_of_it)
            shift += longer
    return pieces, tuple(counts), (resolved, unresolved, full, *rest)


def _session(root: str, config_file: str, given: tuple[Any, ...], paths: list[str]) -> Session:
    from iamlint.project.config import Config, load_config
    from iamlint.project.discovery import DiskFiles
    from iamlint.project.options import Options
    from iamlint.project.session import Session

    shown = os.path.relpath(config_file, root).replace(os.sep, "/") if config_file else ""
    config = load_config(config_file, shown) if config_file else Config()
    options: Options = Options(**dict(zip(_OPTIONS, given, strict=True)), jobs=1, cache=False)
    return Session(options, config, DiskFiles(root), paths, [])


def stands_alone(facts: Facts, session: Session) -> bool:
    """Return whether the facts are policies that nothing can refer to, of a file that nothing else read, fully understood."""
    from iamlint.project.session import COMMENT_MARK

    if facts.kind != "policy" or len(facts.files) != 1 or facts.problems or facts.unresolved or facts.partly or facts.missed:
        return False
    path = facts.files[0]
    if path != facts.unit or path in session.files.shared or not facts.items:  # type: ignore[attr-defined]
        return False
    if not all(type(item) is Policy and item.arn is None for item in facts.items):
        return False
    data = session.files.read(path) or b""
    return not any(word in data for word in (COMMENT_MARK, b"iamlint/", *STACKS))


def _stand_alone(session: Session, report: RunReport) -> bool:
    options, config = session.options, session.config
    if (
        options.variants
        or config.variants
        or config.ignores
        or config.switched_off
        or config.baseline
        or options.also
        or session.explicit
    ):
        return False
    return not (report.crashed or report.secret_spans) and _rules_stand_alone(session)


def _rules_stand_alone(session: Session) -> bool:
    """Return whether all rules of the run are of packages that say so of theirs."""
    from iamlint.project.plugins import installed_packages

    if session.options.rule_dirs or session.config.rule_paths:
        return False
    packages = installed_packages(session.root if session.options.untrusted else None)
    return all(getattr(import_module(package.module), "DOCUMENTS_STAND_ALONE", False) is True for package in packages)
