# Written by `iamlint sync` from access/on-call.access.yaml: change that file, and run it again.

# break-glass: on call for the platform, until the rota is a group in Okta, until 2030-12-31
resource "lightstep_user_role_binding" "project_viewer_platform_prod" {
  project = "platform-prod"
  role    = "Project Viewer"
  users = [
    "alice@acme.example",
    "frank@acme.example",
    "dave@acme.example", # planted SYNC101: added here and not in access/on-call.access.yaml
  ]
}
