"""`cloudposse/label/null`: names and tags from a few words, as its documentation computes them ("Inputs", "Outputs").

The module creates nothing and asks nobody: its outputs follow from its inputs alone, so it is computed here. A word that is
not known may also be empty, and then its delimiter is not there: the unknown stretch of a name covers both.
"""

from __future__ import annotations

from collections.abc import Callable

from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.values import EvaluationError, Record, derived
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WORDS = ("namespace", "tenant", "environment", "stage", "name")
_ORDER = ("namespace", "environment", "stage", "name", "attributes")
_CHARACTERS = "/[^-a-zA-Z0-9]/"
_HASH_LENGTH = 5
_SETTINGS = (
    "enabled", *WORDS, "delimiter", "label_order", "regex_replace_chars", "id_length_limit", "label_key_case", "label_value_case",
)  # fmt: skip

_KEY_CASES = {"title": str.title, "lower": str.lower, "upper": str.upper}

Input = Callable[[str], "Located | None"]


class LabelOutputs(Record):
    """The outputs of one label, computed when asked for."""

    __slots__ = ("_alone", "_given", "_label", "_place")

    def __init__(self, given: Input, place: Place) -> None:
        super().__init__()
        self._given = given
        self._place = place
        self._label: _Label | None = None
        self._alone: dict[str, Located] = {}

    def attribute(self, name: str, place: Place) -> Located:
        """Return one output. Raises `EvaluationError` when there is none."""
        found = self._one(name)
        if found is None:
            self._whole()
            found = dict.get(self, name)
        if found is None:
            raise EvaluationError(f"`output.{name}` is not declared", place)
        return Located(found.value, place, is_set=found.is_set)

    def _one(self, name: str) -> Located | None:
        """Return one of the outputs that need not all inputs, and are most of what anybody asks for; None for any other."""
        if name in self._alone:
            return self._alone[name]
        if name not in ("enabled", "context"):
            return None
        label = self._label = self._label or _Label(self._given, self._place)
        found = label.enabled() if name == "enabled" else label.passed_on(label.attributes())
        self._alone[name] = found
        return found

    def fill(self) -> None:
        """Put in all outputs."""
        self.update((self._label or _Label(self._given, self._place)).outputs())


class _Label:
    def __init__(self, given: Input, place: Place) -> None:
        self.given = given
        self.place = place
        self.context = given("context")

    def located(self, value: Any) -> Located:
        return value if isinstance(value, Located) else Located(value, self.place)

    def setting(self, name: str) -> Located | None:
        """Return an input: the call's own, else the context's; None when neither gives one."""
        own = self.given(name)
        if own is not None and own.value is not None:
            return own
        return self.inherited(name)

    def inherited(self, name: str) -> Located | None:
        context = self.context
        if context is None or context.value is None:
            return None
        if not isinstance(context.value, dict):
            return derived(f"label.{name}", self.place, context)
        found = context.value.get(name)
        return None if found is None or found.value is None else found

    def text(self, name: str, default: str) -> Value:
        found = self.setting(name)
        value = default if found is None else found.value
        return value if isinstance(value, (str, Text, Unknown)) else str(value)

    def enabled(self) -> Located:
        enabled = self.setting("enabled")
        return self.located(True if enabled is None else enabled.value)

    def outputs(self) -> dict[str, Located]:
        on: Any = self.enabled().value
        words = {name: self.word(name) for name in WORDS}
        attributes = self.attributes()
        full = self.full(words, attributes)
        short = self.limited(full)
        tags = self.tags(words, attributes, short)
        found: dict[str, Any] = {**words, "id": short, "id_full": full, "tags": tags, "attributes": attributes}
        found["delimiter"] = self.text("delimiter", "-")
        outputs = {name: self.located(value) for name, value in found.items()}
        if on in (False, "false"):
            blank: dict[str, Any] = {"tags": {}, "attributes": []}
            outputs = {name: self.located(blank.get(name, "")) for name in outputs}
        elif on not in (True, "true"):
            outputs = {name: derived("label", self.place, self.located(on), value) for name, value in outputs.items()}
        outputs["enabled"] = self.located(on)
        outputs["context"] = outputs["normalized_context"] = self.passed_on(attributes)
        outputs["label_order"] = self.located([self.located(name) for name in _ORDER])
        order = self.setting("label_order")
        if order is not None:
            outputs["label_order"] = order
        return outputs

    def passed_on(self, attributes: list[Located] | Unknown) -> Located:
        """Return what the next label is given as its context."""
        context = {name: found for name in _SETTINGS if (found := self.setting(name)) is not None}
        context["attributes"] = self.located(attributes)
        context["tags"] = self.given_tags()
        return self.located(context)

    def cased(self, text: str) -> str | None:
        """Return a text without the characters that a label drops, in the case that is asked for; None when that is not known."""
        from iamlint.parse.terraform.regular import substitute

        characters, case = self.text("regex_replace_chars", _CHARACTERS), self.text("label_value_case", "lower")
        if not isinstance(characters, str) or not isinstance(case, str):
            return None
        is_pattern = len(characters) > 1 and characters.startswith("/") and characters.endswith("/")
        kept: Any = substitute(characters[1:-1], "", text) if is_pattern else text.replace(characters, "") if characters else text
        if not isinstance(kept, str):
            return None
        if case == "title":
            return " ".join(word[:1].upper() + word[1:] for word in kept.lower().split(" ")) if kept.isascii() else None
        return {"none": kept, "upper": kept.upper(), "lower": kept.lower()}.get(case)

    def changed(self, name: str, value: Located) -> Value:
        """Return a word as it stands in a name."""
        if isinstance(value.value, (bool, int)):
            value = Located(str(value.value).lower(), value.place)
        if isinstance(value.value, str):
            cased = self.cased(value.value)
            if cased is not None:
                return cased
        unknown: Value = derived(f"label.{name}", self.place, value).value
        return unknown

    def word(self, name: str) -> Value:
        found = self.setting(name)
        return "" if found is None else self.changed(name, found)

    def attributes(self) -> list[Located] | Unknown:
        """Return the words beside the named ones: the context's, then the call's own."""
        before, own = self.inherited("attributes"), self.given("attributes")
        listed: list[Located] = []
        for group in (before, own):
            if group is None or group.value is None:
                continue
            if not isinstance(group.value, list):
                unknown: Unknown = derived("label.attributes", self.place, group).value
                return unknown
            listed += group.value
        made = [self.changed("attribute", item) for item in listed if item.value not in ("", None)]
        return [self.located(value) for value in dict.fromkeys(made) if value != ""]

    def order(self) -> list[str] | None:
        found = self.setting("label_order")
        if found is None or found.value == []:
            return list(_ORDER)
        if not isinstance(found.value, list) or not all(isinstance(item.value, str) for item in found.value):
            return None
        return [item.value for item in found.value]

    def full(self, words: dict[str, Value], attributes: list[Located] | Unknown) -> Value:
        order, delimiter = self.order(), self.text("delimiter", "-")
        if order is None or not isinstance(delimiter, str):
            unknown: Value = derived("label.id", self.place, *(self.located(value) for value in words.values())).value
            return unknown if isinstance(unknown, Unknown) else Unknown("the order of the label is not known", self.place)
        pieces: list[Value] = []
        for name in order:
            if name != "attributes":
                pieces.append(words.get(name, ""))
            elif isinstance(attributes, Unknown):
                pieces.append(attributes)
            else:
                pieces += [item.value for item in attributes]
        return _joined([piece for piece in pieces if piece != ""], delimiter)

    def limited(self, full: Value) -> Value:
        """Return the name within the length that is allowed: cut, with a few digits of its hash."""
        found = self.setting("id_length_limit")
        limit = 0 if found is None else found.value
        if limit == 0:
            return full
        delimiter = self.text("delimiter", "-")
        if not isinstance(full, str) or not isinstance(limit, int) or not isinstance(delimiter, str):
            unknown: Value = derived("label.id", self.place, self.located(full), self.located(limit)).value
            return unknown
        if len(full) <= limit:
            return full
        kept = limit - _HASH_LENGTH - len(delimiter)
        start = f"{full[:kept].removesuffix(delimiter)}{delimiter}" if kept > 0 else ""
        from hashlib import md5

        digest = self.cased(md5(full.encode(), usedforsecurity=False).hexdigest() + "qrstuvwxyz")
        return Unknown("the hash in the label", self.place) if digest is None else f"{start}{digest}"[:limit]

    def given_tags(self) -> Located:
        before, own = self.inherited("tags"), self.given("tags")
        tags: dict[str, Located] = {}
        for group in (before, own):
            if group is not None and isinstance(group.value, dict):
                tags.update({name: group.value[name] for name in group.value})
        return self.located(tags)

    def tags(self, words: dict[str, Value], attributes: list[Located] | Unknown, short: Value) -> dict[str, Located]:
        case = self.text("label_key_case", "title")
        change = _KEY_CASES.get(case, str.title) if isinstance(case, str) else str.title
        joined = attributes if isinstance(attributes, Unknown) else _joined([item.value for item in attributes], "-")
        labels: dict[str, Value] = {**words, "name": short, "attributes": joined}
        made = {change(name): self.located(value) for name, value in labels.items() if value != ""}
        given = self.given_tags().value
        return made | {name: given[name] for name in given}


def _joined(pieces: list[Value], delimiter: str) -> Value:
    """Return words with delimiters between them; one that is not known may be empty, and then has none."""
    parts: list[Value] = []
    is_open = False  # whether an unknown stretch ends the text, which covers a delimiter behind it too
    for number, piece in enumerate(pieces):
        is_known = not isinstance(piece, Unknown)
        if parts and not is_open and (is_known or any(not isinstance(later, Unknown) for later in pieces[number:])):
            parts.append(delimiter)
        parts.append(piece)
        is_open = not is_known
    return concat(parts)
