"""Finding a node by what somebody typed."""

from __future__ import annotations

import pytest

from iamlint.graph.find import AmbiguousNode, UnknownNode
from iamlint.project.memory import memory_session

MANIFEST = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects: [{name: payments-prod, owner: payments}, {name: checkout-prod, owner: checkout}]
credentials:
  - {name: payments-prod, kind: access-token, project: payments-prod, use: ingest, held_by: ["bot:deploy-payments-prod"]}
---
apiVersion: iamlint/v1
kind: Identities
provider: okta
users: [{email: Alice@acme.example, status: active}]
"""
GRAPH = memory_session({"a.access.yaml": MANIFEST}).graph


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("project:lightstep/payments-prod", "project:lightstep/payments-prod"),
        ("project:payments-prod", "project:lightstep/payments-prod"),
        ("token:payments-prod", "token:lightstep/payments-prod"),
        ("checkout-prod", "project:lightstep/checkout-prod"),
        ("eckout-prod", "project:lightstep/checkout-prod"),
        ("alice@ACME.example", "user:alice@acme.example"),
    ],
)
def test_found(text: str, found: str) -> None:
    assert GRAPH.find(text).id == found


def test_several_ends_are_ambiguous_and_no_word_s_inside_decides() -> None:
    with pytest.raises(AmbiguousNode) as error:
        GRAPH.find("payments-prod")
    assert error.value.candidates == ("project:lightstep/payments-prod", "token:lightstep/payments-prod")


def test_nothing_near_is_said() -> None:
    with pytest.raises(UnknownNode) as error:
        GRAPH.find("project:payment-prod")
    assert "project:lightstep/payments-prod" in error.value.candidates


def test_a_node_is_found_as_a_message_writes_it() -> None:
    files = {"infra/a.tf": 'variable "env" {}\nresource "okta_group" "g" {\n  name = "${var.env}-readers"\n}\n'}
    graph = memory_session(files).graph
    assert graph.find("group:okta/⟨var.env⟩-readers").id == "group:okta/⟨infra#var.env⟩-readers"
    assert graph.find("⟨var.env⟩-readers").id == "group:okta/⟨infra#var.env⟩-readers"
    assert graph.find("okta/⟨var.env⟩-readers").id == "group:okta/⟨infra#var.env⟩-readers"
    with pytest.raises(UnknownNode, match=r"did you mean `group:okta/⟨infra#var\.env⟩-readers`"):
        graph.find("⟨var.env⟩-reader")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("alice", "user:alice@acme.example"),
        ("user:al", "user:alice@acme.example"),
        ("paym", "project:lightstep/payments-prod"),
        ("deploy", "bot:deploy-payments-prod"),
    ],
)
def test_a_beginning_or_a_word_of_a_name_is_near(text: str, near: str) -> None:
    with pytest.raises(UnknownNode) as error:
        GRAPH.find(text)
    assert near in error.value.candidates


def test_an_environment_counts_although_no_file_declares_it() -> None:
    bots = 'apiVersion: iamlint/v1\nkind: Identities\nprovider: okta\nbots: [{name: "ci:prod", environment: prod}]\n'
    with pytest.raises(AmbiguousNode) as error:
        memory_session({"a.access.yaml": bots}).graph.find("prod")
    assert error.value.candidates == ("bot:ci:prod", "env:prod")
