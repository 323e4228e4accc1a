"""BOT101 bot-token-wider-than-ingest."""

from collections.abc import Iterator
from typing import NamedTuple

from iamlint.rulekit import (
    CAPABILITIES,
    EDIT,
    INGEST,
    MANAGE_CREDENTIALS,
    READ,
    SHARE,
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    TelemetryCredential,
    Unknown,
    key,
    rule,
)

_CREDENTIAL = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    organization: acme
    credentials:
      - name: checkout
        held_by: ["{holder}"]
        {scope}
        use: {use}
        kind: {kind}
    """


def _estate(
    use: str, kind: str, scope: str = "project: checkout-prod", holder: str = "bot:github/acme/checkout:pull_request"
) -> dict[str, str]:
    return {"access/keys.access.yaml": _CREDENTIAL.format(use=use, kind=kind, scope=scope, holder=holder)}


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
    ],
    good=[
        Example("an access token", _estate("ingest", "access-token")),
        Example("a satellite's key", _estate("ingest", "satellite-key", "organization: true")),
        Example("deploy markers in one project", _estate("deploy-markers", "api-key\n        role: Project Editor")),
        Example("a viewer that queries", _estate("query", "api-key\n        role: Organization Viewer", "organization: true")),
        Example("provisioning needs an administrator", _estate(
            "provisioning", "api-key\n        role: Organization Admin", "organization: true")),
        Example("a role that is not known", _estate("query", "api-key\n        role: Checkout Specialist")),
        Example("a person's key", _estate("query", "api-key\n        role: Project Editor", holder="user:alice@acme.example")),
    ],
)  # fmt: skip
def bot_token_wider_than_ingest(graph: AccessGraph) -> Iterator[Finding]:
    """A bot's telemetry credential can do more than the smallest write scope that its declared use needs.

    Pipelines and collectors leak: logs, caches, forks. A token that can only write spans of one project is worth little to
    whoever finds it; a key that reads traces or administers users is worth the organization.

    ## What to do instead

    For `ingest` use an access token; for `deploy-markers` and `dashboards-as-code` an API key with `Project Editor` in one
    project; for `query` a viewer's key. Only `provisioning` needs an administrator.

    ## What this rule does not see

    Credentials without a declared `use`, and what a token is really used for.
    """
    for credential in graph.estate.all(TelemetryCredential):
        need = _NEEDS.get(credential.use or "")
        if need is None or _is_personal(credential):
            continue
        what = _excess(credential, need)
        if what:
            field = "role" if credential.role is not None else "kind"
            yield Finding(
                f"`{key(credential.name)}` is for `{credential.use}` and can also {what}",
                at=credential.role.place if credential.role is not None else credential.field_place(field),
                because=[(credential.field_place("use"), f"its use is `{credential.use}`")],
                help=f"use {need.words}",
                subject=f"token:{credential.vendor}/{key(credential.name)}",
            )


class _Need(NamedTuple):
    """The most that a use needs: capabilities, whether in the whole organization, and which credential has just that."""

    capabilities: frozenset[str]
    organization: bool
    words: str


_EDITOR = frozenset({READ, EDIT, SHARE, MANAGE_CREDENTIALS})
_NEEDS = {
    "ingest": _Need(frozenset({INGEST}), True, "an access token of the one project"),
    "deploy-markers": _Need(_EDITOR, False, "an API key with `Project Editor` in the one project"),
    "dashboards-as-code": _Need(_EDITOR, False, "an API key with `Project Editor` in the one project"),
    "query": _Need(frozenset({READ}), True, "an API key with `Project Viewer`"),
    "provisioning": _Need(frozenset(CAPABILITIES), True, "an API key with `Organization Admin`"),
}

_WORDS = {
    "telemetry:read": "read traces",
    "telemetry:edit": "edit",
    "telemetry:share": "share",
    "telemetry:manage-credentials": "manage credentials",
    "telemetry:administer": "administer the organization",
}


def _excess(credential: TelemetryCredential, need: _Need) -> str:
    """Return in words what the credential may beyond its need; empty when that is nothing, or not known."""
    if credential.kind in ("access-token", "satellite-key"):
        return ""
    beyond = [_WORDS[name] for name in CAPABILITIES if name in credential.capabilities - need.capabilities and name in _WORDS]
    if credential.kind == "api-key" and not credential.capabilities and credential.use == "ingest":
        return "call the API, which ingest does not need"
    if not beyond and not need.organization and credential.project is None and credential.capabilities:
        return "reach every project of the organization"
    if isinstance(credential.project, Unknown) and not beyond:
        return ""
    return " and ".join([", ".join(beyond[:-1]), beyond[-1]] if len(beyond) > 1 else beyond)


def _is_personal(credential: TelemetryCredential) -> bool:
    holders = [key(holder) for holder, _ in credential.holders]
    return bool(holders) and all(holder.startswith("user:") for holder in holders)
