resource "okta_app_saml" "aws" {
  label               = "AWS"
  sso_url             = "https://signin.aws.amazon.com/saml"
  recipient           = "https://signin.aws.amazon.com/saml"
  destination         = "https://signin.aws.amazon.com/saml"
  audience            = "https://signin.aws.amazon.com/saml"
  implicit_assignment = true # planted IDP107: nobody has to be assigned

  attribute_statements {
    name         = "groups"
    type         = "GROUP"
    filter_type  = "REGEX"
    filter_value = ".*" # planted TEL109: every group of everybody
  }
}
