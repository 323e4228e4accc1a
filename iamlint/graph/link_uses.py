"""Workloads that present telemetry tokens hold them; where a token lies is told by names, ARNs and copies."""

from __future__ import annotations

import re

from iamlint.graph.aws_index import Aws
from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import Certainty, EdgeKind, Node, NodeKind
from iamlint.graph.link_identity import Identities
from iamlint.graph.scopes import Scopes
from iamlint.iam.arns import account_in
from iamlint.model.estate import Estate
from iamlint.model.telemetry import INGEST, TelemetryCredential, TokenUse
from iamlint.model.workload import SecretCopy
from iamlint.source.value import Unknown, key, last_part


class Uses:
    """Workloads that present tokens: they hold them. A token that no file declares gets a node of its own."""

    def __init__(self, estate: Estate, builder: GraphBuilder, identities: Identities, scopes: Scopes, aws: Aws) -> None:
        self.aws = aws
        self.estate = estate
        self.builder = builder
        self.identities = identities
        self.scopes = scopes
        self.tokens: dict[tuple[str, str], Node] = {}  # by vendor, and name or place where it is stored
        for credential in estate.all(TelemetryCredential):
            node = builder.nodes[f"token:{credential.vendor}/{key(credential.name)}"]
            for text in (credential.name, *credential.ids, *(stored for stored, _ in credential.stored_in)):
                self.tokens.setdefault((credential.vendor, key(text)), node)
        self.copies: dict[str, set[str]] = {}
        for copy in estate.all(SecretCopy):
            self.copies.setdefault(copy.name, set()).add(key(copy.source))
        # A copy or a template names a secret without account, region and suffix.
        self.named: dict[tuple[str, str], dict[Node, str]] = {}
        for credential in estate.all(TelemetryCredential):
            node = builder.nodes[f"token:{credential.vendor}/{key(credential.name)}"]
            for stored, _ in credential.stored_in:
                text = key(stored)
                account = text.split(":")[4] if text.startswith("arn:") and text.count(":") > 4 else ""
                self.named.setdefault((credential.vendor, secret_name(text)), {})[node] = account
        self.scoped = {edge.source.id for edge in builder.edges.of(EdgeKind.SCOPED_TO)}

    def run(self) -> None:
        """Add the edges of every use."""
        for use in self.estate.all(TokenUse):
            node = self._workload(use)
            node.facts = (*node.facts, use)
            if use.token is None or (isinstance(use.token, Unknown) and (use.vendor, key(use.token)) not in self.tokens):
                self._note(use)
                continue
            text = key(use.token)
            token = self.tokens.get((use.vendor, text)) or self._in_account(use, text)
            sources = self._copies_of(text.partition(":")[2]) if token is None else set()
            if len(sources) == 1:  # several secrets of one name may be those of several clusters
                source = next(iter(sources))
                nodes = self.named.get((use.vendor, source), {})
                only = next(iter(nodes)) if len(nodes) == 1 else None  # two accounts may have a secret of one name
                token = self.tokens.get((use.vendor, source)) or only
            if token is None:
                self.builder.unknown(f"what the token `{text}` of {use.vendor} opens is not in the repository", use.place)
                token = self.builder.node(NodeKind.CREDENTIAL, f"{use.vendor}/{text}", use.place, declared=False, title=text)
            self.builder.edge(node, token, EdgeKind.HOLDS, f"presents `{text}`", use.place)
            if use.project is not None and not isinstance(use.project, Unknown) and token.id not in self.scoped:
                # The workload's own word for its project: the token decides, and the token is not in the repository.
                scope = self.scopes.project(use.vendor, None, use.project, use.place)
                self.builder.edge(
                    token, scope, EdgeKind.SCOPED_TO, "is presented for it", use.place, certainty=Certainty.UNKNOWN,
                    capabilities=frozenset({INGEST}), condition="the token is one of that project",
                )  # fmt: skip

    def _in_account(self, use: TokenUse, name: str) -> Node | None:
        """Return the token in the secret of this name, of which a role of AWS means that of its own account."""
        principal = self.aws.principal(use.workload) if use.workload_kind == "role" else None
        if principal is None or ":" in name:
            return None
        account = key(principal.account)
        known = [node for node, of in self.named.get((use.vendor, name), {}).items() if of in ("", account)]
        return known[0] if len(known) == 1 else None

    def _copies_of(self, name: str) -> set[str]:
        """Return from where a key of a secret is copied: by itself, else with all of what the store holds."""
        return self.copies.get(name) or self.copies.get(f"{name.rpartition('/')[0]}/*", set())

    def _workload(self, use: TokenUse) -> Node:
        """Return who presents a token: a role of AWS, or a bot."""
        if use.workload_kind == "role":
            principal = self.aws.principal(use.workload)
            if principal is not None:
                return principal.node
            text = key(use.workload)
            if isinstance(use.workload, str) and text.startswith("arn:") and ":role/" in text:
                return self.aws.add("role", last_part(text), use.workload, account_in(text), use.place, None).node
        return self.identities.bot(use.workload) or self.identities.add_bot(use.workload, use.place, None)

    def _note(self, use: TokenUse) -> None:
        """Record that a token is presented of which nothing tells which it is."""
        if isinstance(use.token, Unknown) and use.workload_kind == "role":
            self.builder.unknown(f"which token of {use.vendor} `{key(use.workload)}` presents: {use.token.reason}", use.place)


def secret_name(arn: str) -> str:
    """Return the name of a secret or parameter that an ARN means, without the six characters that AWS adds."""
    parts = arn.split(":", 6)
    if len(parts) == 7 and parts[2] == "secretsmanager":
        return re.sub(r"-[A-Za-z0-9]{6}$", "", parts[6])
    return arn.partition(":parameter")[2] or arn
