"""`lightstep_alert` and its like: where each alert of a project goes."""

from __future__ import annotations

from iamlint.model.telemetry import AlertRoute
from iamlint.parse.telemetry import lightstep
from iamlint.parse.terraform.attributes import as_text, nested, not_in_repository, text, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.value import key

ALERTS = ("lightstep_alert", "lightstep_metric_condition")
DESTINATIONS = (
    "lightstep_slack_destination", "lightstep_pagerduty_destination", "lightstep_webhook_destination",
    "lightstep_servicenow_destination",
)  # fmt: skip


def routes(instance: Instance, declared: Declared) -> None:
    """Add each way of an alert to a destination that the same root module declares."""
    if instance.mode != "managed":
        return
    if instance.type in ALERTS:
        for rule in nested(instance, "alerting_rule"):
            _route(instance, rule, "id", declared)
    elif instance.type == "lightstep_alerting_rule":
        _route(instance, instance, "destination_id", declared)


def _route(alert: Instance, body: Located | Instance, attribute: str, declared: Declared) -> None:
    named = written(body, attribute)
    wanted, project = as_text(named), text(alert, "project_name")
    if named is None or wanted is None or project is None:
        return
    for type_ in DESTINATIONS:
        for destination in declared.all(type_):
            own = text(destination, "id") or not_in_repository(destination, declared.unit, "id")
            goal = written(destination, "project_name")
            value = as_text(goal)
            if goal is not None and value is not None and key(own) == key(wanted):
                declared.add(
                    AlertRoute(
                        lightstep.VENDOR, alert.address, project, destination.address, value, named.place, goal.place,
                        declared.unit,
                    )
                )  # fmt: skip
                return
