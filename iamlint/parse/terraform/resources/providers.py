"""Provider blocks: the credentials that they hold literally."""

from __future__ import annotations

from iamlint.parse.terraform.attributes import nested
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared

CREDENTIALS = {
    "aws": {"secret_key": "AWS secret access key", "token": "AWS session token"},
    "awscc": {"secret_key": "AWS secret access key", "token": "AWS session token"},
    "lightstep": {"api_key": "Lightstep API key"},
    "okta": {"api_token": "Okta API token", "access_token": "Okta access token", "private_key": "Okta private key"},
    "datadog": {"api_key": "Datadog API key", "app_key": "Datadog application key"},
    "grafana": {
        "auth": "Grafana token",
        "cloud_access_policy_token": "Grafana Cloud token",
        "sm_access_token": "Grafana token",
        "oncall_access_token": "Grafana token",
    },
    "honeycombio": {"api_key": "Honeycomb API key", "api_key_secret": "Honeycomb API key"},
    "newrelic": {"api_key": "New Relic API key", "admin_api_key": "New Relic API key"},
    "chronosphere": {"api_token": "Chronosphere API token"},
    "dash0": {"auth_token": "Dash0 token"},
    "github": {"token": "GitHub token"},
    "gitlab": {"token": "GitLab token"},
    "pagerduty": {"token": "PagerDuty token", "user_token": "PagerDuty token"},
    "opsgenie": {"api_key": "Opsgenie API key"},
    "cloudflare": {"api_token": "Cloudflare token", "api_key": "Cloudflare API key"},
    "vault": {"token": "Vault token"},
    "azuread": {"client_secret": "client secret of Entra ID"},
    "azurerm": {"client_secret": "client secret of Entra ID"},
    "auth0": {"client_secret": "Auth0 client secret", "api_token": "Auth0 token"},
    "keycloak": {"client_secret": "Keycloak client secret", "password": "Keycloak password"},
    "tfe": {"token": "Terraform Cloud token"},
    "buildkite": {"api_token": "Buildkite token"},
    "circleci": {"api_token": "CircleCI token", "key": "CircleCI token"},
    "snowflake": {"password": "Snowflake password"},
    "postgresql": {"password": "database password"},
    "mysql": {"password": "database password"},
}
"""Which attributes of which provider are credentials, and what they are called."""


def provider(instance: Instance, declared: Declared) -> None:
    """Add the credentials that a provider block holds literally."""
    holder = instance.address
    for attribute, what in CREDENTIALS.get(instance.type, {}).items():
        declared.secret_attribute(what, instance, attribute, holder)
    if instance.type == "vault":
        for block in nested(instance, "auth_login"):
            declared.secret_attribute("Vault login", block, "parameters", holder)
