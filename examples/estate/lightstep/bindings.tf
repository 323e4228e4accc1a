resource "lightstep_user_role_binding" "admins" {
  role  = "Organization Admin" # planted TEL106: bound by hand, outside Okta, and not declared break-glass
  users = ["dave@acme.example"]
}

resource "lightstep_user_role_binding" "payments" {
  project = "payments-prod"
  role    = "Project Editor"
  users = [
    "carol@acme.example", # planted IDP102: a person, and no group
    "mallory@acme.example", # planted IDP101: suspended in Okta (okta/people.tf)
  ]
}

resource "lightstep_user_role_binding" "viewers" {
  role  = "Project Viewer" # planted TEL103: a project role without a project
  users = ["bob@acme.example"]
}

resource "lightstep_user_role_binding" "payments_oncall" {
  project = "payments-prod"
  role    = "Project Editor" # planted TEL105: the same role and project as above, and each resource replaces the other
  users   = ["carol@acme.example"]
}

resource "lightstep_user_role_binding" "audit" {
  project = "search-prod"
  role    = "Project Viewer"
  users   = ["inspector@audit-partners.example"] # planted TEL111: reads traces, and Okta has never heard of that company
}
