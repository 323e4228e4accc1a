"""BOT103 credential-without-expiry."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, TelemetryCredential, key, rule


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


@rule(
    id="BOT103",
    name="credential-without-expiry",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep docs: Create and manage API keys", "AICPA Trust Services Criteria: CC6.1"],
    bad=[
        Example("an API key", _key("project: checkout-prod", "role: Project Editor", mark=_MARK)),
        Example("a satellite's key", _key("organization: true", kind="satellite-key", mark=_MARK)),
    ],
    good=[
        Example("its end is written", _key("project: checkout-prod", "role: Project Editor", "expires: 2027-01-31")),
        Example("the end follows from the day it was made", _key("project: checkout-prod", "role: Project Editor", "created: 2026-01-31")),
        Example("an access token has no end at the vendor", _key("project: checkout-prod", kind="access-token")),
        Example("a person's key", _key("project: checkout-prod", "role: Project Viewer", holder="user:alice@acme.example")),
    ],
)  # fmt: skip
def credential_without_expiry(graph: AccessGraph) -> Iterator[Finding]:
    """A bot's credential is of a kind that ends, and nothing says when.

    A key without a known end is not replaced before it: either it stops in the middle of a deployment, or it lives for as
    long as the vendor lets it. API keys, satellite keys and provisioning keys end a year after they were made.

    ## What to do instead

    Write `expires:` (or `created:`) beside the credential, as short as the rotation allows.

    ## What this rule does not see

    Credentials that no manifest declares. Access tokens of a project have no end at the vendor: their age is the matter of
    BOT102, and that of AWS access keys of BOT104.
    """
    for credential in graph.estate.all(TelemetryCredential):
        if credential.kind not in ("api-key", "satellite-key", "scim-key"):
            continue
        if credential.expires or credential.created or credential.last_rotated:
            continue
        holders = [key(holder) for holder, _ in credential.holders]
        if holders and all(holder.startswith("user:") for holder in holders):
            continue
        yield Finding(
            f"nothing says when `{key(credential.name)}` ends",
            at=credential.field_place("name"),
            because=[(credential.field_place("kind"), f"it is of the kind `{credential.kind}`, which can end")],
            help="write `expires:`, or `created:` from which the end follows",
            subject=f"token:{credential.vendor}/{key(credential.name)}",
        )
