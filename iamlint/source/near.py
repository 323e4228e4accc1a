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
    """Return what `difflib.get_close_matches` does, whose comparison takes most of the time: bounds from above spare it."""
    from difflib import SequenceMatcher  # met only when something is wrong
    from heapq import nlargest

    length = len(word)
    listed = list(candidates)
    near = [
        (bound, candidate)
        for candidate, letters in zip(listed, _letters_in(word, listed), strict=True)
        if (bound := 2.0 * min(length, letters) / size if (size := length + len(candidate)) else 1.0) >= cutoff
    ]
    if not near:
        return []
    matcher: SequenceMatcher[str] = SequenceMatcher()
    matcher.set_seq2(word)
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
    begun = set(first)
    # Matching blocks consist of letters that stand in both in one order.
    places = _places(word)
    closer = [
        (2.0 * _in_one_order(length, places, candidate) / max(1, length + len(candidate)), candidate)
        for bound, candidate in near
        if bound >= cutoff and candidate not in begun
    ]
    for bound, candidate in sorted(closer, reverse=True):
        if bound < cutoff:
            break
        compare(candidate)
    return [candidate for _, candidate in nlargest(limit, found)]


def _letters_in(word: str, candidates: list[str]) -> list[int]:
    """Return how many letters of each candidate stand in the word at all, or more; told of all together, which is fast."""
    foreign = _ASCII.translate(None, word.encode("ascii", "ignore") + b"\n")
    kept = "\n".join(candidates).encode("utf-8", "surrogatepass").translate(None, foreign).split(b"\n")
    return [*map(len, kept if len(kept) == len(candidates) else candidates)]  # a candidate holds a line end itself


_ASCII = bytes(range(128))


def _places(word: str) -> dict[str, int]:
    """Return where each letter stands in a word, as bit sets."""
    found: dict[str, int] = {}
    for at, letter in enumerate(word):
        found[letter] = found.get(letter, 0) | 1 << at
    return found


def _in_one_order(length: int, places: dict[str, int], other: str) -> int:
    """Return the length of the longest common subsequence with a word of this length (Hyyrö 2004: a row as one number)."""
    every = row = (1 << length) - 1
    for letter in other:
        if letter in places:
            met = row & places[letter]
            row = (row + met | row - met) & every
    return length - row.bit_count()


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
