"""What a reader gives back: a value, the number of its document in the file, and what was wrong."""

from __future__ import annotations

from iamlint.source.problem import Problem
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Reading(NamedTuple):
    """One document as read. `value` is None beside a problem when nothing could be read.

    A duplicate key is a problem (`IL004`) but no reason to drop the document: the last one wins, as everywhere.
    """

    value: Any
    document: int
    problems: tuple[Problem, ...]


MAX_DEPTH = 100
"""How deep a document may nest. Deeper ones are no configuration that anybody wrote, and would break what walks values."""

TOO_DEEP = f"the file nests deeper than {MAX_DEPTH} levels"

MAX_JSON_BYTES = 64 * 1024 * 1024
"""How large a JSON file may be."""

MAX_YAML_BYTES = 16 * 1024 * 1024
"""How large a YAML file may be: libyaml is ten times slower than the JSON reader."""
