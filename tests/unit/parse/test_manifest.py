"""The manifest of cli.md: what each kind declares, and what it says of a document that does not fit."""

from __future__ import annotations

import pytest
from unit.parse.texts import items, parse, problems

from iamlint.model.aws import Account
from iamlint.model.estate import Facts
from iamlint.model.identity import Bot, Group, Membership, Person, Team
from iamlint.model.telemetry import INGEST, READ, RoleBinding, ScopeMapping, TelemetryCredential, TelemetryProject
from iamlint.parse.manifest import is_manifest, parse_manifest
from iamlint.source.value import Unknown

CONTRACT = """
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects:
  - {name: checkout-prod, environment: prod, owner: checkout}
mappings:                          # the meaning of lightstep_saml_group_mappings
  - {attribute: member_of, value: eng-checkout, organization_role: Organization Restricted Member,
     project_roles: {checkout-prod: Project Viewer}}
bindings:                          # the meaning of lightstep_user_role_binding
  - {role: Organization Admin, users: [alice@acme.example], break_glass: "on-call leads"}
credentials:
  - name: checkout-ci
    kind: api-key                  # access-token | api-key | satellite-key | scim-key
    project: checkout-prod         # or organization: true
    role: Project Editor           # api-key only
    use: deploy-markers            # ingest | deploy-markers | dashboards-as-code | provisioning | query
    held_by: ["bot:github/acme/checkout:environment:prod"]
    stored_in: ["arn:aws:secretsmanager:eu-west-1:333333333333:secret:lightstep/checkout-prod"]
    created: 2026-08-01
    last_rotated: 2026-10-01
    expires: 2027-08-01
---
apiVersion: iamlint/v1
kind: Identities
provider: okta
users: [{email: alice@acme.example, status: active, groups: [eng-checkout]}]
groups: [{name: eng-checkout, team: checkout, environment: null, members: [alice@acme.example], groups: [eng-checkout-leads]}]
bots: [{name: "github/acme/checkout:environment:prod", team: checkout, environment: prod}]
agents: [{name: trace-copilot, team: platform, acts_for: ["group:okta/eng-checkout"], groups: [copilots]}]
---
apiVersion: iamlint/v1
kind: Accounts
accounts: [{id: "333333333333", name: checkout-prod, environment: prod, team: checkout}]
---
apiVersion: iamlint/v1
kind: Teams
teams: [{name: checkout, groups: [eng-checkout], projects: ["checkout-*"], platform: false,
         grants: [{group: sre, project: checkout-prod, reason: "on call", until: 2026-12-31}]}]
---
apiVersion: iamlint/v1
kind: AccessTest
given: {environment: prod}         # context, optional
tests:
  - name: checkout engineers read their own traces
    as: group:okta/eng-checkout
    can: [{do: telemetry:read, on: project:lightstep/checkout-prod}]
    cannot: [{do: telemetry:read, on: "project:lightstep/payments-*"}, {do: "s3:*", on: "arn:aws:s3:::payments-*"}]
  - name: exactly these may administer production telemetry
    who_can: {do: telemetry:administer, on: project:lightstep/checkout-prod}
    exactly: [user:alice@acme.example]
  - name: dev and prod share nothing
    disjoint: [env:dev, env:prod]
"""


def read(text: str) -> Facts:
    return parse(parse_manifest, text, "acme.access.yaml")


@pytest.fixture(scope="module")
def contract() -> Facts:
    return read(CONTRACT)


class TestTheContract:
    def test_it_fits(self, contract: Facts) -> None:
        assert problems(contract) == []
        assert contract.unresolved == []
        assert contract.resolved == len(contract.items) == 13

    def test_a_project_has_its_labels_and_the_place_of_its_name(self, contract: Facts) -> None:
        (project,) = items(contract, TelemetryProject)
        assert project[:2] == ("lightstep", "checkout-prod")
        assert (project.environment, project.owner, project.organization) == ("prod", "checkout", "acme")
        assert project.declared
        assert project.place.route == ("projects", 0, "name")

    def test_a_mapping_grants_one_role_a_scope(self, contract: Facts) -> None:
        (mapping,) = items(contract, ScopeMapping)
        assert (mapping.attribute, mapping.value, mapping.organization) == ("member_of", "eng-checkout", "acme")
        organization, project = mapping.grants
        assert (organization.text, organization.project) == ("Organization Restricted Member", None)
        assert organization.role is not None
        assert organization.role.capabilities == frozenset()
        assert (project.text, project.project) == ("Project Viewer", "checkout-prod")
        assert project.place.route == ("mappings", 0, "project_roles", "checkout-prod")
        assert project.project_place == project.place._replace(part="key")
        assert mapping.value_place is not None
        assert mapping.value_place.route == ("mappings", 0, "value")

    def test_a_binding_keeps_its_reason_and_each_users_place(self, contract: Facts) -> None:
        (binding,) = items(contract, RoleBinding)
        assert (binding.grant.text, binding.grant.project) == ("Organization Admin", None)
        assert binding.break_glass == "on-call leads"
        assert [(email, at.route) for email, at in binding.users] == [("alice@acme.example", ("bindings", 0, "users", 0))]

    def test_a_credential_keeps_kind_scope_holders_and_dates(self, contract: Facts) -> None:
        (credential,) = items(contract, TelemetryCredential)
        assert (credential.name, credential.kind, credential.project, credential.use) == (
            "checkout-ci", "api-key", "checkout-prod", "deploy-markers",
        )  # fmt: skip
        assert (credential.created, credential.last_rotated, credential.expires) == ("2026-08-01", "2026-10-01", "2027-08-01")
        assert credential.role is not None
        assert credential.role.role is not None
        assert credential.role.project == "checkout-prod"
        assert credential.capabilities == credential.role.role.capabilities
        assert [text for text, _ in credential.holders] == ["bot:github/acme/checkout:environment:prod"]
        assert [at.route for _, at in credential.stored_in] == [("credentials", 0, "stored_in", 0)]
        assert credential.field_place("use").route == ("credentials", 0, "use")
        assert credential.field_place("team") == credential.place

    def test_identities_are_people_groups_memberships_and_bots(self, contract: Facts) -> None:
        (person,) = items(contract, Person)
        assert (person.provider, person.email, person.status) == ("okta", "alice@acme.example", "active")
        (group,) = items(contract, Group)
        assert (group.provider, group.name, group.team, group.environment) == ("okta", "eng-checkout", "checkout", None)
        assert [(m.group, m.member, m.member_kind, m.exclusive) for m in items(contract, Membership)] == [
            ("eng-checkout", "alice@acme.example", "user", False),
            ("eng-checkout", "alice@acme.example", "user", False),
            ("eng-checkout", "eng-checkout-leads", "group", False),
        ]
        bot, agent = items(contract, Bot)
        assert (bot.name, bot.kind, bot.team, bot.environment) == (
            "github/acme/checkout:environment:prod", "bot", "checkout", "prod",
        )  # fmt: skip
        assert (agent.name, agent.kind, agent.acts_for, agent.groups) == (
            "trace-copilot", "agent", ("group:okta/eng-checkout",), ("copilots",),
        )  # fmt: skip

    def test_accounts_and_teams(self, contract: Facts) -> None:
        (account,) = items(contract, Account)
        assert account[:4] == ("333333333333", "checkout-prod", "prod", "checkout")
        assert account.place.document == 2
        (team,) = items(contract, Team)
        assert (team.name, team.groups, team.projects, team.platform) == ("checkout", ("eng-checkout",), ("checkout-*",), False)
        assert [grant[:4] for grant in team.grants] == [("sre", "checkout-prod", "on call", "2026-12-31")]


def test_account_ids_and_dates_stay_text_without_quotes() -> None:
    facts = read("""
        apiVersion: iamlint/v1
        kind: Accounts
        accounts: [{id: 012345670123}]
    """)
    assert problems(facts) == []
    assert [account.id for account in items(facts, Account)] == ["012345670123"]


def test_a_token_without_a_project_has_an_unknown_scope_and_says_so() -> None:
    facts = read("""
        apiVersion: iamlint/v1
        kind: Telemetry
        vendor: lightstep
        credentials:
          - {name: somewhere, kind: access-token}
          - {name: all, kind: api-key, organization: true, role: Organization Viewer}
          - {name: by-role, kind: api-key, role: Organization Viewer}
          - {name: by-custom-role, kind: api-key, role: Project viewer in a b}
          - {name: satellite, kind: satellite-key}
    """)
    somewhere, everywhere, by_role, by_custom_role, satellite = items(facts, TelemetryCredential)
    assert isinstance(somewhere.project, Unknown)
    assert somewhere.capabilities == {INGEST}
    assert [(unresolved.reason, unresolved.at.route) for unresolved in facts.unresolved] == [
        ("nothing says to which project the credential `somewhere` belongs", ("credentials", 0, "name")),
    ]
    assert (everywhere.project, everywhere.capabilities) == (None, {READ})
    assert by_role.project is None
    assert by_custom_role.project == "a b"
    assert (satellite.project, satellite.capabilities) == (None, {INGEST})
    assert problems(facts) == []


def test_another_vendors_roles_are_not_judged() -> None:
    facts = read("""
        apiVersion: iamlint/v1
        kind: Telemetry
        vendor: newrelic
        mappings: [{attribute: groups, value: sre, organization_role: Editor}]
    """)
    assert [grant.role for mapping in items(facts, ScopeMapping) for grant in mapping.grants] == [None]
    assert [unresolved.reason for unresolved in facts.unresolved] == ["the roles of the vendor `newrelic` are not known"]


@pytest.mark.parametrize("vendor", ["Lightstep", "lightsteps", "data-dog"])
def test_a_mistyped_vendor_is_a_problem(vendor: str) -> None:
    facts = read(f"apiVersion: iamlint/v1\nkind: Telemetry\nvendor: {vendor}\norganization: acme\n")
    (problem,) = facts.problems
    assert (problem.id, problem.message) == ("IL003", f"the roles of the vendor `{vendor}` are not known")
    assert problem.help in ("did you mean `lightstep`?", "did you mean `datadog`?")


def test_a_user_without_status_has_an_unknown_one() -> None:
    facts = read("{apiVersion: iamlint/v1, kind: Identities, provider: okta, users: [{email: Bo@acme.example}]}")
    (person,) = items(facts, Person)
    assert isinstance(person.status, Unknown)
    assert person.email == "Bo@acme.example"


HEAD = "apiVersion: iamlint/v1\nkind: Telemetry\nvendor: lightstep\n"

WRONG = [
    (
        HEAD + "projcts: []",
        [("IL003", "unknown field `projcts`", "did you mean `projects`?", "projcts!")],
    ),
    (
        HEAD + "projects: [{name: a, enviroment: prod}]",
        [("IL003", "unknown field `enviroment` in entry 1 of `projects`", "did you mean `environment`?", "projects.0.enviroment!")],
    ),
    (
        HEAD + "projects: [{name: a, qqq: prod}]",
        [(
            "IL003", "unknown field `qqq` in entry 1 of `projects`", "known fields: `name`, `environment`, `owner`, `replaces`, `restricted`, `roles`", "projects.0.qqq!",
        )],
    ),
    (
        HEAD + "projects: [{environment: prod}]",
        [("IL003", "entry 1 of `projects` has no `name`", "", "projects.0")],
    ),
    (
        HEAD + "projects: {name: a}",
        [("IL003", "`projects` must be a list, not a mapping", "", "projects")],
    ),
    (
        HEAD + "projects: [a]",
        [("IL003", "entry 1 of `projects` must be a mapping, not text", "", "projects.0")],
    ),
    (
        HEAD + "projects: [{name: [a]}]",
        [("IL003", "`name` must be text, not a list", "", "projects.0.name")],
    ),
    (
        HEAD + "projects: [{name: ''}]",
        [("IL003", "`name` must not be empty", "", "projects.0.name")],
    ),
    (
        HEAD + "projects: [{name: }]",
        [("IL003", "`name` must be text, not empty", "", "projects.0.name")],
    ),
    (
        HEAD + "credentials: [{name: a, kind: apikey, organization: true}]",
        [(
            "IL003",
            (
                "`kind` must be one of `access-token`, `api-key`, `satellite-key`, `scim-key`, `application-key`, "
                "`client-token`, `service-account-token`, `access-policy-token`, `ingest-key`, `configuration-key`, "
                "`management-key`, not `apikey`"
            ),
            "did you mean `api-key`?", "credentials.0.kind",
        )],
    ),
    (
        HEAD + "credentials: [{name: a, kind: access-token, project: p, created: 2026-02-30}]",
        [("IL003", "`created` must be a date such as `2026-08-31`, not `2026-02-30`", "", "credentials.0.created")],
    ),
    (
        HEAD + "credentials: [{name: a, kind: access-token, project: p, organization: true}]",
        [("IL003", "`project` and `organization: true` contradict each other", "", "credentials.0.project!")],
    ),
    (
        HEAD + "credentials: [{name: a, kind: access-token, project: p, role: Project Viewer}]",
        [(
            "IL003", "`role` belongs to an API key; what a credential of kind `access-token` may do follows from its kind",
            "", "credentials.0.role!",
        )],
    ),
    (
        "apiVersion: iamlint/v1\nkind: Accounts\naccounts: [{id: '12345'}]",
        [("IL003", "`id` must be an account id of twelve digits, not `12345`", "", "accounts.0.id")],
    ),
    (
        "apiVersion: iamlint/v1\nkind: Teams\nteams: [{name: a, platform: yes please}]",
        [("IL003", "`platform` must be `true` or `false`, not text", "", "teams.0.platform")],
    ),
    (
        "apiVersion: iamlint/v1\nkind: Identites",
        [("IL005", "unknown kind `Identites`", "did you mean `Identities`?", "kind")],
    ),
    (
        "apiVersion: iamlint/v1\nkind: Zzz",
        [(
            "IL005", "unknown kind `Zzz`", "known kinds: `Telemetry`, `Identities`, `Accounts`, `Teams`, `AccessTest`, `Rule`", "kind",
        )],
    ),
    (
        "apiVersion: iamlint/v1\nprojects: []",
        [("IL003", "the document has no `kind`", "", "")],
    ),
    (
        "apiVersion: iamlint/v2\nkind: Teams\nteams: [{name: a}]",
        [("IL003", "`apiVersion` must be `iamlint/v1`, not `iamlint/v2`", "", "apiVersion")],
    ),
    (
        "kind: Teams",
        [("IL003", "the document has no `apiVersion`", "", "")],
    ),
    (
        "- a",
        [("IL003", "a manifest must be a mapping with `apiVersion` and `kind`", "", "")],
    ),
    (
        "apiVersion: iamlint/v1\nkind: AccessTest\ntests: [{name: a, as: b, can: [{do: c}]}, {name: d, disjoint: [env:dev]}]",
        [
            ("IL003", "entry 1 of `can` has no `on`", "", "tests.0.can.0"),
            ("IL003", "`disjoint` must have at least 2 entries", "", "tests.1.disjoint"),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WRONG, ids=[str(index) for index in range(len(WRONG))])
def test_what_does_not_fit_is_said_in_the_words_of_the_manifest(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert problems(read(text)) == expected


def test_one_bad_entry_does_not_lose_its_neighbors() -> None:
    facts = read(HEAD + "projects: [{name: a}, 7, {nam: b}, {name: c, environment: [x]}]\nbindings: [{role: x}, {users: []}]")
    assert [project.name for project in items(facts, TelemetryProject)] == ["a", "c"]
    assert [binding.grant.text for binding in items(facts, RoleBinding)] == ["x"]
    assert len(facts.problems) == 6


def test_a_grant_whose_end_cannot_be_read_is_no_grant() -> None:
    facts = read("""
        apiVersion: iamlint/v1
        kind: Teams
        teams: [{name: a, grants: [{group: g, project: p, reason: r, until: someday}, {group: g, project: q, reason: r}]}]
    """)
    assert [grant.project for team in items(facts, Team) for grant in team.grants] == ["q"]
    assert [problem.id for problem in facts.problems] == ["IL003"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"apiVersion": "iamlint/v1"}, True),
        ({"apiVersion": "iamlint/v9", "kind": "X"}, True),
        ({"apiVersion": "v1", "kind": "ConfigMap"}, False),
        ({"apiVersion": "iamlinter/v1"}, False),
        ({"apiVersion": ["iamlint/v1"]}, False),
        ({}, False),
        ([], False),
        (None, False),
    ],
)
def test_a_manifest_is_known_by_its_api_version(value: object, expected: bool) -> None:
    assert is_manifest(value) == expected
