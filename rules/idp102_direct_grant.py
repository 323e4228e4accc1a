"""IDP102 direct-grant."""

from collections.abc import Iterator

from iamlint.rulekit import (
    ADMINISTER,
    AccessGraph,
    Application,
    ApplicationAssignment,
    Confidence,
    Example,
    Finding,
    PermissionSetAssignment,
    RoleBinding,
    ScopeMapping,
    Severity,
    key,
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
          organization_role = "Organization Restricted Member"
        }}
      }}
    }}
    resource "lightstep_user_role_binding" "some" {{
      role  = "{role}"
      users = [
        {users}
      ]
    }}
    """


def _bound(users: str, role: str = "Organization Editor") -> dict[str, str]:
    return {"lightstep/main.tf": _MAPPING.format(users=users, role=role)}


_SSO = """
    resource "aws_identitystore_user" "alice" {{
      identity_store_id = "d-1234567890"
      user_name         = "alice@acme.example"
    }}
    resource "aws_identitystore_group" "eng" {{
      identity_store_id = "d-1234567890"
      display_name      = "eng"
    }}
    resource "aws_ssoadmin_permission_set" "work" {{
      instance_arn = "arn:aws:sso:::instance/ssoins-1"
      name         = "work"
    }}
    resource "aws_ssoadmin_account_assignment" "work" {{
      instance_arn       = "arn:aws:sso:::instance/ssoins-1"
      permission_set_arn = aws_ssoadmin_permission_set.work.arn
      principal_type     = "{kind}"
      principal_id       = {principal}
      target_type        = "AWS_ACCOUNT"
      target_id          = "111111111111"
    }}
    """
_APP = """
    resource "okta_app_saml" "lightstep" {{
      label    = "Lightstep"
      audience = "{audience}"
    }}
    resource "okta_app_user" "alice" {{ {mark}
      app_id   = okta_app_saml.lightstep.id
      user_id  = "00u1a2b3c4d5e6f7g8h9"
      username = "alice@acme.example"
    }}
    """


@rule(
    id="IDP102",
    name="direct-grant",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["AICPA Trust Services Criteria: CC6.2, CC6.3", "AWS IAM Identity Center User Guide: Assign user access to AWS accounts"],
    bad=[
        Example("users bound by hand beside mapped groups", _bound('"alice@acme.example", # <- IDP102\n        "bob@acme.example",')),
        Example("a person has a permission set", {"sso/main.tf": _SSO.format(
            kind="USER", principal="aws_identitystore_user.alice.user_id # <- IDP102")}),
        Example("a person is assigned to the application", {"okta/main.tf": _APP.format(
            audience="https://app.lightstep.com/saml/metadata", mark="# <- IDP102")}),
    ],
    good=[
        Example("a group has the permission set", {"sso/main.tf": _SSO.format(
            kind="GROUP", principal="aws_identitystore_group.eng.group_id")}),
        Example("administrators cannot be mapped, and TEL106 looks at them", _bound('"alice@acme.example",', "Organization Admin")),
        Example("the manifest declares break-glass", {**_bound('"alice@acme.example",'), "access/t.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: lightstep
            bindings: [{role: Organization Editor, users: [Alice@acme.example], break_glass: on call, until: 2099-12-31}]
            """}),
        Example("an application that opens something else", {"okta/main.tf": _APP.format(audience="https://wiki.acme.example", mark="")}),
        Example("no groups are mapped: perhaps there is no single sign-on", {"lightstep/main.tf": """
            resource "lightstep_user_role_binding" "some" {
              role  = "Organization Editor"
              users = ["alice@acme.example"]
            }
            """}),
    ],
)  # fmt: skip
def direct_grant(graph: AccessGraph) -> Iterator[Finding]:
    """A person gets a role, a project or an application without a group.

    It does not end when the person changes teams, no review of the groups shows it, and it is forgotten first.

    ## What to do instead

    Put the person in a group, and give the role to the group.

    ## What this rule does not see

    Bindings in an organization for which the repository maps no groups: there may be no other way. Administrators (TEL106)
    and declared break-glass bindings.
    """
    mapped = {mapping.vendor for mapping in graph.estate.all(ScopeMapping)}
    excused = {
        (one.vendor, key(one.grant.text), key(user).casefold())
        for one in graph.estate.all(RoleBinding)
        if one.break_glass and not graph.queries.is_over(one.until)
        for user, _ in one.users
    }
    for binding in graph.estate.all(RoleBinding):
        role = binding.grant.role
        text = key(binding.grant.text)
        users = [pair for pair in binding.users if (binding.vendor, text, key(pair[0]).casefold()) not in excused]
        administers = role is not None and ADMINISTER in role.capabilities
        if binding.vendor not in mapped or administers or not users:
            continue
        user, place = users[0]
        more = f" and {len(users) - 1} more" if len(users) > 1 else ""
        where = f" in `{key(binding.grant.project)}`" if binding.grant.project is not None else ""
        yield Finding(
            f"`{key(user)}`{more} {'have' if more else 'has'} `{text}`{where} without a group",
            at=place,
            because=[(binding.grant.place, f"`{text}` is bound to users")],
            help="map a group to the role, and put them in it",
            subject=binding.resource + text + where,
        )
    for assignment in graph.estate.all(PermissionSetAssignment):
        if assignment.principal_kind == "user":
            yield Finding(
                f"a person is assigned the permission set `{key(assignment.permission_set)}` in `{key(assignment.account)}` without a group",
                at=assignment.place,
                help="assign it to a group, and put them in it",
                subject=f"{key(assignment.permission_set)} {key(assignment.account)} {key(assignment.principal)}",
            )
    opening = {key(name): one for one in graph.estate.all(Application) if one.target for name in (*one.ids, one.label)}
    for assigned in graph.estate.all(ApplicationAssignment):
        application = opening.get(key(assigned.application))
        if assigned.member_kind == "user" and application is not None:
            yield Finding(
                f"a person is assigned to `{key(application.label)}` without a group",
                at=assigned.place,
                because=[(application.place, f"`{key(application.label)}` opens `{application.target}`")],
                help="assign a group, and put them in it",
                subject=f"{key(application.label)} {key(assigned.member)}",
            )
