"""Through which module calls and in which statement a finding comes about: places of its argument that no rule knows of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from iamlint.model.policy import Policy
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.lint.engine import RuleFinding
    from iamlint.model.estate import Facts
    from iamlint.parse.terraform.located import Located
    from iamlint.source.place import Origin, Route

_MOST = 3
_BECOMES = "it becomes a part of the policy here"
_CALL = regex(r"(?:module|component)\.[^.\[]+(?:\[(?:\"(?:[^\"\\]|\\.)*\"|[^\]]*)\])?\.")

_CHOSEN = regex(r"⟨[^⟩]*⟩")

Words = tuple[Place, str]


class _Chain(NamedTuple):
    """The calls that lead to a resource, outermost first; `policy` is where the policy stands that a token became a part of."""

    calls: tuple[Words, ...]
    policy: Place | None = None


def with_calls(findings: Sequence[RuleFinding], units: Iterable[Facts]) -> list[RuleFinding]:
    """Return the findings, those in modules with the calls that lead there, those about a token with the statement it is for."""
    units = list(units)
    called = [entry for facts in units for entry in facts.calls]
    wanted = {item.finding.at for item in findings}
    chains = _chains(called, units, wanted) if called and findings else {}
    apart = _apart(wanted, units)
    if not chains and not apart:
        return list(findings)
    found: list[RuleFinding] = []
    for item in _once(findings, chains):
        at = item.finding.at
        words = list(_words(chains.get(at, []), at))
        told = {place for place, _ in (*item.finding.because, *words)}
        statements = [place for place in apart.get(at, ()) if place not in told]
        if statements and not any(_BECOMES in text for _, text in words):
            words[:0] = _some(statements)
        found.append(item._replace(finding=item.finding._replace(because=(*item.finding.because, *words))) if words else item)
    return found


def _once(findings: Sequence[RuleFinding], chains: Mapping[Place, list[_Chain]]) -> Iterator[RuleFinding]:
    """Yield the findings, those that several readings of a nested template come to alike as one, with the reasons of them all.

    Alike are two of which only what AWS chooses (an account, a name that CloudFormation makes up) is told apart.
    """
    alike: dict[object, list[RuleFinding]] = {}
    for number, item in enumerate(findings):
        at = item.finding.at
        several = at.route and len(chains.get(at, ())) > 1
        key = (item.rule.id, _CHOSEN.sub("⟨⟩", item.finding.message), at) if several else number
        alike.setdefault(key, []).append(item)
    for same in alike.values():
        item = same[0]
        because = tuple(dict.fromkeys(words for one in same[:_MOST] for words in one.finding.because))
        if len(same) > _MOST:
            because += ((item.finding.at, f"and for {len(same) - _MOST} more of the stacks that are made of the template"),)
        yield item._replace(finding=item.finding._replace(because=because)) if len(same) > 1 else item


def _apart(wanted: set[Place], units: Iterable[Facts]) -> dict[Place, list[Place]]:
    """Return, of these places, those of tokens that are written elsewhere than their statements, each with the latter."""
    found: dict[Place, list[Place]] = {}
    for facts in units if wanted else ():
        for policy in facts.items:
            tree: Located | None = getattr(policy.origin, "tree", None) if isinstance(policy, Policy) else None
            if tree is None or not isinstance(tree.value, dict) or "Statement" not in tree.value:
                continue
            statements: Located = tree.value["Statement"]
            listed = statements.value if isinstance(statements.value, list) else [statements]
            starts: list[tuple[str, int]] | None = None
            for statement in listed:
                for element in statement.value.values() if isinstance(statement.value, dict) else ():
                    for token in element.value if isinstance(element.value, list) else (element,):
                        place = token.place
                        if place not in wanted:
                            continue
                        if starts is None:
                            starts = sorted((one.place.path, one.place.span[0]) for one in listed if one.place.span)
                        if _is_elsewhere(place, statement.place, starts):
                            found.setdefault(place, []).append(statement.place)
    return {place: list(dict.fromkeys(statements)) for place, statements in found.items()}


def _is_elsewhere(token: Place, statement: Place, starts: list[tuple[str, int]]) -> bool:
    """Return whether a token stands in another file, before its statement, or behind the beginning of the next one."""
    if token.path != statement.path or token.span is None or statement.span is None:
        return token.path != statement.path
    if token.span[0] < statement.span[0]:
        return True
    return any(path == token.path and statement.span[0] < start <= token.span[0] for path, start in starts)


def _some(statements: list[Place]) -> Iterator[Words]:
    for place in statements[:_MOST]:
        yield place, "in this statement"
    if len(statements) > _MOST:
        yield statements[_MOST], f"and in {len(statements) - _MOST} more statements, of which this is the first"


def _words(chains: list[_Chain], at: Place) -> Iterator[Words]:
    for chain in chains[:_MOST]:
        if chain.policy is not None and chain.policy.path != at.path:
            yield chain.policy, _BECOMES
        yield from chain.calls
    if len(chains) > _MOST:
        place, _ = chains[_MOST].calls[0]
        yield place, f"and by {len(chains) - _MOST} more calls, of which this is the first"


def _chains(
    called: list[tuple[str, Place, tuple[Place, ...]]], units: Iterable[Facts], wanted: set[Place]
) -> dict[Place, list[_Chain]]:
    """Return, of these places, those in modules, each with the calls that lead there."""
    found: dict[Place, dict[_Chain, None]] = {}
    by_ref: dict[str, tuple[Place, ...]] = {}
    nested: dict[tuple[str, int, Route], dict[_Chain, None]] = {}
    for ref, place, calls in called:
        if _CALL.match(ref.partition("#")[2]) is None:  # a template that is nested
            nested.setdefault((place.path, place.document, place.route), {})[_Chain(tuple(_stacks(calls)))] = None
            continue
        by_ref[ref] = calls
        if place in wanted:
            found.setdefault(place, {})[_Chain(_with_names(ref, calls))] = None
    lengths = {len(route) for _, _, route in nested}
    for place in wanted if nested else ():
        for length in lengths:
            found.setdefault(place, {}).update(nested.get((place.path, place.document, place.route[:length]), {}))
    by_path: dict[str, list[Place]] = {}
    for place in wanted:
        by_path.setdefault(place.path, []).append(place)
    for facts in units:
        if not by_ref or not facts.calls:
            continue
        for policy in facts.items:
            if isinstance(policy, Policy) and (ref := _resource(policy.ref, by_ref)) in by_ref:
                for place in wanted.intersection(_places(policy, by_path)):
                    found.setdefault(place, {})[_Chain(_with_names(ref, by_ref[ref]), policy.place)] = None
    return {place: list(chains) for place, chains in found.items() if chains}


def _stacks(calls: tuple[Place, ...]) -> Iterator[Words]:
    """Yield, for each stack that leads to a template of CloudFormation, what is said of it."""
    for place in calls:
        yield place, f"in the nested stack `{place.route[-1]}`, which is declared here"


def _with_names(ref: str, calls: tuple[Place, ...]) -> tuple[Words, ...]:
    return tuple(zip(calls, _names(ref), strict=False))


def _resource(ref: str, by_ref: Mapping[str, object]) -> str:
    """Return the resource that a declaration is of: `infra#module.a.aws_iam_role.app.assume_role_policy` is of the role."""
    while ref not in by_ref and "." in ref:
        ref = ref.rpartition(".")[0]
    return ref


def _names(ref: str) -> Iterator[str]:
    """Yield, for each call of an address, what is said of it."""
    address = ref.partition("#")[2]
    end = 0
    while (match := _CALL.match(address, end)) is not None:
        end = match.end()
        yield f"in `{address[: end - 1]}`, called here"


def _places(policy: Policy, wanted: Mapping[str, list[Place]]) -> Iterator[Place]:
    """Yield the places of everything in a policy; of one that is written as text, where it may hold one that is wanted."""
    tree: Located | None = getattr(policy.origin, "tree", None)
    if tree is None:
        whole = policy.origin.at()
        yield whole
        if any(_may_hold(whole, place) for place in wanted.get(whole.path, ())):
            yield from _places_in_text(policy.document, policy.origin)
        return
    waiting, seen = [tree], 0
    while waiting and seen < _LARGEST:
        seen += 1
        here = waiting.pop()
        yield here.place
        if isinstance(here.value, dict):
            yield from (here.keys or {}).values()
            waiting.extend(here.value.values())
        elif isinstance(here.value, list):
            waiting.extend(here.value)


def _may_hold(whole: Place, place: Place) -> bool:
    return whole.span is None or place.span is None or whole.span[0] <= place.span[0] < whole.span[1]


def _places_in_text(document: Any, origin: Origin) -> Iterator[Place]:
    waiting: list[tuple[Route, Any]] = [((), document)]
    seen = 0
    while waiting and seen < _LARGEST:
        seen += 1
        route, value = waiting.pop()
        yield origin.at(route)
        if isinstance(value, dict):
            yield from (origin.at((*route, name), "key") for name in value)
            waiting.extend(((*route, name), inner) for name, inner in value.items())
        elif isinstance(value, list):
            waiting.extend(((*route, number), inner) for number, inner in enumerate(value))


_LARGEST = 20_000
