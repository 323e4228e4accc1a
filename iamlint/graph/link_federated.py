"""Bots that sign in to an identity provider by a token of their pipeline: the bot of the subject becomes the provider's bot."""

from __future__ import annotations

from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import EdgeKind, Node
from iamlint.graph.issuers import bot_name, family_of
from iamlint.graph.link_identity import Identities
from iamlint.model.estate import Estate
from iamlint.model.identity import Bot
from iamlint.model.sign_in import FederatedCredential
from iamlint.source.globs import glob_matches, is_glob
from iamlint.source.value import Unknown, key


def link_federated(estate: Estate, builder: GraphBuilder, identities: Identities) -> None:
    """Add `may assume` edges from the bots of subjects to the bots as which they sign in."""
    credentials = estate.all(FederatedCredential)
    if not credentials:
        return
    bots = [bot.name for bot in estate.all(Bot) if isinstance(bot.name, str)]
    for credential in credentials:
        target = identities.bot(credential.bot) or identities.add_bot(credential.bot, credential.place, None)
        for source in _sources(credential, bots, builder, identities):
            whose = "with its own token" if source.id.startswith("bot:k8s/") else "with the token of its pipeline"
            reason = f"signs in as `{target.name}` {whose}"
            builder.edge(source, target, EdgeKind.MAY_ASSUME, reason, credential.place)


def _sources(credential: FederatedCredential, bots: list[str], builder: GraphBuilder, identities: Identities) -> list[Node]:
    issuer, subject = credential.issuer, credential.subject
    if not isinstance(issuer, str) or isinstance(subject, Unknown):
        builder.unknown(f"which workload signs in as `{key(credential.bot)}` is not known", credential.place)
        return []
    host = issuer.removeprefix("https://").rstrip("/")
    name = bot_name(family_of(host), host, subject)
    if isinstance(name, str) and is_glob(name):
        found = [identities.bot(bot) for bot in bots if glob_matches(name, bot)]
        return [node for node in found if node is not None] or [identities.add_bot(name, credential.place, None)]
    return [identities.bot(name) or identities.add_bot(name, credential.place, None)]
