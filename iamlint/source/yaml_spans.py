"""Positions in YAML text: the stream composed into nodes with marks, and routes walked through them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from iamlint.source.encoding import Decoded
from iamlint.source.place import Route, Step
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
    YamlRefusedError,
    events,
)
from iamlint.source.yaml_scalars import tag_key
from iamlint.source.yaml_walk import written_documents
from iamlint.source.yaml_written import Detour, Stretch, attribute_stretch, straight, tag_stretch, trimmed, wishes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def yaml_stretches(
    decoded: Decoded, path: str, by_document: Mapping[int, Sequence[tuple[Route, str]]]
) -> dict[tuple[int, Route, str], Stretch]:
    """Return where each wanted route of each document stands, or its nearest written parent.

    Routes lead through tags (`!Sub x` holds `Fn::Sub`), aliases and merge keys, to where the value is written.
    """
    last = max(by_document)
    wishes = {number: wishes_of(route for route, _ in wanted) for number, wanted in by_document.items()}
    found: dict[tuple[int, Route, str], Stretch] = {}
    try:
        for number, root in written_documents(decoded, path, wishes, last):
            for route, part in by_document[number]:
                found[number, route, part] = straight(decoded.text, root, route, part)
    except YamlRefusedError:
        pass
    except Detour:
        return _composed_stretches(decoded, path, by_document)
    return found


def _composed_stretches(
    decoded: Decoded, path: str, by_document: Mapping[int, Sequence[tuple[Route, str]]]
) -> dict[tuple[int, Route, str], Stretch]:
    """Return the same from whole documents."""
    found: dict[tuple[int, Route, str], Stretch] = {}
    last = max(by_document)
    for number, node in enumerate(_documents(decoded, path)):
        if node is not None:
            for route, part in by_document.get(number, ()):
                found[number, route, part] = _locate(decoded.text, node, route, part)
        if number == last:
            break
    return found


def _documents(decoded: Decoded, path: str) -> Iterator[Any]:
    """Yield the node of each document; ends where the file stops being YAML. Not recursive, as libyaml's own composer is."""
    try:
        root: Any = None
        stack: list[Any] = []
        keys: list[Any] = []  # for each mapping of the stack, the key whose value comes next
        anchors: dict[str, Any] = {}
        for event in events(decoded, path):
            node: Any
            seen: Any = event  # typeshed has two kinds of marks, which agree
            if isinstance(event, DocumentStartEvent):
                root, anchors = None, {}
                continue
            if isinstance(event, DocumentEndEvent):
                yield root
                continue
            if isinstance(event, ScalarEvent):
                node = ScalarNode(seen.tag, seen.value, seen.start_mark, seen.end_mark, seen.style)
            elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                kind = MappingNode if isinstance(event, MappingStartEvent) else SequenceNode
                node = kind(seen.tag, [], seen.start_mark, seen.end_mark, seen.flow_style)
            elif isinstance(event, AliasEvent):
                node = anchors.get(seen.anchor) or ScalarNode("", "", seen.start_mark, seen.end_mark)
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                stack.pop().end_mark = seen.end_mark
                keys.pop()
                continue
            else:
                continue
            if not isinstance(event, AliasEvent) and seen.anchor:
                anchors[seen.anchor] = node
            if not stack:
                root = node
            elif isinstance(stack[-1], SequenceNode):
                stack[-1].value.append(node)
            elif keys[-1] is None:
                keys[-1] = node
            else:
                stack[-1].value.append((keys[-1], node))
                keys[-1] = None
            if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                stack.append(node)
                keys.append(None)
                if len(stack) > MAX_DEPTH:
                    return
    except YamlRefusedError:
        return


def _locate(text: str, root: Any, route: Route, part: str) -> Stretch:
    node, inside, key = root, not _key_of(root), None
    for number, step in enumerate(route):
        tag = _key_of(node)
        if not inside and tag == step:  # into the tag: `!Sub x` is {"Fn::Sub": x}
            inside = True
            if part == "key" and number == len(route) - 1:
                return tag_stretch(text, node.start_mark.index, node.end_mark.index)
            continue
        if not inside and tag is not None:
            break
        if isinstance(node, ScalarNode):
            if tag == "Fn::GetAtt" and isinstance(step, int) and number == len(route) - 1:
                return attribute_stretch(text, _stretch(text, node, inside=True), step)
            break
        below = _below(node, step)
        if below is None:
            break
        key, node = below
        inside = not _key_of(node)
    else:
        if part == "key" and key is not None and route:
            return _stretch(text, key, inside=True)
    if isinstance(node, ScalarNode) and node.start_mark.index == node.end_mark.index and key is not None:
        return _stretch(text, key, inside=True)  # nothing is written: `key:`
    return _stretch(text, node, inside=inside)


def _key_of(node: Any) -> str | None:
    return tag_key(node.tag) if node.tag is not None and node.tag.startswith("!") else None


def _below(node: Any, step: Step) -> tuple[Any, Any] | None:
    """Return the key node and value node at a step (the last of equal keys counts), or None."""
    if isinstance(node, SequenceNode):
        return (None, node.value[step]) if isinstance(step, int) and step < len(node.value) else None
    if not isinstance(node, MappingNode):
        return None
    merges = []
    for key, value in reversed(node.value):
        if isinstance(key, ScalarNode):
            if key.value == step:
                return key, value
            if key.value == "<<" and not key.style:
                merges.append(value)
    for merged in reversed(merges):
        for source in merged.value if isinstance(merged, SequenceNode) else (merged,):
            if isinstance(source, MappingNode) and source is not node:
                below = _below(source, step)
                if below is not None:
                    return below
    return None


def _stretch(text: str, node: Any, *, inside: bool) -> Stretch:
    """Return where a node is written; `inside` leaves out its tag and anchor."""
    return trimmed(text, node.start_mark.index, _end(node), inside=inside)


def _end(node: Any) -> int:
    """Return where a node ends: a block's own end mark stands behind the comments that follow it."""
    for _ in range(200):
        if isinstance(node, ScalarNode) or node.flow_style or not node.value:
            break
        last = node.value[-1]
        key, node = last if isinstance(last, tuple) else (None, last)
        if key is not None and (node.start_mark.index < key.start_mark.index or node.end_mark.index == node.start_mark.index):
            return int(key.end_mark.index) + 1  # an alias, whose node stands elsewhere; or no value
    return int(node.end_mark.index)
