"""OpenTelemetry collector configurations: which exporters send to a telemetry vendor, and with which token.

A configuration stands by itself, inside Helm values (`config:`), a Kubernetes resource (`spec.config`) or, as text, a ConfigMap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.parse.secrets import literal_secret
from iamlint.parse.telemetry import lightstep
from iamlint.parse.telemetry.vendors import VENDORS, Vendor
from iamlint.parse.workloads.tokens import vendor_of_endpoint
from iamlint.source.place import Origin, Place
from iamlint.source.problem import Unresolved
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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


def variables_in(value: Any) -> set[str]:
    """Return the names of the environment variables that a configuration reads."""
    found: set[str] = set()
    stack = [value]
    for item in stack:
        if isinstance(item, str):
            found.update(group for match in _VARIABLE.finditer(item) if (group := match[1] or match[3] or match[4]))
        elif isinstance(item, (dict, list)) and len(stack) < _MAX_VALUES:
            stack += item.values() if isinstance(item, dict) else item
    return found


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
    return any(_vendor(str(name), exporter) is not None for name, exporter in value["exporters"].items())


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
    extensions = config.mapping("extensions")
    for name, exporter in exporters.named() if exporters is not None else ():
        vendor = _vendor(name, exporter.value)
        if vendor is not None:
            tokens = [*_tokens(name, exporter, vendor), *_authenticated(exporter, extensions, vendor)]
            active = used is None or name in used
            _add_sender(exporter, f"{prefix}:{name}", vendor, tokens, variables, active, facts)
    service = config.mapping("service")
    telemetry = service.mapping("telemetry") if service is not None else None
    if telemetry is not None:
        for vendor in VENDORS.values():
            tokens = list(_headers(telemetry, vendor))
            if tokens:
                _add_sender(telemetry, f"{prefix}:telemetry", vendor, tokens, variables, True, facts)


def _used_exporters(config: Entry) -> set[str] | None:
    """Return the exporters that some pipeline uses, or None when the pipelines stand elsewhere."""
    service = config.mapping("service")
    pipelines = service.mapping("pipelines") if service is not None else None
    if pipelines is None:
        return None
    return {name for _, pipeline in pipelines.named() for name, _ in pipeline.texts("exporters")}


_ENDPOINTS = ("endpoint", "traces_endpoint", "metrics_endpoint", "logs_endpoint")


def _vendor(name: str, exporter: Any) -> Vendor | None:
    """Return the vendor to which an exporter sends: by its kind, its endpoints, or its headers."""
    if not isinstance(exporter, dict):
        return None
    if name.partition("/")[0] in ("datadog", "honeycomb_marker", "honeycombmarker"):
        return VENDORS["datadog" if name.startswith("datadog") else "honeycomb"]
    for field in _ENDPOINTS:
        endpoint = exporter.get(field)
        if isinstance(endpoint, str) and (vendor := vendor_of_endpoint(endpoint)) is not None:
            return vendor
    entry = Entry(exporter, Origin(""))
    return next((vendor for vendor in VENDORS.values() if any(True for _ in _headers(entry, vendor))), None)


def _tokens(name: str, exporter: Entry, vendor: Vendor) -> Iterator[tuple[str, Place]]:
    """Yield the text and place of every token that an exporter holds itself."""
    yield from _headers(exporter, vendor)
    kind = name.partition("/")[0]
    inner = exporter.mapping("api") if kind == "datadog" else exporter if kind.startswith("honeycomb") else None
    field = "key" if kind == "datadog" else "api_key"
    if inner is not None and (text := inner.text(field)) is not None:
        yield text, inner.at(field)
    headers = exporter.mapping("headers") if vendor.name == "grafana" else None
    for header in headers.value if headers is not None else ():
        named = headers is not None and isinstance(header, str) and header.lower() == "authorization"
        if headers is not None and named and (text := headers.text(header)) is not None:
            yield text, headers.at(header)


def _authenticated(exporter: Entry, extensions: Entry | None, vendor: Vendor) -> Iterator[tuple[str, Place]]:
    """Yield the password or token of the extension by which an exporter signs on (`auth.authenticator`)."""
    auth = exporter.mapping("auth")
    named = auth.text("authenticator") if auth is not None else None
    extension = extensions.mapping(named) if extensions is not None and named is not None else None
    if extension is None:
        return
    holder = extension.mapping("client_auth") or extension
    for field in ("password", "token"):
        if (text := holder.text(field)) is not None:
            yield text, holder.at(field)


def _add_sender(
    sender: Entry, name: str, vendor: Vendor, tokens: list[tuple[str, Place]], variables: dict[str, str], active: bool,
    facts: Facts,
) -> None:  # fmt: skip
    """Add one thing that sends: a bot, and the token that it presents."""
    if active:
        facts.add(Bot(name, "collector", sender.at(part="key"), facts.unit))
    for text, at in tokens:
        if (what := _literal(text, vendor)) is not None:
            facts.add(LiteralSecret(what, at, facts.unit, name))
        if active:
            token = _token(text, at, variables, facts.unit)
            if isinstance(token, Unknown):
                facts.unresolved.append(Unresolved(f"which token `{name}` presents: {token.reason}", at))
            facts.add(TokenUse(vendor.name, name, "collector", token, at, facts.unit))
    if active and not tokens:
        reason = "the token with which the collector sends is not in its configuration"
        unknown = Unknown(reason, sender.place, f"token of {name}")
        facts.unresolved.append(Unresolved(reason, sender.at(part="key")))
        facts.add(TokenUse(vendor.name, name, "collector", unknown, sender.at(part="key"), facts.unit))


def _headers(sender: Entry, vendor: Vendor) -> Iterator[tuple[str, Place]]:
    """Yield the text and place of every token header below: a mapping, or a list of mappings (of one key, or `name`, `value`)."""
    stack = [sender]
    while stack:
        entry = stack.pop()
        for name in entry.value:
            if not isinstance(name, str):
                continue
            if name.lower() in vendor.headers:
                if (text := entry.text(name)) is not None:
                    yield text, entry.at(name)
            elif isinstance(entry.value[name], list):
                stack += entry.entries(name)
            elif (inner := entry.mapping(name)) is not None:
                stack.append(inner)
        named = entry.text("name") or entry.text("key")
        if named is not None and named.lower() in vendor.headers and (text := entry.text("value")) is not None:
            yield text, entry.at("value")


def _literal(text: str, vendor: Vendor) -> str | None:
    """Return what a text is where a token belongs, when it is written out."""
    match = _VARIABLE.fullmatch(text)
    text = (match["default"] or "") if match else re.sub(r"(?i)^(basic|bearer)\s+", "", text)
    if vendor.name == lightstep.VENDOR:
        return "Lightstep access token" if lightstep.is_secret_literal(text) else None
    known = literal_secret("", text)
    if known is not None:
        return known
    if vendor.token.fullmatch(text.strip()) and not lightstep.is_placeholder(text):
        return f"{vendor.title} token" if vendor.name == "grafana" else f"{vendor.title} API key"
    return None


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
