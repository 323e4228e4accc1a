"""Findings of two runs matched one to one: which of today's were there before, although lines moved or a file was renamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from iamlint.lint.finding import Diagnostic
from iamlint.report.run import RunReport
from iamlint.source.place import Span

Key = Callable[[Diagnostic], object]


def content_of(report: RunReport) -> Callable[[Diagnostic], str]:
    """Return what gives the text that a finding marks, white space aside; empty where it holds a secret or nothing."""
    lines: dict[str, list[str]] = {}

    def content(diagnostic: Diagnostic) -> str:
        path, span = diagnostic.path, diagnostic.span
        if any(_meet(span, secret) for secret in report.secret_spans.get(path, ())):
            return ""
        if path not in lines:
            lines[path] = (report.sources(path) or b"").decode("utf-8", "replace").split("\n")
        return " ".join(_marked(lines[path], span).split())

    return content


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
        (lambda one: (one.rule, moved_message(one), before(one)), lambda one: (one.rule, one.message, after(one))),
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
    """Return what is left on both sides when findings of one key are paired."""
    waiting: dict[object, int] = {}
    for diagnostic in old:
        waiting[old_key(diagnostic)] = waiting.get(old_key(diagnostic), 0) + 1
    left: list[Diagnostic] = []
    used: dict[object, int] = {}
    for diagnostic in new:
        about = new_key(diagnostic)
        if waiting.get(about, 0) > used.get(about, 0):
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


def _marked(lines: Sequence[str], span: Span) -> str:
    wanted = list(lines[span.line - 1 : span.end_line])
    if not wanted:
        return ""
    wanted[-1] = wanted[-1][: span.end_column - 1]
    wanted[0] = wanted[0][span.column - 1 :]
    return "\n".join(wanted)


def _meet(left: Span, right: Span) -> bool:
    return (left.line, left.column) < (right.end_line, right.end_column) and (right.line, right.column) < (
        left.end_line,
        left.end_column,
    )
