"""CODEOWNERS: who answers for which files. The last entry that covers a file decides ("About code owners")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from iamlint.source.globs import glob_matches
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple


class CodeownersEntry(NamedTuple):
    """A pattern and its owners (`@org/team`, `@user`, an e-mail). No owners: the files belong to nobody again."""

    pattern: str
    owners: tuple[str, ...]
    place: Place


def parse_codeowners(data: bytes, path: str) -> list[CodeownersEntry]:
    """Return the entries of a CODEOWNERS file, in order; lines that make no sense are left out, as GitHub does."""
    return list(_entries(data, path))


def owners_of(entries: Iterable[CodeownersEntry], path: str) -> CodeownersEntry | None:
    """Return the entry that decides for a file, or None."""
    found = None
    for entry in entries:
        if covers(entry.pattern, path):
            found = entry
    return found


def covers(pattern: str, path: str) -> bool:
    """Return whether a pattern covers a file: as in `.gitignore`, except that `docs/*` does not reach into folders."""
    parts, inside = _steps(pattern)
    reached = _closed({0}, parts)
    for segment in path.split("/"):
        after: set[int] = set()
        for index in reached:
            if index == len(parts):
                if inside:
                    after.add(index)
            elif parts[index] == "**":
                after.add(index)
            elif glob_matches(parts[index], segment):
                after.add(index + 1)
        reached = _closed(after, parts)
    return len(parts) in reached


def _closed(reached: set[int], parts: tuple[str, ...]) -> set[int]:
    """Add the positions that are reached by letting `**` stand for nothing."""
    found = set(reached)
    for index in sorted(reached):
        while index < len(parts) and parts[index] == "**":
            index += 1
            found.add(index)
    return found


_WORD = re.compile(rb"(?:\\.|[^\s\\])+")


def _entries(data: bytes, path: str) -> Iterator[CodeownersEntry]:
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    for line in data[start:].splitlines(keepends=True):
        words = []
        for match in _WORD.finditer(line):
            if match[0].startswith(b"#"):
                break
            words.append(match)
        if words and not words[0][0].startswith((b"[", b"^[", b"!")):  # sections of GitLab; negation does not exist
            texts = [word[0].decode("utf-8", "replace") for word in words]
            span = (start + words[0].start(), start + words[-1].end())
            yield CodeownersEntry(texts[0].replace("\\ ", " "), tuple(texts[1:]), Place(path, span=span))
        start += len(line)


@lru_cache(maxsize=4096)
def _steps(pattern: str) -> tuple[tuple[str, ...], bool]:
    """Return the segments of a pattern (`**`: any number of folders), and whether what lies inside a match matches too."""
    anchored = "/" in pattern.rstrip("/")
    parts = tuple(re.sub(r"\*{2,}", "*", part) if part != "**" else part for part in pattern.strip("/").split("/"))
    if not anchored:
        parts = ("**", *parts)
    if pattern.endswith("/"):
        return (*parts, "**", "*"), False
    return parts, not (anchored and parts[-1] == "*")
