"""Near matches: which known word somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(text: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the candidate that looks most like the text (case aside), or None when none is near."""
    by_folded: dict[str, str] = {}
    for candidate in sorted(candidates):
        by_folded.setdefault(candidate.casefold(), candidate)
    found = close_matches(text[:200].casefold(), by_folded, 1, cutoff)
    return by_folded[found[0]] if found else None


def close_matches(word: str, candidates: Iterable[str], limit: int, cutoff: float) -> list[str]:
    """Return what `difflib.get_close_matches` does; its upper bound, which is most of the work, comes from counting letters."""
    from difflib import SequenceMatcher  # met only when something is wrong
    from heapq import nlargest

    matcher: SequenceMatcher[str] = SequenceMatcher()
    matcher.set_seq2(word)
    letters = [(letter, word.count(letter)) for letter in set(word)]
    foreign = bytes(letter for letter in range(128) if chr(letter) not in word)
    length = len(word)
    near: list[tuple[float, str]] = []
    for candidate in candidates:
        size = length + len(candidate)
        if size and 2.0 * min(length, len(candidate)) / size < cutoff:
            continue
        bound = 2.0 * len(candidate.encode().translate(None, foreign)) / size if size and candidate.isascii() else 1.0
        if bound >= cutoff:
            near.append((bound, candidate))
    found: list[tuple[float, str]] = []

    def compare(candidate: str) -> None:
        nonlocal cutoff
        matcher.set_seq1(candidate)
        ratio = matcher.ratio()
        if ratio >= cutoff:
            found.append((ratio, candidate))
            if len(found) >= limit:
                cutoff = nlargest(limit, found)[-1][0]

    # The most promising first: what cannot be nearer than those that were found is not compared.
    first = nlargest(limit, [candidate for _, candidate in near], lambda candidate: _begin_alike(word, candidate))
    for candidate in first:
        compare(candidate)
    # The same bound, closer: not only whether a letter stands in the word, but how often.
    closer = [
        (2.0 * sum([min(n, candidate.count(letter)) for letter, n in letters]) / max(1, length + len(candidate)), candidate)
        for bound, candidate in near
        if bound >= cutoff and candidate not in first
    ]
    for bound, candidate in sorted(closer, reverse=True):
        if bound < cutoff:
            break
        compare(candidate)
    return [candidate for _, candidate in nlargest(limit, found)]


def _begin_alike(word: str, other: str) -> int:
    """Return with how many letters both words begin alike."""
    for at, (left, right) in enumerate(zip(word, other, strict=False)):
        if left != right:
            return at
    return min(len(word), len(other))


def did_you_mean(text: str, candidates: Iterable[str]) -> str:
    """Return ``did you mean `x`?`` for the nearest candidate, or nothing."""
    found = nearest(text, candidates)
    return f"did you mean `{found}`?" if found is not None else ""
