"""What an application of an identity provider opens, told by the addresses that it is configured with."""

from __future__ import annotations

import re
from collections.abc import Iterable

from iamlint.source.value import Text, Value

_TARGETS = (
    ("lightstep", re.compile(r"https://(app(\.eu)?\.lightstep\.com|[\w-]+\.service-now\.com/observability)(/|$)", re.IGNORECASE)),
    (
        "aws",
        re.compile(
            r"https://([a-z0-9-]+\.)*signin\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)/(saml|platform/saml)"
            r"|https://([a-z0-9-]+\.)*awsapps\.com/start|urn:amazon:webservices|https://signin\.aws(\.amazon\.com)?/",
            re.IGNORECASE,
        ),
    ),
    (
        "datadog",
        re.compile(r"https://([a-z0-9-]+\.)*(datadoghq\.(com|eu)|ddog-gov\.com)(/account/saml|/saml|/$|$)", re.IGNORECASE),
    ),
    (
        "grafana",
        re.compile(
            r"https://[a-z0-9-]+\.grafana\.net(/|$)|https?://[^/]+(/[\w-]+)?/login/(generic_oauth|azuread|okta|google)/?$",
            re.IGNORECASE,
        ),
    ),
    ("honeycomb", re.compile(r"https://(ui|auth)(\.eu1)?\.honeycomb\.io(/|$)", re.IGNORECASE)),
)
"""The addresses of the vendors' sign-in, as their guides for SAML and OpenID Connect give them."""

_CATALOGUE = (
    ("aws", re.compile(r"^amazon_aws|^aws[ _-](single|iam identity|account)|^amazon web services", re.IGNORECASE)),
    ("lightstep", re.compile(r"lightstep|cloud[ _-]?observability", re.IGNORECASE)),
    ("datadog", re.compile(r"datadog", re.IGNORECASE)),
    ("grafana", re.compile(r"grafana", re.IGNORECASE)),
    ("honeycomb", re.compile(r"honeycomb", re.IGNORECASE)),
)
"""The names under which identity providers list the vendors in their catalogues of applications."""


def target_of(addresses: Iterable[Value | None], catalogue: Value | None = None) -> str | None:
    """Return what an application opens: `aws` or a telemetry vendor; None for anything else.

    `addresses` are the audience, the assertion consumer and redirect addresses; `catalogue` the name of the provider's template.
    """
    for value in addresses:
        start = value.parts[0] if isinstance(value, Text) else value
        if isinstance(start, str):
            for name, pattern in _TARGETS:
                if pattern.match(start):
                    return name
    if isinstance(catalogue, str):
        return next((name for name, pattern in _CATALOGUE if pattern.search(catalogue)), None)
    return None
