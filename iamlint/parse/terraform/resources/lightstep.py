"""`lightstep_*`: SAML group mappings, role bindings, the projects that everything else names, and keys written in place."""

from __future__ import annotations

from iamlint.model.telemetry import RoleBinding, RoleGrant, ScopeMapping, TelemetryProject
from iamlint.parse.telemetry import lightstep
from iamlint.parse.terraform.attributes import elements, nested, text, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value

VENDOR = lightstep.VENDOR


def group_mappings(instance: Instance, declared: Declared) -> None:
    """Add the mappings of SAML attribute values to roles; the resource holds all of an organization."""
    for block in nested(instance, "mapping"):
        if isinstance(block.value, Unknown):
            declared.add(_unknown_mapping(instance, declared, block.value, block.place))
            continue
        match = next(nested(block, "match"), None)
        roles = next(nested(block, "roles"), None)
        if match is None or roles is None:
            continue
        declared.add(
            ScopeMapping(
                vendor=VENDOR,
                organization=_organization(instance, declared),
                attribute=_text(match, "attribute_key"),
                value=_text(match, "attribute_value"),
                grants=tuple(_mapped_grants(roles)),
                place=block.place,
                unit=declared.unit,
                resource=declared.ref(instance),
                value_place=_place(match, "attribute_value"),
            )
        )


def _unknown_mapping(instance: Instance, declared: Declared, unknown: Unknown, place: Place) -> ScopeMapping:
    grant = RoleGrant(unknown, None, None, place)
    return ScopeMapping(
        VENDOR, _organization(instance, declared), unknown, unknown, (grant,), place, declared.unit, declared.ref(instance), place
    )


def _mapped_grants(roles: Located) -> list[RoleGrant]:
    if isinstance(roles.value, Unknown):
        return [RoleGrant(roles.value, None, None, roles.place)]
    grants: list[RoleGrant] = []
    organization_role = written(roles, "organization_role")
    if organization_role is not None:
        grants.append(_grant(_value(organization_role), organization_role.place, None, None))
    projects = written(roles, "project_roles")
    if projects is None:
        return grants
    if not isinstance(projects.value, dict):
        unknown = projects.value
        if not isinstance(unknown, Unknown):
            unknown = Unknown("the project roles are not known", projects.place)
        return [*grants, RoleGrant(unknown, None, unknown, projects.place, projects.place)]
    for project, item in projects.value.items():
        project_place = (projects.keys or {}).get(project, item.place)
        grants.append(_grant(_value(item), item.place, project, project_place))
    return grants


def role_binding(instance: Instance, declared: Declared) -> None:
    """Add users bound to a role by hand."""
    role = written(instance, "role")
    if role is None:
        return
    project = written(instance, "project")
    project_name = None if project is None or project.value == "" else _value(project)
    grant = _grant(_value(role), role.place, project_name, project.place if project and project_name is not None else None)
    declared.add(
        RoleBinding(
            vendor=VENDOR,
            organization=_organization(instance, declared),
            grant=grant,
            users=elements(written(instance, "users")),
            place=instance.place,
            unit=declared.unit,
            resource=declared.ref(instance),
        )
    )


def content(instance: Instance, declared: Declared) -> None:
    """Add the project that a dashboard, alert, stream or destination names, and the secrets that it holds literally."""
    project = written(instance, "project_name")
    if project is not None:
        declared.add(
            TelemetryProject(
                vendor=VENDOR,
                name=_value(project),
                place=project.place,
                unit=declared.unit,
                declared=False,
                organization=_organization(instance, declared),
                used_by=instance.address,
            )
        )
    if "alert" in instance.type or "condition" in instance.type:
        from iamlint.parse.terraform.resources.lightstep_alerts import routes

        routes(instance, declared)
    holder = instance.address
    declared.secret_attribute("PagerDuty integration key", instance, "integration_key", holder)
    headers = written(instance, "custom_headers")
    if headers is not None and isinstance(headers.value, dict):
        for item in headers.value.values():
            declared.secret("value of a webhook's header", _secret_header(item), holder)
    for auth in nested(instance, "auth"):
        declared.secret_attribute("password of an alert destination", auth, "password", holder)


def _secret_header(item: Located) -> Located | None:
    """Return a header's value when it may be a secret: neither a media type nor one short word."""
    value = item.value
    return item if isinstance(value, str) and len(value) >= 12 and "/" not in value.partition(" ")[0][:20] else None


def _organization(instance: Instance, declared: Declared) -> Value | None:
    """Return the organization that the provider block of the instance names; without one, that which all blocks name."""
    blocks = declared.all("lightstep", "provider")
    if instance.provider:
        return next((text(block, "organization") for block in blocks if block.address == instance.provider), None)
    named = {text(block, "organization") for block in blocks}
    return named.pop() if len(named) == 1 else None


def _grant(role: Value, place: Place, project: Value | None, project_place: Place | None) -> RoleGrant:
    known = lightstep.role(role) if isinstance(role, str) else None
    return RoleGrant(role, known, project, place, project_place)


def _value(located: Located) -> Value:
    from iamlint.parse.terraform.attributes import as_text

    return as_text(located) or ""


def _text(body: Located, name: str) -> Value:
    if isinstance(body.value, Unknown):
        return body.value
    return text(body, name) or Unknown(f"`{name}` is not written", body.place)


def _place(body: Located, name: str) -> Place:
    found = written(body, name)
    return body.place if found is None else found.place


READERS = {
    ("managed", "lightstep_saml_group_mappings"): group_mappings,
    ("managed", "lightstep_user_role_binding"): role_binding,
    ("managed", "*"): content,
    ("data", "*"): content,
}
