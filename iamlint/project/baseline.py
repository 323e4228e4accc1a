"""The baseline: findings that were there when it was written, by content, set aside until they are gone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence

from iamlint.errors import ConfigError, UsageError
from iamlint.lint.finding import Diagnostic
from iamlint.lint.reserved import RESERVED, STALE_BASELINE
from iamlint.project.matching import content_of
from iamlint.report.run import RunReport, summarize
from iamlint.source.place import Place, Span
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.project.session import Session

DEFAULT_NAME = "iamlint-baseline.json"
_VERSION = 1
_HASH_LENGTH = 16

KEPT = frozenset({"IL001", "IL002", "IL003", "IL004", "IL005", "IL007", "IL010"})
"""What no baseline hides: input that could not be understood, a rule that crashed."""


Inside = Callable[[str], str]
"""Turns a path as a user sees it into one from the root."""


class Entry(NamedTuple):
    """A finding that is set aside. `content` is the hash of the text that it marks; empty where that is a secret."""

    rule: str
    file: str
    fingerprint: str
    content: str
    message: str


def entries_of(report: RunReport, inside: Inside) -> list[Entry]:
    """Return the findings of a report that count, sorted. Secrets must be taken out of the report before."""
    content = content_of(report)
    found = [_entry(one, content, inside) for one in report.reported() if one.rule not in KEPT and not _is_stale(one)]
    return sorted(found)


def render(entries: Sequence[Entry]) -> str:
    """Return the file's text: one finding a line, so that a change of the file is read like one of code."""
    listed = [json.dumps(entry._asdict(), ensure_ascii=True) for entry in entries]
    body = ",\n".join(f"    {line}" for line in listed)
    return f'{{\n  "version": {_VERSION},\n  "findings": [' + (f"\n{body}\n  " if body else "") + "]\n}\n"


def load(path: str, shown: str) -> tuple[list[Entry], bytes]:
    """Return the entries of a baseline file, and its bytes. Raises `UsageError` and `ConfigError`."""
    try:
        with open(path, "rb") as file:
            data = file.read()
        held = json.loads(data)
    except OSError as error:
        raise UsageError(f"the baseline `{shown}` cannot be read: {error.strerror}", "`iamlint baseline` writes it") from None
    except (ValueError, RecursionError):
        raise ConfigError(f"the baseline `{shown}` is not JSON", "`iamlint baseline` writes it anew") from None
    if not isinstance(held, dict) or held.get("version") != _VERSION or not isinstance(held.get("findings"), list):
        raise ConfigError(f"`{shown}` is no baseline of version {_VERSION}", "`iamlint baseline` writes it anew")
    return [_loaded(item, shown) for item in held["findings"]], data


def apply(
    report: RunReport, entries: Sequence[Entry], path: str, data: bytes, inside: Inside, covers: Callable[[str, bool], bool]
) -> RunReport:
    """Return the report with the findings of the baseline set aside, and a note for each entry that is stale.

    An entry stands for one finding of its rule in its file: the one of the same text first, then the one of the same
    fingerprint. It is stale when there is no such finding any more and the run `covers` its file; asked with the file, and
    with whether its rule ran.
    """
    content = content_of(report)
    found = [
        _entry(one, content, inside) if one.suppressed is None and one.rule not in KEPT else None for one in report.diagnostics
    ]
    hidden, left = _matched(found, entries)
    reason = f"in the baseline `{path}`"
    diagnostics = [one._replace(suppressed=reason) if number in hidden else one for number, one in enumerate(report.diagnostics)]
    stale = [
        _stale(entries[number], number, path, data)
        for number in left
        if covers(entries[number].file, entries[number].rule in report.rules or entries[number].rule in RESERVED)
    ]
    if stale:
        diagnostics = sorted([*diagnostics, *stale], key=lambda one: (*one.order, one.related))
    rules = {**report.rules, STALE_BASELINE: RESERVED[STALE_BASELINE]} if stale else report.rules
    counts = summarize(diagnostics, files=report.summary.files, units=report.summary.units)
    return report._replace(diagnostics=tuple(diagnostics), summary=counts, rules=rules, sources=_sources(report, path, data))


def _matched(found: Sequence[Entry | None], entries: Sequence[Entry]) -> tuple[set[int], list[int]]:
    """Return the numbers of the findings that entries stand for, and of the entries that stand for none."""
    hidden: set[int] = set()
    left = list(range(len(entries)))
    keys: tuple[Callable[[Entry], object], ...] = (
        lambda one: one[:4],
        lambda one: (one.rule, one.file, one.message, one.content) if one.content else None,
        lambda one: one[:3],
    )
    for key in keys:
        waiting: dict[object, list[int]] = {}
        for number in left:
            waiting.setdefault(key(entries[number]), []).append(number)
        waiting.pop(None, None)
        for number, entry in enumerate(found):
            if entry is not None and number not in hidden and (numbers := waiting.get(key(entry))):
                left.remove(numbers.pop(0))
                hidden.add(number)
    return hidden, left


def _entry(diagnostic: Diagnostic, content: Callable[[Diagnostic], str], inside: Inside) -> Entry:
    text = content(diagnostic)
    return Entry(
        diagnostic.rule, inside(diagnostic.path), diagnostic.fingerprint, _hash(text) if text else "", diagnostic.message
    )


def _hash(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]


def _loaded(item: Any, shown: str) -> Entry:
    if not isinstance(item, dict):
        raise ConfigError(f"`{shown}` holds an entry that is no object", "`iamlint baseline` writes it anew")
    values = [item.get(field, "") for field in Entry._fields]
    if not all(isinstance(value, str) for value in values) or not all(values[:3]):
        raise ConfigError(f"`{shown}` holds an entry without rule, file or fingerprint", "`iamlint baseline` writes it anew")
    return Entry(*values)


def _stale(entry: Entry, number: int, path: str, data: bytes) -> Diagnostic:
    from iamlint.source.locate import locate

    rule = RESERVED[STALE_BASELINE]
    span = locate(Place(path, ("findings", number)), data) if path.endswith(".json") else Span(1, 1, 1, 1)
    message = f"`{entry.rule}` no longer finds this in `{entry.file}`: {entry.message}"
    help = "`iamlint baseline` writes the file anew"
    return Diagnostic(
        rule.id, rule.name, rule.severity, rule.confidence, message, path, span, (), help, _hash(f"{rule.id}\0{entry!r}")
    )


def _is_stale(diagnostic: Diagnostic) -> bool:
    return diagnostic.rule == STALE_BASELINE


def _sources(report: RunReport, path: str, data: bytes) -> Callable[[str], bytes | None]:
    return lambda asked: data if asked == path else report.sources(asked)


def baseline_path(given: str | None, configured: str | None, root: str) -> str | None:
    """Return the absolute path of the baseline: of the option, from the working directory, else configured, from the root."""
    if given:
        return os.path.abspath(given)
    return os.path.join(root, configured) if configured else None


def inside(session: Session) -> Inside:
    """Return what turns the paths of a session's report into paths from its root."""
    prefix = session.shown("x")[:-1]
    return lambda path: path.removeprefix(prefix)


def shown_path(path: str) -> str:
    """Return a path relative to the working directory when it lies in or below it."""
    relative = os.path.relpath(path, os.getcwd()).replace(os.sep, "/")
    return path if relative.startswith("../") else relative
