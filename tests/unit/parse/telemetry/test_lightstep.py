"""The roles, keys and tokens of Lightstep, by exact text."""

from __future__ import annotations

import pytest

from iamlint.model.telemetry import ADMINISTER, EDIT, INGEST, MANAGE_CREDENTIALS, READ, SHARE
from iamlint.parse.telemetry import lightstep
from iamlint.parse.telemetry.vendors import VENDORS

ROLES = [
    # text                               level           may read  edit  administer  every project
    ("Organization Admin", "organization", True, True, True, True),
    ("Organization Billing Admin", "organization", True, True, True, True),
    ("Organization Editor", "organization", True, True, False, True),
    ("Organization Viewer", "organization", True, False, False, True),
    ("Organization Restricted Member", "organization", False, False, False, False),
    ("Project Editor", "project", True, True, False, False),
    ("Project Viewer", "project", True, False, False, False),
    ("Project editor in checkout prod", "project", True, True, False, False),
    ("Project viewer in checkout-prod", "project", True, False, False, False),
]


@pytest.mark.parametrize(("text", "level", "read", "edit", "administer", "everywhere"), ROLES)
def test_a_known_role_says_what_it_opens(
    text: str, level: str, read: bool, edit: bool, administer: bool, everywhere: bool
) -> None:
    role = lightstep.role(text)
    assert role is not None
    assert (role.name, role.level, role.reaches_all) == (text, level, everywhere)
    assert (READ in role.capabilities, EDIT in role.capabilities) == (read, edit)
    assert (ADMINISTER in role.capabilities) == administer
    assert INGEST not in role.capabilities


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Project Admin", "Project Editor"),
        ("project viewer", "Project Viewer"),
        ("Organisation Admin", "Organization Admin"),
        ("Organization Editors", "Organization Editor"),
        ("Restricted Member", "Organization Restricted Member"),
        ("Project Editor ", "Project Editor"),
        ("My Project Viewer", "Project Viewer"),
        ("Project editor in ", "Project Editor"),
        ("qqq", None),
        ("", None),
    ],
)
def test_an_unknown_role_is_none_and_has_a_near_match(text: str, near: str | None) -> None:
    assert lightstep.role(text) is None
    assert lightstep.near_role(text) == near


def test_a_custom_role_names_its_project() -> None:
    assert lightstep.role_project("Project editor in checkout prod") == "checkout prod"
    assert lightstep.role_project("Project Editor") is None
    assert lightstep.is_custom_role("Project viewer in a")
    assert not lightstep.is_custom_role("Project Viewer in a")


@pytest.mark.parametrize(
    ("kind", "role", "capabilities"),
    [
        ("access-token", None, {INGEST}),
        ("access-token", "Organization Admin", {INGEST}),
        ("satellite-key", None, {INGEST}),
        ("api-key", "Project Viewer", {READ}),
        ("api-key", "Organization Editor", {READ, EDIT, SHARE, MANAGE_CREDENTIALS}),
        ("api-key", "No Such Role", set()),
        ("scim-key", None, {READ, EDIT, SHARE, MANAGE_CREDENTIALS, ADMINISTER}),
    ],
)
def test_a_key_may_do_what_its_kind_and_role_say(kind: str, role: str | None, capabilities: set[str]) -> None:
    known = lightstep.role(role) if role is not None else None
    assert VENDORS["lightstep"].capabilities(kind, known) == capabilities


@pytest.mark.parametrize(
    ("endpoint", "ingest"),
    [
        ("ingest.lightstep.com:443", True),
        ("https://ingest.lightstep.com:443/v1/traces", True),
        ("ingest.eu.lightstep.com:443", True),
        ("ingest.lightstep.com", True),
        ("https://notingest.lightstep.com", False),
        ("ingest.lightstep.com.evil.example:443", False),
        ("api.honeycomb.io:443", False),
        ("", False),
    ],
)
def test_an_ingest_endpoint_is_told_from_others(endpoint: str, ingest: bool) -> None:
    assert lightstep.is_ingest_endpoint(endpoint) == ingest


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("a1B2c3D4" * 13, True),
        ("0f1e2d3c" * 4, True),
        ("developer", False),
        ("${LS_TOKEN}", False),
        ("${env:LIGHTSTEP_ACCESS_TOKEN}", False),
        ("$LIGHTSTEP_ACCESS_TOKEN_2", False),
        ('{{ with secret "kv/ls1" }}{{ .Data.t }}{{ end }}', False),
        ("<your-token-goes-here-1>", False),
        ("YOUR_LIGHTSTEP_ACCESS_TOKEN_1", False),
        ("lightstep-access-token", False),
        ("dummy-access-key-for-ci-1", False),
        ("test-1234567890abcdef", False),
        ("1" * 32, False),
        ("a1" + "b" * 9 + "2" * 21, False),
        ("aGVsbG8gd29ybGQgMTIzNDU2", True),
        ("", False),
    ],
)
def test_a_literal_token_is_told_from_references_and_placeholders(text: str, secret: bool) -> None:
    assert lightstep.is_secret_literal(text) == secret


def test_the_look_of_a_token_is_its_length_and_alphabet() -> None:
    assert lightstep.looks_like_token("aB3/" * 26)
    assert not lightstep.looks_like_token("aB3/" * 25)
    assert not lightstep.looks_like_token("a" * 31 + "!")
