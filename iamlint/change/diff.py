"""Two access graphs: who gained and who lost what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from iamlint.change.aws_rows import State, document_rows, identity_rows
from iamlint.change.canonical import Canon
from iamlint.change.graph_rows import Reaches, changed_nodes, graph_rows
from iamlint.change.names import same_nodes
from iamlint.change.rows import AccessDiff, Row
from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.decide import is_aws_service
from iamlint.graph.elements import Certainty, EdgeKind
from iamlint.graph.reach import path_certainty
from iamlint.model.policy import Policy
from iamlint.source.place import Place

_MOST_TOGETHER = 1_000

Decided = tuple[bool, Row]
"""A row, with whether it is known to hold."""


def access_diff(old: AccessGraph, new: AccessGraph, renamed: Mapping[str, str] | None = None) -> AccessDiff:
    """Return what changed from old to new. `renamed` leads from old paths of units to new ones."""
    pool: dict[tuple[object, ...], Policy] = {}
    old_canon, new_canon = Canon(renamed or {}, pool), Canon({}, pool)
    before = State(old, old_canon, same_nodes(old, new, old_canon))
    after = State(new, new_canon, None)
    names = changed_nodes(before, after)
    gained, unknown = _beyond(after, before, names, is_loss=False)
    lost, unsure = ([row._replace(is_old=True) for row in rows] for rows in _beyond(before, after, names, is_loss=True))
    both = {row.about for row in unknown}
    unknown += [row for row in unsure if row.about not in both]
    return AccessDiff(
        tuple(together(gained, after)), tuple(together(lost, before)), tuple(sorted(unknown, key=lambda row: row.order))
    )


def _beyond(more: State, less: State, names: list[str], *, is_loss: bool) -> tuple[list[Row], list[Row]]:
    """Return what the first side has and the second has not, and what could not be decided; `names` are `changed_nodes`."""
    here, there = Reaches(more), Reaches(less)
    policies = list(identity_rows(more, less))
    documents = list(document_rows(more, less))
    steps = [item for item in graph_rows(here, there, names, is_loss) if not _is_said(item[1], policies)]
    steps = list(_decided(steps, documents, more, less))
    known = less.documents()
    documents = [
        item for item in documents if not any(_is_same_grant(item[1], row, row.resource not in known) for _, row in steps)
    ]
    sure: dict[tuple[str, ...], Row] = {}
    unsure: dict[tuple[str, ...], Row] = {}
    for is_sure, row in (*steps, *policies, *documents):
        (sure if is_sure else unsure).setdefault((*row.about, row.condition or ""), row)
    return list(sure.values()), list(unsure.values())


def _decided(steps: Iterable[Decided], documents: Iterable[Decided], more: State, less: State) -> Iterator[Decided]:
    """Yield the rows of the graph; of those that only a trust policy names, as the comparison of the two policies has it.

    The graph of a state knows an outsider when the trust policy of that state names it: where the other state's policy admits
    it by a wider pattern, it is not there, and yet nothing was gained or lost.
    """
    here, there = more.documents(), less.documents()
    verdicts: dict[str, bool] = {}
    for is_sure, row in documents:
        verdicts[row.path[0].target.id] = verdicts.get(row.path[0].target.id, False) or is_sure
    for is_sure, row in steps:
        edge = row.path[-1]
        if _is_only_better_known(row, more, less) or (is_aws_service(edge.source) and row.resource not in less.by_name):
            continue
        named_only = edge.kind is EdgeKind.MAY_ASSUME and not edge.source.declared
        if named_only and row.resource in here and row.resource in there:
            if edge.target.id not in verdicts:
                continue
            is_sure = is_sure and verdicts[edge.target.id]
        yield is_sure, row


def _is_only_better_known(row: Row, more: State, less: State) -> bool:
    """Return whether a row holds only because somebody's own policies are in one state of the repository and not in the other."""
    here, there = more.by_name.get(row.principal), less.by_name.get(row.principal)
    if here is None or there is None or here.declared is there.declared:
        return False
    return path_certainty(row.path) is Certainty.ASSUMED


def _is_same_grant(document: Row, step: Row, is_new: bool) -> bool:
    """Return whether a row of the graph says what one of a policy's statement does.

    For what is new it does; else only for the outsider that the statement names, since others may be admitted as well.
    """
    edge, written = step.path[-1], document.path[0]
    if edge.target is not written.target:
        return False
    if document.principal == step.principal:
        return True
    return (is_new or not edge.source.declared) and _covers(written.place, edge.place)


def _covers(outer: Place | None, inner: Place | None) -> bool:
    if outer is None or inner is None or outer.path != inner.path:
        return False
    if outer.span is not None and inner.span is not None:
        return outer.span[0] <= inner.span[0] and inner.span[1] <= outer.span[1]
    return inner.route[: len(outer.route)] == outer.route and inner.document == outer.document


def _is_said(row: Row, policies: Iterable[tuple[bool, Row]]) -> bool:
    """Return whether a row of the graph only repeats that an identity's own policies changed: that it may read a secret."""
    edge = row.path[-1]
    if edge.kind is not EdgeKind.MAY_READ_SECRET or not row.resource.startswith("resource:") or len(row.path) > 1:
        return False
    return any(other.principal == row.principal for _, other in policies)


def together(rows: list[Row], state: State) -> list[Row]:
    """Return the rows sorted, people with the same rows and the same groups as one class."""
    by_person: dict[str, list[Row]] = {}
    found: list[Row] = []
    for row in sorted(rows, key=lambda row: row.order):
        node = state.by_name.get(row.principal)
        if row.principal.startswith("user:") and "arn:" not in row.principal and node is not None and node.declared:
            by_person.setdefault(row.principal, []).append(row)
        else:
            found.append(row)
    classes: dict[tuple[object, ...], list[str]] = {}
    for person, own in by_person.items():
        said = tuple((row.action, row.resource, row.scope, row.condition) for row in own)
        groups = tuple(sorted(edge.target.id for edge in state.graph.out_edges(state.by_name[person], EdgeKind.MEMBER_OF)))
        classes.setdefault((said, groups), []).append(person)
    for people in classes.values():
        for at in range(0, len(people), _MOST_TOGETHER):
            names = people[at : at + _MOST_TOGETHER]
            found += [row._replace(principal=", ".join(names)) for row in by_person[names[0]]]
    return sorted(found, key=lambda row: row.order)
