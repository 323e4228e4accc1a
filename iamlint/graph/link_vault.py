"""Vault into the graph: who signs in as which role, what a role may read there, and which AWS roles it gets from the engine."""

from __future__ import annotations

import re

from iamlint.graph.aws_index import Aws
from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import Certainty, EdgeKind, Node
from iamlint.graph.link_identity import Identities
from iamlint.model.estate import Estate
from iamlint.model.telemetry import TelemetryCredential
from iamlint.model.vault import PathRule, VaultAwsRole, VaultHolder, VaultRole
from iamlint.source.place import Place
from iamlint.source.regex import regex
from iamlint.source.value import Value, key

STORED = "vault:"
"""How `stored_in` of a credential says that it is a path of Vault."""


def link_vault(estate: Estate, builder: GraphBuilder, identities: Identities, aws: Aws) -> None:
    """Add the edges from the roles of Vault and from who has policies there, and to the roles from who signs in."""
    permits = _Permits(estate, builder, aws)
    for role in estate.all(VaultRole):
        bot = identities.bot(role.bot) or identities.add_bot(role.bot, role.place, None)
        for arn, place in role.principals:
            principal = aws.principal(arn)
            if principal is not None:
                builder.edge(principal.node, bot, EdgeKind.MAY_ASSUME, f"signs in to Vault as `{bot.name}`", place)
            else:
                builder.unknown(f"`{key(arn)}`, which signs in to Vault as `{bot.name}`, is not in the repository", place)
        permits.add(bot, role)
        for kind, name, place in role.people:
            person = outsider(kind, name, "", place, builder, identities)
            if person is not None:
                builder.edge(person, bot, EdgeKind.MAY_ASSUME, f"signs in to Vault as `{bot.name}`", place)
    holders = estate.all(VaultHolder)
    if holders:
        from iamlint.graph.link_vault_people import link_holders

        link_holders(holders, builder, identities, permits.add)


def outsider(kind: str, name: Value, provider: str, place: Place, builder: GraphBuilder, identities: Identities) -> Node | None:
    """Return the person (`user`) or group of an identity provider that Vault names; where nobody is called so, say it."""
    known = provider or None
    if kind == "user":
        found = identities.person(name, known)
        if found is None and isinstance(name, str) and "@" in name:
            found = identities.add_person(name, place, None)
    else:
        found = identities.group(name, known)
        if found is None and provider and isinstance(name, str):
            found = identities.add_group(provider, name, place, None)
    if found is None:
        builder.unknown(f"`{key(name)}`, which has access in Vault, is not in the repository", place)
    return found


class _Permits:
    """Adds what rules of Vault let somebody read: credentials that are stored there, and sessions of roles of AWS."""

    def __init__(self, estate: Estate, builder: GraphBuilder, aws: Aws) -> None:
        self._builder = builder
        self._aws = aws
        self._engine = estate.all(VaultAwsRole)
        self._stored: dict[str, list[Node]] = {}
        for credential in estate.all(TelemetryCredential):
            node = builder.nodes[f"token:{credential.vendor}/{key(credential.name)}"]
            for where, _ in credential.stored_in:
                if key(where).startswith(STORED):
                    self._stored.setdefault(key(where).removeprefix(STORED).strip("/"), []).append(node)

    def add(self, node: Node, held: VaultRole | VaultHolder) -> None:
        """Add the edges from a node that has the rules."""
        certainty, assumed = Certainty.CERTAIN, tuple[str, ...]()
        if not held.whole:
            certainty, assumed = Certainty.ASSUMED, ("other policies of the role in Vault",)
        for path, tokens in self._stored.items():
            rule = readable(held.rules, path)
            for token in tokens if rule is not None else ():
                place = rule.place if rule is not None else held.place
                self._builder.edge(node, token, EdgeKind.MAY_READ_SECRET, f"may read `{path}` in Vault", place,
                                   certainty=certainty, assumed=assumed)  # fmt: skip
            filled = filled_in(held.rules, path) if rule is None else None
            for token in tokens if filled is not None else ():
                self._builder.edge(node, token, EdgeKind.MAY_READ_SECRET, f"may read `{path}` in Vault",
                                   filled.place if filled is not None else held.place, certainty=Certainty.UNKNOWN,
                                   condition="the identity's own values make the policy's path this one")  # fmt: skip
        for offered in self._engine:
            rule = next((found for path in offered.paths if (found := readable(held.rules, path)) is not None), None)
            for arn, _ in offered.roles if rule is not None else ():
                _assumes(node, arn, offered, rule.place if rule is not None else held.place, self._builder, self._aws)


def _assumes(bot: Node, arn: Value, offered: VaultAwsRole, place: Place, builder: GraphBuilder, aws: Aws) -> None:
    found = aws.principal(arn)
    if found is None:
        builder.unknown(f"the role `{key(arn)}`, which Vault offers as `{key(offered.name)}`, is not in the repository", place)
        if not isinstance(arn, str) or not arn.startswith("arn:"):
            return
        found = aws.add("role", arn.rpartition("/")[2], arn, arn.split(":")[4], place, None)
    reason = f"gets a session of the role from Vault (`{key(offered.name)}`)"
    if aws.trusts.get(found.node.id) is None:
        builder.edge(bot, found.node, EdgeKind.MAY_ASSUME, reason, place,
                     certainty=Certainty.ASSUMED, assumed=("trust policy of the role",))  # fmt: skip
    else:
        builder.edge(bot, found.node, EdgeKind.MAY_ASSUME, reason, place,
                     certainty=Certainty.UNKNOWN, condition="the role trusts the identity of Vault")  # fmt: skip


def readable(rules: tuple[PathRule, ...], path: str) -> PathRule | None:
    """Return the rule by which a path may be read: the most specific one that fits decides ("Policies", "Priority matching").

    Rules of one path in several policies are one; a `deny` among them wins.
    """
    fitting = [rule for rule in rules if _fits(rule.path, path)]
    if not fitting:
        return None
    best = max(fitting, key=lambda rule: _priority(rule.path))
    together = [rule for rule in fitting if rule.path == best.path]
    if any("deny" in rule.capabilities for rule in together):
        return None
    return next((rule for rule in together if "read" in rule.capabilities), None)


_FILLED = regex(r"\{\{[^{}]*\}\}")


def filled_in(rules: tuple[PathRule, ...], path: str) -> PathRule | None:
    """Return a rule whose path holds values of the identity (`{{identity.entity.name}}`) and may come to this one."""
    templated = [rule for rule in rules if "{{" in rule.path and "read" in rule.capabilities and "deny" not in rule.capabilities]
    return next((rule for rule in templated if _fits_filled(rule.path, path)), None)


def _fits_filled(pattern: str, path: str) -> bool:
    parts = [re.escape(part).replace("\\+", "[^/]+") for part in _FILLED.split(pattern.removesuffix("*"))]
    return re.fullmatch(".+".join(parts) + (".*" if pattern.endswith("*") else ""), path) is not None


def _fits(pattern: str, path: str) -> bool:
    wanted, have = pattern.split("/"), path.split("/")
    last = wanted[-1]
    if last.endswith("*"):
        head = len(wanted) - 1
        rest = "/".join(have[head:])
        return len(have) > head and rest.startswith(last[:-1]) and all(map(_same, wanted[:-1], have))
    return len(wanted) == len(have) and all(map(_same, wanted, have))


def _same(wanted: str, have: str) -> bool:
    return wanted in ("+", have)


def _priority(path: str) -> tuple[int, bool, int, int, str]:
    """Return what orders paths: where its first wildcard stands, no star at the end, fewer `+`, length, the alphabet."""
    segments = path.split("/")
    first = min((found for found in (path.find("*"), _plus(segments)) if found >= 0), default=len(path) + 1_000_000)
    return first, not path.endswith("*"), -segments.count("+"), len(path), path


def _plus(segments: list[str]) -> int:
    return len("/".join(segments[: segments.index("+")])) + 1 if "+" in segments else -1
