"""Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`."""

from __future__ import annotations

from iamlint.iam.logic import Ternary
from iamlint.iam.patterns import escape
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.iam.context import RequestContext

VARIABLE = regex(r"\$\{([^{}]*)\}")
_LITERAL = frozenset("*?$")


class Filled(NamedTuple):
    """A text with its variables replaced. `value` None: a variable has no value. `certain`: no variable may turn out absent."""

    value: Value | None
    certain: bool


def has_variables(value: Value) -> bool:
    """Return whether a variable is written in the text."""
    if isinstance(value, str):
        return "${" in value
    return isinstance(value, Text) and any(isinstance(part, str) and "${" in part for part in value.parts)


def substitutes(version: Value | None) -> Ternary:
    """Return whether variables work in a policy of this version; in an older one they are plain text."""
    if version is None or isinstance(version, str):
        return version == "2012-10-17"
    return None


def keys_of(value: Value) -> set[str]:
    """Return the context keys (in lower case) whose values the text takes in."""
    parts = value.parts if isinstance(value, Text) else (value,)
    bodies = (body for part in parts if isinstance(part, str) for body in VARIABLE.findall(part))
    return {body.partition(",")[0].strip().lower() for body in bodies if body not in _LITERAL}


def fill(value: Value, context: RequestContext, pattern: bool) -> Filled:
    """Return the text with its variables replaced; with `pattern`, what they bring in has no wildcards."""
    certain = True
    out: list[Value] = []
    is_inside = False  # a variable whose name holds an unknown stretch
    for part in value.parts if isinstance(value, Text) else (value,):
        if isinstance(part, Unknown):
            out += [] if is_inside else [part]
            continue
        if is_inside:
            _, closing, part = part.partition("}")
            is_inside = not closing
        pieces = VARIABLE.split(part)
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                if "${" in piece and isinstance(value, Text):
                    out += [piece.partition("${")[0], Unknown("the name of a policy variable is not known")]
                    certain, is_inside = False, True
                else:
                    out.append(piece)
                continue
            if piece in _LITERAL:
                out.append(escape(piece) if pattern else piece)
                continue
            name, comma, default = piece.partition(",")
            got = context.get(name.strip().lower())
            if got is None or (isinstance(got, tuple) and len(got) > 1):
                if not comma:
                    return Filled(None, True)
                got = (default.strip().strip("'"),)
            if isinstance(got, Unknown):
                out.append(got)
                certain = False
                continue
            first = got[0]
            out.append(escape(first) if pattern and isinstance(first, str) else first)
    return Filled(concat(out), certain)
