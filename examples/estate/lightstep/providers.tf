terraform {
  required_providers {
    lightstep = {
      source  = "lightstep/lightstep"
      version = "~> 1.98"
    }
  }
}

provider "lightstep" {
  organization    = "acme"
  api_key_env_var = "LIGHTSTEP_API_KEY"
}
