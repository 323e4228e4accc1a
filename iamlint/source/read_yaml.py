"""YAML: events built straight into values; nothing is guessed from how a plain text looks except null, true and false."""

from __future__ import annotations

from array import array

from iamlint.source.encoding import Decoded, decode
from iamlint.source.place import Place
from iamlint.source.problem import Problem
from iamlint.source.read_json import read_json_text, shown
from iamlint.source.reading import MARK, MAX_DEPTH, MAX_YAML_BYTES, TOO_DEEP, Reading, looks_like_json
from iamlint.source.value import Unknown
from iamlint.source.yaml_lines import read_lines
from iamlint.source.yaml_scalars import PLAIN, tag_key, tagged_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

MAX_EXPANDED = 1_000_000
"""How many values a document may come to when its aliases are written out."""

MAX_DOCUMENTS = 10_000
"""How many documents one file may hold."""


def read_yaml(data: bytes, path: str) -> list[Reading]:
    """Return the documents of a YAML file. Never raises: where the file stops being YAML stands a None with a problem."""
    decoded = decode(data, path, MAX_YAML_BYTES)
    if isinstance(decoded, Problem):
        return [Reading(None, 0, (decoded,))]
    if looks_like_json(decoded.text):  # tabs, and ten times faster
        reading = read_json_text(decoded, path, numbers_as_text=True)
        if all(problem.id == "IL004" for problem in reading.problems):
            return [reading]
    simple = read_lines(decoded.text)
    if simple is not None:
        return [Reading(simple[0], 0, (), array("i", simple[1]))]
    return _Builder(decoded, path).documents()


class _Frame:
    """A collection that is not complete yet."""

    __slots__ = ("anchor", "before", "key", "mark", "merges", "odd", "tag", "value")

    def __init__(self, value: Any, event: Any, before: int, mark: int) -> None:
        self.mark = mark
        self.value = value
        self.tag: str | None = event.tag
        self.anchor: str | None = event.anchor
        self.before = before
        self.key: str | None = None
        self.merges: list[Any] | None = None
        self.odd: tuple[int, int] | None = None


class _StopError(Exception):
    pass


class _Builder:
    """Builds the documents of one stream."""

    def __init__(self, decoded: Decoded, path: str) -> None:
        self.decoded = decoded
        self.path = path
        self.problems: list[Problem] = []
        self.doubles = False
        self.marks: array[int] | None = None

    def documents(self) -> list[Reading]:
        from iamlint.source.yaml_events import DocumentStartEvent, YamlRefusedError, events

        made: list[Reading] = []
        stream = events(self.decoded, self.path)
        try:
            for event in stream:
                if type(event) is DocumentStartEvent:
                    if len(made) == MAX_DOCUMENTS:
                        self.problems = []
                        self.fail(event, f"the file holds more than {MAX_DOCUMENTS:,} documents", "IL007")
                    self.problems = []
                    self.doubles = False
                    value = self.document(stream)
                    if self.doubles:
                        self.problems += _duplicates(self.decoded, self.path, len(made))
                    made.append(Reading(value, len(made), tuple(self.problems), self.marks))
        except YamlRefusedError as error:
            made.append(Reading(None, len(made), (error.problem,)))
        except _StopError:
            made.append(Reading(None, len(made), tuple(self.problems)))
        return made

    def document(self, stream: Iterator[Any]) -> Any:
        from array import array

        from iamlint.source import yaml_events as kinds

        scalar_event, alias_event = kinds.ScalarEvent, kinds.AliasEvent
        mapping_start, mapping_end = kinds.MappingStartEvent, kinds.MappingEndEvent
        sequence_start, sequence_end = kinds.SequenceStartEvent, kinds.SequenceEndEvent
        anchors: dict[str, tuple[Any, int] | None] = {}
        stack: list[_Frame] = []
        frame: _Frame | None = None
        root: Any = None
        count = 0
        plain = PLAIN
        marks: list[int] = []  # of each node: where it starts and ends, and how many numbers come of what is inside
        mark = marks.extend
        tail = 0  # where the last text ends
        is_straight = True
        self.marks = None
        for event in stream:
            kind = type(event)
            if kind is scalar_event:
                count += 1
                text = event.value
                start, end = event.start_mark.index, event.end_mark.index
                mark((start, end, 0))
                if frame is not None and frame.key is None and type(frame.value) is dict:
                    tail = end + 1  # unless it has a value
                    if event.anchor:
                        anchors[event.anchor] = (text, 1)
                        is_straight = False
                    if text in frame.value:
                        self.doubles = True
                    elif text == "<<" and event.implicit[0] and frame.merges is None:
                        frame.merges = []
                        is_straight = False
                    frame.key = text
                    continue
                if end > start or frame is None or type(frame.value) is list:
                    tail = end
                tag = event.tag
                if tag is None or tag == "!":
                    value = plain.get(text, text) if event.implicit[0] and text in plain else text
                else:
                    value = tagged_text(tag, text)
                    is_straight = is_straight and tag.startswith("!")
                if event.anchor:
                    anchors[event.anchor] = (value, 1)
                    is_straight = False
            elif kind is mapping_start or kind is sequence_start:
                count += 1
                if frame is not None:
                    stack.append(frame)
                    if len(stack) >= MAX_DEPTH:
                        self.fail(event, TOO_DEEP, "IL007")
                if event.anchor:
                    anchors[event.anchor] = None
                    is_straight = False
                elif event.tag is not None:
                    is_straight = is_straight and event.tag.startswith("!")
                frame = _Frame({} if kind is mapping_start else [], event, count, len(marks))
                mark((event.start_mark.index, 0, 0))
                continue
            elif kind is mapping_end or kind is sequence_end:
                assert frame is not None
                value = self.complete(frame)
                end = event.end_mark.index
                if end > event.start_mark.index:  # the bracket of a flow collection
                    tail = end
                inside = len(marks) - frame.mark - MARK
                marks[frame.mark + 1] = tail
                marks[frame.mark + 2] = inside + 1 if kind is mapping_end else -inside - 1
                if frame.anchor:
                    anchors[frame.anchor] = (value, count - frame.before + 1)
                frame = stack.pop() if stack else None
            elif kind is alias_event:
                name = event.anchor
                if name not in anchors:
                    self.fail(event, f"alias `*{shown(name)}` names no anchor above it")
                held = anchors[name]
                if held is None:
                    self.fail(event, f"alias `*{shown(name)}` stands inside what it names")
                    return None
                value, weight = held
                is_straight = False
                count += weight
                if count > MAX_EXPANDED:
                    self.fail(event, f"the file's aliases come to more than {MAX_EXPANDED:,} values", "IL007")
            else:  # the document's end
                if is_straight and not self.doubles and not self.problems:
                    self.marks = array("i", marks)
                return root
            if frame is None:
                root = value
            elif type(frame.value) is list:
                frame.value.append(value)
            elif frame.key is None:
                frame.key = value if isinstance(value, str) else self.odd_key(frame, event)
            else:
                if frame.key == "<<" and frame.merges is not None:
                    frame.merges.append(value)
                else:
                    frame.value[frame.key] = value
                frame.key = None
        return root

    def complete(self, frame: _Frame) -> Any:
        value = frame.value
        if frame.odd is not None:  # most often `{{ … }}` of a template: a mapping whose key is a mapping
            place = Place(self.path, span=frame.odd)
            return Unknown("an expression of a template stands here", place, f"template:{self.path}:{frame.odd[0]}")
        if frame.merges:
            for merged in frame.merges:
                for source in merged if isinstance(merged, list) else (merged,):
                    if isinstance(source, dict):
                        for name, item in source.items():
                            value.setdefault(name, item)
        if frame.tag is not None:
            key = tag_key(frame.tag)
            if key is not None:
                return {key: value}
        return value

    def odd_key(self, frame: _Frame, event: Any) -> str:
        from iamlint.source.yaml_events import problem_at

        at = event.start_mark.index
        message, advice = "a mapping or list stands where a key is expected", ""
        if self.decoded.text[at : at + 2] == "}}":
            message, advice = "the file is a template (`{{ … }}`), not YAML", "render the template first, or quote `{{ … }}`"
        problem = problem_at(self.decoded, self.path, at, at + 1, message, advice)
        frame.odd = problem.at.span
        if not self.problems:
            self.problems.append(problem)
        return "?"

    def fail(self, event: Any, message: str, id: str = "IL002") -> None:
        from iamlint.source.yaml_events import problem_at

        end = max(event.end_mark.index, event.start_mark.index + 1)
        self.problems.append(problem_at(self.decoded, self.path, event.start_mark.index, end, message, id=id))
        raise _StopError


def _duplicates(decoded: Decoded, path: str, number: int) -> list[Problem]:
    """Return a problem for each key that stands twice in one mapping of the document with this number."""
    from iamlint.source import yaml_events as kinds

    found: list[Problem] = []
    stack: list[list[Any]] = []  # [marks by key or None, whether a key comes next]
    documents = -1
    for event in kinds.events(decoded, path):
        kind = type(event)
        if kind is kinds.DocumentStartEvent:
            documents += 1
        if documents != number:
            if documents > number:
                break
            continue
        if kind in (kinds.MappingEndEvent, kinds.SequenceEndEvent):
            stack.pop()
        elif kind not in (kinds.ScalarEvent, kinds.AliasEvent, kinds.MappingStartEvent, kinds.SequenceStartEvent):
            continue
        else:
            if stack and stack[-1][0] is not None:
                if stack[-1][1] and kind is kinds.ScalarEvent and event.value != "<<":
                    span = (decoded.byte(event.start_mark.index), decoded.byte(event.end_mark.index))
                    first = stack[-1][0].setdefault(event.value, span)
                    if first != span:
                        message = f"key `{shown(event.value)}` stands twice in one mapping; only the last one counts"
                        because = ((Place(path, span=first), "first written here"),)
                        found.append(Problem("IL004", message, Place(path, span=span), "keep one of them", because))
                        if len(found) == 20:
                            break
                stack[-1][1] = not stack[-1][1]
            if kind is kinds.MappingStartEvent:
                stack.append([{}, True])
            elif kind is kinds.SequenceStartEvent:
                stack.append([None, False])
    return found
