provider "grafana" {
  url = "https://acme.grafana.net"
}

resource "grafana_folder" "checkout_prod" {
  title = "checkout-prod"
}

resource "grafana_folder" "checkout_dev" {
  title = "checkout-dev"
}

resource "grafana_folder" "payments" {
  title = "payments" # planted: no list of permissions, so that every Viewer reads it
}

resource "grafana_folder_permission" "checkout_prod" {
  folder_uid = grafana_folder.checkout_prod.uid # planted: no Viewer, so the SRE is kept out
  permissions {
    team_id    = grafana_team.checkout.id
    permission = "Edit"
  }
}

resource "grafana_folder_permission" "checkout_dev" {
  folder_uid = grafana_folder.checkout_dev.uid
  permissions {
    team_id    = grafana_team.checkout.id
    permission = "Edit"
  }
  permissions {
    role       = "Viewer"
    permission = "View"
  }
}
