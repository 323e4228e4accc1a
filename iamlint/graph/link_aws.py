"""AWS into the graph: roles, users, groups, accounts, resources, and the policies that are attached to them."""

from __future__ import annotations

from typing import Any, NamedTuple

from iamlint.graph.aws_managed import is_whole, outside_policy
from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import EdgeKind, Node, NodeKind
from iamlint.graph.policies import Attached
from iamlint.model.aws import Account, AwsGroup, AwsGroupMembership, AwsResource, AwsRole, AwsUser, FederationProvider, iam_arn
from iamlint.model.estate import Estate
from iamlint.model.policy import Attachment, Effect, Layer, Policy, PolicyKind
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown, Value, concat, key


class Principal(NamedTuple):
    """A role, user or group of AWS: its node with what the joins need. `fact` is None for one that is only named."""

    node: Node
    kind: str  # `role`, `user`, `group`
    name: Value
    arn: Value
    account: Value
    fact: AwsRole | AwsUser | AwsGroup | None


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
        self._by_arn: dict[str, Principal] = {}
        self._by_name: dict[tuple[str, str, str], Principal] = {}
        self._by_symbol: dict[tuple[str, str], Principal] = {}
        self._resource_by: dict[str, Resource] = {}

    # principals

    def add(self, kind: str, name: Value, arn: Value, account: Value, place: Place | None, fact: Any) -> Principal:
        """Add a role, user or group, declared or only named, and return it."""
        node_kind = {"role": NodeKind.ROLE, "user": NodeKind.USER, "group": NodeKind.GROUP}[kind]
        node = self.builder.node(node_kind, key(arn), place, declared=fact is not None, fact=fact, title=key(name))
        known = self.principals.get(node.id)
        if known is not None and (known.fact is not None or fact is None):
            return known
        principal = Principal(node, kind, name, arn, account, fact)
        self.principals[node.id] = principal
        self._by_arn[key(arn)] = principal
        self._by_name.setdefault((kind, key(account), key(name)), principal)
        if not isinstance(name, str):
            self._by_symbol.setdefault((kind, key(name)), principal)
        self.builder.accounts.setdefault(node.id, account)
        self.account(account, place, node, "acts in the account")
        return principal

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
            account, name = arn.split(":")[4], arn.split("/")[1]
            found = self._by_name.get(("role", account, name))
        return found

    def named(self, kind: str, name: Value, account: Value) -> Principal | None:
        """Return the role, user or group of this name in the account."""
        found = self._by_name.get((kind, key(account), key(name)))
        if found is None and not isinstance(name, str):
            found = self._by_symbol.get((kind, key(name)))
        return found

    # resources

    def add_resource(
        self, kind: str, name: Value, arn: Value, account: Value, place: Place | None, fact: AwsResource | None
    ) -> Resource:
        """Add a resource, declared or only named, and return it."""
        node = self.builder.node(
            NodeKind.RESOURCE, resource_name(arn), place, declared=fact is not None, fact=fact, title=key(name)
        )
        known = self.resources.get(node.id)
        if known is not None and (known.fact is not None or fact is None):
            return known
        made = Resource(node, kind, name, arn, account, fact.policy if fact is not None else None, fact)
        self.resources[node.id] = made
        for text in (arn, name):
            self._resource_by.setdefault(key(text), made)
        self.builder.accounts.setdefault(node.id, account)
        if fact is not None and fact.policy is not None:
            self.governed.setdefault(id(fact.policy), []).append(node)
        return made

    def resource(self, text: Value) -> Resource | None:
        """Return the resource of this ARN or name."""
        return self._resource_by.get(key(text))


def resource_name(arn: Value) -> str:
    """Return the name of a resource's node: its ARN, of a secret without the six characters that AWS adds to it."""
    if isinstance(arn, Text) and isinstance(arn.parts[-1], Unknown) and isinstance(arn.parts[-2], str) and ":secret:" in key(arn):
        bare = arn.parts[-2].removesuffix("-")
        if bare != arn.parts[-2]:
            return key(concat([*arn.parts[:-2], bare]))
    return key(arn)


def link_aws(estate: Estate, builder: GraphBuilder) -> Aws:
    """Add what AWS declares and the policies attached to it; who may assume what is for `link_trust`."""
    aws = Aws(builder)
    for account in estate.all(Account):
        node = builder.node(NodeKind.ACCOUNT, key(account.id), account.place, fact=account,
                            title=key(account.name) if account.name is not None else key(account.id))  # fmt: skip
        builder.accounts.setdefault(node.id, account.id)
    for role in estate.all(AwsRole):
        principal = aws.add("role", role.name, role.arn, role.account, role.place, role)
        if role.trust is not None:
            aws.trusts.setdefault(principal.node.id, role.trust)
            aws.governed.setdefault(id(role.trust), []).append(principal.node)
    for user in estate.all(AwsUser):
        aws.add("user", user.name, user.arn, user.account, user.place, user)
    for group in estate.all(AwsGroup):
        aws.add("group", group.name, group.arn, group.account, group.place, group)
    for provider in estate.all(FederationProvider):
        aws.providers[key(provider.arn)] = provider
        name = key(provider.url) if provider.url is not None else key(provider.arn)
        node = builder.node(NodeKind.PROVIDER, name, provider.place, fact=provider, title=key(provider.name))
        builder.accounts.setdefault(node.id, provider.account)
    for resource in estate.all(AwsResource):
        aws.add_resource(resource.kind, resource.name, resource.arn, resource.account, resource.place, resource)
    _link_memberships(estate, aws)
    _Attachments(estate, aws).run()
    return aws


def _link_memberships(estate: Estate, aws: Aws) -> None:
    for membership in estate.all(AwsGroupMembership):
        group = aws.named("group", membership.group, membership.account) or _only_named(
            "group", membership.group, membership.account, aws, membership.place
        )
        for name in membership.users:
            user = aws.named("user", name, membership.account)
            if user is None:
                if isinstance(name, Unknown):
                    aws.builder.unknown(
                        f"who is a member of `{key(membership.group)}` is not known: {name.reason}", membership.place
                    )
                    continue
                user = _only_named("user", name, membership.account, aws, membership.place)
            aws.builder.edge(user.node, group.node, EdgeKind.MEMBER_OF, f"is a member of `{group.node.name}`", membership.place)


def _only_named(kind: str, name: Value, account: Value, aws: Aws, place: Place) -> Principal:
    return aws.add(kind, name, iam_arn(kind, name, account), account, place, None)


class _Attachments:
    """Attachments, sorted by what they govern."""

    def __init__(self, estate: Estate, aws: Aws) -> None:
        self.estate = estate
        self.aws = aws
        self.builder = aws.builder
        for policy in estate.all(Policy):
            if policy.arn is not None:
                aws.managed.setdefault(key(policy.arn), policy)
        self.identity: dict[str, list[Policy]] = {}
        self.organization: dict[tuple[Layer, str, str], list[Policy]] = {}
        self.missing: dict[str, list[str]] = {}

    def run(self) -> None:
        """Read every attachment, then say for each identity what counts for it."""
        for attachment in self.estate.all(Attachment):
            if attachment.layer in (Layer.SCP, Layer.RCP):
                self._organization(attachment)
            elif attachment.layer is Layer.RESOURCE or attachment.target_kind == "resource":
                self._resource(attachment)
            else:
                self._identity(attachment)
        groups: dict[str, list[str]] = {}
        for edge in self.builder.edges:
            if edge.kind is EdgeKind.MEMBER_OF and edge.target.id in self.aws.principals:
                groups.setdefault(edge.source.id, []).append(edge.target.id)
        for node_id, principal in list(self.aws.principals.items()):
            if principal.kind == "group":
                continue
            own = [*self.identity.get(node_id, ())]
            missing = [*self.missing.get(node_id, ())]
            for group in groups.get(node_id, ()):
                own += self.identity.get(group, ())
                missing += self.missing.get(group, ())
            if principal.fact is None and not own:
                continue
            self.aws.attached[node_id] = Attached(
                tuple(dict.fromkeys(own)), self._boundary(principal), self._levels(Layer.SCP, principal),
                self._levels(Layer.RCP, principal), tuple(dict.fromkeys(missing)),
            )  # fmt: skip

    def _policy(self, attachment: Attachment) -> Policy | None:
        """Return the document: inline, managed in the repository, or what is known of one outside of it."""
        if attachment.policy is not None:
            return attachment.policy
        arn = attachment.policy_arn
        if arn is None:
            return None
        return self.aws.managed.get(key(arn)) or outside_policy(key(arn), attachment.place.path)

    def _identity(self, attachment: Attachment) -> None:
        kind = "role" if attachment.target_kind == "permission_set" else attachment.target_kind
        if kind not in ("role", "user", "group"):
            return
        policy = self._policy(attachment)
        if policy is None:
            return
        target = attachment.target
        principal = self.aws.principal(target) or self.aws.named(kind, target, attachment.account)
        if principal is None:
            if isinstance(target, Unknown):
                self.builder.unknown(
                    f"to which {kind} the policy `{key(policy.name)}` is attached is not known: {target.reason}", attachment.place
                )
                return
            arn = target if isinstance(target, str) and target.startswith("arn:") else iam_arn(kind, target, attachment.account)
            principal = self.aws.add(kind, target, arn, attachment.account, attachment.place, None)
        self._attach(
            principal.node,
            policy,
            "is governed by the inline policy" if attachment.policy else "has the policy",
            attachment.place,
        )
        if attachment.layer is Layer.BOUNDARY:
            return
        self.identity.setdefault(principal.node.id, []).append(policy)
        if (
            attachment.policy_arn is not None
            and key(attachment.policy_arn) not in self.aws.managed
            and not is_whole(attachment.policy_arn)
        ):
            self.missing.setdefault(principal.node.id, []).append(key(attachment.policy_arn))
            self.builder.unknown(f"the policy `{key(attachment.policy_arn)}` is not in the repository", attachment.place)

    def _attach(self, node: Node, policy: Policy, reason: str, place: Place) -> None:
        name = key(policy.arn) if policy.arn is not None else policy.ref
        held = not policy.ref.startswith("outside#")
        target = self.builder.node(NodeKind.POLICY, name, policy.place if held else place, declared=held,
                                   fact=policy if held and f"policy:{name}" not in self.builder.nodes else None, title=key(policy.name))  # fmt: skip
        self.builder.edge(node, target, EdgeKind.ATTACHED, f"{reason} `{key(policy.name)}`", place)
        self.aws.governed.setdefault(id(policy), []).append(node)

    def _resource(self, attachment: Attachment) -> None:
        if attachment.policy is None:
            return
        resource = self.aws.resource(attachment.target)
        if resource is None:
            arn = attachment.target
            if isinstance(arn, Unknown) or not key(arn).startswith("arn:"):
                self.builder.unknown(
                    f"the resource `{key(arn)}`, to which a policy is attached, is not in the repository", attachment.place
                )
            if isinstance(arn, Unknown):
                return
            service = key(arn).split(":")[2] if key(arn).startswith("arn:") else ""
            resource = self.aws.add_resource(service, arn, arn, attachment.account, attachment.place, None)
        self.aws.resources[resource.node.id] = resource._replace(policy=_joined(resource.policy, attachment.policy))
        self.aws.governed.setdefault(id(attachment.policy), []).append(resource.node)

    def _organization(self, attachment: Attachment) -> None:
        policy = self._policy(attachment)
        if policy is None:
            return
        self.organization.setdefault((attachment.layer, attachment.target_kind, key(attachment.target)), []).append(policy)
        if attachment.target_kind == "account":
            node = self.aws.account(attachment.target, attachment.place, None, "")
            if node is not None:
                self._attach(node, policy, "is governed by", attachment.place)
        if attachment.target_kind == "ou":
            self.builder.unknown(
                f"which accounts are in `{key(attachment.target)}`, to which `{key(policy.name)}` is attached, is not in the repository",
                attachment.place,
            )

    def _levels(self, layer: Layer, principal: Principal) -> tuple[tuple[Policy, ...], ...]:
        """Return the levels that are known to govern an account, root first. What AWS attaches by itself is there at each."""
        levels = []
        for (at, kind, target), policies in self.organization.items():
            if at is not layer or (kind == "account" and target != key(principal.account)) or kind == "ou":
                continue
            open_by_default = not any(statement.effect is Effect.ALLOW for policy in policies for statement in policy.statements)
            level = (*policies, outside_policy(_FULL_ACCESS, "")) if open_by_default or layer is Layer.RCP else tuple(policies)
            levels.append((kind != "root", target, level))
        return tuple(level for _, _, level in sorted(levels, key=lambda entry: entry[:2]))

    def _boundary(self, principal: Principal) -> tuple[Policy, ...] | None:
        arn = getattr(principal.fact, "boundary", None)
        if arn is None:
            return None
        policy = self.aws.managed.get(key(arn)) or outside_policy(
            key(arn), principal.node.place.path if principal.node.place else ""
        )
        if policy.ref.startswith("outside#") and not is_whole(arn):
            self.builder.unknown(f"the permissions boundary `{key(arn)}` is not in the repository", principal.node.place)
        if principal.node.place is not None:
            self._attach(principal.node, policy, "is bounded by", principal.node.place)
        return (policy,)


_FULL_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"


def _joined(first: Policy | None, second: Policy) -> Policy:
    """Return one resource policy for several declarations of it: their statements together."""
    if first is None or first is second:
        return second
    joined = Policy(PolicyKind.RESOURCE, second.name, second.document, second.origin, second.ref, second.unit)
    joined.statements = (*first.statements, *second.statements)
    return joined
