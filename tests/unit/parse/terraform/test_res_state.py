"""Secrets in the settings of a state: of its backend, of its encryption, of another state that is read."""

from __future__ import annotations

import json

import pytest
from unit.parse.terraform.roots import Root

from iamlint.model.telemetry import LiteralSecret
from iamlint.parse.terraform.resources.state import HELD


def places(config: str, others: dict[str, str] | None = None) -> list[str]:
    root = Root(config, others)
    assert "hunter2" not in repr(root.facts.items) + repr(root.facts.unresolved) + repr(root.facts.problems)
    assert root.facts.problems == []
    return [root.at(secret.at) for secret in root.all(LiteralSecret)]


def block_of(kind: str, attribute: str, value: str) -> str:
    where, _, label = kind.partition(".")
    if where == "key_provider":
        return f'terraform {{\n  encryption {{\n    key_provider "{label}" "k" {{\n{attribute} = {value}\n    }}\n  }}\n}}\n'
    head = "cloud" if label == "cloud" else f'backend "{label}"'
    return f"terraform {{\n  {head} {{\n{attribute} = {value}\n  }}\n}}\n"


@pytest.mark.parametrize(("kind", "attribute"), [(kind, name) for kind, names in HELD.items() for name in names])
def test_a_literal_is_found(kind: str, attribute: str) -> None:
    value = "hunter2-hunter2"
    if attribute in ("credentials", "service_account_key"):
        value = r"{\"private_key\": \"hunter2-hunter2\"}"
    (found,) = places(block_of(kind, attribute, f'"{value}"'))
    assert "hunter2-hunter2" in found


@pytest.mark.parametrize(
    ("kind", "attribute", "value", "at"),
    [
        ("backend.pg", "conn_str", '"postgres://tf:hunter2-hunter2@db.example/state"', "hunter2-hunter2"),
        ("backend.pg", "conn_str", '"host=db user=tf password=hunter2-hunter2 sslmode=require"', "hunter2-hunter2"),
        ("backend.pg", "conn_str", '"postgres://${var.user}:hunter2-hunter2@db.example/state"', "hunter2-hunter2"),
        ("backend.pg", "conn_str", '"postgres://tf:${var.password}@db.example/state"', '"hunter2-hunter2"'),
        ("backend.http", "address", '"https://tf:hunter2-hunter2@state.example/x"', "hunter2-hunter2"),
        ("backend.consul", "http_auth", '"tf:hunter2-hunter2"', "hunter2-hunter2"),
        ("backend.swift", "password", '"hunter2-hunter2"', '"hunter2-hunter2"'),
        ("key_provider.other_kms", "api_token", '"hunter2-hunter2"', '"hunter2-hunter2"'),
        ("key_provider.pbkdf2", "passphrase", "var.password", '"hunter2-hunter2"'),
        ("key_provider.pbkdf2", "passphrase", "local.password", '"hunter2-hunter2"'),
    ],
)
def test_a_password_beside_other_words(kind: str, attribute: str, value: str, at: str) -> None:
    more = 'variable "user" {}\nvariable "password" {\n  default = "hunter2-hunter2"\n}\nlocals {\n  password = "hunter2-hunter2"\n}\n'
    (found,) = places(block_of(kind, attribute, value) + more)
    assert found.endswith(f" {at}")


@pytest.mark.parametrize(
    ("kind", "attribute", "value"),
    [
        ("backend.s3", "access_key", '"AKIAIOSFODNN7EXAMPLE"'),
        ("backend.s3", "key", '"prod/terraform.tfstate"'),
        ("backend.gcs", "credentials", '"account.json"'),
        ("backend.gcs", "kms_encryption_key", '"projects/p/locations/l/keyRings/r/cryptoKeys/k"'),
        ("backend.azurerm", "access_key", '"$(StorageAccountKey)"'),
        ("backend.azurerm", "access_key", '"__storagekey__"'),
        ("backend.pg", "conn_str", '"postgres://tf@db.example/state"'),
        ("backend.pg", "conn_str", '"postgres://tf:${var.password}@db.example/state"'),
        ("backend.pg", "schema_name", '"password"'),
        ("backend.http", "address", '"https://state.example:8080/x"'),
        ("backend.consul", "http_auth", '"tf"'),
        ("key_provider.pbkdf2", "passphrase", "var.password"),
        ("key_provider.pbkdf2", "chain", "key_provider.external.x"),
        ("key_provider.external", "command", '["./unlock", "state"]'),
        ("key_provider.aws_kms", "kms_key_id", '"11111111-2222-3333-4444-555555555555"'),
    ],
)
def test_what_is_no_secret(kind: str, attribute: str, value: str) -> None:
    assert places(block_of(kind, attribute, value) + 'variable "password" {}\n') == []


def test_a_password_in_an_address_of_a_file_in_json() -> None:
    state = '{"terraform": {"backend": {"pg": {\n"conn_str": "postgres:\\/\\/tf:hunter2-hunter2@db.example/state"}}}}'
    assert places("", {"infra/state.tf.json": state}) == ["infra/state.tf.json:2:30 hunter2-hunter2"]


def test_the_configuration_of_another_state() -> None:
    assert places(
        """
        data "terraform_remote_state" "network" {
          backend = "azurerm"
          config = {
            key        = "prod.tfstate"
            access_key = "hunter2-hunter2"
          }
        }
        """
    ) == ['infra/main.tf:5:18 "hunter2-hunter2"']


def test_a_file_in_json() -> None:
    content = {
        "terraform": {
            "backend": {"http": {"password": "hunter2-hunter2"}},
            "encryption": {"key_provider": {"pbkdf2": {"k": {"passphrase": "hunter2-hunter2"}}}},
        }
    }
    found = places("", {"infra/state.tf.json": json.dumps(content, indent=1)})
    assert found == ['infra/state.tf.json:5:17 "hunter2-hunter2"', 'infra/state.tf.json:12:21 "hunter2-hunter2"']
