provider "lightstep" {
  organization = "acme"
}

resource "lightstep_saml_group_mappings" "acme" {
  mapping {
    match {
      attribute_key   = "groups"
      attribute_value = "eng-checkout"
    }
    roles {
      organization_role = "Organization Restricted Member"
      project_roles = {
        checkout-prod = "Project Editor"
        checkout-dev  = "Project Editor"
      }
    }
  }

  mapping {
    match {
      attribute_key   = "groups"
      attribute_value = "eng-payments"
    }
    roles {
      organization_role = "Organization Restricted Member"
      project_roles = {
        payments-prod = "Project Viewer"
        batch         = "Project Viewer"
      }
    }
  }

  mapping {
    match {
      attribute_key   = "groups"
      attribute_value = "sre"
    }
    roles {
      organization_role = "Organization Viewer"
    }
  }
}
