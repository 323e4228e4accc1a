"""What a secret written in a file looks like. Only the kind is ever told, never the text."""

from __future__ import annotations

import re

from iamlint.parse.telemetry import lightstep
from iamlint.parse.telemetry.vendors import HEADERS, VARIABLES, VENDORS
from iamlint.source.regex import regex

_PREFIXED = (
    ("GitHub token", regex(r"(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})")),
    ("GitLab token", regex(r"glpat-[A-Za-z0-9_-]{20,}")),
    ("Slack token", regex(r"xox[abprs]-[A-Za-z0-9-]{20,}")),
    ("Datadog key", regex(r"ddp_[A-Za-z0-9]{32,}")),
    ("Grafana token", regex(r"(?:glsa|glc)_[A-Za-z0-9+/=_]{30,}")),
    ("private key", regex(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*", re.DOTALL)),
)

# "AWS access key ID": AKIA is long-lived, ASIA belongs to a session. The secret part: forty characters of this alphabet.
ACCESS_KEY_ID = regex(r"AKIA[A-Z2-7]{16}")
_SECRET_ACCESS_KEY = regex(r"[A-Za-z0-9+/]{40}")
_SECRET_NAME = regex(r"aws[-_ ]?secret(?:[-_ ]?access)?[-_ ]?key|^secret[-_ ]?access[-_ ]?key$", re.IGNORECASE)


def literal_secret(name: str, text: str) -> str | None:
    """Return what kind of secret a text is that stands under a name, or None when it is none.

    The name decides where the look of the text cannot: forty characters may as well be a commit.
    """
    text = text.strip()
    if len(text) < 16 or "${" in text or "{{" in text:
        return None
    for kind, look in _PREFIXED:
        if look.fullmatch(text) is not None:
            return kind
    if _SECRET_NAME.search(name) and _SECRET_ACCESS_KEY.fullmatch(text) and "EXAMPLE" not in text:
        return "AWS secret access key"
    return _of_vendor(name, text)


def _of_vendor(name: str, text: str) -> str | None:
    """Return what kind of telemetry token stands under a variable's or header's name."""
    known = VARIABLES.get(name.upper())
    vendor = known[0] if known is not None else HEADERS.get(name.lower()) or _BY_INPUT.get(name.lower())
    if vendor is None:
        return None
    if vendor.name == lightstep.VENDOR:
        kind = known[1] if known is not None else "api-key" if name.lower() in _BY_INPUT else "access-token"
        return f"{vendor.title} {_bare(vendor.kinds[kind])}" if lightstep.is_secret_literal(text) else None
    if vendor.token.fullmatch(text) is None or lightstep.is_placeholder(text):
        return None
    return f"{vendor.title} {_bare(vendor.kinds[known[1]]) if known is not None else 'API key'}"


def _bare(words: str) -> str:
    return words.partition(" ")[2]


_BY_INPUT = {"lightstep_api_key": VENDORS["lightstep"]}
"""Inputs of actions that are called otherwise than the variables."""
