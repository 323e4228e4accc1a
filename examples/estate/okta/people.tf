locals {
  people = {
    alice   = { first = "Alice", last = "Abel", status = "ACTIVE" }
    bob     = { first = "Bob", last = "Brandt", status = "ACTIVE" }
    carol   = { first = "Carol", last = "Cruz", status = "ACTIVE" }
    dave    = { first = "Dave", last = "Dorn", status = "ACTIVE" }
    erin    = { first = "Erin", last = "Engel", status = "ACTIVE" }
    frank   = { first = "Frank", last = "Falk", status = "ACTIVE" }
    mallory = { first = "Mallory", last = "Moor", status = "SUSPENDED" } # see lightstep/bindings.tf
  }

  groups = {
    eng-checkout        = ["alice", "bob"]
    eng-checkout-agents = [] # the AI agent of access/identities.access.yaml
    eng-payments        = ["carol"]
    eng-search          = ["frank"]
    eng-platform        = ["dave", "erin"]
    contractors         = ["frank"]
    eng-archive         = ["erin"]
  }
}

resource "okta_user" "person" {
  for_each = local.people

  first_name = each.value.first
  last_name  = each.value.last
  login      = "${each.key}@acme.example"
  email      = "${each.key}@acme.example"
  status     = each.value.status
}

# planted IDP108: nothing uses `eng-archive`
resource "okta_group" "group" {
  for_each = local.groups

  name = each.key
}

resource "okta_group_memberships" "group" {
  for_each = local.groups

  group_id = okta_group.group[each.key].id
  users    = [for name in each.value : okta_user.person[name].id]
}
