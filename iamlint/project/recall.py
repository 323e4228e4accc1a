"""The answer of `iamlint check` to the same words over the same files: given again without reading any of them."""

from __future__ import annotations

import marshal
import os
import sys

from iamlint.project.entries import load, load_with_text, name_of, store
from iamlint.project.seen import FORMAT, Seen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from iamlint.project.entries import Piece

_NEVER = (
    "--no-cache",
    "--output",
    "--since",
    "--verbose",
    "--stdin-filename",
    "--statistics",
    "--cluster",
    "--fix",
    "--diff",
    "--help",
)
"""Words with which nothing is remembered: they read or write something else, or say how long the run took."""

MOST_EDITS = 20
"""After edits of more documents than this the whole is checked again."""

_SURROUNDINGS = ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "NO_COLOR", "FORCE_COLOR", "TERM")
"""The variables of the environment that decide what is printed."""


def recall(arguments: list[str]) -> tuple[Sequence[Piece], int] | None:
    """Return what the remembered run printed, in pieces, and its exit code; None when there is none or something has changed."""
    question = _question(arguments)
    entry = load_with_text(name_of(question, "answer")) if question is not None else None
    if entry is None or entry[0][:2] != (FORMAT, question):
        return None
    held, output = entry
    _, _, name, id, code = held
    known = load(name)
    if known is None or known[0] != id:
        return None
    seen = Seen(known)
    if not seen.holds(MOST_EDITS):
        return None
    if seen.changed:
        from iamlint.project.amend import amended

        return amended(arguments, held, output, seen)
    if seen.renewed:
        store(name, seen.values())
    return [output], code


def remember(arguments: list[str], name: str, id: str, code: int, output: bytes) -> None:
    """Keep what a run printed; `name` and `id` are those of the entry of what it looked at."""
    question = _question(arguments)
    if question is not None:
        store(name_of(question, "answer"), (FORMAT, question, name, id, code), [output])


def _question(arguments: list[str]) -> bytes | None:
    for word in arguments:
        if word.partition("=")[0] in _NEVER or (word[:1] == "-" != word[1:2] and word != "-q"):
            return None
    try:
        here = os.getcwd()
        terminal = sys.stdout.isatty()
    except (OSError, ValueError):
        return None
    surroundings: Any = tuple(os.environ.get(name) for name in _SURROUNDINGS)
    return marshal.dumps((arguments, here, surroundings, terminal, sys.executable))
