locals {
  dashboards = {
    "Checkout latency" = "checkout-prod"
    "Payments latency" = "payments-prod"
    "Search latency"   = "search-prod"
    "Payments errors"  = "paymnts-prod"    # planted TEL107: a letter is missing
    "Old storefront"   = "storefront-prod" # planted TEAM103: nobody owns this project
  }
}

resource "lightstep_dashboard" "latency" {
  for_each = local.dashboards

  project_name   = each.value
  dashboard_name = each.key
}
