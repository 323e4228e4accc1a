"""Records behave as `typing.NamedTuple` says of its own."""

from __future__ import annotations

import pickle
import typing

import pytest

from iamlint.source.record import NamedTuple


class Point(NamedTuple):
    """A point."""

    x: int
    y: int = 2
    name: str = ""

    @property
    def far(self) -> bool:
        """Say whether it is far."""
        return self.x > 10

    def itself(self):
        return super().__len__(), __class__  # the cell of the class is the class


class Same(typing.NamedTuple):
    x: int
    y: int = 2
    name: str = ""


@pytest.mark.parametrize(
    ("given", "named"),
    [((1,), {}), ((1, 3), {}), ((1,), {"name": "a"}), ((), {"x": 4, "name": "b"}), ((1, 2, "c"), {}), ((), {"y": 1, "x": 0})],
)
def test_values_are_given_in_order_or_by_name(given, named):
    point, same = Point(*given, **named), Same(*given, **named)
    assert point == same == tuple(point)
    assert (point.x, point.y, point.name) == (same.x, same.y, same.name)
    assert point._asdict() == same._asdict()
    assert repr(point) == repr(same).replace("Same", "Point")
    assert hash(point) == hash(same)


@pytest.mark.parametrize(("given", "named"), [((), {}), ((1, 2, "", 4), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_wrong_values_are_refused_in_the_same_words(given, named):
    with pytest.raises(TypeError) as same:
        Same(*given, **named)
    with pytest.raises(TypeError) as own:
        Point(*given, **named)
    assert str(own.value) == str(same.value).replace("Same", "Point")


def test_the_class_says_what_it_has():
    for name in ("_fields", "_field_defaults", "__match_args__"):
        assert getattr(Point, name) == getattr(Same, name)
    assert Point.__doc__ == "A point."
    assert (Point.__module__, Point.__qualname__, Point.__new__.__qualname__) == (__name__, "Point", "Point.__new__")
    assert typing.get_type_hints(Point) == typing.get_type_hints(Same)
    assert type(Point) is type


def test_replacing_gives_another_record():
    point = Point(1)
    assert point._replace(name="a", x=5) == Point(5, 2, "a")
    assert type(point._replace(x=2)) is Point
    with pytest.raises(ValueError, match=r"Got unexpected field names: \['z'\]"):
        point._replace(z=1)


def test_a_record_is_made_of_any_values_in_order():
    assert Point._make(iter([1, 2, "a"])) == Point(1, 2, "a")
    with pytest.raises(TypeError, match="Expected 3 arguments, got 2"):
        Point._make([1, 2])


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_survives_pickling(protocol):
    back = pickle.loads(pickle.dumps(Point(7, 8, "a"), protocol))
    assert (back, type(back)) == (Point(7, 8, "a"), Point)


def test_what_the_body_defines_is_kept():
    assert (Point(1).far, Point(11).far, Point(1).itself()) == (False, True, (3, Point))


def test_it_has_no_dictionary_and_cannot_be_changed():
    point = Point(1)
    assert not hasattr(point, "__dict__")
    with pytest.raises(AttributeError):
        point.x = 2
    with pytest.raises(AttributeError):
        point.other = 2


def test_it_matches_by_position():
    match Point(1, 2, "a"):
        case Point(x, y, name):
            assert (x, y, name) == (1, 2, "a")


@pytest.mark.parametrize("count", range(1, 31))
def test_any_number_of_fields(count):
    fields = {f"field_{number}": "int" for number in range(count)}
    made = type(NamedTuple)("Made", (NamedTuple,), {"__annotations__": fields, f"field_{count - 1}": 99})
    values = tuple(range(count - 1))
    assert made(*values) == (*values, 99)
    assert made(**{name: number for number, name in enumerate(fields)}) == tuple(range(count))
    assert [getattr(made(*range(count)), name) for name in fields] == list(range(count))
    assert made._fields == tuple(fields)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "`Made` has no fields"),
        ({"__annotations__": {"a": "int", "b": "int"}, "a": 1}, "a field of `Made` without a default follows one with a default"),
    ],
)
def test_a_wrong_definition_is_refused(body, message):
    with pytest.raises(TypeError, match=message):
        type(NamedTuple)("Made", (NamedTuple,), body)


def test_it_has_no_other_base():
    with pytest.raises(TypeError, match="no other base"):

        class Mixed(NamedTuple, dict):
            a: int


@pytest.mark.parametrize("key", ["__annotate__", "__annotate_func__"])
def test_fields_may_stand_in_a_function(key):
    """PEP 649: since Python 3.14 a class body holds a function that returns its annotations."""
    made = type(NamedTuple)("Made", (NamedTuple,), {key: {1: {"a": int, "b": str}}.__getitem__, "b": "x"})
    assert made(1) == (1, "x")
    assert made._fields == ("a", "b")
