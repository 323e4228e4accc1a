"""Places become spans: asked only for what is reported, so one careful scan of a file is affordable."""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.source.encoding import Decoded, decode_leniently
from iamlint.source.place import TEXT, Place, Route, Span
from iamlint.source.reading import MAX_JSON_BYTES, MAX_YAML_BYTES, looks_like_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from iamlint.source.reading import Marks

WHOLE_FILE = Span(1, 1, 1, 1)
"""The span of a place that is no stretch of text: the file could not be read as what it claims, or has no such document."""

Stretch = tuple[int, int]
"""A half-open stretch of characters, counted from 0 after the byte order mark."""

Wanted = tuple[Route, str]
"""A route, and the part of what stands there: `key` or `value`."""


def locate(place: Place, data: bytes) -> Span:
    """Return the span of a place in the file's bytes."""
    return locate_all([place], data)[0]


def locate_all(places: Sequence[Place], data: bytes, marks: Marks | None = None) -> list[Span]:
    """Return the spans of places in one file, in their order. What was not written is its nearest written parent.

    `marks`, where the reading of the file has left any, spare a second one.
    """
    decoded = decode_leniently(data)
    text = decoded.text
    found = _found(places, decoded, marks)
    bytes_to_characters = _Characters(data, decoded)
    size = len(text)
    stretches: list[Stretch | None] = []
    for place in places:
        stretch: Stretch | None
        if place.span is not None:
            stretch = bytes_to_characters(place.span[0]), bytes_to_characters(place.span[1])
        else:
            stretch = found.get((place.document, place.route, place.part))
        if stretch is not None and not 0 <= stretch[0] <= stretch[1] <= size:
            start = min(max(stretch[0], 0), size)
            stretch = (start, min(max(stretch[1], start), size))
        stretches.append(stretch)
    lines = _positions(text, (at for stretch in stretches if stretch is not None for at in stretch))
    return [WHOLE_FILE if stretch is None else Span(*lines[stretch[0]], *lines[stretch[1]]) for stretch in stretches]


def stretches_within(text: str, places: Sequence[Place]) -> list[Stretch | None]:
    """Return where places of a document stand in its text; None for those of a text that is no document."""
    found = _found(places, Decoded(text, "utf-8", 0), None) if places else {}
    return [found.get((place.document, place.route, place.part)) for place in places]


def _found(places: Sequence[Place], decoded: Decoded, marks: Marks | None) -> dict[tuple[int, Route, str], Stretch]:
    """Return the stretches of the places that have a route, by document."""
    by_document: dict[int, list[Wanted]] = {}
    inside: list[Place] = []
    for place in places:
        if place.span is None:
            route, part = place.route, place.part
            if TEXT in route or ":" in part:
                inside.append(place)
                route, part = (route[: route.index(TEXT)] if TEXT in route else route), "value"
            by_document.setdefault(place.document, []).append((route, part))
    found = _stretches(places[0].path, decoded, by_document, marks) if by_document else {}
    if inside:
        from iamlint.source.text_inside import inside_texts

        found.update(inside_texts(inside, decoded.text, found, _stretches))
    return found


def _positions(text: str, characters: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return line and column of characters, in one walk over the text. A line ends with a line feed, as in git."""
    found: dict[int, tuple[int, int]] = {}
    line, start, last = 1, 0, 0
    for at in sorted(set(characters)):
        if more := text.count("\n", last, at):
            line += more
            start = text.rfind("\n", last, at) + 1
        found[at] = (line, at - start + 1)
        last = at
    return found


class _Characters:
    """Turns offsets of bytes into offsets of characters."""

    def __init__(self, data: bytes, decoded: Decoded) -> None:
        self._data = data
        self._decoded = decoded
        self._single = len(data) - decoded.mark == len(decoded.text)  # every character is one byte
        self._last = (0, 0)

    def __call__(self, at: int) -> int:
        at = min(at, len(self._data)) - self._decoded.mark
        if at <= 0:
            return 0
        if self._single:
            return at
        done, characters = self._last
        if at < done:
            done = characters = 0
        mark = self._decoded.mark
        characters += len(self._data[mark + done : mark + at].decode(self._decoded.encoding, "replace"))
        self._last = (at, characters)
        return characters


def _stretches(
    path: str, decoded: Decoded, by_document: Mapping[int, Sequence[Wanted]], marks: Marks | None
) -> dict[tuple[int, Route, str], Stretch]:
    """Return where each wanted route stands, by document."""
    text = decoded.text
    if len(text) > MAX_JSON_BYTES:
        return {}  # nobody has read it
    if path.endswith((".jsonl", ".ndjson")):
        from iamlint.source.read_json_lines import stretches

        return stretches(text, by_document)
    is_json = path.endswith(".json")
    if not is_json:
        is_json = looks_like_json(text)
    if is_json:
        from iamlint.source.json_text import json_stretches

        found = json_stretches(text, by_document.get(0, ()))
        if path.endswith(".json") or found:
            return {(0, route, part): stretch for (route, part), stretch in found.items()}
    if path.endswith((".tf", ".tofu", ".tfvars")):
        return {}
    if len(text) > MAX_YAML_BYTES:
        return {}
    if marks is not None:
        from iamlint.source.yaml_marks import marked_stretches

        marked = marked_stretches(text, by_document, marks)
        if marked is not None:
            return marked
    from iamlint.source.yaml_spans import yaml_stretches

    return yaml_stretches(decoded, path, by_document)
