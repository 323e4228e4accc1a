"""What identity providers declare: people, groups, memberships, applications, bots and agents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlint.source.place import Place, Route
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value

NOT_FEDERATING = frozenset({"identity-center", "aws", "github", "lightstep", "datadog", "grafana", "honeycomb", "vault"})
"""Providers that sign nobody in to a telemetry vendor: they hold accounts that another identity provider fills, and telemetry
vendors' own teams."""

EVERYONE = "Everyone"
"""The group that holds everybody of a provider (Okta's built-in group; Google's members of the type `CUSTOMER`)."""

ADMINISTRATORS_BY_DESIGN = frozenset({"SUPER_ADMIN", "Global Administrator", "_SEED_ADMIN_ROLE", "realm-admin", "admin"})
"""Roles that may do everything in their provider, as the provider spells them."""


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
    profile: Mapping[str, Value | tuple[str, ...]] = {}
    declared: bool = True


class Group(NamedTuple):
    """A group in an identity provider. `declared` is False for a lookup by name (`data "okta_group"`).

    `presents` are the other texts that may stand for the group in a token: `id` (Entra sends object ids), `path` (Keycloak:
    `/eng/checkout`), `email` (Google), `role`. `kind` is `group`, or `role` for a role that a provider puts into tokens.
    `guarded`: only the provider's highest administrators and the owners change its members. `mentioned`: something refers to
    it of which the model has nothing, such as a role of another system or an output.
    """

    provider: str
    name: Value
    place: Place
    unit: str
    ids: tuple[Value, ...] = ()
    team: Value | None = None
    environment: Value | None = None
    declared: bool = True
    tags: Mapping[str, Value] = {}
    presents: Mapping[str, Value] = {}
    kind: str = "group"
    guarded: bool = False
    mentioned: bool = False


class Membership(NamedTuple):
    """`member` is in `group`; both are names, e-mails or ids by which `Group` and `Person` can be found.

    `member_kind` is `user`, `group`, `bot`, or `any` when the source does not say.
    `exclusive`: the declaration lists all members (`track_all_users`, `aws_iam_group_membership`).
    `dynamic` is the text of a group rule, whose members the repository may hold only in part; `language` says how it is read
    (`okta`, `entra`; `open`: no rule decides, people join as they like, `dynamic` says how), None for a rule that is opaque.
    `excluded` are members whom the rule leaves out.
    """

    provider: str
    group: Value
    member: Value
    member_kind: str
    place: Place
    unit: str
    exclusive: bool = False
    dynamic: str | None = None
    language: str | None = None
    excluded: tuple[Value, ...] = ()


class MembershipList(NamedTuple):
    """Memberships that one list declares: the groups of one `member`, or the members of one `group`; the other is None.

    A directory has hundreds of thousands of memberships, so a list of them is one value, and each `Membership` is made when
    somebody asks for it: `Estate.all(Membership)` gives all of them in the order declared, whichever way they are kept.
    `names` are the groups or members. Each stands at its index in the list at `place`, `below` that entry; where entries
    were left out, `indices` are those of `names`. Where they stand otherwise, `places` says so for each.
    """

    provider: str
    group: Value | None
    member: Value | None
    names: tuple[Value, ...]
    member_kind: str
    place: Place
    unit: str
    exclusive: bool = False
    below: Route = ()
    indices: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()

    @staticmethod
    def stands_for() -> type[Membership]:
        """Return the type of what is listed."""
        return Membership

    def place_of(self, number: int) -> Place:
        """Return where the name of this number is written."""
        if self.places:
            return self.places[number]
        index = self.indices[number] if self.indices else number
        at = self.place
        return Place(at.path, (*at.route, index, *self.below), at.part, None, at.document)

    def single(self, number: int) -> Membership:
        """Return the membership that the name of this number makes."""
        name = self.names[number]
        group, member = (name, self.member) if self.group is None else (self.group, name)
        assert group is not None
        assert member is not None
        place = self.place_of(number)
        return Membership(self.provider, group, member, self.member_kind, place, self.unit, self.exclusive)

    def singles(self) -> Iterator[Membership]:
        """Yield every membership of the list."""
        return map(self.single, range(len(self.names)))


class AttributeStatement(NamedTuple):
    """What an application says about a user: attribute `name`, from group names by filter or from an expression.

    For `kind` `GROUP`, `filter_kind` is `STARTS_WITH`, `EQUALS`, `CONTAINS` or `REGEX`, `ASSIGNED` where only groups that are
    assigned to the application pass, or `ALL` where the provider knows no filter. `values` are expressions for `EXPRESSION`,
    and for `ASSIGNMENT` the field of the assignment's profile that is sent. `sends` is what of a group is sent: its `name`, or
    a key of `Group.presents`.
    """

    name: Value
    kind: str
    filter_kind: str | None
    filter_value: Value | None
    values: tuple[Value, ...]
    place: Place
    filter_place: Place | None = None
    sends: str = "name"


class Application(NamedTuple):
    """A SAML or OIDC application in the identity provider. `target` says what it opens: `lightstep`, `aws`, or None.

    `open_words` say how it is left open to everybody when `implicit_assignment` holds; empty where the provider knows no
    assignments at all (Keycloak).
    """

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
    open_words: str = "`implicit_assignment` is on"


class ApplicationAssignment(NamedTuple):
    """Who may use an application. `exclusive`: this declaration lists all groups of the application.

    `member_kind` is `group`, `user`, or `any` when the source does not say. `profile` holds what the assignment adds to tokens.
    """

    provider: str
    application: Value
    member: Value
    member_kind: str
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
    ids: tuple[Value, ...] = ()  # further texts by which references name it


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

    `holder_kind` is `user`, `group`, `bot` or `any`; `groups` are the groups that may be changed, None for all of the provider;
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
