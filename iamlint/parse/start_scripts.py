"""Start scripts of instances: whoever may describe an instance reads them, and the secrets in them."""

from __future__ import annotations

from iamlint.parse.secret_texts import is_secret_name, looks_secret
from iamlint.source.regex import regex

WHAT = "secret in the start script of an instance"

_ASSIGNED = regex(
    r"""(?m)(?:^[ \t]*(?:export[ \t]+|set[ \t]+|(\$(?:env:)?))?|[ \t](?:-e|--env)[ \t=]["']?)([A-Za-z_]\w*)[ \t]*="""
    r"""(?(1)[ \t]*(?:"([^"\n$`]+)"|'([^'\n]+)')|(?:"([^"\n$`\\]+)"|'([^'\n]+)'|([^\s"'$`\\;&|<>(){}]+)))"""
)
"""A shell, PowerShell (`$name = "…"`), or an option of `docker run` that gives a variable a literal value."""

_SHORTEST = 6


def assigned(text: str) -> list[tuple[int, int]]:
    """Return the stretches of the literal values under names of secrets."""
    found = []
    for match in _ASSIGNED.finditer(text) if "=" in text else ():
        group = match.lastindex or 1
        if is_secret_name(match[2]) and looks_secret(match[group]) and len(match[group]) >= _SHORTEST:
            found.append(match.span(group))
    return found


def decoded(text: str) -> str:
    """Return the script that a text holds in Base64; nothing when it does not."""
    from base64 import b64decode

    try:
        return b64decode(text).decode("utf-8", "replace")
    except ValueError:
        return ""
