"""What all of the evaluator needs of values: errors, unknowns, conversions of primitives, equality."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.numbers import format_number, parse_number, undecided
from iamlint.source.digest import sha256
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LONGEST_TEXT = 4_000_000
MOST_STRETCHES = 2_000


class EvaluationError(Exception):
    """What Terraform would refuse, and where. `try` and `can` catch it; anywhere else it becomes an unknown."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


class UndeclaredError(EvaluationError):
    """A reference to what no file declares: Terraform refuses it before it evaluates anything, so `try` does not catch it."""


class OutOfBounds(Exception):  # noqa: N818  (a limit of ours, no error of the input)
    """Evaluation has used up what a root module may use. Nothing catches it but the caller of a whole value."""


class ListValue(list[Located]):
    """A value of a `list(…)` type; a plain `list` is a tuple, unless its `Located` says that it is a set."""

    __slots__ = ()


class MapValue(dict[str, Located]):
    """A value of a `map(…)` type; a plain `dict` is an object."""

    __slots__ = ()


class EmptyList(ListValue):
    """An empty list, or the empty elements of a set, whose type is known: `sample` is what an element might be."""

    __slots__ = ("sample",)

    def __init__(self, sample: Located) -> None:
        super().__init__()
        self.sample = sample


class EmptyMap(MapValue):
    """An empty map whose type is known: `sample` is what an element might be."""

    __slots__ = ("sample",)

    def __init__(self, sample: Located) -> None:
        super().__init__()
        self.sample = sample


def typed_list(items: Iterable[Located], sample: Located | None) -> ListValue:
    """Return a list of a type, which a sample tells where there are no elements."""
    made = ListValue(items)
    return made if made or sample is None else EmptyList(sample)


def typed_map(items: Any, sample: Located | None) -> MapValue:
    """Return a map of a type, which a sample tells where there are no elements."""
    made = MapValue(items)
    return made if made or sample is None else EmptyMap(sample)


def sample_of(values: Any) -> Located | None:
    """Return what tells the type of the elements of a list, set or map; None when nothing does."""
    if isinstance(values, (EmptyList, EmptyMap)):
        return values.sample
    if type(values) is dict or not isinstance(values, (list, MapValue)):
        return None
    inside = values.values() if isinstance(values, MapValue) else values
    return next((item for item in inside if item.value is not None and not isinstance(item.value, Unknown)), None)


class Record(dict[str, Located]):
    """An object whose attributes are evaluated when they are asked for (instances of resources, outputs of modules).

    It fills itself when somebody looks at all of it.
    """

    __slots__ = ("_filled",)

    def __init__(self) -> None:
        super().__init__()
        self._filled = False

    def attribute(self, name: str, place: Place) -> Located:
        """Return one attribute. Raises `EvaluationError` when there is none."""
        raise NotImplementedError

    def fill(self) -> None:
        """Put in all attributes that are known to exist."""
        raise NotImplementedError

    def _whole(self) -> None:
        if not self._filled:
            self._filled = True
            self.fill()

    def __getitem__(self, name: str) -> Located:
        self._whole()
        return super().__getitem__(name)

    def __iter__(self) -> Iterator[str]:
        self._whole()
        return super().__iter__()

    def __len__(self) -> int:
        self._whole()
        return super().__len__()

    def __contains__(self, name: object) -> bool:
        self._whole()
        return super().__contains__(name)

    def __bool__(self) -> bool:
        return True

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute that is known to exist."""
        self._whole()
        return super().get(name, default)

    def items(self) -> Any:
        """Return names and values."""
        self._whole()
        return super().items()

    def keys(self) -> Any:
        """Return the names."""
        self._whole()
        return super().keys()

    def values(self) -> Any:
        """Return the values."""
        self._whole()
        return super().values()


class BlockList(list[Located]):
    """The blocks of one type inside a block."""

    __slots__ = ()


class BlockBody(dict[str, Located]):
    """The content of a block, each part evaluated when it is asked for; what is not written, its provider may compute.

    `make` evaluates the part of a name; until then nothing stands in its place. `named` are the unit and names of the block.
    """

    __slots__ = ("_make", "_named")

    def __init__(self, names: Iterable[str], make: Callable[[str], Located], named: tuple[Any, ...]) -> None:
        super().__init__(dict.fromkeys(names))  # type: ignore[arg-type]  # keeps the order; nobody sees the empty places
        self._make = make
        self._named = named

    def settle(self, ignored: Any) -> None:
        """Let the parts that a resource ignores changes of say only what is known of them."""
        make, named = self._make, self._named

        def settled(name: str) -> Located:
            return ignored.value(name, make(name), _symbol(named, name)[1]) if ignored.covers(name) else make(name)

        self._make = settled

    def computed(self, name: str, place: Place) -> Located:
        """Return the unknown that an attribute is which is not written."""
        address, symbol = _symbol(self._named, name)
        return Located(Unknown(f"`{address}` is known to the provider only", place, symbol), place)

    def __getitem__(self, name: str) -> Located:
        found = _item(self, name)
        if found is None:
            found = self[name] = self._make(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return super().__iter__()

    def get(self, name: str, default: Any = None) -> Any:
        """Return a part by its name."""
        found = _get(self, name)
        if found is None and name in self:
            found = self[name]
        return default if found is None else found

    def _all(self) -> None:
        for name in self:
            self[name]

    def items(self) -> Any:
        """Return names and parts."""
        self._all()
        return super().items()

    def values(self) -> Any:
        """Return the parts."""
        self._all()
        return super().values()


def _symbol(named: tuple[Any, ...], name: str) -> tuple[str, str]:
    """Return the address of an attribute of a block with these unit and names, and its symbol."""
    unit, *names = named
    address = ".".join(map(str, (*names, name)))
    return address, f"{unit}#{address}"


_get: Callable[[BlockBody, str], Located | None] = dict.get
_item: Callable[[BlockBody, str], Located | None] = dict.__getitem__


def is_unknown(located: Located) -> bool:
    """Return whether nothing is known of the value."""
    return isinstance(located.value, Unknown)


def derived(operation: str, place: Place, *operands: Located) -> Located:
    """Return the unknown result of a pure operation on operands of which one is not known.

    Equal operations on equal operands give one symbol, so their results are the same value. The reason is the root's.
    """
    root = first_unknown(operands)
    reason = root.reason if root else f"`{operation}` is not evaluated"
    digest = sha256(operation.encode("utf-8", "surrogatepass"))
    for operand in operands:
        _feed(digest, operand)
    symbol = f"{operation}({root.symbol if root and len(root.symbol) < 200 else ''})#{digest.hexdigest()[:12]}"
    return Located(Unknown(reason, root.place if root and root.place else place, symbol), place)


def joined(pieces: list[Value], place: Place, budget: Any) -> Value:
    """Return the text that the pieces make. Raises `OutOfBounds` when it is too long; unknown when hardly any of it is known."""
    size = stretches = 0
    for piece in pieces:
        if isinstance(piece, str):
            size += len(piece)
        elif isinstance(piece, Text):
            stretches += len(piece.parts)
            size += sum(len(part) for part in piece.parts if isinstance(part, str))
        else:
            stretches += 1
    if size > LONGEST_TEXT:
        raise OutOfBounds
    budget.spend(len(pieces) + stretches + size // 1000)
    if stretches > MOST_STRETCHES:
        return Unknown("the text has too many unknown stretches", place, budget.own_symbol("text", place))
    return concat(pieces)


def first_unknown(operands: Any) -> Unknown | None:
    """Return the first unknown inside the operands."""
    waiting = list(reversed(operands))
    seen = 0
    while waiting and seen < 10_000:
        seen += 1
        value = waiting.pop().value
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Text):
            return next(part for part in value.parts if isinstance(part, Unknown))
        if isinstance(value, dict):
            waiting.extend(reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend(reversed(value))
    return None


def _feed(digest: Any, operand: Located) -> None:
    """Add a value to a digest: text of it never shows in a symbol."""
    value = operand.value
    if isinstance(value, (str, Text, Unknown)):
        digest.update(b"s" + key(value).encode("utf-8", "replace") + b"\0")
    elif isinstance(value, (dict, list)):
        digest.update(_fed(operand))
    else:
        digest.update(f"{value!r}\0".encode())


_FED: dict[int, tuple[Located, bytes]] = {}
_MOST_FED = 500
"""One map is asked for a key that is not known again and again (`local.settings[terraform.workspace]`)."""


def forget_digests() -> None:
    """Look at all values anew from now on: the symbol of an unknown has changed."""
    _FED.clear()


def _fed(operand: Located) -> bytes:
    """Return what a list or map adds to a digest."""
    known = _FED.get(id(operand))
    if known is not None:
        return known[1]
    fed: list[str] = []
    waiting = [operand]
    seen = 0
    while waiting:
        seen += 1
        if seen > 10_000:
            fed.append(repr(operand.place))
            break
        value = waiting.pop().value
        if isinstance(value, (str, Text, Unknown)):
            fed += "s", key(value), "\0"
        elif isinstance(value, dict):
            names = sorted(value)
            fed.append(f"d{len(value)}:{names}")
            waiting += [value[name] for name in names]
        elif isinstance(value, list):
            fed.append(f"l{len(value)}:")
            waiting += value
        else:
            fed.append(f"{value!r}\0")
    made = "".join(fed).encode("utf-8", "replace")
    if len(_FED) > _MOST_FED:
        _FED.clear()
    _FED[id(operand)] = operand, made
    return made


def as_text(located: Located, place: Place, what: str = "a string") -> Value:
    """Return a primitive as text. Raises for null and for collections."""
    value = located.value
    if isinstance(value, (str, Text, Unknown)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        text = format_number(value)
        return text if text is not None else Unknown("the digits of a quotient are not computed", place)
    if value is None:
        raise EvaluationError(f"{what} is required here, the value is null", place)
    raise EvaluationError(f"{what} is required here, the value is {kind_of(located)}", place)


def as_number(located: Located, place: Place) -> int | float | Unknown:
    """Return a primitive as a number. Raises where Terraform would."""
    value = located.value
    if isinstance(value, bool):
        raise EvaluationError("a number is required here, the value is a bool", place)
    if isinstance(value, (int, float, Unknown)):
        return value
    if isinstance(value, str):
        number = parse_number(value)
        if number is None:
            raise EvaluationError("a number is required here, the text spells none", place)
        return number
    if isinstance(value, Text):
        return _unknown(derived("tonumber", place, located))
    raise EvaluationError(f"a number is required here, the value is {kind_of(located)}", place)


def as_bool(located: Located, place: Place) -> bool | Unknown:
    """Return a primitive as a bool. Raises where Terraform would."""
    value = located.value
    if isinstance(value, (bool, Unknown)):
        return value
    if isinstance(value, str) and value in ("true", "1"):
        return True
    if isinstance(value, str) and value in ("false", "0"):
        return False
    if isinstance(value, Text):
        return _unknown(derived("tobool", place, located))
    raise EvaluationError(f"a bool is required here, the value is {kind_of(located)}", place)


def _unknown(located: Located) -> Unknown:
    assert isinstance(located.value, Unknown)
    return located.value


def kind_of(located: Located) -> str:
    """Return what kind of value this is, in words."""
    value = located.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a bool"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, (str, Text)):
        return "a string"
    if isinstance(value, list):
        return "a set" if located.is_set else "a list" if isinstance(value, ListValue) else "a tuple"
    if isinstance(value, dict):
        return "a map" if isinstance(value, MapValue) else "an object"
    return "unknown"


def equal(one: Located, two: Located) -> bool | None:
    """Return whether Terraform's `==` holds; None when the files do not say."""
    a, b = one.value, two.value
    if a is b:
        return None if isinstance(a, float) and a != a else True
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return True if isinstance(a, Unknown) and a == b else None
    if isinstance(a, Text) or isinstance(b, Text):
        return _equal_texts(a, b)
    if isinstance(a, bool) or isinstance(b, bool):
        return isinstance(a, bool) and isinstance(b, bool) and a == b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return None if undecided(a, b) else bool(a == b)
    if isinstance(a, str) or isinstance(b, str) or a is None or b is None:
        return type(a) is type(b) and (bool(a == b) or (isinstance(a, str) and not a.isascii() and _normal(a) == _normal(b)))
    if isinstance(a, list) and isinstance(b, list):
        return _equal_lists(one, two)
    if isinstance(a, dict) and isinstance(b, dict):
        if a.keys() != b.keys():
            return False
        alike = _all([equal(a[name], b[name]) for name in a])
        if not a:
            alike = same_type(a, b)
        return None if alike and isinstance(a, MapValue) != isinstance(b, MapValue) else alike
    return False


def _normal(text: str) -> str:
    from unicodedata import normalize

    return normalize("NFC", text)  # as Terraform keeps every string


def _equal_lists(one: Located, two: Located) -> bool | None:
    if len(one.value) != len(two.value):
        # A set of which elements are unknown may shrink; everything else has its length.
        return None if one.is_set and two.is_set and first_unknown([one, two]) else False
    alike = _all([equal(a, b) for a, b in zip(one.value, two.value, strict=True)])
    if alike and not one.value and one.is_set == two.is_set:
        alike = same_type(one.value, two.value)
    if one.is_set != two.is_set or isinstance(one.value, ListValue) != isinstance(two.value, ListValue):
        return None if alike else alike  # values of different types differ, but we do not follow every type
    return None if alike is False and one.is_set and first_unknown([one, two]) else alike


def same_type(one: Any, two: Any) -> bool | None:
    """Return whether the elements of two collections are of one type; None where nothing tells."""
    a, b = sample_of(one), sample_of(two)
    if a is None or b is None:
        return True if a is b else None
    return _like(a, b)


def _like(one: Located, two: Located) -> bool | None:
    """Return whether two samples are of one type, None where that is not followed."""
    a, b = one.value, two.value
    if isinstance(a, list) and isinstance(b, list):
        if one.is_set != two.is_set or isinstance(a, ListValue) != isinstance(b, ListValue):
            return False
        if isinstance(a, ListValue) or one.is_set:
            return same_type(a, b)
        return len(a) == len(b) and _all([_like(*pair) for pair in zip(a, b, strict=True)])
    if isinstance(a, dict) and isinstance(b, dict):
        if isinstance(a, MapValue) != isinstance(b, MapValue):
            return False
        return (
            same_type(a, b) if isinstance(a, MapValue) else a.keys() == b.keys() and _all([_like(a[name], b[name]) for name in a])
        )
    if a is None or b is None or isinstance(a, Unknown) or isinstance(b, Unknown):
        return None
    return kind_of(one) == kind_of(two)


def _all(verdicts: list[bool | None]) -> bool | None:
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _equal_texts(a: Any, b: Any) -> bool | None:
    if not isinstance(a, (str, Text)) or not isinstance(b, (str, Text)):
        return False
    if a == b:
        return True
    # What is known at the two ends must agree.
    for end in (0, -1):
        first, second = ends(a, end), ends(b, end)
        shorter = min(len(first), len(second))
        if end == 0 and first[:shorter] != second[:shorter]:
            return False
        if end == -1 and shorter and first[-shorter:] != second[-shorter:]:
            return False
    for whole, partial in ((a, b), (b, a)):
        if isinstance(whole, str) and isinstance(partial, Text):
            shown = sum(len(part) for part in partial.parts if isinstance(part, str))
            if shown > len(whole):
                return False
    return None


def ends(value: str | Text, end: int) -> str:
    """Return the known text at the start (0) or end (-1)."""
    if isinstance(value, str):
        return value
    part = value.parts[end]
    return part if isinstance(part, str) else ""


def distinct(items: list[Located]) -> list[Located]:
    """Return the items without those that surely equal an earlier one."""
    kept: list[Located] = []
    seen: set[Any] = set()
    for item in items:
        value = item.value
        if isinstance(value, (str, Text, Unknown, bool, int, float, type(None))):
            mark = (type(value) if not isinstance(value, float) else int, value)
            if mark in seen:
                continue
            seen.add(mark)
        elif any(equal(item, other) for other in kept if isinstance(other.value, (list, dict))):
            continue
        kept.append(item)
    return kept


def make_set(items: list[Located], place: Place, sample: Located | None = None) -> Located:
    """Return a set: without duplicates, in Terraform's order. A sample tells its type where it is empty."""
    if not items and sample is not None:
        return Located(EmptyList(sample), place, is_set=True)
    from iamlint.parse.terraform.set_order import in_order

    kept = distinct(items)
    if len(kept) > 1:
        kept = in_order(kept)
    return Located(kept, place, is_set=True)
