"""Plans that nobody configured and that say again what a root module of the run says."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.model.estate import Facts
from iamlint.parse.terraform_plan.document import without_indices


def without_doubles(units: Iterable[Facts], configured: Iterable[str]) -> list[Facts]:
    """Return the units; a plan whose resources one root module declares for the most part is left empty, unless configured."""
    units = list(units)
    plans = [facts for facts in units if facts.kind == "terraform_plan" and facts.items]
    chosen = set(configured)
    loose = [facts for facts in plans if not chosen.intersection(facts.files)]
    if not loose:
        return units
    ahead = [facts for facts in units if facts.kind == "terraform" or (facts in plans and facts not in loose)]
    others = [_addresses(facts) for facts in ahead if facts.items]
    doubles = [facts for facts in loose if _is_double(_addresses(facts), others)]
    empty = {id(facts): Facts(facts.unit, facts.kind, facts.files) for facts in doubles}
    return [empty.get(id(facts), facts) for facts in units]


def _is_double(own: set[str], others: list[set[str]]) -> bool:
    return bool(own) and any(2 * len(own & other) >= len(own) for other in others)


def _addresses(facts: Facts) -> set[str]:
    refs = (getattr(item, "ref", None) for item in facts.items)
    return {without_indices(ref.partition("#")[2]) for ref in refs if isinstance(ref, str) and "#" in ref}
