"""Start scripts of instances (`user_data`): whoever may describe an instance reads them, and the secrets in them."""

from __future__ import annotations

from iamlint.parse.start_scripts import WHAT, assigned, decoded
from iamlint.parse.terraform.attributes import written
from iamlint.parse.terraform.embedded import TextOrigin, with_holes
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.place import Place
from iamlint.source.value import Text


def start_script(instance: Instance, declared: Declared) -> None:
    """Add the secrets that the start script of an instance holds literally, under names that say so."""
    for place in _secrets(instance):
        from iamlint.model.telemetry import LiteralSecret

        declared.add(LiteralSecret(WHAT, place, declared.unit, instance.address))


def _secrets(instance: Instance) -> list[Place]:
    found = written(instance, "user_data")
    if found is not None and isinstance(found.value, (str, Text)):
        text, unknowns = with_holes(found.value)
        origin = TextOrigin(found, text, unknowns)
        return [origin.stretch(start, end) for start, end in assigned(text) if origin.is_literal(start, end)]
    found = written(instance, "user_data_base64") if found is None else None
    if found is not None and isinstance(found.value, str) and any(assigned(decoded(found.value))):
        return [found.place]
    return []
