"""Patterns with `*` (any run) and `?` (one character): matching in linear time, cover, intersection, unknown stretches.

Three values everywhere: True and False when that holds for every completion of the unknowns, None otherwise.
"""

from __future__ import annotations

import re
from functools import lru_cache

from iamlint.source.value import Text, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Ternary: TypeAlias = "bool | None"

LITERAL_STAR = "\U000f0000"
LITERAL_QUESTION = "\U000f0001"
"""Stand in a pattern for a star and a question mark that are meant literally (`${*}`, the value of a variable)."""
_ESCAPE = str.maketrans({"*": LITERAL_STAR, "?": LITERAL_QUESTION})
_FIRST_SYMBOL = 0xF0010
_SAMPLE = str.maketrans("*?", "\U0010fffe\U0010fffe")
_BUDGET = 20_000


def matches(pattern: str, text: str) -> bool:
    """Return whether the text matches the pattern, in time linear in the text."""
    if "*" not in pattern and "?" not in pattern:
        return pattern == text or (max(pattern, default="") >= LITERAL_STAR and pattern == escape(text))
    return compile_pattern(pattern).matches(text)


def escape(text: str) -> str:
    """Return a pattern that matches this text alone."""
    return text.translate(_ESCAPE) if "*" in text or "?" in text else text


def has_wildcard(pattern: str) -> bool:
    """Return whether the pattern matches more than one text."""
    return "*" in pattern or "?" in pattern


class Pattern:
    """A compiled pattern: its pieces between stars, each matched where it first fits."""

    __slots__ = ("_escaped", "_minimum", "_pieces", "head", "is_exact", "tail", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._escaped = LITERAL_STAR in text or LITERAL_QUESTION in text
        head, *rest = text.split("*")
        self.is_exact = not rest
        self.head = _Piece(head)
        self.tail = _Piece(rest.pop() if rest else "")
        self._pieces = [_Piece(piece) for piece in rest if piece]
        self._minimum = self.head.size + self.tail.size + sum(piece.size for piece in self._pieces)

    def matches(self, text: str) -> bool:
        """Return whether the text matches."""
        if self._escaped:
            text = escape(text)
        size = len(text)
        if self.is_exact:
            return size == self.head.size and self.head.fits(text, 0)
        if size < self._minimum or not self.head.fits(text, 0) or not self.tail.fits(text, size - self.tail.size):
            return False
        at = self.head.size
        end = size - self.tail.size
        for piece in self._pieces:
            at = piece.find(text, at, end)
            if at < 0:
                return False
            at += piece.size
        return True


class _Piece:
    """A stretch without stars."""

    __slots__ = ("literal", "search", "size")

    def __init__(self, text: str) -> None:
        self.size = len(text)
        self.literal = text if "?" not in text else None
        self.search = None if self.literal is not None else re.compile(re.escape(text).replace(r"\?", "."), re.DOTALL)

    def fits(self, text: str, at: int) -> bool:
        if self.literal is not None:
            return text.startswith(self.literal, at)
        assert self.search is not None
        return self.search.match(text, at) is not None

    def find(self, text: str, at: int, end: int) -> int:
        if self.literal is not None:
            return text.find(self.literal, at, end)
        assert self.search is not None
        found = self.search.search(text, at, end)
        return -1 if found is None else found.start()


@lru_cache(maxsize=20_000)
def compile_pattern(text: str) -> Pattern:
    """Return the compiled pattern, remembered."""
    return Pattern(text)


# --- two patterns -----------------------------------------------------------------------------------------------------


def intersects(left: str, right: str) -> bool:
    """Return whether some text matches both patterns."""
    if left == right or left == "*" or right == "*":
        return True
    if not has_wildcard(right):
        return _generic_matches(left, right)
    if not has_wildcard(left):
        return _generic_matches(right, left)
    if "*" in left and "*" in right:
        # Each star takes in whatever the other pattern asks for, so only the beginnings and the ends must agree.
        return _agree(left[: left.find("*")], right[: right.find("*")]) and _agree(
            left[: left.rfind("*") : -1], right[: right.rfind("*") : -1]
        )
    machine = Machine(left)
    states = machine.start
    for letter in right:
        if letter == "*":
            states = machine.all_from(states)
        else:
            states = machine.any_step(states) if letter == "?" else machine.step(states, letter)
        if not states:
            return False
    return machine.accepts(states)


def _agree(left: str, right: str) -> bool:
    """Return whether two beginnings without stars agree as far as both go."""
    if "?" not in left and "?" not in right:
        return left.startswith(right) or right.startswith(left)
    return all(a == b or a == "?" or b == "?" for a, b in zip(left, right, strict=False))


def covers(wide: str, narrow: str) -> bool:
    """Return whether every text that matches `narrow` matches `wide`. A pair too hard to decide (never met) gives False."""
    if wide == "*" or wide == narrow:
        return True
    stars, questions = wide.find("*"), wide.find("?")
    head = min(stars, questions) if stars >= 0 <= questions else max(stars, questions)
    if head < 0 or not narrow.startswith(wide[:head]) or not narrow.endswith(wide[max(wide.rfind("*"), wide.rfind("?")) + 1 :]):
        return head < 0 and wide == narrow.replace(LITERAL_STAR, "*").replace(LITERAL_QUESTION, "?") and not has_wildcard(narrow)
    if head == len(wide) - 1 and wide[head] == "*":
        return True  # a beginning and then anything, which is what most patterns are
    if not has_wildcard(narrow):
        return _generic_matches(wide, narrow)
    if not compile_pattern(wide).matches(narrow.translate(_SAMPLE)):
        return False  # a text that matches `narrow` alone, which settles most pairs
    # A character that stands nowhere in `wide` is the hardest for it: `*` and `?` of `narrow` need no other letter.
    machine = Machine(wide)
    tokens = re.sub(r"\*[*?]*|\?+\*[*?]*", lambda run: "?" * run[0].count("?") + "*", narrow)
    seen: set[tuple[int, int]] = set()
    todo = [(0, machine.start)]
    most = max(200, _BUDGET * 200 // (200 + len(wide)))
    while todo:
        if len(seen) > most:
            return False
        at, states = todo.pop()
        if not states:
            return False
        if (at, states) in seen:
            continue
        seen.add((at, states))
        if at == len(tokens):
            if not machine.accepts(states):
                return False
        elif tokens[at] == "*":
            todo.append((at + 1, states))
            todo.append((at, machine.fresh_step(states)))
        elif tokens[at] == "?":
            todo.append((at + 1, machine.fresh_step(states)))
        else:
            todo.append((at + 1, machine.step(states, tokens[at])))
    return True


class Machine:
    """The automaton of a pattern; a set of its states is a bit set, state `i` meaning that `i` tokens are read."""

    __slots__ = ("_final", "_letters", "_singles", "_stars", "letters", "start")

    def __init__(self, pattern: str) -> None:
        pattern = re.sub(r"\*+", "*", pattern)
        self._stars = self._singles = 0
        letters: dict[str, int] = {}
        for index, letter in enumerate(pattern):
            if letter == "*":
                self._stars |= 1 << index
            elif letter == "?":
                self._singles |= 1 << index
            else:
                letters[letter] = letters.get(letter, 0) | 1 << index
        self._letters = letters
        self.letters = letters.keys()
        self._final = 1 << len(pattern)
        self.start = self._close(1)

    def _close(self, states: int) -> int:
        return states | (states & self._stars) << 1  # no two stars in a row, so once is enough

    def step(self, states: int, letter: str) -> int:
        """Return the states after this letter."""
        return self._close((states & (self._letters.get(letter, 0) | self._singles)) << 1 | states & self._stars)

    def fresh_step(self, states: int) -> int:
        """Return the states after a letter that the pattern does not name."""
        return self._close((states & self._singles) << 1 | states & self._stars)

    def any_step(self, states: int) -> int:
        """Return the states after some letter, whichever."""
        return self._close((states & ~self._stars) << 1 & (self._final << 1) - 1 | states & self._stars)

    def all_from(self, states: int) -> int:
        """Return the states that some text leads to."""
        return (self._final << 1) - (states & -states)

    def accepts(self, states: int) -> bool:
        """Return whether the whole pattern is read."""
        return bool(states & self._final)


def _generic_matches(pattern: str, text: str) -> bool:
    """Match a text in which literal stars are escaped already."""
    return compile_pattern(pattern).matches(text.replace(LITERAL_STAR, "*").replace(LITERAL_QUESTION, "?"))


# --- with unknown stretches -------------------------------------------------------------------------------------------


def match_value(pattern: Value, text: Value) -> Ternary:
    """Return whether the text matches the pattern, as far as that does not hang on unknown stretches."""
    if isinstance(pattern, str) and isinstance(text, str):
        return matches(pattern, text)
    if pattern == "*":
        return True
    if not intersects(relax(pattern), relax(text, literal=True)):
        return False
    # An unknown is the same on both sides: as a letter of its own it can be consumed by itself or by a star.
    symbols: dict[str, str] = {}
    left, right = encode(pattern, symbols), encode(text, symbols, literal=True)
    if _sound(left, symbols) and covers(left, right):
        return True
    return None


def equal_value(left: Value, right: Value) -> Ternary:
    """Return whether the two are the same text, as far as that does not hang on unknown stretches."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if left == right:
        return True
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    return None if intersects(relax(left, literal=True), relax(right, literal=True)) else False


def relax(value: Value, literal: bool = False) -> str:
    """Return the pattern of everything that the value may be; with `literal`, its own stars are plain text."""
    if isinstance(value, str):
        return escape(value) if literal else value
    if isinstance(value, Unknown):
        return "*"
    return "".join("*" if isinstance(part, Unknown) else escape(part) if literal else part for part in value.parts)


def encode(value: Value, symbols: dict[str, str], literal: bool = False) -> str:
    """Return the value as text in which each unknown is one letter of its own (`symbols`: symbol → letter)."""
    parts = value.parts if isinstance(value, Text) else (value,)
    out = []
    for part in parts:
        if isinstance(part, Unknown):
            letter = symbols.get(part.symbol)
            if letter is None:
                letter = symbols[part.symbol] = chr(_FIRST_SYMBOL + len(symbols))
            out.append(letter)
        else:
            out.append(escape(part) if literal else part)
    return "".join(out)


def _sound(pattern: str, symbols: dict[str, str]) -> bool:
    """Return whether treating unknowns as letters is sound: `?` could take one for a single character."""
    return not symbols or "?" not in pattern
