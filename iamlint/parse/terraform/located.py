"""Evaluated HCL values that remember where they are written."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from iamlint.source.place import LeftOut, Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeGuard


class Located:
    """An evaluated value with the place of the expression that wrote it.

    `value` is `str`, `Text`, `Unknown`, `int`, `float`, `bool`, `None`, `list[Located]` (lists, tuples), or
    `dict[str, Located]` (maps, objects; keys in order of writing). `keys` holds the places of an object's keys.
    `is_set` marks Terraform sets: sorted, without duplicates.
    `tree` is set on a text that was made from a structure (`jsonencode(…)`, `data.aws_iam_policy_document.….json`): the
    structure itself, so that a policy in it keeps the place of every token.
    `segments` is set on a text made of pieces (templates, heredocs): where each stretch of the text is written.
    `file` is set on a text read whole from a file (`file(…)`): the path of that file.
    """

    __slots__ = ("file", "is_set", "keys", "place", "segments", "tree", "value")

    def __init__(
        self,
        value: Any,
        place: Place,
        *,
        keys: dict[str, Place] | None = None,
        is_set: bool = False,
        tree: Located | None = None,
        segments: Sequence[Segment] = (),
        file: str | None = None,
    ) -> None:
        self.value = value
        self.place = place
        self.keys = keys
        self.is_set = is_set
        self.tree = tree
        self.segments = segments
        self.file = file

    def __repr__(self) -> str:
        return f"Located({plain(self)!r})"

    def get(self, name: str) -> Located | None:
        """Return an attribute of an object, or None when the value is no object or has no such attribute."""
        return self.value.get(name) if isinstance(self.value, dict) else None


class Quoted(Located):
    """A text that stands between quotes at its place, character by character as it is meant."""

    __slots__ = ()


class Blank(Located):
    """An empty default of a root module's variable: what Terraform takes, and a gap that somebody is meant to fill.

    Expressions see the empty value. In a policy, `unknown` stands for it: nobody writes a statement to say nothing.
    """

    __slots__ = ("unknown",)

    def __init__(self, value: Any, place: Place, unknown: Unknown, *, is_set: bool = False) -> None:
        super().__init__(value, place, is_set=is_set)
        self.unknown = unknown


class Keyed(Located):
    """An object of which a key is known in part: to expressions it is unknown, since nothing can be looked up in it.

    So is what was decoded from a text of which stretches are not known. `structure` is the object with such keys in their
    shown form (`⟨var.issuer⟩:sub`), which is what a document keeps of them, and `texts` holds what these are.
    """

    __slots__ = ("structure", "texts")

    def __init__(self, unknown: Located, structure: Located, texts: dict[str, Text]) -> None:
        super().__init__(unknown.value, unknown.place)
        self.structure = structure
        self.texts = texts


class Partial(Located):
    """A list or map of which some elements, or their keys, are not known: to most operations it is unknown.

    `known` holds the elements that are in it, under the shown form of keys of which `texts` holds those that are known in
    part. `rest` says why there may be more; None when there are no more. Of a list, `more` holds all that there may be besides,
    where something of that is known: each once, or one for many that are alike.
    """

    __slots__ = ("known", "more", "rest", "texts")

    def __init__(
        self,
        unknown: Located,
        known: Located,
        rest: Unknown | None,
        texts: dict[str, Text | Unknown] | None = None,
        more: list[Located] | None = None,
    ) -> None:
        super().__init__(unknown.value, unknown.place)
        self.known = known
        self.rest = rest
        self.texts = texts or {}
        self.more = more

    def pairs(self) -> list[tuple[Located, Located]]:
        """Return the keys and values that are known; which number an element of a list has is not."""
        known = self.known.value
        if isinstance(known, dict):
            return [(Located(self.texts.get(name, name), known[name].place), known[name]) for name in sorted(known)]
        return self._numbered(known, 0)

    def possible_pairs(self) -> list[tuple[Located, Located]]:
        """Return the keys and values that there may be besides, where these are known."""
        return self._numbered(self.more or [], len(self.known.value))

    def _numbered(self, items: list[Located], first: int) -> list[tuple[Located, Located]]:
        if self.known.is_set:
            return [(item, item) for item in items]
        reason, place = self.rest.reason if self.rest else "the order is not known", self.place
        return [
            (Located(Unknown(reason, place, f"number {at} of {self.value.symbol}"), place), item)
            for at, item in enumerate(items, first)
        ]

    def spread(self) -> list[Located]:
        """Return the elements of a list, the unknown ones as one."""
        return [*self.known.value, *([Located(self.rest, self.place)] if self.rest is not None and self.more != [] else ())]

    def possible(self) -> list[Located]:
        """Return the elements of a list and each that there may be besides; as one where these are not known."""
        if self.rest is None or self.more is None:
            return self.spread()
        return [*self.known.value, *(Perhaps.of_one(item, self.rest) for item in self.more)]


class Perhaps(Located):
    """An element that may be in a list, once or for each of many: unknown to who does not ask for `element`, which it then is."""

    __slots__ = ("element",)

    def __init__(self, element: Located, unknown: Unknown) -> None:
        super().__init__(unknown, element.place)
        self.element = element

    @staticmethod
    def of_one(element: Located, unknown: Unknown) -> Located:
        """Return an element that may be there; itself where that, or what it is, is not known already."""
        return element if isinstance(element.value, Unknown) and element.tree is None else Perhaps(element, unknown)

    def of(self, change: Callable[[Located], Located]) -> Perhaps:
        """Return what comes of the element, which may be there as well."""
        return Perhaps(change(self.element), self.value)


def is_partial_list(located: Located) -> TypeGuard[Partial]:
    """Return whether a value is a list or set of which elements are known."""
    return isinstance(located, Partial) and isinstance(located.known.value, list)


class Borrowed(Located):
    """A text that came by references to attributes of resources: where it is used, nobody wrote it as a literal.

    `attributes` are their names: one that is called like a secret holds one wherever it is used. `literal`: beside them the
    text has parts that may be a secret of their own.
    """

    __slots__ = ("attributes", "literal")

    def __init__(self, located: Located, attributes: tuple[str, ...], literal: bool = False) -> None:
        super().__init__(located.value, located.place, tree=located.tree, segments=located.segments, file=located.file)
        self.attributes = attributes
        self.literal = literal


class Encoded(Located):
    """A text in Base64; `text` is what is encoded, with the places of its own, also where it is known in part."""

    __slots__ = ("text",)

    def __init__(self, value: Any, place: Place, text: Located) -> None:
        super().__init__(value, place)
        self.text = text


class Initial(Located):
    """What is not known any more; `written` is what it was at first."""

    __slots__ = ("written",)

    def __init__(self, written: Located, unknown: Unknown) -> None:
        super().__init__(unknown, written.place)
        self.written = written


def borrowed_again(located: Located, sources: Iterable[Located], written: Iterable[object]) -> Located:
    """Return what was made of some values: a text made of a borrowed one is borrowed itself.

    `written` are the other parts of it: eight characters may be a secret of their own.
    """
    borrowed = [source for source in sources if isinstance(source, Borrowed)]
    if not borrowed or not isinstance(located.value, str) or isinstance(located, Encoded):
        return located
    names = tuple(name for source in borrowed for name in source.attributes)
    literal = any(source.literal for source in borrowed) or any(isinstance(part, str) and len(part) >= 8 for part in written)
    return Borrowed(located, names, literal)


def blank_again(located: Located, sources: Iterable[Located]) -> Located:
    """Return what was made of some values: an empty text, list or map made of a blank is one."""
    blank = next((source for source in sources if isinstance(source, Blank)), None) if located.value in ("", [], {}) else None
    if blank is None or isinstance(located, Blank):
        return located
    return Blank(located.value, located.place, blank.unknown, is_set=located.is_set)


def filled(located: Located) -> Located:
    """Return a value as a policy has it: what is unknown in place of a blank. An empty map (of conditions) says nothing more."""
    return Located(located.unknown, located.place) if isinstance(located, Blank) and located.value != {} else located


class Segment(NamedTuple):
    """A stretch of a text, in characters of the evaluated text, and where it is written.

    `literal` segments correspond character by character to the file's text from `place.span[0]` on, unless `escaped`; to that
    of a scalar of JSON where the place is a stretch of it (`start:end`). Of an interpolation that is a known text, `source` is
    where that is written, and `attributes` are those of resources by which it came, if it is nothing else (see `Borrowed`).
    `text` tells apart the texts of which it was made that do not stand one after another: no stretch goes from one to the next.
    `tree` is the structure of which the stretch is the JSON (`"[${local.container}]"`).
    """

    start: int
    end: int
    place: Place
    literal: bool
    escaped: bool = False
    source: Place | None = None
    attributes: tuple[str, ...] | None = None
    text: Hashable = None
    tree: Located | None = None


class Woven(Located):
    """A text in a document that one interpolation wrote: the place is the interpolation's, and `segment` knows what it wrote."""

    __slots__ = ("segment",)

    def __init__(self, value: Any, place: Place, segment: Segment) -> None:
        super().__init__(value, place)
        self.segment = segment


def of_json(value: Any, place: Place) -> Located:
    """Return a value that a scalar of JSON holds as it is: what is in a text of it has a place of its own."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        return Located(value, place, segments=(Segment(0, len(value), place._replace(part=f"0:{len(value)}"), True),))
    return Located(value, place)


class Sparse(Located):
    """An object of which elements are left out that are written, as they came to nothing."""

    __slots__ = ("left_out",)

    def __init__(self, value: Any, place: Place, keys: dict[str, Place], left_out: dict[str, LeftOut]) -> None:
        super().__init__(value, place, keys=keys)
        self.left_out = left_out


def plain(located: Located) -> Any:
    """Return the value without places: `Unknown` and `Text` stay inside; what is unknown stands for a blank (see `filled`)."""
    value = located.unknown if isinstance(located, Blank) and located.value != {} else located.value
    if is_partial_list(located):
        return [plain(item) for item in located.spread()]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


__all__ = [
    "Blank",
    "Borrowed",
    "Encoded",
    "Initial",
    "Located",
    "Partial",
    "Perhaps",
    "Quoted",
    "Segment",
    "Text",
    "Unknown",
    "Woven",
    "blank_again",
    "borrowed_again",
    "filled",
    "plain",
]
