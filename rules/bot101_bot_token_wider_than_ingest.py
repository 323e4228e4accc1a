"""BOT101 bot-token-wider-than-ingest."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Place,
    Severity,
    TelemetryCredential,
    excess_of_use,
    is_personal,
    key,
    rule,
)

_CREDENTIAL = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: {vendor}
    organization: acme
    credentials:
      - name: checkout
        held_by: ["{holder}"]
        {scope}
        use: {use}
        kind: {kind}
    """


def _estate(
    use: str,
    kind: str,
    scope: str = "project: checkout-prod",
    holder: str = "bot:github/acme/checkout:pull_request",
    vendor: str = "lightstep",
) -> dict[str, str]:
    return {"access/keys.access.yaml": _CREDENTIAL.format(use=use, kind=kind, scope=scope, holder=holder, vendor=vendor)}


@rule(
    id="BOT101",
    name="bot-token-wider-than-ingest",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep docs: Create and manage access tokens", "Lightstep docs: Create and manage API keys"],
    bad=[
        Example("an API key where an access token would do", _estate("ingest", "api-key\n        role: Project Viewer  # <- BOT101")),
        Example("an API key of unknown role for ingest", _estate("ingest", "api-key  # <- BOT101")),
        Example("an editor's key that only queries", _estate("query", "api-key\n        role: Project Editor  # <- BOT101")),
        Example("deploy markers with a key to every project", _estate(
            "deploy-markers", "api-key\n        role: Organization Editor  # <- BOT101", "organization: true")),
        Example("an administrator's key for dashboards", _estate(
            "dashboards-as-code", "api-key\n        role: Organization Admin  # <- BOT101", "organization: true")),
        Example("a SCIM credential for anything else", _estate("query", "scim-key  # <- BOT101", "organization: true")),
        Example("a token of Grafana Cloud that also reads", _estate(
            "ingest", "access-policy-token\n        scopes: ['traces:write', 'traces:read']  # <- BOT101", "project: stack/acme",
            vendor="grafana")),
        Example("a key of Honeycomb that also changes settings", _estate(
            "query", "configuration-key\n        scopes: [run_queries, manage_slos]  # <- BOT101", "project: prod", vendor="honeycomb")),
        Example("a key of Datadog without scopes", {"datadog/main.tf": """
            resource "datadog_application_key" "ci" {
              name = "ci" # <- BOT101
            }
            """}),
    ],
    good=[
        Example("an access token", _estate("ingest", "access-token")),
        Example("a satellite's key", _estate("ingest", "satellite-key", "organization: true")),
        Example("deploy markers in one project", _estate("deploy-markers", "api-key\n        role: Project Editor")),
        Example("a viewer that queries", _estate("query", "api-key\n        role: Organization Viewer", "organization: true")),
        Example("provisioning needs an administrator", _estate(
            "provisioning", "api-key\n        role: Organization Admin", "organization: true")),
        Example("a role that is not known", _estate("query", "api-key\n        role: Checkout Specialist")),
        Example("a token of Grafana Cloud that only writes", _estate(
            "ingest", "access-policy-token\n        scopes: ['traces:write', 'logs:write']", "project: stack/acme", vendor="grafana")),
        Example("keys that send to Datadog and Honeycomb", {
            "datadog/main.tf": 'resource "datadog_api_key" "agent" { name = "agent" }',
            **_estate("ingest", "ingest-key", "project: prod", vendor="honeycomb")}),
        Example("a key of Datadog with scopes", {"datadog/main.tf": """
            resource "datadog_application_key" "ci" {
              name   = "ci"
              scopes = ["dashboards_read"]
            }
            """}),
        Example("a person's key", _estate("query", "api-key\n        role: Project Editor", holder="user:alice@acme.example")),
    ],
)  # fmt: skip
def bot_token_wider_than_ingest(graph: AccessGraph) -> Iterator[Finding]:
    """A bot's telemetry credential can do more than the smallest write scope that its declared use needs.

    Pipelines and collectors leak: logs, caches, forks. A token that can only write spans of one project is worth little to
    whoever finds it; a key that reads traces or administers users is worth the organization.

    ## What to do instead

    For `ingest` use an access token (Grafana: a token whose scopes only write; Honeycomb: an ingest key; Datadog: an API key); for `deploy-markers` and `dashboards-as-code` an API key with `Project Editor` in one
    project; for `query` a viewer's key. Only `provisioning` needs an administrator.

    ## What this rule does not see

    Credentials without a declared `use` (but for keys of Datadog, which without scopes can do all that their owner may), and
    what a token is really used for.
    """
    for credential in graph.estate.all(TelemetryCredential):
        if is_personal(credential):
            continue
        name, subject = key(credential.name), f"token:{credential.vendor}/{key(credential.name)}"
        found = excess_of_use(credential)
        if found is not None:
            yield Finding(
                f"`{name}` is for `{credential.use}` and can also {found.what}",
                at=_place(credential),
                because=[(credential.field_place("use"), f"its use is `{credential.use}`")],
                help=f"use {found.instead}",
                subject=subject,
            )
        elif credential.unscoped and credential.use != "provisioning":
            yield Finding(
                f"`{name}` has no scopes, and can do all that its owner may",
                at=credential.field_place("name"),
                help="give it the scopes that it needs",
                subject=subject,
            )


def _place(credential: TelemetryCredential) -> Place:
    if credential.role is not None:
        return credential.role.place
    written = dict(credential.route_places)
    return written.get("scopes") or credential.field_place("kind")
