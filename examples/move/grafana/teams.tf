resource "grafana_team" "checkout" {
  name = "checkout"
  team_sync {
    groups = ["eng-checkout"]
  }
}

resource "grafana_team" "payments" { # planted: the team holds no permission
  name = "payments"
  team_sync {
    groups = ["eng-payments"]
  }
}

resource "grafana_sso_settings" "okta" {
  provider_name = "okta"
  oauth2_settings {
    client_id   = "grafana"
    org_mapping = "eng-checkout:1:Viewer, eng-payments:1:None, sre:1:Viewer"
  }
}
