"""Lists of action patterns, looked at once: what they name by service, whether they overlap. Most rules begin with these."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache, reduce
from operator import or_

from iamlint.iam.actions import located
from iamlint.iam.catalogue import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.iam.service import Service
    from iamlint.source.value import Value


class _Numbers(dict["Value", "int | None"]):
    """The numbers of the actions, by the text that names one. The names of a service are taken in when it is first met.

    None for what is no action: a pattern, what the catalogue does not know, what is not known itself.
    """

    def __missing__(self, text: Value) -> int | None:
        if not isinstance(text, str):
            return None
        at = text.find(":") + 1
        number = self.get(text[:at] + text[at : at + 1].upper() + text[at + 1 :])  # many write `ec2:describeInstances`
        if number is not None:
            if len(self) < _MOST_TEXTS:
                self[text] = number
            return number
        service = catalogue().service(text[: at - 1].lower()) if at and "*" not in text and "?" not in text else None
        if service is not None:
            if service.key not in _spelled:
                _take_in(service)
                if text in self:
                    return self[text]
            number = service.number_of(text[at:].lower())  # in another case than AWS spells it
        if len(self) < _MOST_TEXTS:
            self[text] = number
        return number


def _take_in(service: Service) -> None:
    """Take in the names of a service as AWS spells them, which is how policies write them."""
    key, first, count = service.key, service.first, service.count
    names = (f"{key}:" + service.names_by_line.replace("\n", f"\n{key}:")).split("\n")
    _spelled[key] = names
    _numbers.update(zip(names, range(first, first + count), strict=False))
    while len(_POWERS) < count:
        _POWERS.append(1 << len(_POWERS))
    if not _homes:
        _homes.extend([""] * catalogue().size)
        _powers.extend([0] * catalogue().size)
    _homes[first : first + count] = [key] * count
    _ends[key] = first + count
    _powers[first : first + count] = _POWERS[:count]


_MOST_TEXTS = 200_000
_spelled: dict[str, list[str]] = {}
"""The names of the actions (`s3:GetObject`) of each service that was taken in."""
_numbers = _Numbers()
_homes: list[str] = []
"""The service of each action, by its number, once its names are taken in."""
_ends: dict[str, int] = {}
_powers: list[int] = []
"""The bit of each action in the set of its service, by its number."""
_POWERS: list[int] = []
# All this is so that the work on a list is done by the interpreter's own loops: policies name actions by ten thousands.


class ActionList:
    """What a list of action patterns names.

    `named` holds, by service, the bit set of its actions that match, counted from its first action; `numbers` those that are
    named without a wildcard, in order, `odd` the patterns that are no name of an action. `is_known`: every pattern names
    actions of the catalogue. `is_disjoint`: and none of them is named by another one too.
    """

    __slots__ = ("_whole", "is_disjoint", "is_known", "named", "numbers", "odd")

    def __init__(self, patterns: tuple[Value, ...]) -> None:
        self._whole: frozenset[str] | None = None
        self.is_known = self.is_disjoint = True
        found = [*map(_numbers.__getitem__, patterns)]
        self.odd: list[Value] = []
        self.named: dict[str, int] = {}
        if None in found:
            self.odd = [pattern for pattern, number in zip(patterns, found, strict=True) if number is None]
            found = [number for number in found if number is not None]
        found.sort()  # none is None
        self.numbers: tuple[int, ...] = tuple(found)  # type: ignore[arg-type]
        if found:
            self._count(self.numbers)
        for pattern in self.odd:
            self._take_in(pattern)

    def _count(self, numbers: tuple[int, ...]) -> None:
        start = 0
        while start < len(numbers):
            key = _homes[numbers[start]]
            end = bisect_left(numbers, _ends[key], start + 1)
            here = numbers[start:end]
            bits = sum(map(_powers.__getitem__, here))  # faster than `or`, and the same as long as none is named twice
            if bits.bit_count() != end - start:
                self.is_disjoint = False
                bits = reduce(or_, map(_powers.__getitem__, here))
            self.named[key] = bits
            start = end

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


def naming(patterns: tuple[Value, ...], wanted: dict[str, int]) -> Iterator[int]:
    """Yield the places in a list of the patterns that name one of these actions (as in `ActionList.named`)."""
    for place, pattern in enumerate(patterns):
        number = _numbers[pattern]
        if number is not None:
            if _homes[number] in wanted and wanted[_homes[number]] & _powers[number]:
                yield place
            continue
        for key, bits in located[pattern] if isinstance(pattern, str) else ():
            if key in wanted and wanted[key] & bits:
                yield place
                break


def number_named(pattern: Value) -> int | None:
    """Return the number of the action that a pattern names without a wildcard, or None."""
    return _numbers[pattern]


def names_in(service: Service) -> list[str]:
    """Return the names of the actions (`s3:GetObject`) of a service, in the order of their numbers."""
    if service.key not in _spelled:
        _take_in(service)
    return _spelled[service.key]


def home_of(number: int) -> str:
    """Return the key of the service to which the action with this number belongs."""
    return (_homes[number] if _homes else "") or catalogue().service_at(number).key


@lru_cache(maxsize=50_000)
def action_list(patterns: tuple[Value, ...]) -> ActionList:
    """Return what a list of patterns names; remembered, since policies repeat each other's lists."""
    return ActionList(patterns)
