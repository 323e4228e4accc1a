"""Suppressions: which findings are set aside, by a comment or by configuration, and which suppressions are at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from iamlint.lint.engine import RuleFinding
from iamlint.lint.finding import Diagnostic, Finding
from iamlint.lint.reserved import (
    EXPIRED_SUPPRESSION,
    REFUSED_SUPPRESSION,
    RESERVED,
    UNEXPLAINED_SUPPRESSION,
    USELESS_SUPPRESSION,
)  # fmt: skip
from iamlint.lint.settings import Ignore, RuleSettings
from iamlint.source.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.source.comments import InlineSuppression

UNSUPPRESSABLE = frozenset({USELESS_SUPPRESSION, UNEXPLAINED_SUPPRESSION, EXPIRED_SUPPRESSION, REFUSED_SUPPRESSION})


class Suppressor:
    """Decides for one run. Ask `reason` for every diagnostic, then `faults` for the suppressions themselves.

    `inline` gives the suppression comments of a file; it is asked only for files with a finding, and in `faults`
    for the files in `commented` (those whose bytes hold a suppression comment at all).
    """

    def __init__(
        self,
        settings: RuleSettings,
        inline: Callable[[str], Iterable[InlineSuppression]],
        sids: Callable[[Place], str | None],
    ) -> None:
        self._settings = settings
        self._inline = inline
        self._sids = sids
        self._comments: dict[str, list[InlineSuppression]] = {}
        self._used_comments: set[tuple[str, int, str]] = set()
        self._used_ignores: set[int] = set()

    def reason(self, rule_id: str, rule_names: tuple[str, ...], path: str, line: int, end_line: int, at: Place) -> str | None:
        """Return why a finding is suppressed, or None when it is not."""
        if rule_id in UNSUPPRESSABLE:
            return None
        for comment in self._comments_of(path):
            if comment.first_line <= line <= comment.last_line:
                for name in comment.ids:
                    if name == rule_id or name in rule_names:
                        self._used_comments.add((path, comment.line, name))
                        if comment.reason and self._settings.gate.refusal(path, comment=True) is None:
                            return comment.reason
        for number, ignore in enumerate(self._settings.ignores):
            if self._matches(ignore, rule_id, rule_names, path, at):
                self._used_ignores.add(number)
                if ignore.reason and not self._expired(ignore) and self._settings.gate.refusal(ignore.place.path) is None:
                    return ignore.reason
        return None

    def faults(self, commented: Iterable[str], ran: Mapping[str, Any]) -> Iterator[RuleFinding]:
        """Yield the suppressions that are unexplained, expired, or suppress nothing.

        `ran` holds the ids of the rules that ran: a suppression of a rule that did not run cannot be called useless.
        """
        for path in sorted(commented):
            for comment in self._comments_of(path):
                refusal = self._settings.gate.refusal(path, comment=True)
                if refusal is not None:
                    message = f"this suppression of `{', '.join(comment.ids)}` does not count: {refusal}"
                    yield _fault(REFUSED_SUPPRESSION, message, comment.place)
                    continue
                if not comment.reason:
                    message = f"this suppression of `{', '.join(comment.ids)}` gives no reason, so it does not count"
                    yield _fault(UNEXPLAINED_SUPPRESSION, message, comment.place)
                    continue
                for name in comment.ids:
                    if (path, comment.line, name) not in self._used_comments and _ran(name, ran):
                        yield _fault(USELESS_SUPPRESSION, f"`{name}` finds nothing here to suppress", comment.place)
        for entry in self._settings.over:
            message = f"`{entry.rule}` was switched off until {entry.until}, and runs again"
            yield _fault(EXPIRED_SUPPRESSION, message, entry.place)
        for number, ignore in enumerate(self._settings.ignores):
            refusal = self._settings.gate.refusal(ignore.place.path)
            if refusal is not None:
                message = f"the entry for `{ignore.rule}` under `ignores` does not count: {refusal}"
                yield _fault(REFUSED_SUPPRESSION, message, ignore.place)
            elif not ignore.reason:
                yield _fault(
                    UNEXPLAINED_SUPPRESSION, f"the entry for `{ignore.rule}` under `ignores` gives no reason", ignore.place
                )
            elif self._expired(ignore):
                yield _fault(
                    EXPIRED_SUPPRESSION, f"the entry for `{ignore.rule}` under `ignores` ended on {ignore.until}", ignore.place
                )
            elif number not in self._used_ignores and _ran(ignore.rule, ran):
                yield _fault(
                    USELESS_SUPPRESSION, f"the entry for `{ignore.rule}` under `ignores` suppresses nothing", ignore.place
                )

    def _comments_of(self, path: str) -> list[InlineSuppression]:
        if path not in self._comments:
            self._comments[path] = list(self._inline(path))
        return self._comments[path]

    def _matches(self, ignore: Ignore, rule_id: str, rule_names: tuple[str, ...], path: str, at: Place) -> bool:
        if ignore.rule != rule_id and ignore.rule not in rule_names:
            return False
        if ignore.path:
            from fnmatch import fnmatchcase

            if not fnmatchcase(path, ignore.path):
                return False
        if ignore.route and not _route_text(at).startswith(ignore.route):
            return False
        return not ignore.sid or self._sids(at) == ignore.sid

    def _expired(self, ignore: Ignore) -> bool:
        return bool(ignore.until) and ignore.until < self._settings.today


def _ran(name: str, ran: Mapping[str, Any]) -> bool:
    return any(name == rule.id or name == rule.name or name in rule.aliases for rule in ran.values())


def _route_text(at: Place) -> str:
    return "/".join(map(str, at.route))


def _fault(id: str, message: str, place: Place) -> RuleFinding:
    rule = RESERVED[id]
    return RuleFinding(rule, rule.severity, Finding(message, place, subject=message))


__all__ = ["Diagnostic", "Suppressor"]
