"""What a run is told about its rules."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.lint.finding import Severity
from iamlint.lint.gate import Gate
from iamlint.lint.rule import Rule
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class LoadedRule(NamedTuple):
    """A rule and the package it came from (`iamlint`, `acme-rules`, a folder)."""

    rule: Rule
    plugin: str


class IdleRule(NamedTuple):
    """What is known without loading a rule that can find nothing in this estate: how it may be called."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    status: str = "stable"


class Ignore(NamedTuple):
    """An entry under `ignores` in the configuration. `path` is a glob; empty fields match everything."""

    rule: str
    path: str
    sid: str
    route: str
    reason: str
    until: str
    place: Place


class RuleSettings(NamedTuple):
    """Selection, severities, options and suppressions, merged from configuration and command line.

    `today` is the day from which ages and end dates are counted (ISO). `over` are rules that were switched off until a day
    that is past.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = {}
    options: Mapping[str, Mapping[str, Any]] = {}
    ignores: tuple[Ignore, ...] = ()
    gate: Gate = Gate()
    strict: bool = False
    today: str = ""
    over: tuple[Ignore, ...] = ()


def is_selected(rule: Rule | IdleRule, settings: RuleSettings) -> bool:
    """Return whether the rule runs: the longest entry that names it decides, `ignore` beats `select` at equal length.

    An entry names a rule by its id, a prefix of the id, its name or an alias (flake8's selection logic).
    A preview rule runs only when an entry of `select` names it by its whole id or name.
    """
    chosen = max((_specificity(entry, rule) for entry in settings.select), default=0)
    refused = max((_specificity(entry, rule) for entry in settings.ignore), default=-1)
    if settings.select and chosen < 0:
        return False
    if rule.status == "preview" and chosen < _WHOLE:
        return False
    return chosen > refused or refused < 0


_WHOLE = 100


def _specificity(entry: str, rule: Rule | IdleRule) -> int:
    if entry in (rule.id, rule.name) or entry in rule.aliases:
        return _WHOLE
    if entry == "ALL":
        return 0
    return len(entry) if rule.id.startswith(entry) else -1
