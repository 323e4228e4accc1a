"""BOT103 credential-without-expiry."""

from collections.abc import Iterator
from datetime import date

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    NamedTuple,
    Severity,
    TelemetryCredential,
    ending_credentials,
    is_personal,
    key,
    may_end,
    rule,
)


def _key(*lines: str, kind: str = "api-key", holder: str = "bot:ci", mark: str = "") -> dict[str, str]:
    text = f"""
        apiVersion: iamlint/v1
        kind: Telemetry
        vendor: lightstep
        credentials:
          - name: markers{mark}
            kind: {kind}
            held_by: ["{holder}"]
        """
    return {"access/keys.access.yaml": text.rstrip(" ") + "".join(f"            {line}\n" for line in lines)}


_MARK = "  # <- BOT103"


_POLICY = """
    resource "grafana_cloud_access_policy" "ingest" {{
      name   = "ingest"
      scopes = ["traces:write"]
      realm {{
        type       = "stack"
        identifier = "acme"
      }}
    }}
    resource "grafana_cloud_access_policy_token" "ingest" {{
      access_policy_id = grafana_cloud_access_policy.ingest.policy_id
      name             = "ingest"{mark}
      {end}
    }}
    """


def _grafana(end: str, mark: str = "") -> dict[str, str]:
    return {"grafana/main.tf": f"""
        resource "grafana_service_account" "ci" {{
          name = "ci"
          role = "Viewer"
        }}
        resource "grafana_service_account_token" "ci" {{
          service_account_id = grafana_service_account.ci.id
          name               = "ci" {mark}
          {end}
        }}
        """}  # fmt: skip


class Options(NamedTuple):
    """How long a credential may live."""

    days: int = 732
    """The days after which an end counts as none (for secrets and certificates of identity providers)."""


_SECRET = """
    resource "azuread_application" "ci" {{
      display_name = "ci"
    }}
    resource "azuread_application_password" "ci" {{ {mark}
      application_id = azuread_application.ci.id
      {end}
    }}
    """


@rule(
    id="BOT103",
    name="credential-without-expiry",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep docs: Create and manage API keys", "AICPA Trust Services Criteria: CC6.1"],
    options=Options(),
    bad=[
        Example("an API key", _key("project: checkout-prod", "role: Project Editor", mark=_MARK)),
        Example("a satellite's key", _key("organization: true", kind="satellite-key", mark=_MARK)),
        Example("a service account's token of Grafana", _grafana("", _MARK.strip())),
        Example("a token of Grafana Cloud", {"grafana/main.tf": _POLICY.format(end="", mark=_MARK)}),
        Example("a client secret of Entra", {"entra/main.tf": _SECRET.format(end="", mark=_MARK.strip())}),
        Example("an end that nobody lives to see", {"entra/main.tf": _SECRET.format(
            end='end_date = "2299-12-30T00:00:00Z" # <- BOT103', mark="")}),
    ],
    good=[
        Example("a client secret that ends within a year", {"entra/main.tf": _SECRET.format(
            end='end_date = "2027-06-30T00:00:00Z"', mark="")}),
        Example("an end that is counted", {"entra/main.tf": _SECRET.format(end='end_date_relative = "4320h"', mark="")}),
        Example("its end is written", _key("project: checkout-prod", "role: Project Editor", "expires: 2027-01-31")),
        Example("the end follows from the day it was made", _key("project: checkout-prod", "role: Project Editor", "created: 2026-01-31")),
        Example("an access token has no end at the vendor", _key("project: checkout-prod", kind="access-token")),
        Example("a service account's token that ends", _grafana("seconds_to_live = 86400")),
        Example("a token of Grafana Cloud that ends", {"grafana/main.tf": _POLICY.format(
            end='expires_at = "2027-01-01T00:00:00Z"', mark="")}),
        Example("Datadog's keys have no end", {"datadog/main.tf": 'resource "datadog_api_key" "agent" { name = "agent" }'}),
        Example("a person's key", _key("project: checkout-prod", "role: Project Viewer", holder="user:alice@acme.example")),
    ],
)  # fmt: skip
def credential_without_expiry(graph: AccessGraph, options: Options) -> Iterator[Finding]:
    """A bot's credential is of a kind that ends, and nothing says when.

    A key without a known end is not replaced before it: either it stops in the middle of a deployment, or it lives for as
    long as the vendor lets it. Lightstep's API keys, satellite keys and provisioning keys end a year after they were made; Grafana's
    tokens end when they were told to, else never.

    ## What to do instead

    Write `expires:` (or `created:`) beside the credential, as short as the rotation allows; in Terraform give Grafana's tokens
    `seconds_to_live` or `expires_at`.

    ## What this rule does not see

    Credentials that no file declares. Access tokens of a project have no end at the vendor: their age is the matter of
    BOT102, and that of AWS access keys of BOT104.
    """
    for credential in graph.estate.all(TelemetryCredential):
        if not may_end(credential):
            continue
        if credential.expires or credential.created or credential.last_rotated:
            continue
        if is_personal(credential):
            continue
        name = key(credential.name)
        yield Finding(
            f"`{name}` never ends" if credential.lasting else f"nothing says when `{name}` ends",
            at=credential.field_place("name"),
            because=[(credential.field_place("kind"), f"it is of the kind `{credential.kind}`, which can end")],
            help="give it an end" if credential.lasting else "write `expires:`, or `created:` from which the end follows",
            subject=f"token:{credential.vendor}/{key(credential.name)}",
        )
    for other in ending_credentials(graph):
        from_day = other.since or date.fromisoformat(graph.as_of[:10])
        if other.ends is None:
            yield Finding(
                f"nothing says when `{other.name}` ends",
                at=other.place,
                because=[other.reason],
                help="write its end, as short as the rotation allows",
                subject=other.subject,
            )
        elif (other.ends - from_day).days > options.days:
            yield Finding(
                f"`{other.name}` ends on {other.ends}, which is no end: it lives longer than {options.days} days",
                at=other.place,
                because=[other.reason],
                help="let it end sooner, and rotate it before",
                subject=other.subject,
            )
