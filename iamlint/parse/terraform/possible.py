"""Statements of which nobody knows whether they are in a policy document."""

from __future__ import annotations

from iamlint.parse.terraform.embedded import Embedded, read_embedded
from iamlint.parse.terraform.located import Located, Perhaps, is_partial_list, plain
from iamlint.parse.terraform.reshaped import Reshaped
from iamlint.parse.terraform.tree_origin import TreeOrigin
from iamlint.source.value import Unknown


def read_policy(located: Located) -> tuple[Embedded, dict[int, Unknown]]:
    """Return the policy document that an attribute holds, and by index why it is not known whether a statement is there."""
    embedded = read_embedded(located)
    if type(embedded.origin) is not TreeOrigin:
        return embedded, {}
    tree, maybe = with_possible(embedded.origin.tree)
    return (Embedded(plain(tree), TreeOrigin(tree)) if maybe else embedded), maybe


def _says_something(statement: Located) -> bool:
    """Return whether anything is known of what a statement is about."""
    about = (statement.get(name) for name in ("Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal"))
    return any(element is not None and not isinstance(element.value, Unknown) for element in about)


def with_possible(tree: Located) -> tuple[Located, dict[int, Unknown]]:
    """Return a document in which statements that may be there stand like the others, and by index why that is not known."""
    written = tree.get("Statement")
    if written is None:
        return tree, {}
    listed = written.possible() if is_partial_list(written) else written.value
    maybe = {
        index: item.value
        for index, item in enumerate(listed if isinstance(listed, list) else ())
        if isinstance(item, Perhaps) and _says_something(item.element)
    }
    if not maybe:
        return tree, {}
    statements = Located([item.element if index in maybe else item for index, item in enumerate(listed)], written.place)
    return Reshaped(Located({**tree.value, "Statement": statements}, tree.place, keys=tree.keys), tree), maybe
