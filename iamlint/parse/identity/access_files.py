"""Access files of one's own: the configuration says by JMESPath expressions what in them is a person, a group, an assignment.

`each` names what is gone through, one inside the other when it is a list; the other expressions are asked of each element,
to which `_parent` (the element around it), `_root` (the document), `_file` (`path`, `name`, `stem`, `folder`) and, for an
element that is no mapping, `_value` are added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlint.model.estate import Facts
from iamlint.parse.context import Context
from iamlint.source.globs import path_matches
from iamlint.source.near import nearest
from iamlint.source.place import Origin, Place, Route
from iamlint.source.problem import Problem, Unresolved
from iamlint.source.record import NamedTuple
from iamlint.source.traced import route_of, traced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SECTIONS = ("users", "groups", "members", "bots", "teams", "assignments", "mappings", "bindings", "administrators", "credentials")
MAX_ROWS = 1_000_000


class Section(NamedTuple):
    """How one kind of thing is found in a file: what is gone through, and the expression of each field."""

    kind: str
    each: tuple[str, ...]
    fields: Mapping[str, str]
    profile: Mapping[str, str] = {}


class AccessFile(NamedTuple):
    """Which files are read so, and how."""

    path: str
    provider: str
    sections: tuple[Section, ...]
    vendor: str = "lightstep"


def access_file(path: str, context: Context) -> AccessFile | None:
    """Return how a file is to be read, None for one that no entry of the configuration is about."""
    return next((entry for entry in context.access_files if path_matches(entry.path, path)), None)


def parse_access_file(value: Any, origin: Origin, context: Context, entry: AccessFile) -> Facts:
    """Return what a file declares by the entry's expressions."""
    from iamlint.parse.identity.access_facts import ADDERS

    facts = Facts(context.unit, "access-file", (origin.path,))
    document = traced(value)
    for section in entry.sections:
        adder = ADDERS[section.kind]
        found = False
        for row in _rows(document, origin, section, facts):
            found = True
            before = len(facts.items)
            adder(row, entry, context, facts)
            facts.resolved += len(facts.items) > before
        if not found:
            shown = " → ".join(f"`{each}`" for each in section.each)
            facts.unresolved.append(Unresolved(f"{shown} finds none of the configured `{section.kind}` in the file", origin.at()))
    return facts


class Row:
    """An element, asked for its fields. What is asked for and not found is told once a field and file."""

    __slots__ = ("_element", "_facts", "_scope", "origin", "section")

    def __init__(self, element: Any, scope: Any, origin: Origin, section: Section, facts: Facts) -> None:
        self._element = element
        self._scope = scope
        self.origin = origin
        self.section = section
        self._facts = facts

    @property
    def place(self) -> Place:
        """Return where the element stands."""
        return self.origin.at(self._route)

    @property
    def _route(self) -> Route:
        return route_of(self._element) or ()

    def text(self, field: str) -> str | None:
        """Return a field as text; None where it is not configured or not there."""
        found = self._value(field)
        return as_text(found)

    def needed(self, field: str) -> str | None:
        """Return a field that every element must have; its absence is told."""
        text = self.text(field)
        if text is None:
            expression = self.section.fields.get(field, field)
            reason = f"`{expression}` gives no text for the `{field}` of this entry of `{self.section.kind}`"
            near = self._near(expression)
            self._facts.unresolved.append(Unresolved(reason + (f": did you mean `{near}`?" if near else ""), self.place))
        return text

    def texts(self, field: str) -> list[tuple[str, Place]]:
        """Return the texts of a field that may hold several, each with its place."""
        found = self._value(field)
        items = found if isinstance(found, list) else [found]
        return [(text, self._place(item)) for item in items if (text := as_text(item)) is not None]

    def at(self, field: str) -> Place:
        """Return where a field stands; the element where it was computed."""
        return self._place(self._value(field))

    def profile(self) -> dict[str, Any]:
        """Return the attributes of a person that the section names."""
        found: dict[str, Any] = {}
        for name, expression in self.section.profile.items():
            value = self._asked(expression)
            if isinstance(value, list):
                found[name] = tuple(text for item in value if (text := as_text(item)) is not None)
            elif (text := as_text(value)) is not None:
                found[name] = text
        return found

    def _value(self, field: str) -> Any:
        expression = self.section.fields.get(field)
        return None if expression is None else self._asked(expression)

    def _asked(self, expression: str) -> Any:
        return asked(expression, self._scope, self.place, self._facts)

    def _place(self, value: Any) -> Place:
        route = route_of(value)
        return self.origin.at(self._route if route is None else route)

    def _near(self, expression: str) -> str | None:
        first = expression.partition(".")[0].partition("[")[0]
        fields = [name for name in self._element if isinstance(name, str)] if isinstance(self._element, dict) else []
        return nearest(first, fields) if first not in fields else None


def as_text(value: Any) -> str | None:
    """Return a scalar as plain text, None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return str(value) if isinstance(value, str) and value else None


def asked(expression: str, value: Any, place: Place, facts: Facts) -> Any:
    """Return what an expression gives; one that cannot be applied is a problem at the place of what it was asked of."""
    import jmespath  # type: ignore[import-untyped]
    from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]

    try:
        return jmespath.compile(expression).search(value)
    except JMESPathError as error:
        reason = str(error).splitlines()[0]
        problem = Problem("IL003", f"the configured expression `{expression}` cannot be applied here: {reason}", place)
        if len(facts.problems) < 20:
            facts.problems.append(problem)
        return None
    except (RecursionError, ValueError, OverflowError, ZeroDivisionError):
        return None


def _rows(document: Any, origin: Origin, section: Section, facts: Facts) -> Iterator[Row]:
    stem = origin.path.rpartition("/")[2]
    file = {"path": origin.path, "name": stem, "stem": stem.rpartition(".")[0] or stem, "folder": origin.path.rpartition("/")[0]}
    top = {"_root": document, "_file": file}
    scopes: list[tuple[Any, Any]] = [(document, _scope(document, None, top))]
    for depth, each in enumerate(section.each):
        inner: list[tuple[Any, Any]] = []
        for element, scope in scopes:
            found = asked(each, scope if depth else document, origin.at(route_of(element) or ()), facts)
            for item in found if isinstance(found, list) else () if found is None else (found,):
                if len(inner) < MAX_ROWS:
                    inner.append((item, _scope(item, scope, top)))
        scopes = inner
    for element, scope in scopes:
        yield Row(element, scope, origin, section, facts)


def _scope(element: Any, parent: Any, top: Mapping[str, Any]) -> dict[str, Any]:
    own = element if isinstance(element, dict) else {"_value": element}
    return {**top, "_parent": parent, **own}
