"""Where two sides part: a rendered file and its source, a live export and what is declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from iamlint.model.telemetry import Copied, RoleBinding, ScopeMapping, TelemetryRendering
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph
    from iamlint.model.telemetry import RoleGrant


class Drift(NamedTuple):
    """One difference, said from both sides. `because` is the place on the other side, where there is one."""

    message: str
    at: Place
    because: tuple[tuple[Place, str], ...]
    subject: str


class Words(NamedTuple):
    """What the two sides are called: `ours` is what is declared."""

    ours: str  # `its source`
    theirs: str  # `the rendered file`


class Side(NamedTuple):
    """The mappings and bindings of one side."""

    mappings: Sequence[ScopeMapping]
    bindings: Sequence[RoleBinding]


def rendering_drift(graph: AccessGraph) -> Iterator[Drift]:
    """Yield where a rendered file says something else than the manifest from which it is rendered (SYNC101)."""
    mappings, bindings = _everything(graph)
    for rendering in graph.estate.all(TelemetryRendering):
        ours = Side(
            [item for item in mappings if item.resource == rendering.resource],
            [item for item in bindings if item.resource == rendering.resource and is_rendered(item)],
        )
        theirs = Side(
            [item for item in mappings if item.place.path == rendering.target and item.resource != rendering.resource],
            [item for item in bindings if item.place.path == rendering.target and item.resource != rendering.resource],
        )
        if not (theirs.mappings or theirs.bindings) and (ours.mappings or ours.bindings):
            message = f"nothing of this document is in `{rendering.target}`, which is rendered from it"
            yield Drift(message, rendering.place, (), rendering.target)
            continue
        yield from compare(ours, theirs, Words("its source", "the rendered file"), complete=True)


def live_drift(graph: AccessGraph) -> Iterator[Drift]:
    """Yield where a live export of the telemetry vendor differs from what is declared (SYNC102).

    An answer lists all mappings of an organization, so one that is missing there is gone. Role bindings are answered one role
    and project at a time: what no answer is about is not compared.
    """
    mappings, bindings = _everything(graph)
    live = Side([item for item in mappings if item.is_live], [item for item in bindings if item.is_live])
    declared = Side([item for item in mappings if not item.is_live], [item for item in bindings if not item.is_live])
    organizations = {(item.vendor, _organization(item)) for item in live.mappings}
    organizations |= {(item.vendor, _organization(item)) for item in live.bindings}
    for vendor, organization in sorted(organizations):
        theirs = Side(
            [item for item in live.mappings if (item.vendor, _organization(item)) == (vendor, organization)],
            [item for item in live.bindings if (item.vendor, _organization(item)) == (vendor, organization)],
        )
        ours = _of(declared, vendor, organization)
        if not (ours.mappings or ours.bindings):
            continue  # the export is all there is: nothing is declared that it could differ from
        asked = {_binding(item) for item in theirs.bindings}
        ours = Side(ours.mappings if theirs.mappings else (), [item for item in ours.bindings if _binding(item) in asked])
        yield from compare(ours, theirs, Words("the repository", "the live export"), complete=False)


def _of(side: Side, vendor: str, organization: str) -> Side:
    def is_meant(item: ScopeMapping | RoleBinding) -> bool:
        return item.vendor == vendor and (not organization or _organization(item) in ("", organization))

    return Side([item for item in side.mappings if is_meant(item)], [item for item in side.bindings if is_meant(item)])


def _organization(item: ScopeMapping | RoleBinding) -> str:
    return item.organization if isinstance(item.organization, str) else ""


def _everything(graph: AccessGraph) -> tuple[list[ScopeMapping], list[RoleBinding]]:
    copied = [item.of for item in graph.estate.all(Copied)]
    known = {item.place for item in copied}  # what is more in a copy than in its source stands beside it, and is part of it
    mappings = [item for item in graph.estate.all(ScopeMapping) if item.place not in known]
    bindings = [item for item in graph.estate.all(RoleBinding) if item.place not in known]
    mappings += [item for item in copied if isinstance(item, ScopeMapping)]
    return mappings, [*bindings, *(item for item in copied if isinstance(item, RoleBinding))]


def is_rendered(binding: RoleBinding) -> bool:
    """Return whether the Terraform provider knows the binding's role; what it does not know is never rendered."""
    from iamlint.parse.telemetry.lightstep import BINDING_ROLES

    return key(binding.grant.text) in BINDING_ROLES


def compare(ours: Side, theirs: Side, words: Words, *, complete: bool) -> Iterator[Drift]:
    """Yield every difference. `complete`: the other side lists all bindings, so that one that is missing there is gone."""
    here = {(key(item.attribute), key(item.value)): item for item in ours.mappings}
    there = {(key(item.attribute), key(item.value)): item for item in theirs.mappings}
    for about, mapping in there.items():
        own = here.get(about)
        place = mapping.value_place or mapping.place
        if own is None:
            message = f"`{about[1]}` is mapped to {_given(mapping)} in {words.theirs}, and {words.ours} does not say so"
            yield Drift(message, place, (), f"mapping {about[0]} {about[1]}")
        else:
            yield from _roles(about[1], own, mapping, words)
    for about, mapping in here.items():
        if about not in there:
            message = f"`{about[1]}` is mapped to {_given(mapping)} in {words.ours}, and not in {words.theirs}"
            yield Drift(message, mapping.value_place or mapping.place, (), f"mapping {about[0]} {about[1]}")
    yield from _bindings(_bound(ours.bindings), _bound(theirs.bindings), words, complete)


def _roles(value: str, own: ScopeMapping, other: ScopeMapping, words: Words) -> Iterator[Drift]:
    here, there = _grants(own), _grants(other)
    for scope in sorted(here.keys() | there.keys()):
        mine, theirs = here.get(scope), there.get(scope)
        if mine is not None and theirs is not None and key(mine.text) == key(theirs.text):
            continue
        where = f"in `{scope}`" if scope else "in the organization"
        say = [f"`{key(grant.text)}`" if grant is not None else "nothing" for grant in (theirs, mine)]
        message = f"`{value}` is mapped to {say[0]} {where} in {words.theirs}, and to {say[1]} in {words.ours}"
        at = theirs.place if theirs is not None else other.value_place or other.place
        because = ((mine.place if mine is not None else own.value_place or own.place, f"what {words.ours} says"),)
        yield Drift(message, at, because, f"mapping {value} {scope}")


def _grants(mapping: ScopeMapping) -> dict[str, RoleGrant]:
    return {key(grant.project) if grant.project is not None else "": grant for grant in mapping.grants}


def _given(mapping: ScopeMapping) -> str:
    given = [
        f"`{key(item.text)}`" + (f" in `{key(item.project)}`" if item.project is not None else "") for item in mapping.grants
    ]
    return ", ".join(given[:3]) + (f" and {len(given) - 3} more" if len(given) > 3 else "") if given else "nothing"


def _binding(binding: RoleBinding) -> tuple[str, str]:
    grant = binding.grant
    return key(grant.text), key(grant.project) if grant.project is not None else ""


_Bound = Mapping[tuple[str, str], tuple[Place, Mapping[str, tuple[str, Place]]]]


def _bound(bindings: Iterable[RoleBinding]) -> _Bound:
    """Return who is bound to each role and project, by folded e-mail, with the places."""
    found: dict[tuple[str, str], tuple[Place, dict[str, tuple[str, Place]]]] = {}
    for binding in bindings:
        _, users = found.setdefault(_binding(binding), (binding.grant.place, {}))
        users |= {key(user).casefold(): (key(user), place) for user, place in binding.users}
    return found


def _bindings(here: _Bound, there: _Bound, words: Words, complete: bool) -> Iterator[Drift]:
    for about in sorted(here.keys() | there.keys()):
        role = f"`{about[0]}`" + (f" in `{about[1]}`" if about[1] else "")
        own, other = here.get(about), there.get(about)
        mine = own[1] if own is not None else {}
        theirs = other[1] if other is not None else {}
        for name in sorted(theirs.keys() - mine.keys()):
            user, place = theirs[name]
            because = ((own[0], f"the binding in {words.ours}"),) if own is not None else ()
            message = f"`{user}` holds {role} in {words.theirs}, and {words.ours} does not say so"
            yield Drift(message, place, because, f"binding {role} {name}")
        if other is None and not complete:
            continue
        for name in sorted(mine.keys() - theirs.keys()):
            user, place = mine[name]
            because = ((other[0], f"the binding in {words.theirs}"),) if other is not None else ()
            message = f"`{user}` holds {role} in {words.ours}, and not in {words.theirs}"
            yield Drift(message, place, because, f"binding {role} {name}")
