"""IDP101 ghost-user."""

from collections.abc import Iterator

from iamlint.rulekit import (
    NOT_FEDERATING,
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Person,
    Place,
    RoleBinding,
    Severity,
    TelemetryCredential,
    Value,
    key,
    nearest,
    rule,
)

_PEOPLE = """
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    users:
      - {email: alice@acme.example, status: active}
      - {email: bob@acme.example, status: suspended}
      - {email: carol@acme.example, status: deprovisioned}
      - {email: dave@acme.example}
    """
_BINDING = """
    resource "lightstep_user_role_binding" "viewers" {{
      project = "checkout-prod"
      role    = "Project Viewer"
      users = [
        {user}
      ]
    }}
    """


def _estate(user: str) -> dict[str, str]:
    return {"access/people.access.yaml": _PEOPLE, "lightstep/bindings.tf": _BINDING.format(user=user)}


def _entra(enabled: str) -> dict[str, str]:
    lines = ('user_principal_name = "carol@acme.example"', 'display_name = "Carol"', f"account_enabled = {enabled}")
    return {"entra/main.tf": 'resource "azuread_user" "carol" {\n' + "\n".join(lines) + "\n}\n"}


@rule(
    id="IDP101",
    name="ghost-user",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["Lightstep docs: Manage users and roles", "AICPA Trust Services Criteria: CC6.2, CC6.3"],
    bad=[
        Example("a suspended user keeps a role", _estate('"Bob@acme.example", # <- IDP101')),
        Example("someone who left", _estate('"carol@acme.example", # <- IDP101')),
        Example("an address that the identity provider does not have", _estate('"alise@acme.example", # <- IDP101')),
        Example("a credential held by someone who left", {"access/people.access.yaml": _PEOPLE, "access/keys.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: lightstep
            credentials:
              - name: dashboards
                kind: api-key
                project: checkout-prod
                role: Project Viewer
                held_by:
                  - user:carol@acme.example  # <- IDP101
            """}),
        Example("an account that Entra has switched off", {**_entra("false"), "lightstep/bindings.tf": _BINDING.format(
            user='"carol@acme.example", # <- IDP101')}),
    ],
    good=[
        Example("an account of Entra", {**_entra("true"), "lightstep/bindings.tf": _BINDING.format(user='"carol@acme.example",')}),
        Example("GitHub's accounts are no identity provider", {
            "github/main.tf": 'resource "github_membership" "alice" { username = "alice" }',
            "lightstep/bindings.tf": _BINDING.format(user='"carol@acme.example",')}),
        Example("an active user, in other letters", _estate('"ALICE@acme.example",')),
        Example("a user whose state the files do not hold", _estate('"dave@acme.example",')),
        Example("the identity provider's users are not in the repository", {
            "lightstep/bindings.tf": _BINDING.format(user='"carol@acme.example",')}),
    ],
)  # fmt: skip
def ghost_user(graph: AccessGraph) -> Iterator[Finding]:
    """A user who holds a role or credential is unknown to the identity provider, suspended or deprovisioned.

    A binding by hand is not undone when somebody leaves: users with a password bypass the identity provider, and an address
    that is given to somebody new brings the old role with it.

    ## What to do instead

    Take the user out of the binding, rotate the credential, and give roles by groups, which end when the person leaves.

    ## What this rule does not see

    Users of an identity provider of which the repository declares no users at all.
    """
    bound = list(_bound(graph))
    people: dict[str, list[Person]] = {}
    for person in graph.estate.all(Person) if bound else ():
        if person.provider not in NOT_FEDERATING:
            for name in (person.email, *person.ids):
                people.setdefault(_folded(name), []).append(person)
    everybody = [person for same in people.values() for person in same]
    # A user whose address is not in the files may be anyone of those that seem to be missing.
    known_only = not any(person.declared for person in everybody) or not all(
        isinstance(person.email, str) for person in everybody
    )
    for user, place, words in bound:
        same = people.get(_folded(user))
        if same is None:
            if not known_only and isinstance(user, str) and "@" in user:
                near = nearest(_folded(user), [email for email in people if "@" in email], cutoff=0.85)
                yield Finding(
                    f"`{user}` {words}, but the identity provider has no such user",
                    at=place,
                    help=f"did you mean `{near}`?" if near else "take the user out, or declare who it is",
                    subject=f"user:{_folded(user)}",
                )
        elif all(person.status in ("suspended", "deprovisioned") for person in same):
            yield Finding(
                f"`{key(user)}` {words}, but is {key(same[0].status)} in the identity provider",
                at=place,
                because=[(person.place, f"{key(person.status)} in `{person.provider}`") for person in same],
                help="take the user out" if "role" in words else "rotate the credential and take the user out",
                subject=f"user:{_folded(user)}",
            )


def _bound(graph: AccessGraph) -> Iterator[tuple[Value, Place, str]]:
    for binding in graph.estate.all(RoleBinding):
        for user, place in binding.users:
            yield user, place, f"holds the role `{key(binding.grant.text)}`"
    for credential in graph.estate.all(TelemetryCredential):
        for holder, place in credential.holders:
            if isinstance(holder, str) and holder.startswith("user:") and "@" in holder:
                yield holder.removeprefix("user:"), place, f"holds the credential `{key(credential.name)}`"


def _folded(name: Value) -> str:
    return key(name).strip().casefold()
