"""TEL111 telemetry-visible-to-outsiders."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import (
    PUBLIC_MAILBOXES,
    READ,
    AccessGraph,
    Certainty,
    Confidence,
    EdgeKind,
    Example,
    Finding,
    Node,
    NodeKind,
    Person,
    PublicLink,
    RoleBinding,
    Severity,
    domain_of,
    is_of_company,
    key,
    path_because,
    rule,
)  # fmt: skip

_PEOPLE = """
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    users: [{email: alice@acme.example}, {email: bob@emea.acme.example}]
    """
_PUBLIC = """
    resource "grafana_dashboard_public" "checkout" {{
      dashboard_uid = "checkout"
      is_enabled    = {enabled}
    }}
    """
_BINDING = """
    resource "lightstep_user_role_binding" "viewers" {{
      project = "checkout-prod"
      role    = "{role}"
      users = [
        {user}
      ]
    }}
    """


def _bound(user: str, role: str = "Project Viewer", people: bool = True) -> dict[str, str]:
    files = {"lightstep/bindings.tf": _BINDING.format(user=user, role=role)}
    return {**files, "access/people.access.yaml": _PEOPLE} if people else files


_KEY = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    organization: acme
    projects: [{{name: checkout-prod}}]
    credentials:
      - name: viewer
        kind: {kind}
        project: checkout-prod
        stored_in: ["arn:aws:secretsmanager:eu-west-1:333333333333:secret:viewer"]
    """
_STORED = """
    provider "aws" {{
      region              = "eu-west-1"
      allowed_account_ids = ["333333333333"]
    }}
    resource "aws_secretsmanager_secret" "viewer" {{
      name = "viewer"
    }}
    resource "aws_secretsmanager_secret_policy" "viewer" {{
      secret_arn = aws_secretsmanager_secret.viewer.arn
      policy = jsonencode({{
        Version = "2012-10-17"
        Statement = [{{
          Effect    = "Allow"
          Action    = "secretsmanager:GetSecretValue"
          Resource  = "*"
          Principal = {{ AWS = "{who}" }}{mark}
        }}]
      }})
    }}
    """


def _secret(who: str, mark: str = "", kind: str = "api-key\n        role: Project Viewer") -> dict[str, str]:
    return {"access/keys.access.yaml": _KEY.format(kind=kind), "infra/main.tf": _STORED.format(who=who, mark=mark)}


@rule(
    id="TEL111",
    name="telemetry-visible-to-outsiders",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["Lightstep docs: Set up SSO", "Lightstep docs: Manage users and roles"],
    bad=[
        Example("a user of another domain", _bound('"eve@partner.example", # <- TEL111')),
        Example("a private mailbox, where the people are not in the repository", _bound('"eve@gmail.com", # <- TEL111', people=False)),
        Example("a public dashboard of Grafana", {"grafana/main.tf": _PUBLIC.format(enabled="true # <- TEL111")}),
        Example("anybody may read the secret that holds a viewer's key", _secret("*", " # <- TEL111")),
    ],
    good=[
        Example("a user of the identity provider's domain", _bound('"carol@acme.example",')),
        Example("a user of a domain below it", _bound('"carol@apac.acme.example",')),
        Example("a domain that may be the company's: the people are not in the repository", _bound('"eve@partner.example",', people=False)),
        Example("a role that reads nothing", _bound('"eve@partner.example",', "Organization Restricted Member")),
        Example("a public dashboard that is switched off", {"grafana/main.tf": _PUBLIC.format(enabled="false")}),
        Example("an access token writes spans and reads none", _secret("*", kind="access-token")),
    ],
)  # fmt: skip
def telemetry_visible_to_outsiders(graph: AccessGraph) -> Iterator[Finding]:
    """People outside the identity provider can read a project's traces.

    Users with a password bypass single sign-on: nobody asks them for a second factor, and nobody notices when they leave.
    Traces hold what customers did.

    ## What to do instead

    Give guests an account in the identity provider, and access by a group; or share a single snapshot.

    ## What this rule does not see

    Snapshots, and dashboards shared by a link elsewhere than in `grafana_dashboard_public`. Where the repository holds no people of the identity provider, only the
    mailboxes of public providers are known to be outside.
    """
    own = {
        domain_of(person.email) for person in graph.estate.all(Person)
        if isinstance(person.email, str) and person.provider not in ("identity-center", "aws")
    } - {""}  # fmt: skip
    complete = all(isinstance(person.email, str) for person in graph.estate.all(Person))
    for binding in graph.estate.all(RoleBinding):
        role = binding.grant.role
        if role is None or READ not in role.capabilities:
            continue
        for user, place in binding.users:
            domain = domain_of(user) if isinstance(user, str) else ""
            outside = domain in PUBLIC_MAILBOXES if not own or not complete else bool(domain) and not is_of_company(domain, own)
            if outside and domain not in own:
                where = f"`{key(binding.grant.project)}`" if binding.grant.project is not None else "every project"
                yield Finding(
                    f"`{key(user)}` reads {where}, and `{domain}` is outside the identity provider",
                    at=place,
                    because=[(binding.grant.place, f"bound to `{role.name}` by hand")],
                    help="give them an account in the identity provider and access by a group, or take them out",
                    subject=f"user:{key(user).casefold()}",
                )
    for link in graph.estate.all(PublicLink):
        yield Finding(
            f"anybody who has the link sees the {link.what} `{key(link.name)}`",
            at=link.place,
            help="show it to people who sign in",
            subject=f"{link.vendor} {link.what} {key(link.name)}",
        )
    for node in graph.nodes(NodeKind.USER):
        if node.id == "user:*":
            yield from _anybody(graph, node)


def _anybody(graph: AccessGraph, anybody: Node) -> Iterator[Finding]:
    """Yield the ways by which anybody with an AWS account reads a project."""
    for edge in graph.out_edges(anybody, EdgeKind.MAY_READ_SECRET):
        if edge.target.kind is not NodeKind.CREDENTIAL or edge.certainty is Certainty.UNKNOWN or edge.place is None:
            continue
        for scope in graph.out_edges(edge.target, EdgeKind.SCOPED_TO):
            if READ in scope.capabilities and scope.certainty is not Certainty.UNKNOWN:
                yield Finding(
                    f"anybody with an AWS account reads `{scope.target.name}`, by the credential `{edge.target.name}`",
                    at=edge.place,
                    because=path_because((edge, scope)),
                    help="name the roles that need the secret, and make a new credential",
                    subject=f"user:* {scope.target.id}",
                )
