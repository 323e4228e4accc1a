"""Start scripts of instances (`user_data`): whoever may describe an instance reads them, and the secrets in them."""

from __future__ import annotations

from iamlint.parse.start_scripts import WHAT, assigned, decoded
from iamlint.parse.terraform.attributes import nested, written
from iamlint.parse.terraform.embedded import TextOrigin, with_holes
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.literals import Literal, interpolated, is_borrowed
from iamlint.parse.terraform.located import Encoded, Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.value import Text


def start_script(instance: Instance, declared: Declared) -> None:
    """Add the secrets that the start script of an instance holds literally, under names that say so."""
    plain = written(instance, "user_data")
    encoded = written(instance, "user_data_base64") if plain is None else plain
    if isinstance(encoded, Encoded):
        plain = encoded.text
    if plain is not None:
        _add(_secrets(plain), instance, declared)
    elif encoded is not None and isinstance(encoded.value, str) and any(assigned(decoded(encoded.value))):
        _add([Literal(encoded.place)], instance, declared)


def cloud_init(instance: Instance, declared: Declared) -> None:
    """Add the secrets in the parts of which a start script is put together."""
    for part in nested(instance, "part"):
        content = written(part, "content")
        if content is not None:
            _add(_secrets(content), instance, declared)


def _add(found: list[Literal], instance: Instance, declared: Declared) -> None:
    for literal in found:
        from iamlint.model.telemetry import LiteralSecret

        declared.add(LiteralSecret(WHAT, literal.at, declared.unit, instance.address, literal.by))


def _secrets(script: Located) -> list[Literal]:
    if not isinstance(script.value, (str, Text)):
        return []
    text, unknowns = with_holes(script.value)
    origin = TextOrigin(script, text, unknowns)
    found: list[Literal] = []
    for start, end in assigned(text):
        segment = origin.interpolation(start, end)
        if origin.is_literal(start, end):
            found.append(Literal(origin.stretch(start, end)))
        elif segment is not None and segment.source is not None and not is_borrowed(segment):
            found.append(interpolated(segment, segment.place))
    return found


READERS = {
    (mode, type_): cloud_init for mode in ("data", "managed") for type_ in ("cloudinit_config", "template_cloudinit_config")
}
