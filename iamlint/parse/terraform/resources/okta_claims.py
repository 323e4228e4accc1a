"""What Okta's tokens say of a user beside SAML attributes: claims of the application and of authorization servers."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.identity import AttributeStatement
from iamlint.parse.terraform.attributes import nested, not_in_repository, text, texts, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import identifiers
from iamlint.source.value import Unknown, key


def claims_of(instance: Instance, declared: Declared) -> Iterator[AttributeStatement]:
    """Yield the claims that an application's tokens carry."""
    mine = {
        key(value) for value in (*identifiers(instance, declared, "id"), not_in_repository(instance, declared.unit, "client_id"))
    }
    if (client := text(instance, "client_id")) is not None:
        mine.add(key(client))
    for block in nested(instance, "groups_claim"):
        groups = text(block, "type") == "FILTER"
        yield _claim(block, "GROUP" if groups else "EXPRESSION", "filter_type", block)
    for other in declared.all("okta_app_federated_claim"):
        app = text(other, "app_id")
        if app is not None and key(app) in mine:
            yield _claim(other.body, "EXPRESSION", "", other.body, "expression")
    servers = set(_servers(mine, declared))
    for other in declared.all("okta_auth_server_claim"):
        server = text(other, "auth_server_id")
        if server is not None and key(server) in servers and text(other, "status") != "INACTIVE":
            kind = "GROUP" if text(other, "value_type") == "GROUPS" else "EXPRESSION"
            yield _claim(other.body, kind, "group_filter_type", other.body)


def _servers(mine: set[str], declared: Declared) -> Iterator[str]:
    """Yield the authorization servers of which a policy admits the application."""
    for policy in declared.all("okta_auth_server_policy"):
        server = text(policy, "auth_server_id")
        clients = {key(client) for client, _ in texts(policy, "client_whitelist")}
        if server is not None and (clients & mine or "ALL_CLIENTS" in clients) and text(policy, "status") != "INACTIVE":
            yield key(server)


def _claim(body: Located, kind: str, filter_field: str, at: Located, field: str = "value") -> AttributeStatement:
    name, value = text(body, "name"), text(body, field)
    filter_kind = text(body, filter_field) if filter_field else None
    held = written(body, field)
    return AttributeStatement(
        name=name if name is not None else Unknown("the claim's name is not written", at.place),
        kind=kind,
        filter_kind=filter_kind if isinstance(filter_kind, str) else None,
        filter_value=value if kind == "GROUP" else None,
        values=() if value is None or kind == "GROUP" else (value,),
        place=at.place,
        filter_place=held.place if held is not None and kind == "GROUP" else None,
    )


def read_with_the_app(instance: Instance, declared: Declared) -> None:
    """Leave claims to the applications whose tokens carry them."""


READERS = {
    ("managed", "okta_auth_server_claim"): read_with_the_app,
    ("managed", "okta_auth_server_policy"): read_with_the_app,
}
