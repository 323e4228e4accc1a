"""The JSON Schema of the manifest (`*.access.yaml`) and of policy tests (`*.iamtest.yaml`).

`manifest.schema.json` is rendered from this value (`python -m iamlint.parse.schemas.render`); a test holds the two together.
A value costs the hot path no file to read; the file serves editors.
"""

from __future__ import annotations

from iamlint.parse.schemas.access_test import ACCESS_TEST
from iamlint.parse.schemas.rule_file import RULE
from iamlint.parse.schemas.shapes import API_VERSION as API_VERSION
from iamlint.parse.schemas.shapes import (
    ENVIRONMENT,
    Schema,
    a_date,
    a_flag,
    a_kind,
    a_label,
    a_list,
    a_text,
    an_object,
    some_texts,
)
from iamlint.parse.schemas.telemetry import BINDING, CREDENTIAL, MAPPING, PROJECT, VENDOR_TEAM

_TEAM = "The accountable team, as named by a document of kind `Teams`; `null` says that it has none."

_USER = an_object(
    "A person in the identity provider.",
    {
        "email": a_text("The person's e-mail; compared ignoring case."),
        "status": {
            "type": "string",
            "enum": ["active", "suspended", "deprovisioned", "staged"],
            "description": "Whether the person may sign on; without it, not known.",
        },
        "groups": some_texts("Groups that the person is in.", "A group's name."),
    },
    ("email",),
)

_GROUP = an_object(
    "A group in the identity provider.",
    {
        "name": a_text("The group's exact name."),
        "team": a_label(_TEAM),
        "environment": a_label(ENVIRONMENT),
        "members": some_texts("People in the group.", "A member's e-mail."),
        "groups": some_texts("Groups that are members of this group.", "A group's name."),
    },
    ("name",),
)

_BOT = an_object(
    "A non-human identity.",
    {
        "name": a_text("The node's name without `bot:`, such as `github/acme/checkout:environment:prod`."),
        "team": a_label(_TEAM),
        "environment": a_label(ENVIRONMENT),
        "groups": some_texts("Groups that the bot is in.", "A group's name."),
    },
    ("name",),
)

_AGENT = an_object(
    "An AI agent: it must not reach more than each principal it acts for.",
    {
        "name": a_text("The agent's name; its node is `bot:<name>`."),
        "team": a_label(_TEAM),
        "environment": a_label(ENVIRONMENT),
        "acts_for": some_texts("On whose behalf it works.", "A node's name (`group:okta/eng-checkout`) or an ARN."),
        "groups": some_texts("Groups that the agent is in.", "A group's name."),
    },
    ("name",),
)

_ACCOUNT = an_object(
    "An AWS account.",
    {
        "id": a_text("The account's twelve digits.", pattern="^[0-9]{12}$", **{"x-words": "an account id of twelve digits"}),
        "name": a_text("The account's name; a folder of this name is taken to belong to the account."),
        "environment": a_label(ENVIRONMENT),
        "team": a_label(_TEAM),
    },
    ("id",),
)

_GRANT = an_object(
    "Access of another group to something of this team, declared so that it is no finding.",
    {
        "group": a_text("The group that gets access."),
        "project": a_text("The project (or a pattern of projects) that it may reach."),
        "reason": a_text("Why."),
        "until": a_date("The last day of a temporary grant."),
    },
    ("group", "project", "reason"),
)

_TEAM_ENTRY = an_object(
    "A team: who belongs to it and what it owns.",
    {
        "name": a_text("The team's name."),
        "groups": some_texts("Groups whose members make up the team.", "A group's name."),
        "projects": some_texts("Telemetry projects that the team owns.", "A project's name or a pattern such as `checkout-*`."),
        "platform": a_flag("The team runs a platform that others may reach."),
        "grants": a_list("Exceptions to the separation of teams.", _GRANT),
    },
    ("name",),
)

KINDS: dict[str, Schema] = {
    "Telemetry": a_kind(
        "Telemetry",
        "Projects, role mappings, role bindings and credentials of a telemetry vendor's organization.",
        {
            "vendor": a_text(
                "The vendor: `lightstep`, `datadog`, `grafana`, `honeycomb`, or another word, whose roles are not known then."
            ),
            "organization": a_text("The organization's name at the vendor."),
            "terraform": a_text(
                "The Terraform file (`.tf` or `.tf.json`, from the top of the repository) that `iamlint sync` writes from the "
                "mappings and bindings of this document.",
            ),
            "projects": a_list("The organization's projects.", PROJECT),
            "mappings": a_list("Roles given by the identity provider's attributes.", MAPPING),
            "bindings": a_list("Roles given by hand.", BINDING),
            "teams": a_list("Teams at the vendor, and the roles that they hold.", VENDOR_TEAM),
            "credentials": a_list("Tokens and keys.", CREDENTIAL),
        },
        ("vendor",),
    ),
    "Identities": a_kind(
        "Identities",
        "People, groups, bots and AI agents of one identity provider.",
        {
            "provider": a_text("The identity provider: `okta`, `entra`, `google`, `identity-center`, or your own word."),
            "users": a_list("People.", _USER),
            "groups": a_list("Groups.", _GROUP),
            "bots": a_list("Bots.", _BOT),
            "agents": a_list("AI agents.", _AGENT),
        },
        ("provider",),
    ),
    "Accounts": a_kind("Accounts", "AWS accounts.", {"accounts": a_list("The accounts.", _ACCOUNT)}),
    "Teams": a_kind("Teams", "Teams and what they own.", {"teams": a_list("The teams.", _TEAM_ENTRY)}),
    "AccessTest": ACCESS_TEST,
    "Rule": RULE,
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
