"""`StrEnum`, cheap to define and to ask for its members.

To a type checker it is `enum.StrEnum`, and its classes behave alike. Asking one of those for a member takes five times as long
in Python 3.11, whose classes look for it in a function of their own, and a check asks hundreds of thousands of times.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum as StrEnum
    from typing import Any


class _Definition(type):
    """Turns the texts in the body of a class whose base is `StrEnum` into its members."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        values = {field: body.pop(field) for field in [*body] if type(body[field]) is str and field[0] != "_"}
        body.setdefault("__slots__", ())
        made: Any = type.__new__(cls, name, bases, body)
        made._members = {}  # by value, in the order written
        for field, value in values.items():
            member = made._members[value] = str.__new__(made, value)
            member.name, member.value = field, value
            setattr(made, field, member)
        return made

    def __iter__(cls) -> Iterator[Any]:
        return iter(cls._members.values())  # type: ignore[attr-defined]

    def __len__(cls) -> int:
        return len(cls._members)  # type: ignore[attr-defined]

    def __getitem__(cls, name: str) -> Any:
        return {member.name: member for member in cls}[name]


class _Text(str, metaclass=_Definition):
    """What all members can do. A member is its text."""

    __slots__ = ("name", "value")
    if TYPE_CHECKING:
        _members: dict[str, Any]
        name: str
        value: str

    def __new__(cls, value: Any) -> Any:
        member = cls._members.get(value) if isinstance(value, str) else None
        if member is None:
            raise ValueError(f"{value!r} is not a valid {cls.__name__}")
        return member

    def __repr__(self) -> str:
        return f"<{type(self).__name__}.{self.name}: {self.value!r}>"

    def __reduce__(self) -> tuple[Any, ...]:  # for pickle: the member itself arrives
        return type(self), (self.value,)


if not TYPE_CHECKING:
    StrEnum = _Text
