"""Policies and what they are attached to: identities, resources, accounts of an organization."""

from __future__ import annotations

from functools import cached_property, partial

from iamlint.graph.aws_index import ANYBODY, Aws, Principal
from iamlint.graph.aws_managed import is_outside, is_whole, outside_policy, perhaps_full_access, told
from iamlint.graph.elements import EdgeKind, Node, NodeKind
from iamlint.graph.organization_units import OrganizationUnits
from iamlint.graph.outside import named_by_conditions
from iamlint.graph.policies import Attached, Levels, ResourceControls
from iamlint.model.aws import Account
from iamlint.model.estate import Estate
from iamlint.model.policy import Attachment, Effect, Layer, Policy, PolicyKind
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, key, last_part


def link_policies(estate: Estate, aws: Aws) -> None:
    """Attach every policy, and say for each identity which ones count for it."""
    _Attachments(estate, aws).run()


def _missing(what: str, arn: Value) -> str:
    if isinstance(arn, Unknown):
        return f"which {what} it has is not known: {arn.reason}"
    return f"the {what} `{key(arn)}` is not in the repository"


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
        self.units = OrganizationUnits(estate)
        self.organization: dict[tuple[Layer, str, str], list[Policy]] = {}
        self.missing: dict[str, list[str]] = {}
        self.endpoints: dict[str, list[tuple[Policy, bool]]] = {}

    def run(self) -> None:
        """Read every attachment, then say for each identity what counts for it."""
        for attachment in self.estate.all(Attachment):
            if attachment.layer in (Layer.SCP, Layer.RCP):
                self._organization(attachment)
            elif attachment.layer is Layer.ENDPOINT:
                self._endpoint(attachment)
            elif attachment.layer is Layer.RESOURCE or attachment.target_kind == "resource":
                self._resource(attachment)
            else:
                self._identity(attachment)
        self._named_by_resources()
        if self.endpoints:
            from iamlint.graph.endpoints import policy_of

            self.aws.endpoints = tuple((id, policy_of(documents)) for id, documents in self.endpoints.items())
        groups: dict[str, list[str]] = {}
        for edge in self.builder.edges.members_of(self.aws.principals):
            groups.setdefault(edge.source.id, []).append(edge.target.id)
        controls = [policy for (layer, _, _), policies in self.organization.items() if layer is Layer.RCP for policy in policies]
        if controls:
            self.aws.controls = ResourceControls(controls, partial(self._levels, Layer.RCP))
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
                tuple(dict.fromkeys(own)), self._boundary(principal), self._levels(Layer.SCP, principal.account),
                self.aws.controls.of(principal.account) if self.aws.controls is not None else (), tuple(dict.fromkeys(missing)),
                endpoints=self.aws.endpoints, controls=self.aws.controls,
            )  # fmt: skip

    def _policy(self, attachment: Attachment) -> Policy | None:
        """Return the document: inline, managed in the repository, or what is known of one outside of it."""
        if attachment.policy is not None:
            return attachment.policy
        arn = attachment.policy_arn
        if arn is None:
            return None
        return self.aws.policy(arn, attachment.account) or outside_policy(key(arn), attachment.place)

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
            is_arn = isinstance(target, str) and target.startswith("arn:")
            arn = target if is_arn else self.aws.iam_arn(kind, target, attachment.account)
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
            and self.aws.policy(attachment.policy_arn, attachment.account) is None
            and not is_whole(attachment.policy_arn)
        ):
            self.missing.setdefault(principal.node.id, []).append(key(attachment.policy_arn))
            self.builder.unknown(_missing("policy", attachment.policy_arn), attachment.place)

    def _attach(self, node: Node, policy: Policy, reason: str, place: Place) -> None:
        name = key(policy.arn) if policy.arn is not None else policy.ref
        held = not is_outside(policy)
        fact = policy if held and f"policy:{name}" not in self.builder.nodes else None
        where = policy.place if held else place
        target = self.builder.node(NodeKind.POLICY, name, where, declared=held, fact=fact, title=key(policy.name))
        self.builder.edge(node, target, EdgeKind.ATTACHED, f"{reason} `{key(policy.name)}`{told(policy)}", place)
        self.aws.governed.setdefault(id(policy), []).append(node)

    def _resource(self, attachment: Attachment) -> None:
        if attachment.policy is None:
            return
        resource = self.aws.resource(attachment.target)
        if resource is None:
            arn = attachment.target
            if isinstance(arn, Unknown):
                self.builder.unknown(f"to which resource a policy is attached is not known: {arn.reason}", attachment.place)
                return
            if not key(arn).startswith("arn:"):
                self.builder.unknown(
                    f"the resource `{key(arn)}`, to which a policy is attached, is not in the repository", attachment.place
                )
            parts = key(arn).split(":")
            service = parts[2] if parts[0] == "arn" and len(parts) > 2 else ""  # text may be no more than the start of an ARN
            resource = self.aws.add_resource(service, arn, arn, attachment.account, attachment.place, None)
        self.aws.resources[resource.node.id] = resource._replace(policy=_joined(resource.policy, attachment.policy))
        self.aws.governed.setdefault(id(attachment.policy), []).append(resource.node)

    def _endpoint(self, attachment: Attachment) -> None:
        if attachment.policy is None:
            return
        from iamlint.graph.endpoints import endpoint_id

        arn, place = attachment.target, attachment.place
        id = endpoint_id(arn)
        node = self.builder.node(NodeKind.RESOURCE, key(arn), place, declared=True, title=key(arn if id is None else id))
        self.builder.accounts.setdefault(node.id, attachment.account)
        self._attach(node, attachment.policy, "lets pass what is in", place)
        other = None if attachment.known_as is None else endpoint_id(attachment.known_as)
        names = [key(name) for name in (arn if id is None else id, other) if name is not None]
        documents = next((self.endpoints[name] for name in names if name in self.endpoints), [])
        documents.append((attachment.policy, attachment.target_kind == "gateway"))
        self.endpoints.update(dict.fromkeys(names, documents))
        if len(documents) == 2:
            self.builder.unknown(f"two declarations write the policy of the endpoint `{node.name}`", place)

    def _named_by_resources(self) -> None:
        """Add, as nodes that are only named, whom resource policies admit from outside of the repository."""
        for resource in list(self.aws.resources.values()):
            for statement in resource.policy.statements if resource.policy is not None else ():
                if statement.effect is Effect.DENY or statement.principals_negated:
                    continue
                for pattern in statement.principals or ():
                    if pattern.kind not in ("AWS", "*") or not isinstance(pattern.value, str):
                        continue
                    place = statement.place(*pattern.route)
                    if pattern.value != "*":
                        self._named(pattern.value, place)
                        continue
                    self.builder.node(NodeKind.USER, "*", place, declared=False, title=ANYBODY)
                    for value in named_by_conditions(statement):
                        if isinstance(value, str):
                            self._named(value, place)

    def _named(self, text: str, place: Place) -> None:
        parts = text.split(":")
        if len(parts) == 6 and parts[5].startswith(("role/", "user/")) and self.aws.principal(text) is None:
            self.aws.add(parts[5][:4], last_part(text), text, parts[4], place, None)
        elif len(text) == 12 or (text.endswith(":root") and len(parts) == 6):
            self.aws.account(text if len(text) == 12 else parts[4], place, None, "")

    def _organization(self, attachment: Attachment) -> None:
        is_full = attachment.policy_arn in _FULL_ACCESSES  # the policies that AWS attaches by itself have ids of their own
        policy = outside_policy(_FULL_ACCESS, attachment.place) if is_full else self._policy(attachment)
        if policy is None:
            return
        self.organization.setdefault((attachment.layer, attachment.target_kind, key(attachment.target)), []).append(policy)
        if attachment.target_kind == "account":
            node = self.aws.account(attachment.target, attachment.place, None, "")
            if node is not None:
                self._attach(node, policy, "is governed by", attachment.place)
        if attachment.target_kind == "ou":
            accounts = self.units.accounts_in(attachment.target)
            for account in accounts:
                node = self.builder.node(NodeKind.ACCOUNT, key(account), None, declared=True)
                self._attach(node, policy, "is governed, as part of an organizational unit, by", attachment.place)
            if not accounts:
                unit = f"`{key(attachment.target)}`, to which `{key(policy.name)}` is attached,"
                self.builder.unknown(f"which accounts are in {unit} is not in the repository", attachment.place)

    def _levels(self, layer: Layer, account: Value) -> Levels:
        """Return the levels that are known to govern an account, root first. What AWS attaches by itself is there at each."""
        if key(account) in self.units.managing:
            return ()
        levels = []
        above = self.units.above(account)
        for (at, kind, target), policies in self.organization.items():
            if at is not layer or (kind == "account" and target != key(account)) or (kind == "ou" and target not in above):
                continue
            if kind == "root" and layer is Layer.RCP and key(account) not in self._inside:
                continue
            is_list = any(statement.effect is Effect.ALLOW for policy in policies for statement in policy.statements)
            by_itself = (
                perhaps_full_access(policies[0].place) if is_list and layer is Layer.SCP else outside_policy(_FULL_ACCESS, "")
            )
            policies = [*policies, by_itself]
            depth = 0 if kind == "root" else len(above) + 1 if kind == "account" else len(above) - above.index(target)
            levels.append((depth, target, tuple(policies)))
        return tuple(level for _, _, level in sorted(levels, key=lambda entry: entry[:2]))

    @cached_property
    def _inside(self) -> set[str]:
        """The accounts of which the repository declares something; what else it names may be of another organization."""
        declared = [principal.account for principal in self.aws.principals.values() if principal.fact is not None]
        declared += [resource.account for resource in self.aws.resources.values() if resource.fact is not None]
        return {key(account) for account in (*declared, *(account.id for account in self.estate.all(Account)))}

    def _boundary(self, principal: Principal) -> tuple[Policy, ...] | None:
        arn = getattr(principal.fact, "boundary", None)
        if arn is None:
            return None
        policy = self.aws.policy(arn, principal.account) or outside_policy(key(arn), principal.node.place or Place(""))
        if is_outside(policy) and not is_whole(arn):
            self.builder.unknown(_missing("permissions boundary", arn), principal.node.place)
        if principal.node.place is not None:
            self._attach(principal.node, policy, "is bounded by", principal.node.place)
        return (policy,)


_FULL_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
_FULL_ACCESSES = ("p-FullAWSAccess", "p-RCPFullAWSAccess")


def _joined(first: Policy | None, second: Policy) -> Policy:
    """Return one resource policy for several declarations of it: their statements together."""
    if first is None or first is second:
        return second
    joined = Policy(PolicyKind.RESOURCE, second.name, second.document, second.origin, second.ref, second.unit)
    joined.statements = (*first.statements, *second.statements)
    return joined
