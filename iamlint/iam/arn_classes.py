"""Texts and ARNs that a set of patterns can tell apart: one for each combination of patterns that some text matches alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from iamlint.iam.boxes import Budget, TooManyError
from iamlint.iam.patterns import LITERAL_QUESTION, LITERAL_STAR, compile_pattern, escape

_FRESH = "\U000f0002"
_SYMBOL = "\U000f7fff"
SYMBOLS = 0xF8000
"""Letters from here on stand for a stretch that is not known: equal to itself and matched by `*` alone."""
_STEPS = 300_000
_SIX_PARTS = "arn:*:*:*:*:*"


def arn_classes(region: str, patterns: Sequence[str], budget: Budget | None = None) -> list[tuple[str, int]] | None:
    """Return ARNs that match `region`, each with the bit set of the patterns that it matches. None: too many.

    With every combination of patterns that some ARN matches alone, there is one. ARNs have six parts.
    """
    if "*" not in region and "?" not in region:
        return [(_readable(region, region), arn_bits(region, patterns))]
    found = _classes([_machine(_SIX_PARTS), _machine(region), *map(_machine, patterns)], 2, budget)
    return None if found is None else [(text, bits >> 2) for text, bits in found]


def text_classes(patterns: Iterable[str], arns: Iterable[str] = (), folded: Iterable[str] = ()) -> list[str] | None:
    """Return texts such that every set of patterns that some text matches alone is matched by one of them; None: too many.

    `arns`: patterns that are compared as ARNs. `folded`: patterns in lower case that match ignoring case.
    """
    machines = [_machine(pattern, False) for pattern in patterns] + [_machine(pattern) for pattern in arns]
    found = _classes(machines + [_machine(pattern, False, True) for pattern in folded], 0, None)
    return None if found is None else [text for text, _ in found]


def _classes(machines: list[_Machine], needed: int, budget: Budget | None) -> list[tuple[str, int]] | None:
    """Return a shortest text for every set of automata that accept some text alone; the first `needed` must accept."""
    start = (0, tuple((index, machine.start) for index, machine in enumerate(machines)))
    seen = {start: ""}
    todo = [start]
    found: dict[int, str] = {}
    letters: set[str] = set()
    must = (1 << needed) - 1
    own = Budget(_STEPS)
    cost = 1 + max((machine.size for machine in machines), default=0) // 500  # a step in a long pattern takes longer
    for state in todo:  # grows while it is walked: breadth first, so that the texts are short
        done, alive = state
        text = seen[state]
        matched = done
        for index, states in alive:
            if machines[index].accepts(states):
                matched |= 1 << index
        if matched & must == must:
            found.setdefault(matched, text)
        if not alive:
            continue
        nexts = [(index, machines[index].after(states)) for index, states in alive]
        options = {letter for _, after in nexts for letter in after} - {_SYMBOL, _FRESH, ":"}
        letters |= options
        try:
            own.spend(cost * len(alive) * (len(options) + 2))
            if budget is not None:
                budget.spend(cost * len(alive) * (len(options) + 2))
        except TooManyError:
            return None
        for letter in (*sorted(options), _FRESH, ":"):
            bits, kept = done, []
            default = _SYMBOL if letter >= chr(SYMBOLS) else _FRESH
            for index, after in nexts:
                known = after.get(letter)
                arrived = known if known is not None else after[default]
                if arrived:
                    if machines[index].is_certain(arrived):
                        bits |= 1 << index
                    else:
                        kept.append((index, arrived))
                elif index < needed:
                    break
            else:
                following = (bits, tuple(kept))
                if following not in seen:
                    seen[following] = text + letter
                    todo.append(following)
    named = "".join(letters)
    return [(_readable(text, named), bits) for bits, text in found.items()]


def arn_bits(text: str, patterns: Sequence[str]) -> int:
    """Return the bit set of the patterns that match this ARN."""
    bits = 0
    symbolic = max(text, default="") >= chr(SYMBOLS)
    for index, pattern in enumerate(patterns):
        if symbolic and "?" in pattern:
            bits |= _walks(_machine(pattern), text) << index
        elif _fits(pattern, text):
            bits |= 1 << index
    return bits


def _fits(pattern: str, text: str) -> bool:
    if not pattern.startswith("arn:") or pattern.count(":") < 5:
        return compile_pattern(pattern).matches(text)
    wanted, got = pattern.split(":", 5), text.split(":", 5)
    return len(got) == 6 and all(compile_pattern(one).matches(other) for one, other in zip(wanted, got, strict=True))


def _walks(machine: _Machine, text: str) -> bool:
    states = machine.start
    for letter in escape(text):
        after = machine.after(states)
        found = after.get(letter)
        states = found if found is not None else after[_SYMBOL if letter >= chr(SYMBOLS) else _FRESH]
    return machine.accepts(states)


def _readable(text: str, letters: str) -> str:
    alphabet = "zyxwvutsrqponmlkjihgfedcbaABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_~" + _FRESH
    fresh = next(letter for letter in alphabet if letter not in letters)
    return text.replace(_FRESH, fresh).replace(LITERAL_STAR, "*").replace(LITERAL_QUESTION, "?")


class _Machine:
    """The automaton of a pattern; a set of states is a bit set. In the first five parts of an ARN a wildcard stops at a colon."""

    __slots__ = ("_certain", "_final", "_inner", "_letters", "_memory", "_singles", "_stars", "size", "start")

    def __init__(self, pattern: str, is_arn: bool, folded: bool) -> None:
        pattern = re.sub(r"\*+", "*", pattern)
        parts = pattern.split(":", 5)
        inner = len(pattern) - len(parts[5]) if is_arn and len(parts) == 6 and pattern.startswith("arn:") else 0
        self._inner = (1 << inner) - 1
        self._stars = self._singles = 0
        self._letters: dict[str, int] = {}
        for index, letter in enumerate(pattern):
            if letter == "*":
                self._stars |= 1 << index
            elif letter == "?":
                self._singles |= 1 << index
            else:
                for written in {letter, letter.upper()} if folded and len(letter.upper()) == 1 else (letter,):
                    self._letters[written] = self._letters.get(written, 0) | 1 << index
        self.size = len(pattern)
        self._final = 1 << len(pattern)
        ends_open = pattern.endswith("*") and len(pattern) - 1 >= inner
        self._certain = self._final >> 1 if ends_open else 0
        self._memory: dict[int, dict[str, int]] = {}
        self.start = self._close(1)

    def _close(self, states: int) -> int:
        return states | (states & self._stars) << 1

    def accepts(self, states: int) -> bool:
        """Return whether the whole pattern is read."""
        return bool(states & self._final)

    def is_certain(self, states: int) -> bool:
        """Return whether whatever follows is accepted."""
        return bool(states & self._certain)

    def after(self, states: int) -> dict[str, int]:
        """Return the states after each letter that matters here, and after a fresh one and an unknown stretch."""
        found = self._memory.get(states)
        if found is None:
            stars, singles = states & self._stars, states & self._singles
            found = {_FRESH: self._close(singles << 1 | stars), _SYMBOL: self._close(stars)}
            for letter, at in self._letters.items():
                if letter == ":":
                    continue
                if own := states & at:
                    free = 0 if letter >= chr(SYMBOLS) else singles
                    found[letter] = self._close((own | free) << 1 | stars)
            outer = ~self._inner
            found[":"] = self._close((states & self._letters.get(":", 0) | singles & outer) << 1 | stars & outer)
            self._memory[states] = found
        return found


@lru_cache(maxsize=4_000)
def _machine(pattern: str, is_arn: bool = True, folded: bool = False) -> _Machine:
    return _Machine(pattern, is_arn, folded)
