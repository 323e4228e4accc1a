"""Lists of action patterns, looked at once: what they name by service, whether they overlap. Most rules begin with these."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from iamlint.iam.actions import located
from iamlint.iam.catalogue import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.source.value import Value


class _Numbers(dict[str, "int | None"]):
    """The numbers of the actions, by `service:name` in lower case; the names of a service are taken in when it is first met.

    None for what is no action: a pattern, or what the catalogue does not know.
    """

    def __missing__(self, text: str) -> int | None:
        key, colon, _ = text.partition(":")
        service = catalogue().service(key) if colon else None
        if service is not None and key not in _taken_in:
            _taken_in.add(key)
            numbers = range(service.first, service.first + service.count)
            self.update(zip((f"{key}:" + f"\n{key}:".join(service.lower_names)).split("\n"), numbers, strict=False))
            while len(_POWERS) < service.count:
                _POWERS.append(1 << len(_POWERS))
            _powers.update(zip(numbers, _POWERS, strict=False))
            _homes.update(dict.fromkeys(numbers, key))
            if text in self:
                return self[text]
        if len(self) < _MOST_TEXTS:
            self[text] = None
        return None


_MOST_TEXTS = 200_000
_taken_in: set[str] = set()
_numbers = _Numbers()
_homes: dict[int, str] = {}
_powers: dict[int, int] = {}
_POWERS: list[int] = []
# All this is so that the work on a list is done by the interpreter's own loops: policies name actions by ten thousands.


class ActionList:
    """What a list of action patterns names.

    `named` holds, by service, the bit set of its actions that match, counted from its first action; `numbers` those that are
    named without a wildcard, `odd` the patterns that are no name of an action. `is_known`: every pattern names actions of the
    catalogue. `is_disjoint`: and none of them is named by another one too.
    """

    __slots__ = ("_whole", "is_disjoint", "is_known", "named", "numbers", "odd")

    def __init__(self, patterns: tuple[Value, ...]) -> None:
        self._whole: frozenset[str] | None = None
        self.is_known = self.is_disjoint = True
        found = [*map(_numbers.__getitem__, _lowered(patterns))]
        self.odd: list[Value] = []
        self.named: dict[str, int]
        if None in found:
            self.odd = [pattern for pattern, number in zip(patterns, found, strict=True) if number is None]
        self.numbers: frozenset[int] = frozenset(
            [number for number in found if number is not None] if self.odd else found  # type: ignore[arg-type]  # none is None
        )
        if len(self.numbers) + len(self.odd) != len(found):
            self.is_disjoint = False
        if not self.numbers:
            self.named = {}
        elif (key := _homes[min(self.numbers)]) == _homes[max(self.numbers)]:
            self.named = {key: sum(map(_powers.__getitem__, self.numbers))}
        else:
            runs = groupby(sorted(self.numbers), _homes.__getitem__)
            self.named = {key: sum(map(_powers.__getitem__, run)) for key, run in runs}
        for pattern in self.odd:
            self._take_in(pattern)

    def _take_in(self, pattern: Value) -> None:
        places = located[pattern] if isinstance(pattern, str) else ()
        if not places:
            self.is_known = self.is_disjoint = False
        for key, bits in places:
            known = self.named.get(key, 0)
            if known & bits:
                self.is_disjoint = False
            self.named[key] = known | bits

    @property
    def whole(self) -> frozenset[str]:
        """Return the services of which a pattern names every action (`s3:*`)."""
        if self._whole is None:
            self._whole = frozenset(
                key
                for pattern in self.odd
                if isinstance(pattern, str)
                and pattern[-1:] == "*"
                and ":" in pattern
                and not pattern.partition(":")[2].strip("*")
                for key, _ in located[pattern]
            )
        return self._whole


def _lowered(patterns: tuple[Value, ...]) -> list[str]:
    """Return the patterns in lower case, with an empty text for what is not known."""
    if len(patterns) == 1 and isinstance(patterns[0], str):
        return [patterns[0].lower()]
    try:
        lowered = "\n".join(patterns).lower().split("\n")  # type: ignore[arg-type]
    except TypeError:
        lowered = []
    if len(lowered) == len(patterns):
        return lowered
    return [pattern.lower() if isinstance(pattern, str) else "" for pattern in patterns]


def first_naming(patterns: tuple[Value, ...], wanted: dict[str, int]) -> int | None:
    """Return the place in a list of the first pattern that names one of these actions (as in `ActionList.named`), or None."""
    for place, text in enumerate(_lowered(patterns)):
        number = _numbers[text]
        if number is not None:
            if _homes[number] in wanted and wanted[_homes[number]] & _powers[number]:
                return place
            continue
        pattern = patterns[place]
        for key, bits in located[pattern] if isinstance(pattern, str) else ():
            if key in wanted and wanted[key] & bits:
                return place
    return None


def home_of(number: int) -> str:
    """Return the service of an action whose number came out of a list."""
    return _homes[number]


@lru_cache(maxsize=50_000)
def action_list(patterns: tuple[Value, ...]) -> ActionList:
    """Return what a list of patterns names; remembered, since policies repeat each other's lists."""
    return ActionList(patterns)
