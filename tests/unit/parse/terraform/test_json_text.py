"""JSON in a text with positions: the short way through plain strings gives what the general reader gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.parse.terraform.json_text import JsonFault, JsonNode, read_json_text
from iamlint.source.value import Unknown

TEXT = st.text(st.sampled_from('ab:,{}[]"\\\n é'), max_size=5)
VALUES = st.recursive(
    TEXT | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def shown(node: JsonNode | JsonFault) -> Any:
    """Return everything that a reader knows of a value."""
    if isinstance(node, JsonFault):
        return node
    inside = node.value
    if isinstance(inside, dict):
        inside = {name: shown(item) for name, item in inside.items()}
    elif isinstance(inside, list):
        inside = [shown(item) for item in inside]
    return inside, node.start, node.end, node.keys


def both(text: str) -> tuple[Any, Any]:
    """Return what is read in the short way and, as where a text has unknown stretches, in the general one."""
    return shown(read_json_text(text)), shown(read_json_text(text, (Unknown("nowhere in it"),)))


@settings(max_examples=300, deadline=None)
@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_both_ways_give_the_same_values_at_the_same_places(value: Any, indent: int | None, escaped: bool) -> None:
    short, general = both(json.dumps(value, indent=indent, ensure_ascii=escaped))
    assert short == general
    assert not isinstance(short, JsonFault)


@pytest.mark.parametrize(
    "text",
    [
        '{"a" "b"}', '{"a": "b" "c"}', '{"a": "b",}', '["a" "b"]', '["a",]', '{"a": "b\n"}', '{"a', '{"a": "b', '["a', "{1: 2}",
        '{"a":}', '{"a": "b"} x', '{"a": "1", "a": "2"}', "[" * 99 + '"a"' + "]" * 99, "[" * 102 + '"a"' + "]" * 102,
        '{"a":' * 101 + '"b"' + "}" * 101, "",
    ],
)  # fmt: skip
def test_both_ways_find_the_same_fault(text: str) -> None:
    short, general = both(text)
    assert short == general
