"""What Azure, Google Cloud and Kubernetes let somebody do stands in the coverage; their identities are Entra's bots."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root

from iamlint.model.identity import Bot, Membership
from iamlint.model.sign_in import FederatedCredential

KUBERNETES = 'metadata {\n    name = "%s"\n  }\n'


@pytest.mark.parametrize(
    ("type_", "body", "reason"),
    [
        ("azurerm_role_assignment", "", "who has which role in Azure (`azurerm_role_assignment`)"),
        ("azurerm_pim_eligible_role_assignment", "", "who has which role in Azure (`azurerm_pim_eligible_role_assignment`)"),
        ("azurerm_key_vault_access_policy", "", "who reaches the contents of a key vault (`azurerm_key_vault_access_policy`)"),
        (
            "azurerm_key_vault",
            'access_policy {\n    object_id = "a"\n  }\n',
            "who reaches the contents of a key vault (`access_policy` of `azurerm_key_vault`)",
        ),
        ("google_project_iam_member", "", "who may do what in Google Cloud (`google_project_iam_member`)"),
        ("google_kms_crypto_key_iam_binding", "", "who may do what in Google Cloud (`google_kms_crypto_key_iam_binding`)"),
        ("google_storage_bucket_iam_policy", "", "who may do what in Google Cloud (`google_storage_bucket_iam_policy`)"),
        (
            "google_service_account_key",
            "",
            "what a key of a service account of Google Cloud opens (`google_service_account_key`)",
        ),
        ("kubernetes_cluster_role_binding_v1", "", "who has which role in Kubernetes (`kubernetes_cluster_role_binding_v1`)"),
        (
            "kubernetes_config_map",
            KUBERNETES % "aws-auth",
            "which role or user gets into a cluster (`aws-auth` as `kubernetes_config_map`)",
        ),
        # what gives nobody anything
        ("azurerm_key_vault", "", None),
        ("azurerm_storage_account", "", None),
        ("google_project_iam_custom_role", "", None),
        ("google_project_iam_audit_config", "", None),
        ("kubernetes_config_map", KUBERNETES % "settings", None),
        ("kubernetes_cluster_role", "", None),
    ],
)
def test_what_is_granted_there_is_in_the_coverage(type_: str, body: str, reason: str | None) -> None:
    facts = Root(f'resource "{type_}" "app" {{\n  {body}}}\n').facts
    expected = [] if reason is None else [f"{reason} is not read"]
    assert [line.reason for line in facts.unresolved] == expected
    assert list(facts.missed) == expected


@pytest.mark.parametrize("attribute", ["user_assigned_identity_id", "parent_id"])
def test_a_pipeline_signs_in_as_a_managed_identity(attribute: str) -> None:
    root = Root(
        f"""
resource "azurerm_user_assigned_identity" "deploy" {{
  name = "deploy"
}}
resource "azurerm_federated_identity_credential" "main" {{
  name      = "main"
  audience  = ["api://AzureADTokenExchange"]
  issuer    = "https://token.actions.githubusercontent.com"
  {attribute} = azurerm_user_assigned_identity.deploy.id
  subject   = "repo:acme/checkout:ref:refs/heads/main"
}}
resource "azuread_group" "ops" {{
  display_name = "ops"
}}
resource "azuread_group_member" "deploy" {{
  group_object_id  = azuread_group.ops.object_id
  member_object_id = azurerm_user_assigned_identity.deploy.principal_id
}}
"""
    )
    [bot], [credential], [membership] = root.all(Bot), root.all(FederatedCredential), root.all(Membership)
    assert (bot.name, credential.bot, membership.member_kind) == ("entra/deploy", "entra/deploy", "bot")
