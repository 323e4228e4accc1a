"""What an unknown verdict hangs on, in words: allowed if `aws:SourceVpce` is `vpce-1`."""

from __future__ import annotations

from itertools import count

from iamlint.iam.conditions import CompiledCondition
from iamlint.iam.logic import both
from iamlint.iam.statements import CompiledStatement
from iamlint.model.policy import Effect, Layer
from iamlint.source.value import Unknown, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.iam.evaluate import Case
    from iamlint.iam.layers import Answer


def residual(case: Case) -> str | None:
    """Return under what condition the request would be allowed; None when it never is and only the kind of deny is open."""
    if case.is_never_allowed:
        return None
    needs: list[str] = []
    granting = [case.answers[layer][0] for layer in (Layer.IDENTITY, Layer.RESOURCE) if layer in case.answers]
    inside = case.same_account is True and case._resource_must_allow() is False
    if both(*case.guards.values(), case._granted()) is None:
        for layer in (Layer.SCP, Layer.ENDPOINT, Layer.BOUNDARY, Layer.SESSION):
            for answer in case.answers.get(layer, ()):
                if answer.allows is None:
                    needs.append(_one_of(case, [answer]))
        if case._granted() is None:
            if case.same_account is None and case.caller.is_aws:
                account = case.context.resource_account
                shown = case.caller.account
                if isinstance(shown, str):
                    needs.append(f"the resource is in account `{shown}`")
                elif account is not None:
                    needs.append("the caller and the resource are in one account")
            if inside:
                needs.append(_one_of(case, granting))
            else:
                needs += [_one_of(case, [answer]) for answer in granting if answer.allows is None]
    for answers in case.answers.values():
        for answer in answers:
            needs += [_unless(case, statement) for statement in answer.open_denies]
    needs = list(dict.fromkeys(need for need in needs if need))
    return "allowed if " + " and ".join(needs) if needs else "allowed or not: it hangs on values that are not known"


def _one_of(case: Case, answers: list[Answer]) -> str:
    choices = list(dict.fromkeys(_when(case, statement) for answer in answers for statement in answer.open_allows))
    if not choices:
        return ""
    return choices[0] if len(choices) == 1 else "(" + " or ".join(choices) + ")"


def _open_parts(case: Case, statement: CompiledStatement) -> tuple[list[CompiledCondition], tuple[str, ...]]:
    open_conditions = [condition for condition in statement.conditions if condition.evaluate(case.context) is None]
    return open_conditions, unknown_parts(statement)


def _when(case: Case, statement: CompiledStatement) -> str:
    conditions, parts = _open_parts(case, statement)
    said = [condition.in_words() for condition in conditions]
    if not said:
        said = [f"{named_in_words(statement)} applies ({', '.join(parts)})" if parts else f"{named_in_words(statement)} applies"]
    return " and ".join(said)


def _unless(case: Case, statement: CompiledStatement) -> str:
    conditions, parts = _open_parts(case, statement)
    if not conditions:
        return f"{named_in_words(statement)} does not apply" + (f" ({', '.join(parts)})" if parts else "")
    said = [condition.in_words(opposite=True) for condition in conditions]
    return said[0] if len(said) == 1 else "(" + " or ".join(said) + ")"


def unknown_parts(statement: CompiledStatement) -> tuple[str, ...]:
    """Return why parts of a statement are not known, each reason once."""
    if statement.open_reasons is not None:
        return statement.open_reasons
    written = statement.statement
    values = [*written.actions, *(written.resources or ()), *(pattern.value for pattern in written.principals or ())]
    found = unknowns(values)
    if isinstance(written.opaque, Unknown):
        found.append(written.opaque)
    if isinstance(statement.effect, Unknown):
        found.append(statement.effect)
    statement.open_reasons = tuple(dict.fromkeys(unknown.reason for unknown in found))
    return statement.open_reasons


def told(statement: CompiledStatement) -> int:
    """Return a number that statements share which say the same, actions and principals aside, and are called the same in words.

    What their resources are counts only where these hold variables.
    """
    if statement.told is None:
        written = statement.statement
        conditions = [(condition.operator, condition.key, condition.values) for condition in written.conditions]
        said = (
            statement.effect, written.index, named_in_words(statement), unknown_parts(statement), written.opaque,
            written.policy.version, tuple(conditions),
            (written.resources, written.resources_negated) if statement.resources_vary else None,
        )  # fmt: skip
        if len(_numbers) > _MEMORY:
            _numbers.clear()
        statement.told = _numbers.setdefault(said, next(_count))
    return statement.told


_MEMORY = 50_000
_count = count()
_numbers: dict[tuple[object, ...], int] = {}


def named_in_words(statement: CompiledStatement) -> str:
    """Return what a reader calls the statement."""
    written = statement.statement
    effect = "allowing" if statement.effect is Effect.ALLOW else "denying" if statement.effect is Effect.DENY else "open"
    if isinstance(written.sid, str) and written.sid:
        return f"the {effect} statement `{written.sid}`"
    return f"{effect} statement {(written.index or 0) + 1}"
