"""`okta_app_*`: applications, what they say about their users, and who is assigned to them."""

from __future__ import annotations

from iamlint.model.identity import Application, ApplicationAssignment, AttributeStatement
from iamlint.parse.identity.targets import target_of
from iamlint.parse.terraform.attributes import is_true, json_map, nested, place_of, text, texts, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.okta import PROVIDER
from iamlint.parse.terraform.resources.okta_bots import client_ids, service_app
from iamlint.parse.terraform.resources.okta_claims import claims_of
from iamlint.parse.terraform.resources.references import id_of, identifiers
from iamlint.source.value import Unknown, Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SETTINGS = (
    "audience", "sso_url", "recipient", "destination", "preconfigured_app", "status", "app_settings_json",
    "subject_name_id_template",
)  # fmt: skip


def saml_app(instance: Instance, declared: Declared) -> None:
    """Add a SAML application with what it says about its users."""
    statements: list[AttributeStatement] = []
    for block in nested(instance, "attribute_statements"):
        statements.append(_statement(block))
    settings = {name: value for name in _SETTINGS if (value := text(instance, name)) is not None}
    settings.update(_app_settings(instance, declared))
    label = text(instance, "label")
    declared.add(
        Application(
            provider=PROVIDER,
            label=label if label is not None else id_of(instance, declared),
            target=_target(settings) if instance.mode == "managed" else None,
            statements=(*statements, *claims_of(instance, declared)),
            place=instance.place,
            unit=declared.unit,
            ids=identifiers(instance, declared, "id"),
            implicit_assignment=is_true(instance, "implicit_assignment"),
            declared=instance.mode == "managed",
            settings=settings,
            implicit_place=place_of(instance, "implicit_assignment"),
        )
    )
    for block in nested(instance, "users"):
        _inline_assignment(instance, block, "user", declared)
    for member, place in texts(instance, "groups"):
        declared.add(ApplicationAssignment(PROVIDER, id_of(instance, declared), member, "group", place, declared.unit))


def _inline_assignment(instance: Instance, block: Located, kind: str, declared: Declared) -> None:
    member = block.value if isinstance(block.value, Unknown) else text(block, "id")
    if member is not None:
        declared.add(ApplicationAssignment(PROVIDER, id_of(instance, declared), member, kind, block.place, declared.unit))


def other_app(instance: Instance, declared: Declared) -> None:
    """Add an application that speaks no SAML: with OpenID Connect what its tokens say, a service's as a bot."""
    label = text(instance, "label")
    declared.secret_attribute("client secret of an Okta application", instance, "client_basic_secret", label)
    is_oauth = instance.type == "okta_app_oauth" and instance.mode == "managed"
    addresses = [value for name in ("redirect_uris", "login_uri") for value, _ in texts(instance, name)] if is_oauth else []
    declared.add(
        Application(
            provider=PROVIDER,
            label=label if label is not None else id_of(instance, declared),
            target=target_of(addresses, text(instance, "preconfigured_app")) if is_oauth else None,
            statements=tuple(claims_of(instance, declared)) if is_oauth else (),
            place=instance.place,
            unit=declared.unit,
            ids=(*identifiers(instance, declared, "id"), *(client_ids(instance, declared) if is_oauth else ())),
            implicit_assignment=is_true(instance, "implicit_assignment"),
            declared=instance.mode == "managed",
            settings={name: value for name in ("type", "status") if (value := text(instance, name)) is not None},
            implicit_place=place_of(instance, "implicit_assignment"),
        )
    )
    for member, place in texts(instance, "groups"):
        declared.add(ApplicationAssignment(PROVIDER, id_of(instance, declared), member, "group", place, declared.unit))
    if is_oauth and text(instance, "type") == "service":
        service_app(instance, declared)


def _app_settings(instance: Instance, declared: Declared) -> dict[str, Value]:
    """Return the settings that `okta_app_saml_app_settings` gives to this application."""
    found: dict[str, Value] = {}
    mine = {key(identifier) for identifier in identifiers(instance, declared, "id")}
    for other in declared.all("okta_app_saml_app_settings"):
        app = text(other, "app_id")
        if app is not None and key(app) in mine:
            found.update(json_map(declared.document(written(other, "settings"))))
    return found


def _statement(block: Located) -> AttributeStatement:
    if isinstance(block.value, Unknown):
        return AttributeStatement(block.value, "EXPRESSION", None, None, (block.value,), block.place)
    kind = text(block, "type")
    filter_kind, filter_value = text(block, "filter_type"), text(block, "filter_value")
    name = text(block, "name")
    return AttributeStatement(
        name=name if name is not None else Unknown("the attribute's name is not written", block.place),
        kind=kind if isinstance(kind, str) else "GROUP" if filter_value is not None else "EXPRESSION",
        filter_kind=filter_kind if isinstance(filter_kind, str) else None,
        filter_value=filter_value,
        values=tuple(value for value, _ in texts(block, "values")),
        place=block.place,
        filter_place=None if (written_filter := written(block, "filter_value")) is None else written_filter.place,
    )


def _target(settings: dict[str, Value]) -> str | None:
    """Return what an application opens, recognized by its addresses or the catalogue's app."""
    addresses = (settings.get(name) for name in ("audience", "sso_url", "recipient", "destination"))
    return target_of(addresses, settings.get("preconfigured_app"))


def group_assignment(instance: Instance, declared: Declared) -> None:
    """Assign a group to an application."""
    app, member = text(instance, "app_id"), text(instance, "group_id")
    if app is not None and member is not None:
        declared.add(
            ApplicationAssignment(
                PROVIDER, app, member, "group", instance.place, declared.unit, profile=_profile(instance, declared)
            )
        )


def group_assignments(instance: Instance, declared: Declared) -> None:
    """Assign all groups of an application."""
    app = text(instance, "app_id")
    if app is None:
        return
    for block in nested(instance, "group"):
        member = block.value if isinstance(block.value, Unknown) else text(block, "id")
        if member is not None:
            profile = {} if isinstance(block.value, Unknown) else _profile(block, declared)
            declared.add(ApplicationAssignment(PROVIDER, app, member, "group", block.place, declared.unit, True, profile))


def app_user(instance: Instance, declared: Declared) -> None:
    """Assign a user to an application."""
    app, member = text(instance, "app_id"), text(instance, "user_id")
    if app is not None and member is not None:
        declared.add(
            ApplicationAssignment(
                PROVIDER, app, member, "user", instance.place, declared.unit, profile=_profile(instance, declared)
            )
        )


def _profile(body: Located | Instance, declared: Declared) -> dict[str, Value]:
    document: Any = declared.document(written(body, "profile"))
    flat = json_map(document)
    if isinstance(document, dict):
        for name, value in document.items():
            if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
                flat[str(name)] = ",".join(value)
    return flat


_OTHER_APPS = (
    "auto_login", "basic_auth", "bookmark", "oauth", "secure_password_store", "shared_credentials", "swa", "three_field",
)  # fmt: skip


def read_with_the_app(instance: Instance, declared: Declared) -> None:
    """Leave settings to the application that they belong to."""


READERS = {
    ("managed", "okta_app_saml"): saml_app,
    ("data", "okta_app_saml"): saml_app,
    ("managed", "okta_app_saml_app_settings"): read_with_the_app,
    ("managed", "okta_app_federated_claim"): read_with_the_app,
    ("managed", "okta_app_group_assignment"): group_assignment,
    ("managed", "okta_app_group_assignments"): group_assignments,
    ("managed", "okta_app_user"): app_user,
    **{("managed", f"okta_app_{kind}"): other_app for kind in _OTHER_APPS},
    **{("data", name): other_app for name in ("okta_app", "okta_app_oauth")},
}
