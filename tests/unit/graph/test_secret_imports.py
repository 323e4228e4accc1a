"""Workloads that take all of a secret: `envFrom`, volumes, the secrets store CSI driver, Vault's injector."""

from __future__ import annotations

import pytest
from graphs import edges_to, graph_of

from iamlint.graph.elements import EdgeKind

CREDENTIALS = """\
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    projects: [{name: checkout-prod}, {name: payments-prod}]
    credentials:
      - name: ingest
        kind: access-token
        project: checkout-prod
        stored_in: ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:telemetry/checkout-AbCdEf"]
      - name: other
        kind: access-token
        project: payments-prod
        stored_in: ["arn:aws:ssm:eu-west-1:111111111111:parameter/telemetry/payments", "vault:secret/data/payments"]
    """
DEPLOYMENT = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        metadata: {annotations: {%s}}
        spec:
          serviceAccountName: web
          containers: [{name: web, envFrom: [%s]}]
          volumes: [%s]
    """
EXTERNAL = """\
    apiVersion: external-secrets.io/v1
    kind: ExternalSecret
    metadata: {name: tracing, namespace: shop}
    spec:
      %s
    """
DATA = "data: [{secretKey: token, remoteRef: {key: telemetry/checkout, property: token}}]"
ALL = "dataFrom: [{extract: {key: telemetry/checkout}}]"
CLASS = """\
    apiVersion: secrets-store.csi.x-k8s.io/v1
    kind: SecretProviderClass
    metadata: {name: tracing, namespace: shop}
    spec:
      provider: %s
      secretObjects:
        - secretName: synced
          type: Opaque
          data: [{objectName: checkout-token, key: token}]
      parameters:
        usePodIdentity: "true"
        objects: |
          - objectName: telemetry/checkout
            objectType: secretsmanager
            jmesPath: [{path: token, objectAlias: checkout-token}]
          - objectName: %s
            objectType: ssmparameter
    """


def holders(files: dict[str, str], token: str = "token:lightstep/ingest") -> list[str]:
    return edges_to(graph_of({"access/keys.access.yaml": CREDENTIALS, **files}), token, EdgeKind.HOLDS)


def workload(env_from: str = "", volume: str = "", annotations: str = "") -> str:
    return DEPLOYMENT % (annotations, env_from, volume)


@pytest.mark.parametrize("copied", [DATA, ALL])
@pytest.mark.parametrize(
    "taking",
    [
        workload("{secretRef: {name: tracing}}"),
        workload("{prefix: X_, secretRef: {name: tracing}}"),
        workload(volume="{name: t, secret: {secretName: tracing}}"),
        workload(volume="{name: t, projected: {sources: [{secret: {name: tracing}}]}}"),
    ],
)
def test_whoever_takes_a_secret_whole_holds_what_is_copied_into_it(copied: str, taking: str) -> None:
    assert holders({"k8s/secret.yaml": EXTERNAL % copied, "k8s/web.yaml": taking}) == ["bot:k8s/shop/web"]


@pytest.mark.parametrize(
    ("copied", "taking"),
    [
        (DATA, workload("{secretRef: {name: other}}")),
        (DATA, workload("{configMapRef: {name: tracing}}")),  # a map of the same name is no secret
        (DATA, workload(volume="{name: t, configMap: {name: tracing}}")),
        (DATA.replace("telemetry/checkout", "telemetry/stock"), workload("{secretRef: {name: tracing}}")),
        ("dataFrom: [{find: {name: {regexp: telemetry}}}]", workload("{secretRef: {name: tracing}}")),
    ],
)
def test_other_secrets_give_nothing(copied: str, taking: str) -> None:
    assert holders({"k8s/secret.yaml": EXTERNAL % copied, "k8s/web.yaml": taking}) == []


def test_a_single_key_of_a_secret_that_is_copied_whole() -> None:
    env = "{name: LS_ACCESS_TOKEN, valueFrom: {secretKeyRef: {name: tracing, key: anything}}}"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop}}\nspec: {{containers: [{{name: a, env: [{env}]}}]}}\n"
    assert holders({"k8s/secret.yaml": EXTERNAL % ALL, "k8s/web.yaml": pod}) == ["bot:k8s/shop/pod/web"]


def test_what_a_secret_is_made_of_elsewhere_is_another_secret() -> None:
    other = EXTERNAL % DATA.replace("telemetry/checkout", "telemetry/stock")
    files = {
        "dev/secret.yaml": other,
        "prod/secret.yaml": EXTERNAL % DATA,
        "prod/web.yaml": workload("{secretRef: {name: tracing}}"),
    }
    assert holders(files) == ["bot:k8s/shop/web"]  # the folder tells which
    graph = graph_of(
        {"access/keys.access.yaml": CREDENTIALS, **files, "base/web.yaml": files["prod/web.yaml"], "prod/web.yaml": ""}
    )
    assert edges_to(graph, "token:lightstep/ingest", EdgeKind.HOLDS) == []
    assert "which of several secrets `secret/tracing` is meant is not known" in {one.reason for one in graph.unresolved}


CSI = "{name: t, csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: tracing}}}"


@pytest.mark.parametrize(
    ("provider", "taking", "ingest", "other"),
    [
        ("aws", workload(volume=CSI), True, True),
        ("aws", workload("{secretRef: {name: synced}}"), True, False),  # only one object is synchronized
        ("aws", workload(volume=CSI.replace("secrets-store.csi", "efs.csi")), False, False),
        ("azure", workload(volume=CSI), False, False),
    ],
)
@pytest.mark.parametrize("parameter", ["/telemetry/payments", "arn:aws:ssm:eu-west-1:111111111111:parameter/telemetry/payments"])
def test_a_class_of_the_secrets_store_driver(provider: str, taking: str, ingest: bool, other: bool, parameter: str) -> None:
    files = {"k8s/class.yaml": CLASS % (provider, parameter), "k8s/web.yaml": taking}
    assert holders(files) == (["bot:k8s/shop/web"] if ingest else [])
    assert holders(files, "token:lightstep/other") == (["bot:k8s/shop/web"] if other else [])


def test_what_vaults_injector_writes() -> None:
    annotations = "vault.hashicorp.com/agent-inject: 'true', vault.hashicorp.com/agent-inject-secret-token: secret/data/%s"
    assert holders({"k8s/web.yaml": workload(annotations=annotations % "payments")}, "token:lightstep/other") == [
        "bot:k8s/shop/web"
    ]
    assert holders({"k8s/web.yaml": workload(annotations=annotations % "stock")}, "token:lightstep/other") == []


def test_a_key_that_is_called_like_a_token_is_one_that_nothing_declares() -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {HONEYCOMB_API_KEY: '***', PASSWORD: '***'}\n"
    graph = graph_of({"k8s/keys.yaml": secret, "k8s/web.yaml": workload("{secretRef: {name: keys}}")})
    assert [node.id for node in graph.nodes() if node.id.startswith("token:")] == [
        "token:honeycomb/k8s/keys.yaml:secret/keys/HONEYCOMB_API_KEY"
    ]
    assert edges_to(graph, "token:honeycomb/k8s/keys.yaml:secret/keys/HONEYCOMB_API_KEY", EdgeKind.HOLDS) == ["bot:k8s/shop/web"]


def test_a_name_that_two_accounts_have_is_one_or_the_other() -> None:
    second = CREDENTIALS.split("credentials:")[0] + (
        "credentials:\n      - {name: dev, kind: access-token, project: payments-prod,\n"
        "         stored_in: ['arn:aws:secretsmanager:eu-west-1:222222222222:secret:telemetry/checkout-GhIjKl']}\n"
    )
    files = {"access/dev.access.yaml": second, "k8s/secret.yaml": EXTERNAL % DATA}
    assert holders({**files, "k8s/web.yaml": workload("{secretRef: {name: tracing}}")}) == ["bot:k8s/shop/web ?"]
    env = "{name: LS_ACCESS_TOKEN, valueFrom: {secretKeyRef: {name: tracing, key: token}}}"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop}}\nspec: {{containers: [{{name: a, env: [{env}]}}]}}\n"
    assert holders({**files, "k8s/web.yaml": pod}) == []


def test_an_arn_without_the_characters_that_aws_adds() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:%s:secret:telemetry/checkout"
    taking = workload("{secretRef: {name: tracing}}")
    for account, expected in (("111111111111", ["bot:k8s/shop/web"]), ("222222222222", [])):
        copied = DATA.replace("telemetry/checkout", f'"{arn % account}"')
        assert holders({"k8s/secret.yaml": EXTERNAL % copied, "k8s/web.yaml": taking}) == expected


RESOLVED = """\
    AWSTemplateFormatVersion: "2010-09-09"
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          RoleName: fn
          AssumeRolePolicyDocument:
            Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: lambda.amazonaws.com}}]
      Function:
        Type: AWS::Lambda::Function
        Properties:
          Role: !GetAtt Role.Arn
          Environment: {Variables: {LS_ACCESS_TOKEN: "{{resolve:secretsmanager:tok:SecretString:token}}"}}
    """


@pytest.mark.parametrize(
    ("stored", "held"),
    [
        (["111111111111:secret:tok"], ["one"]),
        (["111111111111:secret:tok-AbCdEf"], ["one"]),
        (["222222222222:secret:tok"], []),  # another account's
        (["111111111111:secret:other"], []),
        (["111111111111:secret:tok", "222222222222:secret:tok"], ["one"]),
        (["111111111111:secret:tok", "111111111111:secret:tok-AbCdEf"], []),  # which of the two is not known
    ],
)
def test_a_template_names_a_secret_of_its_own_account(stored: list[str], held: list[str]) -> None:
    names = ("one", "two")
    credentials = "".join(
        f"  - {{name: {name}, kind: access-token, project: shop, stored_in: ['arn:aws:secretsmanager:eu-west-1:{where}']}}\n"
        for name, where in zip(names, stored, strict=False)
    )
    manifest = (
        f"apiVersion: iamlint/v1\nkind: Telemetry\nvendor: lightstep\nprojects: [{{name: shop}}]\ncredentials:\n{credentials}"
    )
    files = {
        "k.access.yaml": manifest, "shop/stack.yaml": RESOLVED,
        "iamlint.yaml": "accounts: [{id: '111111111111', name: shop, paths: ['shop/**']}]\n",
    }  # fmt: skip
    graph = graph_of(files)
    role = graph.find("role:arn:aws:iam::111111111111:role/fn")
    assert [edge.target.name for edge in graph.out_edges(role, EdgeKind.HOLDS) if edge.target.name in names] == held
