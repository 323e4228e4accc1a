"""Values of a plan with their places: what it does not know comes from the configuration where that says it."""

from __future__ import annotations

from iamlint.parse.terraform.located import Located, of_json, plain
from iamlint.source.place import Place, Route
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DEPTH = 60


class Subject(NamedTuple):
    """Whose values are built: an address of a unit, and where its values stand in the plan."""

    address: str
    unit: str
    path: str
    base: Route


class Kept(list["Any"]):
    """What is kept of a list of the plan; `numbers` are those that the items have in the plan."""

    def __init__(self, listed: Any, keeps: list[bool]) -> None:
        self.numbers = [number for number, keep in enumerate(keeps) if keep]
        super().__init__(listed[number] for number in self.numbers)


def build(subject: Subject, value: Any, unknown: Any, sensitive: Any, route: Route, static: Located | None) -> Located:
    """Return a value of the plan; its place is that of the configuration's expression when there is one."""
    place = Place(subject.path, (*subject.base, *route))
    shown = static.place if static is not None else place
    if sensitive is True:
        if static is not None and unknown is not True and plain(static) == value:
            return static
        reason = f"`{subject.address}.{_dotted(route)}` is marked as sensitive"
        return Located(Unknown(reason, shown, _symbol(subject, route)), shown)
    if unknown is True or len(route) > MAX_DEPTH:
        if static is not None and static.value is not None:
            return static
        reason = f"the plan does not know `{subject.address}.{_dotted(route)}` before it is applied"
        return Located(Unknown(reason, shown, _symbol(subject, route)), shown)
    if isinstance(value, dict) or (value is None and isinstance(unknown, dict) and unknown):
        return _object(subject, value or {}, unknown, sensitive, route, static, shown)
    if isinstance(value, list) or (value is None and isinstance(unknown, list) and unknown):
        return _list(subject, value or [], unknown, sensitive, route, static, shown)
    return _scalar(value, static, shown)


def _object(
    subject: Subject, value: dict[str, Any], unknown: Any, sensitive: Any, route: Route, static: Located | None, shown: Place
) -> Located:
    written = static.value if static is not None and isinstance(static.value, dict) else {}
    names = dict.fromkeys(value)
    if isinstance(unknown, dict):
        marked = [name for name, is_unknown in unknown.items() if is_unknown]
        if written and "awscc_" in subject.address:  # to its provider, all that nobody writes is computed
            marked = [name for name in marked if name in written or unknown[name] is not True]
        names.update(dict.fromkeys(marked))
    made = {
        str(name): build(
            subject, value.get(name), _below(unknown, name), _below(sensitive, name), (*route, name), written.get(name)
        )
        for name in names
    }
    keys = static.keys if static is not None and isinstance(static.value, dict) else None
    if keys is None and static is None:
        keys = {str(name): Place(subject.path, (*subject.base, *route, name), "key") for name in value}
    return Located(made, shown, keys=keys)


def _list(
    subject: Subject, value: list[Any], unknown: Any, sensitive: Any, route: Route, static: Located | None, shown: Place
) -> Located:
    length = len(value)
    if isinstance(unknown, list) and not isinstance(value, Kept):
        length = max(length, len(unknown))
    written: list[Located | None] = [None] * length
    if static is not None:
        below = static.value if isinstance(static.value, list) else []
        written = _paired(value, length, below) if below else written
        written = [found if found is not None else _bare(static) for found in written]
    items = [
        build(
            subject,
            value[number] if number < len(value) else None,
            _below(unknown, at),
            _below(sensitive, at),
            (*route, at),
            written[number],
        )
        for number, at in enumerate(value.numbers if isinstance(value, Kept) else range(length))
    ]
    return Located(items, shown)


def _paired(value: list[Any], length: int, static: list[Located]) -> list[Located | None]:
    """Return the written element for each planned one: sets are sorted by Terraform, so equal texts go together first."""
    if all(not isinstance(item, (dict, list)) for item in value):
        by_text = {item.value: item for item in static if isinstance(item.value, str)}
        found: list[Located | None] = [by_text.pop(item, None) if isinstance(item, str) else None for item in value]
        found += [None] * (length - len(found))
        rest = [item for item in static if not isinstance(item.value, str) or item.value in by_text]
        open_places = [number for number, item in enumerate(found) if item is None]
        if len(rest) == len(open_places):
            for number, item in zip(open_places, rest, strict=True):
                found[number] = item
        return found
    return list(static) if len(static) == length else [None] * length


def _bare(static: Located) -> Located:
    """Return nothing that is written, at the place of what surrounds it."""
    return Located(None, static.place)


def _scalar(value: Any, static: Located | None, shown: Place) -> Located:
    if static is None:
        return of_json(value, shown)
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        document = _json(value)
        if document is not None:
            return _document(value, document, static)
    if static.value == value and type(static.value) is type(value):
        return static
    return Located(value, shown)


def _document(text: str, document: Any, static: Located) -> Located:
    """Return a JSON text of the plan with the places that the configuration has for its parts."""
    from iamlint.parse.terraform.embedded import read_tree
    from iamlint.source.problem import Problem

    written = read_tree(static)
    if isinstance(written, Problem) or isinstance(written.value, (str, Text, Unknown)) or written.value is None:
        return Located(text, static.place)
    if is_known(known := plain(written)) and known == document:
        return static
    return Located(text, static.place, tree=_placed(document, written))


def _placed(value: Any, written: Located) -> Located:
    if isinstance(value, dict):
        below = written.value if isinstance(written.value, dict) else {}
        keys = written.keys if isinstance(written.value, dict) else None
        made = {name: _placed(item, below.get(name) or _bare(written)) for name, item in value.items()}
        return Located(made, written.place, keys=keys)
    if isinstance(value, list):
        parts = written.value if isinstance(written.value, list) else []
        paired = _paired(value, len(value), parts) if parts else [None] * len(value)
        return Located([_placed(item, found or _bare(written)) for item, found in zip(value, paired, strict=True)], written.place)
    if isinstance(written.value, list) and len(written.value) == 1:  # the provider writes a list of one as a text
        return Located(value, written.value[0].place)
    return Located(value, written.place)


def _json(text: str) -> Any:
    from iamlint.source.read_json import read_json

    reading = read_json(text.encode("utf-8", "replace"), "")
    return None if reading.problems else reading.value


def _below(marks: Any, step: str | int) -> Any:
    if isinstance(marks, dict):
        return marks.get(step)
    if isinstance(marks, list) and isinstance(step, int) and step < len(marks):
        return marks[step]
    return None


def _symbol(subject: Subject, route: Route) -> str:
    return f"{subject.unit}#{subject.address}.{_dotted(route)}"


def _dotted(route: Route) -> str:
    return ".".join(map(str, route))
