"""The syntax of HCL, as the evaluator walks it: expressions, templates, attributes and blocks."""

from __future__ import annotations

from iamlint.parse.terraform.located import Located
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Node = Any  # one of the expression classes below
    Part = Any  # one of the template parts below
else:
    Node = Part = object


class SyntaxProblem(Exception):  # noqa: N818  (a problem of the input, never of the program)
    """Text that is not HCL, and where that shows."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


class Const(NamedTuple):
    """A literal: its value is ready."""

    located: Located
    place: Place


class Ref(NamedTuple):
    """A bare name: the root of a reference, or a variable of a `for` expression."""

    name: str
    place: Place


class Access(NamedTuple):
    """A value and the steps taken into it."""

    base: Node
    steps: tuple[Attr | Index | Splat, ...]
    place: Place


class Attr(NamedTuple):
    """A step by name. It has no place of its own, so that all steps of one name are one."""

    name: str


class Index(NamedTuple):
    """A step by an index or key in brackets."""

    key: Node
    place: Place


class Splat(NamedTuple):
    """A step to every element; `steps` are then taken into each."""

    steps: tuple[Attr | Index | Splat, ...]
    place: Place


class Call(NamedTuple):
    """A function call; `expand` spreads the last argument (`...`)."""

    name: str
    arguments: tuple[Node, ...]
    expand: bool
    place: Place


class Unary(NamedTuple):
    """`-x` or `!x`."""

    operator: str
    operand: Node
    place: Place


class Binary(NamedTuple):
    """An infix operation."""

    operator: str
    left: Node
    right: Node
    place: Place


class Conditional(NamedTuple):
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node
    place: Place


class TupleExpr(NamedTuple):
    """`[a, b]`."""

    items: tuple[Node, ...]
    place: Place


class ObjectExpr(NamedTuple):
    """`{a = b}`."""

    items: tuple[tuple[Node, Node], ...]
    place: Place


class ForExpr(NamedTuple):
    """`[for k, v in collection : value if condition]`, or with `key =>` and `...` for objects."""

    key_name: str | None
    value_name: str
    collection: Node
    key: Node | None
    value: Node
    condition: Node | None
    grouping: bool
    place: Place


class Template(NamedTuple):
    """A quoted string, heredoc or template file. `wrap` marks `"${x}"`, which is `x` itself."""

    parts: tuple[Part, ...]
    wrap: bool
    place: Place


class Heredoc(NamedTuple):
    """A heredoc of literal text: its value is ready. `cost` is the steps that putting it together takes."""

    located: Located
    cost: int
    place: Place


class Chunk(NamedTuple):
    """Literal text of a template; `escaped` when the file's text differs from it."""

    text: str
    place: Place
    escaped: bool


class Interpolation(NamedTuple):
    """`${expression}`."""

    expression: Node
    place: Place


class IfPart(NamedTuple):
    """`%{ if condition }yes%{ else }no%{ endif }`."""

    condition: Node
    yes: tuple[Part, ...]
    no: tuple[Part, ...]
    place: Place


class ForPart(NamedTuple):
    """`%{ for key, value in collection }parts%{ endfor }`."""

    key_name: str | None
    value_name: str
    collection: Node
    parts: tuple[Part, ...]
    place: Place
