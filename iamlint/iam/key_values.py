"""The values of a context key that conditions can tell apart, and which of them meet each condition."""

from __future__ import annotations

from iamlint.iam.caller import read_caller
from iamlint.iam.completions import completions
from iamlint.iam.conditions import CompiledCondition
from iamlint.iam.context import RequestContext, follows_from_request
from iamlint.iam.guesses import guesses
from iamlint.iam.patterns import has_wildcard
from iamlint.iam.request import Request, RequestPrincipal
from iamlint.source.value import Unknown, Value

Who = tuple[RequestPrincipal, str]
ACCOUNTS = ("aws:principalaccount", "kms:calleraccount")
"""Keys that hold the account of the caller."""


class KeyValues:
    """Values of one key (None: absent). `exact`: every value is like one of these for each of the conditions."""

    __slots__ = ("_masks", "exact", "held", "name")

    def __init__(self, name: str, conditions: list[CompiledCondition]) -> None:
        self.name = name
        plain = [condition for condition in conditions if not condition.takes_variables]
        found = completions(plain) if plain else None
        self.exact = found is not None
        self.held: list[tuple[str, ...] | None] = found if found is not None else [None, *((text,) for text in guesses(plain))]
        if name in ACCOUNTS:  # who has which is asked, so that what no condition tells apart is not all the same
            texts = [
                value for one in plain for value in one.condition.values if isinstance(value, str) and not has_wildcard(value)
            ]
            self.held += [(text,) for text in dict.fromkeys(texts) if (text,) not in self.held]
        self._masks: dict[tuple[object, Who | None], tuple[int, int]] = {}

    def masks(self, form: object, condition: CompiledCondition, who: Who) -> tuple[int, int]:
        """Return the values that meet a condition for certain, and those that may."""
        marked = (form, who if follows_from_request(self.name) else None)
        found = self._masks.get(marked)
        if found is None:
            low = high = 0
            for index, values in enumerate(self.held):
                context: dict[str, tuple[Value, ...] | Unknown] = {} if values is None else {self.name: values}
                request = Request(who[0], "zz:zz", None, who[1], context)
                met = condition.evaluate(RequestContext(request, read_caller(who[0])))
                low |= (met is True) << index
                high |= (met is not False) << index
            found = self._masks[marked] = (low, high)
        return found
