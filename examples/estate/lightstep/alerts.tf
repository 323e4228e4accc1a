resource "lightstep_slack_destination" "oncall" {
  for_each = toset(["checkout-prod", "payments-prod"])

  project_name = each.key
  channel      = "#oncall-${each.key}"
}

resource "lightstep_alert" "checkout_errors" {
  project_name = "checkout-prod"
  name         = "Errors at the till"

  # Near miss of TEL110: a destination of the alert's own project.
  alerting_rule {
    id              = lightstep_slack_destination.oncall["checkout-prod"].id
    update_interval = "1h"
  }

  alerting_rule {
    id              = lightstep_slack_destination.oncall["payments-prod"].id # planted TEL110: payments did not ask for it
    update_interval = "1h"
  }
}
