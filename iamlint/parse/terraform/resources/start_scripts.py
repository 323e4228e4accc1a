"""Start scripts of instances (`user_data`): whoever may describe an instance reads them, and the secrets in them."""

from __future__ import annotations

from iamlint.parse.secret_texts import is_secret_name, looks_secret
from iamlint.parse.terraform.attributes import written
from iamlint.parse.terraform.embedded import TextOrigin, with_holes
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.place import Place
from iamlint.source.regex import regex
from iamlint.source.value import Text

_ASSIGNED = regex(
    r"""(?m)^[ \t]*(?:export[ \t]+|set[ \t]+|\$env:)?([A-Za-z_]\w*)[ \t]*="""
    r"""(?:"([^"\n$`\\]+)"|'([^'\n]+)'|([^\s"'$`\\;&|<>(){}]+))"""
)
"""A line of a shell that gives a variable a literal value."""

_WHAT = "secret in the start script of an instance"


def start_script(instance: Instance, declared: Declared) -> None:
    """Add the secrets that the start script of an instance holds literally, under names that say so."""
    for place in _secrets(instance):
        from iamlint.model.telemetry import LiteralSecret

        declared.add(LiteralSecret(_WHAT, place, declared.unit, instance.address))


def _secrets(instance: Instance) -> list[Place]:
    found = written(instance, "user_data")
    if found is not None and isinstance(found.value, (str, Text)):
        text, unknowns = with_holes(found.value)
        origin = TextOrigin(found, text, unknowns)
        return [origin.stretch(start, end) for start, end in _assigned(text) if origin.is_literal(start, end)]
    found = written(instance, "user_data_base64") if found is None else None
    if found is not None and isinstance(found.value, str) and any(_assigned(_decoded(found.value))):
        return [found.place]
    return []


def _decoded(text: str) -> str:
    from base64 import b64decode

    try:
        return b64decode(text).decode("utf-8", "replace")
    except ValueError:
        return ""


def _assigned(text: str) -> list[tuple[int, int]]:
    """Return the stretches of the literal values under names of secrets."""
    found = []
    for match in _ASSIGNED.finditer(text) if "=" in text else ():
        group = match.lastindex or 1
        if is_secret_name(match[1]) and looks_secret(match[group]) and len(match[group]) >= _SHORTEST:
            found.append(match.span(group))
    return found


_SHORTEST = 6
