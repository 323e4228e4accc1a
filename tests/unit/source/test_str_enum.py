"""`iamlint.source.str_enum`: classes of its own that behave as those of `enum.StrEnum` do."""

from __future__ import annotations

import copy
import enum
import json
import pickle

import pytest

from iamlint.source.str_enum import StrEnum


class Level(StrEnum):
    """How high."""

    LOW = "low"
    HIGH = "very high"

    @property
    def size(self):
        """Return how long the text is."""
        return len(self.value)


class Standard(enum.StrEnum):
    """The same as the standard library makes it."""

    LOW = "low"
    HIGH = "very high"


@pytest.mark.parametrize("kind", [Level, Standard])
def test_members_are_their_texts(kind):
    assert list(kind) == ["low", "very high"]
    assert len(kind) == 2
    assert [(member.name, member.value) for member in kind] == [("LOW", "low"), ("HIGH", "very high")]
    assert isinstance(kind.HIGH, str)
    assert isinstance(kind.HIGH, kind)
    assert kind.LOW == "low"
    assert {kind.LOW: 1}["low"] == 1
    assert (str(kind.HIGH), f"{kind.HIGH}", json.dumps(kind.HIGH)) == ("very high", "very high", '"very high"')
    assert (type(str(kind.HIGH)), type(kind.HIGH.value)) == (str, str)
    assert repr(kind.HIGH) == f"<{kind.__name__}.HIGH: 'very high'>"
    assert kind.HIGH in kind


@pytest.mark.parametrize("kind", [Level, Standard])
def test_a_member_is_one_object(kind):
    assert kind("very high") is kind.HIGH
    assert kind(kind.LOW) is kind.LOW
    assert kind["LOW"] is kind.LOW
    assert pickle.loads(pickle.dumps(kind.HIGH)) is kind.HIGH
    assert copy.deepcopy([kind.HIGH])[0] is kind.HIGH


@pytest.mark.parametrize("kind", [Level, Standard])
@pytest.mark.parametrize("value", ["LOW", "", 1, None, ["low"]])
def test_another_value_is_no_member(kind, value):
    with pytest.raises(ValueError, match=f"is not a valid {kind.__name__}"):
        kind(value)


@pytest.mark.parametrize("kind", [Level, Standard])
def test_no_member_of_another_name(kind):
    with pytest.raises(AttributeError):
        _ = kind.MIDDLE
    with pytest.raises(KeyError):
        _ = kind["MIDDLE"]


def test_a_member_can_do_what_its_class_says():
    assert Level.HIGH.size == 9
