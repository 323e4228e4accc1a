resource "lightstep_saml_group_mappings" "acme" {
  # Right: a restricted member, and a role in each of the team's own projects.
  mapping {
    match {
      attribute_key   = "member_of"
      attribute_value = "eng-checkout"
    }
    roles {
      organization_role = "Organization Restricted Member"
      project_roles = {
        checkout-dev     = "Project Editor"
        checkout-staging = "Project Editor"
        checkout-prod    = "Project Viewer"
      }
    }
  }

  mapping {
    match {
      attribute_key   = "member_of"
      attribute_value = "eng-checkout-agents"
    }
    roles {
      organization_role = "Organization Restricted Member"
      project_roles     = { checkout-prod = "Project Viewer" }
    }
  }

  mapping {
    match {
      attribute_key   = "member_of"
      attribute_value = "eng-payments"
    }
    roles {
      organization_role = "Organization Restricted Member"
      project_roles = {
        payments-staging = "Project Editor"
        payments-prod    = "Project Editor"
        checkout-prod    = "Project Viewer" # planted TEAM101: another team's production traces
      }
    }
  }

  mapping {
    match {
      attribute_key   = "member_of"
      attribute_value = "eng-search"
    }
    roles {
      organization_role = "Organization Viewer" # planted TEL101: the search team now reads every project
      project_roles = {
        search-prod      = "Project Editor"
        checkout-staging = "Project Viewer" # planted TEL102: Organization Viewer covers it already
      }
    }
  }

  # Near miss of TEL101: a declared platform team.
  mapping {
    match {
      attribute_key   = "member_of"
      attribute_value = "eng-platform"
    }
    roles {
      organization_role = "Organization Editor"
    }
  }

  mapping {
    match {
      attribute_key   = "member_of"
      attribute_value = "eng-data" # planted TEL108: no such group
    }
    roles {
      organization_role = "Organization Restricted Member"
      project_roles = {
        search-prod = "Project Viewers" # planted TEL104: the product has no such role; the provider's check lets it through
      }
    }
  }

  # Near miss of TEL101 and TEAM101: the app does not release `contractors`, so nobody gets this role (TEL108 says so).
  mapping {
    match {
      attribute_key   = "member_of"
      attribute_value = "contractors" # planted TEL108: the app does not release this group
    }
    roles {
      organization_role = "Organization Restricted Member"
      project_roles = {
        payments-prod = "Project Viewer"
      }
    }
  }
}
