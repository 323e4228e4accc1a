"""Calls of the label module, whose outputs are computed and which creates nothing."""

from __future__ import annotations

from iamlint.parse.terraform.blocks import Block
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.values import MapValue
from iamlint.source.regex import regex
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.terraform.module import Module

_SOURCE = regex(
    r"(?:registry\.(?:terraform\.io|opentofu\.org)/)?cloudposse/label/null/?"
    r"|(?:git::)?(?:https://|ssh://)?(?:git@)?github\.com[/:]cloudposse/terraform-null-label(?:\.git)?/?(?:\?.*)?"
)


def is_label(block: Block) -> bool:
    """Return whether a module call is one of the label module."""
    source = None if block.broken else block.source()
    return source is not None and "label" in source and _SOURCE.fullmatch(source) is not None


def labels(module: Module, name: str, block: Block) -> Located:
    """Return the outputs of a call of the label module: an object, a list of them or a map."""
    from iamlint.parse.terraform.adapters.cloudposse_label import LabelOutputs

    def outputs(number: int, names: dict[str, Located]) -> Located:
        frame = module.frame.within(names) if names else module.frame

        def given(key: str) -> Located | None:
            attribute = block.attributes.get(key)
            if attribute is None:
                return None
            title = f"module.{name}.{key}"
            return module.guarded(("label", name, number, key), title, attribute.place, attribute, frame)

        return Located(LabelOutputs(given, block.place), block.place)

    expansion = module.expansion(("module", name), block)
    if expansion.unknown is not None:
        symbol = f"{module.root.unit}#{module.prefix}module.{name}"
        return Located(Unknown(expansion.unknown.reason, block.place, symbol), block.place)
    made: list[tuple[Any, Located]] = [(key, outputs(number, names)) for number, (key, names) in enumerate(expansion.entries)]
    if expansion.kind == "single":
        return made[0][1] if made else Located(None, block.place)
    if expansion.kind == "count":
        return Located([item for _, item in made], block.place)
    return Located(MapValue({str(key): item for key, item in made}), block.place)
