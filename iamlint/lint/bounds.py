"""Values of one condition that another value of it takes in by size: bounds of numbers and dates, blocks of addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from iamlint.iam.operators import Operator, moment_of, network, number_of
from iamlint.lint.redundancy import Redundant
from iamlint.source.value import Value


def redundant_bounds(operator: Operator, values: Sequence[Value]) -> Iterator[Redundant]:
    """Yield the values that say nothing beside another one, in order: `less than 10` beside `less than 100`."""
    texts = [(number, value) for number, value in enumerate(values) if isinstance(value, str)]
    if operator.family == "IP":
        return iter(_inner_blocks(texts))
    readers: dict[str, Callable[[str], float | None]] = {"Numeric": number_of, "Date": moment_of}
    read = readers.get(operator.family)
    if read is None or not operator.positive.endswith(("Than", "ThanEquals")):
        return iter(())
    bounds = [(bound, number) for number, text in texts if (bound := read(text)) is not None]
    if len(bounds) < 2:
        return iter(())
    sign = 1 if "Less" in operator.positive else -1
    _, widest = max(bounds, key=lambda one: (sign * one[0], -one[1]))
    return (Redundant(number, widest) for _, number in bounds if number != widest)


def _inner_blocks(texts: list[tuple[int, str]]) -> list[Redundant]:
    """Return the blocks inside another block of the list; of two alike, the later."""
    blocks = sorted((*block, number) for number, text in texts if (block := network(text)) is not None)
    found: list[Redundant] = []
    version = last = outer = -1
    for kind, first, bits, number in blocks:
        end = first + (1 << (32 if kind == 4 else 128) - bits) - 1
        if kind == version and end <= last:
            found.append(Redundant(number, outer))
        else:
            version, last, outer = kind, end, number
    return sorted(found)
