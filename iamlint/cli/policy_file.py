"""A policy document in a file, as `simulate` and `compare` take it."""

from __future__ import annotations

from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read_policy_file(path: str) -> dict[str, Any]:
    """Return the object in a JSON or YAML file. Raises `UsageError` where there is none."""
    from iamlint.source.read_json import read_json

    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror}") from None
    if path.endswith(".json"):
        reading = read_json(data, path)
    else:
        from iamlint.source.read_yaml import read_yaml

        found = read_yaml(data, path)
        if len(found) > 1:
            raise UsageError(f"`{path}` holds {len(found)} documents, not one")
        reading = found[0] if found else read_json(b"", path)
    if not isinstance(reading.value, dict):
        problem = f": {reading.problems[0].message}" if reading.problems else ""
        raise UsageError(f"`{path}` holds no policy document{problem}")
    return reading.value
