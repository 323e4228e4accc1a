"""Workloads that take all of a secret: they hold every credential that is stored where the secret comes from (D4)."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import Certainty, EdgeKind, Node, NodeKind
from iamlint.graph.link_identity import Identities
from iamlint.model.estate import Estate
from iamlint.model.telemetry import TelemetryCredential
from iamlint.model.workload import SecretCopy, SecretImport, SecretKey
from iamlint.source.value import key


def link_imports(estate: Estate, builder: GraphBuilder, identities: Identities) -> None:
    """Add `holds` edges from workloads to what the secrets hold that they take."""
    imports = estate.all(SecretImport)
    if imports:
        _Imports(estate, builder, identities).run(imports)


class _Imports:
    def __init__(self, estate: Estate, builder: GraphBuilder, identities: Identities) -> None:
        from iamlint.graph.link_uses import secret_name

        self.builder = builder
        self.identities = identities
        self.stored: dict[str, dict[str, tuple[Node, str]]] = {}  # by where it is stored: the credentials, by node id
        for credential in estate.all(TelemetryCredential):
            node = builder.nodes[f"token:{credential.vendor}/{key(credential.name)}"]
            for where, _ in credential.stored_in:
                for text in {key(where), secret_name(key(where))}:
                    self.stored.setdefault(text, {})[node.id] = (node, key(where))
        self.parts: dict[str, list[SecretCopy | SecretKey]] = {}  # by the secret or class
        parts: list[SecretCopy | SecretKey] = [*estate.all(SecretCopy), *estate.all(SecretKey)]
        for part in parts:
            self.parts.setdefault(part.name.rpartition("/")[0], []).append(part)
        self.secret_name = secret_name

    def run(self, imports: list[SecretImport]) -> None:
        for one in imports:
            tokens = list(self._at(one.name))
            copies = self._parts_of(one)
            for part in copies:
                tokens += self._at(key(part.source)) if isinstance(part, SecretCopy) else ()
            held = {node.id: (node, condition) for node, condition in tokens}
            for part in copies if not held else ():
                if (node := self._undeclared(part)) is not None:
                    held[node.id] = (node, None)
            bot = self.identities.bot(one.workload) or self.identities.add_bot(one.workload, one.place, None)
            for node, condition in held.values():
                self.builder.edge(
                    bot, node, EdgeKind.HOLDS, f"takes all of `{one.name}`", one.place, condition=condition,
                    certainty=Certainty.CERTAIN if condition is None else Certainty.UNKNOWN,
                )  # fmt: skip

    def _at(self, source: str) -> Iterator[tuple[Node, str | None]]:
        """Yield the credentials that are stored under a name, an ARN or a path; a name may be that of several secrets."""
        texts = (source,) if source.startswith("arn:") else (source, f"/{source}")
        found = [one for text in texts for one in self.stored.get(text, {}).values()]
        if source.startswith("arn:") and not found:  # written with or without the six characters that AWS adds
            bare = self.secret_name(source)
            head = source.partition(":secret:")[0]
            found = [one for one in self.stored.get(bare, {}).values() if one[1].startswith(head)]
        several = len({where for _, where in found}) > 1
        for node, where in found:
            yield node, f"`{source}` is `{where}`" if several else None

    def _parts_of(self, one: SecretImport) -> list[SecretCopy | SecretKey]:
        """Return what a secret is made of. Of several secrets of one name, that of the same file or folder is meant."""
        parts = self.parts.get(one.name, [])
        for near in (parts, _beside(parts, one.place.path), _beside(parts, one.place.path.rpartition("/")[0])):
            sources: dict[str, set[str]] = {}
            for part in near:
                sources.setdefault(part.name, set()).add(key(part.source) if isinstance(part, SecretCopy) else part.place.path)
            if near and all(len(texts) == 1 or name.endswith("/*") for name, texts in sources.items()):
                return near
        if parts:
            self.builder.unknown(f"which of several secrets `{one.name}` is meant is not known", one.place)
        return []

    def _undeclared(self, part: SecretCopy | SecretKey) -> Node | None:
        """Return a node for a token that nothing declares, of which the name of its key says whose it is."""
        from iamlint.parse.telemetry.vendors import VARIABLES  # most repositories have no telemetry

        known = VARIABLES.get(part.name.rpartition("/")[2].upper())
        if known is None:
            return None
        text = key(part.source) if isinstance(part, SecretCopy) else f"{part.place.path}:{part.name}"
        vendor = known[0].name
        self.builder.unknown(f"what the token `{text}` of {vendor} opens is not in the repository", part.place)
        return self.builder.node(NodeKind.CREDENTIAL, f"{vendor}/{text}", part.place, declared=False, title=text)


def _beside(parts: list[SecretCopy | SecretKey], path: str) -> list[SecretCopy | SecretKey]:
    return [part for part in parts if part.place.path == path or part.place.path.rpartition("/")[0] == path]
