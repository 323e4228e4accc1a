"""Answers of Lightstep's API: bindings, mappings and projects, each where it stands."""

from __future__ import annotations

import json

from graphs import edges_to, graph_of

from iamlint.graph.elements import EdgeKind
from iamlint.model.estate import Facts
from iamlint.model.telemetry import RoleBinding, ScopeMapping, TelemetryProject
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.telemetry.lightstep_export import is_lightstep_export, parse_lightstep_export
from iamlint.source.place import Origin

BINDING = {"data": {"attributes": {"role-name": "Project Viewer", "project-name": "checkout-prod", "users": ["a@acme.example"]}}}
MAPPINGS = {
    "data": {
        "attributes": {
            "mappings": [
                {
                    "saml-attribute-key": "groups",
                    "saml-attribute-value": "eng",
                    "organization-role": "Organization Restricted Member",
                    "project-roles": {"checkout-prod": "Project Editor"},
                }
            ]
        }
    }
}
PROJECTS = {
    "data": [
        {
            "type": "project",
            "id": "checkout-prod",
            "attributes": {"name": "checkout-prod"},
            "links": {"self": "/public/v0.2/acme/projects/checkout-prod"},
        }
    ]
}


def read(value: object) -> Facts:
    assert is_lightstep_export(value)
    return parse_lightstep_export(value, Origin("x.json"), Context("x.json", unknown_account("x.json")))


def test_a_binding() -> None:
    (binding,) = [item for item in read(BINDING).items if isinstance(item, RoleBinding)]
    assert (binding.grant.role and binding.grant.role.name, binding.grant.project) == ("Project Viewer", "checkout-prod")
    assert [(user, place.route) for user, place in binding.users] == [("a@acme.example", ("data", "attributes", "users", 0))]


def test_the_body_that_sets_a_binding_and_a_list_of_answers() -> None:
    facts = read([BINDING, {"data": {"role-name": "Organization Admin", "project-name": "", "users": ["b@acme.example"]}}])
    assert [(item.grant.text, item.grant.project) for item in facts.items] == [
        ("Project Viewer", "checkout-prod"),
        ("Organization Admin", None),
    ]
    assert facts.items[1].users[0][1].route == (1, "data", "users", 0)


def test_mappings() -> None:
    (mapping,) = [item for item in read(MAPPINGS).items if isinstance(item, ScopeMapping)]
    assert (mapping.attribute, mapping.value) == ("groups", "eng")
    assert [grant.text for grant in mapping.grants] == ["Organization Restricted Member", "Project Editor"]
    assert mapping.grants[1].place.route == ("data", "attributes", "mappings", 0, "project-roles", "checkout-prod")


def test_projects_and_their_organization() -> None:
    (project,) = [item for item in read(PROJECTS).items if isinstance(item, TelemetryProject)]
    assert (project.name, project.organization, project.declared) == ("checkout-prod", "acme", True)


def test_a_list_of_users_is_known_for_what_it_does_not_say() -> None:
    users = {"data": [{"type": "user", "id": "1", "attributes": {}, "links": {"self": "/public/v0.2/acme/users/1"}}] * 2}
    facts = read(users)
    assert facts.items == []
    assert [one.reason for one in facts.unresolved] == [
        "Lightstep's list of users says nothing of their roles; export the role bindings, too"
    ]
    assert not is_lightstep_export({"data": [{"type": "user", "id": "1", "links": {"self": "/scim/v2/Users/1"}}]})


def test_other_answers_are_not_taken_for_it() -> None:
    assert not is_lightstep_export({"data": {"attributes": {"name": "x"}}})
    assert not is_lightstep_export({"data": [1, None, {"mappings": [{}]}]})
    assert not is_lightstep_export([])


def test_exports_are_found_by_their_content() -> None:
    graph = graph_of({"exports/mappings.json": json.dumps(MAPPINGS), "exports/projects.json": json.dumps(PROJECTS)})
    assert edges_to(graph, "project:lightstep/checkout-prod", EdgeKind.MAPPED_TO) == ["group:saml/eng ~"]
