"""Findings of two runs matched one to one: which of today's were there before, although lines moved or a file was renamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from iamlint.lint.finding import Diagnostic
from iamlint.project.enclosing import enclosing
from iamlint.report.run import RunReport
from iamlint.source.place import Span

Key = Callable[[Diagnostic], object]


def content_of(report: RunReport) -> Callable[[Diagnostic], str]:
    """Return what gives the block of text to which a finding belongs, white space aside; empty where it holds a secret."""
    texts: dict[str, _Text] = {}

    def content(diagnostic: Diagnostic) -> str:
        path = diagnostic.path
        if path not in texts:
            texts[path] = _Text((report.sources(path) or b"").decode("utf-8", "replace"), report.secret_spans.get(path, ()))
        return texts[path].block(diagnostic.span)

    return content


class _Text:
    """The text of a file, and where secrets stand in it."""

    def __init__(self, text: str, secrets: Iterable[Span]) -> None:
        self._text = text
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._secrets = [self._range(span) for span in secrets]

    def block(self, span: Span) -> str:
        """Return the block around a span on one line, or nothing where a secret would be in it."""
        start, end = enclosing(self._text, *self._range(span))
        if any(start < until and since < end for since, until in self._secrets):
            return ""
        return " ".join(self._text[start:end].split())

    def _range(self, span: Span) -> tuple[int, int]:
        return self._at(span.line, span.column), self._at(span.end_line, span.end_column)

    def _at(self, line: int, column: int) -> int:
        return min(len(self._text), self._starts[min(line, len(self._starts)) - 1] + column - 1)


def new_findings(old: RunReport, new: RunReport, renamed: Mapping[str, str]) -> list[Diagnostic]:
    """Return the findings that only the new run has. `renamed` leads from old paths of files to new ones.

    A finding was there before when one that is not suppressed says the same of the same text in the same file, or has the
    same fingerprint; else when it says the same in a file that was renamed, or of the same text somewhere else (it moved).
    Each old finding stands for one new finding, so that a copy of one is new.
    """
    before, after = content_of(old), content_of(new)

    def moved_message(diagnostic: Diagnostic) -> str:
        message = diagnostic.message
        for was, now in renamed.items():
            message = message.replace(was, now)
        return message

    def here(diagnostic: Diagnostic) -> str:
        return renamed.get(diagnostic.path, diagnostic.path)

    def same(one: Diagnostic) -> object:
        return (one.rule, one.path, one.message, after(one))

    keys: tuple[tuple[Key, Key], ...] = (
        (lambda one: (one.rule, one.path, one.message, before(one)), same),
        (lambda one: (one.rule, here(one), moved_message(one), before(one)), same),
        (lambda one: (one.rule, one.path, one.fingerprint), lambda one: (one.rule, one.path, one.fingerprint)),
        (lambda one: (one.rule, here(one), moved_message(one)), lambda one: (one.rule, one.path, one.message)),
        (
            lambda one: (one.rule, moved_message(one), before(one)) if before(one) else None,
            lambda one: (one.rule, one.message, after(one)) if after(one) else None,
        ),
    )
    left_old: list[Diagnostic] = old.reported()
    brought: list[Diagnostic] = new.reported()
    for old_key, new_key in keys:
        left_old, brought = _unmatched(left_old, brought, old_key, new_key)
    left_old += [one for one in old.diagnostics if one.suppressed is not None]
    suppressed = [one for one in new.diagnostics if one.suppressed is not None]
    for old_key, new_key in keys:
        left_old, suppressed = _unmatched(left_old, suppressed, old_key, new_key)
    left = {id(one) for one in (*brought, *suppressed)}
    return [one for one in new.diagnostics if id(one) in left]


def _unmatched(
    old: Sequence[Diagnostic], new: Sequence[Diagnostic], old_key: Key, new_key: Key
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Return what is left on both sides when findings of one key are paired; those of key None are not."""
    waiting: dict[object, int] = {}
    for diagnostic in old:
        waiting[old_key(diagnostic)] = waiting.get(old_key(diagnostic), 0) + 1
    left: list[Diagnostic] = []
    used: dict[object, int] = {}
    for diagnostic in new:
        about = new_key(diagnostic)
        if about is not None and waiting.get(about, 0) > used.get(about, 0):
            used[about] = used.get(about, 0) + 1
        else:
            left.append(diagnostic)
    return _without(old, old_key, used), left


def _without(diagnostics: Iterable[Diagnostic], key: Key, used: dict[object, int]) -> list[Diagnostic]:
    left = []
    for diagnostic in diagnostics:
        about = key(diagnostic)
        if used.get(about, 0):
            used[about] -= 1
        else:
            left.append(diagnostic)
    return left
