"""OpenTelemetry collector configurations: which exporters send to a telemetry vendor, and with which token.

A configuration stands by itself, inside Helm values (`config:`), a Kubernetes resource (`spec.config`) or, as text, a ConfigMap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.parse.telemetry import lightstep
from iamlint.source.place import Origin, Place
from iamlint.source.problem import Unresolved
from iamlint.source.value import Unknown, Value

_VARIABLE = re.compile(r"\$\{(?:env:)?([A-Za-z_]\w*)(?::-(?P<default>[^}]*))?\}|\$([A-Za-z_]\w*)|\$\(([A-Za-z_]\w*)\)")
_MAX_VALUES = 200_000


def is_collector(value: Any) -> bool:
    """Return whether a document is, or holds, the configuration of a collector."""
    return any(True for _ in _configurations(value))


def parse_collector(value: Any, origin: Origin, context: Context) -> Facts:
    """Return the bots that a document's collectors are, and the tokens that they present."""
    facts = Facts(context.unit, "collector", (origin.path,))
    for found in _configurations(value):
        config = Entry(found.config, origin, found.route)
        if found.text is not None:
            config = Entry(found.config, _Embedded(origin.at(found.route)))
        steps = [str(step) for step in found.route if step not in ("config", "spec", "data")]
        _read(config, found.variables, ":".join([origin.path, *([".".join(steps)] if steps else [])]), facts)
    facts.resolved += len(facts.items)
    return facts


class _Found(NamedTuple):
    config: dict[Any, Any]
    route: tuple[str | int, ...]
    variables: dict[str, str]  # environment variables of the workload around it that come from a secret
    text: str | None = None  # the configuration stood in a text, whose parts have no places of their own


class _Embedded(Origin):
    """The origin of a value that was read from a text inside a document: everything in it stands at that text."""

    __slots__ = ("place",)

    def __init__(self, place: Place) -> None:
        super().__init__(place.path, place.route, place.document)
        self.place = place

    def at(self, route: tuple[str | int, ...] = (), part: str = "value") -> Place:
        return self.place


def _configurations(value: Any) -> Iterator[_Found]:
    """Yield every mapping that looks like a collector's configuration, outermost first."""
    stack: list[tuple[Any, tuple[str | int, ...], dict[str, str]]] = [(value, (), {})]
    seen = 0
    while stack and seen < _MAX_VALUES:
        item, route, variables = stack.pop()
        seen += 1
        if isinstance(item, dict):
            variables = {**variables, **_from_secrets(item)}
            if _is_configuration(item):
                yield _Found(item, route, variables)
                continue
            stack += [(inner, (*route, name), variables) for name, inner in reversed(item.items()) if isinstance(name, str)]
        elif isinstance(item, list):
            stack += [(item[index], (*route, index), variables) for index in range(len(item) - 1, -1, -1)]
        elif isinstance(item, str) and "exporters:" in item and "\n" in item:
            inner = _read_text(item)
            if inner is not None:
                yield _Found(inner, route, variables, item)


def _is_configuration(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("exporters"), dict):
        return False
    if isinstance(value.get("service"), dict) or isinstance(value.get("receivers"), dict):
        return True
    return any(_is_ours(exporter) for exporter in value["exporters"].values())


def _read_text(text: str) -> dict[Any, Any] | None:
    from iamlint.source.read_yaml import read_yaml

    for reading in read_yaml(text.encode("utf-8", "replace"), "embedded"):
        if _is_configuration(reading.value):
            return reading.value  # type: ignore[no-any-return]
    return None


def _from_secrets(value: dict[Any, Any]) -> dict[str, str]:
    """Return the environment variables that a workload takes from a Kubernetes secret, as `secret/<name>/<key>`."""
    found: dict[str, str] = {}
    for field in ("env", "extraEnv", "extraEnvs"):
        for variable in Entry({field: value.get(field)}, Origin("")).entries(field):
            name, source = variable.text("name"), variable.mapping("valueFrom")
            secret = source.mapping("secretKeyRef") if source is not None else None
            if name is not None and secret is not None:
                found[name] = f"secret/{secret.text('name') or '?'}/{secret.text('key') or '?'}"
    return found


def _read(config: Entry, variables: dict[str, str], prefix: str, facts: Facts) -> None:
    used = _used_exporters(config)
    exporters = config.mapping("exporters")
    for name, exporter in exporters.named() if exporters is not None else ():
        if _is_ours(exporter.value):
            _read_sender(exporter, f"{prefix}:{name}", variables, used is None or name in used, facts)
    service = config.mapping("service")
    telemetry = service.mapping("telemetry") if service is not None else None
    if telemetry is not None and any(True for _ in _headers(telemetry)):
        _read_sender(telemetry, f"{prefix}:telemetry", variables, True, facts)


def _used_exporters(config: Entry) -> set[str] | None:
    """Return the exporters that some pipeline uses, or None when the pipelines stand elsewhere."""
    service = config.mapping("service")
    pipelines = service.mapping("pipelines") if service is not None else None
    if pipelines is None:
        return None
    return {name for _, pipeline in pipelines.named() for name, _ in pipeline.texts("exporters")}


def _is_ours(exporter: Any) -> bool:
    if not isinstance(exporter, dict):
        return False
    endpoints = (exporter.get(name) for name in ("endpoint", "traces_endpoint", "metrics_endpoint", "logs_endpoint"))
    if any(isinstance(endpoint, str) and lightstep.is_ingest_endpoint(endpoint) for endpoint in endpoints):
        return True
    return any(True for _ in _headers(Entry(exporter, Origin(""))))


def _read_sender(sender: Entry, name: str, variables: dict[str, str], active: bool, facts: Facts) -> None:
    """Add one thing that sends: a bot, and the token that it presents."""
    tokens = list(_headers(sender))
    if active:
        facts.add(Bot(name, "collector", sender.at(part="key"), facts.unit))
    for text, at in tokens:
        if _literal(text):
            facts.add(LiteralSecret("Lightstep access token", at, facts.unit, name))
        if active:
            token = _token(text, at, variables, facts.unit)
            if isinstance(token, Unknown):
                facts.unresolved.append(Unresolved(f"which token `{name}` presents: {token.reason}", at))
            facts.add(TokenUse(lightstep.VENDOR, name, "collector", token, at, facts.unit))
    if active and not tokens:
        reason = "the token with which the collector sends is not in its configuration"
        unknown = Unknown(reason, sender.place, f"token of {name}")
        facts.unresolved.append(Unresolved(reason, sender.at(part="key")))
        facts.add(TokenUse(lightstep.VENDOR, name, "collector", unknown, sender.at(part="key"), facts.unit))


def _headers(sender: Entry) -> Iterator[tuple[str, Place]]:
    """Yield the text and place of every token header below: a mapping, or a list of mappings (of one key, or `name`, `value`)."""
    stack = [sender]
    while stack:
        entry = stack.pop()
        for name in entry.value:
            if not isinstance(name, str):
                continue
            if name.lower() == lightstep.HEADER:
                if (text := entry.text(name)) is not None:
                    yield text, entry.at(name)
            elif isinstance(entry.value[name], list):
                stack += entry.entries(name)
            elif (inner := entry.mapping(name)) is not None:
                stack.append(inner)
        named = entry.text("name") or entry.text("key")
        if named is not None and named.lower() == lightstep.HEADER and (text := entry.text("value")) is not None:
            yield text, entry.at("value")


def _literal(text: str) -> bool:
    match = _VARIABLE.fullmatch(text)
    return lightstep.is_secret_literal((match["default"] or "") if match else text)


def _token(text: str, at: Place, variables: dict[str, str], unit: str) -> Value | None:
    """Return a name for the token: the variable or secret, of this file, since another file's may be another token.

    None for a literal: it has no name.
    """
    match = _VARIABLE.search(text)
    if match is not None:
        variable = next(group for group in (match[1], match[3], match[4]) if group)
        return f"{at.path}:{variables.get(variable, variable)}"
    if "${" in text or "{{" in text:
        return Unknown("the token is filled in by a template", at, f"token at {unit}:{'/'.join(map(str, at.route))}")
    return None
