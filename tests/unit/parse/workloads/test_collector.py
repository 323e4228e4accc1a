"""Collector configurations, by themselves and inside Helm values, Kubernetes resources and ConfigMaps."""

from __future__ import annotations

import pytest
from unit.parse.texts import documents, items, parse

from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.parse.workloads.collector import is_collector, parse_collector
from iamlint.source.value import Unknown, key

PATH = "otel/collector.yaml"


def read(text: str) -> Facts:
    return parse(parse_collector, text, PATH)


def uses(facts: Facts) -> list[tuple[str, str | None]]:
    return [(key(use.workload), key(use.token) if use.token is not None else None) for use in items(facts, TokenUse)]


CONFIG = """
receivers: {{otlp: {{}}}}
exporters:
  otlp/lightstep:
    endpoint: ingest.lightstep.com:443
    headers: {headers}
  otlp/other:
    endpoint: gateway.acme.example:4317
    headers: {{x-team: "${{HC}}"}}
service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [otlp/lightstep, otlp/other]}}}}}}
"""
HEADERS = [
    ('{lightstep-access-token: "${LS_TOKEN}"}', f"{PATH}:LS_TOKEN"),
    ('{"Lightstep-Access-Token": "${env:LS_TOKEN}"}', f"{PATH}:LS_TOKEN"),
    ('[{lightstep-access-token: "${env:LS_TOKEN:-}"}]', f"{PATH}:LS_TOKEN"),
    ('[{name: lightstep-access-token, value: "$LS_TOKEN"}]', f"{PATH}:LS_TOKEN"),
    ('{lightstep-access-token: "$(LS_TOKEN)"}', f"{PATH}:LS_TOKEN"),
    ("{lightstep-access-token: developer}", None),
    (
        """{lightstep-access-token: '{{ with secret "kv/ls" }}{{ .Data.t }}{{ end }}'}""",
        f"⟨token at {PATH}:exporters/otlp/lightstep/headers/lightstep-access-token⟩",
    ),
    (
        '{lightstep-access-token: "${file:/etc/token}"}',
        f"⟨token at {PATH}:exporters/otlp/lightstep/headers/lightstep-access-token⟩",
    ),
    ("{}", f"⟨token of {PATH}:otlp/lightstep⟩"),
]


@pytest.mark.parametrize(("headers", "token"), HEADERS, ids=[text for text, _ in HEADERS])
def test_an_exporter_presents_the_token_in_its_header(headers: str, token: str | None) -> None:
    facts = read(CONFIG.format(headers=headers))
    assert uses(facts) == [(f"{PATH}:otlp/lightstep", token)]
    (bot,) = items(facts, Bot)
    assert (bot.name, bot.kind, bot.place.route, bot.place.part) == (
        f"{PATH}:otlp/lightstep", "collector", ("exporters", "otlp/lightstep"), "key",
    )  # fmt: skip
    assert items(facts, LiteralSecret) == []
    assert len(facts.unresolved) == (token is not None and "⟨" in token)


TOKEN = "a1B2" * 26


@pytest.mark.parametrize("header", [TOKEN, f"'${{LS_TOKEN:-{TOKEN}}}'"], ids=["plain", "as the default of a variable"])
def test_a_literal_token_is_found_and_its_text_is_kept_nowhere(header: str) -> None:
    facts = read(CONFIG.format(headers=f"{{LightStep-access-token: {header}}}"))
    assert [(found.what, found.at.route[-1], found.holder) for found in items(facts, LiteralSecret)] == [
        ("Lightstep access token", "LightStep-access-token", f"{PATH}:otlp/lightstep"),
    ]
    assert TOKEN not in repr(facts.items)


def test_the_header_counts_wherever_the_exporter_sends() -> None:
    facts = read("""
        exporters:
          otlphttp: {endpoint: "${GATEWAY}", headers: {lightstep-access-token: "${A}"}}
          logging: {}
          nothing:
    """)
    assert uses(facts) == [(f"{PATH}:otlphttp", f"{PATH}:A")]


def test_an_exporter_that_no_pipeline_uses_sends_nothing_but_its_literal_token_is_one() -> None:
    facts = read(f"""
        exporters:
          otlp/a: {{endpoint: "ingest.lightstep.com:443", headers: {{lightstep-access-token: {TOKEN}}}}}
          otlp/b: {{endpoint: "https://ingest.eu.lightstep.com/traces/otlp/v0.9", headers: {{lightstep-access-token: "${{B}}"}}}}
        service: {{pipelines: {{traces: {{exporters: [otlp/b]}}}}}}
    """)
    assert uses(facts) == [(f"{PATH}:otlp/b", f"{PATH}:B")]
    assert [found.holder for found in items(facts, LiteralSecret)] == [f"{PATH}:otlp/a"]


def test_a_collector_reports_on_itself_too() -> None:
    facts = read("""
        exporters: {logging: {}}
        service:
          pipelines: {}
          telemetry:
            metrics:
              readers:
                - periodic: {exporter: {otlp: {endpoint: "x", headers: {lightstep-access-token: "${LS_TOKEN}"}}}}
    """)
    assert uses(facts) == [(f"{PATH}:telemetry", f"{PATH}:LS_TOKEN")]


def test_helm_values_name_the_secret_behind_the_variable() -> None:
    facts = read("""
        collectors:
          - name: deployment
            env:
              - {name: LS_TOKEN, valueFrom: {secretKeyRef: {key: LS_TOKEN, name: otel-collector-secret}}}
              - {name: PLAIN, value: x}
            config:
              exporters:
                otlp: {endpoint: "ingest.lightstep.com:443", headers: {lightstep-access-token: "${LS_TOKEN}"}}
                otlp/plain: {endpoint: "ingest.lightstep.com:443", headers: {lightstep-access-token: "${PLAIN}"}}
    """)
    assert uses(facts) == [
        (f"{PATH}:collectors.0:otlp", f"{PATH}:secret/otel-collector-secret/LS_TOKEN"),
        (f"{PATH}:collectors.0:otlp/plain", f"{PATH}:PLAIN"),
    ]
    assert items(facts, Bot)[0].place.route == ("collectors", 0, "config", "exporters", "otlp")


def test_a_config_map_holds_its_configuration_as_text() -> None:
    facts = read(f"""
        apiVersion: v1
        kind: ConfigMap
        data:
          other: "x: 1"
          relay.yaml: |
            exporters:
              otlp: {{endpoint: "ingest.lightstep.com:443", headers: {{lightstep-access-token: {TOKEN}}}}}
    """)
    assert uses(facts) == [(f"{PATH}:relay.yaml:otlp", None)]
    assert [found.at.route for found in items(facts, LiteralSecret)] == [("data", "relay.yaml")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exporters: {otlp: {endpoint: ingest.lightstep.com:443}}", True),
        ("exporters: {logging: {}}\nservice: {}", True),
        ("exporters: {logging: {}}\nreceivers: {}", True),
        ("exporters: {node: {enabled: true}}", False),
        ("exporters: [a]\nservice: {}", False),
        ("a: [{b: {exporters: {otlp: {headers: {lightstep-access-token: x}}}}}]", True),
        ("data: {x: 'exporters: not a mapping'}", False),
        ('data: {x: "exporters:\\n  a: ["}', False),
        ("[]", False),
        ("a", False),
    ],
)
def test_a_collector_is_told_from_other_documents(text: str, expected: bool) -> None:
    ((value, _),) = documents(text, PATH)
    assert is_collector(value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "exporters: {a: [], b: x, c: {headers: [1, [a], {lightstep-access-token: []}]}}\nservice: []",
        "exporters: {c: {headers: {lightstep-access-token: [a]}}}\nservice: {pipelines: [], telemetry: [x]}",
        "exporters: {}\nservice: {pipelines: {a: [], b: {exporters: {x: y}}}}\nenv: [{name: [], valueFrom: []}]",
    ],
)
def test_no_shape_breaks_the_reader(text: str) -> None:
    assert items(read(text), TokenUse) == []


def test_a_missing_token_is_unknown_with_a_reason() -> None:
    (use,) = items(read("exporters: {otlp: {endpoint: 'ingest.lightstep.com:443'}}"), TokenUse)
    assert isinstance(use.token, Unknown)
    assert use.token.reason == "the token with which the collector sends is not in its configuration"


VENDORS = """
receivers: {otlp: {}}
extensions:
  basicauth/grafana:
    client_auth: {username: "123456", password: "${env:GRAFANA_TOKEN}"}
exporters:
  datadog:
    api: {site: datadoghq.eu, key: "${env:DD_API_KEY}"}
  otlp/honeycomb:
    endpoint: api.eu1.honeycomb.io:443
    headers: {x-honeycomb-team: "${HC}"}
  otlphttp/grafana:
    endpoint: https://otlp-gateway-prod-eu-west-2.grafana.net/otlp
    auth: {authenticator: basicauth/grafana}
  otlphttp/direct:
    endpoint: https://otlp-gateway-prod-eu-west-2.grafana.net/otlp
    headers: {Authorization: "Basic ${env:BASIC}"}
service: {pipelines: {traces: {receivers: [otlp], exporters: [datadog, otlp/honeycomb, otlphttp/grafana, otlphttp/direct]}}}
"""


def test_exporters_of_every_vendor_present_their_tokens() -> None:
    facts = read(VENDORS)
    assert [(use.vendor, key(use.token)) for use in items(facts, TokenUse) if use.token is not None] == [
        ("datadog", f"{PATH}:DD_API_KEY"),
        ("honeycomb", f"{PATH}:HC"),
        ("grafana", f"{PATH}:GRAFANA_TOKEN"),
        ("grafana", f"{PATH}:BASIC"),
    ]
    assert facts.unresolved == []


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("${env:DD_API_KEY}", "0123456789abcdef" * 2, "Datadog API key"),
        ("${HC}", "0123456789abcdef" * 2, "Honeycomb API key"),
        ("${env:GRAFANA_TOKEN}", "glc_" + "eyJvIjoi1234567890abcdefghijklmnop", "Grafana token"),
    ],
)
def test_a_literal_of_any_vendor_is_found(old: str, new: str, what: str) -> None:
    facts = read(VENDORS.replace(old, new))
    assert [secret.what for secret in items(facts, LiteralSecret)] == [what]
    assert new not in repr(facts.items)
