"""Positions in YAML text the quick way: one pass over the events, which builds nodes only on the way to what is wanted.

Most files need nothing else. Where an alias, a merge key or a key that stands twice makes a route lead elsewhere than straight
down, `Detour` is raised, and `yaml_spans` composes the whole document.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.source.encoding import Decoded
from iamlint.source.reading import MAX_DEPTH
from iamlint.source.yaml_events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    events,
)
from iamlint.source.yaml_written import Detour, Wishes, Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def written_documents(decoded: Decoded, path: str, wishes: dict[int, Wishes], last: int) -> Iterator[tuple[int, Written]]:
    """Yield number and root of each document that has wishes, up to the last one. Raises `Detour` and `YamlRefusedError`."""
    stream = events(decoded, path)
    number = -1
    for event in stream:
        if type(event) is DocumentStartEvent:
            number += 1
            wished = wishes.get(number)
            if wished is None:
                for skipped in stream:
                    if type(skipped) is DocumentEndEvent:
                        break
            elif (root := _document(stream, wished)) is not None:
                yield number, root
            if number == last:
                return


class _Open:
    """A collection that has not ended. `key` is the place of the key whose value comes next; `index` counts a list's items."""

    __slots__ = ("index", "key", "node", "step", "wished")

    def __init__(self, node: Written, wished: Wishes, index: int) -> None:
        self.node = node
        self.wished = wished
        self.index = index  # -1: a mapping
        self.key: tuple[int, int] | None = None
        self.step: Any = None


def _document(stream: Iterator[Any], wished: Wishes) -> Written | None:
    root: Written | None = None
    stack: list[_Open] = []
    skipped = 0  # how deep in something that nobody asked for
    newest: Any = None  # the event with the last text in there
    tail = 0  # where the last text ends
    top: _Open | None = None
    for event in stream:
        kind = type(event)
        if skipped:
            if kind is ScalarEvent:
                if not event.value and event.start_mark.index == event.end_mark.index:
                    raise Detour
                newest = event
                continue
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                skipped += 1
                if skipped + len(stack) > MAX_DEPTH:
                    raise Detour
                continue
            if kind is AliasEvent:
                raise Detour
            skipped -= 1
            if event.end_mark.index > event.start_mark.index:  # the bracket of a flow collection
                newest = event
            if not skipped:
                tail = newest.end_mark.index
                if top is not None:
                    _next(top)
            continue
        if kind is ScalarEvent:
            start, end = event.start_mark.index, event.end_mark.index
            if top is None:
                root = Written(start, end, event.tag, is_scalar=True)
                continue
            if top.index < 0 and top.key is None:
                if event.anchor or (event.value == "<<" and event.implicit[0]):
                    raise Detour
                top.key, top.step = (start, end), event.value
                tail = end + 1  # of a key without a value
                continue
            if end > start or top.index >= 0:
                tail = end
            step = top.step if top.index < 0 else top.index
            if step in top.wished:
                _add(top, step, Written(start, end, event.tag, is_scalar=True))
            _next(top)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            if top is not None and top.index < 0 and top.key is None:
                raise Detour  # a collection as a key
            step = None if top is None else top.step if top.index < 0 else top.index
            if top is not None and step not in top.wished:
                skipped, newest = 1, event
                continue
            node = Written(event.start_mark.index, -1, event.tag, is_scalar=False)
            below = wished if top is None else top.wished[step]
            if node.tag is not None:
                below = below.get(node.tag, {})
            if top is None:
                root = node
            else:
                _add(top, step, node)
                stack.append(top)
                if len(stack) >= MAX_DEPTH:
                    raise Detour
            top = _Open(node, below, -1 if kind is MappingStartEvent else 0)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            assert top is not None
            if event.end_mark.index > event.start_mark.index:
                tail = event.end_mark.index
            top.node.end = tail
            top = stack.pop() if stack else None
            if top is not None:
                _next(top)
        elif kind is DocumentEndEvent:
            return root
        else:
            raise Detour
    return None


def _add(top: _Open, step: Any, node: Written) -> None:
    if step in top.node.below:
        raise Detour  # a key that stands twice: the last one counts
    node.key = top.key
    top.node.below[step] = node


def _next(top: _Open) -> None:
    if top.index < 0:
        top.key = None
    else:
        top.index += 1
