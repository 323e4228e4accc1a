"""What a telemetry credential may do beyond what it is used for, whatever the vendor."""

from __future__ import annotations

from iamlint.model.telemetry import (
    CAPABILITIES,
    EDIT,
    INGEST,
    MANAGE_CREDENTIALS,
    READ,
    SHARE,
    TelemetryCredential,
)
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, key


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
_ADVICE = {
    ("grafana", "ingest"): "a token of an access policy whose scopes only write (`traces:write`)",
    ("grafana", "query"): "a token with scopes that only read, or a service account that may only `View`",
    ("datadog", "ingest"): "an API key",
    ("datadog", "query"): "an application key with scopes that only read",
    ("honeycomb", "ingest"): "an ingest key",
    ("honeycomb", "query"): "a configuration key that may only run queries",
}

_WORDS = {
    "telemetry:read": "read traces",
    "telemetry:edit": "edit",
    "telemetry:share": "share",
    "telemetry:manage-credentials": "manage credentials",
    "telemetry:administer": "administer the organization",
    "telemetry:ingest": "write telemetry",
}


class Excess(NamedTuple):
    """What a credential may do beyond its use, in words, and what to use instead."""

    what: str
    instead: str


def excess_of_use(credential: TelemetryCredential) -> Excess | None:
    """Return what a credential may do beyond its declared use; None when that is nothing, or not known."""
    need = _NEEDS.get(credential.use or "")
    if need is None:
        return None
    instead = _ADVICE.get((credential.vendor, credential.use or ""), need.words)
    if credential.vendor != "lightstep" and instead is need.words:
        instead = "a credential that can do just that"
    what = _beyond(credential, need)
    return Excess(what, instead) if what else None


def _beyond(credential: TelemetryCredential, need: _Need) -> str:
    from iamlint.parse.telemetry.vendors import VENDORS  # most repositories have no telemetry

    vendor = VENDORS.get(credential.vendor)
    if vendor is not None and credential.kind in vendor.ingest:
        return ""
    capabilities = credential.capabilities
    if INGEST in capabilities and credential.use in ("deploy-markers", "dashboards-as-code"):
        capabilities -= {INGEST}  # a marker is an event, too
    beyond = [_WORDS[name] for name in CAPABILITIES if name in capabilities - need.capabilities]
    if credential.kind == "api-key" and not capabilities and credential.use == "ingest":
        return "call the API, which ingest does not need"
    if not beyond and not need.organization and credential.project is None and capabilities:
        separable = vendor is None or credential.kind not in vendor.of_organization
        return "reach every project of the organization" if separable else ""
    if isinstance(credential.project, Unknown) and not beyond:
        return ""
    return " and ".join([", ".join(beyond[:-1]), beyond[-1]] if len(beyond) > 1 else beyond)


def is_personal(credential: TelemetryCredential) -> bool:
    """Return whether only people hold a credential."""
    holders = [key(holder) for holder, _ in credential.holders]
    return bool(holders) and all(holder.startswith("user:") for holder in holders)


def is_for_machines(credential: TelemetryCredential) -> bool:
    """Return whether only a workload presents credentials of this kind, or this one acts as a service account."""
    from iamlint.parse.telemetry.vendors import VENDORS  # most repositories have no telemetry

    vendor = VENDORS.get(credential.vendor)
    return credential.acts_as is not None or (vendor is not None and credential.kind in vendor.machine)


def may_end(credential: TelemetryCredential) -> bool:
    """Return whether credentials of this kind end by themselves, or can be made to."""
    from iamlint.parse.telemetry.vendors import VENDORS  # most repositories have no telemetry

    vendor = VENDORS.get(credential.vendor)
    return credential.lasting or vendor is None or credential.kind in vendor.ends_by_itself


def may_be_narrower(credential: TelemetryCredential) -> bool:
    """Return whether a credential that belongs to the organization could as well be made for one project."""
    from iamlint.parse.telemetry.vendors import VENDORS  # most repositories have no telemetry

    vendor = VENDORS.get(credential.vendor)
    if vendor is None or credential.vendor == "datadog":
        return vendor is None and credential.kind == "api-key"
    return credential.kind not in vendor.ingest and credential.kind not in vendor.fixed
