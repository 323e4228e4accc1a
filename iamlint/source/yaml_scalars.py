"""What scalars of YAML mean."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PLAIN: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
"""What a plain scalar means when it does not mean its text."""


class NotSimple(Exception):  # noqa: N818  not an error: there is a longer way
    """It takes libyaml to say what a text is."""


def tag_key(tag: str) -> str | None:
    """Return the key that a tag stands for: `!Sub` is `Fn::Sub`, `!Ref` is `Ref`; None for YAML's own tags."""
    if not tag.startswith("!") or len(tag) == 1:
        return None
    name = tag[1:]
    return name if name in ("Ref", "Condition") or name.startswith("Fn::") else f"Fn::{name}"


def tagged_text(tag: str, text: str) -> Any:
    """Return what a text with a tag means."""
    key = tag_key(tag)
    if key is None:
        return PLAIN.get(text, text) if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:bool") else text
    return tagged(key, text)


def tagged(key: str, text: str) -> Any:
    """Return what a text means whose tag stands for this key: `!GetAtt role.Arn` has two parts."""
    if key == "Fn::GetAtt":
        name, dot, attribute = text.partition(".")
        return {key: [name, attribute] if dot else text}
    return {key: text}
