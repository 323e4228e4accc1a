"""Placeholders that somebody was to fill in: `ACCOUNT_ID`, `<my-org-id>`, `REPLACE_ME`."""

from __future__ import annotations

from functools import lru_cache

from iamlint.source.regex import regex

FILL_IN = "write the value, or fill the file in before AWS reads it"
_ANYWHERE = regex(
    r"<[A-Za-z][\w .:/-]{0,60}>|\{\{[^{}]{1,60}\}\}|"
    r"(?<![A-Za-z0-9])(?:YOUR[-_][A-Z][A-Z0-9_-]*|REPLACE[-_]?(?:ME|THIS|WITH[A-Z0-9_-]*)|CHANGE[-_]?(?:ME|THIS))(?![A-Za-z0-9])"
)
"""What no name of anything looks like."""

_WORDS = regex(
    r"(?i)[$%@#_<{\[(]*(?:(?:aws|your|my|the|target|source|trusted|other)[-_ ]?)*"
    r"(?:account|acct|acc|region|vpc|vpce|org|organization|principal|ip)(?:[-_ ]?(?:id|number|no|name|code|here|address))*"
    r"[$%@#_>}\])]*(?:/\d+)?\Z"
)
_MARKED = regex(r"(?:%[A-Za-z_]+%|@@?[A-Za-z_]+@@?|__[A-Za-z_]+__|\[[A-Za-z_ -]+\]|\$[A-Za-z_]+)(?:/\d+)?\Z")
_CROSSED = regex(r"(?i)(?:[a-z]+-)?x{4,}\Z")


@lru_cache(maxsize=20_000)
def placeholder_in(text: str) -> str:
    """Return the first stretch of a text that is a placeholder whatever the text is, or nothing."""
    found = _ANYWHERE.search(text)
    return found[0] if found is not None else ""


@lru_cache(maxsize=5_000)
def is_placeholder(part: str) -> bool:
    """Return whether something that is wrong in its place (no account, no region, no id) is a placeholder and no mistake."""
    return any(pattern.match(part) is not None for pattern in (_WORDS, _MARKED, _CROSSED)) or bool(placeholder_in(part))
