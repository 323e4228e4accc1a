"""What an estate holds, as far as it decides which rules can find something in it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.model.estate import Estate
    from iamlint.model.policy import Statement


def present_in(estate: Estate) -> frozenset[str]:
    """Return what `NEEDS` of a rule package may ask for: the types of values, and the elements that some statement has.

    Where there is more than loose policy documents, every element is taken to be there: only a hook on a document or two is
    so short that loading a rule counts.
    """
    types = estate.types()
    elements = {"Condition", "Principal"}
    if types <= {"Policy"}:
        elements = {
            element
            for element in elements
            for policy in estate.named("Policy")
            if not isinstance(policy.document, dict)
            or any(statement.opaque is not None or element in _elements(statement) for statement in policy.statements)
        }
    return types | elements


def _elements(statement: Statement) -> set[str]:
    """Return which of the elements a statement has, however they are spelled."""
    written = " ".join(map(str, statement.policy.statement_document(statement.index))).casefold()
    return {element for element in ("Condition", "Principal") if element.casefold() in written}
