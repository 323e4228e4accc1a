"""What the repository declares in AWS, by every text that refers to it."""

from __future__ import annotations

from iamlint.graph.aws_managed import OPEN_POLICIES
from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import EdgeKind, Node, NodeKind
from iamlint.graph.policies import Attached
from iamlint.iam.arns import account_in, looked_up, split_arn, split_value
from iamlint.model.aws import AwsGroup, AwsResource, AwsRole, AwsUser, FederationProvider, iam_arn, partition_of
from iamlint.model.policy import Policy
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.graph.endpoints import Endpoints
    from iamlint.graph.policies import ResourceControls

ANYBODY = "anybody with an AWS account"
"""What the node `user:*` is called."""


class Principal(NamedTuple):
    """A role, user or group of AWS: its node with what the joins need. `fact` is None for one that is only named."""

    node: Node
    kind: str  # `role`, `user`, `group`
    name: Value
    arn: Value
    account: Value
    fact: AwsRole | AwsUser | AwsGroup | None

    @property
    def partition(self) -> Value:
        """Return the partition in which it is."""
        return partition_of(self.arn)


class Resource(NamedTuple):
    """A resource with its node and the policy attached to it."""

    node: Node
    kind: str
    name: Value
    arn: Value
    account: Value
    policy: Policy | None
    fact: AwsResource | None


class Aws:
    """What the repository declares in AWS, by every text that refers to it."""

    def __init__(self, builder: GraphBuilder) -> None:
        self.builder = builder
        self.principals: dict[str, Principal] = {}  # node id
        self.resources: dict[str, Resource] = {}  # node id
        self.providers: dict[str, FederationProvider] = {}  # key(arn)
        self.attached: dict[str, Attached] = {}  # node id
        self.governed: dict[int, list[Node]] = {}  # id(policy) → nodes
        self.trusts: dict[str, Policy] = {}  # role node id
        self.managed: dict[str, Policy] = {}  # key(arn)
        self._managed_by_name: dict[tuple[str, str], Policy] | None = None
        self.endpoints: Endpoints = ()
        self.controls: ResourceControls | None = None
        self.half_known: dict[tuple[str, str], list[Resource | Principal]] | None = None  # (`perhaps.py`)
        self._by_arn: dict[str, Principal] = {}
        self._by_name: dict[tuple[str, str, str], Principal] = {}
        self._by_symbol: dict[tuple[str, str], Principal] = {}
        self._resource_by: dict[str, str] = {}  # text → node id
        self._partitions: dict[str, Value] = {}  # key(account) → the partition of what is declared in it

    @property
    def nothing(self) -> Attached:
        """What counts for somebody of whom no policy is known: what governs the resources that are asked for."""
        return Attached(controls=self.controls)

    @property
    def everything(self) -> Attached:
        """What counts for somebody whose own policies are taken as open."""
        return OPEN_POLICIES._replace(controls=self.controls)

    # principals

    def add(self, kind: str, name: Value, arn: Value, account: Value, place: Place | None, fact: Any) -> Principal:
        """Add a role, user or group, declared or only named, and return it."""
        node_kind = {"role": NodeKind.ROLE, "user": NodeKind.USER, "group": NodeKind.GROUP}[kind]
        node = self.builder.node(node_kind, key(arn), place, declared=fact is not None, fact=fact, title=key(name))
        known = self.principals.get(node.id)
        if known is not None and (known.fact is not None or fact is None):
            return known
        principal = Principal(node, kind, name, arn, account, fact)
        if fact is not None:
            self._learn_partition(account, arn)
        self.principals[node.id] = principal
        self._by_arn[key(arn)] = principal
        self._by_name.setdefault((kind, key(account), key(name)), principal)
        if not isinstance(name, str):
            self._by_symbol.setdefault((kind, key(name)), principal)
        self.builder.accounts.setdefault(node.id, account)
        self.account(account, place, node, "acts in the account")
        return principal

    def iam_arn(self, kind: str, name: Value, account: Value, path: Value = "/") -> Value:
        """Return the ARN of an IAM entity of an account, in the partition of what is declared in the account."""
        return iam_arn(kind, name, account, path, self._partitions.get(key(account), "aws"))

    def _learn_partition(self, account: Value, arn: Value) -> None:
        """Take the partition of an account from the first that is declared in it."""
        if (at := key(account)) not in self._partitions:
            self._partitions[at] = partition_of(arn)

    def account(self, account: Value, place: Place | None, source: Node | None, reason: str) -> Node | None:
        """Return the node of an account whose id is known, and lead the source to it."""
        if not isinstance(account, str) or not account:
            return None
        node = self.builder.node(NodeKind.ACCOUNT, account, place, declared=False)
        self.builder.accounts.setdefault(node.id, account)
        if source is not None:
            self.builder.edge(source, node, EdgeKind.GRANTS, reason, place)
        return node

    def principal(self, arn: Value) -> Principal | None:
        """Return the role or user of this ARN, a session's role included."""
        found = self._by_arn.get(key(arn))
        if found is None and isinstance(arn, str) and ":assumed-role/" in arn:
            account, name = account_in(arn), arn.split("/")[1]
            found = self._by_name.get(("role", account, name))
        if found is None and isinstance(arn, Text) and (meant := looked_up(arn)) is not None:
            found = self._by_name.get((meant.kind, key(meant.account), key(meant.name)))
        return found

    def named(self, kind: str, name: Value, account: Value) -> Principal | None:
        """Return the role, user or group of this name in the account."""
        found = self._by_name.get((kind, key(account), key(name)))
        if found is None and not isinstance(name, str):
            found = self._by_symbol.get((kind, key(name)))
        return found

    def policy(self, arn: Value, account: Value) -> Policy | None:
        """Return the managed policy of this ARN; one that is looked up by name is the one of that name in the account."""
        found = self.managed.get(key(arn))
        if found is None and isinstance(arn, Text) and (meant := looked_up(arn)) is not None and meant.kind == "policy":
            if self._managed_by_name is None:
                self._managed_by_name = {}
                for policy in self.managed.values():
                    parts = split_arn(policy.arn) if policy.arn is not None else None
                    if parts is not None:
                        name = split_value(parts[5], "/")[-1]
                        self._managed_by_name.setdefault((key(parts[4]), key(name)), policy)
            found = self._managed_by_name.get((key(account), key(meant.name)))
        return found

    # resources

    def add_resource(
        self, kind: str, name: Value, arn: Value, account: Value, place: Place | None, fact: AwsResource | None
    ) -> Resource:
        """Add a resource, declared or only named, and return it."""
        title, at = key(name), key(arn)
        node_name = resource_name(arn) if ":secret:" in at else at
        node = self.builder.node(NodeKind.RESOURCE, node_name, place, declared=fact is not None, fact=fact, title=title)
        known = self.resources.get(node.id)
        if known is not None and (known.fact is not None or fact is None):
            return known
        made = Resource(node, kind, name, arn, account, fact.policy if fact is not None else None, fact)
        self.resources[node.id] = made
        self._resource_by.setdefault(at, node.id)
        self._resource_by.setdefault(title, node.id)
        self.builder.accounts.setdefault(node.id, account)
        if fact is not None:
            self._learn_partition(account, arn)
        if fact is not None and fact.policy is not None:
            self.governed.setdefault(id(fact.policy), []).append(node)
        return made

    def resource(self, text: Value) -> Resource | None:
        """Return the resource of this ARN or name."""
        return self.resources.get(self._resource_by.get(key(text), ""))


def resource_name(arn: Value) -> str:
    """Return the name of a resource's node: its ARN, of a secret without the six characters that AWS adds to it."""
    name = key(arn)
    if isinstance(arn, Text) and ":secret:" in name and isinstance(arn.parts[-1], Unknown) and isinstance(arn.parts[-2], str):
        bare = arn.parts[-2].removesuffix("-")
        if bare != arn.parts[-2]:
            return key(concat([*arn.parts[:-2], bare]))
    return name
