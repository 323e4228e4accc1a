"""TEL110 destination-outside-project."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, AlertRoute, Confidence, Example, Finding, Node, Severity, is_known, key, project_of, rule

_ALERT = """
    variable "project" {{
      type = string
    }}
    resource "lightstep_slack_destination" "oncall" {{
      project_name = {destination}
      channel      = "#oncall"
    }}
    resource "lightstep_alert" "errors" {{
      project_name = {alert}
      name         = "errors"
      alerting_rule {{
        id              = lightstep_slack_destination.oncall.id{mark}
        update_interval = "1h"
      }}
    }}
    """


def _alert(alert: str, destination: str, mark: str = "") -> dict[str, str]:
    return {"lightstep/alerts.tf": _ALERT.format(alert=alert, destination=destination, mark=mark)}


_TEAMS = """
    apiVersion: iamlint/v1
    kind: Teams
    teams:
      - {name: checkout, projects: [checkout]}
      - {name: payments, projects: [payments]}
    """


@rule(
    id="TEL110",
    name="destination-outside-project",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep provider: lightstep_alert", "Lightstep provider: lightstep_slack_destination"],
    bad=[
        Example("an alert goes to another team's destination", {
            **_alert('"checkout"', '"payments"', " # <- TEL110"), "access/teams.access.yaml": _TEAMS}),
        Example("an alert goes to a destination of another project", _alert('"checkout"', '"shared-alerts"', " # <- TEL110")),
        Example("a condition's alert", {"lightstep/alerts.tf": """
            resource "lightstep_pagerduty_destination" "oncall" {
              project_name = "payments"
            }
            resource "lightstep_metric_condition" "errors" {
              project_name = "checkout"
              alerting_rule {
                id = lightstep_pagerduty_destination.oncall.id # <- TEL110
              }
            }
            """}),
    ],
    good=[
        Example("a destination of the same project", _alert('"checkout"', '"checkout"')),
        Example("one variable for both", _alert("var.project", "var.project")),
        Example("a project that is not known", _alert('"checkout"', "var.project")),
        Example("contact points of Grafana belong to no folder", {"grafana/alerts.tf": """
            resource "grafana_folder" "checkout" {
              title = "checkout"
            }
            resource "grafana_contact_point" "payments" {
              name = "payments"
              slack { recipient = "#payments" }
            }
            resource "grafana_rule_group" "checkout" {
              name             = "errors"
              folder_uid       = grafana_folder.checkout.uid
              interval_seconds = 60
              rule {
                name = "errors"
                notification_settings { contact_point = grafana_contact_point.payments.name }
              }
            }
            """}),
        Example("recipients of Honeycomb belong to no environment", {"honeycomb/alerts.tf": """
            resource "honeycombio_slack_recipient" "payments" {
              channel = "#payments"
            }
            resource "honeycombio_trigger" "errors" {
              name    = "errors"
              dataset = "checkout"
              recipient { id = honeycombio_slack_recipient.payments.id }
            }
            """}),
        Example("another environment is ENV105's", _alert('"checkout-prod"', '"checkout-dev"')),
    ],
)  # fmt: skip
def destination_outside_project(graph: AccessGraph) -> Iterator[Finding]:
    """An alert's destination belongs to another project, and so perhaps to another team.

    What the alert tells (names of services, customers, links into traces) reaches people who have no access to the project;
    and whoever changes the destination does not know of the alert.

    ## What to do instead

    Make a destination in the alert's own project, even if it leads to the same channel.

    ## What this rule does not see

    Destinations that another root module declares, and what is behind a channel or a webhook. Where the two projects belong
    to two environments, ENV105 says so. Only Lightstep's destinations belong to a project: the channels of Datadog, the contact
    points of Grafana and the recipients of Honeycomb belong to the organization, and every alert may use each of them.
    """
    for route in graph.estate.all(AlertRoute):
        if not (is_known(route.project) and is_known(route.destination_project)) or route.project == route.destination_project:
            continue
        source, target = (
            project_of(graph, route.vendor, route.project),
            project_of(graph, route.vendor, route.destination_project),
        )
        if _environment(source) and _environment(target) and _environment(source) != _environment(target):
            continue
        owner, other = _team(source), _team(target)
        whose = f" of team `{other}`" if owner and other and owner != other else ""
        yield Finding(
            f"the alert of `{key(route.project)}` goes to a destination of `{key(route.destination_project)}`{whose}",
            at=route.place,
            because=[(route.destination_place, f"`{route.destination}` belongs to `{key(route.destination_project)}`")],
            help=f"make a destination in `{key(route.project)}`",
            subject=f"{route.alert} {route.destination}",
        )


def _environment(node: Node | None) -> str:
    return node.environment.value if node is not None and node.environment is not None else ""


def _team(node: Node | None) -> str:
    return node.team.value if node is not None and node.team is not None else ""
