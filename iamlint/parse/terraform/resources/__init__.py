"""One file for each family of resources: instances → model values."""

from __future__ import annotations

from functools import cache
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.terraform.resources.declared import Reader

ADMINISTRATORS = (
    "aws_guardduty_organization_admin_account",
    "aws_securityhub_organization_admin_account",
    "aws_macie2_organization_admin_account",
    "aws_detective_organization_admin_account",
    "aws_inspector2_delegated_admin_account",
    "aws_auditmanager_organization_admin_account_registration",
    "aws_cloudtrail_organization_delegated_admin_account",
    "aws_fms_admin_account",
    "aws_vpc_ipam_organization_admin_account",
)
"""Types that make an account the administrator of one service for the organization."""

FAMILIES: dict[str, str] = {
    "aws_cognito_user_group": "aws_grants",
    **dict.fromkeys(("aws_cognito_identity_provider", "aws_cognito_user"), "aws_resources"),
    **dict.fromkeys(
        (
            "aws_db_snapshot",
            "aws_db_cluster_snapshot",
            "aws_rds_cluster_snapshot_copy",
            "aws_ssm_document",
            "aws_servicecatalog_portfolio_share",
            "aws_servicecatalog_constraint",
            "aws_servicecatalog_provisioned_product",
            "aws_ssoadmin_application_assignment_configuration",
            "aws_verifiedpermissions_policy",
            "aws_vpc_endpoint_service",
            "aws_cloud9_environment_membership",
            "aws_cleanrooms_collaboration",
            "aws_datazone_policy_grant",
            "aws_lightsail_bucket_",
            "aws_grafana_workspace_api_key",
            "aws_grafana_workspace_service_account_token",
            "aws_oam_link",
            "aws_quicksight_role_membership",
            "aws_quicksight_analysis",
            "aws_quicksight_dashboard",
            "aws_quicksight_data_set",
            "aws_quicksight_folder",
            "aws_quicksight_template",
            "aws_quicksight_theme",
        ),
        "aws_shared",
    ),
    **dict.fromkeys(("keycloak_oidc_", "keycloak_ldap_user_federation"), "vendors"),
    **dict.fromkeys(("aws_iam_user_ssh_key", "aws_iam_signing_certificate"), "aws_grants"),
    "aws_iam_": "aws_iam",
    "aws_lambda_permission": "aws_lambda",
    "aws_bedrockagentcore_resource_policy": "aws_policies",
    "aws_s3control_access_grants_": "aws_policies",
    **dict.fromkeys(
        (
            "aws_kms_grant",
            "aws_cloudwatch_event_permission",
            "aws_lambda_function_url",
            "aws_ram_",
            "aws_rolesanywhere_profile",
            "aws_eks_access_",
            # granted in ways that are not read, which the coverage says
            "aws_lakeformation_",
            "aws_opensearchserverless_access_policy",
            "aws_iot_policy",
            "aws_s3control_access_grant",
            "aws_ssoadmin_application_assignment",
            "aws_ssoadmin_instance_access_control_attributes",
            "aws_organizations_delegated_administrator",
            "aws_quicksight_iam_policy_assignment",
            "aws_grafana_role_association",
            "aws_ami_launch_permission",
            "aws_snapshot_create_volume_permission",
            "aws_acmpca_permission",
            "aws_signer_signing_profile_permission",
            "aws_securitylake_subscriber",
            "aws_verifiedaccess_group",
            "aws_transfer_user",
            "aws_transfer_access",
            "aws_transfer_agreement",
            "aws_cognito_",
            "aws_cloudformation_stack_set",
            "aws_serverlessapplicationrepository_cloudformation_stack",
            "aws_ssm_activation",
            "aws_iot_role_alias",
            "aws_servicecatalog_principal_portfolio_association",
            "aws_budgets_budget_action",
            "aws_redshift_data_share_authorization",
            "aws_eks_identity_provider_config",
            "aws_ssoadmin_trusted_token_issuer",
            "aws_config_aggregate_authorization",
            "aws_chatbot_",
            "aws_emr_studio_session_mapping",
            "aws_sagemaker_domain",
            "aws_sagemaker_user_profile",
            "aws_verifiedaccess_endpoint",
            "aws_grafana_workspace_saml_configuration",
            *ADMINISTRATORS,
        ),
        "aws_grants",
    ),
    **dict.fromkeys(
        (
            "aws_lambda_function",
            "aws_launch_template",
            "aws_ecs_task_definition",
            "aws_codebuild_project",
            "aws_cloudformation_stack",
            "aws_sagemaker_notebook_instance",
            "aws_glue_dev_endpoint",
            "aws_glue_job",
            "aws_apprunner_service",
            "aws_sfn_state_machine",
            "aws_bedrockagentcore_",
        ),
        "aws_compute",
    ),
    **dict.fromkeys(
        (
            "aws_instance",
            "aws_spot_instance_request",
            "aws_autoscaling_group",
            "aws_launch_configuration",
            "aws_eks_node_group",
            "aws_emr_cluster",
            "aws_batch_job_definition",
        ),
        "aws_instances",
    ),
    **dict.fromkeys(
        (
            "aws_s3_account_public_access_block",
            "aws_s3_bucket_public_access_block",
            "aws_s3_bucket_ownership_controls",
            "aws_s3_bucket_acl",
        ),
        "aws_buckets",
    ),
    "aws_kinesis_firehose_delivery_stream": "aws_tokens",
    "aws_vpc_endpoint": "vpc_endpoints",
    **dict.fromkeys(("kubernetes_manifest", "kubectl_manifest", "k8s_manifest", "helm_release"), "manifests"),
    **{
        f"kubernetes_{kind}": "kubernetes_workloads"
        for kind in ("pod", "deployment", "stateful_set", "daemon", "replication_controller", "job", "cron_job")
    },
    **dict.fromkeys(("cloudinit_config", "template_cloudinit_config"), "start_scripts"),
    "awscc_": "cloud_control",
    "tfe_": "tfe",
    **dict.fromkeys(("aws_eks_pod_identity_association", "aws_eks_addon"), "kubernetes"),
    **dict.fromkeys(
        (
            "aws_kms_replica_",
            "aws_kms_external_key",
            "aws_s3_access_point",
            "aws_s3control_",
            "aws_s3tables_",
            "aws_s3vectors_",
            "aws_api_gateway_rest_api",
            "aws_api_gateway_domain_name",
            "aws_backup_vault_policy",
            "aws_cloudsearch_domain_service_access_policy",
            "aws_cloudwatch_event_bus_policy",
            "aws_cloudwatch_log_resource_policy",
            "aws_ecr_repository_creation_template",
            "aws_efs_file_system_policy",
            "aws_glue_resource_policy",
            "aws_oam_sink_policy",
            "aws_glacier_vault",
            "aws_sagemaker_model_package_group_policy",
            "aws_codebuild_resource_policy",
            "aws_redshiftserverless_resource_policy",
            "aws_msk_cluster_policy",
            "aws_cloudwatch_log_delivery_destination_policy",
            "aws_organizations_resource_policy",
            "aws_xray_resource_policy",
            "aws_ecrpublic_repository_policy",
            "aws_opensearch_domain",
            "aws_elasticsearch_domain",
            "aws_codeartifact_",
            "aws_ses_identity_policy",
            "aws_sesv2_email_identity_policy",
            "aws_cloudwatch_log_destination_policy",
            "aws_acmpca_policy",
            "aws_media_store_container_policy",
            "aws_networkfirewall_resource_policy",
            "aws_redshift_resource_policy",
            "aws_schemas_registry_policy",
            "aws_vpclattice_",
            "aws_prometheus_resource_policy",
            "aws_lambda_layer_version_permission",
        ),
        "aws_policies",
    ),
    "aws_secretsmanager_secret_rotation": "rotation",
    "time_rotating": "rotation",
    "aws_secretsmanager_": "aws_secrets",
    "aws_ssm_": "aws_secrets",
    "aws_ssoadmin_": "identity_center",
    "aws_identitystore_": "identity_center",
    "aws_organizations_": "organizations",
    "okta_app_signon_policy": "okta_policies",
    "okta_app_access_policy_": "okta_policies",
    "okta_app_oauth_role_assignment": "okta_bots",
    "okta_app_oauth_api_scope": "okta_bots",
    "okta_api_": "okta_bots",
    "okta_auth_server_": "okta_claims",
    "okta_app": "okta_apps",
    "okta_group_role": "okta_admin",
    "okta_group_owner": "okta_admin",
    "okta_user_admin_roles": "okta_admin",
    "okta_user_schema_property": "okta_admin",
    "okta_user_base_schema_property": "okta_admin",
    "okta_admin_role_": "okta_admin",
    "okta_resource_set": "okta_admin",
    "okta_": "okta",
    "lightstep_": "lightstep",
    "grafana_contact_point": "vendors",
    "datadog_integration_": "vendors",
    "datadog_webhook": "vendors",
    "datadog_": "datadog",
    "honeycombio_": "honeycomb",
    "grafana_": "grafana",
    **dict.fromkeys(
        (
            "azuread_application_password",
            "azuread_application_certificate",
            "azuread_application_federated_",
            "azuread_application_flexible_",
            "azuread_service_principal_",
            "azurerm_federated_identity_credential",
        ),
        "entra_credentials",
    ),
    **dict.fromkeys(("azuread_app", "azuread_service_principal", "azurerm_user_assigned_identity"), "entra_apps"),
    "azuread_conditional_access_policy": "entra_policies",
    **dict.fromkeys(("azuread_administrative_unit", "azuread_access_package"), "entra_units"),
    "azuread_": "entra",
    "googleworkspace_": "google",
    "google_cloud_identity_": "google",
    **dict.fromkeys(
        (
            "keycloak_hardcoded_",
            "keycloak_attribute_to_role_",
            "keycloak_custom_",
            "keycloak_ldap_",
            "keycloak_users_permissions",
            "keycloak_group_permissions",
            "keycloak_openid_client_permissions",
            "keycloak_identity_provider_",
            "keycloak_admin_permission",
            "keycloak_users_admin_permissions",
            "keycloak_group_admin_permissions",
            "keycloak_role_admin_permissions",
            "keycloak_role_permissions",
            "keycloak_openid_client_admin_permissions",
        ),
        "keycloak_sources",
    ),
    "keycloak_openid_client_service_account_": "keycloak",
    **dict.fromkeys(("keycloak_openid_", "keycloak_saml_", "keycloak_generic_"), "keycloak_clients"),
    "keycloak_": "keycloak",
    **dict.fromkeys(
        (
            "vault_aws_",
            "vault_jwt_auth_",
            "vault_kubernetes_auth_backend_role",
            "vault_auth_backend",
            "vault_policy",
            "vault_approle_auth_backend_role",
            "vault_cert_auth_",
            "vault_gcp_auth_",
            "vault_azure_auth_",
        ),
        "vault",
    ),
    **dict.fromkeys(("vault_identity_", "vault_okta_", "vault_ldap_", "vault_github_", "vault_saml_"), "vault_identity"),
    **dict.fromkeys(("github_team", "github_membership", "github_repository_collaborators"), "github"),
}
"""Which module reads the types that begin so; every other `aws_` type is for `aws_resources`, the rest for `vendors`."""

_BEGINNINGS = tuple(FAMILIES)


@cache
def reader_of(mode: str, type_: str) -> Reader | None:
    """Return the reader for instances of a type, None when the type says nothing about access."""
    if mode == "provider":
        from iamlint.parse.terraform.resources.providers import provider

        return provider
    if mode == "settings":
        from iamlint.parse.terraform.resources.state import settings

        return settings
    module = "aws_resources" if type_.startswith("aws_") else "vendors"
    if type_.startswith(_BEGINNINGS):  # most types of a tree say nothing about access
        module = next(module for prefix, module in FAMILIES.items() if type_.startswith(prefix))
    readers = import_module(f"{__name__}.{module}").READERS
    found: Reader | None = readers.get((mode, type_)) or readers.get((mode, "*"))
    if found is None and mode == "managed" and type_.startswith(("azurerm_", "google_", "kubernetes_")):
        from iamlint.parse.terraform.resources.other_systems import reader_for

        found = reader_for(type_)
    return found


@cache
def is_of_interest(mode: str, type_: str) -> bool:
    """Return whether instances of a type say anything about access."""
    return (mode == "data" and type_ == "aws_iam_policy_document") or reader_of(mode, type_) is not None
