"""A stored credential is access (D4): who may read the secret or parameter that holds a token may do what the token may."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.graph.ask import Granted
from iamlint.graph.aws_index import ANYBODY, Aws, Principal, Resource
from iamlint.graph.builder import GraphBuilder, weakest
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, NodeKind
from iamlint.graph.outside import named_by_conditions, somebody_in
from iamlint.graph.policies import Attached
from iamlint.graph.secret_names import SECRET_SUFFIX, same_secret
from iamlint.graph.secret_questions import SecretQuestions
from iamlint.graph.secret_reader import Stored
from iamlint.graph.secret_readers import SecretReaders
from iamlint.iam.arns import STRANGER, account_in
from iamlint.model.aws import iam_arn, partition_of
from iamlint.model.estate import Estate
from iamlint.model.policy import Effect
from iamlint.model.telemetry import TelemetryCredential
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.secret_readers import ReadAhead


def link_secrets(estate: Estate, builder: GraphBuilder, aws: Aws, ahead: ReadAhead | None = None) -> None:
    """Add `stored in` and `may read secret` edges. `ahead`: what other processes find out by themselves."""
    _Secrets(estate, builder, aws, ahead).run()


class _Secrets:
    def __init__(self, estate: Estate, builder: GraphBuilder, aws: Aws, ahead: ReadAhead | None) -> None:
        self.ahead = ahead
        self.estate = estate
        self.builder = builder
        self.aws = aws
        now = SecretQuestions.of_repository(estate, aws)
        self.questions = now if ahead is None else ahead.questions(now)

    def run(self) -> None:
        stored: dict[str, list[tuple[Node, Certainty]]] = {}
        for credential in self.estate.all(TelemetryCredential):
            token = self.builder.nodes[f"token:{credential.vendor}/{key(credential.name)}"]
            for where, place in credential.stored_in:
                for resource, certainty in self._resources(where, place):
                    self.builder.edge(token, resource.node, EdgeKind.STORED_IN, "is stored in it", place, certainty=certainty)
                    stored.setdefault(resource.node.id, []).append((token, certainty))
        readers = SecretReaders.of_repository(self.aws, self.questions, stored)
        secrets = readers.secrets
        nodes: dict[tuple[int, ...], tuple[Node, ...]] = {}  # the same secrets again and again: fans that share their targets
        holding = {number for number, secret in enumerate(secrets) if secret.resource.node.id in stored}
        found: dict[int, set[str]] = {
            number: set() for number, secret in enumerate(secrets) if secret.resource.policy is not None
        }
        for reader, readings in zip(readers.readers, readers.of_each(self.ahead), strict=True):
            for granted, at, numbers in readings:
                targets = nodes.get(numbers)
                if targets is None:
                    targets = nodes[numbers] = tuple([secrets[number].resource.node for number in numbers])
                spot = at or reader.node.place
                self.builder.edges.add_fan(_edge(reader.node, targets[0], granted, spot, "may read the secret"), targets)
                for number in sorted(holding.intersection(numbers)):
                    self._from(secrets[number].resource, stored, reader.node, granted, spot)
                for number in found.keys() & numbers:
                    found[number].add(reader.node.id)
        for number, asked in found.items():
            secret = secrets[number]
            for source, granted, spot in self._named_by(secret, asked):
                self.builder.edges.append(_edge(source, secret.resource.node, granted, spot, "may read the secret"))
                self._from(secret.resource, stored, source, granted, spot)
        self._note_unassumed()

    def _from(
        self, resource: Resource, stored: dict[str, list[tuple[Node, Certainty]]], reader: Node, found: Granted, at: Place | None
    ) -> None:
        """Add the edges to the credentials that lie in a secret."""
        for token, certainty in stored.get(resource.node.id, ()):
            weaker = found._replace(certainty=weakest(found.certainty, certainty))
            self.builder.edges.append(_edge(reader, token, weaker, at, f"may read it from `{resource.node.name}`"))

    def _note_unassumed(self) -> None:
        """Record the roles that reach a credential and that nobody in the repository can assume, although they trust somebody."""
        if not self.aws.trusts:
            return
        edges = self.builder.edges
        reaching = edges.sources_of(EdgeKind.MAY_READ_SECRET, EdgeKind.HOLDS)
        assumed = {edge.target.id for edge in edges.of(EdgeKind.MAY_ASSUME, EdgeKind.ASSIGNED_TO)}
        for node_id, trust in self.aws.trusts.items():
            if node_id in reaching and node_id not in assumed:
                reason = f"who assumes `{reaching[node_id].name}`, which reaches a credential, is not in the repository"
                self.builder.unknown(reason, trust.place)

    # where a credential is stored

    def _resources(self, where: Value, place: Place) -> Iterator[tuple[Resource, Certainty]]:
        """Yield the resources that a text may mean: one of the repository, else one of its own."""
        text = key(where).removeprefix("resource:")
        exact = self.aws.resource(where if not isinstance(where, str) else text)
        if exact is not None:
            yield exact, Certainty.CERTAIN
            return
        if isinstance(where, Unknown):
            self.builder.unknown(f"where a credential is stored is not known: {where.reason}", place)
            return
        if not text.startswith("arn:") or not isinstance(where, str):
            yield self.aws.add_resource("", text, text, "", place, None), Certainty.CERTAIN
            return
        same = [
            (resource, fits) for resource in self.aws.resources.values() if (fits := same_secret(text, resource.arn)) is not False
        ]
        certain = [resource for resource, fits in same if fits]
        if certain:
            yield certain[0], Certainty.CERTAIN
            return
        parts = text.split(":")
        service = parts[2] if len(parts) > 5 else ""
        name = (
            SECRET_SUFFIX.sub("", ":".join(parts[6:]) if service == "secretsmanager" else text.partition(":parameter")[2]) or text
        )
        account = parts[4] if len(parts) > 5 else ""
        yield self.aws.add_resource(service, name, text, account, place, None), Certainty.CERTAIN
        for resource, _ in same:
            yield resource, Certainty.UNKNOWN

    # who may read

    def _named_by(self, secret: Stored, asked: set[str]) -> Iterator[tuple[Node, Granted, Place | None]]:
        """Yield who may read a secret because its own policy names them; `asked` are the ids of those who may anyway."""
        resource = secret.resource
        if resource.policy is None:
            return
        for statement in resource.policy.statements:
            if statement.effect is Effect.DENY or statement.principals_negated:
                continue
            for pattern in statement.principals or ():
                place = statement.place(*pattern.route)
                values = [*named_by_conditions(statement), pattern.value] if pattern.value == "*" else [pattern.value]
                named = [one for value in values for one in self._named(pattern.kind, value, resource, place)]
                for source, principal, attached, assumed in named:
                    if source.id in asked:
                        continue
                    asked.add(source.id)
                    found = self.questions.ask(principal, attached, secret)
                    if found is not None:
                        if assumed:
                            found = found._replace(
                                certainty=weakest(found.certainty, Certainty.ASSUMED), assumed=(*found.assumed, *assumed)
                            )
                        yield source, found, place

    def _named(
        self, kind: str, value: Value, resource: Resource, place: Place
    ) -> Iterator[tuple[Node, Principal, Attached, tuple[str, ...]]]:
        """Yield whom a resource policy names: identities of the repository, others by ARN, whole accounts outside of it."""
        if kind not in ("AWS", "*") or isinstance(value, Unknown):
            return
        text = key(value)
        principal = self.aws.principal(value)
        if text == "*":
            for known in self.aws.principals.values():
                if known.kind != "group" and known.fact is not None:
                    yield known.node, known, self.aws.attached.get(known.node.id, self.aws.nothing), ()
            node = self.builder.node(NodeKind.USER, "*", place, declared=False, title=ANYBODY)
            stranger = iam_arn("role", "stranger", STRANGER, partition=partition_of(resource.arn))
            yield node, Principal(node, "role", "stranger", stranger, STRANGER, None), self.aws.everything, ()
            return
        if principal is None and isinstance(value, str) and (":role/" in value or ":user/" in value):
            name = value.rpartition("/")[2]
            principal = self.aws.add("user" if ":user/" in value else "role", name, value, account_in(value), place, None)
        if principal is not None:
            attached = self.aws.attached.get(principal.node.id)
            if attached is None and principal.fact is None:
                yield principal.node, principal, self.aws.everything, ("policies of the caller",)
            else:
                yield principal.node, principal, attached or self.aws.nothing, ()
            return
        account = text if len(text) == 12 else account_in(text) if text.endswith(":root") else ""
        if account and account not in self.questions.accounts and account != key(resource.account) and isinstance(value, str):
            node_of = self.aws.account(account, place, None, "")
            if node_of is not None:
                stand_in = somebody_in(account, resource.policy, partition_of(value))
                yield (
                    node_of,
                    Principal(node_of, "role", account, stand_in, account, None),
                    self.aws.everything,
                    ("policies of the caller",),
                )


def _edge(reader: Node, target: Node, found: Granted, place: Place | None, reason: str) -> Edge:
    return Edge(
        reader, target, EdgeKind.MAY_READ_SECRET, reason, place, condition=found.condition, certainty=found.certainty,
        assumed=found.assumed,
    )  # fmt: skip
