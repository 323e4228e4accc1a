"""What is known of the condition keys that a policy names: their types, who presents them, and near matches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamlint.iam.catalogue import catalogue
from iamlint.iam.operators import Operator, read_operator
from iamlint.iam.service import ConditionKey
from iamlint.model.policy import Condition, Effect, Statement
from iamlint.source.near import nearest
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.graph.access_graph import AccessGraph


class KeyFacts(NamedTuple):
    """A condition key. `name` with `${…}` where the user's part stands; `type` as in the catalogue, `Any` when nobody says.

    `service` is empty for a global key, `federated` for a claim of an identity provider. `multivalued` is None when nobody says.
    """

    name: str
    type: str
    service: str
    multivalued: bool | None


class Tested(NamedTuple):
    """One condition of a statement with its operator taken apart."""

    statement: Statement
    condition: Condition
    operator: Operator
    key: str
    """The key in lower case."""
    known: list[tuple[int, str]]
    """The values that are wholly known, each with its number: many rules ask for them."""

    def place(self, part: str = "value") -> Place:
        """Return the place of the key with its values; with `part` `key`, of the key itself."""
        return self.statement.place(*self.condition.route, part=part)

    def values(self) -> list[tuple[int, str]]:
        """Return the values that are wholly known, each with its number."""
        return self.known

    def value_place(self, number: int) -> Place:
        """Return the place of the value with this number, list or single value alike."""
        raw: Any = self.statement.policy.statement_document(self.statement.index)
        for step in self.condition.route:
            raw = raw.get(step) if isinstance(raw, dict) else None
        return self.statement.place(*self.condition.route, number) if isinstance(raw, list) else self.place()

    @property
    def lets_absent_pass(self) -> bool:
        """Return whether the condition is met by a request that does not carry the key."""
        return self.operator.negated or self.operator.if_exists or self.operator.quantifier == "ForAllValues"


def each_condition(graph: AccessGraph, effect: Effect | None = None) -> Iterator[Tested]:
    """Yield every condition whose operator IAM has, statement by statement."""
    known = graph.once(_conditions_of)  # some thirty rules ask for them
    found = known.get(effect)
    if found is None:
        found = known[effect] = [tested for tested in known[None] if tested.statement.effect is effect]
    return iter(found)


def values_with_variables(graph: AccessGraph) -> Iterator[tuple[Tested, int, str]]:
    """Yield the values of conditions in which a policy variable may be written, each with its condition and number."""
    return iter(graph.once(_values_of))


def _values_of(graph: AccessGraph) -> list[tuple[Tested, int, str]]:
    return [(tested, number, value) for tested in each_condition(graph) for number, value in tested.values() if "${" in value]


def _conditions_of(graph: AccessGraph) -> dict[Effect | None, list[Tested]]:
    found = []
    for policy in graph.policies():
        for statement in policy.statements:
            for condition in statement.conditions:
                operator = read_operator(condition.operator)
                if operator is not None:
                    values = condition.values
                    if statement.is_plain:
                        known: list[tuple[int, str]] = [*enumerate(values)]  # type: ignore[list-item]
                    else:
                        known = [(number, value) for number, value in enumerate(values) if isinstance(value, str)]
                    found.append(Tested(statement, condition, operator, condition.key.lower(), known))
    return {None: found}


@lru_cache(maxsize=10_000)
def key_facts(text: str) -> KeyFacts | None:
    """Return what is known of a condition key as it stands in a policy, or None for one that AWS does not document."""
    lower = text.lower()
    head, colon, name = lower.rpartition(":")
    if not colon or not head or not name or name.endswith("/"):
        return None
    found = catalogue().condition_key(lower, None) or _listed_otherwise(lower)
    if found is not None:
        everywhere = lower.startswith("aws:") or found.name.lower() in catalogue().global_keys
        return _facts(found, "" if everywhere else lower.partition(":")[0])
    if "." in head or head == "saml":
        return _claim(lower, head, name)
    return _of_any_service(lower) if not lower.startswith("aws:") else None


def _listed_otherwise(lower: str) -> ConditionKey | None:
    """Look for what the reference lists by an example (`secretsmanager:ResourceTag/tag-key`), or not at all."""
    if lower == "aws:principalorgmasteraccountid":
        return ConditionKey("aws:PrincipalOrgMasterAccountId", "String")
    head, slash, _ = lower.partition("/")
    return (catalogue().condition_key(f"{head}/tag-key") or catalogue().condition_key(f"{head}/")) if slash else None


def is_open(text: str) -> bool:
    """Return whether nobody can say what the key is: a part of its name is filled in later."""
    return "${" in text or "⟨" in text


def near_key(text: str) -> str | None:
    """Return the documented key that is spelled most like this one, or None."""
    head, colon, _ = text.partition(":")
    known = catalogue()
    if head.lower() == "aws" or not colon:
        candidates = [key.name for key in known.global_keys.values()]
    else:
        service = known.service(head.lower())
        candidates = [key.name for key in service.condition_keys] if service is not None else []
        candidates += [key.name for key in known.global_keys.values()]
    found = nearest(text, [name.partition("${")[0].rstrip("/:") for name in candidates], 0.8)
    return next((name for name in candidates if name.partition("${")[0].rstrip("/:") == found), None)


def base_type(facts: KeyFacts) -> str:
    """Return the type of one value of the key (`String`, `ARN`, `Bool`, `Numeric`, `Date`, `IPAddress`), or nothing."""
    return facts.type.removeprefix("ArrayOf") if facts.type != "Any" else ""


CLOSED_ISSUERS = ("token.actions.githubusercontent.com", "gitlab.com", "agent.buildkite.com")
"""Issuers of which AWS passes on a fixed list of claims; any other claim is never presented."""

_COMMON_CLAIMS = frozenset({"sub", "aud", "amr", "oaud", "azp", "email"})


def _claim(lower: str, head: str, name: str) -> KeyFacts | None:
    if head in CLOSED_ISSUERS and name not in _COMMON_CLAIMS:
        return None
    if head == "saml":
        return KeyFacts(lower, "Any", "federated", None)
    return KeyFacts(lower, "String" if name in ("sub", "aud") else "Any", "federated", False if name in ("sub", "aud") else None)


def _of_any_service(lower: str) -> KeyFacts | None:
    """Look in every service: some document keys under a prefix that is not their own (`elasticloadbalancing`, `catalog`)."""
    found = _foreign_keys().get(lower.partition(":")[0])
    for key in found or ():
        pattern, variable, _ = key.name.lower().partition("${")
        if lower == key.name.lower() or (variable and lower.startswith(pattern) and len(lower) > len(pattern)):
            return _facts(key, lower.partition(":")[0])
    return None


@lru_cache(maxsize=1)
def _foreign_keys() -> dict[str, list[ConditionKey]]:
    known = catalogue()
    found: dict[str, list[ConditionKey]] = {}
    for name in known.services:
        service = known.service(name)
        for head, key in service.foreign_keys() if service is not None else ():
            found.setdefault(head, []).append(key)
    return found


def _facts(key: ConditionKey, service: str) -> KeyFacts:
    if "." in service or service == "saml":
        # The catalogue calls `amr` single, which AWS's own trust policies test with `ForAnyValue`.
        certain = key.name.lower().endswith((":sub", ":aud"))
        return KeyFacts(key.name, key.type or "Any", "federated", key.is_multivalued or (False if certain else None))
    return KeyFacts(key.name, key.type or "Any", service, key.is_multivalued)
