"""Through which module calls a finding comes about: places that belong to its argument, which no rule knows of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iamlint.model.policy import Policy
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.lint.engine import RuleFinding
    from iamlint.model.estate import Facts
    from iamlint.parse.terraform.located import Located
    from iamlint.source.place import Origin

_MOST = 3
_CALL = regex(r"module\.[^.\[]+(?:\[(?:\"(?:[^\"\\]|\\.)*\"|[^\]]*)\])?\.")

Words = tuple[Place, str]


class _Chain(NamedTuple):
    """The calls that lead to a resource, outermost first; `policy` is where the policy stands that a token became a part of."""

    calls: tuple[Words, ...]
    policy: Place | None = None


def with_calls(findings: Sequence[RuleFinding], units: Iterable[Facts]) -> list[RuleFinding]:
    """Return the findings, those in modules with the calls that lead there."""
    called = [entry for facts in units for entry in facts.calls]
    if not findings or not called:
        return list(findings)
    chains = _chains(called, units)
    return [
        item._replace(finding=item.finding._replace(because=(*item.finding.because, *_words(found, item.finding.at))))
        if (found := chains.get(item.finding.at))
        else item
        for item in findings
    ]


def _words(chains: list[_Chain], at: Place) -> Iterator[Words]:
    for chain in chains[:_MOST]:
        if chain.policy is not None and chain.policy.path != at.path:
            yield chain.policy, "it becomes a part of the policy here"
        yield from chain.calls
    if len(chains) > _MOST:
        place, _ = chains[_MOST].calls[0]
        yield place, f"and by {len(chains) - _MOST} more calls, of which this is the first"


def _chains(called: list[tuple[str, Place, tuple[Place, ...]]], units: Iterable[Facts]) -> dict[Place, list[_Chain]]:
    found: dict[Place, dict[_Chain, None]] = {}
    by_ref: dict[str, _Chain] = {}
    for ref, place, calls in called:
        chain = by_ref[ref] = _Chain(tuple(zip(calls, _names(ref), strict=False)))
        found.setdefault(place, {})[chain] = None
    for facts in units:
        if not facts.calls:
            continue
        for policy in facts.items:
            if isinstance(policy, Policy) and (chain_of := by_ref.get(_resource(policy.ref, by_ref))) is not None:
                chain = _Chain(chain_of.calls, policy.place)
                for place in _places(policy.origin):
                    found.setdefault(place, {})[chain] = None
    return {place: list(chains) for place, chains in found.items()}


def _resource(ref: str, by_ref: dict[str, _Chain]) -> str:
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


def _places(origin: Origin) -> Iterator[Place]:
    """Yield the places of everything in a document that HCL wrote."""
    tree: Located | None = getattr(origin, "tree", None)
    if tree is None:
        yield origin.at()
        return
    waiting, seen = [tree], 0
    while waiting and seen < _LARGEST:
        seen += 1
        here = waiting.pop()
        yield here.place
        if isinstance(here.value, dict):
            waiting.extend(here.value.values())
        elif isinstance(here.value, list):
            waiting.extend(here.value)


_LARGEST = 20_000
