"""Globs of paths, as the configuration writes them."""

from __future__ import annotations

from fnmatch import fnmatchcase


def path_matches(pattern: str, path: str) -> bool:
    """Return whether a configured glob covers a path: `**` and `*` cross folders, a folder covers what is in it."""
    pattern = pattern.rstrip("/")
    return fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}/*") or fnmatchcase(f"/{path}", f"*/{pattern}")
