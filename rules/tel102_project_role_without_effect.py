"""TEL102 project-role-without-effect."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    RoleBinding,
    RoleGrant,
    ScopeMapping,
    Severity,
    TelemetryRole,
    Value,
    how_to_narrow,
    is_held_back,
    key,
    rule,
)  # fmt: skip

_MAPPING = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    mappings:
      - attribute: member_of
        value: eng-checkout
        organization_role: {organization}
        project_roles:
          checkout-prod: {project}
    """


def _mapping(organization: str, project: str) -> dict[str, str]:
    return {"access/telemetry.access.yaml": _MAPPING.format(organization=organization, project=project)}


_BINDINGS = """
    resource "lightstep_user_role_binding" "everything" {{
      role  = "{organization}"
      users = ["alice@acme.example"]
    }}
    resource "lightstep_user_role_binding" "checkout" {{
      project = "checkout-prod"
      role    = "{project}"
      users = [
        "bob@acme.example",
        "Alice@acme.example",{mark}
      ]
    }}
    """


def _bindings(organization: str, project: str, mark: str = "") -> dict[str, str]:
    return {"lightstep/bindings.tf": _BINDINGS.format(organization=organization, project=project, mark=mark)}


_GRAFANA = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: grafana
    projects:
      - name: folder/checkout-prod
        restricted: true
        roles: {{{listed}: Edit}}
    bindings:
      - {{role: Editor, users: [alice@acme.example]}}
      - role: View
        project: folder/checkout-prod
        users: [alice@acme.example]  {mark}
    """


def _grafana(listed: str, mark: str = "") -> dict[str, str]:
    return {"access/grafana.access.yaml": _GRAFANA.format(listed=listed, mark=mark)}


@rule(
    id="TEL102",
    name="project-role-without-effect",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep provider: lightstep_user_role_binding", "Lightstep docs: Roles and permissions"],
    bad=[
        Example("a viewer of everything is made viewer of one project", _mapping("Organization Viewer", "Project Viewer  # <- TEL102")),
        Example("a project role that was meant to narrow", _mapping("Organization Editor", "Project Viewer  # <- TEL102")),
        Example("the two bound to one user in two resources", _bindings("Organization Editor", "Project Editor", " # <- TEL102")),
        Example("Grafana's editor, in a folder where editors are listed", _grafana("Editor", "# <- TEL102")),
    ],
    good=[
        Example("the project role gives more", _mapping("Organization Viewer", "Project Editor")),
        Example("a restricted member has only its project roles", _mapping("Organization Restricted Member", "Project Viewer")),
        Example("more in one project, for one user", _bindings("Organization Viewer", "Project Editor")),
        Example("Grafana's editor, in a folder that keeps editors out", _grafana("Admin")),
        Example("a role that is not known may give anything", _mapping("Organization Viewer", "Checkout Specialist")),
    ],
)  # fmt: skip
def project_role_without_effect(graph: AccessGraph) -> Iterator[Finding]:
    """A project role adds nothing, because the organization role beside it already covers it.

    Roles add up: the project role neither grants nor narrows anything. Whoever reads it believes in a boundary that is not there.

    ## What to do instead

    If access was to be limited to the project, make the organization role `Organization Restricted Member`. Else drop the project role.

    ## What this rule does not see

    An organization role from another source: a user's own binding beside a group's mapping, or the default role.
    """
    for mapping in graph.estate.all(ScopeMapping):
        wide = [grant for grant in mapping.grants if _opens_all(grant)]
        for grant in mapping.grants:
            yield from _covered(graph, mapping.vendor, grant, wide, "the mapping")
    wide_of: dict[tuple[str, str, str], list[RoleGrant]] = {}
    bindings = graph.estate.all(RoleBinding)
    for binding in bindings:
        if _opens_all(binding.grant):
            for user, _ in binding.users:
                wide_of.setdefault(_holder(binding, user), []).append(binding.grant)
    for binding in bindings:
        for user, place in binding.users:
            wide = wide_of.get(_holder(binding, user), [])
            for found in _covered(graph, binding.vendor, binding.grant, wide, f"`{key(user)}`"):
                yield found._replace(at=place, because=[(binding.grant.place, "the project role"), *found.because])


def _opens_all(grant: RoleGrant) -> bool:
    return grant.role is not None and grant.role.reaches_all and grant.project is None


def _holder(binding: RoleBinding, user: Value) -> tuple[str, str, str]:
    organization = key(binding.organization) if binding.organization is not None else ""
    return binding.vendor, organization, key(user).strip().casefold()


def _covered(graph: AccessGraph, vendor: str, grant: RoleGrant, wide: list[RoleGrant], whose: str) -> Iterator[Finding]:
    role = grant.role
    if role is None or role.level != "project" or grant.project is None:
        return
    for other in wide:
        if other.role is None or is_held_back(graph, vendor, grant.project, other.role.name):
            continue
        if role.capabilities <= other.role.capabilities:
            yield Finding(
                f"`{role.name}` in `{key(grant.project)}` has no effect: {whose} already has `{other.role.name}`{_everywhere(other.role)}",
                at=grant.place,
                because=[(other.place, f"`{other.role.name}` opens every project")],
                help=f"drop the project role; if access should end at the project, {how_to_narrow(vendor)}",
                subject=f"{role.name} {key(grant.project)}",
            )
            return


def _everywhere(role: TelemetryRole) -> str:
    return " everywhere" if role.reaches_all else ""
