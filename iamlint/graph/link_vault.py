"""Vault into the graph: who signs in as which role, what a role may read there, and which AWS roles it gets from the engine."""

from __future__ import annotations

from iamlint.graph.aws_index import Aws
from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import Certainty, EdgeKind, Node
from iamlint.graph.link_identity import Identities
from iamlint.model.estate import Estate
from iamlint.model.telemetry import TelemetryCredential
from iamlint.model.vault import PathRule, VaultAwsRole, VaultRole
from iamlint.source.place import Place
from iamlint.source.value import Value, key

STORED = "vault:"
"""How `stored_in` of a credential says that it is a path of Vault."""


def link_vault(estate: Estate, builder: GraphBuilder, identities: Identities, aws: Aws) -> None:
    """Add the edges from the roles of Vault, and to them from principals of AWS."""
    engine = estate.all(VaultAwsRole)
    stored: dict[str, list[Node]] = {}
    for credential in estate.all(TelemetryCredential):
        node = builder.nodes[f"token:{credential.vendor}/{key(credential.name)}"]
        for where, _ in credential.stored_in:
            if key(where).startswith(STORED):
                stored.setdefault(key(where).removeprefix(STORED).strip("/"), []).append(node)
    for role in estate.all(VaultRole):
        bot = identities.bot(role.bot) or identities.add_bot(role.bot, role.place, None)
        for arn, place in role.principals:
            principal = aws.principal(arn)
            if principal is not None:
                builder.edge(principal.node, bot, EdgeKind.MAY_ASSUME, f"signs in to Vault as `{bot.name}`", place)
            else:
                builder.unknown(f"`{key(arn)}`, which signs in to Vault as `{bot.name}`, is not in the repository", place)
        certainty, assumed = Certainty.CERTAIN, tuple[str, ...]()
        if not role.whole:
            certainty, assumed = Certainty.ASSUMED, ("other policies of the role in Vault",)
        for path, nodes in stored.items():
            rule = readable(role.rules, path)
            for node in nodes if rule is not None else ():
                place = rule.place if rule is not None else role.place
                builder.edge(bot, node, EdgeKind.MAY_READ_SECRET, f"may read `{path}` in Vault", place,
                             certainty=certainty, assumed=assumed)  # fmt: skip
        for offered in engine:
            rule = next((found for path in offered.paths if (found := readable(role.rules, path)) is not None), None)
            for arn, _ in offered.roles if rule is not None else ():
                _assumes(bot, arn, offered, rule.place if rule is not None else role.place, builder, aws)


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
