"""The classic AWS application of Okta, where names of groups encode account and role (formats 2.1)."""

from __future__ import annotations

from graphs import edges_to, graph_of

from iamlint.graph.elements import EdgeKind

OKTA = """
resource "okta_group" "reader" {
  name = "aws_111111111111_reader"
}
resource "okta_group" "writer" {
  name = "aws_111111111111_writer"
}
resource "okta_group" "people" {
  name = "everyone"
}
resource "okta_app_saml" "aws" {
  label             = "AWS"
  preconfigured_app = "amazon_aws"
}
resource "okta_app_saml_app_settings" "aws" {
  app_id   = okta_app_saml.aws.id
  settings = jsonencode({
    groupFilter      = "aws_(?{{accountid}}\\\\d+)_(?{{role}}[a-zA-Z0-9+=,.@-]+)"
    roleValuePattern = "arn:aws:iam::$${accountid}:saml-provider/OKTA,arn:aws:iam::$${accountid}:role/$${role}"
  })
}
resource "okta_app_group_assignment" "reader" {
  app_id   = okta_app_saml.aws.id
  group_id = okta_group.reader.id
}
"""
ROLE = """
provider "aws" {
  allowed_account_ids = ["111111111111"]
}
resource "aws_iam_role" "reader" {
  name               = "reader"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithSAML"
      Principal = { Federated = "arn:aws:iam::111111111111:saml-provider/OKTA" }
      Condition = { StringEquals = { "SAML:aud" = "https://signin.aws.amazon.com/saml" } }
    }]
  })
}
"""


def test_a_group_whose_name_encodes_a_role_is_assigned_to_it() -> None:
    graph = graph_of({"okta/main.tf": OKTA, "aws/main.tf": ROLE})
    assert edges_to(graph, "role/reader", EdgeKind.ASSIGNED_TO) == ["group:okta/aws_111111111111_reader"]
    # The other group is not assigned to the application, and the third one's name encodes nothing.
    assert [edge.source.id for edge in graph.edges(EdgeKind.ASSIGNED_TO)] == ["group:okta/aws_111111111111_reader"]


def test_a_role_that_admits_no_federation_is_not_assigned() -> None:
    service = ROLE.replace("sts:AssumeRoleWithSAML", "sts:AssumeRole").replace(
        'Federated = "arn:aws:iam::111111111111:saml-provider/OKTA"', 'Service = "ec2.amazonaws.com"'
    )
    graph = graph_of({"okta/main.tf": OKTA, "aws/main.tf": service})
    assert edges_to(graph, "role/reader", EdgeKind.ASSIGNED_TO) == []
