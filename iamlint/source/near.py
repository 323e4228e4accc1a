"""Near matches: which known word somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(text: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the candidate that looks most like the text (case aside), or None when none is near."""
    from difflib import get_close_matches  # met only when something is wrong

    by_folded: dict[str, str] = {}
    for candidate in sorted(candidates):
        by_folded.setdefault(candidate.casefold(), candidate)
    found = get_close_matches(text[:200].casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else None


def did_you_mean(text: str, candidates: Iterable[str]) -> str:
    """Return ``did you mean `x`?`` for the nearest candidate, or nothing."""
    found = nearest(text, candidates)
    return f"did you mean `{found}`?" if found is not None else ""
