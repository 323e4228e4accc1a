"""Telemetry tokens where workloads present them: environment variables, headers, and the endpoints that they are sent to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.parse.secrets import literal_secret
from iamlint.parse.telemetry.vendors import HEADERS, VARIABLES, VENDORS, Vendor
from iamlint.source.record import NamedTuple

HEADER_VARIABLES = frozenset({
    "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
    "OTEL_EXPORTER_OTLP_LOGS_HEADERS", "CONCOURSE_TRACING_OTLP_HEADERS",
})  # fmt: skip
"""Variables that hold headers: pairs `name=value` (Concourse: `name:value`), separated by commas."""

ENDPOINT_VARIABLES = frozenset({
    "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
})  # fmt: skip

_PAIR = re.compile(r"\s*([A-Za-z0-9_-]+)\s*[=:]\s*(.*)", re.DOTALL)
_EMPTY = frozenset({"", "developer", "none", "null"})


class Presented(NamedTuple):
    """A token in a variable: whose it is, of which kind (None: not told by the name), and the text that stands for it."""

    vendor: str
    kind: str | None
    text: str


def presented(name: str, text: str, variables: dict[str, str] | None = None) -> Iterator[Presented]:
    """Yield the tokens that an environment variable holds. `variables` are those beside it: the endpoint tells the vendor."""
    upper = name.upper()
    known = VARIABLES.get(upper)
    if known is not None:
        if text.strip().lower() not in _EMPTY:
            yield Presented(known[0].name, known[1], text)
    elif upper in HEADER_VARIABLES:
        for pair in text.split(","):
            match = _PAIR.fullmatch(pair)
            if match is None:
                continue
            vendor = HEADERS.get(match[1].lower())
            if vendor is not None:
                yield Presented(vendor.name, None, match[2])
            elif match[1].lower() == "authorization" and (sent := _vendor_beside(variables or {})) is not None:
                yield Presented(sent, None, re.sub(r"(?i)^(basic|bearer)(\s|%20)+", "", match[2]))


def holds_token(name: str) -> bool:
    """Return whether a variable of this name may hold a token."""
    return name.upper() in VARIABLES or name.upper() in HEADER_VARIABLES


def _vendor_beside(variables: dict[str, str]) -> str | None:
    for name, text in variables.items():
        if name.upper() in ENDPOINT_VARIABLES:
            vendor = vendor_of_endpoint(text)
            if vendor is not None:
                return vendor.name
    return None


def vendor_of_endpoint(text: str) -> Vendor | None:
    """Return the vendor to which telemetry goes that is sent to an endpoint."""
    return next((vendor for vendor in VENDORS.values() if vendor.host.search(text)), None)


def literal_in(name: str, text: str) -> str | None:
    """Return what kind of secret a variable holds literally, in a header or by itself."""
    what = literal_secret(name, text)
    if what is not None or name.upper() not in HEADER_VARIABLES:
        return what
    for pair in text.split(","):
        match = _PAIR.fullmatch(pair)
        if match is not None and (what := literal_secret(match[1], match[2])) is not None:
            return what
    return None
