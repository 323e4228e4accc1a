"""Statements ready to be evaluated: whether one matches a request."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from iamlint.iam.actions import action_matches, service_named
from iamlint.iam.arns import arn_matches
from iamlint.iam.caller import Caller
from iamlint.iam.conditions import CompiledCondition
from iamlint.iam.context import RequestContext
from iamlint.iam.logic import Ternary, either, opposite
from iamlint.iam.principals import EVERYBODY, NOBODY, Named, is_exempt, names, tells_accounts_alone
from iamlint.iam.variables import fill, has_variables, keys_of, substitutes
from iamlint.model.policy import Effect, Policy, PolicyKind, PrincipalPattern, Statement
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value

_MEMORY = 4_096
_WITHOUT_RESOURCE = (PolicyKind.TRUST, PolicyKind.RESOURCE, PolicyKind.ENDPOINT)  # a repository policy of ECR has no `Resource`


class Asked(NamedTuple):
    """A request, taken apart once for all statements. `action` is in lower case, `resource` is `*` for an action without one."""

    action: str
    resource: Value
    caller: Caller
    context: RequestContext
    has_boundary: bool


class CompiledStatement:
    """A statement with what was learned of it: each action and resource is compared once."""

    __slots__ = (
        "_accounts_alone", "_actions", "_listed", "_named", "_resources", "_substitutes", "conditions", "effect", "open_reasons",
        "resources_vary", "statement", "told",
    )  # fmt: skip

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.effect: Effect | Unknown | None = statement.effect
        if self.effect is None and statement.opaque is not None:
            self.effect = statement.opaque
        self._substitutes = substitutes(statement.policy.version)
        self.conditions = [CompiledCondition(condition, self._substitutes) for condition in statement.conditions]
        self._actions: dict[str, Ternary] = {}
        self._listed: _Listed | None = None
        self._resources: dict[Value, Ternary] = {}
        self.resources_vary = self._substitutes is not False and any(map(has_variables, statement.resources or ()))
        self._named: dict[tuple[object, ...], Named] = {}
        self.open_reasons: tuple[str, ...] | None = None  # why parts of it are not known, as far as somebody has asked
        self.told: int | None = None  # see `residual.told`
        self._accounts_alone: bool | None = None  # whether callers of one kind and account are alike to its principals

    def names_action(self, action: str) -> Ternary:
        """Return whether the statement is about an action, in lower case."""
        return self._actions[action] if action in self._actions else self._match_action(action)

    def may_match(self, asked: Asked) -> bool:
        """Return whether action and resource may match in some context."""
        action, resource = asked.action, asked.resource
        found = self._actions[action] if action in self._actions else self._match_action(action)
        if found is False or self.resources_vary:
            return found is not False
        return self.names_resource(resource) is not False

    def names_resource(self, resource: Value) -> Ternary:
        """Return whether the statement is about a resource; only for statements whose resources hold no variables."""
        return self._resources[resource] if resource in self._resources else self._match_resource(resource, None)

    @property
    def is_about_everything(self) -> bool:
        """Return whether it is about all resources in the same way, whatever they are called."""
        return all(pattern == "*" for pattern in self.statement.resources or ())

    def match(self, asked: Asked) -> Ternary:
        """Return whether action, resource and conditions match, whoever asks."""
        try:
            answer = self._actions[asked.action]
        except KeyError:
            answer = self._match_action(asked.action)
        if answer is False:
            return False
        if self.resources_vary:
            resource = self._match_resource(asked.resource, asked.context)
        else:
            try:
                resource = self._resources[asked.resource]
            except KeyError:
                resource = self._match_resource(asked.resource, None)
        if resource is False:
            return False
        if resource is None:
            answer = None
        for condition in self.conditions:
            met = condition.evaluate(asked.context)
            if met is False:
                return False
            if met is None:
                answer = None
        return None if self.statement.opaque is not None else answer

    def named(self, asked: Asked) -> Named:
        """Return how the statement names the caller."""
        marked = (asked.caller, asked.has_boundary)
        found = self._named.get(marked)
        if found is None:
            if len(self._named) > _MEMORY:
                self._named.clear()
            found = self._named[marked] = self._name(asked)
        return found

    def depends_on(self) -> set[str]:
        """Return the context keys (in lower case) on which the statement hangs."""
        return self.resource_keys.union(*(condition.depends_on() for condition in self.conditions))

    @property
    def resource_keys(self) -> set[str]:
        """Return the context keys (in lower case) that variables in the resources take in."""
        if not self.resources_vary:
            return set()
        return {key for resource in self.statement.resources or () for key in keys_of(resource)}

    @property
    def names_everybody(self) -> bool:
        """Return whether the statement has no principals because it needs none: those of identity policies and SCPs."""
        return self.statement.principals is None and self.statement.policy.kind not in _WITHOUT_RESOURCE

    def _name(self, asked: Asked) -> Named:
        statement = self.statement
        if not statement.principals:
            if statement.opaque is not None:
                return Named(None, None, None)
            return EVERYBODY if self.names_everybody else NOBODY
        if not statement.principals_negated:
            return self._name_patterns(statement.principals, asked.caller)
        # AWS JSON policy elements: NotPrincipal: it denies every principal that has a permissions boundary.
        exempt: Ternary = False if asked.has_boundary else is_exempt(statement.principals, asked.caller)
        if self.effect is not Effect.DENY:  # with Allow it is no longer supported; older pages let in everybody else
            return NOBODY if exempt is True else Named(None, False, False)
        return EVERYBODY._replace(direct=opposite(exempt))

    def _name_patterns(self, patterns: tuple[PrincipalPattern, ...], caller: Caller) -> Named:
        is_trust = self.statement.policy.kind is PolicyKind.TRUST
        if self._accounts_alone is None:
            self._accounts_alone = len(patterns) > 1 and tells_accounts_alone(patterns)
        if not self._accounts_alone or caller.kind not in _IN_ACCOUNTS:
            return names(patterns, caller, is_trust)
        marked = (caller.kind, caller.account, caller.partition)
        found = self._named.get(marked)
        if found is None:
            found = self._named[marked] = names(patterns, caller, is_trust)
        return found

    def _match_action(self, action: str) -> Ternary:
        if len(self._actions) > _MEMORY:
            self._actions.clear()
        statement = self.statement
        answer: Ternary
        if not statement.actions:
            answer = None if statement.opaque is not None else False
        else:
            if self._listed is None:
                self._listed = _listed(statement.actions)
            answer = self._listed.names(action)
            if statement.actions_negated:
                answer = opposite(answer)
        self._actions[action] = answer
        return answer

    def _match_resource(self, resource: Value, context: RequestContext | None) -> Ternary:
        statement = self.statement
        if not statement.resources:
            if statement.opaque is not None:
                answer: Ternary = None
            else:
                answer = statement.resources is None and statement.policy.kind in _WITHOUT_RESOURCE
        else:
            answer = either(*[self._fits(pattern, resource, context) for pattern in statement.resources])
            if statement.resources_negated:
                answer = opposite(answer)
        if context is None:
            if len(self._resources) > _MEMORY:
                self._resources.clear()
            self._resources[resource] = answer
        return answer

    def _fits(self, pattern: Value, resource: Value, context: RequestContext | None) -> Ternary:
        if context is None or not has_variables(pattern):
            return arn_matches(pattern, resource)
        filled = fill(pattern, context, pattern=True)
        if filled.value is None:  # no value: the entry matches no resource
            answer: Ternary = False
        else:
            answer = arn_matches(filled.value, resource)
            if answer is True and not filled.certain:
                answer = None
        if self._substitutes is None and answer is not arn_matches(pattern, resource):
            return None
        return answer


_IN_ACCOUNTS = frozenset(("user", "role", "session", "federated_user", "root"))


class _Listed:
    """A list of actions. Policies of AWS name hundreds of many services, and are asked for a few."""

    __slots__ = ("_answers", "_open", "_plain")

    def __init__(self, actions: tuple[Value, ...]) -> None:
        plain: list[str] = []
        self._open: dict[str, list[Value]] = {}  # by the service that they are about; those that may be about any under ""
        for pattern in actions:
            if isinstance(pattern, str) and "*" not in pattern and "?" not in pattern and pattern.isascii():
                plain.append(pattern.lower())
            else:
                self._open.setdefault(service_named(pattern), []).append(pattern)
        self._plain = frozenset(plain)
        self._answers: dict[str, Ternary] = {}

    def names(self, action: str) -> Ternary:
        """Return whether an action is in the list."""
        if action in self._plain:
            return True
        if not self._open:
            return False
        if action not in self._answers:
            if len(self._answers) > _MEMORY:
                self._answers.clear()
            near = [*self._open.get(action.partition(":")[0], ()), *self._open.get("", ())]
            self._answers[action] = either(*[action_matches(pattern, action) for pattern in near])
        return self._answers[action]


@lru_cache(maxsize=_MEMORY)
def _listed(actions: tuple[Value, ...]) -> _Listed:
    """Return a list of actions, remembered: statements repeat each other's."""
    return _Listed(actions)


_compiled: dict[int, tuple[Policy, tuple[CompiledStatement, ...]]] = {}


def compile_policy(policy: Policy) -> tuple[CompiledStatement, ...]:
    """Return the compiled statements of a policy, remembered; statements that neither allow nor deny are left out."""
    found = _compiled.get(id(policy))
    if found is None:
        if len(_compiled) > 50_000:
            _compiled.clear()
        statements = map(CompiledStatement, policy.statements)
        found = _compiled[id(policy)] = (policy, tuple(s for s in statements if s.effect is not None))
    return found[1]


def compile_all(policies: Iterable[Policy]) -> tuple[CompiledStatement, ...]:
    """Return the compiled statements of several policies."""
    return tuple(statement for policy in policies for statement in compile_policy(policy))


def forget_compiled() -> None:
    """Let go of every compiled policy; who answers a long stream does so now and then."""
    _compiled.clear()
