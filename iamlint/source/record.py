"""`NamedTuple`, cheap to define.

To a type checker it is `typing.NamedTuple`, and its classes behave alike. `typing` compiles a function, and each annotation
that is a text, for every class: 130 µs a class, and a check defines a hundred; here a constructor is a renamed copy of one
that stands in this file, 9 µs a class.
"""

from __future__ import annotations

from _collections import _tuplegetter  # type: ignore[import-not-found]  # what collections.namedtuple makes fields of
from types import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType
    from typing import Any, Self
    from typing import NamedTuple as NamedTuple

_new = tuple.__new__

_CONSTRUCTORS = (
    lambda _cls: _new(_cls, ()),
    lambda _cls, a: _new(_cls, (a,)),
    lambda _cls, a, b: _new(_cls, (a, b)),
    lambda _cls, a, b, c: _new(_cls, (a, b, c)),
    lambda _cls, a, b, c, d: _new(_cls, (a, b, c, d)),
    lambda _cls, a, b, c, d, e: _new(_cls, (a, b, c, d, e)),
    lambda _cls, a, b, c, d, e, f: _new(_cls, (a, b, c, d, e, f)),
    lambda _cls, a, b, c, d, e, f, g: _new(_cls, (a, b, c, d, e, f, g)),
    lambda _cls, a, b, c, d, e, f, g, h: _new(_cls, (a, b, c, d, e, f, g, h)),
    lambda _cls, a, b, c, d, e, f, g, h, i: _new(_cls, (a, b, c, d, e, f, g, h, i)),
    lambda _cls, a, b, c, d, e, f, g, h, i, j: _new(_cls, (a, b, c, d, e, f, g, h, i, j)),
    lambda _cls, a, b, c, d, e, f, g, h, i, j, k: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k)),
    lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m)),
    lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m, n)),
    lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, p: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, p)),
    lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, p, q: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, p, q)),
    lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, p, q, r: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, p, q, r)),
)  # fmt: skip
"""By the number of fields; classes with more than these are few enough to compile a function for each number."""

_getters: list[Any] = []


class _Record(tuple):  # type: ignore[type-arg]
    """What all records can do."""

    __slots__ = ()
    if TYPE_CHECKING:  # annotations here would be read as fields' by `typing.get_type_hints`
        _fields: tuple[str, ...]

    @classmethod
    def _make(cls, values: Iterable[Any]) -> Self:
        """Return a record of these values, one for each field."""
        made = _new(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _replace(self, /, **given: Any) -> Self:
        """Return the record with other values in some fields."""
        made = _new(type(self), map(given.pop, self._fields, self))
        if given:
            raise ValueError(f"Got unexpected field names: {list(given)!r}")
        return made

    def _asdict(self) -> dict[str, Any]:
        """Return the values by field."""
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map('{}={!r}'.format, self._fields, self))})"

    def __reduce__(self) -> tuple[Any, ...]:  # for pickle: without a constructor in Python on either side
        return _new, (type(self), tuple(self))


class _Definition(type):
    """Turns the body of a class whose base is `NamedTuple` into a class of its own."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        if len(bases) > 1:
            raise TypeError("a NamedTuple has no other base")
        fields = tuple(_annotations(body))
        if not fields:
            raise TypeError(f"`{name}` has no fields")
        defaults = {field: body[field] for field in fields if field in body}
        if tuple(defaults) != fields[len(fields) - len(defaults) :]:
            raise TypeError(f"a field of `{name}` without a default follows one with a default")
        for number in range(len(_getters), len(fields)):
            _getters.append(_tuplegetter(number, f"Alias for field number {number}"))
        code = _CONSTRUCTORS[len(fields)].__code__ if len(fields) < len(_CONSTRUCTORS) else _compiled(len(fields))
        code = code.replace(co_varnames=("_cls", *fields), co_name="__new__", co_qualname=f"{name}.__new__")
        body.update(zip(fields, _getters, strict=False))
        body["__new__"] = FunctionType(code, globals(), "__new__", tuple(defaults.values()))
        body["_fields"] = body["__match_args__"] = fields
        body["_field_defaults"] = defaults
        body["__slots__"] = ()
        return type(name, (_Record,), body)


def _annotations(body: dict[str, Any]) -> dict[str, Any]:
    """Return the annotations of a class body; since Python 3.14 (PEP 649) a function returns those that are no texts."""
    if "__annotations__" in body or not (annotate := body.get("__annotate__") or body.get("__annotate_func__")):
        return body.get("__annotations__", {})  # type: ignore[no-any-return]
    return annotate(1)  # type: ignore[no-any-return]  # 1: their values


def _compiled(count: int) -> CodeType:
    values = ", ".join(f"_{number}" for number in range(count))
    made: CodeType = eval(f"lambda _cls, {values}: _new(_cls, ({values}))").__code__  # noqa: S307  of numbers only
    return made


if not TYPE_CHECKING:
    NamedTuple = type.__new__(_Definition, "NamedTuple", (), {"__doc__": __doc__})
