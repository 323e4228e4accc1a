"""TEL103 role-and-scope-mismatch."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    Unknown,
    role_grants,
    rule,
)  # fmt: skip

_HEAD = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    """


@rule(
    id="TEL103",
    name="role-and-scope-mismatch",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep provider: lightstep_user_role_binding", "Lightstep docs: Create and manage API keys"],
    bad=[
        Example("a project role without a project", {"lightstep/bindings.tf": """
            resource "lightstep_user_role_binding" "viewers" {
              role  = "Project Viewer" # <- TEL103
              users = ["alice@acme.example"]
            }
            """}),
        Example("an organization role with one", {"lightstep/bindings.tf": """
            resource "lightstep_user_role_binding" "viewers" {
              project = "checkout-prod"
              role    = "Organization Viewer" # <- TEL103
              users   = ["alice@acme.example"]
            }
            """}),
        Example("the two mixed up in a mapping", {"access/telemetry.access.yaml": _HEAD + """\
mappings:
      - attribute: member_of
        value: eng-checkout
        organization_role: Project Viewer  # <- TEL103
        project_roles:
          checkout-prod: Organization Editor  # <- TEL103
    """}),
        Example("an API key of the whole organization with a project role", {"access/telemetry.access.yaml": _HEAD + """\
credentials:
      - name: checkout-ci
        kind: api-key
        organization: true
        role: Project Editor  # <- TEL103
    """}),
        Example("Grafana's permission without a folder", {"access/telemetry.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: grafana
            bindings: [{role: View, users: [alice@acme.example]}]  # <- TEL103
            """}),
    ],
    good=[
        Example("each role in its scope", {"lightstep/bindings.tf": """
            resource "lightstep_user_role_binding" "viewers" {
              project = "checkout-prod"
              role    = "Project Viewer"
              users   = ["alice@acme.example"]
            }
            resource "lightstep_user_role_binding" "members" {
              role  = "Organization Restricted Member"
              users = ["alice@acme.example"]
            }
            """}),
        Example("a project that the files do not hold", {"lightstep/bindings.tf": """
            variable "project" {}
            resource "lightstep_user_role_binding" "viewers" {
              project = var.project
              role    = "Project Viewer"
              users   = ["alice@acme.example"]
            }
            """}),
        Example("a custom role whose name holds its project", {"access/telemetry.access.yaml": _HEAD + """\
bindings:
      - {role: Project viewer in checkout-prod, users: [alice@acme.example]}
    """}),
        Example("Grafana's two roles of one name", {"access/telemetry.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: grafana
            bindings:
              - {role: Admin, users: [alice@acme.example], break_glass: on call}
              - {role: Admin, project: folder/checkout, users: [alice@acme.example]}
            """}),
    ],
)  # fmt: skip
def role_and_scope_mismatch(graph: AccessGraph) -> Iterator[Finding]:
    """A project role stands without a project, or an organization role with one.

    The Terraform provider checks only the role's name, so the mistake is met when it is applied, or never: an author who
    writes a project beside `Organization Viewer` believes that it narrows the role, and it opens every project.

    ## What to do instead

    Give a project role its project; for an organization role leave the project out, or use the project role of the same power.

    ## What this rule does not see

    A project whose name is not in the files.
    """
    for _, words, grant in role_grants(graph):
        if grant.role is None or isinstance(grant.project, Unknown):
            continue
        if grant.role.level == "project" and grant.project is None:
            yield Finding(
                f"{words} has the project role `{grant.role.name}` but no project",
                at=grant.place,
                help="name the project in which the role holds",
                subject=grant.role.name,
            )
        elif grant.role.level == "organization" and grant.project is not None:
            yield Finding(
                f"{words} has the organization role `{grant.role.name}` in a project; no project narrows it",
                at=grant.place,
                because=[(grant.project_place, "the project")] if grant.project_place is not None else [],
                help="use a project role, or leave the project out",
                subject=grant.role.name,
            )
