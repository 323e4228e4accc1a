"""What identity providers declare: people, groups, memberships, applications, bots and agents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from iamlint.source.place import Place
from iamlint.source.value import Value


class Person(NamedTuple):
    """A person (or a service account kept as a user) in an identity provider. Joined on the e-mail, ignoring case.

    `ids` are further texts by which references name this user (provider ids, resource symbols).
    `status` is `active`, `suspended`, `deprovisioned`, `staged`, or an unknown.
    """

    provider: str  # okta, identity-center, entra, google, keycloak, or the manifest's own word
    email: Value
    status: Value
    place: Place
    unit: str
    ids: tuple[Value, ...] = ()
    profile: Mapping[str, Value] = {}
    declared: bool = True


class Group(NamedTuple):
    """A group in an identity provider. `declared` is False for a lookup by name (`data "okta_group"`)."""

    provider: str
    name: Value
    place: Place
    unit: str
    ids: tuple[Value, ...] = ()
    team: Value | None = None
    environment: Value | None = None
    declared: bool = True
    tags: Mapping[str, Value] = {}


class Membership(NamedTuple):
    """`member` is in `group`; both are names, e-mails or ids by which `Group` and `Person` can be found.

    `member_kind` is `user`, `group`, `bot`, or `any` when the source does not say.
    `exclusive`: the declaration lists all members (`track_all_users`, `aws_iam_group_membership`).
    `dynamic` keeps the text of a group rule that could not be decided.
    """

    provider: str
    group: Value
    member: Value
    member_kind: str
    place: Place
    unit: str
    exclusive: bool = False
    dynamic: str | None = None


class AttributeStatement(NamedTuple):
    """What an application says about a user: attribute `name`, from group names by filter or from an expression.

    `filter_kind` is `STARTS_WITH`, `EQUALS`, `CONTAINS` or `REGEX` for `kind` `GROUP`; `values` are expressions for `EXPRESSION`.
    """

    name: Value
    kind: str
    filter_kind: str | None
    filter_value: Value | None
    values: tuple[Value, ...]
    place: Place
    filter_place: Place | None = None


class Application(NamedTuple):
    """A SAML or OIDC application in the identity provider. `target` says what it opens: `lightstep`, `aws`, or None."""

    provider: str
    label: Value
    target: str | None
    statements: tuple[AttributeStatement, ...]
    place: Place
    unit: str
    ids: tuple[Value, ...] = ()
    implicit_assignment: bool = False
    declared: bool = True
    settings: Mapping[str, Value] = {}
    implicit_place: Place | None = None


class ApplicationAssignment(NamedTuple):
    """A group or user that may use an application. `exclusive`: this declaration lists all groups of the application."""

    provider: str
    application: Value
    member: Value
    member_kind: str  # `group` or `user`
    place: Place
    unit: str
    exclusive: bool = False
    profile: Mapping[str, Value] = {}


class Bot(NamedTuple):
    """A non-human identity: a pipeline's job, a service account, or an AI agent (`kind` `agent`).

    `name` is the node name without `bot:` (`github/acme/checkout:environment:prod`, `k8s/shop/checkout`, `trace-copilot`).
    `acts_for` and `groups` name nodes or groups. `claims` are the OIDC claims it presents, where known.
    """

    name: Value
    kind: str  # `bot`, `agent`, `workflow-job`, `service-account`, `collector`, `workload`
    place: Place
    unit: str
    team: Value | None = None
    environment: Value | None = None
    acts_for: tuple[Value, ...] = ()
    groups: tuple[Value, ...] = ()
    claims: Mapping[str, Value] = {}
    declared: bool = True
    group_places: tuple[Place, ...] = ()  # one for each of `groups`; none where only the bot's own place is known


class Team(NamedTuple):
    """A team that owns groups and telemetry projects (globs), with the access of others that it declares."""

    name: Value
    groups: tuple[Value, ...]
    projects: tuple[Value, ...]
    platform: bool
    grants: tuple[TeamGrant, ...]
    place: Place
    unit: str
    group_places: tuple[Place, ...] = ()  # one for each of `groups`


class TeamGrant(NamedTuple):
    """A declared exception to team separation: `group` may reach `project` for `reason`, until a date or without end."""

    group: Value
    project: Value
    reason: str
    until: str | None
    place: Place
    group_place: Place | None = None
    reason_place: Place | None = None
    until_place: Place | None = None


class Administration(NamedTuple):
    """Somebody who may change who is in a group: an administrator's role, or the ownership of the group.

    `holder_kind` is `user`, `group` or `bot`; `groups` are the groups that may be changed, None for all of the provider;
    `role` is the provider's word (`USER_ADMIN`), `owner` for an owner.
    """

    provider: str
    holder: Value
    holder_kind: str
    role: str
    groups: tuple[Value, ...] | None
    place: Place
    unit: str


class ProfileAttribute(NamedTuple):
    """An attribute of people's profiles, and whether people may change their own."""

    provider: str
    name: str
    self_editable: bool
    place: Place
    unit: str
