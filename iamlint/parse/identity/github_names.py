"""Names of GitHub's teams and accounts."""

from __future__ import annotations

import re

from iamlint.source.value import Value, concat

PROVIDER = "github"


def slug_of(name: Value) -> Value:
    """Return the slug that GitHub makes of a team's name: lower case, hyphens for everything else."""
    if not isinstance(name, str):
        return name
    return re.sub(r"[^a-z0-9_.]+", "-", name.casefold()).strip("-") or name


def account(login: Value) -> Value:
    """Return the name of an account's node: logins are no addresses, and are told apart by the provider."""
    return f"{PROVIDER}/{login.casefold()}" if isinstance(login, str) else concat([f"{PROVIDER}/", login])
