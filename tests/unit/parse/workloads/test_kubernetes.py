"""Kubernetes resources: service accounts, workloads and secrets by text."""

from __future__ import annotations

from base64 import b64encode

import pytest
from unit.parse.texts import documents, items, parse

from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.model.workload import RoleAssumption, SecretKey
from iamlint.parse.workloads.kubernetes import is_kubernetes, parse_kubernetes
from iamlint.project.memory import memory_session
from iamlint.source.value import key

PATH = "k8s/app.yaml"
TOKEN = "a1B2" * 26


def read(text: str) -> Facts:
    return parse(parse_kubernetes, text, PATH)


def test_a_service_account_with_the_annotation_is_a_role() -> None:
    facts = read("""
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: checkout
          namespace: shop
          annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111111111111:role/checkout"}
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: plain}
    """)
    assert [(key(bot.name), bot.kind) for bot in items(facts, Bot)] == [
        ("k8s/shop/checkout", "service-account"),
        (f"k8s/⟨namespace of {PATH}⟩/plain", "service-account"),
    ]
    ((bot, arn, place, _, mechanism),) = items(facts, RoleAssumption)
    assert (bot, arn, mechanism) == ("k8s/shop/checkout", "arn:aws:iam::111111111111:role/checkout", "irsa")
    assert place.route == ("metadata", "annotations", "eks.amazonaws.com/role-arn")


DEPLOYMENT = """
    apiVersion: apps/v1
    kind: {kind}
    metadata: {{name: web, namespace: shop}}
    spec: {spec}
"""
POD = "{{{account}containers: [{{name: a, env: [{env}]}}]}}"
SECRET_ENV = "{name: LS_ACCESS_TOKEN, valueFrom: {secretKeyRef: {name: tracing, key: token}}}"


@pytest.mark.parametrize(
    ("kind", "wrap"),
    [
        ("Deployment", "{{template: {{spec: {pod}}}}}"),
        ("CronJob", "{{jobTemplate: {{spec: {{template: {{spec: {pod}}}}}}}}}"),
        ("Pod", "{pod}"),
    ],
)
def test_a_workload_presents_the_token_of_its_environment(kind: str, wrap: str) -> None:
    spec = wrap.format(pod=POD.format(account="", env=SECRET_ENV))
    facts = read(DEPLOYMENT.format(kind=kind, spec=spec))
    name = f"k8s/shop/{kind.lower()}/web"
    assert [(bot.name, bot.kind) for bot in items(facts, Bot)] == [(name, "workload")]
    assert [(use.workload, use.token) for use in items(facts, TokenUse)] == [(name, f"{PATH}:secret/tracing/token")]


def test_a_workload_with_a_service_account_is_that_account() -> None:
    pod = POD.format(account="serviceAccountName: web-sa, ", env=SECRET_ENV)
    facts = read(DEPLOYMENT.format(kind="Deployment", spec="{template: {spec: " + pod + "}}"))
    assert [(use.workload, use.workload_kind) for use in items(facts, TokenUse)] == [("k8s/shop/web-sa", "workload")]
    assert [(bot.name, bot.declared) for bot in items(facts, Bot)] == [("k8s/shop/web-sa", False)]


@pytest.mark.parametrize(
    ("env", "secrets", "uses"),
    [
        (f"{{name: LIGHTSTEP_ACCESS_TOKEN, value: {TOKEN}}}", ["Lightstep access token"], 1),
        ("{name: LS_ACCESS_TOKEN, value: developer}", [], 0),
        (f"{{name: COMMIT, value: {TOKEN}}}", [], 0),
        ("{name: AWS_SECRET_ACCESS_KEY, value: wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz12345678}", ["AWS secret access key"], 0),
    ],
)
def test_a_literal_in_the_environment_is_a_secret_by_name_and_look(env: str, secrets: list[str], uses: int) -> None:
    facts = read(DEPLOYMENT.format(kind="Pod", spec=POD.format(account="", env=env)))
    assert [found.what for found in items(facts, LiteralSecret)] == secrets
    assert len(items(facts, TokenUse)) == uses
    assert TOKEN not in repr(facts.items)


def test_a_secret_in_plain_text_or_base64_is_a_literal_one() -> None:
    facts = read(f"""
        apiVersion: v1
        kind: List
        items:
          - apiVersion: v1
            kind: Secret
            metadata: {{name: a}}
            stringData: {{LS_TOKEN: {TOKEN}, other: {TOKEN}}}
          - apiVersion: v1
            kind: Secret
            metadata: {{name: b}}
            data: {{LS_TOKEN: {b64encode(TOKEN.encode()).decode()}, OTHER: "***"}}
    """)
    assert [found.at.route for found in items(facts, LiteralSecret)] == [
        ("items", 0, "stringData", "LS_TOKEN"),
        ("items", 1, "data", "LS_TOKEN"),
    ]


@pytest.mark.parametrize(
    ("field", "text", "found"),
    [
        ("stringData", "DB_PASSWORD: kx82-Zu1q", True),
        ("data", f"DB_PASSWORD: {b64encode(b'kx82-Zu1q').decode()}", True),
        ("stringData", "DB_PASSWORD: changeme", False),
        ("stringData", "DB_PASSWORD: '{{ .Values.password }}'", False),
        ("stringData", "DB_PASSWORD: ${DB_PASSWORD}", False),
        ("stringData", "DB_PASSWORD: 'ENC[AES256_GCM,data:abc,type:str]'", False),
        ("stringData", "DB_HOST: kx82-Zu1q", False),
        ("data", "DB_PASSWORD: kx82-Zu1q", False),  # no base64: the cluster refuses it
    ],
)
def test_a_password_in_a_secret(field: str, text: str, found: bool) -> None:
    session = memory_session({PATH: f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\n{field}: {{{text}}}\n"})
    assert [one.what for one in session.estate.all(LiteralSecret)] == (["secret of Kubernetes"] if found else [])


def test_a_sealed_secret_has_keys_and_hides_what_they_hold() -> None:
    facts = read(f"""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {{name: other}}
        spec:
          encryptedData: {{LS_ACCESS_TOKEN: AgBy8h{TOKEN}, password: AgAr77{TOKEN}}}
          template:
            metadata: {{name: tracing}}
            data:
              LS_TOKEN: {TOKEN}
              config: "token: {{{{ .password }}}}"
    """)
    assert [found.name for found in items(facts, SecretKey)] == ["secret/tracing/LS_ACCESS_TOKEN", "secret/tracing/LS_TOKEN"]
    assert [found.at.route for found in items(facts, LiteralSecret)] == [("spec", "template", "data", "LS_TOKEN")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}}", True),
        ("{apiVersion: v1, kind: ConfigMap}", True),
        ("{apiVersion: v1, kind: NetworkPolicy}", False),
        ("{kind: Pod}", False),
        ("{apiVersion: v1, kind: [Pod]}", False),
        ("[]", False),
    ],
)
def test_a_resource_is_known_by_its_kind(text: str, expected: bool) -> None:
    ((value, _),) = documents(text, PATH)
    assert is_kubernetes(value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{apiVersion: v1, kind: ServiceAccount, metadata: [a]}",
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [a, {env: [b, {name: [], value: []}]}]}}",
        "{apiVersion: v1, kind: CronJob, metadata: {name: a}, spec: {jobTemplate: []}}",
        "{apiVersion: v1, kind: List, items: [a, {kind: Secret, data: [x], stringData: {a: [b]}}]}",
    ],
)
def test_no_shape_breaks_the_reader(text: str) -> None:
    assert items(read(text), TokenUse) == []
