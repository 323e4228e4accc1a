"""Globs: of paths, as the configuration writes them, and of names (`*` and `?`, as in AWS actions), linear in the text."""

from __future__ import annotations


def path_matches(pattern: str, path: str) -> bool:
    """Return whether a configured glob covers a path: `**` and `*` cross folders, a folder covers what is in it.

    `**/` also stands for no folder at all.
    """
    from fnmatch import fnmatchcase

    pattern = pattern.rstrip("/")
    if f"/{pattern}".count("/**/") and path_matches(f"/{pattern}".replace("/**/", "/", 1)[1:], path):
        return True
    return fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}/*") or fnmatchcase(f"/{path}", f"*/{pattern}")


def is_glob(text: str) -> bool:
    """Return whether the text is a pattern and not a name."""
    return "*" in text or "?" in text


def glob_matches(pattern: str, text: str) -> bool:
    """Return whether a pattern of `*` and `?` covers the whole text, case and all."""
    if "*" not in pattern and "?" not in pattern:
        return pattern == text
    at, position, star, mark = 0, 0, -1, 0
    while position < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, position
            at += 1
        elif at < len(pattern) and (pattern[at] == "?" or pattern[at] == text[position]):
            at += 1
            position += 1
        elif star >= 0:
            mark += 1
            at, position = star + 1, mark
        else:
            return False
    return all(character == "*" for character in pattern[at:])
