resource "lightstep_user_role_binding" "admins" {
  role  = "Organization Admin" # planted TEL106: bound by hand, outside Okta, and not declared break-glass
  users = ["dave@acme.example"]
}

resource "lightstep_user_role_binding" "payments" {
  project = "payments-prod"
  role    = "Project Editor"
  users = [
    "carol@acme.example",
    "mallory@acme.example", # planted IDP101: suspended in Okta (okta/people.tf)
  ]
}

resource "lightstep_user_role_binding" "viewers" {
  role  = "Project Viewer" # planted TEL103: a project role without a project
  users = ["bob@acme.example"]
}
