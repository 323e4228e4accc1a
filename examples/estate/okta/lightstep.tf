resource "okta_app_saml" "lightstep" {
  label                    = "Lightstep"
  sso_url                  = "https://app.lightstep.com/api/v1/authentication/sso/saml_callback"
  recipient                = "https://app.lightstep.com/api/v1/authentication/sso/saml_callback"
  destination              = "https://app.lightstep.com/api/v1/authentication/sso/saml_callback"
  audience                 = "https://app.lightstep.com/saml/metadata"
  subject_name_id_template = "$${user.email}"
  subject_name_id_format   = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
  response_signed          = true
  signature_algorithm      = "RSA_SHA256"
  digest_algorithm         = "SHA256"
  authn_context_class_ref  = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"

  # Only groups whose name begins with `eng-` leave Okta, so `contractors` never arrives.
  attribute_statements {
    name         = "member_of"
    type         = "GROUP"
    filter_type  = "STARTS_WITH"
    filter_value = "eng-"
  }
}

resource "okta_app_group_assignment" "lightstep" {
  for_each = toset(["eng-checkout", "eng-checkout-agents", "eng-payments", "eng-search", "eng-platform"])

  app_id   = okta_app_saml.lightstep.id
  group_id = okta_group.group[each.key].id
}
