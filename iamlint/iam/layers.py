"""One layer of policies, asked one request: does it allow, does it deny, by which statements."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.iam.caller import Caller
from iamlint.iam.catalogue import catalogue
from iamlint.iam.logic import Ternary, both, either
from iamlint.iam.principals import Named
from iamlint.iam.request import PolicySet
from iamlint.iam.statements import Asked, CompiledStatement, compile_all, compile_policy
from iamlint.model.policy import Effect, Layer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Held: TypeAlias = "dict[Layer, list[tuple[CompiledStatement, ...]]]"
"""The statements of each layer, level by level."""


def held_by(policies: PolicySet, caller: Caller, action: str) -> Held:
    """Return the statements of the layers that bind this caller."""
    held: Held = {}
    if caller.is_aws:
        if policies.identity is not None and caller.kind != "root":
            held[Layer.IDENTITY] = [compile_all(policies.identity)]
        if policies.boundary and caller.kind != "root":
            held[Layer.BOUNDARY] = [compile_all(policies.boundary)]
        if policies.session and caller.kind != "root":
            held[Layer.SESSION] = [compile_all(policies.session)]
        if policies.scp and not caller.is_service_linked:
            held[Layer.SCP] = [compile_all(level) for level in policies.scp]
    if policies.resource is not None:
        held[Layer.RESOURCE] = [compile_policy(policies.resource)]
    if policies.rcp and not caller.is_service_linked and action.partition(":")[0] in catalogue().rcp_services:
        held[Layer.RCP] = [compile_all(level) for level in policies.rcp]
    if policies.endpoint:
        held[Layer.ENDPOINT] = [compile_all(policies.endpoint)]
    return held


def relevant(held: Held, asked: Asked) -> Held:
    """Return the statements that may match the action and the resource in some context."""
    return {
        layer: [tuple([statement for statement in level if statement.may_match(asked)]) for level in levels]
        for layer, levels in held.items()
    }


class Answer:
    """What one layer says. `allows` and `denies` are of what is written; `granted` of whom a resource policy names, by grade.

    `open_allows` and `open_denies` are the statements that hang on an unknown.
    """

    __slots__ = ("allowing", "allows", "denies", "denying", "granted", "layer", "open_allows", "open_denies")

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.allows: Ternary = False
        self.denies: Ternary = False
        self.granted = Named(False, False, False)
        self.allowing: list[CompiledStatement] = []
        self.denying: list[CompiledStatement] = []
        self.open_allows: list[CompiledStatement] = []
        self.open_denies: list[CompiledStatement] = []

    def read(self, statements: Iterable[CompiledStatement], asked: Asked, by_principal: bool = False) -> Answer:
        """Add what these statements say; with `by_principal` only as far as they name the caller."""
        for statement in statements:
            match = statement.match(asked)
            if match is False:
                continue
            named = statement.named(asked) if by_principal else None
            if named is not None:
                match = both(match, named.at_all)
                if match is False:
                    continue
            effect = statement.effect
            if effect is Effect.ALLOW:
                self._allow(statement, match, named)
            elif effect is Effect.DENY:
                self._deny(statement, match)
            else:
                self._allow(statement, None, named)
                self._deny(statement, None)
        return self

    def _allow(self, statement: CompiledStatement, match: Ternary, named: Named | None) -> None:
        if match:
            self.allows = True
            self.allowing.append(statement)
        else:
            self.allows = either(self.allows, None)
            self.open_allows.append(statement)
        if named is not None:
            granted = self.granted
            self.granted = Named(
                either(granted.direct, both(named.direct, match)),
                either(granted.role, both(named.role, match)),
                either(granted.account, both(named.account, match)),
            )

    def _deny(self, statement: CompiledStatement, match: Ternary) -> None:
        if match:
            self.denies = True
            self.denying.append(statement)
        else:
            self.denies = either(self.denies, None)
            self.open_denies.append(statement)
