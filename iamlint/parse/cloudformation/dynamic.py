"""Dynamic references: texts that CloudFormation looks up when it deploys."""

from __future__ import annotations

import re

from iamlint.source.place import Route
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.cloudformation.template import Template

_DYNAMIC = re.compile(r"(\{\{resolve:[^{}]*\}\})")


def resolved_later(template: Template, text: Value, here: Route) -> Value:
    """Return a text in which each dynamic reference (`{{resolve:ssm:…}}`) is unknown; CloudFormation fills it in."""
    if isinstance(text, Text):
        if not any("{{resolve:" in part for part in text.parts if isinstance(part, str)):
            return text
        return concat(
            resolved_later(template, part, here) if isinstance(part, str) and "{{resolve:" in part else part
            for part in text.parts
        )
    if not isinstance(text, str) or "{{resolve:" not in text:
        return text
    return concat(
        Unknown("CloudFormation looks the value up when it deploys", template.at(here), piece) if number % 2 else piece
        for number, piece in enumerate(_DYNAMIC.split(text))
    )
