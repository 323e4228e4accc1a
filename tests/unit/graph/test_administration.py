"""`may administer`: who may change who is in a group."""

from __future__ import annotations

from graphs import graph_of, shown

from iamlint.graph.elements import EdgeKind

GROUPS = """
resource "okta_group" "checkout" { name = "eng-checkout" }
resource "okta_group" "chess" { name = "chess" }
resource "okta_group" "helpdesk" { name = "helpdesk" }
"""
MAPPING = """
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
mappings: [{attribute: member_of, value: eng-checkout, organization_role: Organization Viewer}]
"""


def administers(role: str) -> list[str]:
    graph = graph_of({"okta/main.tf": GROUPS + role, "access/t.access.yaml": MAPPING})
    return shown(graph.edges(EdgeKind.MAY_ADMINISTER))


def test_who_administers_all_groups_is_led_to_those_that_give_access() -> None:
    role = 'resource "okta_group_role" "x" {\n  group_id = okta_group.helpdesk.id\n  role_type = "USER_ADMIN"\n}\n'
    assert administers(role) == ["group:okta/helpdesk may_administer group:okta/eng-checkout"]


def test_named_groups_count_whatever_they_give() -> None:
    role = (
        'resource "okta_group_role" "x" {\n  group_id = okta_group.helpdesk.id\n  role_type = "USER_ADMIN"\n'
        "  target_group_list = [okta_group.chess.id]\n}\n"
    )
    assert administers(role) == ["group:okta/helpdesk may_administer group:okta/chess"]


def test_reach_does_not_go_over_administration() -> None:
    role = 'resource "okta_group_role" "x" {\n  group_id = okta_group.helpdesk.id\n  role_type = "USER_ADMIN"\n}\n'
    graph = graph_of({"okta/main.tf": GROUPS + role, "access/t.access.yaml": MAPPING})
    assert [found.node.id for found in graph.reach(graph.find("group:okta/helpdesk"))] == []
