"""`grafana_*`: folders and data sources with their permissions, organizations, teams and users."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.identity import Administration, Group, Membership
from iamlint.model.telemetry import RoleBinding, ScopeMapping, TelemetryProject
from iamlint.model.workload import StaticKeyUse
from iamlint.parse.telemetry.grafana import VENDOR
from iamlint.parse.telemetry.grants import role_grant
from iamlint.parse.terraform.attributes import is_true, nested, not_in_repository, place_of, text, texts, written
from iamlint.parse.terraform.embedded import read_embedded
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import found, looked_up, names, provider_block
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.terraform.resources.declared import Reader

FOLDER_IDS = ("uid", "id")
TEAM_IDS = ("id", "team_id", "team_uid")
_MAX_DEPTH = 8


def organization(instance: Instance, declared: Declared) -> str | None:
    """Return a name for the instance and organization of Grafana that a resource belongs to, None where it is not known."""
    block = provider_block(instance, declared)
    url = text(block, "url") if block is not None else None
    number = text(instance, "org_id") or (text(block, "org_id") if block is not None else None)
    known = found(declared, ("grafana_organization",), number, ("org_id", "id"))
    name = text(known, "name") if known is not None else number
    if url is not None and not isinstance(url, str):
        return None
    host = url.partition("://")[2].partition("/")[0] if url else ""
    if name in (None, "0", "1"):
        return host or None
    return f"{host}/{name}".strip("/") if isinstance(name, str) else None


# scopes


def folder(instance: Instance, declared: Declared) -> None:
    """Add a folder."""
    name = folder_name(instance, declared)
    ids = tuple(concat(["folder/", value]) for value in names(instance, declared, FOLDER_IDS))
    _project(instance, declared, name, ids, place_of(instance, "title"))


def folder_name(instance: Instance, declared: Declared, depth: int = 0) -> Value:
    """Return the name of a folder's scope: its title, behind those of the folders in which it lies."""
    title = text(instance, "title") or not_in_repository(instance, declared.unit, "title")
    above = text(instance, "parent_folder_uid")
    if above is None or above == "" or depth > _MAX_DEPTH:
        return concat(["folder/", title])
    parent = found(declared, ("grafana_folder",), above, FOLDER_IDS)
    outer = concat(["folder/", above]) if parent is None else folder_name(parent, declared, depth + 1)
    return concat([outer, "/", title])


def data_source(instance: Instance, declared: Declared) -> None:
    """Add a data source, and the secrets that it holds literally."""
    name = concat(["datasource/", text(instance, "name") or not_in_repository(instance, declared.unit, "name")])
    ids = tuple(concat(["datasource/", value]) for value in names(instance, declared, FOLDER_IDS))
    _project(instance, declared, name, ids, place_of(instance, "name"))
    for attribute in ("secure_json_data_encoded", "http_headers", "basic_auth_password", "password"):
        declared.secret_attribute("secret of a Grafana data source", instance, attribute, instance.address)
    settings = written(instance, "json_data_encoded")
    if settings is None or instance.mode != "managed" or text(instance, "type") != "cloudwatch":
        return
    embedded = read_embedded(settings)
    if isinstance(embedded.document, dict) and embedded.document.get("authType") == "keys":
        at = embedded.origin.at(("authType",))
        who, instead = f"the data source `{key(name)}`", "let it assume a role: `grafana_assume_role`, or the role of the server"
        declared.add(StaticKeyUse(instance.address, "accessKey", at, declared.unit, who, instead))


def stack(instance: Instance, declared: Declared) -> None:
    """Add a stack of Grafana Cloud."""
    slug = text(instance, "slug") or not_in_repository(instance, declared.unit, "slug")
    ids = tuple(concat(["stack/", value]) for value in names(instance, declared, ("id", "slug")))
    home = f"{slug}.grafana.net" if isinstance(slug, str) else None
    _project(instance, declared, concat(["stack/", slug]), ids, place_of(instance, "slug"), home)


def _project(
    instance: Instance, declared: Declared, name: Value, ids: tuple[Value, ...], place: Place, home: str | None = None
) -> None:
    declared.add(
        TelemetryProject(
            VENDOR, name, place, declared.unit, declared=instance.mode == "managed",
            organization=home or organization(instance, declared), used_by="" if instance.mode == "managed" else instance.address,
            ids=ids,
        )
    )  # fmt: skip


# people


def team(instance: Instance, declared: Declared) -> None:
    """Add a team: a group of Grafana's own, with its members and the groups of the identity provider that are put into it."""
    name = text(instance, "name") or not_in_repository(instance, declared.unit, "name")
    ids = tuple(names(instance, declared, TEAM_IDS))
    declared.add(
        Group(VENDOR, name, place_of(instance, "name"), declared.unit, ids=ids, declared=instance.mode == "managed")
    )  # fmt: skip
    for member, place in (*texts(instance, "members"), *texts(instance, "admins")):
        declared.add(Membership(VENDOR, name, member, "user", place, declared.unit, exclusive=True))
    for admin, place in texts(instance, "admins"):
        declared.add(Administration(VENDOR, admin, "user", "team administrator", (name,), place, declared.unit))
    for block in nested(instance, "team_sync"):
        for group, place in texts(block, "groups"):
            _synced(instance, declared, name, group, place)


def external_group(instance: Instance, declared: Declared) -> None:
    """Add the groups of the identity provider that are put into a team."""
    team_id = text(instance, "team_id")
    known = found(declared, ("grafana_team",), team_id, TEAM_IDS)
    name = (text(known, "name") if known is not None else None) or team_id
    for group, place in texts(instance, "groups"):
        _synced(instance, declared, name or Unknown("the team is not written", instance.place), group, place)


def _synced(instance: Instance, declared: Declared, name: Value, group: Value, place: Place) -> None:
    from iamlint.parse.terraform.resources.grafana_sso import groups_attribute

    declared.add(
        ScopeMapping(
            VENDOR, organization(instance, declared), groups_attribute(declared, instance.place), group, (), place,
            declared.unit, declared.ref(instance), place, team=name,
        )
    )  # fmt: skip


def organization_members(instance: Instance, declared: Declared) -> None:
    """Add who has which basic role in an organization."""
    name = text(instance, "name")
    block = provider_block(instance, declared)
    url = text(block, "url") if block is not None else None
    host = url.partition("://")[2].partition("/")[0] if isinstance(url, str) else ""
    home = f"{host}/{name}".strip("/") if isinstance(name, str) else None
    for attribute, role in _MEMBERS.items():
        users = written(instance, attribute)
        if users is not None and instance.mode == "managed":
            grant = role_grant(VENDOR, role, users.place)
            ref = declared.ref(instance, attribute)
            declared.add(RoleBinding(VENDOR, home, grant, texts(instance, attribute), users.place, declared.unit, ref))


_MEMBERS = {"admins": "Admin", "editors": "Editor", "viewers": "Viewer", "users_without_access": "None"}


def user(instance: Instance, declared: Declared) -> None:
    """Add a user who administers the server; what other users may do stands with the organization or the folder."""
    email = text(instance, "email") or text(instance, "login")
    declared.secret_attribute("password of a Grafana user", instance, "password", email)
    if is_true(instance, "is_admin") and email is not None:
        at = place_of(instance, "is_admin")
        grant = role_grant(VENDOR, "Grafana Admin", at)
        home = organization(instance, declared)
        declared.add(
            RoleBinding(VENDOR, home, grant, ((email, place_of(instance, "email")),), at, declared.unit, declared.ref(instance))
        )


def _later(module: str, name: str) -> Reader:
    """Return a reader of another file of the family, imported when an instance of the type is met."""
    from importlib import import_module

    def read(instance: Instance, declared: Declared) -> None:
        getattr(import_module(f"iamlint.parse.terraform.resources.{module}"), name)(instance, declared)

    return read


def _types() -> Iterator[tuple[tuple[str, str], Reader]]:
    for mode in ("managed", "data"):
        yield (mode, "grafana_folder"), folder
        yield (mode, "grafana_data_source"), data_source
        yield (mode, "grafana_cloud_stack"), stack
        yield (mode, "grafana_team"), team
    for type_ in ("folder_permission", "data_source_permission", "dashboard_permission"):
        yield ("managed", f"grafana_{type_}"), _later("grafana_permissions", type_)
        yield ("managed", f"grafana_{type_}_item"), _later("grafana_permissions", "permission_item")
    yield ("managed", "grafana_dashboard_public"), _later("grafana_permissions", "public_dashboard")
    for type_, name in (
        ("grafana_service_account", "service_account"), ("grafana_cloud_stack_service_account", "service_account"),
        ("grafana_service_account_token", "service_account_token"),
        ("grafana_service_account_rotating_token", "service_account_token"),
        ("grafana_cloud_stack_service_account_token", "service_account_token"),
        ("grafana_cloud_stack_service_account_rotating_token", "service_account_token"),
        ("grafana_api_key", "api_key"), ("grafana_cloud_api_key", "api_key"),
        ("grafana_cloud_access_policy_token", "access_policy_token"),
        ("grafana_cloud_access_policy_rotating_token", "access_policy_token"),
        ("grafana_role_assignment", "role_assignment"), ("grafana_role_assignment_item", "role_assignment"),
        ("grafana_cloud_org_member", "cloud_member"),
    ):  # fmt: skip
        yield ("managed", type_), _later("grafana_access", name)
    for mode, type_ in (
        ("managed", "grafana_role"), ("data", "grafana_role"), ("managed", "grafana_cloud_access_policy"),
        ("managed", "grafana_dashboard"), ("data", "grafana_dashboard"), ("data", "grafana_user"),
        ("data", "grafana_organization"), ("data", "grafana_service_account"),
    ):  # fmt: skip
        yield (mode, type_), looked_up
    yield ("managed", "grafana_sso_settings"), _later("grafana_sso", "sso_settings")


READERS = {
    **dict(_types()),
    ("managed", "grafana_team_external_group"): external_group,
    ("managed", "grafana_organization"): organization_members,
    ("managed", "grafana_user"): user,
}
