"""BOT102 credential-not-rotated."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from iamlint.rulekit import (
    AccessGraph,
    AccessKey,
    Confidence,
    Example,
    Finding,
    Place,
    Severity,
    TelemetryCredential,
    key,
    rule,
)

_CREDENTIAL = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    credentials:
      - name: checkout
        kind: access-token
        project: checkout-prod
        {dates}
    """


def _estate(*dates: str) -> dict[str, str]:
    return {"access/keys.access.yaml": _CREDENTIAL.format(dates="\n        ".join(dates))}


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
    ],
    good=[
        Example("rotated lately", _estate("created: 2025-03-01", "last_rotated: 2026-09-01")),
        Example("made lately", _estate("created: 2026-10-01")),
        Example("on the last day", _estate("last_rotated: 2026-08-03")),
        Example("no date is known", _estate("use: ingest")),
    ],
)  # fmt: skip
def credential_not_rotated(graph: AccessGraph, options: Options) -> Iterator[Finding]:
    """A credential is older than 90 days at the checked revision.

    The longer a token lives, the more logs, laptops and backups hold a copy. Ages are counted at the day of the checked commit
    (or `--as-of`), so that a run on the same commit always says the same.

    ## What to do instead

    Rotate it, write `last_rotated` in the manifest, and better: use a role by OIDC or a rotation resource, which need no memory.

    ## What this rule does not see

    Credentials of which nothing says when they were made.
    """
    today = _day(graph.as_of)
    if today is None:
        return
    for name, subject, since, place, word in _dated(graph):
        day = _day(since)
        if day is None or (today - day).days <= options.days:
            continue
        yield Finding(
            f"{name} was {word} on {since[:10]}, more than {options.days} days before the checked revision",
            at=place,
            help="rotate it and write the day down as `last_rotated`",
            subject=subject,
        )


def _dated(graph: AccessGraph) -> Iterator[tuple[str, str, str, Place, str]]:
    for credential in graph.estate.all(TelemetryCredential):
        since = credential.last_rotated or credential.created
        if since is not None:
            field = "last_rotated" if credential.last_rotated is not None else "created"
            name = key(credential.name)
            word = "last rotated" if credential.last_rotated is not None else "made"
            yield f"`{name}`", f"token:{credential.vendor}/{name}", since, credential.field_place(field), word
    for access_key in graph.estate.all(AccessKey):
        if access_key.created is not None and access_key.active:
            user = key(access_key.user)
            yield f"the access key of `{user}`", f"aws:{user}", access_key.created[:10], access_key.place, "made"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
