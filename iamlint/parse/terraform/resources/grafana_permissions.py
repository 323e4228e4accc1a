"""`grafana_*_permission`: who reaches a folder, a data source or a dashboard."""

from __future__ import annotations

from iamlint.model.telemetry import PublicLink, RoleBinding, RoleGrant, ScopeRestriction, SubjectGrant, TelemetryProject
from iamlint.parse.telemetry.grafana import VENDOR
from iamlint.parse.telemetry.grants import role_grant
from iamlint.parse.terraform.attributes import as_text, is_true, nested, place_of, text, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.grafana import FOLDER_IDS, TEAM_IDS, folder_name, organization
from iamlint.parse.terraform.resources.references import found, names
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, concat


def folder_permission(instance: Instance, declared: Declared) -> None:
    """Add who reaches a folder: the list takes the place of what the basic roles reach by themselves."""
    uid = text(instance, "folder_uid")
    scope = found(declared, ("grafana_folder",), uid, FOLDER_IDS)
    name = concat(["folder/", uid or ""]) if scope is None else folder_name(scope, declared)
    at = place_of(instance, "folder_uid")
    listed = _listed(instance, declared, name, at, "role")
    if scope is not None and _lies_below(scope):
        listed = [*_inherited(scope, declared, name), *listed]
    _restrict(instance, declared, name, listed, at)


def data_source_permission(instance: Instance, declared: Declared) -> None:
    """Add who may query a data source."""
    uid = text(instance, "datasource_uid") or text(instance, "datasource_id")
    scope = found(declared, ("grafana_data_source",), uid, FOLDER_IDS)
    name = concat(["datasource/", (text(scope, "name") if scope is not None else uid) or uid or ""])
    at = place_of(instance, "datasource_uid")
    _restrict(instance, declared, name, _listed(instance, declared, name, at, "built_in_role"), at)


def dashboard_permission(instance: Instance, declared: Declared) -> None:
    """Add who reaches a dashboard beside those who reach its folder; nothing here takes the folder's permissions away."""
    uid = text(instance, "dashboard_uid")
    at = place_of(instance, "dashboard_uid")
    dashboard = found(declared, ("grafana_dashboard",), uid, FOLDER_IDS)
    name = concat(["dashboard/", _dashboard_title(dashboard, declared) or uid or ""])
    if dashboard is not None:
        ids = tuple(concat(["dashboard/", value]) for value in names(dashboard, declared, FOLDER_IDS))
        home = organization(instance, declared)
        declared.add(TelemetryProject(VENDOR, name, dashboard.place, declared.unit, organization=home, ids=ids))
    listed = _listed(instance, declared, name, at, "role")
    above = found(declared, ("grafana_folder",), text(dashboard, "folder") if dashboard is not None else None, FOLDER_IDS)
    for other in declared.all("grafana_folder_permission") if above is not None else ():
        if found(declared, ("grafana_folder",), text(other, "folder_uid"), FOLDER_IDS) is above:
            _restrict(instance, declared, name, [*listed, *_basic(other, name, at, "role")], at)
            return


def public_dashboard(instance: Instance, declared: Declared) -> None:
    """Add a dashboard that anybody sees who has its link."""
    if not is_true(instance, "is_enabled") or text(instance, "share") not in (None, "public"):
        return
    uid = text(instance, "dashboard_uid")
    title = _dashboard_title(found(declared, ("grafana_dashboard",), uid, FOLDER_IDS), declared)
    place = place_of(instance, "is_enabled")
    declared.add(PublicLink(VENDOR, "dashboard", title or uid or "", place, declared.unit))


def permission_item(instance: Instance, declared: Declared) -> None:
    """Add one permission in a folder, dashboard or data source, beside all others."""
    unit, attribute = _ITEMS[instance.type]
    uid = text(instance, attribute)
    scope = found(declared, ("grafana_folder", "grafana_data_source"), uid, FOLDER_IDS)
    name: Value = concat([unit, "/", uid or ""])
    if scope is not None:
        title = text(scope, "name")
        name = folder_name(scope, declared) if unit == "folder" else concat([unit, "/", title or uid or ""])
    grant = _granted(instance, name, place_of(instance, attribute))
    for field in ("team", "user"):
        _held(instance, instance, declared, field, text(instance, field), grant)


_ITEMS = {
    "grafana_folder_permission_item": ("folder", "folder_uid"),
    "grafana_dashboard_permission_item": ("dashboard", "dashboard_uid"),
    "grafana_data_source_permission_item": ("datasource", "datasource_uid"),
}

Listed = list[tuple[Value, RoleGrant]]


def _restrict(instance: Instance, declared: Declared, name: Value, listed: Listed, at: Place) -> None:
    declared.add(
        ScopeRestriction(
            VENDOR, organization(instance, declared), name, tuple(listed), at, declared.unit, declared.ref(instance)
        )
    )  # fmt: skip


def _listed(instance: Instance, declared: Declared, name: Value, at: Place, role: str) -> Listed:
    """Add what teams, users and service accounts hold by a list of permissions; return the basic roles in it."""
    for block in nested(instance, "permissions"):
        if not isinstance(block.value, Unknown):
            for field in ("team_id", "user_id"):
                _held(instance, block, declared, field, text(block, field), _granted(block, name, at))
    return _basic(instance, name, at, role)


def _basic(instance: Instance, name: Value, at: Place, role: str) -> Listed:
    """Return the basic roles in a list of permissions."""
    listed: Listed = []
    for block in nested(instance, "permissions"):
        if isinstance(block.value, Unknown):
            grant = RoleGrant(block.value, None, name, block.place, at)
            listed += [(basic, grant) for basic in ("Viewer", "Editor")]
            continue
        grant = _granted(block, name, at)
        basic = text(block, role)
        if basic:
            listed.append((basic, grant))
            if basic == "Viewer":  # whether an editor counts as a viewer too is not documented
                unknown = Unknown("whether `Editor` has what is listed for `Viewer` is not documented", block.place)
                listed.append(("Editor", RoleGrant(unknown, None, name, grant.place, at)))
    return listed


def _inherited(scope: Instance, declared: Declared, name: Value) -> Listed:
    """Return the basic roles that a folder inside another one inherits, as far as the root module tells."""
    reason = "what the folder inherits from the one around it is not followed"
    unknown = Unknown(reason, scope.place, f"{declared.ref(scope)} inherits")
    grant = RoleGrant(unknown, None, name, scope.place, scope.place)
    return [("Viewer", grant), ("Editor", grant)]


def _lies_below(scope: Instance) -> bool:
    return text(scope, "parent_folder_uid") not in (None, "")


def _granted(body: Located | Instance, name: Value, at: Place) -> RoleGrant:
    permission = written(body, "permission")
    value = as_text(permission) or Unknown("the permission is not written", at)
    return role_grant(VENDOR, value, permission.place if permission is not None else at, name, at)


def _held(
    instance: Instance, body: Located | Instance, declared: Declared, field: str, who: Value | None, grant: RoleGrant
) -> None:
    """Add what a team, a user or a service account holds."""
    if who is None or who in ("", "0"):
        return
    home, ref = organization(instance, declared), declared.ref(instance)
    if field.startswith("team"):
        team = found(declared, ("grafana_team",), who, TEAM_IDS)
        name = who if team is None else text(team, "name") or who
        declared.add(SubjectGrant(VENDOR, home, "group", name, grant, grant.place, declared.unit, ref))
        return
    at = written(body, field)
    holds(who, at.place if at is not None else grant.place, grant, instance, declared)


def holds(who: Value, place: Place, grant: RoleGrant, instance: Instance, declared: Declared) -> None:
    """Add what a user or service account holds, which go by one kind of id."""
    from iamlint.parse.terraform.resources.grafana_access import ACCOUNTS, bot_name

    home, ref = organization(instance, declared), declared.ref(instance)
    account = found(declared, ACCOUNTS, who, ("id",))
    if account is not None:
        name = bot_name(account, declared)
        declared.add(SubjectGrant(VENDOR, home, "bot", name, grant, place, declared.unit, ref))
        return
    user = found(declared, ("grafana_user",), who, ("id", "user_id"))
    email = who if user is None else text(user, "email") or text(user, "login") or who
    declared.add(RoleBinding(VENDOR, home, grant, ((email, place),), grant.place, declared.unit, ref))


def _dashboard_title(dashboard: Instance | None, declared: Declared) -> Value | None:
    config = declared.document(written(dashboard, "config_json")) if dashboard is not None else None
    title = config.get("title") if isinstance(config, dict) else None
    return title if isinstance(title, str) and title else None
