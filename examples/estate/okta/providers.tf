terraform {
  required_providers {
    okta = {
      source  = "okta/okta"
      version = ">= 4.11"
    }
  }
}

provider "okta" {
  org_name = "acme"
  base_url = "okta.com"
}
