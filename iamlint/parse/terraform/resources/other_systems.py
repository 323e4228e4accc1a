"""`azurerm_*`, `google_*`, `kubernetes_*`: what these systems let somebody do is not read; each grant is in the coverage."""

from __future__ import annotations

from iamlint.parse.terraform.attributes import nested, text
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.terraform.resources.declared import Reader

_ROLE = "who has which role in Azure"
_VAULT = "who reaches the contents of a key vault"
_BUCKET = "who reaches the objects of a bucket of Google Cloud"
_BINDING = "who has which role in Kubernetes"

_GRANTS = {
    "azurerm_role_assignment": _ROLE,
    "azurerm_pim_active_role_assignment": _ROLE,
    "azurerm_pim_eligible_role_assignment": _ROLE,
    "azurerm_lighthouse_assignment": "what another tenant may do in Azure",
    "azurerm_key_vault_access_policy": _VAULT,
    "azurerm_cosmosdb_sql_role_assignment": "who reaches a database of Azure",
    "google_bigquery_dataset_access": "who reaches a data set of Google Cloud",
    "google_storage_bucket_acl": _BUCKET,
    "google_storage_bucket_access_control": _BUCKET,
    "google_storage_default_object_access_control": _BUCKET,
    "google_service_account_key": "what a key of a service account of Google Cloud opens",
    "google_iam_workload_identity_pool_provider": "who signs in to Google Cloud with a token from elsewhere",
    "kubernetes_role_binding": _BINDING,
    "kubernetes_role_binding_v1": _BINDING,
    "kubernetes_cluster_role_binding": _BINDING,
    "kubernetes_cluster_role_binding_v1": _BINDING,
}
"""Types that grant something, with what is not read of them."""

_CONFIG_MAPS = ("kubernetes_config_map", "kubernetes_config_map_v1", "kubernetes_config_map_v1_data")


def reader_for(type_: str) -> Reader | None:
    """Return the reader for a type of these systems, None when it grants nothing."""
    if type_ == "azurerm_key_vault":
        return key_vault
    if type_ in _CONFIG_MAPS:
        return config_map
    is_policy = type_.startswith("google_") and type_.endswith(("_iam_member", "_iam_binding", "_iam_policy"))
    return grant if is_policy or type_ in _GRANTS else None


def grant(instance: Instance, declared: Declared) -> None:
    """Say that a resource grants something that is not read."""
    what = _GRANTS.get(instance.type, "who may do what in Google Cloud")
    declared.note(f"{what} (`{instance.type}`) is not read", instance.place)


def key_vault(instance: Instance, declared: Declared) -> None:
    """Say that the access policies of a key vault are not read."""
    if any(True for _ in nested(instance, "access_policy")):
        declared.note(f"{_VAULT} (`access_policy` of `{instance.type}`) is not read", instance.place)


def config_map(instance: Instance, declared: Declared) -> None:
    """Say that it is not read who gets into a cluster of EKS by the map `aws-auth`."""
    if any(text(metadata, "name") == "aws-auth" for metadata in nested(instance, "metadata")):
        declared.note(f"which role or user gets into a cluster (`aws-auth` as `{instance.type}`) is not read", instance.place)
