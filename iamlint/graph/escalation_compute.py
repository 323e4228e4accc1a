"""Escalation by compute: a role passed to something new (`iam:PassRole`), or something that has a role already."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from iamlint.graph.ask import Granted
from iamlint.graph.aws_index import Principal
from iamlint.graph.elements import Certainty, EdgeKind, NodeKind
from iamlint.graph.escalation_ask import together
from iamlint.graph.escalation_base import Actor, Ground
from iamlint.graph.escalation_methods import Method, Step
from iamlint.graph.escalation_population import Member, Population
from iamlint.model.aws import AwsRole, InstanceProfile
from iamlint.model.compute import ComputeRole
from iamlint.model.estate import Estate
from iamlint.model.policy import Effect
from iamlint.source.regex import regex
from iamlint.source.value import Value, key

_REGIONAL = regex(r"^([a-z0-9-]+)\.[a-z]{2}-[a-z-]+-\d\.amazonaws\.com(\.cn)?$")
_COGNITO = "cognito-identity.amazonaws.com"
NO_PROFILE = "an instance profile that hands out the role"


class Computes:
    """Roles by the service that runs as them, and what runs as a role already."""

    def __init__(self, estate: Estate, ground: Ground) -> None:
        self.estate = estate
        self.ground = ground

    # a role passed

    def pass_role(self, actor: Actor, method: Method) -> None:
        """Add the roles that the identity may pass, that trust the service, and that what it makes then runs as."""
        account = key(actor.principal.account)
        for service in method.services:
            populations = [
                (population, missing)
                for missing in (False, True) if (population := self._trusting.get((account, service, missing)))
            ]  # fmt: skip
            if not populations:
                continue
            rest = self._named(actor, method.steps)
            if rest is None:
                return
            given: dict[str, tuple[Value, ...]] = {"iam:passedtoservice": (service,)}
            for population, missing in populations:
                for group in actor.ask.on_each("iam:PassRole", population, given, "iam:passedtoservice"):
                    found = together((group.found, rest))
                    if found is not None:
                        if missing:
                            found = found._replace(assumed=(*found.assumed, NO_PROFILE))
                        self.ground.gains(actor, group, found, method, method.words, service, "roles")

    def _named(self, actor: Actor, steps: Iterable[Step]) -> Granted | None:
        """Return whether everything is allowed that acts on things which the identity names itself."""
        by_thing: dict[str, list[str]] = {}
        for step in steps:
            if step.on not in ("role", "compute"):
                by_thing.setdefault(step.on, []).append(step.action)
        return together(actor.ask.named(tuple(actions), thing) for thing, actions in by_thing.items())

    @cached_property
    def _trusting(self) -> dict[tuple[str, str, bool], Population]:
        """The declared roles by account and by the service that runs as them; of EC2, those without a profile apart."""
        found: dict[tuple[str, str, bool], dict[str, Member]] = {}
        principals = self.ground.aws.principals
        pairs = [
            (service_name(edge.source.name), edge.target.id)
            for edge in self.ground.builder.edges.of(EdgeKind.MAY_ASSUME)
            if edge.source.kind is NodeKind.PROVIDER
            and edge.certainty is not Certainty.UNKNOWN
        ]  # fmt: skip
        for node_id, trust in self.ground.aws.trusts.items():
            for statement in trust.statements:
                if statement.effect is Effect.ALLOW:
                    pairs += [(_COGNITO, node_id) for pattern in statement.principals or () if pattern.value == _COGNITO]
        for service, node_id in pairs:
            principal = principals.get(node_id)
            if principal is None or not isinstance(principal.fact, AwsRole):
                continue
            missing = service == "ec2.amazonaws.com" and node_id not in self._handed_out
            member = Member(principal.arn, principal.node, principal.fact.tags)
            found.setdefault((key(principal.account), service, missing), {})[node_id] = member
        return {at: Population(members.values()) for at, members in found.items()}

    # instance profiles

    @cached_property
    def _profiles(self) -> dict[tuple[str, str], Value]:
        """The roles of instance profiles, by account and name of the profile."""
        return {
            (key(profile.account), key(profile.name)): profile.role
            for profile in self.estate.all(InstanceProfile) if profile.role is not None
        }  # fmt: skip

    @cached_property
    def _handed_out(self) -> set[str]:
        """The ids of roles that some instance profile hands out."""
        found = set()
        for profile in self.estate.all(InstanceProfile):
            role = self._role(profile.role, profile.account) if profile.role is not None else None
            if role is not None:
                found.add(role.node.id)
        return found

    # compute that is there

    def drive(self, actor: Actor, method: Method) -> None:
        """Add the roles of what is there already and the identity can make do something else."""
        account = key(actor.principal.account)
        for kind in method.compute:
            population = self._running.get((account, kind))
            if population is None:
                continue
            rest = self._named(actor, method.steps)
            if rest is None:
                continue
            actions = [step.action for step in method.steps if step.on == "compute"]
            service = kind.partition(":")[0] + ".amazonaws.com"
            for group in actor.ask.on_all(actions, population) if actions else population.all_of(rest):
                found = together((group.found, rest))
                if found is not None:
                    self.ground.gains(actor, group, found, method, method.words, service, f"of kind {kind}")

    @cached_property
    def _running(self) -> dict[tuple[str, str], Population]:
        """What runs as a role of the repository, by account and kind."""
        found: dict[tuple[str, str], list[Member]] = {}
        for item in self.estate.all(ComputeRole):
            role = item.role
            if item.role_is == "instance-profile":
                name = key(role).rpartition("/")[2] if isinstance(role, str) else key(role)
                handed = self._profiles.get((key(item.account), name)) or self._profiles.get((key(item.account), _tail(role)))
                if handed is None:
                    continue
                role = handed
            principal = self._role(role, item.account)
            if principal is not None:
                shown = f"`{key(item.name)}`, which runs as `{principal.node.name}`"
                member = Member(item.arn, principal.node, item.tags, None, shown)
                found.setdefault((key(principal.account), item.kind), []).append(member)
        return {at: Population(members) for at, members in found.items()}

    def _role(self, role: Value, account: Value) -> Principal | None:
        aws = self.ground.aws
        return aws.principal(role) or aws.named("role", role, account)


def _tail(value: Value) -> str:
    """Return what stands behind `:instance-profile/` in an ARN."""
    return key(value).partition(":instance-profile")[2].rpartition("/")[2]


def service_name(text: str) -> str:
    """Return a service's name without its region."""
    match = _REGIONAL.match(text)
    return f"{match[1]}.amazonaws.com" if match else text.removesuffix(".cn")
