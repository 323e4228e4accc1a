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
        # The same bound from above, twice: what of the candidate stands in the word at all, then how often.
        if candidate.isascii() and size and 2.0 * len(candidate.encode().translate(None, foreign)) / size < cutoff:
            continue
        bound = 2.0 * sum([min(times, candidate.count(letter)) for letter, times in letters]) / size if size else 1.0
        if bound >= cutoff:
            near.append((bound, candidate))
    found: list[tuple[float, str]] = []
    # The most promising first: what cannot be nearer than those that were found is not compared.
    for bound, candidate in sorted(near, reverse=True):
        if bound < cutoff:
            break
        matcher.set_seq1(candidate)
        ratio = matcher.ratio()
        if ratio >= cutoff:
            found.append((ratio, candidate))
            if len(found) >= limit:
                cutoff = nlargest(limit, found)[-1][0]
    return [candidate for _, candidate in nlargest(limit, found)]


def did_you_mean(text: str, candidates: Iterable[str]) -> str:
    """Return ``did you mean `x`?`` for the nearest candidate, or nothing."""
    found = nearest(text, candidates)
    return f"did you mean `{found}`?" if found is not None else ""
