"""TEL104 unknown-telemetry-role."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    ScopeMapping,
    Severity,
    known_roles,
    nearest,
    role_grants,
    rule,
)  # fmt: skip

_MAPPING = """
    resource "lightstep_saml_group_mappings" "acme" {{
      mapping {{
        match {{
          attribute_key   = "member_of"
          attribute_value = "eng-checkout"
        }}
        roles {{
          organization_role = {organization}
          project_roles = {{
            "checkout-prod" = {project}
          }}
        }}
      }}
    }}
    """


def _mapping(organization: str = '"Organization Restricted Member"', project: str = '"Project Viewer"') -> dict[str, str]:
    return {"lightstep/mappings.tf": _MAPPING.format(organization=organization, project=project)}


_GRAFANA = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: grafana
    teams:
      - name: checkout
        roles:
          folder/checkout: {role}
    """


@rule(
    id="TEL104",
    name="unknown-telemetry-role",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep provider: lightstep_saml_group_mappings", "Lightstep docs: Manage roles"],
    bad=[
        Example("a role that never existed", {
            "access/telemetry.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: lightstep
            mappings:
              - {attribute: member_of, value: eng-checkout, project_roles: {checkout-prod: Project Admin}}  # <- TEL104
            bindings:
              - role: organization viewer  # <- TEL104
                users: [alice@acme.example]
            """}),
        Example("text that the provider's unanchored check lets through", _mapping(
            project='"My Project Viewer" # <- TEL104')),
        Example("the role of an API key", {
            "access/telemetry.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: lightstep
            credentials:
              - name: checkout-ci
                kind: api-key
                project: checkout-prod
                role: Member  # <- TEL104
            """}),
        Example("a permission in a folder of Grafana", {"access/telemetry.access.yaml": _GRAFANA.format(role="Write  # <- TEL104")}),
    ],
    good=[
        Example("the standard roles", _mapping()),
        Example("a custom role made from a project role", {
            "access/telemetry.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: lightstep
            bindings:
              - {role: Project editor in checkout-prod, users: [alice@acme.example]}
              - {role: Organization Billing Admin, users: [bob@acme.example], break_glass: finance}
            """}),
        Example("a role that the files do not hold", {
            **_mapping(project="var.role"), "lightstep/variables.tf": 'variable "role" {}'}),
        Example("another vendor's role", {
            "access/telemetry.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: newrelic
            bindings:
              - {role: Full access, users: [alice@acme.example]}
            """}),
        Example("Grafana's roles", {"access/telemetry.access.yaml": _GRAFANA.format(role="Edit")}),
    ],
)  # fmt: skip
def unknown_telemetry_role(graph: AccessGraph) -> Iterator[Finding]:
    """A role has a name that the telemetry vendor does not know.

    The vendor refuses it when it is applied, or ignores it; what was meant, wider or narrower, is not granted. The Terraform
    provider checks a project role by searching for a known name inside the text, so it lets `My Project Viewer` through.
    Names are exact, case included.

    ## What to do instead

    Use one of the vendor's names. Lightstep: `Organization Admin`, `Organization Billing Admin`, `Organization Editor`,
    `Organization Viewer`, `Organization Restricted Member`, `Project Editor`, `Project Viewer`. There is no `Project Admin`.
    Grafana: `Admin`, `Editor`, `Viewer`, `None`, and `View`, `Edit`, `Admin`, `Query` in a scope. Datadog: the managed roles and
    those that `datadog_role` declares. Honeycomb: `Owner`, `Member`, `Read-Only`.

    ## What this rule does not see

    Custom roles with a name of their own: the repository does not say which exist, so their names are reported too.
    Roles of vendors that iamlint has no table for, and those that the vendor's own answer names.
    """
    live = {grant.place for mapping in graph.estate.all(ScopeMapping) if mapping.is_live for grant in mapping.grants}
    for vendor, _, grant in role_grants(graph):
        roles = known_roles(vendor)
        if not roles or grant.place in live or grant.role is not None or not isinstance(grant.text, str):
            continue
        inside = (
            next((name for name in roles if name in grant.text and grant.text != name), None) if vendor == "lightstep" else None
        )
        near = inside or nearest(grant.text, roles)
        message = f"`{grant.text}` is no role of {vendor}"
        if inside is not None and grant.place.path.endswith(".tf"):
            message += f"; the provider lets it through because it contains `{inside}`"
        yield Finding(
            message,
            at=grant.place,
            help=f"did you mean `{near}`?" if near else "roles: " + ", ".join(f"`{name}`" for name in roles),
            subject=grant.text,
        )
