"""How identities sign in beside the groups: credentials and what rotates them, federated subjects, sign-on policies.

Apart from `identity.py`, which every run imports, so that a check of one policy does not pay for them.
"""

from __future__ import annotations

from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value


class FederatedCredential(NamedTuple):
    """A subject of an outside issuer that may sign in as a bot of the identity provider, without a secret.

    `bot` is the name of the bot that is signed in (`entra/deploy`); `issuer` and `subject` are what the token must say.
    """

    provider: str
    bot: Value
    issuer: Value
    subject: Value
    place: Place
    unit: str


class Credential(NamedTuple):
    """A credential that is no telemetry token: an API token, a client secret, a certificate. Its value is never kept.

    `kind` is `api-token`, `client-secret`, `certificate`, `signing-key` or `password`; `holder` names who signs in with it,
    `holder_kind` is `user` or `bot`. Dates are ISO texts. `places` are those of single fields (`created`, `expires`).
    `rotated_every` is the number of days after which something rotates it by itself.
    """

    provider: str
    name: Value
    kind: str
    holder: Value | None
    holder_kind: str
    place: Place
    unit: str
    created: str | None = None
    last_rotated: str | None = None
    expires: str | None = None
    active: bool = True
    rotated_every: int | None = None
    places: tuple[tuple[str, Place], ...] = ()
    expiry_known: bool = True  # False: it may end, on a day that the repository does not hold

    def field_place(self, field: str) -> Place:
        """Return the place of one field, or of the credential when the field was not written."""
        return dict(self.places).get(field, self.place)


class Rotation(NamedTuple):
    """Something rotates a stored secret by itself: `secret` is its ARN or name, `days` the time between two rotations."""

    secret: Value
    days: int | None
    place: Place
    unit: str


class RepositoryTeam(NamedTuple):
    """A team with a permission on a repository (`admin`, `maintain`, `push`, …); the repository with or without its owner."""

    repository: Value
    team: Value
    permission: str
    place: Place
    unit: str


class SignOnRule(NamedTuple):
    """A rule that lets people sign in to applications, or keeps them out.

    `applications` None: all of the provider. `groups` None: everybody; the excluded ones are left out of the rule. `narrowed`:
    it holds under further conditions (network, device, risk) only, or names single people. Rules of one `policy` are asked in
    the order of `priority` and the first that fits decides, where `ordered`; else any rule that keeps out does.
    """

    provider: str
    applications: tuple[Value, ...] | None
    policy: Value
    admits: bool
    groups: tuple[Value, ...] | None
    excluded: tuple[Value, ...]
    narrowed: bool
    spares_people: bool  # single people are left out of the rule
    ordered: bool
    priority: int
    place: Place
    unit: str
