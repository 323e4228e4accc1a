"""JSON lines: one JSON value a line, each a document of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from iamlint.source.encoding import Decoded, decode
from iamlint.source.json_text import json_stretches
from iamlint.source.problem import Problem
from iamlint.source.read_json import read_json_text
from iamlint.source.reading import MAX_JSON_BYTES, Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SUFFIXES = (".jsonl", ".ndjson")
"""How the names of files end that hold one value a line."""


def read_json_lines(data: bytes, path: str) -> list[Reading]:
    """Return the values of a file, one a line; a line that cannot be read is a None with a problem, and the others count."""
    decoded = decode(data, path, MAX_JSON_BYTES)
    if isinstance(decoded, Problem):
        return [Reading(None, 0, (decoded,))]
    found: list[Reading] = []
    for number, (start, line) in enumerate(lines_of(decoded.text)):
        # To the reader of a line, the bytes before it are a mark: so its problems stand where they are in the file.
        reading = read_json_text(Decoded(line, decoded.encoding, decoded.byte(start)), path)
        problems = tuple(problem._replace(at=problem.at._replace(document=number)) for problem in reading.problems)
        found.append(Reading(reading.value, number, problems))
    return found


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold something, each with where it starts."""
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, line
        start += len(line) + 1


def stretches(text: str, wanted: Mapping[int, Sequence[Any]]) -> dict[tuple[int, Any, str], tuple[int, int]]:
    """Return where each wanted (route, part) stands, by the number of its line."""
    found: dict[tuple[int, Any, str], tuple[int, int]] = {}
    for number, (start, line) in enumerate(lines_of(text)):
        for (route, part), (begin, end) in json_stretches(line, wanted[number]).items() if number in wanted else ():
            found[(number, route, part)] = (start + begin, start + end)
    return found
