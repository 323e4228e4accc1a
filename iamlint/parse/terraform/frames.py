"""Where an expression stands: the scope and names that hold there, and what evaluating may use."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.values import OutOfBounds
from iamlint.source.place import Place
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol
else:
    Protocol = object


class Budget:
    """What evaluating one root module may use.

    `doubts` counts steps of which the files do not say whether they fail. `strict` is above zero inside `try` and `can`,
    where an error must come through; elsewhere it spoils only the element or stretch of text in which it stands.
    `unsure` says why it is not known whether an instance is there that was taken by its number.
    `renamed` are shorter symbols for unknowns that a reader meets often. `unit` is what is evaluated, by its path.
    """

    __slots__ = ("_met", "doubts", "left", "renamed", "strict", "unit", "unsure")

    def __init__(self, steps: int, unit: str) -> None:
        self.left = steps
        self.unit = unit
        self._met: dict[str, int] = {}
        self.doubts = 0
        self.strict = 0
        self.unsure: Unknown | None = None
        self.renamed: dict[str, str] = {}

    def symbol(self, symbol: str) -> str:
        """Return the name under which an unknown is known."""
        return self.renamed.get(symbol, symbol)

    def own_symbol(self, what: str, place: Place) -> str:
        """Return a symbol that no other unknown has, not even what the same expression gives the next time."""
        where = place.route if place.span is None else f"{place.span[0]}-{place.span[1]}"
        symbol = f"{what}@{self.unit}:{place.path}:{where}"
        self._met[symbol] = self._met.get(symbol, 0) + 1
        return f"{symbol}:{self._met[symbol]}"

    def spend(self, steps: int) -> None:
        """Take steps. Raises `OutOfBounds` when none are left."""
        self.left -= steps
        if self.left < 0:
            raise OutOfBounds


class Scope(Protocol):
    """What names mean at some place of a module."""

    budget: Budget

    def resolve(self, ref: s.Ref, steps: tuple[Any, ...], frame: Frame) -> tuple[Located, int]:
        """Return the value of a reference and how many of the steps were taken for it."""

    def read(self, path: str) -> bytes | None:
        """Return a file by a path as Terraform takes it (relative to the root module)."""


class Frame:
    """A scope and the names that only hold here: variables of `for`, `each`, `count`, `self`."""

    __slots__ = ("names", "scope")

    def __init__(self, scope: Any, names: dict[str, Located] | None = None) -> None:
        self.scope = scope
        self.names = {} if names is None else names

    def within(self, names: dict[str, Located]) -> Frame:
        """Return a frame with more names."""
        return Frame(self.scope, {**self.names, **names})


class Instances(Unknown):
    """The instances of something whose `count` or `for_each` is unknown: each has a value if its key is given.

    `each` names the key that stands for any of them: where the same `count` or `for_each` makes something else, its key is this
    one, and under it is found what stands for all (`at(None)`).
    """

    __slots__ = ("at", "each")

    def __init__(self, reason: str, place: Place, symbol: str, at: Callable[[Any], Located], each: str = "") -> None:
        super().__init__(reason, place, symbol)
        self.at = at
        self.each = each
