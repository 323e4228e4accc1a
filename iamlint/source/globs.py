"""Globs of paths, as the configuration writes them."""

from __future__ import annotations


def path_matches(pattern: str, path: str) -> bool:
    """Return whether a configured glob covers a path: `**` and `*` cross folders, a folder covers what is in it."""
    from fnmatch import fnmatchcase

    pattern = pattern.rstrip("/")
    return fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}/*") or fnmatchcase(f"/{path}", f"*/{pattern}")
