"""What a secret written in a file looks like. Only the kind is ever told, never the text."""

from __future__ import annotations

import re

from iamlint.parse.telemetry import lightstep

_PREFIXED = (
    ("GitHub token", re.compile(r"(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})")),
    ("GitLab token", re.compile(r"glpat-[A-Za-z0-9_-]{20,}")),
    ("Slack token", re.compile(r"xox[abprs]-[A-Za-z0-9-]{20,}")),
    ("Datadog key", re.compile(r"ddp_[A-Za-z0-9]{32,}")),
    ("Grafana token", re.compile(r"(?:glsa|glc)_[A-Za-z0-9+/=_]{30,}")),
    ("private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*", re.DOTALL)),
)

# "AWS access key ID": AKIA is long-lived, ASIA belongs to a session. The secret part: forty characters of this alphabet.
ACCESS_KEY_ID = re.compile(r"AKIA[A-Z2-7]{16}")
_SECRET_ACCESS_KEY = re.compile(r"[A-Za-z0-9+/]{40}")
_SECRET_NAME = re.compile(r"aws[-_ ]?secret(?:[-_ ]?access)?[-_ ]?key|^secret[-_ ]?access[-_ ]?key$", re.IGNORECASE)


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
    if name.lower() == lightstep.HEADER or name.upper() in lightstep.TOKEN_VARIABLES:
        return "Lightstep access token" if lightstep.is_secret_literal(text) else None
    if (name.upper() in lightstep.API_KEY_VARIABLES or name.lower() == "lightstep_api_key") and lightstep.is_secret_literal(text):
        return "Lightstep API key"
    if name.upper() in lightstep.SATELLITE_KEY_VARIABLES and lightstep.is_secret_literal(text):
        return "Lightstep satellite key"
    return None
