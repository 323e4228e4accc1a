# The search team moves from Lightstep to Grafana, a folder at a time.
resource "grafana_folder" "search_prod" {
  title = "search-prod"
}

resource "grafana_team" "search" {
  name = "search"
  team_sync {
    groups = ["eng-search"]
  }
}

resource "grafana_team" "payments" {
  name = "payments"
  team_sync {
    groups = ["eng-payments"]
  }
}

resource "grafana_folder_permission" "search_prod" {
  folder_uid = grafana_folder.search_prod.uid
  permissions {
    team_id    = grafana_team.search.id
    permission = "Edit"
  }
  permissions {
    team_id    = grafana_team.payments.id
    permission = "View" # planted TEAM101: left from the trial; payments reads search's production
  }
}

# Near miss of TEL101: the basic role `None` opens nothing by itself, whatever folders come.
resource "grafana_sso_settings" "okta" {
  provider_name = "okta"
  oauth2_settings {
    client_id   = "grafana"
    org_mapping = "eng-search:1:None, eng-payments:1:None"
  }
}
