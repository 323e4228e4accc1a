"""The JSON Schema of the manifest (`*.access.yaml`) and of policy tests (`*.iamtest.yaml`).

`manifest.schema.json` is rendered from this value (`python -m iamlint.parse.schemas.render`); a test holds the two together.
A value costs the hot path no file to read; the file serves editors.
"""

from __future__ import annotations

from typing import Any

API_VERSION = "iamlint/v1"

Schema = dict[str, Any]


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "minLength": 1, "description": description, **more}


def _label(description: str) -> Schema:
    return {"type": ["string", "null"], "minLength": 1, "description": description}


def _flag(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def _date(description: str) -> Schema:
    return {"type": "string", "format": "date", "description": description}


def _list(description: str, items: Schema) -> Schema:
    return {"type": "array", "description": description, "items": items}


def _texts(description: str, each: str) -> Schema:
    return _list(description, _text(each))


def _object(description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _kind(name: str, description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    head = {
        "apiVersion": {"const": API_VERSION, "description": "The version of this format."},
        "kind": {"const": name, "description": "What the document declares."},
    }
    return _object(description, {**head, **properties}, ("apiVersion", "kind", *required))


_ENVIRONMENT = "The environment, as named in the configuration (`prod`, `staging`, `dev`); `null` says that it has none."
_TEAM = "The accountable team, as named by a document of kind `Teams`; `null` says that it has none."

_PROJECT = _object(
    "A telemetry project.",
    {
        "name": _text("The project's exact name."),
        "environment": _label(_ENVIRONMENT),
        "owner": _label("The team that owns the project; `null` says that nobody does."),
    },
    ("name",),
)

_MAPPING = _object(
    "Whoever presents this attribute value at sign-on gets these roles (`lightstep_saml_group_mappings`).",
    {
        "attribute": _text("The SAML attribute's name, as the identity provider releases it."),
        "value": _text("The exact value, usually a group's name; patterns are not supported by the vendor."),
        "organization_role": _text("The role in the whole organization, such as `Organization Restricted Member`."),
        "project_roles": {
            "type": "object",
            "description": "Project name to role in that project, such as `Project Viewer`.",
            "additionalProperties": _text("The role in this project."),
        },
    },
    ("attribute", "value"),
)

_BINDING = _object(
    "Users who hold a role by hand (`lightstep_user_role_binding`); authoritative for its role and project.",
    {
        "role": _text("The role's exact name."),
        "project": _text("The project in which the role holds; without it, the organization."),
        "users": _texts("Everybody who holds the role.", "A user's e-mail."),
        "break_glass": _text("Why these people keep the role outside the identity provider."),
        "until": _date("The last day of the exception."),
    },
    ("role", "users"),
)

CREDENTIAL_KINDS = ("access-token", "api-key", "satellite-key", "scim-key")
CREDENTIAL_USES = ("ingest", "deploy-markers", "dashboards-as-code", "provisioning", "query")

_CREDENTIAL = _object(
    "A token or key of the telemetry vendor. Its value never stands here.",
    {
        "name": _text("A name by which the credential is known; its node is `token:<vendor>/<name>`."),
        "kind": {"type": "string", "enum": list(CREDENTIAL_KINDS), "description": "What sort of credential it is."},
        "project": _text("The one project to which the credential belongs."),
        "organization": {"const": True, "description": "The credential belongs to the whole organization."},
        "role": _text("The role of an API key, such as `Project Viewer`."),
        "use": {"type": "string", "enum": list(CREDENTIAL_USES), "description": "What the credential is for."},
        "held_by": _texts("Who holds the credential.", "A node's name (`bot:…`, `user:…`) or an ARN."),
        "stored_in": _texts("Where the credential is stored.", "An ARN of a secret or parameter, or a node's name."),
        "created": _date("The day on which the credential was made."),
        "last_rotated": _date("The day on which its value last changed."),
        "expires": _date("The day on which it ends by itself."),
        "environment": _label("The environment, where the project does not say it; `null` says that it has none."),
        "team": _label("The accountable team, where the project does not say it; `null` says that nobody is."),
    },
    ("name", "kind"),
)

_USER = _object(
    "A person in the identity provider.",
    {
        "email": _text("The person's e-mail; compared ignoring case."),
        "status": {
            "type": "string",
            "enum": ["active", "suspended", "deprovisioned", "staged"],
            "description": "Whether the person may sign on; without it, not known.",
        },
        "groups": _texts("Groups that the person is in.", "A group's name."),
    },
    ("email",),
)

_GROUP = _object(
    "A group in the identity provider.",
    {
        "name": _text("The group's exact name."),
        "team": _label(_TEAM),
        "environment": _label(_ENVIRONMENT),
        "members": _texts("People in the group.", "A member's e-mail."),
        "groups": _texts("Groups that are members of this group.", "A group's name."),
    },
    ("name",),
)

_BOT = _object(
    "A non-human identity.",
    {
        "name": _text("The node's name without `bot:`, such as `github/acme/checkout:environment:prod`."),
        "team": _label(_TEAM),
        "environment": _label(_ENVIRONMENT),
        "groups": _texts("Groups that the bot is in.", "A group's name."),
    },
    ("name",),
)

_AGENT = _object(
    "An AI agent: it must not reach more than each principal it acts for.",
    {
        "name": _text("The agent's name; its node is `bot:<name>`."),
        "team": _label(_TEAM),
        "environment": _label(_ENVIRONMENT),
        "acts_for": _texts("On whose behalf it works.", "A node's name (`group:okta/eng-checkout`) or an ARN."),
        "groups": _texts("Groups that the agent is in.", "A group's name."),
    },
    ("name",),
)

_ACCOUNT = _object(
    "An AWS account.",
    {
        "id": _text("The account's twelve digits.", pattern="^[0-9]{12}$", **{"x-words": "an account id of twelve digits"}),
        "name": _text("The account's name; a folder of this name is taken to belong to the account."),
        "environment": _label(_ENVIRONMENT),
        "team": _label(_TEAM),
    },
    ("id",),
)

_GRANT = _object(
    "Access of another group to something of this team, declared so that it is no finding.",
    {
        "group": _text("The group that gets access."),
        "project": _text("The project (or a pattern of projects) that it may reach."),
        "reason": _text("Why."),
        "until": _date("The last day of a temporary grant."),
    },
    ("group", "project", "reason"),
)

_TEAM_ENTRY = _object(
    "A team: who belongs to it and what it owns.",
    {
        "name": _text("The team's name."),
        "groups": _texts("Groups whose members make up the team.", "A group's name."),
        "projects": _texts("Telemetry projects that the team owns.", "A project's name or a pattern such as `checkout-*`."),
        "platform": _flag("The team runs a platform that others may reach."),
        "grants": _list("Exceptions to the separation of teams.", _GRANT),
    },
    ("name",),
)

_REQUEST = _object(
    "An action and what it acts on.",
    {
        "do": _text("An action: `telemetry:read`, `s3:GetObject`, with `*` and `?` as in AWS."),
        "on": _text("A node's name, an ARN, or a pattern of either."),
    },
    ("do", "on"),
)

_CONTEXT: Schema = {
    "type": "object",
    "description": "What holds for every request: context keys of conditions with their values (a text, a list of texts, or "
    "`{unknown: true}`); `environment` narrows patterns of telemetry projects to those of one environment.",
    "additionalProperties": True,
}

_TEST = _object(
    "One assertion about who reaches what.",
    {
        "name": _text("What holds when the test passes, as a sentence."),
        "as": _text("The principal: a node's name or an ARN."),
        "can": _list("What the principal must be able to do.", _REQUEST),
        "cannot": _list("What the principal must not be able to do; of a pattern, nothing that matches it.", _REQUEST),
        "reaches": _texts("What the principal must reach.", "A node's name, or a pattern of which at least one node is reached."),
        "never_reaches": _texts("What the principal must not reach.", "A node's name, or a pattern of which no node is reached."),
        "who_can": {**_REQUEST, "description": "The request whose principals are compared with the lists that follow."},
        "exactly": _texts(
            "All who may, and nobody else; who may only by being one of them needs no mention.", "A node's name or an ARN."
        ),
        "at_most": _texts("Nobody else may; not all of them have to.", "A node's name or an ARN."),
        "includes": _texts("These may; others may too.", "A node's name or an ARN."),
        "disjoint": {**_texts("Nodes that must share nothing that they reach.", "A node's name."), "minItems": 2},
        "given": _CONTEXT,
        "unknown": {"enum": ["ok", "fails"], "description": "What an unknown answer does to the test. Default: it fails."},
        "todo": _text("Why the test is known to fail today. It fails the run on the day it passes."),
    },
    ("name",),
)

KINDS: dict[str, Schema] = {
    "Telemetry": _kind(
        "Telemetry",
        "Projects, role mappings, role bindings and credentials of a telemetry vendor's organization.",
        {
            "vendor": _text("The vendor, such as `lightstep`."),
            "organization": _text("The organization's name at the vendor."),
            "projects": _list("The organization's projects.", _PROJECT),
            "mappings": _list("Roles given by the identity provider's attributes.", _MAPPING),
            "bindings": _list("Roles given by hand.", _BINDING),
            "credentials": _list("Tokens and keys.", _CREDENTIAL),
        },
        ("vendor",),
    ),
    "Identities": _kind(
        "Identities",
        "People, groups, bots and AI agents of one identity provider.",
        {
            "provider": _text("The identity provider: `okta`, `entra`, `google`, `identity-center`, or your own word."),
            "users": _list("People.", _USER),
            "groups": _list("Groups.", _GROUP),
            "bots": _list("Bots.", _BOT),
            "agents": _list("AI agents.", _AGENT),
        },
        ("provider",),
    ),
    "Accounts": _kind("Accounts", "AWS accounts.", {"accounts": _list("The accounts.", _ACCOUNT)}),
    "Teams": _kind("Teams", "Teams and what they own.", {"teams": _list("The teams.", _TEAM_ENTRY)}),
    "AccessTest": _kind(
        "AccessTest",
        "Assertions about who reaches what, run by `iamlint test`.",
        {"given": _CONTEXT, "tests": _list("The tests.", _TEST)},
        ("tests",),
    ),
}
"""One schema a kind of document."""

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "iamlint manifest",
    "description": "What no provider can declare: telemetry, identities, accounts, teams; and tests of access.",
    "type": "object",
    "required": ["apiVersion", "kind"],
    "properties": {
        "apiVersion": {"const": API_VERSION, "description": "The version of this format."},
        "kind": {"enum": list(KINDS), "description": "What the document declares."},
    },
    "allOf": [
        {"if": {"properties": {"kind": {"const": name}}, "required": ["kind"]}, "then": {"$ref": f"#/$defs/{name}"}}
        for name in KINDS
    ],
    "$defs": KINDS,
}
"""The published schema: `kind` chooses."""
