"""Whether somebody may read a stored secret, asked once for all secrets that the same statements are about in the same way."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.graph.ask import Granted, granted, policy_set
from iamlint.graph.aws_index import Principal, Resource
from iamlint.graph.builder import LEVEL
from iamlint.graph.elements import Certainty
from iamlint.graph.policies import Attached
from iamlint.graph.secret_names import folders_of, secret_forms
from iamlint.iam.caller import read_caller
from iamlint.iam.context import RequestContext
from iamlint.iam.layers import held_by
from iamlint.iam.patterns import equal_value
from iamlint.iam.request import Request, RequestPrincipal
from iamlint.iam.residual import named_in_words, unknown_parts
from iamlint.iam.statements import Asked, compile_policy
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from iamlint.graph.ask import Answered
    from iamlint.iam.logic import Ternary
    from iamlint.iam.statements import CompiledStatement

Given: TypeAlias = "dict[str, tuple[Value, ...] | Unknown]"

READING = {
    "secretsmanager": ("secretsmanager:GetSecretValue",),
    "ssm": ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParameterHistory", "ssm:GetParametersByPath"),
    "s3": ("s3:GetObject", "s3:GetObjectVersion"),
}
"""What reads a secret, by service."""


class Stored(NamedTuple):
    """A secret with the requests that read it: actions, each with the texts that name the secret, the exact one first.

    `actions`: these with the number of texts. `forms`: all texts in one row.
    """

    resource: Resource
    service: str
    requests: tuple[tuple[str, list[Value]], ...]
    actions: tuple[tuple[str, int], ...]
    forms: tuple[Value, ...]


class SecretQuestions:
    """The questions about all secrets, each answered once.

    `accounts`: the accounts of the repository. `suffixes`: see `secret_names.written_suffixes`.
    """

    def __init__(self, accounts: set[str], suffixes: Mapping[str, tuple[str, ...]]) -> None:
        self._accounts = accounts
        self._suffixes = suffixes
        self._readers: dict[str, dict[str, _Reader]] = {service: {} for service in READING}

    def about(self, resource: Resource, service: str) -> Stored:
        """Return the requests that read a resource."""
        requests: list[tuple[str, list[Value]]] = []
        for action in READING[service]:
            if action == "ssm:GetParametersByPath":
                requests += [(action, [folder]) for folder in folders_of(resource.arn)]
            elif service == "secretsmanager":
                requests += [(action, forms) for forms in secret_forms(resource.arn, resource.fact is not None, self._suffixes)]
            else:
                requests.append((action, [resource.arn]))
        actions, forms = (
            tuple([(action, len(each)) for action, each in requests]),
            tuple([form for _, each in requests for form in each]),
        )
        return Stored(resource, service, tuple(requests), actions, forms)

    def ask(self, principal: Principal, attached: Attached, asked: Stored) -> Granted | None:
        """Return how surely a principal of these policies may read the secret, or None when it may not."""
        resource, service = asked.resource, asked.service
        reader = self._readers[service].get(principal.node.id)
        if reader is None or reader.attached is not attached:
            reader = self._readers[service][principal.node.id] = _Reader(principal, attached, service)
        own = reader.own_statements(asked) if resource.policy is not None else []
        if not reader.shares or not resource.account or (own and any(each.conditions or each.resources_vary for each in own)):
            return self._decide(principal, attached, asked)
        alike = reader.told_apart(asked, own)
        if alike not in reader.answers:
            reader.answers[alike] = (self._decide(principal, attached, asked), own)
        answer, theirs = reader.answers[alike]
        if answer is None or not own or theirs is own:
            return answer
        instead = {id(other.statement): mine.statement for other, mine in zip(theirs, own, strict=True)}
        return answer._replace(determining=tuple([instead.get(id(each), each) for each in answer.determining]))

    def _decide(self, principal: Principal, attached: Attached, asked: Stored) -> Granted | None:
        resource = asked.resource
        best: Granted | None = None
        given: Given = {
            f"aws:principaltag/{name.lower()}": (value,) for name, value in (getattr(principal.fact, "tags", None) or {}).items()
        }
        given.update(_tags(resource, asked.service))
        known = key(principal.account) in self._accounts
        who = RequestPrincipal("AWS", principal.arn)
        answered: Answered = {}
        for action, forms in asked.requests:
            for form in forms:
                found = granted(who, action, form, resource.account or None, attached, resource.policy, given, known, answered)
                if found is None or found.certainty is not Certainty.UNKNOWN:
                    break  # decided; else the next form says more of the name
            if found is not None and (best is None or _rank(found) < _rank(best)):
                best = found
            if best is not None and _rank(best) == (0, False):
                break
        return best


class _Reader:
    """One principal and one service, with the answers so far.

    An answer hangs on the statements that name one of the actions, on which of them are about the resource, on whether it is
    in the caller's account, and on what conditions test of the resource; on its name no more than that (semantics B), for
    services that treat all their resources alike, as these do. Of the statements of the resource's own policy it counts too
    whom they name; its words say how they are called and what is not known of them. What goes through an endpoint is asked one
    by one, and so are resources that variables name and those whose own policies have conditions.
    """

    __slots__ = ("_accounts", "_actions", "_asked", "answers", "attached", "keys", "shares", "telling")

    def __init__(self, principal: Principal, attached: Attached, service: str) -> None:
        caller = read_caller(RequestPrincipal("AWS", principal.arn))
        actions = [action.lower() for action in READING[service]]
        held = held_by(policy_set(attached, None), caller, actions[0])
        statements = [
            statement for levels in held.values() for level in levels for statement in level
            if any(statement.names_action(action) is not False for action in actions)
        ]  # fmt: skip
        context = RequestContext(Request(RequestPrincipal("AWS", principal.arn), actions[0], "*", None), caller)
        self._asked = Asked(actions[0], "*", caller, context, bool(attached.boundary) and caller.is_aws)
        self._actions = actions
        self._accounts: dict[Value, Ternary] = {}
        self.attached = attached
        self.answers: dict[tuple[object, ...], tuple[Granted | None, list[CompiledStatement]]] = {}
        self.shares = not attached.endpoints and not any(statement.resources_vary for statement in statements)
        self.telling = [statement for statement in statements if not statement.is_about_everything]
        of_the_resource = ("aws:resource", f"{service}:resource")
        tested = {name for statement in statements for name in statement.depends_on()}
        self.keys = sorted(name for name in tested if name.startswith(of_the_resource))

    def own_statements(self, asked: Stored) -> list[CompiledStatement]:
        """Return the statements of the resource's own policy that may have a say."""
        policy = asked.resource.policy
        return [
            statement for statement in (compile_policy(policy) if policy is not None else ())
            if any(statement.names_action(action) is not False for action in self._actions)
            and (statement.resources_vary or any(statement.names_resource(form) is not False for form in asked.forms))
        ]  # fmt: skip

    def told_apart(self, asked: Stored, own: list[CompiledStatement]) -> tuple[object, ...]:
        """Return what the statements can tell this secret by from others, and what the answer says of the secret's own."""
        account = asked.resource.account
        if account not in self._accounts:
            mine = self._asked.caller.account
            self._accounts[account] = None if mine is None else equal_value(mine, account)
        told: list[object] = [self._accounts[account], asked.actions, asked.resource.policy is None]
        for statement in self.telling:
            told += [statement.names_resource(form) for form in asked.forms]
        if self.keys:
            tags = _tags(asked.resource, asked.service)
            told += [account, *[tags.get(name) for name in self.keys]]
        for statement in own:
            told += [statement.effect, statement.named(self._asked), named_in_words(statement), tuple(unknown_parts(statement))]
            told += [statement.names_action(action) for action in self._actions]
            told += [statement.names_resource(form) for form in asked.forms]
        return tuple(told)


def _tags(resource: Resource, service: str) -> Given:
    tags = {} if resource.fact is None else resource.fact.tags
    return {
        f"{prefix}{name.lower()}": (value,) for prefix in ("aws:resourcetag/", f"{service}:resourcetag/")
        for name, value in tags.items()
    }  # fmt: skip


def _rank(found: Granted) -> tuple[int, bool]:
    return LEVEL[found.certainty], found.condition is not None
