"""Stretches in JSON: whatever is asked for, each stands where it was written; of a key that is written twice, the last one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.source.json_text import json_stretches

_TEXTS = st.text(' ab]["{}:,\\é', max_size=4)
_SPACES = st.sampled_from(["", "", " ", "\n  ", "\t"])
_VALUES: st.SearchStrategy[Any] = st.recursive(
    _TEXTS | st.integers(0, 20) | st.booleans(),
    lambda below: (
        st.lists(below, max_size=4) | st.lists(st.tuples(st.sampled_from(["a", "b", "é", "a]"]), below), max_size=4).map(tuple)
    ),
    max_leaves=12,
)
"""Objects are tuples of pairs, so that a key may stand twice."""


class _Writer:
    """Writes a value down and keeps where each part of it came to stand."""

    def __init__(self, space: Any) -> None:
        self.text = ""
        self.found: dict[tuple[tuple[Any, ...], str], tuple[int, int]] = {}
        self._space = space

    def write(self, value: Any, route: tuple[Any, ...]) -> None:
        self.found = {known: at for known, at in self.found.items() if known[0][: len(route)] != route or known == (route, "key")}
        start = len(self.text)
        if isinstance(value, tuple):
            self._listed("{", "}", value, lambda pair: self._pair(pair, route))
        elif isinstance(value, list):
            self._listed("[", "]", list(enumerate(value)), lambda item: self.write(item[1], (*route, item[0])))
        else:
            self.text += json.dumps(value, ensure_ascii=False)
        self.found[route, "value"] = (start, len(self.text))

    def _pair(self, pair: tuple[str, Any], route: tuple[Any, ...]) -> None:
        start = len(self.text)
        self.text += json.dumps(pair[0], ensure_ascii=False)
        key = (start, len(self.text))
        self.text += self._space() + ":" + self._space()
        self.write(pair[1], (*route, pair[0]))
        self.found[(*route, pair[0]), "key"] = key

    def _listed(self, opening: str, closing: str, items: Any, write: Any) -> None:
        self.text += opening + self._space()
        for number, item in enumerate(items):
            if number:
                self.text += self._space() + "," + self._space()
            write(item)
        self.text += self._space() + closing


@given(st.data(), _VALUES)
def test_each_part_stands_where_it_was_written(data: st.DataObject, value: Any) -> None:
    writer = _Writer(lambda: data.draw(_SPACES))
    writer.write(value, ())
    parts = sorted(writer.found, key=repr)
    wanted = data.draw(st.lists(st.sampled_from(parts), min_size=1, max_size=4))
    assert json_stretches(writer.text, wanted) == {part: writer.found[part] for part in wanted}


@pytest.mark.parametrize(
    ("text", "routes", "last"),
    [
        ('{"b": "", "b": ["", "", 0, 0]}', [("b",), ("b", 0)], '["", "", 0, 0]'),
        ('{"a": "x", "b": ["", 0, 0], "a": "y"}', [("a",), ("b", 0)], '"y"'),
    ],
)
def test_of_a_key_that_stands_twice_the_last_one_counts_behind_a_list_too(
    text: str, routes: list[tuple[str | int, ...]], last: str
) -> None:
    start, end = json_stretches(text, [(route, "value") for route in routes])[routes[0], "value"]
    assert text[start:end] == last
    assert start == text.rindex(last)
