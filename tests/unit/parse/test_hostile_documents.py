"""Whatever a document holds, the readers of manifests, workflows, collectors and exports answer and do not raise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.parse.context import Context, unknown_account
from iamlint.parse.identity.codeowners import owners_of, parse_codeowners
from iamlint.parse.identity.okta_export import is_okta_export, parse_okta_export
from iamlint.parse.identity.scim import GROUP, LIST, USER, is_scim, parse_scim
from iamlint.parse.manifest import is_manifest, parse_manifest
from iamlint.parse.schemas.manifest import KINDS
from iamlint.parse.telemetry.lightstep_config import parse_lightstep_config
from iamlint.parse.workloads.collector import is_collector, parse_collector
from iamlint.parse.workloads.github import is_workflow, parse_workflow
from iamlint.source.place import Origin, Place

KEYS = {
    "manifest": [
        "apiVersion", "kind", "vendor", "organization", "projects", "mappings", "bindings", "credentials", "name", "value",
        "attribute", "project_roles", "role", "users", "groups", "bots", "agents", "provider", "email", "members", "accounts",
        "id", "teams", "grants", "created", "project", "held_by", "tests",
    ],
    "workflow": [
        "on", "jobs", "env", "permissions", "steps", "uses", "with", "environment", "name", "strategy", "matrix", "include",
        "exclude", "secrets", "push", "branches", "tags", "pull_request_target", "workflow_call", "inputs", "role-to-assume",
        "aws-access-key-id", "lightstep_project", "id-token", "AWS_ACCESS_KEY_ID", "OTEL_EXPORTER_OTLP_HEADERS", "LS_TOKEN",
    ],
    "collector": [
        "exporters", "receivers", "service", "pipelines", "telemetry", "headers", "endpoint", "lightstep-access-token", "otlp",
        "env", "extraEnvs", "valueFrom", "secretKeyRef", "name", "key", "value", "config", "data",
    ],
    "export": [
        "schemas", "Resources", "id", "userName", "emails", "value", "primary", "active", "displayName", "members", "type", "$ref",
        "profile", "name", "login", "email", "status", "_embedded", "users", "conditions", "expression", "actions",
        "assignUserToGroups", "groupIds", "signOnMode", "label", "settings", "signOn", "attributeStatements", "priority", "_links",
    ],
}  # fmt: skip
TEXTS = [
    "", "a", "iamlint/v1", *KINDS, "lightstep", "Project Viewer", "Organization Admin", "api-key", "2026-02-30", "push", "write-all",
    "${{ secrets.A }}", "${{ matrix.env }}", "${{ inputs.x }}", "${{", "}}", "${{ a.b['c'].d }}", "${X}", "$", "${env:A:-b}",
    "lightstep-access-token=a", "exporters:\n  a: {headers: {lightstep-access-token: b}}\n", "exporters:\n - [", "./x", "!a", "[",
    "aws-actions/configure-aws-credentials@v4", "lightstep/lightstep-action-snapshot@v1", "ingest.lightstep.com:443",
    USER, GROUP, LIST, "OKTA_GROUP", "group_rule", "ACTIVE", "00g1", "\ud800", "a\x00b",
]  # fmt: skip


def values(family: str) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(KEYS[family])
    scalars = st.one_of(st.sampled_from(TEXTS), st.none(), st.booleans(), st.integers(-1, 3))
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6), max_leaves=40
    )


CONTEXT = Context("a", unknown_account("a"))


def holds_only_facts(facts: Any) -> None:
    places = [problem.at for problem in facts.problems] + [found.at for found in facts.unresolved]
    assert all(isinstance(place, Place) and place.path for place in places)
    assert facts.unit == "a"


@settings(max_examples=150, deadline=None)
@given(values("manifest"), st.sampled_from(sorted(KINDS)), st.booleans())
def test_manifests(value: Any, kind: str, ours: bool) -> None:
    if ours and isinstance(value, dict):
        value = {**value, "apiVersion": "iamlint/v1", "kind": kind}
    is_manifest(value)
    holds_only_facts(parse_manifest(value, Origin("a.access.yaml"), CONTEXT))


@settings(max_examples=150, deadline=None)
@given(values("workflow"), values("workflow"))
def test_workflows(on: Any, job: Any) -> None:
    value = {"on": on, "jobs": {"a": job, "b": {"steps": [job], "environment": "${{ matrix.a }}", "strategy": job}}, "env": job}
    assert is_workflow(value, ".github/workflows/a.yml")
    holds_only_facts(parse_workflow(value, Origin(".github/workflows/a.yml"), CONTEXT))


@settings(max_examples=150, deadline=None)
@given(values("collector"), values("collector"))
def test_collectors(value: Any, exporter: Any) -> None:
    for document in (value, {"exporters": {"otlp": exporter}, "service": value}, {"x": [value, {"exporters": exporter}]}):
        is_collector(document)
        holds_only_facts(parse_collector(document, Origin("a.yaml"), CONTEXT))


@settings(max_examples=150, deadline=None)
@given(values("export"), st.sampled_from(["a.json", "groups/00g1/users.json", "apps/0oa1/groups.json", "users/00u1/groups.json"]))
def test_exports(value: Any, path: str) -> None:
    for document in (value, [value], {"schemas": [LIST], "Resources": value}):
        is_scim(document)
        is_okta_export(document)
        holds_only_facts(parse_scim(document, Origin(path), CONTEXT))
        holds_only_facts(parse_okta_export(document, Origin(path), CONTEXT))
    if isinstance(value, dict):
        holds_only_facts(parse_lightstep_config(value, Origin(path), CONTEXT))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([b"*", b"/", b"a", b" ", b"\n", b"#", b"@a/b", b"\\", b"**", b"?", b"\xff", b"[x]"])))
def test_codeowners(parts: list[bytes]) -> None:
    data = b"".join(parts)
    entries = parse_codeowners(data, "CODEOWNERS")
    for entry in entries:
        assert entry.place.span is not None
        start, end = entry.place.span
        assert 0 <= start < end <= len(data)
        assert b"\n" not in data[start:end]
    owners_of(entries, "a/b/c")


@pytest.mark.parametrize("depth", [200, 5000])
def test_deep_documents(depth: int) -> None:
    value: Any = "x"
    for _ in range(depth):
        value = {"exporters": [{"config": value}], "steps": [value], "a": value} if depth < 500 and _ < 3 else {"a": value}
    holds_only_facts(parse_collector(value, Origin("a"), CONTEXT))
    holds_only_facts(parse_workflow({"on": value, "jobs": {"a": value}}, Origin("a"), CONTEXT))
    holds_only_facts(parse_manifest({"apiVersion": "iamlint/v1", "kind": "Teams", "teams": value}, Origin("a"), CONTEXT))


def test_an_okta_object_whose_type_is_a_list_is_no_export() -> None:
    assert not is_okta_export([{"id": "00g1", "type": [], "status": {}, "profile": {"name": "x", "login": "y"}}])
