"""Dynamic references: texts that CloudFormation looks up when it deploys."""

from __future__ import annotations

import re

from iamlint.source.place import Route
from iamlint.source.value import Text, Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.cloudformation.template import Template

_OPENING = "{{resolve:"
_DYNAMIC = re.compile(r"(\{\{resolve:[^{}]*\}\})")
_HOLE = 0xE000


def resolved_later(template: Template, text: Value, here: Route) -> Value:
    """Return a text in which each dynamic reference (`{{resolve:ssm:…}}`) is unknown; CloudFormation fills it in.

    What it looks up may itself be put together, of known and unknown texts.
    """
    if not any(_OPENING in part for part in (text.parts if isinstance(text, Text) else (text,)) if isinstance(part, str)):
        return text
    holes: list[Unknown] = []
    written = ""
    for part in text.parts if isinstance(text, Text) else (text,):
        if isinstance(part, Unknown):
            holes.append(part)
        written += part if isinstance(part, str) else chr(_HOLE + len(holes) - 1)
    parts: list[Value] = []
    for number, piece in enumerate(_DYNAMIC.split(written)):
        filled = _filled(piece, holes)
        known = _stored(template, filled) if number % 2 else None
        if known is not None:
            filled = known
        elif number % 2:
            filled = Unknown("CloudFormation looks the value up when it deploys", template.at(here), key(filled))
        parts.append(filled)
    return concat(parts)


def _stored(template: Template, reference: Value) -> Value | None:
    """Return the value of a parameter of Systems Manager that the repository writes; of what is no plain reference, none."""
    head = "{{resolve:ssm:"
    if not isinstance(reference, str) or not reference.startswith(head) or ":" in reference[len(head) :]:
        return None
    from iamlint.parse.cloudformation.stored_values import stored  # it knows the modules that know this one

    return stored(template, reference[len(head) : -2])


def replaced_later(template: Template, text: str, here: Route) -> Value:
    """Return a text without dynamic references; one that begins like a function which CloudFormation lacks is unknown."""
    if text.startswith("Fn::"):
        from iamlint.parse.cloudformation.functions import is_known  # it knows this module

        name = text.split(None, 1)[0]
        if not is_known(name) and name != text:
            return Unknown(f"`{name}` is a function of another program", template.at(here), text)
    return resolved_later(template, text, here)


def _filled(piece: str, holes: list[Unknown]) -> Value:
    if not holes:
        return piece
    return concat(holes[ord(sign) - _HOLE] if _HOLE <= ord(sign) < _HOLE + len(holes) else sign for sign in piece)
