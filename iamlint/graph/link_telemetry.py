"""Telemetry into the graph: projects, mappings of groups, bindings of users, credentials and where they are kept."""

from __future__ import annotations

from iamlint.graph.aws_index import Aws
from iamlint.graph.builder import GraphBuilder, weakest, why_unknown
from iamlint.graph.elements import Certainty, EdgeKind, Node, NodeKind
from iamlint.graph.link_identity import Identities
from iamlint.graph.release import Releases
from iamlint.graph.scopes import Scopes
from iamlint.iam.arns import account_in
from iamlint.model.estate import Estate
from iamlint.model.telemetry import (
    CAPABILITIES,
    RoleBinding,
    RoleGrant,
    ScopeMapping,
    ScopeRestriction,
    SubjectGrant,
    TelemetryCredential,
    TelemetryProject,
    TokenUse,
)
from iamlint.model.workload import SecretImport
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, is_known, key, last_part

ANYTHING = frozenset(CAPABILITIES)
"""What a role may permit whose name is not known."""


HIDDEN_SWITCH = frozenset({"lightstep", "datadog"})
"""Vendors in whose interface mappings are switched on."""


class Given(NamedTuple):
    """What a role in a scope comes to: the scope's node, what may be done there, and how sure that is."""

    scope: Node
    capabilities: frozenset[str]
    certainty: Certainty
    role: str


def link_telemetry(estate: Estate, builder: GraphBuilder, identities: Identities, aws: Aws) -> Scopes:
    """Add telemetry scopes and everything that opens them; return the index of the scopes."""
    scopes = Scopes(estate, builder)
    for project in estate.all(TelemetryProject):
        if isinstance(project.name, Unknown) and not project.declared:
            continue  # a dashboard in a project that nobody knows opens nothing
        scopes.project(project.vendor, project.organization, project.name, project.place, project)
    releases = Releases(estate, builder, identities)
    for mapping in estate.all(ScopeMapping):
        _link_mapping(mapping, builder, releases, scopes, identities)
    _note_hidden_settings(estate, builder)
    for binding in estate.all(RoleBinding):
        _link_binding(binding, builder, identities, scopes)
    for held in estate.all(SubjectGrant):
        _link_subject(held, builder, identities, scopes)
    for credential in estate.all(TelemetryCredential):
        _link_credential(credential, builder, identities, scopes, aws)
    if estate.all(TokenUse):
        from iamlint.graph.link_uses import Uses

        Uses(estate, builder, identities, scopes, aws).run()
    if estate.all(SecretImport):
        from iamlint.graph.link_imports import link_imports

        link_imports(estate, builder, identities)
    restrictions = estate.all(ScopeRestriction)
    for restriction in restrictions:
        scopes.project(restriction.vendor, restriction.organization, restriction.project, restriction.place)
    scopes.link(restrictions)
    return scopes


def _note_hidden_settings(estate: Estate, builder: GraphBuilder) -> None:
    """Record, once an organization, what its mappings hang on and no file holds (E3)."""
    told: set[tuple[str, str]] = set()
    for mapping in estate.all(ScopeMapping):
        organization = (mapping.vendor, key(mapping.organization) if mapping.organization is not None else "")
        if mapping.vendor in HIDDEN_SWITCH and organization not in told:
            told.add(organization)
            reason = "whether the mapping is switched on, and the default role of new users, are settings that no file holds"
            builder.unknown(reason, mapping.place)


def _given(vendor: str, organization: Value | None, grant: RoleGrant, builder: GraphBuilder, scopes: Scopes) -> Given:
    """Return what a role in a scope comes to (E1, E2). A role that the vendor does not know may permit anything."""
    role = grant.role
    name = key(grant.text) if isinstance(grant.text, str) else "a role that is not known"
    certainty = Certainty.CERTAIN
    capabilities = ANYTHING if role is None else role.capabilities
    if role is None:
        certainty = Certainty.UNKNOWN
        if not is_known(grant.text):
            builder.unknown(f"which role is granted is not known: {why_unknown([grant.text])}", grant.place)
    if grant.project is None or (role is not None and role.level == "organization"):
        scope = scopes.organization(vendor, organization, grant.place)
        if role is not None and (role.level == "project" or grant.project is not None):
            certainty = (
                Certainty.UNKNOWN
            )  # a role of one level in a scope of the other: the product refuses it, or drops the scope
        return Given(scope, capabilities, certainty, name)
    if isinstance(grant.project, Unknown):
        builder.unknown(
            f"in which project `{name}` is granted is not known: {grant.project.reason}", grant.project_place or grant.place
        )
    return Given(
        scopes.project(vendor, organization, grant.project, grant.project_place or grant.place), capabilities, certainty, name
    )


def _link_mapping(
    mapping: ScopeMapping, builder: GraphBuilder, releases: Releases, scopes: Scopes, identities: Identities
) -> None:
    given = [(_given(mapping.vendor, mapping.organization, grant, builder, scopes), grant) for grant in mapping.grants]
    team = _team(mapping, identities) if mapping.team is not None else None
    for released in releases.of(mapping):
        certainty, condition = released.certainty, released.condition
        if mapping.condition is not None:
            certainty = Certainty.UNKNOWN
            condition = f"{condition} and {mapping.condition}" if condition is not None else mapping.condition
        by = "whoever signs in" if mapping.everyone else f"`{_shown(mapping.attribute)}` = `{_shown(mapping.value)}`"
        if isinstance(mapping.attribute, Unknown) and not mapping.everyone:
            by = f"the group `{_shown(mapping.value)}`"
        reasons: dict[str, str] = {}  # one text for all projects of a role
        for role, grant in given:
            reason = reasons.get(role.role) or reasons.setdefault(role.role, f"is mapped to `{role.role}` by {by}")
            builder.edge(
                released.node, role.scope, EdgeKind.MAPPED_TO, reason,
                grant.place, condition=condition, certainty=weakest(certainty, role.certainty),
                capabilities=role.capabilities, assumed=released.assumed, detail=role.role,
            )  # fmt: skip
        if team is not None and released.node is not team:
            builder.edge(
                released.node, team, EdgeKind.MEMBER_OF, f"is put into the team `{team.name}` by {by}",
                mapping.value_place or mapping.place, condition=condition, certainty=certainty, assumed=released.assumed,
            )  # fmt: skip


def _team(mapping: ScopeMapping, identities: Identities) -> Node:
    """Return the vendor's own group into which a mapping puts people."""
    name = mapping.team if mapping.team is not None else ""
    return identities.group(name, mapping.vendor) or identities.add_group(mapping.vendor, name, mapping.place, None)


def _link_subject(held: SubjectGrant, builder: GraphBuilder, identities: Identities, scopes: Scopes) -> None:
    """Add what a team of the vendor, or a bot, holds by itself."""
    role = _given(held.vendor, held.organization, held.grant, builder, scopes)
    if held.kind == "bot":
        node = identities.bot(held.subject) or identities.add_bot(held.subject, held.place, None)
    else:
        found = identities.group(held.subject, held.vendor)
        if found is None and isinstance(held.subject, Unknown):
            builder.unknown(f"which team holds `{role.role}` is not known: {held.subject.reason}", held.place)
            return
        node = found or identities.add_group(held.vendor, held.subject, held.place, None)
    kind = EdgeKind.GRANTS if held.kind == "bot" else EdgeKind.MAPPED_TO
    builder.edge(
        node, role.scope, kind, f"holds `{role.role}`", held.grant.place, certainty=role.certainty,
        capabilities=role.capabilities, detail=role.role,
    )  # fmt: skip


def _link_binding(binding: RoleBinding, builder: GraphBuilder, identities: Identities, scopes: Scopes) -> None:
    role = _given(binding.vendor, binding.organization, binding.grant, builder, scopes)
    for user, place in binding.users:
        if isinstance(user, Unknown) and identities.person(user) is None:
            builder.unknown(f"who is bound to `{role.role}` is not known: {user.reason}", place)
        node = identities.person(user) or identities.add_person(user, place, None)
        builder.edge(
            node, role.scope, EdgeKind.GRANTS, f"is bound to `{role.role}` by hand", place, certainty=role.certainty,
            capabilities=role.capabilities, detail=role.role,
        )  # fmt: skip


def _link_credential(
    credential: TelemetryCredential, builder: GraphBuilder, identities: Identities, scopes: Scopes, aws: Aws
) -> None:
    from iamlint.parse.telemetry.vendors import kind_words  # most repositories have no credentials

    name = f"{credential.vendor}/{key(credential.name)}"
    token = builder.node(NodeKind.CREDENTIAL, name, credential.place, fact=credential, title=key(credential.name))
    detail = key(credential.role.text) if credential.role is not None else credential.kind
    certainty, capabilities = Certainty.CERTAIN, credential.capabilities
    if credential.role is not None and credential.role.role is None:
        certainty, capabilities = Certainty.UNKNOWN, ANYTHING
    elif not capabilities and credential.role is None and credential.acts_as is None and not _has_scopes(credential):
        certainty, capabilities = Certainty.UNKNOWN, ANYTHING  # it acts with a role, and nothing says which
        kind = kind_words(credential.vendor, credential.kind).partition(" ")[2]
        builder.unknown(f"which role the {kind} `{key(credential.name)}` has is not in the repository", credential.place)
    if credential.project is None:
        scope = scopes.organization(credential.vendor, credential.organization, credential.place)
    else:
        scope = scopes.project(credential.vendor, credential.organization, credential.project, credential.field_place("project"))
    words = kind_words(credential.vendor, credential.kind)
    builder.edge(token, scope, EdgeKind.SCOPED_TO, f"is {words} for it", credential.place,
                 certainty=certainty, capabilities=capabilities, detail=detail)  # fmt: skip
    if credential.acts_as is not None:
        bot = identities.bot(credential.acts_as) or identities.add_bot(credential.acts_as, credential.place, None)
        builder.edge(token, bot, EdgeKind.MAY_ASSUME, f"acts as `{bot.name}`", credential.place)
    for holder, place in credential.holders:
        node = _holder(holder, place, identities, aws)
        if node is None:
            builder.unknown(f"`{key(holder)}`, which holds `{key(credential.name)}`, names nothing in the repository", place)
        else:
            builder.edge(node, token, EdgeKind.HOLDS, f"holds `{key(credential.name)}`", place)


def _has_scopes(credential: TelemetryCredential) -> bool:
    """Return whether scopes say what a credential may do, be it nothing in telemetry."""
    return any(field == "scopes" for field, _ in credential.route_places)


def _holder(holder: Value, place: Place, identities: Identities, aws: Aws) -> Node | None:
    """Return the node that holds a credential: a role or user of AWS by its ARN, or anything by its node name."""
    arn: Value = holder
    if isinstance(holder, str):
        arn = holder.removeprefix("role:").removeprefix("user:")
    principal = aws.principal(arn)
    if principal is not None:
        return principal.node
    if isinstance(arn, str) and arn.startswith("arn:") and (":role/" in arn or ":user/" in arn):
        kind = "user" if ":user/" in arn else "role"
        return aws.add(kind, last_part(arn), arn, account_in(arn), place, None).node
    return identities.named(holder, place)


def _shown(value: Value) -> str:
    return value if isinstance(value, str) else key(value)
