"""Who may assume which role (D3): the trust policy, and the identity side where AWS needs it."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from contextlib import suppress

from iamlint.graph.ask import Granted, granted
from iamlint.graph.aws_index import ANYBODY, Aws, Principal
from iamlint.graph.builder import weakest
from iamlint.graph.elements import Certainty, EdgeKind, Node, NodeKind
from iamlint.graph.federation import Federation
from iamlint.graph.grant_index import GrantIndex
from iamlint.graph.outside import admits_others, named_by_conditions, somebody_in
from iamlint.graph.policies import Attached
from iamlint.graph.trust_answers import ASSUME, AlikePolicies, CallerAnswers
from iamlint.iam.arns import STRANGER, account_in, looked_up
from iamlint.iam.request import RequestPrincipal
from iamlint.model.aws import Account, AwsRole, iam_arn, partition_of
from iamlint.model.estate import Estate
from iamlint.model.policy import Effect, Policy, PrincipalPattern, Statement
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, Value, key, last_part

_PLAIN = 2  # the version of marshal in which equal values are equal bytes
ANYONE = "*"


class _Role(NamedTuple):
    """A role whose trust policy is read."""

    node: Node
    arn: Value
    account: Value
    trust: Policy
    answers: CallerAnswers
    tags: Mapping[str, tuple[Value, ...]]  # as context keys


def link_trust(estate: Estate, aws: Aws, federation: Federation) -> None:
    """Add `may assume` edges for every role with a trust policy."""
    _Trust(estate, aws, federation).run()


class _Trust:
    def __init__(self, estate: Estate, aws: Aws, federation: Federation) -> None:
        self.aws = aws
        self.builder = aws.builder
        self.federation = federation
        self.of_services: dict[tuple[object, ...], Granted | None] = {}
        self.others = AlikePolicies()
        self.accounts = {key(account.id) for account in estate.all(Account)}
        self.accounts |= {key(principal.account) for principal in aws.principals.values() if principal.fact is not None}
        self.assumers = GrantIndex(
            (
                (principal, aws.attached[node_id].identity)
                for node_id, principal in aws.principals.items() if principal.kind != "group" and node_id in aws.attached
            ),
            (ASSUME,),
        )  # fmt: skip
        self.by_account: dict[str, list[Principal]] = {}
        for principal in aws.principals.values():
            if principal.kind != "group" and principal.fact is not None:
                self.by_account.setdefault(key(principal.account), []).append(principal)

    def run(self) -> None:
        for node_id, trust in list(self.aws.trusts.items()):
            principal = self.aws.principals[node_id]
            answers = CallerAnswers(principal.arn, principal.account, trust, self.others)
            fact = next((fact for fact in principal.node.facts if isinstance(fact, AwsRole)), None)
            tags = fact.tags if fact is not None else {}
            given = {f"{service}:resourcetag/{name.lower()}": (tags[name],) for service in ("aws", "iam") for name in tags}
            self._role(_Role(principal.node, principal.arn, principal.account, trust, answers, given))

    def _role(self, role: _Role) -> None:
        asked: set[str] = set()
        for statement in role.trust.statements:
            if statement.opaque is not None:
                self.builder.unknown(
                    f"who may assume `{role.node.name}` is not known: {statement.opaque.reason}", statement.place()
                )
            if statement.effect is Effect.DENY or statement.principals_negated:
                continue
            for pattern in statement.principals or ():
                self._pattern(role, statement, pattern, statement.place(*pattern.route), asked)

    def _pattern(self, role: _Role, statement: Statement, pattern: PrincipalPattern, place: Place, asked: set[str]) -> None:
        if pattern.kind == "Service":
            self._service(role, pattern, place, asked)
        elif pattern.kind == "Federated":
            self.federation.link(role.node, role.arn, role.account, role.trust, statement, pattern, place, asked)
        elif pattern.kind in ("AWS", "*"):
            if pattern.value == "*":
                for value in named_by_conditions(statement):
                    self._aws(role, value, place, asked)
                self._anyone(role, statement, place, asked)
            else:
                self._aws(role, pattern.value, place, asked)

    # AWS principals

    def _aws(self, role: _Role, value: Value, place: Place, asked: set[str]) -> None:
        named = self.aws.principal(value)
        if named is not None:
            self._ask(role, named, place, asked)
            return
        if isinstance(value, Unknown):
            self.builder.unknown(f"who may assume `{role.node.name}` is not known: {value.reason}", place)
            return
        account = whole_account(value)
        if account is not None:
            self._account(role, account, place, asked)
            return
        if (meant := looked_up(value)) is not None and meant.kind != "policy":
            self._ask(role, self.aws.add(meant.kind, meant.name, value, meant.account, place, None), place, asked)
            return
        if isinstance(value, Text) and not _is_identity(key(value)):
            reasons = "; ".join(part.reason for part in value.parts if isinstance(part, Unknown))
            self.builder.unknown(f"who may assume `{role.node.name}` is not known: {reasons}", place)
            return
        if _is_identity(key(value)):
            self._outside(role, value, place, asked)

    def _account(self, role: _Role, account: Value, place: Place, asked: set[str]) -> None:
        """Ask for everybody in an account who is allowed to assume roles; an account outside the repository stands for itself."""
        for principal in self.assumers.candidates(role.arn):
            may_be_there = not isinstance(principal.account, str) or not isinstance(account, str)
            if key(principal.account) == key(account) or may_be_there:
                self._ask(role, principal, place, asked)
        if key(account) == key(role.account) or key(account) in self.accounts or not isinstance(account, str):
            return
        node = self.aws.account(account, place, None, "")
        if node is not None and node.id not in asked:
            asked.add(node.id)
            found = self._granted(role, self._somebody(role, account), self.aws.everything)
            self._edge(
                role, node, found, place, ("policies of the caller",), "is trusted as an account: whoever in it is allowed to"
            )

    def _outside(self, role: _Role, value: Value, place: Place, asked: set[str]) -> None:
        """Ask for a role or user that is only named here: its own policies are not in the repository."""
        text = key(value)
        kind = "user" if ":user/" in text else "role"
        arn: Value = value
        if ":assumed-role/" in text and isinstance(value, str):
            arn = iam_arn("role", text.split("/")[1], account_in(text), partition=partition_of(text))
        account: Value = (
            account_in(text)
            if isinstance(value, str)
            else Unknown("the account is part of an unknown text", place, f"account of {text}")
        )
        principal = self.aws.add(kind, last_part(text), arn, account, place, None)
        self._ask(role, principal, place, asked)

    def _anyone(self, role: _Role, statement: Statement, place: Place, asked: set[str]) -> None:
        for principal in [*self.by_account.get(key(role.account), ()), *self.assumers.candidates(role.arn)]:
            self._ask(role, principal, place, asked)
        stranger = iam_arn("role", "stranger", STRANGER, partition=partition_of(role.arn))
        found = self._granted(role, RequestPrincipal("AWS", stranger), self.aws.everything)
        if found is None:  # somebody of another name, perhaps
            found = self._granted(role, self._somebody(role, STRANGER), self.aws.everything)
        if found is None or "user:*" in asked:
            return
        if found.certainty is Certainty.UNKNOWN:  # it hangs on what belongs to the caller, as its organization
            if admits_others(statement):
                outside = (
                    "from outside of the repository is not known: its trust policy admits everybody who meets its conditions"
                )
                self.builder.unknown(f"who may assume `{role.node.name}` {outside}", place)
            return
        asked.add("user:*")
        node = self.builder.node(NodeKind.USER, ANYONE, place, declared=False, title=ANYBODY)
        self._edge(role, node, found, place, (), "may assume the role: its trust policy admits everybody")

    def _somebody(self, role: _Role, account: str) -> RequestPrincipal:
        return RequestPrincipal("AWS", somebody_in(account, role.trust, partition_of(role.arn)))

    def _ask(self, role: _Role, principal: Principal, place: Place, asked: set[str]) -> None:
        node = principal.node
        if node is role.node or node.id in asked or principal.kind == "group":
            return
        asked.add(node.id)
        attached = self.aws.attached.get(node.id)
        assumed: tuple[str, ...] = ()
        if attached is None and principal.fact is None:
            attached, assumed = self.aws.everything, ("policies of the caller",)
            alone = self._granted(role, RequestPrincipal("AWS", principal.arn), self.aws.nothing, principal)
            if alone is not None and alone.certainty is Certainty.CERTAIN:
                attached, assumed = self.aws.nothing, ()
        found = self._granted(role, RequestPrincipal("AWS", principal.arn), attached or self.aws.nothing, principal)
        self._edge(role, node, found, place, assumed, "may assume the role")

    def _granted(
        self, role: _Role, who: RequestPrincipal, attached: Attached, principal: Principal | None = None
    ) -> Granted | None:
        given: dict[str, tuple[Value, ...] | Unknown] = {}
        known = False
        if principal is not None:
            known = key(principal.account) in self.accounts
            tags = getattr(principal.fact, "tags", None)
            if principal.fact is not None:
                given.update({f"aws:principaltag/{name.lower()}": (value,) for name, value in (tags or {}).items()})
                given.update({name: () for name in _tag_keys(role.trust, attached) if name not in given})
        given.update(role.tags)
        return role.answers.granted(who, attached, given, known)

    def _edge(
        self, role: _Role, source: Node, found: Granted | None, place: Place, assumed: tuple[str, ...], reason: str
    ) -> None:
        if found is None:
            return
        certainty = weakest(found.certainty, Certainty.ASSUMED if assumed else Certainty.CERTAIN)
        self.builder.edge(source, role.node, EdgeKind.MAY_ASSUME, reason, place, condition=found.condition, certainty=certainty,
                          assumed=(*found.assumed, *assumed), detail=ASSUME)  # fmt: skip

    # services

    def _service(self, role: _Role, pattern: PrincipalPattern, place: Place, asked: set[str]) -> None:
        if not isinstance(pattern.value, str):
            return
        node = self.builder.node(NodeKind.PROVIDER, pattern.value, place, declared=False)
        if node.id in asked:
            return
        asked.add(node.id)
        self._edge(role, node, self._of_service(role, pattern.value), place, (), "is the AWS service that runs as the role")

    def _controls(self, role: _Role) -> list[int]:
        """Return what tells apart the resource control policies that govern the role."""
        return [id(policy) for level in self.aws.nothing.controlling(role.account) for policy in level]

    def _of_service(self, role: _Role, service: str) -> Granted | None:
        """Return how surely a service may assume the role. Most roles of a service have the same few words as their trust."""
        at: tuple[object, ...] | None = None
        if not any(statement.conditions or statement.opaque for statement in role.trust.statements):
            with suppress(ValueError):  # something in it is not known
                at = (service, *self._controls(role), type(role.account), marshal.dumps(role.trust.document, _PLAIN))
        if at is None or at not in self.of_services:
            who = RequestPrincipal("Service", service)
            found = granted(who, ASSUME, role.arn, role.account, self.aws.nothing, role.trust, {})
            if at is None:
                return found
            self.of_services[at] = found
        return self.of_services[at]


def _tag_keys(trust: Policy, attached: Attached) -> set[str]:
    """Return the principal tags that are tested: those that a declared caller does not have are absent."""
    documents = (trust, *attached.identity, *(attached.boundary or ()))
    return {
        condition.key.lower()
        for policy in documents for statement in policy.statements for condition in statement.conditions
        if condition.key.lower().startswith("aws:principaltag/")
    }  # fmt: skip


def whole_account(value: Value) -> Value | None:
    """Return the account that a principal names as a whole (`arn:aws:iam::111111111111:root`, `111111111111`)."""
    if isinstance(value, str):
        if len(value) == 12 and value.isdigit():
            return value
        parts = value.split(":")
        return parts[4] if len(parts) == 6 and parts[2] == "iam" and parts[5] == "root" else None
    if isinstance(value, Text):
        first, last = value.parts[0], value.parts[-1]
        if len(value.parts) == 3 and isinstance(first, str) and first.endswith(":iam::") and last == ":root":
            return value.parts[1]
    return None


def _is_identity(text: str) -> bool:
    return text.startswith("arn:") and any(mark in text for mark in (":role/", ":user/", ":assumed-role/"))
