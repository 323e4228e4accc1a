"""The letters of a text as Terraform counts them: grapheme clusters (Unicode Standard Annex 29), not code points."""

from __future__ import annotations

import unicodedata

_JOINING = ((0x1100, 0x11FF), (0xA960, 0xA97C), (0xAC00, 0xD7FB), (0x1F1E6, 0x1F1FF), (0x1F3FB, 0x1F3FF), (0xFF9E, 0xFF9F))
"""Hangul, the letters that flags are made of, tones of skin, half-width sound marks: they join with their neighbors."""
_OTHERS = frozenset("\u0e33\u0eb3\u0d4e\U000111c2\U000111c3\U0001193f\U00011941\U00011a3a\U00011f02")
_VIRAMA = 9


def letters(text: str) -> list[str] | None:
    """Return the letters of a text; None when a rule would decide that depends on tables of one Unicode version."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    result: list[str] = []
    for character in text:
        if character.isascii():
            if character == "\n" and result and result[-1] == "\r":
                result[-1] = "\r\n"
            else:
                result.append(character)
            continue
        kind = unicodedata.category(character)
        if kind in ("Mn", "Me"):
            if (
                not result
                or unicodedata.category(result[-1][0]) in ("Cc", "Zl", "Zp")
                or unicodedata.combining(character) == _VIRAMA
            ):
                return None
            result[-1] += character
        elif kind in ("Mc", "Cf", "Cn", "Co") or character in _OTHERS or _joins(ord(character)):
            return None
        else:
            result.append(character)
    return result


def _joins(code: int) -> bool:
    return any(low <= code <= high for low, high in _JOINING)
