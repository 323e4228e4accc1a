"""The schemas of what a document of kind `Telemetry` holds."""

from __future__ import annotations

from iamlint.parse.schemas.shapes import ENVIRONMENT, a_date, a_flag, a_label, a_text, an_object, some_texts
from iamlint.parse.telemetry.vendors import KINDS as KINDS_OF_CREDENTIALS

PROJECT = an_object(
    "A telemetry project.",
    {
        "name": a_text("The project's exact name."),
        "environment": a_label(ENVIRONMENT),
        "owner": a_label("The team that owns the project; `null` says that nobody does."),
        "replaces": some_texts(
            "The scopes of a former vendor whose place this one takes; `iamlint diff --move` compares the two.",
            "A vendor and its scope, such as `lightstep/checkout-prod`.",
        ),
        "restricted": a_flag("The organization's roles do not open it by themselves, except those listed under `roles`."),
        "roles": {
            "type": "object",
            "description": "Organization role to the role in this project that it comes to, such as `Editor` to `Edit`.",
            "additionalProperties": a_text("The role in this project."),
        },
    },
    ("name",),
)

VENDOR_TEAM = an_object(
    "A team at the telemetry vendor (a group of its own, such as a Grafana or Datadog team), and the roles that it holds.",
    {
        "name": a_text("The team's exact name at the vendor."),
        "groups": some_texts("Groups of the identity provider that are put into the team at sign-on.", "A group's name."),
        "members": some_texts("People who were put into it by hand.", "A user's e-mail."),
        "roles": {
            "type": "object",
            "description": "Project name to role in that project, such as `folder/checkout-prod` to `Edit`.",
            "additionalProperties": a_text("The role in this project."),
        },
    },
    ("name",),
)

MAPPING = an_object(
    "Whoever presents this attribute value at sign-on gets these roles (`lightstep_saml_group_mappings`).",
    {
        "attribute": a_text("The SAML attribute's name, as the identity provider releases it."),
        "value": a_text("The exact value, usually a group's name; patterns are not supported by the vendor."),
        "organization_role": a_text("The role in the whole organization, such as `Organization Restricted Member`."),
        "project_roles": {
            "type": "object",
            "description": "Project name to role in that project, such as `Project Viewer`.",
            "additionalProperties": a_text("The role in this project."),
        },
    },
    ("attribute", "value"),
)

BINDING = an_object(
    "Users who hold a role by hand (`lightstep_user_role_binding`); authoritative for its role and project.",
    {
        "role": a_text("The role's exact name."),
        "project": a_text("The project in which the role holds; without it, the organization."),
        "users": some_texts("Everybody who holds the role.", "A user's e-mail."),
        "break_glass": a_text("Why these people keep the role outside the identity provider."),
        "until": a_date("The last day of the exception."),
    },
    ("role", "users"),
)

CREDENTIAL_USES = ("ingest", "deploy-markers", "dashboards-as-code", "provisioning", "query")

CREDENTIAL = an_object(
    "A token or key of the telemetry vendor. Its value never stands here.",
    {
        "name": a_text("A name by which the credential is known; its node is `token:<vendor>/<name>`."),
        "kind": {"type": "string", "enum": list(KINDS_OF_CREDENTIALS), "description": "What sort of credential it is."},
        "project": a_text("The one project to which the credential belongs."),
        "organization": {"const": True, "description": "The credential belongs to the whole organization."},
        "role": a_text("The role of an API key or service account, such as `Project Viewer`."),
        "scopes": some_texts(
            "What the credential may do, where its kind has scopes.", "A scope in the vendor's words, such as `traces:write`."
        ),
        "use": {"type": "string", "enum": list(CREDENTIAL_USES), "description": "What the credential is for."},
        "held_by": some_texts("Who holds the credential.", "A node's name (`bot:…`, `user:…`) or an ARN."),
        "stored_in": some_texts("Where the credential is stored.", "An ARN of a secret or parameter, or a node's name."),
        "created": a_date("The day on which the credential was made."),
        "last_rotated": a_date("The day on which its value last changed."),
        "expires": a_date("The day on which it ends by itself."),
        "environment": a_label("The environment, where the project does not say it; `null` says that it has none."),
        "team": a_label("The accountable team, where the project does not say it; `null` says that nobody is."),
    },
    ("name", "kind"),
)
