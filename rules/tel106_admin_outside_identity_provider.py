"""TEL106 admin-outside-identity-provider."""

from collections.abc import Iterator

from iamlint.rulekit import ADMINISTER, AccessGraph, Confidence, Example, Finding, RoleBinding, Severity, key, rule

_BINDING = """
    resource "lightstep_user_role_binding" "admins" {{
      role  = "{role}"{mark}
      users = [{users}]
    }}
    """


def _binding(role: str, users: str, mark: str = "") -> dict[str, str]:
    return {"lightstep/bindings.tf": _BINDING.format(role=role, users=users, mark=mark)}


_DECLARED = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    bindings:
      - role: Organization Admin
        users: [alice@acme.example]
        break_glass: on-call leads, reviewed each quarter
    """


@rule(
    id="TEL106",
    name="admin-outside-identity-provider",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep docs: Map SAML attributes to roles", "Lightstep docs: Manage roles"],
    bad=[
        Example("an administrator bound by hand", _binding("Organization Admin", '"alice@acme.example"', " # <- TEL106")),
        Example("in the manifest, without a reason", {"access/telemetry.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: lightstep
            bindings:
              - role: Organization Billing Admin  # <- TEL106
                users: [alice@acme.example]
            """}),
        Example("an administrator of Datadog", {"datadog/users.tf": """
            data "datadog_role" "admin" { filter = "Datadog Admin Role" }
            resource "datadog_user" "alice" {
              email = "alice@acme.example"
              roles = [data.datadog_role.admin.id] # <- TEL106
            }
            """}),
        Example("one more than declared", {
            **_binding("Organization Admin", '"alice@acme.example", "bob@acme.example"', " # <- TEL106"),
            "access/telemetry.access.yaml": _DECLARED}),
    ],
    good=[
        Example("a declared break-glass administrator", {"access/telemetry.access.yaml": _DECLARED}),
        Example("declared in the manifest, bound in Terraform", {
            **_binding("Organization Admin", '"Alice@acme.example"'), "access/telemetry.access.yaml": _DECLARED}),
        Example("whoever administers one folder of Grafana", {"access/telemetry.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: grafana
            bindings: [{role: Admin, project: folder/checkout, users: [alice@acme.example]}]
            """}),
        Example("nobody", _binding("Organization Admin", "")),
        Example("an editor, whom the next sign-on overwrites", _binding("Organization Editor", '"alice@acme.example"')),
        Example("users that the files do not hold", {
            "lightstep/bindings.tf": """
            variable "admins" { type = list(string) }
            resource "lightstep_user_role_binding" "admins" {
              role  = "Organization Admin"
              users = var.admins
            }
            """}),
    ],
)  # fmt: skip
def admin_outside_identity_provider(graph: AccessGraph) -> Iterator[Finding]:
    """An administrator of the telemetry organization is bound by hand and not declared break-glass.

    In Lightstep a mapping from the identity provider can neither give nor take away an administrator's role; elsewhere nobody
    has to take it away. These people keep it when they change teams, and leave only when somebody remembers.

    ## What to do instead

    Keep as few as you can and say why in the manifest: a binding with `break_glass` and a reason. Everybody else gets a role by
    their groups.

    ## What this rule does not see

    Administrators made in the user interface, and a default role of administrator: neither stands in files.
    """
    bindings = [
        binding
        for binding in graph.estate.all(RoleBinding)
        if binding.grant.role is not None
        and ADMINISTER in binding.grant.role.capabilities
        and binding.grant.role.level == "organization"
    ]
    declared = {
        (binding.vendor, key(binding.grant.text), _folded(user))
        for binding in bindings
        if binding.break_glass is not None and not graph.queries.is_over(binding.until)
        for user, _ in binding.users
    }
    for binding in bindings:
        role = key(binding.grant.text)
        users = [
            (user, place)
            for user, place in binding.users
            if isinstance(user, str) and (binding.vendor, role, _folded(user)) not in declared
        ]
        if users:
            names = ", ".join(f"`{user}`" for user, _ in users[:3]) + (f" and {len(users) - 3} more" if len(users) > 3 else "")
            yield Finding(
                f"{names} {'is' if len(users) == 1 else 'are'} `{role}` by hand, outside the identity provider",
                at=binding.grant.place,
                because=[(place, f"`{user}`") for user, place in users],
                help="declare the binding in the manifest with `break_glass` and a reason, or remove it",
                subject=role,
            )


def _folded(user: object) -> str:
    return user.strip().casefold() if isinstance(user, str) else ""
