"""The vendor-neutral telemetry model: scopes, roles, mappings, bindings, credentials.

Lightstep, Datadog, Grafana and Honeycomb are its adapters (`parse/telemetry/`). A scope goes by its name at the vendor; where a
vendor has several kinds of scope, the kind stands before it: `checkout-prod`, `folder/checkout-prod`, `dataset/checkout`.
"""

from __future__ import annotations

from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value

INGEST = "telemetry:ingest"
READ = "telemetry:read"
EDIT = "telemetry:edit"
SHARE = "telemetry:share"
MANAGE_CREDENTIALS = "telemetry:manage-credentials"
ADMINISTER = "telemetry:administer"
CAPABILITIES = (INGEST, READ, EDIT, SHARE, MANAGE_CREDENTIALS, ADMINISTER)


class TelemetryRole(NamedTuple):
    """A role as a vendor names it. `level` is `organization` or `project`; `reaches_all` : it opens every project by itself."""

    vendor: str
    name: str
    level: str
    capabilities: frozenset[str]
    reaches_all: bool


class RoleGrant(NamedTuple):
    """A role in a scope. `project` is None for the organization. `role` is None for a text that the vendor does not know."""

    text: Value
    role: TelemetryRole | None
    project: Value | None
    place: Place  # the role's text
    project_place: Place | None = None


class TelemetryProject(NamedTuple):
    """A telemetry project (scope). `declared` is False when it is only used: named by a dashboard, an alert, a workflow."""

    vendor: str
    name: Value
    place: Place
    unit: str
    environment: Value | None = None
    owner: Value | None = None
    declared: bool = True
    organization: Value | None = None
    used_by: str = ""  # what names it: `lightstep_dashboard.latency`
    ids: tuple[Value, ...] = ()  # further texts by which grants may name it: `folder/` and the folder's uid
    replaces: tuple[tuple[Value, Place], ...] = ()  # scopes of a former vendor (`lightstep/checkout-prod`)


LIVE = "live:"
"""How the `resource` of a fact from a vendor's export begins: nothing declares it, it is so."""


class ScopeMapping(NamedTuple):
    """IdP attribute → roles: whoever presents `attribute` = `value` gets each of `grants`.

    `resource` names the declaration that holds the mapping; two of them in one organization conflict (E4). `team` is a group
    of the vendor's own that they are put into. `everyone`: the value does not matter, whoever signs in is meant.
    `condition` says in words what else must hold.
    """

    vendor: str
    organization: Value | None
    attribute: Value
    value: Value
    grants: tuple[RoleGrant, ...]
    place: Place
    unit: str
    resource: str
    value_place: Place | None = None
    team: Value | None = None
    everyone: bool = False
    condition: str | None = None

    @property
    def is_live(self) -> bool:
        """Return whether this is how the vendor has it, and not a declaration."""
        return self.resource.startswith(LIVE)


class ScopeRestriction(NamedTuple):
    """A scope that the roles of the organization do not open by themselves: somebody lists who reaches it.

    `roles` are the organization's roles that are listed, each with the role in the scope that it comes to.
    """

    vendor: str
    organization: Value | None
    project: Value
    roles: tuple[tuple[Value, RoleGrant], ...]
    place: Place
    unit: str
    resource: str


class SubjectGrant(NamedTuple):
    """A role that one of the vendor's own groups (`kind` `group`), or a bot (`bot`), holds in a scope."""

    vendor: str
    organization: Value | None
    kind: str
    subject: Value
    grant: RoleGrant
    place: Place
    unit: str
    resource: str


class RoleBinding(NamedTuple):
    """Users bound to a role by hand. Authoritative for its (role, project); `break_glass` is the declared reason, if any."""

    vendor: str
    organization: Value | None
    grant: RoleGrant
    users: tuple[tuple[Value, Place], ...]
    place: Place
    unit: str
    resource: str
    break_glass: str | None = None
    break_glass_place: Place | None = None
    until: str | None = None
    until_place: Place | None = None

    @property
    def is_live(self) -> bool:
        """Return whether this is how the vendor has it, and not a declaration."""
        return self.resource.startswith(LIVE)


class TelemetryRendering(NamedTuple):
    """A document of the manifest from which `iamlint sync` renders a Terraform file.

    `target` is the file's path from the root of the run, `resource` that of the document's mappings and bindings.
    """

    vendor: str
    organization: Value | None
    target: str
    resource: str
    place: Place
    unit: str


class Copied(NamedTuple):
    """A mapping or binding that says again what its source says: a rendered one, or a live one that is declared.

    It grants nothing by itself; what compares the two sides finds it here.
    """

    of: ScopeMapping | RoleBinding


class TelemetryCredential(NamedTuple):
    """A token or key of the vendor. Its value is never kept.

    `kind` is one of the vendor's (`parse/telemetry/vendors.py`); `project` None means the whole organization.
    `holders` and `stored_in` are pairs of a node name or ARN and its place. Dates are ISO texts. `acts_as` is the bot whose
    rights it has; `lasting`: it is known to have no end; `unscoped`: scopes could limit it, and none do;
    `rotated_every`: something makes it anew after so many days.
    """

    vendor: str
    name: Value
    kind: str
    project: Value | None
    organization: Value | None
    role: RoleGrant | None
    capabilities: frozenset[str]
    use: str | None
    holders: tuple[tuple[Value, Place], ...]
    stored_in: tuple[tuple[Value, Place], ...]
    created: str | None
    last_rotated: str | None
    expires: str | None
    place: Place
    unit: str
    environment: Value | None = None
    team: Value | None = None
    route_places: tuple[tuple[str, Place], ...] = ()  # places of single fields: `role`, `use`, `created`, `last_rotated`
    acts_as: Value | None = None
    lasting: bool = False
    unscoped: bool = False
    ids: tuple[Value, ...] = ()  # texts by which others present it: `infra#grafana_service_account_token.ci.key`
    rotated_every: int | None = None

    def field_place(self, field: str) -> Place:
        """Return the place of one field, or of the credential when the field was not written."""
        return dict(self.route_places).get(field, self.place)


class TokenUse(NamedTuple):
    """A workload that presents a telemetry token: `token` names it (a variable, a secret, an ARN), never its value."""

    vendor: str
    workload: Value  # node name without prefix: `otel/collector.yaml:otlp/lightstep`
    workload_kind: str  # `collector`, `workflow-job`
    token: Value | None
    place: Place
    unit: str
    project: Value | None = None
    project_place: Place | None = None


class AlertRoute(NamedTuple):
    """An alert of one project that goes to a destination of a project. Both are named as their files name them."""

    vendor: str
    alert: str
    project: Value
    destination: str
    destination_project: Value
    place: Place  # where the alert names the destination
    destination_place: Place
    unit: str


class PublicLink(NamedTuple):
    """Something of a vendor that anybody sees who has its link: a public dashboard."""

    vendor: str
    what: str  # `dashboard`
    name: Value
    place: Place
    unit: str


class LiteralSecret(NamedTuple):
    """A secret written in a file. `at` covers the literal, so that reports can black it out; the text itself is never kept.

    `by` is where a reference makes it a part of another text.
    """

    what: str  # `Lightstep access token`, `AWS secret access key`
    at: Place
    unit: str
    holder: Value | None = None
    by: Place | None = None


class Undisclosed(NamedTuple):
    """A stretch of a file that no report may show, which is no finding by itself: a plan holds sensitive values in clear text."""

    at: Place
    unit: str
