"""BOT102 credential-not-rotated."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    NamedTuple,
    Severity,
    dated_credentials,
    rotated_credentials,
    rule,
)  # fmt: skip

_CREDENTIAL = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: {vendor}
    credentials:
      - name: checkout
        kind: {kind}
        {dates}
    """


def _estate(*dates: str, vendor: str = "lightstep", kind: str = "access-token") -> dict[str, str]:
    return {"access/keys.access.yaml": _CREDENTIAL.format(dates="\n        ".join(dates), vendor=vendor, kind=kind)}


_TOKENS = """
    [{{"id": "00T1", "name": "terraform", "clientName": "Okta API", "userId": "00u1",
      "created": "{day}T10:00:00.000Z", "lastUpdated": "{day}T10:00:00.000Z"}}]
    """
_REPORT = """
    user,arn,user_creation_time,access_key_1_active,access_key_1_last_rotated
    ci,arn:aws:iam::111111111111:user/ci,2020-01-01T00:00:00+00:00,true,{day}T00:00:00+00:00
    """
_SECRET = """
    resource "azuread_application" "ci" {{
      display_name = "ci"
    }}
    resource "azuread_application_password" "ci" {{ {mark}
      application_id = azuread_application.ci.id
      {line}
    }}
    """
_ROTATING = """
    resource "time_rotating" "x" {{
      rotation_days = {days}
    }}
    """


def _stored(days: int, mark: str = "") -> dict[str, str]:
    arn = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:checkout"
    return {
        **_estate("created: 2025-03-01", f"stored_in: [{arn}]"),
        "infra/main.tf": f"""
    provider "aws" {{
      region              = "eu-west-1"
      allowed_account_ids = ["111111111111"]
    }}
    resource "aws_secretsmanager_secret" "checkout" {{
      name = "checkout"
    }}
    resource "aws_secretsmanager_secret_rotation" "checkout" {{
      secret_id = aws_secretsmanager_secret.checkout.id
      rotation_rules {{
        automatically_after_days = {days}{mark}
      }}
    }}
    """,
    }


class Options(NamedTuple):
    """How old a credential may become."""

    days: int = 90
    """The age in days from which a credential counts as not rotated."""


@rule(
    id="BOT102",
    name="credential-not-rotated",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["CIS AWS Foundations Benchmark: access keys are rotated every 90 days or less", "PCI DSS v4.0: 8.6.3"],
    options=Options(),
    bad=[
        Example("made long ago and never rotated", _estate("created: 2026-03-01  # <- BOT102")),
        Example("rotated long ago", _estate("created: 2025-03-01", "last_rotated: 2026-07-01  # <- BOT102")),
        Example("older than the configured limit", {
            **_estate("created: 2026-10-01  # <- BOT102"), "iamlint.yaml": """
            rules:
              BOT102: {days: 14}
            """}),
        Example("an API token in an answer of Okta", {"okta/api-tokens.json": _TOKENS.format(day="2026-02-03")},
                expect=[("okta/api-tokens.json", 2)]),
        Example("a key in the credential report", {"aws/credential_report.csv": _REPORT.format(day="2026-02-03")},
                expect=[("aws/credential_report.csv", 2)]),
        Example("a client secret of Entra", {"entra/main.tf": _SECRET.format(
            line='start_date = "2026-01-31T00:00:00Z" # <- BOT102', mark="")}),
        Example("a secret that is made anew once a year", {"entra/main.tf": _ROTATING.format(days=365) + _SECRET.format(
            line="rotate_when_changed = { rotation = time_rotating.x.id }", mark="# <- BOT102")}),
        Example("the store rotates once a year", _stored(365, " # <- BOT102")),
        Example("a key of Datadog", _estate("created: 2026-03-01  # <- BOT102", vendor="datadog", kind="api-key")),
        Example("an ingest key of Honeycomb", _estate(
            "last_rotated: 2026-03-01  # <- BOT102", vendor="honeycomb", kind="ingest-key")),
        Example("Grafana makes a token anew once a year", {"grafana/main.tf": """
            resource "grafana_service_account_rotating_token" "ci" {
              name_prefix     = "ci"
              seconds_to_live = 31536000 # <- BOT102
            }
            """}),
    ],
    good=[
        Example("keys of Datadog and Honeycomb that are new", {
            **_estate("created: 2026-10-01", vendor="datadog", kind="api-key"),
            "access/more.access.yaml": _estate("created: 2026-10-01", vendor="honeycomb", kind="ingest-key")["access/keys.access.yaml"]}),
        Example("rotated lately", _estate("created: 2025-03-01", "last_rotated: 2026-09-01")),
        Example("made lately", _estate("created: 2026-10-01")),
        Example("on the last day", _estate("last_rotated: 2026-08-03")),
        Example("no date is known", _estate("use: ingest")),
        Example("an API token that is new", {"okta/api-tokens.json": _TOKENS.format(day="2026-10-01")}),
        Example("a key that is new", {"aws/credential_report.csv": _REPORT.format(day="2026-10-01")}),
        Example("made long ago, and the store rotates it", _stored(30)),
        Example("made anew every month", {"entra/main.tf": _ROTATING.format(days=30) + _SECRET.format(
            line="rotate_when_changed = { rotation = time_rotating.x.id }", mark="")}),
    ],
)  # fmt: skip
def credential_not_rotated(graph: AccessGraph, options: Options) -> Iterator[Finding]:
    """A credential is older than 90 days at the checked revision.

    The longer a token lives, the more logs, laptops and backups hold a copy. Ages are counted at the day of the checked commit
    (or `--as-of`), so that a run on the same commit always says the same.

    ## What to do instead

    Rotate it, write `last_rotated` in the manifest, and better: use a role by OIDC or a rotation resource, which need no memory.
    What rotates by itself counts by its schedule: a secret's rotation, a `time_rotating` that makes it anew, or
    the life of a rotating token of Grafana.

    ## What this rule does not see

    Credentials of which nothing says when they were made, and people's passwords.
    """
    for credential in dated_credentials(graph):
        if credential.days_until(graph.as_of) > options.days:
            yield Finding(
                f"{credential.name} was {credential.words} on {credential.since}, more than {options.days} days before the checked revision",
                at=credential.place,
                help="rotate it and write the day down as `last_rotated`",
                subject=credential.subject,
            )
    for rotated in rotated_credentials(graph):
        if rotated.days > options.days:
            yield Finding(
                f"{rotated.name} is rotated only every {rotated.days} days, and may then be older than {options.days}",
                at=rotated.place,
                help=f"rotate it at least every {options.days} days",
                subject=rotated.subject,
            )
