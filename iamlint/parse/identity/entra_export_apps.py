"""Applications and service principals in what Microsoft Graph answers, with the days of their secrets and certificates."""

from __future__ import annotations

from iamlint.model.estate import Facts
from iamlint.model.identity import Application, AttributeStatement, Bot
from iamlint.model.sign_in import Credential
from iamlint.parse.entry import Entry
from iamlint.parse.identity.entra_claims import group_statements
from iamlint.parse.identity.targets import target_of
from iamlint.parse.rotation import day_of

PROVIDER = "entra"


def add_application(entry: Entry, facts: Facts) -> None:
    """Add an application with what its tokens say of groups, and its credentials."""
    name = entry.text("displayName") or entry.text("appId") or ""
    statements: list[AttributeStatement] = []
    claims = entry.text("groupMembershipClaims")
    for claim in (claims or "").split(","):
        if claim.strip():
            statements += group_statements(claim.strip(), _properties(entry), entry.at("groupMembershipClaims"))
    web = entry.mapping("web")
    addresses = [text for text, _ in entry.texts("identifierUris")]
    addresses += [text for text, _ in web.texts("redirectUris")] if web is not None else []
    ids = tuple(text for field in ("id", "appId") if (text := entry.text(field)) is not None)
    place = entry.at("displayName")
    # Whether an assignment is needed is said by the service principal, an object of its own.
    facts.add(Application(PROVIDER, name, target_of(addresses, name), tuple(statements), place, facts.unit, (*ids, *addresses)))
    facts.add(Bot(f"{PROVIDER}/{name}", "bot", place, facts.unit, ids=ids))
    _add_credentials(entry, name, facts)


def _properties(entry: Entry) -> list[str]:
    claims = entry.mapping("optionalClaims")
    found: list[str] = []
    for kind in ("saml2Token", "idToken", "accessToken") if claims is not None else ():
        for claim in claims.entries(kind) if claims is not None else ():
            if claim.text("name") == "groups":
                found += [text for text, _ in claim.texts("additionalProperties")]
    return found


def add_principal(entry: Entry, facts: Facts) -> None:
    """Add a service principal: a bot, and the gate of an application."""
    name = entry.text("displayName") or entry.text("appDisplayName")
    if name is None:
        return
    ids = tuple(text for field in ("id", "appId") if (text := entry.text(field)) is not None)
    facts.add(Bot(f"{PROVIDER}/{name}", "bot", entry.at("displayName"), facts.unit, ids=ids))
    addresses = [text for field in ("replyUrls", "servicePrincipalNames") for text, _ in entry.texts(field)]
    target = target_of(addresses, name)
    if target is not None:
        required = entry.value.get("appRoleAssignmentRequired")
        facts.add(
            Application(
                PROVIDER, name, target, (), entry.at("displayName"), facts.unit, ids, required is False, declared=False,
                implicit_place=entry.at("appRoleAssignmentRequired"), open_words="`appRoleAssignmentRequired` is not on",
            )
        )  # fmt: skip
    _add_credentials(entry, name, facts)


def _add_credentials(entry: Entry, name: str, facts: Facts) -> None:
    for field, kind in (("passwordCredentials", "client-secret"), ("keyCredentials", "certificate")):
        for number, one in enumerate(entry.entries(field)):
            shown = one.text("displayName") or one.text("keyId") or str(number + 1)
            places = (("created", one.at("startDateTime")), ("expires", one.at("endDateTime")))
            facts.add(
                Credential(
                    PROVIDER, f"{name}: {shown}", kind, f"{PROVIDER}/{name}", "bot", one.place, facts.unit,
                    created=day_of(one.text("startDateTime")), expires=day_of(one.text("endDateTime")), places=places,
                )
            )  # fmt: skip
