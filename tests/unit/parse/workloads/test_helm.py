"""Values of Helm charts, and secrets that are copied into a cluster."""

from __future__ import annotations

from graphs import edges_to, graph_of, reached
from unit.parse.texts import items, parse

from iamlint.graph.elements import EdgeKind
from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.model.workload import RoleAssumption
from iamlint.parse.workloads.helm import parse_helm
from iamlint.source.value import key

PATH = "charts/shop/values.yaml"


def test_the_service_account_of_a_chart_is_a_role() -> None:
    facts = parse(
        parse_helm,
        """
        replicas: 2
        serviceAccount:
          create: true
          name: checkout
          annotations:
            eks.amazonaws.com/role-arn: arn:aws:iam::111111111111:role/checkout
        worker:
          serviceAccount:
            annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111111111111:role/worker"}
        """,
        PATH,
    )
    named, unnamed = items(facts, RoleAssumption)
    assert (key(named.bot), named.role_arn, named.mechanism) == (
        f"k8s/⟨namespace of {PATH}⟩/checkout", "arn:aws:iam::111111111111:role/checkout", "irsa",
    )  # fmt: skip
    assert named.place.route == ("serviceAccount", "annotations", "eks.amazonaws.com/role-arn")
    assert key(unnamed.bot) == f"k8s/⟨namespace of {PATH}⟩/⟨service account worker.serviceAccount of {PATH}⟩"


def test_tokens_in_variables_written_as_a_list_and_as_a_mapping() -> None:
    facts = parse(
        parse_helm,
        f"""
        env:
          - name: LS_ACCESS_TOKEN
            valueFrom: {{secretKeyRef: {{name: lightstep, key: token}}}}
        agent:
          extraEnv:
            DD_API_KEY: {"0a1b2c3d" * 4}
            HONEYCOMB_API_KEY: {{valueFrom: {{secretKeyRef: {{name: hc, key: key}}}}}}
        """,
        PATH,
    )
    assert [(use.vendor, use.token) for use in items(facts, TokenUse)] == [
        ("lightstep", f"{PATH}:secret/lightstep/token"),
        ("datadog", None),
        ("honeycomb", f"{PATH}:secret/hc/key"),
    ]
    (secret,) = items(facts, LiteralSecret)
    assert (secret.what, secret.at.route) == ("Datadog API key", ("agent", "extraEnv", "DD_API_KEY"))
    assert [bot.kind for bot in items(facts, Bot)] == ["workload", "workload"]


def test_a_token_that_the_collector_of_the_chart_presents_has_no_second_holder() -> None:
    values = """
        collectors:
          - name: statefulset
            env:
              - {name: LS_TOKEN, valueFrom: {secretKeyRef: {key: LS_TOKEN, name: otel}}}
              - {name: DD_API_KEY, valueFrom: {secretKeyRef: {key: key, name: datadog}}}
            config:
              exporters:
                otlp: {endpoint: "ingest.lightstep.com:443", headers: {lightstep-access-token: "${LS_TOKEN}"}}
        """
    facts = parse(parse_helm, values, PATH)
    assert [use.token for use in items(facts, TokenUse)] == [f"{PATH}:secret/datadog/key"]
    graph = graph_of({PATH: values})
    assert edges_to(graph, f"token:lightstep/{PATH}:secret/otel/LS_TOKEN", EdgeKind.HOLDS) == [f"bot:{PATH}:collectors.0:otlp"]


def test_values_without_access_are_no_document_of_ours() -> None:
    facts = parse(
        parse_helm, "image: {tag: latest}\nenv: [{name: A, value: b}, 1, null]\nserviceAccount: {annotations: []}\n", PATH
    )
    assert facts.items == []


EXTERNAL = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: lightstep, namespace: shop}
spec:
  secretStoreRef: {name: aws}
  data:
    - secretKey: token
      remoteRef: {key: lightstep/checkout}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws, namespace: shop}
spec:
  provider:
    aws:
      service: SecretsManager
      role: arn:aws:iam::111111111111:role/secrets
      auth: {jwt: {serviceAccountRef: {name: external-secrets}}}
"""
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: checkout, namespace: shop}
spec:
  template:
    spec:
      serviceAccountName: checkout
      containers:
        - name: app
          env:
            - name: LS_ACCESS_TOKEN
              valueFrom: {secretKeyRef: {name: lightstep, key: token}}
"""
CREDENTIALS = """
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
projects: [{name: checkout-prod}]
credentials:
  - name: checkout
    kind: access-token
    project: checkout-prod
    stored_in: ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:lightstep/checkout-AbCdEf"]
"""


def test_a_copied_secret_is_the_credential_that_is_stored_where_it_comes_from() -> None:
    graph = graph_of({"k8s/secrets.yaml": EXTERNAL, "k8s/checkout.yaml": DEPLOYMENT, "access/telemetry.access.yaml": CREDENTIALS})
    assert edges_to(graph, "token:lightstep/checkout", EdgeKind.HOLDS) == ["bot:k8s/shop/checkout"]
    assert reached(graph, "bot:k8s/shop/checkout")["project:lightstep/checkout-prod"] == "certain"
    assert [(one.bot, one.role_arn) for one in graph.estate.all(RoleAssumption)] == [
        ("k8s/shop/external-secrets", "arn:aws:iam::111111111111:role/secrets")
    ]


def test_a_token_that_nothing_declares_is_in_the_coverage() -> None:
    graph = graph_of({"k8s/checkout.yaml": DEPLOYMENT})
    assert [item.reason for item in graph.unresolved] == [
        "what the token `k8s/checkout.yaml:secret/lightstep/token` of lightstep opens is not in the repository"
    ]
