"""Suppressions: which findings are set aside, by a comment or by configuration, and which suppressions are at fault."""

from __future__ import annotations

import re
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
from iamlint.source.near import nearest
from iamlint.source.place import Place
from iamlint.source.regex import regex

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
        comments = self._comments_of(path)
        if not comments and not self._settings.ignores:
            return None
        for comment in comments:
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

    def faults(self, commented: Iterable[str], ran: Mapping[str, Any], known: Iterable[Any] = ()) -> Iterator[RuleFinding]:
        """Yield the suppressions that are unexplained, expired, or suppress nothing.

        `ran` holds the ids of the rules that ran: a suppression of a rule that did not run cannot be called useless. `known`
        are all rules there are: one of a name that none of them has is useless, unless a package that is not here may have it.
        """
        commented = sorted(commented)
        if not (commented or self._settings.ignores or self._settings.over):
            return
        names = _Names(ran, known)
        for path in commented:
            for comment in self._comments_of(path):
                refusal = self._settings.gate.refusal(path, comment=True)
                if refusal is not None:
                    message = f"this suppression of `{', '.join(comment.ids)}` does not count: {refusal}"
                    yield _fault(REFUSED_SUPPRESSION, message, comment.place)
                    continue
                if comment.ids and not comment.reason:
                    message = f"this suppression of `{', '.join(comment.ids)}` gives no reason, so it does not count"
                    yield _fault(UNEXPLAINED_SUPPRESSION, message, comment.place)
                    continue
                if not comment.ids:
                    message = "this suppression names no rule, so it does not count"
                    yield _fault(USELESS_SUPPRESSION, message, comment.place, "write `iamlint: ignore[RULE] reason`")
                for name in comment.ids:
                    if names.is_wrong(name):
                        yield _fault(USELESS_SUPPRESSION, f"`{name}` names no rule", comment.place, names.help(name))
                    elif (path, comment.line, name) not in self._used_comments and names.ran(name):
                        message = f"`{name}` finds nothing here to suppress"
                        yield _fault(USELESS_SUPPRESSION, message, comment.place, _WHERE)
        for entry in self._settings.over:
            message = f"`{entry.rule}` was switched off until {entry.until}, and runs again"
            yield _fault(EXPIRED_SUPPRESSION, message, entry.place)
        for number, ignore in enumerate(self._settings.ignores):
            refusal = self._settings.gate.refusal(ignore.place.path)
            if refusal is not None:
                message = f"the entry for `{ignore.rule}` under `ignores` does not count: {refusal}"
                yield _fault(REFUSED_SUPPRESSION, message, ignore.place)
            elif names.is_wrong(ignore.rule):
                message = f"the entry for `{ignore.rule}` under `ignores` names no rule"
                yield _fault(USELESS_SUPPRESSION, message, ignore.place, names.help(ignore.rule))
            elif not ignore.reason:
                yield _fault(
                    UNEXPLAINED_SUPPRESSION, f"the entry for `{ignore.rule}` under `ignores` gives no reason", ignore.place
                )
            elif self._expired(ignore):
                yield _fault(
                    EXPIRED_SUPPRESSION, f"the entry for `{ignore.rule}` under `ignores` ended on {ignore.until}", ignore.place
                )
            elif number not in self._used_ignores and names.ran(ignore.rule):
                yield _fault(
                    USELESS_SUPPRESSION, f"the entry for `{ignore.rule}` under `ignores` suppresses nothing", ignore.place
                )

    def _comments_of(self, path: str) -> list[InlineSuppression]:
        known = self._comments.get(path)
        if known is None:
            known = self._comments[path] = list(self._inline(path))
        return known

    def _matches(self, ignore: Ignore, rule_id: str, rule_names: tuple[str, ...], path: str, at: Place) -> bool:
        if ignore.rule != rule_id and ignore.rule not in rule_names:
            return False
        if ignore.path:
            from iamlint.source.globs import path_matches

            if not path_matches(ignore.path, path):
                return False
        if ignore.route:
            wanted = _route(ignore.route)
            if _route("/".join(map(str, at.route)))[: len(wanted)] != wanted:
                return False
        return not ignore.sid or self._sids(at) == ignore.sid

    def _expired(self, ignore: Ignore) -> bool:
        return bool(ignore.until) and ignore.until < self._settings.today


_ID = regex(r"[A-Z]+(?=[0-9])")
"""The domain of an id, whatever follows its digits."""


class _Names:
    """What rules are called: those that ran, and all there are."""

    def __init__(self, ran: Mapping[str, Any], known: Iterable[Any]) -> None:
        self._ran = _names_of(ran.values())
        self._known = _names_of([*known, *RESERVED.values()]) | self._ran
        self._prefixes = {name.rstrip("0123456789") for name in self._known if name.isupper() and name[-1].isdigit()}

    def ran(self, name: str) -> bool:
        """Return whether a rule of this name ran."""
        return name in self._ran

    def is_wrong(self, name: str) -> bool:
        """Return whether this is a mistyped name, and not that of a rule whose package is not here."""
        if name in self._known:
            return False
        if "-" not in name:
            return (_ID.match(name.upper()) or [name])[0] in self._prefixes
        return bool(self._near(name))

    def help(self, name: str) -> str:
        """Return what the name may have been meant to be."""
        if name.upper() in self._prefixes or any(known.startswith(name) for known in self._known):
            return "a suppression names single rules"
        return self._near(name) or "`iamlint rules list` shows all"

    def _near(self, name: str) -> str:
        near = nearest(name, self._known, 0.8)
        return f"did you mean `{near}`?" if near is not None else ""


def _names_of(rules: Iterable[Any]) -> set[str]:
    return {name for rule in rules for name in (rule.id, rule.name, *rule.aliases)}


def _route(text: str) -> list[str]:
    """Return the keys of a route, however it is written: `Statement/0/Action`, `Statement[0].Action`."""
    return [part for part in re.split(r"[/.\[\]]+", text) if part]


def _fault(id: str, message: str, place: Place, help: str = "") -> RuleFinding:
    rule = RESERVED[id]
    return RuleFinding(rule, rule.severity, Finding(message, place, help=help, subject=message))


__all__ = ["Diagnostic", "Suppressor"]


_WHERE = "a comment counts for its own line and the one below: put it where the finding points, or take it away"
