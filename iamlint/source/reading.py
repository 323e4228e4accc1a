"""What a reader gives back: a value, the number of its document in the file, and what was wrong."""

from __future__ import annotations

from iamlint.source.problem import Problem
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Mapping
    from typing import Any, TypeAlias


class Reading(NamedTuple):
    """One document as read. `value` is None beside a problem when nothing could be read.

    A duplicate key is a problem (`IL004`) but no reason to drop the document: the last one wins, as everywhere.
    `marks` say where its nodes stand, in reading order, when every route leads straight down to where a value is written:
    three numbers a node, `MARK`.
    """

    value: Any
    document: int
    problems: tuple[Problem, ...]
    marks: array[int] | None = None


MARK = 3
"""Of a node: where it starts and where its text ends, in characters; and 0 for a text, else one more than the count of numbers
that come of what is inside, negative for a list. In a mapping, keys and values take turns."""


MAX_DEPTH = 100
"""How deep a document may nest. Deeper ones are no configuration that anybody wrote, and would break what walks values."""

TOO_DEEP = f"the file nests deeper than {MAX_DEPTH} levels"

MAX_JSON_BYTES = 128 * 1024 * 1024
"""How large a JSON file may be. A directory of 100,000 people in one file has 90 MiB."""

MAX_YAML_BYTES = 16 * 1024 * 1024
"""How large a YAML file may be: libyaml is ten times slower than the JSON reader."""

Marks: TypeAlias = "Mapping[int, array[int]]"
"""The marks of a file's documents, by their number; a document that has none is missing."""


def looks_like_json(text: str) -> bool:
    """Return whether the text starts as JSON does; a template's `{{` does not."""
    start = text[:256].lstrip()
    return start[:1] in ("{", "[") and start[:2] not in ("{{", "{%")
