"""Words in names: which environment or team a name, path or label shows.

A name is cut into words at everything that is neither letter nor digit, and where camel case starts a new word; trailing
numbers do not count (`prod2` is `prod`). The longest pattern wins (`pre-prod` before `prod`), a negated word shows
nothing (`non-prod`), nor does one that means something else there (`DevOps`), and a name that shows two environments shows none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

_WORD = regex(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_UNKNOWN = regex(r"⟨(?:[^⟨⟩]|⟨[^⟨⟩]*⟩)*⟩")
_NEGATIONS = frozenset({"non", "not", "no"})
_BEHIND = {
    "dev": frozenset({"center", "container", "containers", "endpoint", "endpoints", "guru", "kit", "ops", "sec", "tools"}),
    "stage": frozenset({"machine", "name", "variable", "variables"}),
}
_BEFORE = {
    word: frozenset({
        "ab", "chaos", "contract", "fuzz", "load", "pen", "penetration", "performance", "security", "smoke", "stress", "tool",
        "unit",
    }) for word in ("test", "testing")
}  # fmt: skip
"""What makes another thing of an environment's word: `DevOps`, Glue's `DevEndpoint`, `load-testing`."""


class WordPattern(NamedTuple):
    """One pattern of one label: words in a row, or a glob over the whole name."""

    label: str
    words: tuple[str, ...]
    glob: str | None


def patterns(label: str, texts: Iterable[str]) -> tuple[WordPattern, ...]:
    """Return the patterns that the texts make for a label."""
    made = []
    for text in texts:
        if any(mark in text for mark in "*?["):
            made.append(WordPattern(label, (), text.casefold()))
        elif words := words_of(text):
            made.append(WordPattern(label, words, None))
    return tuple(made)


@lru_cache(maxsize=65536)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, folded: `checkoutProd-eu1` → `checkout`, `prod`, `eu`."""
    return tuple(word.casefold() for word in _WORD.findall(name[:1000]) if not word.isdigit())


def shown_in(name: str, known: Sequence[WordPattern]) -> str | None:
    """Return the one label that the name shows, or None when it shows none or several."""
    if not known:
        return None
    globs, by_first, first = _prepared(known)
    folded = name.casefold()
    if not globs and first.search(folded) is None:
        return None  # a word of a name stands in it letter by letter
    if "⟨" in name:  # what is not known shows nothing, though it is written as the place that makes it: `⟨infra/prod#var.name⟩`
        name = _UNKNOWN.sub("⟨⟩", name)
        folded = name.casefold()
    words = words_of(name)
    if not globs and by_first.keys().isdisjoint(words):
        return None
    labels = {pattern.label for pattern in globs if pattern.glob is not None and fnmatchcase(folded, pattern.glob)}
    if len(labels) == 1:
        return next(iter(labels))
    position = 0
    while position < len(words):
        for pattern in by_first.get(words[position], ()):
            length = len(pattern.words)
            if words[position : position + length] == pattern.words:
                if not _means_otherwise(words, position, length):
                    labels.add(pattern.label)
                position += length
                break
        else:
            position += 1
    return next(iter(labels)) if len(labels) == 1 else None


def _means_otherwise(words: tuple[str, ...], position: int, length: int) -> bool:
    """Return whether the word before or behind says that a label's words mean something else."""
    before = words[position - 1] if position else ""
    behind = words[position + length] if position + length < len(words) else ""
    if before in _NEGATIONS:
        return True
    word = words[position]
    return length == 1 and (behind in _BEHIND.get(word, ()) or before in _BEFORE.get(word, ()))


class _Prepared(NamedTuple):
    """Patterns in the order in which they are asked: globs, and the others by their first word, the longest first.

    `first` finds some first word in a folded name, wherever it stands.
    """

    globs: list[WordPattern]
    by_first: dict[str, list[WordPattern]]
    first: re.Pattern[str]


_remembered: dict[int, tuple[Sequence[WordPattern], _Prepared]] = {}
_MOST = 8


def _prepared(known: Sequence[WordPattern]) -> _Prepared:
    """Return the patterns prepared. The same few are asked for every node of a graph, by turns, so they are remembered."""
    found = _remembered.get(id(known))
    if found is None or found[0] is not known:
        by_first: dict[str, list[WordPattern]] = {}
        for pattern in sorted((pattern for pattern in known if pattern.words), key=lambda pattern: -len(pattern.words)):
            by_first.setdefault(pattern.words[0], []).append(pattern)
        if len(_remembered) >= _MOST:
            _remembered.clear()
        globs = [pattern for pattern in known if pattern.glob is not None]
        first = re.compile("|".join(map(re.escape, by_first)) or "(?!)")
        found = _remembered[id(known)] = (known, _Prepared(globs, by_first, first))
    return found[1]
