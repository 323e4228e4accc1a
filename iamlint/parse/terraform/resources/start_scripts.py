"""Start scripts of instances (`user_data`): whoever may describe an instance reads them, and the secrets in them."""

from __future__ import annotations

from iamlint.parse.start_scripts import WHAT, assigned, decoded
from iamlint.parse.terraform.attributes import nested, written
from iamlint.parse.terraform.embedded import TextOrigin, with_holes
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Encoded, Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.place import Place
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
        _add([encoded.place], instance, declared)


def cloud_init(instance: Instance, declared: Declared) -> None:
    """Add the secrets in the parts of which a start script is put together."""
    for part in nested(instance, "part"):
        content = written(part, "content")
        if content is not None:
            _add(_secrets(content), instance, declared)


def _add(places: list[Place], instance: Instance, declared: Declared) -> None:
    for place in places:
        from iamlint.model.telemetry import LiteralSecret

        declared.add(LiteralSecret(WHAT, place, declared.unit, instance.address))


def _secrets(script: Located) -> list[Place]:
    if not isinstance(script.value, (str, Text)):
        return []
    text, unknowns = with_holes(script.value)
    origin = TextOrigin(script, text, unknowns)
    return [origin.stretch(start, end) for start, end in assigned(text) if origin.is_literal(start, end)]


READERS = {
    (mode, type_): cloud_init for mode in ("data", "managed") for type_ in ("cloudinit_config", "template_cloudinit_config")
}
