"""Access files of one's own, read by the expressions of the configuration."""

from __future__ import annotations

import json

import pytest
from graphs import edges_to, graph_of, reached

from iamlint.errors import ConfigError
from iamlint.graph.elements import EdgeKind
from iamlint.model.identity import Administration, Group, Membership, Person
from iamlint.model.sign_in import Credential
from iamlint.project.config import parse_config
from iamlint.project.memory import memory_session
from iamlint.source.locate import locate

CONFIG = """
inputs:
  access-files:
    - path: access/people.yaml
      provider: okta
      users:
        - each: people
          email: mail
          status: state
          groups: teams[].name
          profile: {department: unit}
      groups:
        - {each: groups, name: name, team: owner, members: members}
    - path: environments/*.json
      provider: entra
      assignments:
        - each: [environments, access]
          account: join('-', [_file.stem, _parent.name])
          group: sso_group_name
          permission-set: level
accounts:
  - {id: "111111111111", name: shop-prod}
"""
PEOPLE = """\
people:
  - mail: alice@acme.example
    state: enabled
    unit: Checkout
    teams:
      - {name: eng-checkout}
  - mail: bob@acme.example
    state: left
    teams: [{name: eng-checkout}]
groups:
  - name: eng-checkout
    owner: checkout
  - name: sre
    members: [carol@acme.example, eng-checkout]
"""
ENVIRONMENTS = json.dumps(
    {
        "account-type": "member",
        "environments": [
            {"name": "prod", "access": [{"sso_group_name": "eng-shop", "level": "developer"}]},
            {"name": "dev", "access": [{"sso_group_name": "eng-shop", "level": "sandbox"}]},
        ],
    },
    indent=2,
)
FILES = {"iamlint.yaml": CONFIG, "access/people.yaml": PEOPLE, "environments/shop.json": ENVIRONMENTS}


def test_people_and_groups_by_expressions() -> None:
    graph = graph_of(FILES)
    assert edges_to(graph, "group:okta/eng-checkout", EdgeKind.MEMBER_OF) == ["user:alice@acme.example"]  # the other one left
    assert edges_to(graph, "group:okta/sre", EdgeKind.MEMBER_OF) == ["group:okta/eng-checkout", "user:carol@acme.example"]
    alice = graph.estate.all(Person)[0]
    assert (alice.status, alice.profile) == ("active", {"department": "Checkout"})
    assert graph.estate.all(Group)[0].team == "checkout"


def test_every_place_is_exact() -> None:
    estate = memory_session(FILES).estate
    membership = next(one for one in estate.all(Membership) if one.member == "alice@acme.example")
    span = locate(membership.place, PEOPLE.encode())
    assert (span.line, span.column, span.end_column) == (6, 16, 28)
    person = estate.all(Person)[1]
    assert locate(person.place, PEOPLE.encode())[:2] == (7, 11)


def test_an_assignment_finds_account_group_and_permission_set() -> None:
    sso = """
    resource "aws_ssoadmin_permission_set" "developer" {
      instance_arn = "arn:aws:sso:::instance/ssoins-1"
      name         = "developer"
    }
    resource "aws_ssoadmin_permission_set_inline_policy" "developer" {
      instance_arn       = "arn:aws:sso:::instance/ssoins-1"
      permission_set_arn = aws_ssoadmin_permission_set.developer.arn
      inline_policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
    }
    """
    graph = graph_of({**FILES, "sso/main.tf": sso})
    edges = list(graph.edges(EdgeKind.ASSIGNED_TO))
    assert [(edge.source.id, edge.place.path, edge.place.route) for edge in edges if "developer" in edge.target.id] == [
        ("group:identity-center/eng-shop", "environments/shop.json", ("environments", 0, "access", 0, "sso_group_name"))
    ]
    role = next(edge.target for edge in edges if "developer" in edge.target.id)
    assert "::111111111111:role/aws-reserved" in role.id
    assert reached(graph, "group:identity-center/eng-shop")[role.id] == "certain"
    lines = [line.reason for line in graph.estate.unresolved()]
    assert "what the permission set `developer` permits is in no file" not in lines
    assert "what the permission set `sandbox` permits is in no file" in lines


def test_everything_else_that_may_be_declared() -> None:
    config = """
    inputs:
      access-files:
        - path: grants.json
          provider: keycloak
          vendor: lightstep
          members: [{each: "groups[]", group: name, member: who, kind: "'user'"}]
          bots: [{each: robots, name: name, groups: in}]
          teams: [{each: teams, name: _value}]
          mappings: [{each: groups, attribute: "'member_of'", value: name, organization-role: "'Organization Restricted Member'", project: sees, role: "'Project Viewer'"}]
          bindings: [{each: admins, user: _value, organization-role: "'Organization Admin'"}]
          administrators: [{each: groups, holder: boss, groups: name, kind: "'user'"}]
          credentials: [{each: robots, name: "join(': ', [name, 'key'])", created: made, holder: name}]
    """
    grants = {
        "groups": [
            {"name": "eng", "who": ["a@acme.example", "b@acme.example"], "boss": "c@acme.example", "sees": ["x-prod", "x-dev"]}
        ],
        "robots": [{"name": "sync", "in": ["eng"], "made": "2026-01-02T03:04:05Z"}],
        "teams": ["shop"],
        "admins": ["root@acme.example"],
    }
    graph = graph_of({"iamlint.yaml": config, "grants.json": json.dumps(grants)})
    assert reached(graph, "user:a@acme.example")["project:lightstep/x-prod"] == "assumed"
    assert "project:lightstep/x-dev" in reached(graph, "bot:sync")
    assert edges_to(graph, "group:keycloak/eng", EdgeKind.MAY_ADMINISTER) == ["user:c@acme.example"]
    (token,) = graph.estate.all(Credential)
    assert (token.name, token.created, token.place.route) == ("sync: key", "2026-01-02", ("robots", 0))
    assert token.field_place("created").route == ("robots", 0, "made")
    assert len(graph.estate.all(Administration)) == 1


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("users: [{each: peeple, email: mail}]", "`peeple` finds none of the configured `users` in the file"),
        ("users: [{each: people, email: mial}]",
         "`mial` gives no text for the `email` of this entry of `users`: did you mean `mail`?"),
        ("groups: [{each: groups, name: owner}]", "`owner` gives no text for the `name` of this entry of `groups`"),
    ],
)  # fmt: skip
def test_what_finds_nothing_is_told(section: str, told: str) -> None:
    config = f"inputs: {{access-files: [{{path: access/people.yaml, {section}}}]}}"
    lines = [line.reason for line in memory_session({"iamlint.yaml": config, "access/people.yaml": PEOPLE}).estate.unresolved()]
    assert told in lines


def test_an_expression_that_cannot_be_applied_is_a_problem_at_its_element() -> None:
    config = "inputs: {access-files: [{path: access/people.yaml, groups: [{each: groups, name: 'keys(name)'}]}]}"
    report = memory_session({"iamlint.yaml": config, "access/people.yaml": PEOPLE}).check()
    found = [(made.rule, made.path, made.span.line) for made in report.diagnostics if made.rule == "IL003"]
    assert found == [("IL003", "access/people.yaml", 11), ("IL003", "access/people.yaml", 13)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("users: [{each: people, email: 'a[', status: b}]", "iamlint.yaml:1:70: `a[` is no JMESPath expression"),
        ("users: [{each: people, mail: a}]", "is `mail` meant to be it?"),
        ("users: [{each: people}]", "email"),
        ("people: [{each: people}]", "access-files"),
    ],
)
def test_a_wrong_configuration_is_refused_where_it_is_wrong(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_config(f"inputs: {{access-files: [{{path: a.yaml, {text}}}]}}".encode(), "iamlint.yaml")
    assert told in f"{raised.value} {raised.value.help}"


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "a: &a [*a]", "{", "- 1\n- x", '{"people": 3}', "people: [[[[]]]]", "people: {a: b}"]
)
def test_hostile_files_give_no_traceback(text: str) -> None:
    assert memory_session({**FILES, "access/people.yaml": text}).check() is not None
