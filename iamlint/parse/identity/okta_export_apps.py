"""Applications and profiles in what Okta's API answers."""

from __future__ import annotations

from iamlint.model.estate import Facts
from iamlint.model.identity import Application, AttributeStatement, Bot
from iamlint.parse.entry import Entry
from iamlint.parse.identity.targets import target_of
from iamlint.source.value import Unknown, Value

PROVIDER = "okta"
_ADDRESSES = (("audience", "audience"), ("sso_url", "ssoAcsUrl"), ("recipient", "recipient"), ("destination", "destination"))
_AWS_SETTINGS = ("groupFilter", "roleValuePattern", "identityProviderArn", "awsEnvironmentType")


def add_application(entry: Entry, facts: Facts) -> None:
    """Add an application with what it says about its users; one for machines is a bot."""
    settings = entry.mapping("settings")
    sign_on = settings.mapping("signOn") if settings is not None else None
    client = settings.mapping("oauthClient") if settings is not None else None
    app = settings.mapping("app") if settings is not None else None
    found: dict[str, Value] = {}
    for name, field in _ADDRESSES:
        if sign_on is not None and (text := sign_on.text(field)) is not None:
            found[name] = text
    for field in _AWS_SETTINGS:
        if app is not None and (text := app.text(field)) is not None:
            found[field] = text
    statements = [_statement(one) for one in sign_on.entries("attributeStatements")] if sign_on is not None else []
    groups_claim = client.mapping("groups_claim") if client is not None else None
    if groups_claim is not None:
        statements.append(_statement(groups_claim, "filter_type", "value"))
    redirects = [text for text, _ in client.texts("redirect_uris")] if client is not None else []
    label, identifier = entry.text("label") or entry.text("id") or "", entry.text("id") or ""
    active = entry.text("status") != "INACTIVE"
    facts.add(
        Application(
            PROVIDER, label, target_of([*found.values(), *redirects], entry.text("name")) if active else None,
            tuple(statements), entry.at("label"), facts.unit, ids=(identifier,), settings=found,
            implicit_assignment=settings is not None and settings.flag("implicitAssignment"),
            implicit_place=settings.at("implicitAssignment") if settings is not None else None,
        )
    )  # fmt: skip
    if client is not None and client.text("application_type") == "service":
        facts.add(Bot(f"{PROVIDER}/{label}", "bot", entry.at("label"), facts.unit, ids=(identifier,)))


def _statement(entry: Entry, filter_field: str = "filterType", value_field: str = "filterValue") -> AttributeStatement:
    name = entry.text("name") or Unknown("the attribute's name is not written", entry.place)
    values = tuple(text for text, _ in entry.texts("values"))
    kind = entry.text("type") or "EXPRESSION"
    wanted = entry.text(value_field)
    if kind == "FILTER":
        kind = "GROUP"
    elif kind == "EXPRESSION" and not values and wanted is not None:
        values, wanted = (wanted,), None
    place = entry.at(value_field) if wanted is not None else None
    return AttributeStatement(name, kind, entry.text(filter_field), wanted, values, entry.place, place)


def add_profile(profile: Entry) -> dict[str, Value | tuple[str, ...]]:
    """Return the attributes of a profile: texts, numbers and flags as texts, lists of texts."""
    found: dict[str, Value | tuple[str, ...]] = {}
    for name, value in profile.value.items():
        if not isinstance(name, str):
            continue
        if isinstance(value, str) and value:
            found[name] = value
        elif isinstance(value, bool):
            found[name] = "true" if value else "false"
        elif isinstance(value, (int, float)):
            found[name] = str(value)
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            found[name] = tuple(value)
    return found
