"""Values of Helm charts: service accounts that are AWS roles, and telemetry tokens in variables.

Namespace and release are chosen when a chart is installed; an account that the values do not name is named by the chart.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.workload import RoleAssumption
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.parse.workloads.kubernetes import ROLE_ANNOTATION, Identity, tokens_of
from iamlint.source.place import Origin, Place
from iamlint.source.value import Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LISTS = ("env", "extraEnv", "extraEnvs", "extraEnvVars", "envVars", "additionalEnv")
_MAX_VALUES = 100_000


def parse_helm(value: dict[Any, Any], origin: Origin, context: Context) -> Facts:
    """Return what values declare; the facts have no kind where that is nothing."""
    facts = Facts(context.unit, "", (origin.path,))
    for entry in mappings(value, origin):
        annotations = entry.mapping("annotations")
        role = annotations.text(ROLE_ANNOTATION) if annotations is not None else None
        if annotations is not None and role is not None:
            name = _account(entry)
            facts.add(Bot(name, "service-account", annotations.at(ROLE_ANNOTATION), facts.unit, declared=False))
            if "{{" not in role:
                facts.add(RoleAssumption(name, role, annotations.at(ROLE_ANNOTATION), facts.unit, "irsa"))
        for field in _LISTS:
            _variables(entry, field, facts)
    facts.kind = "helm" if facts.items else ""
    facts.resolved += len(facts.items)
    return facts


def mappings(value: dict[Any, Any], origin: Origin) -> Iterator[Entry]:
    """Yield every mapping inside the values, outermost first."""
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())]
    seen = 0
    while stack and seen < _MAX_VALUES:
        item, route = stack.pop()
        seen += 1
        if isinstance(item, dict):
            yield Entry(item, origin, route)
            stack += [(inner, (*route, name)) for name, inner in reversed(item.items()) if isinstance(name, str)]
        elif isinstance(item, list):
            stack += [(item[index], (*route, index)) for index in range(len(item) - 1, -1, -1)]


def _account(entry: Entry) -> Value:
    path = entry.origin.path
    namespace = Unknown("the namespace is chosen when the chart is installed", entry.place, f"namespace of {path}")
    where = ".".join(str(step) for step in entry.route)
    name = entry.text("name") or Unknown("the chart names the service account", entry.place, f"service account {where} of {path}")
    return concat(["k8s/", namespace, "/", name])


def _variables(entry: Entry, field: str, facts: Facts) -> None:
    """Add the tokens in a list of variables, or in a mapping of them."""
    value = entry.value.get(field)
    listed = entry
    if isinstance(value, dict):
        pairs = [
            {"name": name, **({"value": item} if isinstance(item, str) else item if isinstance(item, dict) else {})}
            for name, item in value.items()
            if isinstance(name, str)
        ]
        listed = _Mapped({"env": pairs}, entry.origin, (*entry.route, field))
    elif isinstance(value, list):
        listed = _Listed({"env": value}, entry.origin, (*entry.route, field))
    else:
        return
    path = entry.origin.path
    release = Unknown("the release is named when the chart is installed", entry.place, f"release of {path}")
    identity = Identity(concat(["k8s/", release, "/", ".".join(str(step) for step in entry.route) or "values"]), entry.place)
    used = list(tokens_of(listed, identity, facts))
    if used:
        presented = _of_collectors(entry, listed)
        used = [use for use in used if use.place not in presented]
    if used:
        facts.add(Bot(identity.name, "workload", identity.place, facts.unit, declared=False))
        facts.items += used


def _of_collectors(entry: Entry, listed: Entry) -> set[Place]:
    """Return where the variables stand that a collector's configuration beside them reads: the collector is who presents them."""
    from iamlint.parse.workloads.collector import is_collector, variables_in

    read: set[str] = set()
    for inner in entry.value.values():
        if isinstance(inner, (dict, str)) and is_collector(inner):
            read |= variables_in(inner)
    variables = [variable for variable in listed.entries("env") if variable.text("name") in read]
    return {variable.at(field) for variable in variables for field in ("value", "valueFrom")}


class _Listed(Entry):
    """A list of variables as a container has it, whose places are those of the values."""

    __slots__ = ()

    def entries(self, name: str) -> Iterator[Entry]:
        for index, item in enumerate(self.value[name]):
            if isinstance(item, dict):
                yield Entry(item, self.origin, (*self.route, index))


class _Mapped(Entry):
    """A mapping of variables as a list of them."""

    __slots__ = ()

    def entries(self, name: str) -> Iterator[Entry]:
        for item in self.value[name]:
            yield _Variable(item, self.origin, (*self.route, item["name"]))


class _Variable(Entry):
    __slots__ = ()

    def at(self, *steps: str | int, part: str = "value") -> Any:
        return self.origin.at(self.route, part)
