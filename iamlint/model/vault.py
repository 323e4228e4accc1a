"""HashiCorp Vault: the roles as which workloads sign in, what these may read, and the AWS roles behind its secrets engine."""

from __future__ import annotations

from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value


class PathRule(NamedTuple):
    """A rule of a Vault policy: a path (`+` stands for one segment, `*` at the end for anything) and its capabilities."""

    path: str
    capabilities: frozenset[str]
    place: Place


class VaultRole(NamedTuple):
    """A role of an auth method. `bot` is its name in the graph (`vault/jwt/deploy`), `rules` those of all its policies together.

    `whole`: every policy of it is in the repository. `principals` are the AWS principals that may sign in as it, `people` the
    groups (`group`) and people (`user`) of an identity provider.
    """

    bot: Value
    rules: tuple[PathRule, ...]
    whole: bool
    principals: tuple[tuple[Value, Place], ...]
    place: Place
    unit: str
    people: tuple[tuple[str, Value, Place], ...] = ()


class VaultHolder(NamedTuple):
    """Somebody who has policies of Vault whichever role they sign in by.

    `kind` is `entity` or `group` for what Vault's identity store knows, `user` or `team` for a person or group of the identity
    provider behind an auth method, which `provider` names where the method tells. `aliases` are the accounts of an entity, or
    the outside group of a group: name, provider (empty: not known), place. `members` are ids of entities and groups.
    """

    kind: str
    name: Value
    provider: str
    ids: tuple[Value, ...]
    aliases: tuple[tuple[Value, str, Place], ...]
    members: tuple[tuple[Value, Place], ...]
    rules: tuple[PathRule, ...]
    whole: bool
    place: Place
    unit: str


class VaultAwsRole(NamedTuple):
    """A role of the AWS secrets engine: whoever may read one of `paths` gets a session of one of the AWS `roles`."""

    name: Value
    paths: tuple[str, ...]
    roles: tuple[tuple[Value, Place], ...]
    place: Place
    unit: str
