"""What templates of one repository tell each other: exports, parameters of nested stacks, and outputs of these."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from iamlint.parse.cloudformation.assemblies import Assets
from iamlint.parse.cloudformation.exports import assembly_of, is_given
from iamlint.parse.cloudformation.identities import no_gaps
from iamlint.parse.cloudformation.nesting import Nested, as_passed, by_address, by_path, has_addresses
from iamlint.parse.cloudformation.stack_outputs import asks, outputs_of
from iamlint.parse.cloudformation.stored_values import looks_up, may_write, written_by
from iamlint.parse.cloudformation.template import Template
from iamlint.parse.cloudformation.ways import ways
from iamlint.parse.context import Context, StackContext, in_stacks
from iamlint.source.files import Files
from iamlint.source.place import Origin
from iamlint.source.value import Unknown, Value, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def may_tell(data: bytes) -> bool:
    """Return whether a document asks other templates of the repository for something."""
    return b"Fn::ImportValue" in data or b"!ImportValue" in data or nests(data) or asks(data)


def nests(data: bytes) -> bool:
    """Return whether a document may nest stacks."""
    return b"AWS::CloudFormation::Stack" in data or b"AWS::Serverless::Application" in data


class Linking:
    """What templates of one repository tell each other. Who takes part is told by words; what they say, by reading them."""

    def __init__(self, paths: Iterable[str], files: Files, context_of: Callable[[str], Context]) -> None:
        texts = self._texts = {path: data for path in paths if (data := files.read(path)) is not None}
        self._files = files
        self._context_of = context_of
        writing = {path for path, data in texts.items() if may_write(data)}
        looking = self._looking = [path for path, data in texts.items() if looks_up(data)] if writing else []
        telling = [path for path, data in texts.items() if may_tell(data)]
        asking = self._asking = [path for path in telling if asks(texts[path])]
        self._named = {path for path, data in texts.items() if b"Outputs" in data and context_of(path).stack} if asking else set()
        self._importing = [path for path in telling if b"ImportValue" in texts[path]]
        self._writing = writing if looking else set()
        self._ahead = [
            path
            for path, data in texts.items()
            if nests(data)
            or path in self._named
            or path in self._writing
            or (self._importing and b"Export" in data and b"Outputs" in data)
        ]
        self.part = frozenset((*telling, *looking, *self._ahead))
        """Those that tell or ask something; of others, only what is nested learns something."""

    def link(self) -> dict[str, StackContext]:
        """Return, by path, what each template learns from the others; templates that learn nothing are not there."""
        texts, context_of = self._texts, self._context_of
        looking, asking, importing = self._looking, self._asking, self._importing
        values: dict[str, dict[str, Any]] = {}
        for path in self._ahead:
            _read(path, texts[path], values)
        assets = Assets(self._files)
        nested = [
            found for path in list(values) for found in by_path(path, _written_out(path, values, context_of), texts, assets)
        ]
        for found in nested:
            if found.child not in values:
                _read(found.child, texts[found.child], values)
        told_by_path = {(found.parent, found.logical) for found in nested}
        nested += [found for found in _by_address(texts, values, context_of) if (found.parent, found.logical) not in told_by_path]
        nested = [found for found in nested if found.child in values]
        known: dict[str, StackContext] = {}

        def opened(path: str, stacks: StackContext) -> Template:
            return Template(values[path], Origin(path), in_stacks(context_of(path), stacks))

        learned: dict[str, list[StackContext]] = {}

        def every(path: str) -> list[Template]:
            """Return a template in each way in which it is nested."""
            return [opened(path, one) for one in learned.get(path, [known.get(path, StackContext())])]

        again = bool(nested and (importing or looking or asking))  # what is imported may be passed on, and that exported
        for _ in range(2 if again else 1):
            learned = ways(nested, known, opened)
            exports = _exports([template for path in values for template in every(path)]) if importing else ()
            for path in importing if exports else ():
                known[path] = known.get(path, StackContext())._replace(exports=exports)
            wrote = [path for path in values if path in self._writing]
            stored = tuple(one for path in wrote for template in every(path) for one in written_by(template))
            for path in looking if stored else ():
                known[path] = known.get(path, StackContext())._replace(stored=stored)
            published = tuple(one for path in self._named for template in every(path) for one in outputs_of(template))
            for path in asking if published else ():
                known[path] = known.get(path, StackContext())._replace(published=published)
        if again:
            learned = ways(nested, known, opened)
        learned = {**{path: [one] for path, one in known.items()}, **learned}
        told = list(_told(one for listed in learned.values() for one in listed))
        no_gap = frozenset().union(*(no_gaps(template, told) for path in values if told for template in every(path)))
        return {path: _together([one._replace(expected=no_gap) for one in listed]) for path, listed in learned.items()}


def _together(readings: list[StackContext]) -> StackContext:
    """Return what a template learns: as it is nested, or in each of several ways, or that nothing is made of it."""
    if not readings:
        return StackContext(off=True)
    return readings[0] if len(readings) == 1 else StackContext(readings=tuple(readings))


def _told(learned: Iterable[StackContext]) -> Iterable[Unknown]:
    """Return what is not known among all that templates tell each other, each once."""
    found: dict[str, Unknown] = {}
    exports: object = None
    published: object = None
    for known in learned:
        values = [
            *known.outputs.values(),
            *known.parameters.values(),
            *(one.value for one in known.stored if one.value is not None),
        ]
        if known.exports is not exports:  # they are the same for all that import
            exports = known.exports
            values += [value for *_, value in known.exports]
        if known.published is not published:
            published = known.published
            values += [one.value for one in known.published]
        found.update((unknown.symbol, unknown) for unknown in unknowns(values))
    return found.values()


def _read(path: str, data: bytes, values: dict[str, dict[str, Any]]) -> None:
    from iamlint.parse.cloudformation import is_template
    from iamlint.parse.readings import read_ahead
    from iamlint.parse.serverless_variables import filled_template

    readings = read_ahead(data, path)  # its unit will be parsed
    value: Any = readings[0].value if len(readings) == 1 else None
    if is_template(value):
        values[path] = filled_template(dict(value), data, Origin(path))[0]


def _written_out(path: str, values: dict[str, dict[str, Any]], context_of: Callable[[str], Context]) -> dict[str, Any]:
    """Return a template with its loops over resources written out."""
    value = values[path]
    if not any(name.startswith("Fn::ForEach::") for name in value["Resources"]):
        return value
    return {"Resources": _template(path, values, context_of).resources}


def _by_address(texts: dict[str, bytes], values: dict[str, dict[str, Any]], context_of: Callable[[str], Context]) -> list[Nested]:
    def read(path: str) -> dict[str, Any] | None:
        if path not in values:
            _read(path, texts[path], values)
        return values.get(path)

    asking = [path for path, value in values.items() if has_addresses(value)]
    named: dict[str, list[str]] = {}
    for path in texts if asking else ():
        named.setdefault(path.rpartition("/")[2], []).append(path)
    return [found for path in asking for found in by_address(path, _template(path, values, context_of), named, read)]


def _exports(templates: Iterable[Template]) -> tuple[tuple[str, str, str | None, Value], ...]:
    """Return name, account, assembly and value of every export of the repository."""
    found: list[tuple[str, str, str | None, Value]] = []
    for template in templates:
        for output, written in template.outputs.items():
            export = written.get("Export") if isinstance(written, dict) else None
            if isinstance(export, dict) and "Name" in export and "Value" in written and is_given(template, written):
                name = template.text(export["Name"], ("Outputs", output, "Export", "Name"))
                value = as_passed(template.value(written["Value"], ("Outputs", output, "Value")))
                if isinstance(name, str) and value is not None:
                    account = template.context.account
                    found.append((name, account if isinstance(account, str) else "", assembly_of(template), value))
    return tuple(found)


def _template(path: str, values: dict[str, dict[str, Any]], context_of: Callable[[str], Context]) -> Template:
    return Template(values[path], Origin(path), context_of(path))
