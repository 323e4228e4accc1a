"""Policy documents that other files read: what these make of them counts, and the file by itself says nothing more."""

from __future__ import annotations

from copy import copy

from iamlint.model.estate import Facts
from iamlint.model.policy import Policy


def without_read_documents(units: list[Facts]) -> list[Facts]:
    """Return the units without the documents that lie in a file of their own and that another unit reads (`file("a.json")`).

    A file that is one document is the same for whoever reads it, as it is or as a template: its findings were told twice, and
    its type guessed where the reader says it.
    """
    alone = {facts.unit for facts in units if facts.kind == "policy"}
    read = {
        item.place.path
        for facts in units
        if facts.kind != "policy"
        for item in facts.items
        if isinstance(item, Policy) and item.place.path in alone
    }
    if not read:
        return units
    found = []
    for facts in units:
        if facts.kind == "policy" and facts.unit in read:
            kept = [item for item in facts.items if not (isinstance(item, Policy) and not item.place.route)]
            if len(kept) < len(facts.items):
                facts = copy(facts)
                facts.items = kept
        found.append(facts)
    return found
