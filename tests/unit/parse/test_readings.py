"""A file that was read ahead is given once, and only for the bytes that were read."""

from __future__ import annotations

import pytest

from iamlint.parse.readings import forget_readings, read_ahead, readings_of

FILES = {
    "a.yaml": (b"a: 1\n---\nb: [2]\n", [{"a": "1"}, {"b": ["2"]}]),
    "a.json": (b'{"a": 1}', [{"a": 1}]),
    "a.template": (b"a: !Ref b\n", [{"a": {"Ref": "b"}}]),
    "b.template": (b'{"a": "b"}', [{"a": "b"}]),
    "a.ndjson": (b'{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
}


@pytest.mark.parametrize("path", FILES)
def test_documents_of_a_file(path):
    data, values = FILES[path]
    ahead = read_ahead(data, path)
    given, again = readings_of(data, path), readings_of(data, path)
    assert given is ahead
    assert again is not ahead
    assert [[reading.value for reading in readings] for readings in (given, again)] == [values, values]


def test_a_file_that_has_changed_is_read():
    read_ahead(b"a: 1\n", "a.yaml")
    assert [reading.value for reading in readings_of(b"a: 2\n", "a.yaml")] == [{"a": "2"}]


def test_what_is_forgotten_is_read_again():
    data = b"a: 1\n"
    ahead = read_ahead(data, "a.yaml")
    forget_readings()
    assert readings_of(data, "a.yaml") is not ahead
