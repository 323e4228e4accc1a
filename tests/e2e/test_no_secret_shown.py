"""One repository with a secret in every place where secrets are written, and every command: none is printed, drawn or kept."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest


def _token(name: str, length: int = 104) -> str:
    """Return letters and digits in no order, the same in every run; made here so that scanners of secrets find nothing."""
    text = ""
    while len(text) < length:
        text += (
            base64.b64encode(sha256(f"{name}{len(text)}".encode()).digest())
            .decode()
            .strip("=")
            .replace("+", "x")
            .replace("/", "Y")
        )
    return text[:length]


SECRETS: dict[str, str] = {}


def secret(name: str, length: int = 104) -> str:
    """Return a token of this name, and keep it to be looked for."""
    return SECRETS.setdefault(name, _token(name, length))


def password(name: str) -> str:
    """Return a password of this name, which has no look of its own."""
    return SECRETS.setdefault(name, f"pw-{_token(name, 6)}-{_token(name + name, 5)}")


ADMIN = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
_PASSWORD = [[{"type": "get_attr", "value": "password"}]]


def _change(address: str, before: object, after: object) -> dict[str, object]:
    type_, name = address.split(".")
    marks = {"password": True} if type_ == "aws_db_instance" else {}
    change = {"actions": ["update"], "before": before, "after": after, "before_sensitive": marks, "after_sensitive": marks}
    return {"address": address, "mode": "managed", "type": type_, "name": name, "provider_name": "aws", "change": change}


FILES = {
    "infra/terraform.tfvars": f'token = "{secret("tfvars")}"\ndb_password = "{password("tfvars password")}"\n',
    "infra/state.tf": f"""
terraform {{
  backend "pg" {{
    conn_str = "postgres://tf:{password("backend")}@db.example/state"
  }}
  encryption {{
    key_provider "pbkdf2" "it" {{
      passphrase = "{password("passphrase")}"
    }}
  }}
}}
resource "aws_launch_template" "web" {{
  user_data = base64encode(templatefile("start.sh.tpl", {{ password = "{password("given to a template")}" }}))
}}
resource "kubectl_manifest" "secret" {{
  yaml_body = <<-YAML
    apiVersion: v1
    kind: Secret
    metadata: {{name: db}}
    stringData:
      password: {password("yaml body")}
  YAML
}}
""",
    "infra/start.sh.tpl": f"export DB_PASSWORD=${{password}}\nexport API_TOKEN={password('template')}\n",
    "infra/main.tf": f"""
provider "aws" {{
  allowed_account_ids = ["111111111111"]
  secret_key          = "{secret("provider", 40)}"
}}
variable "token" {{}}
variable "db_password" {{ default = "{password("default")}" }}
resource "aws_iam_role" "app" {{
  name               = "app"
  assume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [
    {{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "lambda.amazonaws.com" }} }}] }})
}}
resource "aws_iam_role_policy" "app" {{
  role   = aws_iam_role.app.name
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "*", Resource = "*" }}] }})
}}
resource "aws_secretsmanager_secret_version" "s" {{
  secret_id     = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:tok"
  secret_string = jsonencode({{ password = "{password("secret string")}", token = var.token }})
}}
resource "aws_lambda_function" "f" {{
  function_name = "f"
  role          = aws_iam_role.app.arn
  environment {{ variables = {{ LS_ACCESS_TOKEN = "{secret("lambda")}", DB_PASSWORD = "{password("lambda password")}" }} }}
}}
resource "aws_ecs_task_definition" "t" {{
  family = "t"
  container_definitions = jsonencode([{{ name = "a", environment = [{{ name = "DB_PASSWORD", value = "{password("task")}" }}] }}])
}}
resource "aws_instance" "i" {{
  user_data = "export TOKEN={secret("user data")}"
}}
resource "kubernetes_secret" "k" {{
  metadata {{ name = "k" }}
  data = {{ LS_TOKEN = "{secret("terraform k8s")}" }}
}}
output "o" {{ value = "{secret("output")}" }}
""",
    "plans/plan.json": json.dumps({
        "format_version": "1.2", "terraform_version": "1.9.0", "variables": {"t": {"value": secret("plan variable")}},
        "planned_values": {"root_module": {"resources": [{
            "address": "aws_ssm_parameter.p", "mode": "managed", "type": "aws_ssm_parameter", "name": "p",
            "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0,
            "values": {"name": "/x", "type": "SecureString", "value": password("plan")}, "sensitive_values": {"value": True},
        }]}}, "resource_changes": [], "configuration": {"root_module": {}},
    }),
    # On one line, so that every code frame has secrets beside it.
    "plans/whole/plan.json": json.dumps({
        "format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {}},
        "resource_drift": [_change("aws_db_instance.d", {"password": password("drift before")}, {"password": password("drift")})],
        "resource_changes": [
            {**_change("aws_db_instance.d", {"password": password("deposed")}, None), "deposed": "aabbccdd"},
            _change("aws_iam_role_policy.p", None, {"role": "app", "policy": ADMIN}),
            _change("aws_db_instance.e", {"password": password("before")}, {"password": password('quoted"')}),
        ],
        "output_changes": {"o": {"before": password("output before"), "after": password("output after"),
                                 "before_sensitive": True, "after_sensitive": True}},
        "prior_state": {"values": {"outputs": {"p": {"sensitive": True, "value": password("prior output")}}, "root_module": {
            "resources": [{"address": "aws_db_instance.f", "mode": "managed", "type": "aws_db_instance", "name": "f",
                           "deposed_key": "aa", "values": {"password": password("prior deposed")},
                           "sensitive_values": {"password": True}}]}}},
        "configuration": {"root_module": {}},
    }),
    "state/terraform.tfstate": json.dumps({
        "version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x",
        "outputs": {"o": {"value": password("state output"), "type": "string", "sensitive": True}},
        "resources": [
            {"mode": "managed", "type": "aws_db_instance", "name": "d", "provider": "p", "instances": [
                {"attributes": {"password": password("state")}, "sensitive_attributes": _PASSWORD},
                {"attributes": {"password": password("state deposed")}, "sensitive_attributes": _PASSWORD, "deposed": "aa"}]},
            {"mode": "managed", "type": "aws_iam_role_policy", "name": "p", "provider": "p", "instances": [
                {"attributes": {"role": "app", "policy": ADMIN}, "sensitive_attributes": []}]},
        ],
    }),
    "windows/plan.json": json.dumps({
        "format_version": "1.2", "planned_values": {"root_module": {}}, "configuration": {"root_module": {}},
        "resource_changes": [
            _change("aws_db_instance.e", None, {"password": password("two bytes a letter")}),
            _change("aws_iam_role_policy.p", None, {"role": "app", "policy": ADMIN}),
        ],
    }),
    "k8s/app.yaml": f"""
apiVersion: v1
kind: Secret
metadata: {{name: tracing, namespace: shop}}
data: {{LS_TOKEN: {base64.b64encode(secret("k8s data").encode()).decode()}}}
stringData: {{DB_PASSWORD: {password("k8s string")}}}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{name: sealed}}
spec:
  encryptedData: {{LS_TOKEN: {secret("sealed")}}}
  template: {{data: {{LS_TOKEN: {secret("sealed in clear")}}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop}}
spec:
  template:
    spec:
      containers:
        - name: web
          env:
            - name: LS_ACCESS_TOKEN
              value: {secret("k8s env")}
            - name: DB_PASSWORD
              value: {password("k8s env password")}
""",
    ".github/workflows/deploy.yml": f"""
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    env:
      AWS_ACCESS_KEY_ID: {"AKIA" + "QWERTYUIOPASDFGH"}
      AWS_SECRET_ACCESS_KEY: {secret("workflow", 40)}
    steps:
      - run: "curl -H 'Authorization: Bearer {secret("run", 40)}' https://acme.example"
""",
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": f"env:\n  - name: LS_TOKEN\n    value: {secret('helm')}\n",
    "otel/collector.yaml": f"""
receivers: {{otlp: {{protocols: {{grpc: {{}}}}}}}}
exporters:
  otlp/lightstep:
    endpoint: ingest.lightstep.com:443
    headers: {{lightstep-access-token: "{secret("collector")}"}}
service:
  pipelines:
    traces: {{receivers: [otlp], exporters: [otlp/lightstep]}}
""",
    "okta/tokens.json": json.dumps([{
        "id": "00T1", "name": "ci", "clientName": "Okta API", "userId": "00u1", "token": secret("okta"),
        "created": "2020-01-01T00:00:00.000Z", "expiresAt": "2099-01-01T00:00:00.000Z", "tokenWindow": "P30D",
    }]),
    "keycloak/realm.json": json.dumps({
        "realm": "acme", "id": "acme", "users": [{"username": "bob", "email": "bob@acme.example", "enabled": True,
                                                  "credentials": [{"type": "password", "value": password("keycloak")}]}],
        "clients": [{"clientId": "c", "secret": password("client"), "protocolMappers": [], "serviceAccountsEnabled": True}],
        "groups": [], "roles": {"realm": []},
    }),
    "cfn/stack.yaml": f"""
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Password: {{Type: String, NoEcho: true, Default: {password("no echo")}}}
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {{SecretString: '{{"password": "{password("cfn")}"}}'}}
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {{MasterUserPassword: {password("rds")}}}
""",
    ".lightstep.yml": f"organization: acme\nproject: shop\napi_key: {secret('lightstep.yml')}\n",
    "docker-compose.yml": f"services:\n  web:\n    environment:\n      LS_ACCESS_TOKEN: {secret('compose')}\n",
    ".gitlab-ci.yml": f"deploy:\n  script: [make]\n  variables:\n    LS_ACCESS_TOKEN: {secret('gitlab')}\n",
    "access/t.access.yaml": """
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects: [{name: shop, environment: prod, owner: shop}]
credentials:
  - {name: k, kind: access-token, project: shop, held_by: ["bot:web"],
     stored_in: ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:tok"]}
""",
    "access/wrong.access.yaml": f"""
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
credentials:
  - {{name: k2, kind: access-token, token: {secret("unknown field")}}}
  - {{name: k3, kind: {secret("wrong value")}}}
""",
    "broken/policy.json": f'{{"Statement": [{{"Effect": "Allow", "token": "{secret("broken json")}" "Action"',
    "broken/main.tf": f'resource "aws_ssm_parameter" "x" {{\n  value = "{secret("broken hcl")}"\n',
    "tests/x.iamtest.yaml": """
apiVersion: iamlint/v1
kind: AccessTest
tests:
  - {name: a, as: "bot:web", can: [{do: "telemetry:read", on: "project:lightstep/shop"}]}
""",
}  # fmt: skip

COMMANDS = [
    *(["check", "-v", "--format", name] for name in ("text", "json", "sarif", "github", "junit", "markdown")),
    ["check", "--statistics", "--no-cache"],
    ["check", "plans/plan.json", "plans/whole/plan.json", "state/terraform.tfstate", "windows/plan.json", "-v"],
    *(["graph", "--format", name] for name in ("html", "svg", "mermaid", "dot", "graphml", "json")),
    *(["audit", "--format", name] for name in ("markdown", "html", "csv", "json")),
    ["policies", "--format", "json"],
    ["config", "--explain", "role:arn:aws:iam::111111111111:role/app"],
    ["who-can", "secretsmanager:GetSecretValue", "*", "--format", "json"],
    ["reach", "bot:web", "--format", "json"],
    ["test", "--coverage", "--coverage-html", "coverage.html", "--coverage-lcov", "coverage.lcov"],
    ["baseline", "--output", "baseline.json"],
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return everything that the commands wrote, by what they are called; the files of the cache too."""
    root = tmp_path_factory.mktemp("repository")
    for path, text in FILES.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-16" if path.startswith("windows/") else "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    cache = tmp_path_factory.mktemp("cache")
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GIT_"))}
    found: dict[str, bytes] = {}
    for words in COMMANDS:
        done = subprocess.run(
            [sys.executable, "-m", "iamlint.cli.main", *words], cwd=root, capture_output=True, check=False,
            env={**surroundings, "XDG_CACHE_HOME": str(cache)},
        )  # fmt: skip
        assert done.returncode in (0, 1, 3), (words, done.stderr)
        found[" ".join(words)] = done.stdout + done.stderr
    for path in ("coverage.html", "coverage.lcov", "baseline.json"):
        found[path] = (root / path).read_bytes()
    found["cache"] = b"".join(_files(cache))
    return found


def _files(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]


def test_every_command_wrote_something(written: dict[str, bytes]) -> None:
    assert all(written.values()), [name for name, data in written.items() if not data]
    assert written["check -v --format text"].count(b"BOT106") > 10


def test_no_secret_is_shown_or_kept(written: dict[str, bytes]) -> None:
    forms = {name: [value, base64.b64encode(value.encode()).decode()] for name, value in SECRETS.items()}
    forms.update({f"{name}, a part": [value[:24], value[-24:]] for name, value in SECRETS.items() if len(value) > 40})
    shown = [
        (where, name) for where, data in written.items() for name, values in forms.items()
        if any(value.encode() in data for value in values)
    ]  # fmt: skip
    assert shown == []
    frame = written["check plans/plan.json plans/whole/plan.json state/terraform.tfstate windows/plan.json -v"]
    assert frame.count(b"full-admin-statement") == 3
    assert b"\\x00" not in frame
