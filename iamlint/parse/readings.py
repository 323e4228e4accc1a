"""The documents of a file. What a look at all templates has read is not read again when each is parsed."""

from __future__ import annotations

from iamlint.source.reading import Reading

_ahead: dict[str, tuple[bytes, list[Reading]]] = {}


def readings_of(data: bytes, path: str) -> list[Reading]:
    """Return the documents of a file, by its name in JSON or YAML. Whoever asks may change them: they are given once."""
    found = _ahead.pop(path, None) if _ahead else None
    return found[1] if found is not None and found[0] is data else _read(data, path)


def read_ahead(data: bytes, path: str) -> list[Reading]:
    """Return the documents of a file, and keep them for who asks next. They must stay as they are."""
    found = _read(data, path)
    _ahead[path] = data, found
    return found


def forget_readings() -> None:
    """Keep nothing that was read ahead."""
    _ahead.clear()


def _read(data: bytes, path: str) -> list[Reading]:
    if path.endswith((".yaml", ".yml")):
        from iamlint.source.read_yaml import read_yaml

        return read_yaml(data, path)
    if path.endswith((".jsonl", ".ndjson")):
        from iamlint.source.read_json_lines import read_json_lines

        return read_json_lines(data, path)
    from iamlint.source.read_json import read_json

    reading = read_json(data, path)
    if path.endswith(".json") or not reading.problems or data.lstrip()[:1] in (b"{", b"["):
        return [reading]
    from iamlint.source.read_yaml import read_yaml

    return read_yaml(data, path)
